"""Who lives, or trades, where; and the households that people form there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.model import kinds
from vestry.twin.tables import BY_NAME

COMMUNAL: Final = 12
"""More people than this at one property are an establishment, not a household (the census counts
communal establishments apart)."""

ADDRESS = ("address_lines", "postcode", "uprn")


def known_start(spans: ir.Table) -> ir.StringValue:
    """`valid_from`, or nothing where the dealing was over before any extract told of it: then nobody knows."""
    return ibis.ifelse(spans.valid_to < spans.valid_from, ibis.null("string"), spans.valid_from)


def residences(
    engine: Engine, contracts: Sequence[Contract], records: ir.Table, members: ir.Table
) -> ir.Table:
    """`residences`, one row for each entity, property and source key that says so, its whole span in one."""
    said = ibis.memtable(
        [
            {"source": c.source, "table_name": t.name, "part": p.name, "home": home, "role": role}
            for c in contracts
            for t in c.tables
            for p in t.parts
            for attribute, role in (("lives_at", "resident"), ("based_at", "occupier"))
            if (home := p.attributes.get(attribute))
        ],
        schema=ibis.schema(dict.fromkeys(("source", "table_name", "part", "home", "role"), "string")),
    )
    spans = records.select(
        "record_id",
        "source",
        "table_name",
        "source_key",
        "row_key",
        "part",
        "kind",
        "first_as_at",
        "last_as_at",
        "current",
        until=records.ended_on.fill_null(records.last_as_at),
        **{c: records[c] for c in ADDRESS},
    )
    who = spans.filter(spans.kind != kinds.PROPERTY).inner_join(said, ["source", "table_name", "part"])
    where = spans.filter(spans.kind == kinds.PROPERTY)
    where = where.select(
        "source", "table_name", "row_key", home="part", property_record="record_id",
        **{f"home_{c}": where[c] for c in ADDRESS},
    )  # fmt: skip
    same = [who[k] == where[k] for k in ("source", "table_name", "row_key", "home")]
    same += [who[c].identical_to(where[f"home_{c}"]) for c in ADDRESS]
    pairs = who.inner_join(where, same)
    entity = members.select("record_id", "entity_id")
    pairs = pairs.inner_join(entity, "record_id")
    pairs = pairs.inner_join(
        entity.rename(property_record="record_id", property_id="entity_id"), "property_record"
    )
    pairs = engine.keep("residence_records", pairs.select(
        "record_id", "entity_id", "property_id", "role", "source", "source_key", "part",
        "first_as_at", "last_as_at", "current", "until",
    ))  # fmt: skip
    spans = pairs.group_by("entity_id", "property_id", "role", "source", "source_key", "part").aggregate(
        valid_from=pairs.first_as_at.min(),
        valid_to=ibis.ifelse(pairs.current.any(), ibis.null("string"), pairs.until.max()),
        record_id=pairs.record_id.argmax(pairs.last_as_at + pairs.record_id),
    )
    spans = spans.mutate(valid_from=known_start(spans))
    return engine.keep("residences", spans.select(*BY_NAME["residences"].schema.names))


def living_together(engine: Engine, won: ir.Table, people: ir.Table, residence_records: ir.Table) -> pa.Table:
    """`member, cluster, current`: person and property, of everyone who now lives where at most `COMMUNAL` people do.

    A person lives in one household: where the address that was chosen for them (by `won`, the chosen claims) is.
    """
    won = won.filter((won.kind == kinds.PERSON) & (won.group_name == "address") & won.current)
    at = (
        won.select("entity_id", "record_id")
        .distinct()
        .inner_join(residence_records.select("record_id", "property_id"), "record_id")
    )
    living = people.filter(people.current & people.death_date.isnull()).select("entity_id")
    at = at.semi_join(living, "entity_id")
    at = at.group_by("entity_id").aggregate(property_id=at.property_id.min())
    crowd = ibis.window(group_by="property_id")
    at = at.mutate(people=at.count().over(crowd))
    return engine.fetch(
        at.filter(at.people <= COMMUNAL).select(
            member="entity_id", cluster="property_id", current=ibis.literal(True)
        )
    )


def household_tables(
    engine: Engine,
    living: pa.Table,
    household_of_property: pa.Table,
    residence_records: ir.Table,
    before: ir.Table,
    today: str,
) -> tuple[ir.Table, ir.Table]:
    """(`households`, `household_members`), with those of the release before (`before`) ended where they have gone.

    `living` is as `living_together` has it, `household_of_property` as `identify` has. `before` is the predecessor's
    `household_members`; `today` (ISO) is the newest as-at date of this release.
    """
    joined = living.join(household_of_property, "cluster").select(["member", "entity_id", "cluster"])
    now = engine.bring("living_now", joined.rename_columns(["person_id", "household_id", "property_id"]))
    since = residence_records.filter(residence_records.current).rename(person_id="entity_id")
    since = since.group_by("person_id", "property_id").aggregate(valid_from=since.first_as_at.min())
    present = now.left_join(since, ["person_id", "property_id"]).select(
        "household_id", "person_id", "valid_from", valid_to=ibis.null("string")
    )
    gone = before.anti_join(present, ["household_id", "person_id"])
    gone = gone.mutate(valid_to=gone.valid_to.fill_null(today))
    returned = before.filter(before.valid_to.notnull()).semi_join(present, ["household_id", "person_id"])
    history = gone.union(returned).select(*present.columns).distinct()
    household_members = engine.keep("household_members", present.union(history))
    households = now.group_by("household_id").aggregate(property_id=now.property_id.min(), people=now.count())
    households = households.select(
        entity_id="household_id", current=ibis.literal(True), property_id="property_id", people="people"
    )
    return engine.keep("households", households), household_members
