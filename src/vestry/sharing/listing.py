"""Lists and searches for one request: the row-and-column filter, and what it needs of a release, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

from vestry.model import kinds
from vestry.sharing.categories import CATEGORIES, FIELDS
from vestry.sharing.markers import Marked, marks
from vestry.sharing.precision import INDEX_ONLY, LADDERS, WHOLE
from vestry.sharing.row_filter import RowFilter, row_filter
from vestry.sharing.sight import KEY, Sight, fields_of
from vestry.sharing.subjects import SourceFacts
from vestry.twin.answers import TableStream
from vestry.twin.choosing import Trust
from vestry.twin.listed import Within, entities_listed, rows_listed
from vestry.twin.tables import ENTITY_TABLES

_NAMES: Final = ("family_name", "given_names", "known_as", "previous_family_name")
SEARCHED: Final = {
    "name": _NAMES,
    "organisation": ("organisation_name",),
    "born": ("birth_date",),
    "address": ("address_lines", "postcode"),
    "postcode": ("postcode",),
    "nhs_number": ("nhs_number",),
    "uprn": ("uprn",),
    "reference": (KEY,),
    "dealing": ("dealing.service", KEY),
    "key": (KEY,),
}
"""Criterion -> the fields that all must be open to be searched by it."""

_ALSO: Final = {"name": "organisation", "reference": "dealing"}
"""Criterion -> what may hold it besides, by fields of its own."""

_TIES: Final = {
    "residences": ("residence",),
    "relationships": ("relationship",),
    "episodes": CATEGORIES["dealings"],
    "crossref": (KEY,),
}
_KIND_OF: Final = {table: kind for kind, table in ENTITY_TABLES.items()}

_FEW_CANDIDATES: Final = 3_000
"""So many people are asked about one by one in less time than it takes to read all marks of a county."""

_FEW: Final = 8
"""Grants up to which all classes that there could be are fewer than it costs to ask which there are."""


def tables_listed() -> tuple[str, ...]:
    """The tables of people that can be had under an agreement."""
    return (*_KIND_OF, *_TIES)


def listing(sight: Sight, release: Any, criteria: Sequence[str], search: Any) -> Within:
    """What a `search` by `criteria` may look at: records of which the fields that it looks at may be seen. How they are marked
    and of which classes they are is asked of its candidates alone."""
    rule = row_filter(sight.opened)
    ids = search.ids(_FEW_CANDIDATES)
    marked = _marks(sight, release) if ids is None else _marks_of(sight, release, ids)
    asked = Within(classes=rule.classes, parameters=rule.parameters, marks=marked)
    wanted = {c: SEARCHED[c] for c in criteria if c in SEARCHED}
    wanted |= {also: SEARCHED[also] for criterion, also in _ALSO.items() if criterion in criteria}
    names = tuple(sorted({f for fields in wanted.values() for f in fields}))
    found: dict[tuple[str, str], dict[str, int]] = {}
    for name, field, source, level in rule.levels(search.classes(asked), names, _sources(sight, names)):
        found.setdefault((name, source), {})[field] = level
    return replace(
        asked,
        allowed={
            criterion: tuple(
                f"{name}|{source}"
                for (name, source), levels in found.items()
                if _searchable(criterion, fields, levels)
            )
            for criterion, fields in wanted.items()
        },
    )


def listed_table(
    sight: Sight, release: Any, table: str, trust: Trust
) -> tuple[TableStream, frozenset[str], frozenset[str]]:
    """(the table, the fields that are in it, the agreements that they rest on), minimised in one query."""
    rule, marked = row_filter(sight.opened), _marks(sight, release)
    kind = _KIND_OF.get(table, kinds.PERSON)
    wanted = tuple(fields_of(kind)) if table in _KIND_OF else _TIES[table]
    levels = tuple(rule.levels(_classes(rule, release, marked), wanted, _sources(sight, wanted)))
    within = Within(classes=rule.classes, parameters=rule.parameters, marks=marked, levels=levels)
    seen = frozenset(field for _, field, _, level in levels if level > INDEX_ONLY)
    rests_on = frozenset(
        grant.label
        for grant in sight.opened.grants
        if any(grant.level(field, source) > INDEX_ONLY for field in seen for source in sight.sources)
    )
    if table in _KIND_OF:
        geographies = {level: name for name, level in LADDERS["address"].items() if name != "postcode"}
        columns = [field for field in wanted if field in seen and field not in _NOT_CLAIMED]
        queries = [
            entities_listed(
                kind,
                within,
                columns,
                on=sight.opened.asking.on.isoformat(),
                trust=trust,
                geographies=geographies,
                span=span,
            )
            for span in release.spans(kind) or [("", "")]
        ]
    else:
        queries = [rows_listed(table, within)]
    return release.stream_of(table, queries), seen, rests_on


def people_reached(sight: Sight, release: Any) -> int:
    """How many people anything that stands open is about, whatever of them it shows."""
    rule = row_filter(sight.opened)
    within = Within(classes=rule.classes, parameters=rule.parameters, marks=_marks(sight, release))
    # The first two letters of a class say what holds of a person; the others, which grants are about them.
    return sum(n for name, n in release.people_by_class(within).items() if "1" in name[2:])


_NOT_CLAIMED: Final = frozenset(
    f
    for f in FIELDS
    if f.startswith(("dealing.", "postal_")) or f in ("residence", "household", "relationship")
)


def _searchable(criterion: str, fields: Sequence[str], levels: Mapping[str, int]) -> bool:
    least = LADDERS["address"]["postcode"] if criterion == "postcode" else WHOLE
    return all(levels.get(field, 0) >= least for field in fields)


def _sources(sight: Sight, fields: Sequence[str]) -> list[SourceFacts]:
    """Those of which any grant shares any of `fields`."""
    shared = {
        source
        for grant in sight.opened.grants
        for share in grant.shares
        if not share.fields.isdisjoint(fields)
        for source in share.sources
    }
    return [sight.sources[name] for name in sorted(shared) if name in sight.sources]


def _classes(rule: RowFilter, release: Any, marked: tuple[Mapping[str, Any], ...]) -> list[str]:
    """Every class that there is, or that there could be."""
    grants = len(rule.opened.grants)
    if grants <= _FEW:
        return ["".join(bits) for bits in product("01", repeat=grants + 2)]
    found: list[str] = release.classes(Within(classes=rule.classes, parameters=rule.parameters, marks=marked))
    return found


def _marks(sight: Sight, release: Any) -> tuple[Mapping[str, Any], ...]:
    """All that is marked of anybody, on the entities that they are now."""
    marked = sight.markers.all()
    by_id: dict[str, list[Marked]] = {}
    for one in marked:
        by_id.setdefault(one.entity_id, []).append(one)
    led: dict[str, dict[str, bool]] = {}
    for former, now, split in release.whom.led_from(sorted(by_id)) if by_id else ():
        led.setdefault(now, {})[former] = split
    return _rows(led, by_id)


def _marks_of(sight: Sight, release: Any, ids: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """All that is marked of these entities, as they are now."""
    led = release.whom.led_to(ids)
    by_id: dict[str, list[Marked]] = {}
    for one in sight.markers.on({former for formers in led.values() for former in formers}):
        by_id.setdefault(one.entity_id, []).append(one)
    return _rows(
        {now: formers for now, formers in led.items() if not by_id.keys().isdisjoint(formers)}, by_id
    )


def _rows(
    led: Mapping[str, Mapping[str, bool]], by_id: Mapping[str, Sequence[Marked]]
) -> tuple[Mapping[str, Any], ...]:
    """A row for each entity; `led` is its id -> the ids that led to it -> whether through a split alone."""
    rows = []
    for now, formers in sorted(led.items()):
        all_ = marks([m for former in formers for m in by_id.get(former, ())], formers)
        rows.append(
            {
                "entity_id": now,
                "restricted": all_.restricted,
                "protected_address": all_.protected_address,
                "sealed": all_.sealed,
                "opted_out": all_.opted_out,
                "staff_of": sorted(all_.staff_of),
                "objects_to": sorted(all_.objects_to),
                "consents_to": sorted(all_.consents_to),
            }
        )
    return tuple(rows)
