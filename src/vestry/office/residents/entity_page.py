"""The page of one resident, household, property or business: what may be seen of it, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from vestry.office.pages.below import in_language
from vestry.office.pages.services import service_name
from vestry.office.pages.translating import _, gettext_lazy
from vestry.office.pages.words import ADDRESS_OF, KINDS, day, field_name, in_letters, value_said
from vestry.office.residents.on_map import OnMap, on_map
from vestry.sharing.grants import OWN
from vestry.sharing.precision import AREAS
from vestry.twin.answers import Found, Origin, Shown

_GROUPS: Final = (
    (gettext_lazy("Who they are"), ("person",), (
        "title", "given_names", "family_name", "known_as", "previous_family_name", "birth_date", "death_date", "sex",
        "gender", "ethnicity",
    )),
    (gettext_lazy("The business"), ("organisation",), (
        "organisation_name", "organisation_type", "opened_on", "closed_on", "rating", "rated_on",
    )),
    (gettext_lazy("Where"), ("person", "organisation"), (
        "address_lines", "postcode", *AREAS, "postal_address_lines", "postal_postcode", "uprn", "usrn",
    )),
    (gettext_lazy("Where"), ("property",), ("address_lines", "postcode", *AREAS, "uprn", "usrn")),
    (gettext_lazy("How to reach them"), ("person", "organisation"), ("phone", "email")),
    (gettext_lazy("Numbers"), ("person", "organisation"), (
        "nhs_number", "nino", "upn", "other_number", "company_number", "ods_code", "school_urn", "fhrs_id", "business_reference",
    )),
)  # fmt: skip
"""Headings, the kinds that have them, and their fields in order. What is in none (accuracies, positions) is not listed.
An area stands where an address may be seen no more precisely."""

_ROLES: Final = {
    ("parent", False): gettext_lazy("Child"),
    ("parent", True): gettext_lazy("Parent"),
    ("carer", False): gettext_lazy("Person cared for"),
    ("carer", True): gettext_lazy("Carer"),
    ("partner", False): gettext_lazy("Partner"),
    ("partner", True): gettext_lazy("Partner"),
    ("liable_jointly", False): gettext_lazy("Liable jointly"),
    ("liable_jointly", True): gettext_lazy("Liable jointly"),
}
"""What the other is to whoever the page is about: by role, and whether the other is the one that has it."""
_TIED: Final = {"resident": gettext_lazy("Resident"), "occupier": gettext_lazy("Occupier")}
"""What somebody is to a property."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One field: its value in words, or why it is withheld. `sources` is where it is told who said so; `precision` how precise
    it is where that is less than whole."""

    field: str
    label: str
    value: str = ""
    sources: str = ""
    precision: str = ""
    withheld: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Values under one heading."""

    heading: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Somebody or something that the page's own is tied to. `href` is "" where nothing of it may be seen."""

    what: str
    name: str
    href: str
    born: str = ""
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealing:
    """One dealing with a service on the timeline. `rows` are what else is known of it, (label, value)."""

    title: str
    organisation: str
    opened: str
    closed: str
    opened_on: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one organisation holds: its sources, each with how many records and since when."""

    organisation: str
    sources: tuple[tuple[str, int, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One of them, as it may be seen."""

    template: ClassVar[str] = "residents/entity.html"
    entity_id: str
    kind: str
    heading: str
    current: bool
    path: str
    groups: tuple[Group, ...]
    household: tuple[Tie, ...] = ()
    households: tuple[Tie, ...] = ()
    homes: tuple[Tie, ...] = ()
    people: tuple[Tie, ...] = ()
    relationships: tuple[Tie, ...] = ()
    dealings: tuple[Dealing, ...] = ()
    held: tuple[Held, ...] = ()
    known_to: tuple[tuple[str, str, str, str], ...] = ()
    agreements: tuple[str, ...] = ()
    own: bool = False
    on_map: OnMap | None = None

    @property
    def kind_said(self) -> str:
        """What it is called."""
        return str(KINDS[self.kind])


