"""Figures for areas: as published, moved to today's boundaries by crosswalk, and summed to larger areas.

Totals are kept: what a source counted is what every geography adds up to, with rows that lie outside the place or
that say no place counted under codes of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.addresses.reference import Reference, split_geography
from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.intake.describing import indexed_values
from vestry.intake.loading import Received
from vestry.model import kinds
from vestry.place import CountedMeasure

OUTSIDE_CODE: Final = "outside"
"""Area code, in the larger geographies, of what lies in an area that is not of this place."""

NOT_PLACED_CODE: Final = "not-placed"
"""Area code of what says no area at all."""

SAID = ibis.schema(
    dict.fromkeys(
        ("source", "geography", "vintage", "combine", "weighted_by", "area_code", "measure", "period"),
        "string",
    )
    | {"counts_rows": "boolean", "value": "float64"}
)
EXACT: Final = 6
"""Decimal places of a value: shares of a total add up again without dust."""
KEY = [
    "source",
    "geography",
    "vintage",
    "measure",
    "period",
    "area_code",
    "combine",
    "weighted_by",
    "counts_rows",
]


def area_measures(
    engine: Engine, received: Sequence[Received], known: Reference, geographies: Sequence[str]
) -> ir.Table:
    """Every measure part of `received` as `area_code, geography, vintage, measure, period, value, source`.

    `value` is in the measure's own unit; a measure without a value column counts rows. `geographies` are
    `name/vintage`, finest first; a measure is given in its own geography and in every larger one.
    """
    parts = [
        said
        for r in received
        for part in r.table.parts
        if part.kind == kinds.MEASURE
        for said in _said(part, r)
    ]
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0] if parts else ibis.memtable([], schema=SAID)
    said = engine.keep("measures_said", whole.cast(SAID).group_by(KEY).aggregate(value=ibis._.value.sum()))
    today = engine.keep("measures_today", _on_todays_boundaries(said, known, geographies))
    return engine.keep("area_measures_published", _in_every_geography(engine, today, known, geographies))


def _said(part: Part, received: Received) -> list[ir.Table]:
    rows = received.newest() if received.contract.extract == "full" else received.rows
    values = indexed_values(received.table, part, rows)
    nothing = ibis.null("string")
    a = part.attributes
    category = values.get(("category", None), nothing)
    before, marker, after = str(a["measure"]).partition("{category}")
    period = values.get(("period", None), ibis.literal(str(a["period"])) if a.get("period") else nothing)
    numbers = {index: value for (field, index), value in values.items() if field == "value"} or {None: None}
    found = []
    for index, number in numbers.items():
        name = ibis.literal(index) if index else ibis.literal(before)
        if marker and not index:
            name = ibis.literal(before) + category.fill_null("not stated") + ibis.literal(after)
        found.append(
            rows.select(
                source=ibis.literal(received.contract.source),
                geography=ibis.literal(str(a["geography"])),
                vintage=ibis.literal(str(a["vintage"])),
                combine=ibis.literal(str(a.get("combine", "sum"))),
                weighted_by=ibis.literal(str(a.get("weighted_by", ""))),
                area_code=values.get(("area_code", None), nothing).fill_null(NOT_PLACED_CODE),
                measure=name,
                period=period.fill_null(rows.as_at.cast("string")),
                counts_rows=ibis.literal(number is None),
                value=ibis.literal(1.0) if number is None else number.replace(",", "").try_cast("float64"),
            )
        )
    return found


def _on_todays_boundaries(said: ir.Table, known: Reference, geographies: Sequence[str]) -> ir.Table:
    """Codes of an older vintage shared out over the areas that replaced them. Averages stay as they are.

    What a source counted row by row is kept wherever it was, so that totals stay whole; figures that a source
    publishes for every area of the country are kept for those of this place.
    """
    targets = dict(split_geography(g) for g in geographies)
    wanted = ibis.memtable(
        [{"target": g, "target_vintage": v} for g, v in targets.items()],
        schema=ibis.schema({"target": "string", "target_vintage": "string"}),
    )
    said = said.left_join(wanted, said.geography == wanted.target).drop("target")
    steps = known.crosswalks.rename(step_geography="geography")
    moved = said.left_join(
        steps,
        (said.geography == steps.step_geography)
        & (said.vintage == steps.from_vintage)
        & (said.target_vintage == steps.to_vintage)
        & (said.area_code == steps.from_code),
    )
    share = ibis.ifelse(moved.combine == "sum", moved.weight, 1.0).fill_null(1.0)
    moved = moved.mutate(
        area_code=moved.to_code.fill_null(moved.area_code),
        value=moved.value * share,
        vintage=moved.target_vintage.fill_null(moved.vintage),
    )
    grouped = moved.group_by(KEY).aggregate(total=moved.value.sum(), mean=moved.value.mean())
    grouped = grouped.mutate(
        value=ibis.ifelse(grouped.combine == "sum", grouped.total, grouped.mean).round(EXACT)
    )
    grouped = grouped.drop("total", "mean")
    ours = known.areas.select("geography", "vintage", "area_code")
    return grouped.filter(grouped.counts_rows).union(
        grouped.filter(~grouped.counts_rows).semi_join(ours, ["geography", "vintage", "area_code"])
    )


def _in_every_geography(
    engine: Engine, today: ir.Table, known: Reference, geographies: Sequence[str]
) -> ir.Table:
    levels = [today]
    weights = today.group_by("geography", "vintage", "measure", "area_code").aggregate(
        weight=today.value.max()
    )
    for position, larger in enumerate(geographies[1:], start=1):
        finer = [split_geography(g) for g in geographies[:position]]
        geography, vintage = split_geography(larger)
        up = known.within.filter(
            (known.within.in_geography == geography) & (known.within.in_vintage == vintage)
        )
        up = up.select(up_geography="geography", up_vintage="vintage", up_code="area_code", in_code="in_code")
        below = today.filter(
            ibis.or_(*((today.geography == g) & (today.vintage == v) for g, v in finer))
            & (today.combine != "none")
        )
        below = below.left_join(
            up,
            (below.geography == up.up_geography)
            & (below.vintage == up.up_vintage)
            & (below.area_code == up.up_code),
        )
        summed = _summed(below, weights, geography, vintage)
        levels.append(engine.keep(f"measures_{position}", summed))
    everything = ibis.union(*levels) if len(levels) > 1 else today
    return everything.select("area_code", "geography", "vintage", "measure", "period", "value", "source")


def _summed(below: ir.Table, weights: ir.Table, geography: str, vintage: str) -> ir.Table:
    """Sums, or means weighted by the measure that the contract names (all areas alike when none)."""
    weights = weights.rename(
        w_geography="geography", w_vintage="vintage", w_measure="measure", w_code="area_code"
    )
    joined = below.left_join(
        weights,
        (below.geography == weights.w_geography)
        & (below.vintage == weights.w_vintage)
        & (below.weighted_by == weights.w_measure)
        & (below.area_code == weights.w_code),
    )
    joined = joined.mutate(
        larger=ibis.ifelse(
            joined.area_code == NOT_PLACED_CODE, NOT_PLACED_CODE, joined.in_code.fill_null(OUTSIDE_CODE)
        ),
        weight=ibis.ifelse(joined.combine == "mean", joined.weight.fill_null(1.0), 1.0),
    )
    joined = joined.filter((joined.combine == "sum") | joined.in_code.notnull())
    grouped = joined.group_by(
        "source", "measure", "period", "combine", "weighted_by", "counts_rows", "larger"
    ).aggregate(total=(joined.value * joined.weight).sum(), weight=joined.weight.sum())
    return grouped.select(
        source="source",
        geography=ibis.literal(geography),
        vintage=ibis.literal(vintage),
        measure="measure",
        period="period",
        area_code="larger",
        combine="combine",
        weighted_by="weighted_by",
        counts_rows="counts_rows",
        value=ibis.ifelse(grouped.combine == "mean", grouped.total / grouped.weight, grouped.total).round(
            EXACT
        ),
    )


def counted(entities: ir.Table, placements: ir.Table, measure: CountedMeasure, period: str) -> ir.Table:
    """A measure counted from the twin: current `entities` in each area, by one of their fields.

    `entities` has `entity_id, kind, record_id, value`; `placements` as `placement.place_records` gives them.
    """
    before, marker, after = measure.measure.partition("{" + measure.by + "}")
    chosen = entities.filter((entities.kind == measure.count) & entities.value.notnull())
    name = ibis.literal(before) + (chosen.value + ibis.literal(after) if marker else ibis.literal(""))
    placed = chosen.mutate(measure=name).inner_join(placements, "record_id")
    return placed.group_by("area_code", "geography", "vintage", "measure").aggregate(
        period=ibis.literal(period),
        value=placed.entity_id.nunique().cast("float64"),
        source=ibis.literal("twin"),
    )
