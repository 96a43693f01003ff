"""Claims: what each record says about each field of an entity, one row each; history is kept beside the present."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.model import kinds
from vestry.model.fields import ADDRESS_FIELDS, ORGANISATION_FIELDS, PERSON_FIELDS, Field
from vestry.twin.tables import ENTITY_TABLES

POSTAL_GROUP = "postal_address"

FOUND_BY = {"exact": "found by the text of the address", "library": "likeliest by the text of the address"}
"""How a record came by a UPRN that its source did not give -> what its claim says of itself."""

SHAPE = (
    "entity_id", "kind", "group_name", "item", "field", "value", "accuracy", "source_value",
    "valid_from", "valid_to", "record_id", "source", "as_at", "current",
)  # fmt: skip


def claims(engine: Engine, records: ir.Table, members: ir.Table) -> ir.Table:
    """Every value of every record as a claim about the record's entity, with the columns of `SHAPE`.

    `valid_to` is empty while the source still says so. Nothing is chosen yet.
    """
    belonging = records.inner_join(members.select("record_id", "entity_id"), "record_id")
    belonging = engine.keep("belonging", belonging)
    found = []
    for kind in ENTITY_TABLES:
        of_kind = belonging.filter(belonging.kind == kind)
        own = {kinds.PERSON: PERSON_FIELDS, kinds.ORGANISATION: ORGANISATION_FIELDS, kinds.PROPERTY: {}}[kind]
        for name, field in (*own.items(), *ADDRESS_FIELDS.items()):
            if not field.input_only:
                found.append(_of_field(of_kind, name, field, field.group))
        if kind != kinds.PROPERTY:
            for name in ("address_lines", "postcode"):
                found.append(_of_field(of_kind, f"postal_{name}", ADDRESS_FIELDS[name], POSTAL_GROUP))
    schema = ibis.schema({column: "boolean" if column == "current" else "string" for column in SHAPE})
    return engine.gather("claims_made", schema, found)


def _of_field(of_kind: ir.Table, column: str, field: Field, group: str) -> ir.Table:
    said = of_kind.filter(of_kind[column].notnull())
    nothing = ibis.null("string")
    said = said.select(
        entity_id="entity_id",
        kind="kind",
        group_name=ibis.literal(group),
        field=ibis.literal(column),
        value=said[column].split(" ") if field.repeats else said[column],
        accuracy=_accuracy(said, column),
        source_value=_source_value(said, column, field),
        valid_from=ibis.ifelse(said.ended_on < said.first_as_at, nothing, said.first_as_at),
        valid_to=ibis.ifelse(said.current, nothing, said.ended_on.fill_null(said.last_as_at)),
        record_id="record_id",
        source="source",
        as_at="last_as_at",
        current="current",
    )
    if field.repeats:
        said = said.unnest("value", offset="position")
        said = said.mutate(item=(said.position + 1).cast("string"))
    else:
        said = said.mutate(item=ibis.literal("1"))
    return said.select(*SHAPE)


def _accuracy(said: ir.Table, column: str) -> ir.StringValue:
    """How exact a date is; how a UPRN was found that no source gave."""
    if column in ("birth_date", "death_date"):
        return said[f"{column}_accuracy"]
    if column == "uprn":
        found = said.uprn_by.isin(list(FOUND_BY))
        return ibis.ifelse(found, said.uprn_by.cases(*FOUND_BY.items(), else_=""), ibis.null("string"))
    return ibis.null("string")


def _source_value(said: ir.Table, column: str, field: Field) -> ir.StringValue:
    """What the source itself wrote, where that was translated or replaced."""
    if field.coded:
        return said[f"{column}_raw"]
    return said.uprn_given.nullif(said.uprn) if column == "uprn" else ibis.null("string")