def entity_page(
    shown: Shown, organisations: Mapping[str, str], owners: Mapping[str, str], agreements: tuple[str, ...]
) -> Entity:
    """The page of what was shown. `organisations` is code -> name, `owners` source -> whoever sends it, `agreements`
    what those are called under which it was."""
    entity = shown.entity
    assert entity is not None
    path = f"{ADDRESS_OF[entity.kind]}{entity.entity_id}/"
    me, named = entity.entity_id, shown.named
    related = shown.related
    withheld = {one.field: in_language(one.says) for one in shown.withheld}
    groups = []
    for heading, kinds, names in _GROUPS:
        if entity.kind in kinds:
            values = tuple(_values(names, entity.values, entity.precision, withheld, path))
            if values:
                groups.append(Group(heading=str(heading), values=values))
    homes = [row for row in related.residences if row["entity_id"] == me]
    living = [row for row in related.residences if row["property_id"] == me]
    return Entity(
        entity_id=me,
        kind=entity.kind,
        heading=_heading(shown),
        current=entity.current,
        path=path,
        groups=tuple(groups),
        household=_ties(related.households, "person_id", me, named) if entity.kind == "household" else (),
        households=_households(related.households, me) if entity.kind != "household" else (),
        homes=_home(entity.values, named)
        if entity.kind == "household"
        else _ties(homes, "property_id", me, named),
        people=_ties(living, "entity_id", me, named),
        relationships=_relationships(related.relationships, me, named),
        dealings=tuple(_dealing(row, organisations) for row in _each_once(related.episodes)),
        held=_held(shown.origins, organisations, owners),
        known_to=tuple((one.organisation, one.source, day(one.since), one.desk) for one in shown.known_to),
        agreements=agreements,
        own=OWN in shown.agreements,
        on_map=on_map(shown.whereabouts) if entity.kind == "property" else None,
    )


def _heading(shown: Shown) -> str:
    """What the page is headed with: a name, an address, or what kind of thing it is."""
    assert shown.entity is not None
    values, kind = shown.entity.values, shown.entity.kind
    name = {
        "person": " ".join(v for v in (values.get("given_names"), values.get("family_name")) if v),
        "organisation": values.get("organisation_name", ""),
        "property": ", ".join(
            v
            for v in (value_said("address_lines", values.get("address_lines", "")), values.get("postcode"))
            if v
        ),
        "household": "",
    }[kind]
    if name:
        return name if kind == "property" else in_letters(name)
    if kind == "household":
        return _("Household of %(n)s") % {"n": values.get("people", "?")}
    return _("%(kind)s, with no name that you may see") % {"kind": KINDS[kind]}


def _values(
    names: Iterable[str],
    values: Mapping[str, str],
    precision: Mapping[str, str],
    withheld: Mapping[str, str],
    path: str,
) -> Iterable[Value]:
    for name in names:
        if values.get(name):
            less = precision.get(name, "")
            told_by = "address_lines" if name in AREAS else name
            yield Value(
                field=name, label=field_name(name), value=value_said(name, values[name]), sources=f"{path}sources/{told_by}/",
                precision="" if less in ("", name) else less.replace("-", " "),
            )  # fmt: skip
        elif name in withheld:
            yield Value(field=name, label=field_name(name), withheld=withheld[name])


def _ties(
    rows: Sequence[Mapping[str, str]], column: str, me: str, named: Mapping[str, Found]
) -> tuple[Tie, ...]:
    """One line for each of the others, over all the rows that say so: since the first day, until the last."""
    found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        if row.get(column, "") not in ("", me):
            found.setdefault((row[column], row.get("role", "")), []).append(row)
    ties = []
    for (other, role), said in found.items():
        line = named.get(other)
        begins = min((row["valid_from"] for row in said if row["valid_from"]), default="")
        still = any(not row["valid_to"] for row in said)
        ends = "" if still else max(row["valid_to"] for row in said)
        ties.append(
            _tie(str(_TIED.get(role, role.replace("_", " ").capitalize())), other, line, begins, ends)
        )
    return tuple(sorted(ties, key=lambda tie: (bool(tie.ends), tie.name)))


