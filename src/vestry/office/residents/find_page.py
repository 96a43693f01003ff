"""The pages of finding: the form, and what was found, in an order and with as much as tells two alike apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final

from vestry.office.pages.translating import _
from vestry.office.pages.words import ADDRESS_OF, KINDS, day, in_letters
from vestry.twin.answers import Criteria, Found, FoundPage

FIELDS: Final = ("name", "born", "address", "postcode", "nhs_number", "uprn", "reference")
"""What can be searched by, in the order of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPage:
    """The form. `given` is what was typed, by field; `problems` what is wrong with it."""

    template: ClassVar[str] = "residents/find.html"
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One that was found. `apart` says what tells it from others of the same name, where there are any."""

    href: str
    kind: str
    name: str
    born: str
    address: str
    apart: str
    known: str
    current: bool
    nearly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundList:
    """What a search found. `asked` are its criteria in words."""

    template: ClassVar[str] = "residents/found.html"
    asked: tuple[tuple[str, str], ...]
    total: int
    lines: tuple[Line, ...]


def criteria_of(given: Mapping[str, str]) -> tuple[Criteria | None, dict[str, str]]:
    """What was typed as a search, or what is wrong with it, by field."""
    said = {name: given.get(name, "").strip() for name in FIELDS}
    problems: dict[str, str] = {}
    born = _born(given)
    if born is None:
        problems["born-day"] = _("A date of birth is a real date, or its year, or its month and year")
    if said["nhs_number"]:
        said["nhs_number"] = re.sub(r"[\s-]", "", said["nhs_number"])
        if not re.fullmatch(r"[0-9]{10}", said["nhs_number"]):
            problems["nhs_number"] = _("An NHS number has 10 digits")
    if said["uprn"] and not re.fullmatch(r"[0-9]{1,12}", said["uprn"]):
        problems["uprn"] = _("A UPRN has up to 12 digits")
    for name in FIELDS:
        if len(said[name]) > 200:
            problems[name] = _("Type fewer than 200 letters")
    kind = given.get("kind", "")
    if not problems and not born and not any(said.values()):
        problems["name"] = _("Type something to find somebody by")
    if problems:
        return None, problems
    return (
        Criteria(
            name=said["name"], born=born or "", address=said["address"], postcode=said["postcode"],
            nhs_number=said["nhs_number"], uprn=said["uprn"], reference=said["reference"],
            kind=kind if kind in KINDS and kind != "household" else "",
        ),
        {},
    )  # fmt: skip


def _born(given: Mapping[str, str]) -> str | None:
    """The ISO date, or a part of one, of the three boxes; "" where none is filled, None where they are no date."""
    parts = [given.get(f"born-{part}", "").strip() for part in ("day", "month", "year")]
    days, month, year = parts
    if not any(parts):
        return ""
    if not re.fullmatch(r"[0-9]{4}", year) or not all(re.fullmatch(r"[0-9]{0,2}", p) for p in (days, month)):
        return None
    if days and not month:
        return None
    try:
        whole = date(int(year), int(month or 1), int(days or 1))
    except ValueError:
        return None
    return whole.isoformat()[: 10 if days else 7 if month else 4]


def listed_lines(page: FoundPage) -> tuple[Line, ...]:
    """The lines of what was found. Of several with one name, the first thing of which they differ is said of each."""
    same = Counter(_alike(one) for one in page.found)
    return tuple(
        _line(one, [o for o in page.found if same[_alike(one)] > 1 and _alike(o) == _alike(one)])
        for one in page.found
    )


def _alike(one: Found) -> tuple[str, str]:
    """What makes two look the same in a list: their kind and name."""
    return one.kind, one.name


def _line(one: Found, alike: Sequence[Found]) -> Line:
    address = ", ".join(part for part in (in_letters(one.address), one.postcode) if part)
    name = in_letters(one.name) or _("(no name that you may see)")
    return Line(
        href=f"{ADDRESS_OF[one.kind]}{one.entity_id}/",
        kind=str(KINDS[one.kind]),
        name=f"{name}, {one.postcode}" if one.kind == "property" and one.postcode else name,
        born=day(one.born),
        address=address if one.kind != "property" else "",
        apart=_apart(one, alike),
        known=_("known to %(sources)s sources") % {"sources": one.sources}
        if one.sources != 1
        else _("known to one source"),
        current=one.current,
        nearly=one.matched == "nearly",
    )


def _apart(one: Found, alike: Sequence[Found]) -> str:
    """What of it is like in none of the others."""
    others = [o for o in alike if o.entity_id != one.entity_id]
    if not others:
        return ""
    told: list[tuple[Any, str]] = [
        (one.born, _("born %(day)s") % {"day": day(one.born)}),
        (one.postcode, _("at %(postcode)s") % {"postcode": one.postcode}),
        (one.address, in_letters(one.address)),
    ]
    for at, (value, said) in enumerate(told):
        theirs = [(o.born, o.postcode, o.address)[at] for o in others]
        if value and all(value != other for other in theirs):
            return _("the only one %(said)s") % {"said": said}
    return _("alike in all that you may see: they may be one, or two")


_ASKED: Final = {
    "name": "Name", "born": "Born", "address": "Address", "postcode": "Postcode", "nhs_number": "NHS number",
    "uprn": "UPRN", "reference": "Reference", "kind": "Kind",
}  # fmt: skip


def asked_words(criteria: Criteria) -> tuple[tuple[str, str], ...]:
    """What was searched for, to be shown above what was found."""
    found = []
    for name, label in _ASKED.items():
        value = getattr(criteria, name, "")
        if value:
            said = day(value) if name == "born" else str(KINDS[value]) if name == "kind" else value
            found.append((_(label), said))
    return tuple(found)
