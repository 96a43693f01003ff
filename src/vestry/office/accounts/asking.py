"""Askers, as the rest of the house wants them, of who has come in: a person for one of their organisations, or a system."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from vestry.sharing.askers import User
from vestry.sharing.asking import Asker


def asker_of(
    user: User,
    organisation: str,
    *,
    signed_in_at: datetime,
    strong_at: datetime | None = None,
) -> Asker | None:
    """The user as they ask for `organisation`; None where they are nothing there (any more)."""
    askers = {asker.organisation: asker for asker in user.askers()}
    found = askers.get(organisation)
    return replace(found, signed_in_at=signed_in_at, strong_at=strong_at) if found else None