def _households(rows: Sequence[Mapping[str, str]], me: str) -> tuple[Tie, ...]:
    """The households that somebody lives and lived in, or that live in a property; each has a page that says who is in it."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        found.setdefault(row["household_id"], []).append(row)
    ties = []
    for household, members in found.items():
        mine = [row for row in members if row["person_id"] == me] or members
        now = {row["person_id"] for row in members if not row["valid_to"]}
        begins = min((row["valid_from"] for row in mine if row["valid_from"]), default="")
        ends = "" if any(not row["valid_to"] for row in mine) else max(row["valid_to"] for row in mine)
        name = _("Household") if mine is not members else _("Household of %(n)s") % {"n": len(now)}
        href = f"{ADDRESS_OF['household']}{household}/"
        ties.append(Tie(what="", name=name, href=href, begins=day(begins), ends=day(ends)))
    return tuple(ties)


def _home(values: Mapping[str, str], named: Mapping[str, Found]) -> tuple[Tie, ...]:
    """Where a household lives, where that may be seen."""
    home = values.get("property_id", "")
    return (_tie("", home, named[home], "", ""),) if home in named else ()


def _tie(what: str, other: str, line: Found | None, begins: str, ends: str) -> Tie:
    if line is None:
        return Tie(
            what=what, name=_("not to be seen for this purpose"), href="", begins=day(begins), ends=day(ends)
        )
    name = in_letters(line.name) or _("no name that you may see")
    if line.kind == "property" and line.postcode:
        name = f"{name}, {line.postcode}"
    return Tie(
        what=what, name=name, href=f"{ADDRESS_OF[line.kind]}{other}/", born=day(line.born), begins=day(begins), ends=day(ends)
    )  # fmt: skip


def _relationships(rows: Sequence[Mapping[str, str]], me: str, named: Mapping[str, Found]) -> tuple[Tie, ...]:
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for row in rows:
        theirs = row["to_entity"] == me
        other = row["from_entity"] if theirs else row["to_entity"]
        what = str(_ROLES.get((row["role"], theirs), row["role"].replace("_", " ").capitalize()))
        found.setdefault((what, other), row)
    ties = [
        _tie(what, other, named.get(other), row["valid_from"], row["valid_to"])
        for (what, other), row in found.items()
    ]
    return tuple(sorted(ties, key=lambda tie: (bool(tie.ends), tie.what, tie.name)))


def _each_once(rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Each dealing once, whatever several parts somebody has in it; with all of these."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        held = found.setdefault(row.get("episode_id", ""), dict(row))
        if held.get("role") != row.get("role"):
            held["role"] = f"{held['role']}, {row['role']}"
    return list(found.values())


_DEALING_ROWS: Final = (
    ("kind", gettext_lazy("Kind")),
    ("status", gettext_lazy("Status")),
    ("amount", gettext_lazy("Amount")),
    ("reference", gettext_lazy("Reference")),
    ("role", gettext_lazy("As")),
)


def _dealing(row: Mapping[str, str], organisations: Mapping[str, str]) -> Dealing:
    said = []
    for name, label in _DEALING_ROWS:
        value = row.get(name, "")
        if value:
            said.append(
                (
                    str(label),
                    f"£{float(value):,.2f}"
                    if name == "amount"
                    else value.replace("_", " ")
                    if name == "role"
                    else value,
                )
            )
    organisation = row.get("organisation", "")
    return Dealing(
        title=service_name(row.get("service", ""), row.get("source", "")),
        organisation=organisations.get(organisation, organisation),
        opened=day(row.get("opened_on", "")),
        closed=day(row.get("closed_on", "")),
        opened_on=row.get("opened_on", ""),
        rows=tuple(said),
    )


def _held(
    origins: Sequence[Origin], organisations: Mapping[str, str], owners: Mapping[str, str]
) -> tuple[Held, ...]:
    by: dict[str, dict[str, list[Origin]]] = {}
    for one in origins:
        owner = owners.get(one.source, "")
        by.setdefault(organisations.get(owner, owner), {}).setdefault(one.source, []).append(one)
    return tuple(
        Held(
            organisation=organisation,
            sources=tuple(
                (
                    source, len(records), day(min(r.first_as_at for r in records)),
                    "" if any(r.current for r in records) else day(max(r.last_as_at for r in records)),
                )
                for source, records in sorted(sources.items())
            ),
        )
        for organisation, sources in sorted(by.items())
    )  # fmt: skip
