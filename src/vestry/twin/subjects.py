"""Whom a look is at, as far as a decision about it needs to know: where, how old, whether they have died, and to whom known.

Published with a release, so that whether an agreement is about somebody costs a look no more than a row. What else sets people
apart (an objection, a restriction) is no matter of extracts, and is not here.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.model import kinds
from vestry.twin.tables import BY_NAME, ENTITY_TABLES


def subjects(
    engine: Engine,
    entities: Mapping[str, ir.Table],
    won: ir.Table,
    records: ir.Table,
    placements: ir.Table,
    members: ir.Table,
) -> ir.Table:
    """One row for each person, organisation and property: see `subjects` in `twin.tables`.

    `entities` is kind -> its table; `won` the chosen claims; `placements` the areas of each record. An entity is in the areas
    of the record that its chosen address is taken from, or its chosen position where it has no address.
    """
    shaped = [_of_kind(entities[ENTITY_TABLES[kind]], kind) for kind in kinds.RECORD_KINDS]
    everybody = ibis.union(*shaped)
    listed = members.inner_join(records.filter(records.current).select("record_id"), "record_id")
    known = listed.group_by("entity_id").aggregate(known_to=listed.source.collect(distinct=True))
    located = won.filter(won.group_name.isin(["address", "position"]))
    home = located.group_by("entity_id").aggregate(record_id=located.record_id.argmin(located.group_name))
    placed = home.inner_join(placements.select("record_id", "area_code"), "record_id")
    areas = placed.group_by("entity_id").aggregate(areas=placed.area_code.collect(distinct=True))
    joined = everybody.left_join(known, "entity_id").drop("entity_id_right")
    joined = joined.left_join(areas, "entity_id").drop("entity_id_right")
    nothing = ibis.literal([], type="array<string>")
    shape = BY_NAME["subjects"].schema
    return engine.keep(
        "subjects",
        joined.mutate(
            known_to=joined.known_to.sort().fill_null(nothing),
            areas=joined.areas.sort().fill_null(nothing),
            subject_no=ibis.row_number().over(order_by=joined.entity_id),
        )
        .select(*shape.names)
        .cast(shape),
    )


def _of_kind(table: ir.Table, kind: str) -> ir.Table:
    """`entity_id, kind, born_first, born_last, deceased` of the entities of one kind."""
    if kind != kinds.PERSON:
        unknown = ibis.null("string")
        return table.select(
            "entity_id",
            kind=ibis.literal(kind),
            born_first=unknown,
            born_last=unknown,
            deceased=ibis.literal(False),
        )
    born = table.birth_date
    first = ibis.cases((born.length() == 4, born + "-01-01"), (born.length() == 7, born + "-01"), else_=born)
    # A month ends on its own last day; its 31st would be no date at all.
    # Written out: a date and an interval make a moment, whatever Ibis takes it for.
    after = ((born + "-01").try_cast("date") + ibis.interval(months=1)) - ibis.interval(days=1)
    last = ibis.cases(
        (born.length() == 4, born + "-12-31"),
        (born.length() == 7, after.strftime("%Y-%m-%d")),
        else_=born,
    )
    return table.select(
        "entity_id",
        kind=ibis.literal(kind),
        born_first=first,
        born_last=last,
        deceased=table.death_date.notnull(),
    )
