"""Dealings with services (episodes), who they were about, and how people in one row stand to each other."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.ids import DIGEST_LENGTH, SEPARATOR
from vestry.intake.describing import raw_values
from vestry.intake.loading import Received
from vestry.model import kinds
from vestry.model.fields import EPISODE_FIELDS, MARK
from vestry.standardise.remembered import Remembered
from vestry.twin.residences import known_start
from vestry.twin.tables import BY_NAME

_SAID = ibis.schema(
    dict.fromkeys(
        ("source", "table_name", "row_key", "part", "service", "organisation", "as_at", "first_part"),
        "string",
    )
    | {"full": "boolean", "latest": "string"}
    | {f"raw_{name}": "string" for name in EPISODE_FIELDS}
)


def episodes(
    engine: Engine, received: Sequence[Received], records: ir.Table, members: ir.Table, remembered: Remembered
) -> tuple[ir.Table, ir.Table]:
    """(`episodes`, `episode_entities`): one episode for each key and part, as its source last told it."""
    parts = (_said(r, part) for r in received for part in r.table.parts if part.kind == kinds.EPISODE)
    whole = engine.gather("episodes_received", _SAID, parts)
    words = [
        whole[f"raw_{name}"].asc() for name in EPISODE_FIELDS
    ]  # two words of one day: always the same one
    newest = ibis.window(
        group_by=["source", "row_key", "part"], order_by=[whole.as_at.desc(), *words, whole.table_name]
    )
    said = whole.mutate(newest=ibis.row_number().over(newest))
    said = engine.keep("episodes_said", said.filter(said.newest == 0).drop("newest"))
    engine.forget(whole)
    wanted = {
        f"raw_{name}": (rule, [name] if rule != "date" else [name, f"{name}_accuracy"])
        for name, rule in EPISODE_FIELDS.items()
        if rule
    }
    said = remembered.standard_forms(said, wanted)
    said = said.mutate(
        episode_id=ibis.literal("E")
        + ibis.literal(SEPARATOR)
        .join([said.source, said.row_key, said.part])
        .hexdigest("sha256")
        .left(DIGEST_LENGTH - 5)
    )
    newest_record = _newest_records(records)
    about = newest_record.rename(first_part="part")
    joined = said.left_join(
        about, ["source", "table_name", "row_key", "first_part"], rname="{name}_of_record"
    )
    shaped = joined.select(
        "episode_id", "service", "organisation", kind="raw_type", status="raw_status", opened_on="opened_on",
        closed_on="closed_on", amount=joined.amount.try_cast("float64"), reference="raw_reference",
        record_id="record_id", source="source",
        current=ibis.ifelse(joined.full, joined.as_at == joined.latest, True) & joined.closed_on.isnull(),
    )  # fmt: skip
    return engine.keep("episodes", shaped), engine.keep(
        "episode_entities", _entities(received, said, newest_record, members)
    )


def _said(received: Received, part: Part) -> ir.Table:
    rows = received.rows
    if part.present_when:
        rows = rows.filter(rows[part.present_when].notnull())
    values = raw_values(received.table, part, rows)
    dates = {
        target.field: column.formats
        for column in received.table.columns
        for target in column.targets
        if target.part == part.name and EPISODE_FIELDS[target.field] == "date"
    }
    for name, formats in dates.items():
        values[name] = ibis.literal(MARK.join((*formats, ""))) + values[name]
    about = part.attributes.get("about", [])
    return rows.select(
        source=ibis.literal(received.contract.source),
        table_name=ibis.literal(received.table.name),
        row_key="source_key",
        part=ibis.literal(part.name),
        service=ibis.literal(str(part.attributes.get("service", ""))),
        organisation=ibis.literal(received.contract.organisation),
        as_at=rows.as_at.cast("string"),
        first_part=ibis.literal(about[0] if about else ""),
        full=ibis.literal(received.contract.extract == "full"),
        latest=ibis.literal(received.latest_as_at),
        **{f"raw_{name}": text for name, text in values.items() if name in EPISODE_FIELDS},
    )


def _newest_records(records: ir.Table) -> ir.Table:
    """The newest record of each part of each row: whom a row is about may have a key that is not the row's."""
    return records.group_by("source", "table_name", "row_key", "part").aggregate(
        record_id=records.record_id.argmax(records.last_as_at + records.record_id)
    )


def _entities(received: Sequence[Received], said: ir.Table, newest: ir.Table, members: ir.Table) -> ir.Table:
    roles = ibis.memtable(
        [
            {"source": r.contract.source, "table_name": r.table.name, "part": p.name, "role": str(role)}
            for r in received
            for p in r.table.parts
            if p.kind == kinds.EPISODE
            for role in p.attributes.get("about", [])
        ],
        schema=ibis.schema(dict.fromkeys(("source", "table_name", "part", "role"), "string")),
    )
    about = said.select("source", "table_name", "row_key", "part", "episode_id")
    about = about.inner_join(roles, ["source", "table_name", "part"])
    about = about.inner_join(newest.rename(role="part"), ["source", "table_name", "row_key", "role"])
    return (
        about.inner_join(members.select("record_id", "entity_id"), "record_id")
        .select("episode_id", "entity_id", "role")
        .distinct()
    )


def _named(parts: str | Sequence[str] | None) -> Sequence[str]:
    """The parts that an attribute names: one, several or none."""
    return () if parts is None else (parts,) if isinstance(parts, str) else parts


def relationships(
    engine: Engine, received: Sequence[Received], records: ir.Table, members: ir.Table
) -> ir.Table:
    """`relationships` that the parts of one row state of each other (`partner_of`, `parent_of`, `liable_with`)."""
    said = ibis.memtable(
        [
            {
                "source": r.contract.source,
                "table_name": r.table.name,
                "part": p.name,
                "other": other,
                "role": role,
            }
            for r in received
            for p in r.table.parts
            for attribute, role in kinds.RELATIONSHIP_ATTRIBUTES.items()
            for other in _named(p.attributes.get(attribute))
        ],
        schema=ibis.schema(dict.fromkeys(("source", "table_name", "part", "other", "role"), "string")),
    )
    entity = members.select("record_id", "entity_id")
    spans = records.select(
        "record_id", "source", "table_name", "row_key", "part", "first_as_at", "last_as_at", "current",
        until=records.ended_on.fill_null(records.last_as_at),
    )  # fmt: skip
    spans = spans.inner_join(entity, "record_id")
    one = spans.inner_join(said, ["source", "table_name", "part"])
    other = spans.select(
        "source", "table_name", "row_key", other="part", other_entity="entity_id",
        other_first="first_as_at", other_last="last_as_at",
    )  # fmt: skip
    pairs = one.inner_join(other, ["source", "table_name", "row_key", "other"])
    pairs = pairs.filter(
        (pairs.first_as_at <= pairs.other_last) & (pairs.other_first <= pairs.last_as_at)
        & (pairs.entity_id != pairs.other_entity)
    )  # fmt: skip
    pairs = pairs.rename(from_entity="entity_id", to_entity="other_entity")
    spans = pairs.group_by("from_entity", "role", "to_entity").aggregate(
        valid_from=pairs.first_as_at.min(),
        valid_to=ibis.ifelse(pairs.current.any(), ibis.null("string"), pairs.until.max()),
        record_id=pairs.record_id.argmax(pairs.last_as_at + pairs.record_id),
    )
    spans = spans.mutate(valid_from=known_start(spans))
    return engine.keep("relationships", spans.select(*BY_NAME["relationships"].schema.names))
