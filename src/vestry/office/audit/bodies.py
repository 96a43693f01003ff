"""How an entry is written down: the text that is hashed, and the words by which it is found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

from vestry.sharing.audit import AuditEntry

_FIELDS: Final = tuple(f.name for f in fields(AuditEntry))
_LISTS: Final = frozenset(f.name for f in fields(AuditEntry) if str(f.type).startswith("tuple"))

SINGLE: Final = {
    "user": ("user", "account", "changed_user"),
    "organisation": ("organisation", "recipient"),
    "purpose": ("purpose",),
    "action": ("action",),
}
"""Kind of word -> the fields of an entry that hold it, each one text."""

SEVERAL: Final = {"entity": "entities", "agreement": "agreements", "term": "terms"}
"""Kind of word -> the field that holds a list of it."""

NUMBERS: Final = ("answers", "emergency")
"""Kinds of word that are numbers, each in the field of that name."""

KINDS: Final = (*SINGLE, *SEVERAL, *NUMBERS)


def at_of(instant: datetime) -> str:
    """An instant in UTC, always as long, so that texts sort as instants do."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def body_of(entry: AuditEntry, *, number: int, at: str, previous: bytes) -> str:
    """The entry as the text that is hashed. What is empty is left out, so that a field that comes later changes no hash.

    ASCII only, so that no database makes other bytes of it.
    """
    said: dict[str, Any] = {"entry": number, "at": at}
    for name in _FIELDS:
        value = getattr(entry, name)
        if value not in ("", None, ()):
            said[name] = list(value) if name in _LISTS else value
    said["previous"] = previous.hex()
    return json.dumps(said, separators=(",", ":"))


def entry_of(said: Mapping[str, Any]) -> AuditEntry:
    """The entry of a parsed body. Fields that this version does not know are left out."""
    known: dict[str, Any] = {
        name: tuple(said[name]) if name in _LISTS else said[name] for name in _FIELDS if name in said
    }
    return AuditEntry(**known)


def words_of(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(kind, word) of everything that an entry is found by, each once, of its body as parsed or yet to be written."""
    for kind, names in SINGLE.items():
        yield from ((kind, word) for word in dict.fromkeys(said[n] for n in names if said.get(n)))
    for kind, name in SEVERAL.items():
        yield from ((kind, word) for word in dict.fromkeys(said.get(name, ())))
    yield from ((kind, str(said[kind])) for kind in NUMBERS if said.get(kind) is not None)
