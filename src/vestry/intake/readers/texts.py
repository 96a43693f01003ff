"""Values as text, and names for the columns that they are stored in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, Final

ROW_NUMBER: Final = "row_number"
EXTRACT_ID: Final = "extract_id"
RESERVED: Final = frozenset({ROW_NUMBER, EXTRACT_ID})
"""Columns that Vestry adds; a column of the file with such a name is stored under another."""


def stored_name(name: str) -> str:
    """The name under which a column of the contract stands in the Parquet: its own, unless Vestry uses that
    itself.
    """
    return f"{name} (2)" if name.casefold() in RESERVED else name


def told_apart(names: Sequence[str], wanted: Iterable[str]) -> list[str]:
    """Names for the Parquet, where no two may be alike but for case, nor be Vestry's own.

    Those `wanted` by the contract keep theirs (`stored_name`); others give way: `Name`, `NAME (2)`. A
    name's place does not change when more follow.
    """
    free = {name: stored_name(name) for name in wanted}
    taken = {stored.casefold() for stored in free.values()} | RESERVED
    out: list[str] = []
    for name in names:
        stored = free.pop(name, None)
        number = 1
        while stored is None:
            candidate = name if number == 1 else f"{name} ({number})"
            stored = None if candidate.casefold() in taken else candidate
            number += 1
        taken.add(stored.casefold())
        out.append(stored)
    return out


def repeated_names(names: Sequence[str]) -> list[str]:
    """The names that stand more than once among `names`."""
    return [name for name, times in Counter(names).items() if times > 1]


def number_text(value: float) -> str:
    """A number as people write it: no `.0` after a whole one below 10^15."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def text_of(value: Any) -> str | None:
    """One value of Parquet or JSON as text; None where there is none.

    A number that is not one (NaN) is none; bytes are text if they are UTF-8, else hexadecimal; lists and
    mappings are JSON.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value) if value == value else None
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=text_of, separators=(",", ":"))
    return str(value)
