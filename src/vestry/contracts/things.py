"""What the rows of an unknown table describe: parts, and the field that each column feeds, with the doubts.

Headers are believed first, then contents; where the values gainsay the header, nothing is mapped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from vestry.contracts.complaints import UNFILLED
from vestry.contracts.contract import Part, Target
from vestry.contracts.guessing import Guess
from vestry.contracts.recognising import (
    BILLING,
    EPISODE,
    IDENTIFYING,
    OF_PEOPLE,
    ORGANISATION,
    PARTNER,
    PERSON,
    PLACE,
    PROPERTY,
    Meaning,
    normalise,
    recognise,
)
from vestry.contracts.sampling import GEOMETRY, SampleTable
from vestry.model import kinds
from vestry.model.fields import OF_A_KIND, fields_of

_GEOGRAPHIES: Final = {
    **{"E00": "oa", "E01": "lsoa", "W01": "lsoa", "E02": "msoa", "E05": "ward", "W05": "ward"},
    **dict.fromkeys(("E06", "E07", "E08", "E09", "W06"), "district"),
    **{"E10": "county", "E12": "region", "E14": "constituency", "E54": "icb", "E23": "police"},
}
"""How a code of the Government Statistical Service begins -> geography (ONS Register of Geographic Codes)."""

_SEXES: Final = {
    **dict.fromkeys(("1", "M", "m", "Male", "MALE", "male"), "male"),
    **dict.fromkeys(("2", "F", "f", "Female", "FEMALE", "female"), "female"),
}
"""Codes of sex as the NHS, the DfE and most systems write them."""


@dataclass(slots=True, kw_only=True)
class Things:
    """Parts of a row; column position -> targets; doubts by column position, and about the row as a whole."""

    parts: dict[str, Part] = field(default_factory=dict)
    targets: dict[int, Target] = field(default_factory=dict)
    column_doubts: dict[int, list[str]] = field(default_factory=dict)
    row_doubts: list[str] = field(default_factory=list)
    of_people: bool = True
    """Whether rows belong to people, named or not; so it is until something says otherwise."""

    def doubt(self, at: int, text: str) -> None:
        """Note a doubt about the column at position `at`."""
        self.column_doubts.setdefault(at, []).append(text)


def find_things(table: SampleTable, guesses: Sequence[Guess]) -> Things:
    """The parts and targets of a table. At least one part is always found, if only one to be filled in."""
    meanings = _meanings(table, guesses)
    said = {(m.thing, m.field) for m in meanings.values()}
    things = Things()
    persons = any(thing == PERSON and f in IDENTIFYING for thing, f in said)
    nameless = all(re.fullmatch(r"column \d+", n) for n in table.physical_names)
    things.of_people = (
        persons or nameless or any(OF_PEOPLE.search(normalise(n)) for n in table.physical_names)
    )
    organisation = any(thing == ORGANISATION and f != "ods_code" for thing, f in said)
    placed = any(
        thing == PROPERTY and f in ("address_lines", "postcode", "uprn", "usrn") for thing, f in said
    )
    codes = [at for at, g in enumerate(guesses) if g.identifier == "area_code"]
    if not persons and not organisation:
        if GEOMETRY in table.names and table.names[-1] == GEOMETRY and codes:
            return _area(table, guesses, codes[0])
        if codes and not any(m.field in ("address_lines", "uprn") for m in meanings.values()):
            return _places(table, guesses, codes, meanings)
    _add_parts(things, said, persons, organisation, placed)
    for at, meaning in meanings.items():
        _feed(things, at, meaning, guesses[at])
    _drop_unfed(things)
    if not things.parts:
        things.parts["row"] = Part(name="row", kind=kinds.EPISODE, attributes={"type": UNFILLED})
        things.row_doubts.append("no column was recognised: what does one row describe?")
        things.of_people = True  # nothing says that they are not
    return things


def _meanings(table: SampleTable, guesses: Sequence[Guess]) -> dict[int, Meaning]:
    """Column position -> meaning: by header, by content, and by company."""
    found = {at: m for at, name in enumerate(table.physical_names) if (m := recognise(name)) is not None}
    for at, guess in enumerate(guesses):
        if at not in found and guess.identifier in ("nhs_number", "nino", "upn", "postcode"):
            thing = PROPERTY if guess.identifier == "postcode" else PERSON
            if not any(m.field == guess.identifier for m in found.values()):
                found[at] = Meaning(thing=thing, field=guess.identifier)
        if (
            at in found
            and found[at].field == "postcode"
            and guess.filled
            and guess.identifier not in ("postcode", "")
        ):
            del found[at]
    headers = [normalise(n) for n in table.physical_names]
    has_person = any(m.thing == PERSON and m.field in IDENTIFYING for m in found.values())
    has_address = any(m.field == "address_lines" for m in found.values())
    for at, header in enumerate(headers):
        if header == "name":
            found[at] = Meaning(
                thing=PERSON if has_person else ORGANISATION,
                field="full_name" if has_person else "organisation_name",
            )
        elif header == "urn" and any(m.thing == ORGANISATION for m in found.values()):
            found[at] = Meaning(thing=ORGANISATION, field="school_urn")
        elif header == "text" and guesses[at].commas and not has_address:
            found[at] = Meaning(thing=PROPERTY, field="address_lines")
    organisation = any(m.thing == ORGANISATION for m in found.values())
    if organisation and not has_person:
        for at, meaning in found.items():
            if meaning.field in ("email", "phone"):
                found[at] = Meaning(thing=ORGANISATION, field=meaning.field)
    if not organisation or has_person:
        lives = {"opened_on", "closed_on"}
        for at, meaning in list(found.items()):
            if meaning.thing == ORGANISATION and meaning.field in lives:
                found[at] = Meaning(thing=EPISODE, field=meaning.field)
    return dict(sorted(found.items()))


def _add_parts(
    things: Things, said: set[tuple[str, str]], persons: bool, organisation: bool, placed: bool
) -> None:
    home = "home" if persons else "premises"
    person: dict[str, Any] = {"lives_at": home} if placed else {}
    if any(thing == BILLING for thing, _ in said):
        person["post_to"] = "billing"
    if persons:
        things.parts["person"] = Part(name="person", kind=kinds.PERSON, attributes=person)
        if any(thing == PARTNER for thing, _ in said):
            attributes = {**({"lives_at": home} if placed else {}), "partner_of": "person"}
            things.parts["partner"] = Part(name="partner", kind=kinds.PERSON, attributes=attributes)
            things.row_doubts.append(
                "whether the second person is the partner of the first, or only liable with them"
            )
    if organisation:
        based = {"based_at": home} if placed and not persons else {}
        things.parts["organisation"] = Part(name="organisation", kind=kinds.ORGANISATION, attributes=based)
    if placed:
        things.parts[home] = Part(name=home, kind=kinds.PROPERTY)
    if any(thing == "placement" for thing, _ in said):
        things.parts["placement"] = Part(name="placement", kind=kinds.PROPERTY)
    if any(thing == BILLING for thing, _ in said) and persons:
        things.parts["billing"] = Part(name="billing", kind=kinds.ADDRESS)
    dealings = things.of_people or (organisation and (EPISODE, "reference") in said)
    if any(thing == EPISODE for thing, _ in said) and dealings:
        about = [n for n, p in things.parts.items() if p.kind in kinds.RECORD_KINDS and n != "placement"]
        things.parts["episode"] = Part(name="episode", kind=kinds.EPISODE, attributes={"about": about})
        things.row_doubts.append(
            "which service the episode is a dealing with: add service: and its LGSL number"
        )


def _feed(things: Things, at: int, meaning: Meaning, guess: Guess) -> None:
    """Let the column feed the field that it means, if the values fit and nothing better feeds it already."""
    name = meaning.thing
    if name == PROPERTY:
        name = "home" if "home" in things.parts else "premises"
    part = things.parts.get(name)
    if part is None or meaning.field not in fields_of(part.kind):
        return
    rule = fields_of(part.kind)[meaning.field]
    if rule == "date" and guess.logical_type not in ("date", "timestamp"):
        if guess.filled:
            things.doubt(at, f"by its name {meaning.field}, but its values are no dates")
        return
    of_a_kind = (part.kind, meaning.field) in OF_A_KIND
    fed = {(t.part, t.field, None if of_a_kind else t.index) for t in things.targets.values()}
    index = None if meaning.index is None else str(meaning.index)
    several = meaning.field in ("given_names", "phone", "email")
    if meaning.field in ("phone", "email") and guess.distinct == 1 and guess.filled > 1:
        return  # the same in every row: the sender's own
    if (name, meaning.field, None if of_a_kind else index) in fed and not several:
        things.doubt(at, f"also {meaning.field} by its name, but another column feeds that already")
        return
    if meaning.field == "address_lines" and index is None and guess.commas:
        things.doubt(at, "whether the text begins with a name rather than an address")
    things.targets[at] = Target(part=name, field=meaning.field, index=index)


def _drop_unfed(things: Things) -> None:
    """Take out parts of records that no column feeds, and what refers to them."""
    fed = {t.part for t in things.targets.values()}
    kept = {n: p for n, p in things.parts.items() if n in fed}
    if "episode" in kept and len(kept) == 1:
        kept = {}
        things.targets.clear()
    things.parts.clear()
    for name, part in kept.items():
        attributes: dict[str, Any] = {}
        for attribute, value in part.attributes.items():
            named = [v for v in value if v in kept] if isinstance(value, list) else value
            if named and (isinstance(named, list) or named in kept):
                attributes[attribute] = named
        things.parts[name] = Part(name=name, kind=part.kind, attributes=attributes)


def _geography(table: SampleTable, at: int) -> tuple[str, str]:
    """(geography by the first letters of the codes, vintage by the header or the mark to be filled in)."""
    starts = {v[:3] for v in table.column(at) if v}
    named = {_GEOGRAPHIES.get(s, UNFILLED) for s in starts}
    found = re.search(r"(\d\d)", table.physical_names[at])
    vintage = f"20{found.group(1)}" if found else UNFILLED
    return named.pop() if len(named) == 1 else UNFILLED, vintage


def _area(table: SampleTable, guesses: Sequence[Guess], code: int) -> Things:
    """Boundaries: one row is one area."""
    things = Things(of_people=False)
    geography, vintage = _geography(table, code)
    things.parts["area"] = Part(
        name="area", kind=kinds.AREA, attributes={"geography": geography, "vintage": vintage}
    )
    things.targets[code] = Target(part="area", field="area_code")
    stem = re.sub(r"(cd|code)$", "", normalise(table.physical_names[code]).replace(" ", ""))
    for at, name in enumerate(table.physical_names):
        if re.fullmatch(rf"{re.escape(stem)}(nm|name)", normalise(name).replace(" ", "")):
            things.targets[at] = Target(part="area", field="name")
    things.targets[len(table.names) - 1] = Target(part="area", field="boundary")
    _doubt_geography(things, code, geography, vintage)
    return things


def _doubt_geography(things: Things, at: int, geography: str, vintage: str) -> None:
    if UNFILLED in (geography, vintage):
        things.doubt(at, "which geography and vintage these codes are of")


def _places(
    table: SampleTable, guesses: Sequence[Guess], codes: Sequence[int], meanings: dict[int, Meaning]
) -> Things:
    """Rows that speak of areas: postcodes with their areas, or figures."""
    things = Things(of_people=False)
    postcode = next((at for at, m in meanings.items() if m.field == "postcode"), None)
    if postcode is not None:
        areas: dict[int, str] = {}
        for at in codes:
            geography = "/".join(_geography(table, at))
            if geography not in areas.values():
                areas[at] = geography
                if UNFILLED in geography:
                    things.doubt(at, "which geography and vintage these codes are of")
        things.parts["where"] = Part(
            name="where", kind=kinds.POSTCODE, attributes={"areas": list(areas.values())}
        )
        things.targets[postcode] = Target(part="where", field="postcode")
        for at, index in areas.items():
            things.targets[at] = Target(part="where", field="area_code", index=index)
        for at, meaning in meanings.items():
            if meaning.field in ("longitude", "latitude"):
                things.targets[at] = Target(part="where", field=meaning.field)
        return things
    code = codes[0]
    geography, vintage = _geography(table, code)
    numbers = [
        at
        for at, g in enumerate(guesses)
        if g.logical_type in ("integer", "number") and (at not in meanings or meanings[at].thing == PLACE)
    ]
    category = next((at for at, m in meanings.items() if m.field == "category" and m.thing == PLACE), None)
    name = "{category}" if category is not None else UNFILLED
    things.parts["figure"] = Part(
        name="figure",
        kind=kinds.MEASURE,
        attributes={"measure": name, "geography": geography, "vintage": vintage},
    )
    things.row_doubts.append("what is counted, and when: complete measure and period of the part `figure`")
    things.targets[code] = Target(part="figure", field="area_code")
    _doubt_geography(things, code, geography, vintage)
    if category is not None:
        things.targets[category] = Target(part="figure", field="category")
    period = next((at for at, m in meanings.items() if m.field == "period"), None)
    if period is not None and guesses[period].logical_type in ("date", "string", "integer"):
        things.targets[period] = Target(part="figure", field="period")
    for at in [n for n in numbers if n not in things.targets]:
        named = None if len(numbers) == 1 else normalise(table.names[at]) or str(at + 1)
        things.targets[at] = Target(part="figure", field="value", index=named)
    return things


def standard_codes(target: Target | None, codes: Sequence[str]) -> tuple[dict[str, str], bool]:
    """(the source's code -> the standard's, whether that is known); codes of sex are, others stay."""
    if target is not None and target.field in ("sex", "gender"):
        return {c: _SEXES.get(c, "not known") for c in codes}, all(c in _SEXES for c in codes)
    return {c: c for c in codes}, False
