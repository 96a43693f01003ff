"""The fictional place's gazetteer of addresses, in the layout of AddressBase Premium: record types in one file.

A block of flats is a property too, the parent of its flats. What was built too lately is not in it yet, and a
few properties had other numbers once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

Line = tuple[str, ...]

_NUMBER: Final = re.compile(r"([0-9]+)([A-Za-z]*)(?:-([0-9]+)([A-Za-z]*))?")
_CLASS: Final = {"house": "RD04", "flat": "RD06", "care home": "RI01", "shop": "CR08", "building": "PP"}
"""Form of a property -> class in AddressBase's own scheme; whatever else is a commercial property."""

_SCHEME: Final = "AddressBase Premium Classification Scheme"
_ONE_IN: Final = 211
"""One property in so many had another UPRN once."""

_SINCE: Final = "2001-04-01"


class Unit(Protocol):
    """The postcode unit that a property is in."""

    @property
    def postcode(self) -> str: ...
    @property
    def longitude(self) -> float: ...
    @property
    def latitude(self) -> float: ...


class Listed(Protocol):
    """A property as the gazetteer needs to know it."""

    @property
    def uprn(self) -> str: ...
    @property
    def parent_uprn(self) -> str: ...
    @property
    def usrn(self) -> str: ...
    @property
    def sub(self) -> str: ...
    @property
    def building(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def locality(self) -> str: ...
    @property
    def town(self) -> str: ...
    @property
    def postcode(self) -> Unit: ...
    @property
    def form(self) -> str: ...
    @property
    def organisation(self) -> str: ...
    @property
    def in_gazetteer(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One property of the file, a building above flats among them."""

    uprn: str
    parent: str
    at: Listed
    sub: str
    form: str

    @property
    def postal(self) -> bool:
        """Whether Royal Mail delivers to it: to flats, and not to the building above them."""
        return self.form != "building"


def write_addressbase(path: Path, properties: Iterable[Listed], *, as_at: date) -> Path:
    """Write the gazetteer as it stands on the day `as_at`, without what is not in it yet."""
    entries = list(_entries([p for p in properties if p.in_gazetteer]))
    lines = list(_streets(entries))
    for order, entry in enumerate(entries, 1):
        lines += _property(entry, order)
    day = as_at.isoformat()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("10", "Eldershire", "9999", day, "1", day, "06:00:00", "2.0", "F"))
        writer.writerows(lines)
        writer.writerow(("99", "0", len(lines), day, "06:00:00"))
    return path


def _entries(properties: list[Listed]) -> Iterator[_Entry]:
    """Every property, and before the first flat of a building that is no property itself, that building."""
    own = {p.uprn for p in properties}
    for p in properties:
        if p.parent_uprn and p.parent_uprn not in own:
            own.add(p.parent_uprn)
            yield _Entry(uprn=p.parent_uprn, parent="", at=p, sub="", form="building")
        yield _Entry(uprn=p.uprn, parent=p.parent_uprn, at=p, sub=p.sub, form=p.form)


def _streets(entries: Iterable[_Entry]) -> Iterator[Line]:
    named: Mapping[tuple[str, str], Listed] = {
        (e.at.usrn, e.at.locality): e.at for e in reversed(list(entries))
    }
    for order, (usrn, at) in enumerate(sorted({k[0]: v for k, v in named.items()}.items()), 1):
        yield ("11", "I", str(order), usrn, "1", "9999", "2", _SINCE, "1", "8", "0", _SINCE, "", _SINCE, _SINCE,
               *[""] * 8, "10")  # fmt: skip
        yield ("15", "I", str(order), usrn, at.street.upper(), at.locality.upper(), at.town.upper(),
               "ELDERSHIRE", "ENG", _SINCE, "", _SINCE, _SINCE)  # fmt: skip


def _property(entry: _Entry, order: int) -> Iterator[Line]:
    at, uprn, o = entry.at, entry.uprn, str(order)
    longitude, latitude = (getattr(at, n, None) or getattr(at.postcode, n) for n in ("longitude", "latitude"))
    yield ("21", "I", o, uprn, "1", "2", _SINCE, entry.parent, "", "", f"{latitude:.7f}", f"{longitude:.7f}", "1",
           "9999", "E", _SINCE, "", _SINCE, _SINCE, "D" if entry.postal else "N", at.postcode.postcode, "0")  # fmt: skip
    yield ("23", "I", o, uprn, f"9999X{uprn}", "E99999999", "0", "7666OW", _SINCE, "", _SINCE, _SINCE)
    yield _local(entry, o)
    if entry.postal:
        yield _post(entry, o)
    if int(uprn) % _ONE_IN == 0:
        yield ("30", "I", o, former(uprn), f"9999S{uprn}", _SINCE, "", _SINCE, _SINCE, uprn)
    if at.organisation and entry.postal:
        yield ("31", "I", o, uprn, f"9999O{uprn}", at.organisation.upper(), "", _SINCE, "", _SINCE, _SINCE)
    yield ("32", "I", o, uprn, f"9999C{uprn}", _CLASS.get(entry.form, "CR"), _SCHEME, "1.0", _SINCE, "", _SINCE,
           _SINCE)  # fmt: skip


def former(uprn: str) -> str:
    """The number that a property had before it had this one, if it was one of those renumbered."""
    return "998" + uprn[3:]


def _local(entry: _Entry, order: str) -> Line:
    """The address as the local authority has it: numbers apart from their suffixes, a number of a flat alone."""
    at = entry.at
    number = _NUMBER.fullmatch(at.number)
    first, suffix, last, last_suffix = (g or "" for g in number.groups()) if number else ("", "", "", "")
    name = at.building if number or not at.number else " ".join(p for p in (at.building, at.number) if p)
    return (
        "24", "I", order, entry.uprn, f"9999L{entry.uprn}", "ENG", "1", _SINCE, "", _SINCE, _SINCE,
        "", "", "", "", entry.sub.upper(), first, suffix.upper(), last, last_suffix.upper(), name.upper(),
        at.usrn, "1", "", "", "Y",
    )  # fmt: skip


def _post(entry: _Entry, order: str) -> Line:
    """The address as Royal Mail has it: 12A is a building's name, and a locality stands where it is needed."""
    at = entry.at
    plain = at.number.isdigit()
    name = " ".join(p for p in (at.building, "" if plain else at.number) if p)
    return (
        "28", "I", order, entry.uprn, entry.uprn[-8:], at.organisation.upper(), "", entry.sub.upper(), name.upper(),
        at.number if plain else "", "", at.street.upper(), "", at.locality.upper(), at.town.upper(),
        at.postcode.postcode, "S", "1A", *[""] * 6, _SINCE, _SINCE, "", _SINCE, _SINCE,
    )  # fmt: skip
