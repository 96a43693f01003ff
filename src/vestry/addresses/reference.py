"""The place itself, from its reference extracts: areas in several geographies, postcodes and crosswalks.

A geography always has its vintage (`lsoa/2021`): codes mean nothing without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.intake.describing import indexed_values
from vestry.intake.loading import Received
from vestry.model import kinds
from vestry.standardise.remembered import Remembered

AREAS = ibis.schema(
    dict.fromkeys(("area_code", "geography", "vintage", "name", "parent_code", "boundary"), "string")
)
WITHIN = ibis.schema(
    dict.fromkeys(("area_code", "geography", "vintage", "in_code", "in_geography", "in_vintage"), "string")
)
POSTCODES = ibis.schema({"postcode": "string", "longitude": "float64", "latitude": "float64"})
POSTCODE_AREAS = ibis.schema(dict.fromkeys(("postcode", "geography", "vintage", "area_code"), "string"))
CROSSWALKS = ibis.schema(
    dict.fromkeys(("geography", "from_vintage", "to_vintage", "from_code", "to_code"), "string")
    | {"weight": "float64"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is known of the place. `within` says which areas lie in which; `crosswalks` sum to one for each `from_code`."""

    areas: ir.Table
    within: ir.Table
    postcodes: ir.Table
    postcode_areas: ir.Table
    crosswalks: ir.Table


def split_geography(text: str) -> tuple[str, str]:
    """`"lsoa/2021"` as `("lsoa", "2021")`; the vintage is empty when there is none."""
    geography, _, vintage = text.partition("/")
    return geography, vintage


def reference(engine: Engine, received: Sequence[Received], remembered: Remembered) -> Reference:
    """Gather every area, postcode and crosswalk part of `received` into tables of the place."""

    def gather(
        name: str, kind: str, make: Callable[[Part, Received], list[ir.Table]], schema: ibis.Schema
    ) -> ir.Table:
        found = [t for r in received for part in r.table.parts if part.kind == kind for t in make(part, r)]
        whole = (
            ibis.union(*found) if len(found) > 1 else found[0] if found else ibis.memtable([], schema=schema)
        )
        return engine.keep(name, whole.cast(schema))

    named = gather("areas_said", kinds.AREA, _areas, AREAS)
    within = engine.keep("area_within", gather("within_said", kinds.AREA, _within, WITHIN).distinct())
    postcodes = gather("postcodes_said", kinds.POSTCODE, _postcodes, POSTCODES)
    postcode_areas = gather("postcode_areas_said", kinds.POSTCODE, _postcode_areas, POSTCODE_AREAS)
    postcodes = _tidied(postcodes, remembered)
    postcode_areas = engine.keep("postcode_areas", _tidied(postcode_areas, remembered).distinct())
    crosswalks = gather("crosswalks_said", kinds.CROSSWALK, _crosswalk, CROSSWALKS)
    return Reference(
        areas=engine.keep("areas", _one_row_each(named, within)),
        within=within,
        postcodes=engine.keep("postcodes", _one_position_each(postcodes)),
        postcode_areas=postcode_areas,
        crosswalks=engine.keep(
            "crosswalks", _summing_to_one(_weighted(crosswalks, postcode_areas, received))
        ),
    )


def _one_position_each(postcodes: ir.Table) -> ir.Table:
    """A postcode given twice keeps the position furthest west: any would do, if it is always the same."""
    return postcodes.group_by("postcode").aggregate(
        longitude=postcodes.longitude.min(), latitude=postcodes.latitude.argmin(postcodes.longitude)
    )


def _tidied(table: ir.Table, remembered: Remembered) -> ir.Table:
    table = remembered.standard_forms(table.rename(said="postcode"), {"said": ("postcode", ["postcode"])})
    return table.filter(table.postcode.notnull()).drop("said")


def _areas(part: Part, received: Received) -> list[ir.Table]:
    rows = received.newest()
    values = indexed_values(received.table, part, rows)
    code, nothing = values["area_code", None], ibis.null("string")
    parents = [v for (field, _), v in values.items() if field == "parent_code"]
    return [
        rows.filter(code.notnull()).select(
            area_code=code,
            geography=ibis.literal(str(part.attributes["geography"])),
            vintage=ibis.literal(str(part.attributes["vintage"])),
            name=values.get(("name", None), nothing),
            parent_code=parents[0] if parents else nothing,
            boundary=values.get(("boundary", None), nothing),
        )
    ]


