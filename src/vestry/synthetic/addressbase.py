"""The fictional place's gazetteer of addresses, in the layout of AddressBase Premium: record types in one file.

A block of flats is a property too, the parent of its flats. What was built too lately is not in it yet, and a
few properties had other numbers once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from vestry.synthetic.ground import land
from vestry.synthetic.ground.land import Ground, Property, Street

Line = tuple[str, ...]

_NUMBER: Final = re.compile(r"([0-9]+)([A-Za-z]*)(?:-([0-9]+)([A-Za-z]*))?")
_CLASS: Final = {
    land.HOUSE: "RD04", land.FLAT: "RD06", land.SUBDIVIDED: "RD06", land.FARM: "RD02", land.PITCH: "RD01",
    land.CARE_HOME: "RI01", land.HALL: "RI02", land.REFUGE: "RD04", land.SHOP: "CR08", land.SCHOOL: "CE03",
    land.SURGERY: "CM02", land.LIBRARY: "CC04", land.BUILDING: "PP",
}  # fmt: skip
"""Form of a property -> class in AddressBase's own scheme; whatever else is a commercial property."""

_SCHEME: Final = "AddressBase Premium Classification Scheme"
_ONE_IN: Final = 211
"""One property in so many had another UPRN once."""

_SINCE: Final = "2001-04-01"


def write_addressbase(path: Path, grounds: Iterable[Ground], *, as_at: date) -> Path:
    """Write the gazetteer as it stands on the day `as_at`, without what is not in it yet: district after district."""
    day = as_at.isoformat()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("10", "Eldershire", "9999", day, "1", day, "06:00:00", "2.0", "F"))
        count = 0
        for ground in grounds:
            for line in _of_district(ground):
                writer.writerow(line)
                count += 1
        writer.writerow(("99", "0", count, day, "06:00:00"))
    return path


def _of_district(ground: Ground) -> Iterator[Line]:
    for order, street in enumerate(ground.streets, 1):
        yield from _street(street, str(order))
    for order, at in enumerate((p for p in ground.properties if p.in_gazetteer), 1):
        yield from _property(at, str(order), ground.plan.custodian)


def _street(street: Street, o: str) -> Iterator[Line]:
    yield ("11", "I", o, street.usrn, "1", "9999", "2", _SINCE, "1", "8", "0", _SINCE, "", _SINCE, _SINCE,
           *[""] * 8, "10")  # fmt: skip
    yield ("15", "I", o, street.usrn, street.name.upper(), street.locality.upper(), street.town.upper(),
           "ELDERSHIRE", "ENG", _SINCE, "", _SINCE, _SINCE)  # fmt: skip


def _property(at: Property, o: str, custodian: str) -> Iterator[Line]:
    uprn, postal = at.uprn, at.form != land.BUILDING
    yield ("21", "I", o, uprn, "1", "2", _SINCE, at.parent_uprn, "", "", f"{at.latitude:.7f}",
           f"{at.longitude:.7f}", "1", custodian, "E", _SINCE, "", _SINCE, _SINCE, "D" if postal else "N",
           at.postcode.postcode, "0")  # fmt: skip
    yield ("23", "I", o, uprn, f"9999X{uprn}", "E99999999", "0", "7666OW", _SINCE, "", _SINCE, _SINCE)
    yield _local(at, o)
    if postal:
        yield _post(at, o)
    if int(uprn) % _ONE_IN == 0:
        yield ("30", "I", o, former(uprn), f"9999S{uprn}", _SINCE, "", _SINCE, _SINCE, uprn)
    if at.organisation and postal:
        yield ("31", "I", o, uprn, f"9999O{uprn}", at.organisation.upper(), "", _SINCE, "", _SINCE, _SINCE)
    yield ("32", "I", o, uprn, f"9999C{uprn}", _CLASS.get(at.form, "CR"), _SCHEME, "1.0", _SINCE, "", _SINCE,
           _SINCE)  # fmt: skip


def former(uprn: str) -> str:
    """The number that a property had before it had this one, if it was one of those renumbered."""
    return "998" + uprn[3:]


def _local(at: Property, order: str) -> Line:
    """The address as the local authority has it: numbers apart from their suffixes, a number of a flat alone."""
    number = _NUMBER.fullmatch(at.number)
    first, suffix, last, last_suffix = (g or "" for g in number.groups()) if number else ("", "", "", "")
    name = at.building if number or not at.number else " ".join(p for p in (at.building, at.number) if p)
    return (
        "24", "I", order, at.uprn, f"9999L{at.uprn}", "ENG", "1", _SINCE, "", _SINCE, _SINCE,
        "", "", "", "", at.sub.upper(), first, suffix.upper(), last, last_suffix.upper(), name.upper(),
        at.usrn, "1", "", "", "Y",
    )  # fmt: skip


def _post(at: Property, order: str) -> Line:
    """The address as Royal Mail has it: 12A is a building's name, and a locality stands where it is needed."""
    plain = at.number.isdigit()
    name = " ".join(p for p in (at.building, "" if plain else at.number) if p)
    return (
        "28", "I", order, at.uprn, at.uprn[-8:], at.organisation.upper(), "", at.sub.upper(), name.upper(),
        at.number if plain else "", "", at.street.upper(), "", at.locality.upper(), at.town.upper(),
        at.postcode.postcode, "S", "1A", *[""] * 6, _SINCE, _SINCE, "", _SINCE, _SINCE,
    )  # fmt: skip
