"""Askers, as the rest of the house wants them, of who has come in: a person for one of their organisations, or a system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from vestry.sharing.askers import RecordOf, User
from vestry.sharing.asking import Asker

FamilyOf = Callable[[User], Mapping[RecordOf, str]]
"""Record -> entity, of the user's own and their family's records, in the release as it stands: `Gateway.family_of`."""


def nobody_known(_: User) -> Mapping[RecordOf, str]:
    """Where there is no release yet."""
    return {}


def asker_of(
    user: User,
    organisation: str,
    *,
    family: FamilyOf,
    signed_in_at: datetime,
    strong_at: datetime | None = None,
) -> Asker | None:
    """The user as they ask for `organisation`; None where they are nothing there (any more)."""
    askers = {asker.organisation: asker for asker in user.askers(family(user))}
    found = askers.get(organisation)
    return replace(found, signed_in_at=signed_in_at, strong_at=strong_at) if found else None
