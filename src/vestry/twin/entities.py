"""The entity tables: one row for each person, organisation and property, with the chosen value of each field."""

from __future__ import annotations

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.model.fields import OF_KINDS
from vestry.twin.tables import BY_NAME, ENTITY_TABLES, entity_columns


def entities(engine: Engine, won: ir.Table, records: ir.Table, members: ir.Table, kind: str) -> ir.Table:
    """`entity_id, current, sources` and the value of every model field of `kind` from `won`, the chosen claims."""
    name = ENTITY_TABLES[kind]
    won = won.filter(won.kind == kind)
    columns = {}
    for column in entity_columns(kind):
        field = column.removesuffix("_accuracy")
        source = won.accuracy if column != field else won.value
        mine = won.field == field
        several = field in OF_KINDS
        columns[column] = (
            source.group_concat(" ", where=mine, order_by=source) if several else source.max(where=mine)
        )
    chosen = won.group_by("entity_id").aggregate(**columns)
    belonging = members.filter(members.kind == kind).inner_join(
        records.select("record_id", "current"), "record_id"
    )
    living = belonging.group_by("entity_id").aggregate(
        current=belonging.current.any(), sources=belonging.source.nunique()
    )
    joined = living.left_join(chosen, "entity_id").drop("entity_id_right")
    return engine.keep(name, joined.select(*BY_NAME[name].schema.names).cast(BY_NAME[name].schema))
