"""Whether an address fits a text in its numbers and flats: what likeness of words must never decide alone.

A scorer sees that FLAT 3 and FLAT 5 of one building are nearly the same text. Here the numbers, letters and
floors of both are laid side by side: a flat is not its building, nor another flat, nor one house its neighbour.
"""

# ruff: noqa: SIM905 - lists of facts read better as words than as quoted strings.
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

NO_FLAT_NAMED: Final = "the text names no flat, and what was found is one"
ANOTHER_FLAT: Final = "the text names a flat, and what was found is another or the whole building"
ANOTHER_NUMBER: Final = "what was found has another number"
NOTHING_PARTICULAR: Final = "the text gives neither the number nor the name of what was found"
ANOTHER_PLACE: Final = "what was found has another postcode, and the text does not name its town"
ANOTHER_STREET: Final = "what was found is in another street"
UNCLEAR_ORDER: Final = "two numbers with a stroke: which is the flat cannot be told"

ELSEWHERE: Final = (ANOTHER_PLACE, ANOTHER_STREET, NOTHING_PARTICULAR)
"""Objections after which nothing is left for a person to decide."""

_UNIT_WORDS: Final = frozenset(
    "FLAT UNIT ROOM SUITE STUDIO OFFICE SHOP MAISONETTE ANNEXE ANNEX BEDSIT PENTHOUSE BLOCK PLOT FLOOR".split()
)
_FLOORS: Final = frozenset(
    "GROUND FIRST SECOND THIRD FOURTH FIFTH TOP BASEMENT LOWER UPPER REAR FRONT LEFT RIGHT MIDDLE ATTIC "
    "ANNEXE ANNEX MAISONETTE PENTHOUSE STUDIO".split()
)
_NUMBER: Final = re.compile(r"([0-9]+)([A-Z]?)(?:-([0-9]+)([A-Z]?))?")
_STROKE: Final = "/"
_SIMILAR: Final = 85.0
"""Of a hundred: a building's name misspelt by a letter or two is still that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The pieces of an address in their comparing form; empty where it has none."""

    unit: str = ""
    building: str = ""
    number: str = ""
    street: str = ""
    locality: str = ""
    town: str = ""
    postcode: str = ""


def objection(key: str, postcode: str, written: Written) -> str | None:
    """Why `written` cannot be what a text means; None where it may be. `key` is the text in its comparing form."""
    if postcode != written.postcode and not any(
        place and fuzz.partial_ratio(place, key) >= _SIMILAR for place in (written.town, written.locality)
    ):
        return ANOTHER_PLACE
    words = key.split()
    for phrase in (written.town, written.locality, written.street):
        words = _without(words, phrase.split())
    said = _marks(words)
    if _STROKE in said:
        return UNCLEAR_ORDER
    if not _on_street(key, words, written):
        return ANOTHER_STREET
    unit, building, number = (_marks(p.split()) for p in (written.unit, written.building, written.number))
    named = bool(written.building) and fuzz.partial_ratio(written.building, " ".join(words)) >= _SIMILAR
    inside = bool(_UNIT_WORDS & set(words))
    if any(_same(said, way) for way in _ways(unit, building, number, named=named)):
        lettered = unit or _letters(number) or _UNIT_WORDS & set(written.building.split())
        return ANOTHER_FLAT if inside and not lettered else None
    more = inside or len(said) > len(number) + len(building)
    if unit and not set(unit) <= set(said):
        return ANOTHER_FLAT if more else NO_FLAT_NAMED
    if more and not unit:
        return ANOTHER_FLAT
    return ANOTHER_NUMBER if said else NOTHING_PARTICULAR


def _on_street(key: str, left: Sequence[str], written: Written) -> bool:
    """Whether the text has the street, perhaps misspelt, or leaves it out and has the building's name instead.

    `left` is the text without places and, where it stood there letter by letter, the street.
    """
    if not written.street or fuzz.partial_ratio(written.street, key) >= _SIMILAR:
        return True
    words = [w for w in left if w not in _UNIT_WORDS and not _marks([w])]
    said = " ".join(words)
    return bool(written.building and words) and fuzz.ratio(written.building, said) >= _SIMILAR


def _ways(unit: list[str], building: list[str], number: list[str], *, named: bool) -> list[list[str]]:
    """The orders in which people give the marks of one address; its number may be left out for its name."""
    ways = (
        [unit + building + number, building + unit + number, unit + number, number + unit] if number else []
    )
    return [*ways, unit + building, building + unit, unit] if named else ways


def _without(words: Sequence[str], phrase: Sequence[str]) -> list[str]:
    """The words without the last standing of a phrase among them."""
    size = len(phrase)
    for at in range(len(words) - size, -1, -1):
        if size and list(words[at : at + size]) == list(phrase):
            return [*words[:at], *words[at + size :]]
    return list(words)


def _marks(words: Sequence[str]) -> list[str]:
    """Numbers, single letters and floors in order: 12A is 12 and A; a stroke or range that falls is marked."""
    marks: list[str] = []
    for word in words:
        found = _NUMBER.fullmatch(word)
        if found:
            marks += [part for part in found.groups() if part]
            if found[3] and int(found[3]) <= int(found[1]):
                marks.append(_STROKE)
        elif len(word) == 1 or word in _FLOORS:
            marks.append(word)
    return marks


def _letters(marks: Sequence[str]) -> list[str]:
    return sorted(m for m in marks if not m.isdigit())


def _same(left: Sequence[str], right: Sequence[str]) -> bool:
    """Alike in order; with one number only, its letter or floor may stand on either side of it."""
    if list(left) == list(right):
        return True
    numbers = [m for m in left if m.isdigit()]
    return (
        len(numbers) < 2
        and numbers == [m for m in right if m.isdigit()]
        and _letters(left) == _letters(right)
    )