def _within(part: Part, received: Received) -> list[ir.Table]:
    rows = received.newest()
    values = indexed_values(received.table, part, rows)
    found = []
    for (field, index), value in values.items():
        if field == "parent_code" and index:
            geography, vintage = split_geography(index)
            found.append(
                rows.filter(value.notnull()).select(
                    area_code=values["area_code", None],
                    geography=ibis.literal(str(part.attributes["geography"])),
                    vintage=ibis.literal(str(part.attributes["vintage"])),
                    in_code=value,
                    in_geography=ibis.literal(geography),
                    in_vintage=ibis.literal(vintage),
                )
            )
    return found


def _postcodes(part: Part, received: Received) -> list[ir.Table]:
    rows = received.newest()
    values = indexed_values(received.table, part, rows)
    nothing = ibis.null("string")
    return [
        rows.select(
            postcode=values["postcode", None],
            longitude=values.get(("longitude", None), nothing).try_cast("float64"),
            latitude=values.get(("latitude", None), nothing).try_cast("float64"),
        )
    ]


def _postcode_areas(part: Part, received: Received) -> list[ir.Table]:
    rows = received.newest()
    values = indexed_values(received.table, part, rows)
    found = []
    for (field, index), value in values.items():
        if field == "area_code" and index:
            geography, vintage = split_geography(index)
            found.append(
                rows.filter(value.notnull()).select(
                    postcode=values["postcode", None],
                    geography=ibis.literal(geography),
                    vintage=ibis.literal(vintage),
                    area_code=value,
                )
            )
    return found


def _crosswalk(part: Part, received: Received) -> list[ir.Table]:
    rows = received.newest()
    values = indexed_values(received.table, part, rows)
    weight = values.get(("weight", None))
    return [
        rows.select(
            geography=ibis.literal(str(part.attributes["geography"])),
            from_vintage=ibis.literal(str(part.attributes["from_vintage"])),
            to_vintage=ibis.literal(str(part.attributes["to_vintage"])),
            from_code=values["from_code", None],
            to_code=values["to_code", None],
            weight=ibis.null("float64") if weight is None else weight.try_cast("float64"),
        )
    ]


def _one_row_each(named: ir.Table, within: ir.Table) -> ir.Table:
    """One row for each area: several sources may each give its name, its parent or its boundary."""
    key = ["area_code", "geography", "vintage"]
    mentioned = within.select(area_code="in_code", geography="in_geography", vintage="in_vintage").distinct()
    mentioned = mentioned.mutate(**{c: ibis.null("string") for c in ("name", "parent_code", "boundary")})
    everything = named.union(mentioned.select(*named.columns))
    return everything.group_by(key).aggregate(
        name=everything.name.min(),
        parent_code=everything.parent_code.min(),
        boundary=everything.boundary.min(),
    )


def _weighted(crosswalks: ir.Table, postcode_areas: ir.Table, received: Sequence[Received]) -> ir.Table:
    """Fill weights that the source does not state: by postcodes in the new area, where the contract says so.

    Raises nothing; an area without postcodes counts as having one, so that no total is lost.
    """
    by_postcodes = {
        str(p.attributes["geography"])
        for r in received
        for p in r.table.parts
        if p.kind == kinds.CROSSWALK and p.attributes.get("weights") == "postcodes"
    }
    count = postcode_areas.group_by("geography", "vintage", "area_code").aggregate(
        postcodes=postcode_areas.count()
    )
    joined = crosswalks.left_join(
        count,
        (crosswalks.geography == count.geography)
        & (crosswalks.to_vintage == count.vintage)
        & (crosswalks.to_code == count.area_code),
    )
    counted = ibis.greatest(joined.postcodes.fill_null(0), 1).cast("float64")
    guess = (
        ibis.ifelse(joined.geography.isin(sorted(by_postcodes)), counted, 1.0)
        if by_postcodes
        else ibis.literal(1.0)
    )
    return joined.select(
        "geography",
        "from_vintage",
        "to_vintage",
        "from_code",
        "to_code",
        weight=joined.weight.fill_null(guess),
    )


def _summing_to_one(crosswalks: ir.Table) -> ir.Table:
    """Shares of each old area; alike where its weights add up to nothing, so that no total is lost."""
    told = crosswalks.filter(crosswalks.to_code.notnull())
    whole = ibis.window(group_by=["geography", "from_vintage", "to_vintage", "from_code"])
    total, parts = told.weight.sum().over(whole), told.count().over(whole)
    return told.mutate(weight=ibis.ifelse(total > 0, told.weight / total, 1.0 / parts))
