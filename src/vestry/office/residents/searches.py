"""What was searched for lately, in the session and nowhere else: a page's address holds a word of chance instead."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any, Final

from vestry.twin.answers import Criteria

KEPT: Final = 10
"""Searches that a session remembers; the oldest is forgotten first."""
_KEY: Final = "searches"


def keep(session: Any, criteria: Criteria) -> str:
    """Remember it: the word that stands for it."""
    word = secrets.token_urlsafe(12)
    searches: dict[str, Any] = dict(session.get(_KEY, {}))
    searches[word] = {name: value for name, value in asdict(criteria).items() if value}
    session[_KEY] = dict(list(searches.items())[-KEPT:])
    return word


def kept(session: Any, word: str) -> Criteria | None:
    """What the word stands for; None where it is not of this session, or was long ago."""
    found = session.get(_KEY, {}).get(word)
    return None if found is None else Criteria(**found)
