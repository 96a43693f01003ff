"""The fields of the common data model: names, groups and the rule that standardises each.

Names follow the Social Care Person Standard (DfE and DHSC) in snake case. A *group* is chosen whole:
a street never comes from one source and its postcode from another. A field marked `input_only` is a
form in which sources send something; it is turned into other fields and is not a column of a release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vestry.model import kinds

MARK: Final = "\x1f"
"""Between the date formats of a column and a text of it, and between repeated values of one field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its kind of thing, its group, and the name of its standardising rule (`""` = as sent).

    `repeats` fields may have several current values for one entity (a person's telephones);
    `indexed` ones are sent in numbered pieces, as `home.address_lines[1]`; `of_a_kind` ones say between brackets what kind
    of value is sent, as `pupil.other_number[uln]`, and keep it with the value. `seldom`: few records have it, so that what
    is made of a whole record holds it only where it says something.
    """

    name: str
    kind: str
    group: str
    rule: str = ""
    repeats: bool = False
    indexed: bool = False
    of_a_kind: bool = False
    seldom: bool = False
    input_only: bool = False
    coded: bool = False
    says: str = ""


def _fields(kind: str, *rows: Field) -> dict[str, Field]:
    return {f.name: f for f in rows if f.kind == kind}


_P, _O, _H = kinds.PERSON, kinds.ORGANISATION, kinds.PROPERTY

PERSON_FIELDS: Final = _fields(
    _P,
    Field(name="nhs_number", kind=_P, group="nhs_number", rule="nhs_number", says="NHS number, ten digits"),
    Field(name="nino", kind=_P, group="nino", rule="nino", says="National Insurance number"),
    Field(name="upn", kind=_P, group="upn", rule="upn", says="unique pupil number"),
    Field(
        name="other_number",
        kind=_P,
        group="other_number",
        rule="other_number",
        of_a_kind=True,
        seldom=True,
        says="another number of the person's own, with its kind (ULN:4310589627)",
    ),
    Field(name="title", kind=_P, group="name", rule="title", says="title"),
    Field(name="family_name", kind=_P, group="name", rule="family_name", says="family name"),
    Field(name="given_names", kind=_P, group="name", rule="given_names", says="given names, in order"),
    Field(
        name="full_name",
        kind=_P,
        group="name",
        rule="full_name",
        input_only=True,
        says="a whole name in one column",
    ),
    Field(
        name="previous_family_name",
        kind=_P,
        group="previous_family_name",
        rule="family_name",
        says="an earlier family name",
    ),
    Field(name="known_as", kind=_P, group="known_as", rule="given_names", says="the name the person goes by"),
    Field(
        name="birth_date", kind=_P, group="birth_date", rule="date", says="date of birth, with its accuracy"
    ),
    Field(name="death_date", kind=_P, group="death_date", rule="date", says="date of death"),
    Field(name="sex", kind=_P, group="sex", coded=True, says="sex"),
    Field(name="gender", kind=_P, group="gender", coded=True, says="gender"),
    Field(name="ethnicity", kind=_P, group="ethnicity", coded=True, says="ethnic group"),
    Field(name="email", kind=_P, group="email", rule="email", repeats=True, says="email address"),
    Field(name="phone", kind=_P, group="phone", rule="phone", repeats=True, says="telephone number, E.164"),
)

ORGANISATION_FIELDS: Final = _fields(
    _O,
    Field(
        name="organisation_name",
        kind=_O,
        group="organisation_name",
        rule="organisation_name",
        says="name it trades under",
    ),
    Field(
        name="organisation_type",
        kind=_O,
        group="organisation_type",
        coded=True,
        says="what it does, in the source's words",
    ),
    Field(
        name="company_number",
        kind=_O,
        group="company_number",
        rule="company_number",
        says="Companies House number",
    ),
    Field(name="ods_code", kind=_O, group="ods_code", rule="code", says="NHS Organisation Data Service code"),
    Field(
        name="school_urn", kind=_O, group="school_urn", rule="code", says="school's unique reference number"
    ),
    Field(name="fhrs_id", kind=_O, group="fhrs_id", rule="code", says="food hygiene rating scheme number"),
    Field(
        name="business_reference",
        kind=_O,
        group="business_reference",
        rule="code",
        says="the council's own reference for a business",
    ),
    Field(name="email", kind=_O, group="email", rule="email", repeats=True, says="email address"),
    Field(name="phone", kind=_O, group="phone", rule="phone", repeats=True, says="telephone number, E.164"),
    Field(name="rating", kind=_O, group="rating", coded=True, says="rating given by an inspection"),
    Field(name="rated_on", kind=_O, group="rating", rule="date", says="date of that inspection"),
    Field(name="opened_on", kind=_O, group="life", rule="date", says="date it opened"),
    Field(name="closed_on", kind=_O, group="life", rule="date", says="date it closed"),
)

ADDRESS_FIELDS: Final = {
    f.name: f
    for f in (
        Field(
            name="address_lines",
            kind=_H,
            group="address",
            rule="address_lines",
            indexed=True,
            says="address lines, most particular first",
        ),
        Field(name="postcode", kind=_H, group="address", rule="postcode", says="postcode"),
        Field(name="uprn", kind=_H, group="address", rule="uprn", says="unique property reference number"),
        Field(name="usrn", kind=_H, group="address", rule="usrn", says="unique street reference number"),
        Field(name="longitude", kind=_H, group="position", rule="number", says="degrees east, WGS 84"),
        Field(name="latitude", kind=_H, group="position", rule="number", says="degrees north, WGS 84"),
    )
}

SEALED_FIELDS: Final = {
    **{
        name: PERSON_FIELDS[name]
        for name in (
            *("nhs_number", "upn", "nino", "other_number"),
            *("family_name", "given_names", "birth_date", "sex"),
        )
    },
    **{name: ADDRESS_FIELDS[name] for name in ("address_lines", "postcode")},
    "held_in": Field(
        name="held_in", kind=kinds.SEALED, group="holding", says="a source that is known to hold the identity"
    ),
    "held_as": Field(name="held_as", kind=kinds.SEALED, group="holding", says="its key in that source"),
    "reason": Field(
        name="reason",
        kind=kinds.SEALED,
        group="sealing",
        coded=True,
        says="why: adoption, gender recognition or protection",
    ),
    "since": Field(
        name="since", kind=kinds.SEALED, group="sealing", rule="date", says="the day on which the other began"
    ),
}
"""What an earlier identity may be known by, none of which may reach a record."""

EPISODE_FIELDS: Final = {
    "type": "",
    "status": "",
    "opened_on": "date",
    "closed_on": "date",
    "amount": "number",
    "reference": "",
}
"""Field of an episode -> rule."""

REFERENCE_FIELDS: Final = {
    kinds.AREA: ("area_code", "name", "parent_code", "boundary"),
    kinds.POSTCODE: ("postcode", "longitude", "latitude", "area_code"),
    kinds.CROSSWALK: ("from_code", "to_code", "weight"),
    kinds.MEASURE: ("area_code", "value", "category", "period", "longitude", "latitude"),
    kinds.GAZETTEER_PROPERTY: (
        "uprn", "parent_uprn", "successor_uprn", "status", "classification", "organisation", "postcode",
        "longitude", "latitude", "ended_on",
    ),
    kinds.GAZETTEER_ADDRESS: (
        "uprn", "usrn", "status", "organisation",
        "unit", "unit_number", "unit_suffix", "unit_end_number", "unit_end_suffix",
        "building", "number", "number_suffix", "end_number", "end_suffix",
        "street", "locality", "town", "address_lines", "postcode", "ended_on",
    ),
    kinds.GAZETTEER_STREET: ("usrn", "street", "locality", "town", "language", "ended_on"),
}  # fmt: skip
"""Fields of the kinds that describe the place. `area_code` of a postcode, and `value` of a measure,
take an index: `where.area_code[lsoa/2021]`, `counts.value[population aged 0]`; and `within` codes of an
area are `lsoa.parent_code[ward/2024]`. Pieces of a gazetteer's address may be numbered: `post.street[1]`."""

NUMBERED: Final = frozenset(
    (kinds.GAZETTEER_ADDRESS, name)
    for name in ("organisation", "unit", "building", "street", "locality", "address_lines")
)
"""(kind, field) that may be sent in numbered pieces, put together in order."""

OF_A_KIND: Final = frozenset(
    (kind, f.name)
    for kind, fields in ((kinds.PERSON, PERSON_FIELDS), (kinds.SEALED, SEALED_FIELDS))
    for f in fields.values()
    if f.of_a_kind
)
"""(kind, field) whose values are of a kind that the contract names, and are kept with it."""

OF_KINDS: Final = frozenset(field for _kind, field in OF_A_KIND)
"""Fields of which one entity may have a value of each kind."""

NUMBER_KINDS: Final = ("uln", "uci", "driving_licence", "passport", "prison")
"""Kinds of `other_number` that are offered; a contract may name any other."""

SELDOM: Final = tuple(f.name for f in (*PERSON_FIELDS.values(), *ORGANISATION_FIELDS.values()) if f.seldom)
"""Fields that few records have."""

GAZETTEER_STATUSES: Final = ("approved", "alternative", "provisional", "historical")
"""What `status` of a gazetteer's property or address may say, best first; nothing said is as approved."""


def fields_of(kind: str) -> dict[str, str]:
    """Field name -> rule for everything a part of this kind may be given; KeyError on an unknown kind."""
    if kind == kinds.PERSON:
        return {name: f.rule for name, f in PERSON_FIELDS.items()}
    if kind == kinds.ORGANISATION:
        return {name: f.rule for name, f in ORGANISATION_FIELDS.items()}
    if kind in (kinds.PROPERTY, kinds.ADDRESS):
        return {name: f.rule for name, f in ADDRESS_FIELDS.items()}
    if kind == kinds.EPISODE:
        return dict(EPISODE_FIELDS)
    if kind == kinds.SEALED:
        return {name: f.rule for name, f in SEALED_FIELDS.items()}
    return dict.fromkeys(REFERENCE_FIELDS[kind], "")


def record_columns() -> list[str]:
    """The model columns of `records`, in order: every field of every record kind, `address` included."""
    names: list[str] = []
    for table in (PERSON_FIELDS, ORGANISATION_FIELDS, ADDRESS_FIELDS):
        for name, field in table.items():
            if field.input_only or name in names:
                continue
            names.append(name)
            if name in ("birth_date", "death_date"):
                names.append(f"{name}_accuracy")
            if field.coded:
                names.append(f"{name}_raw")
    return names


def group_of_kind(group: str, kind: str) -> str:
    """The group of the values of one kind, as other_number[uln]: each kind is chosen for itself."""
    return f"{group}[{kind.lower()}]"


def whole_group(group: str) -> str:
    """The group without its kind: what a place trusts a source for."""
    return group.partition("[")[0]


def groups_of(kind: str) -> dict[str, tuple[str, ...]]:
    """Group name -> its fields in order, for one kind. People and organisations have an address too."""
    own = {kinds.PERSON: PERSON_FIELDS, kinds.ORGANISATION: ORGANISATION_FIELDS, kinds.PROPERTY: {}}[kind]
    groups: dict[str, tuple[str, ...]] = {}
    for field in (*own.values(), *ADDRESS_FIELDS.values()):
        if not field.input_only:
            groups[field.group] = (*groups.get(field.group, ()), field.name)
    return groups


TRUSTED: Final = frozenset((*PERSON_FIELDS, *ORGANISATION_FIELDS, *ADDRESS_FIELDS)) | {
    group for kind in kinds.RECORD_KINDS for group in groups_of(kind)
}
"""What a source may be trusted for: a field, or a group of fields."""
