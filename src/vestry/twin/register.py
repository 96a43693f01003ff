"""The identity register of a release: which entity each record belongs to, and what happened to every id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.identity import KEPT, Happening, identify
from vestry.model import kinds
from vestry.twin.predecessor import Predecessor
from vestry.twin.tables import BY_NAME

_SHAPE: Final = BY_NAME["identities"].schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """`members` as the release has them, and what happened to the ids of each kind."""

    members: ir.Table
    happenings: Mapping[str, Sequence[Happening]]


def register(
    engine: Engine, records: ir.Table, clusters: Mapping[str, ir.Table], before: Predecessor
) -> Register:
    """Give every cluster of every kind its lasting id. `records` has `unit_id`; `clusters` are `unit_id, cluster_id` by kind."""
    living = (
        engine.fetch(records.filter(records.current).select("unit_id").distinct())
        .column("unit_id")
        .to_pylist()
    )
    current = set(living)
    entity_of_unit: dict[str, str] = {}
    happenings: dict[str, Sequence[Happening]] = {}
    for kind in kinds.RECORD_KINDS:
        found = engine.fetch(clusters[kind]).to_pydict()
        cluster_of = dict(zip(found["unit_id"], found["cluster_id"], strict=True))
        entity_of, happenings[kind] = identify(kind, cluster_of, current, before.before(kind))
        entity_of_unit |= {unit: entity_of[cluster] for unit, cluster in cluster_of.items()}
    named = ibis.memtable(
        {"unit_id": list(entity_of_unit), "entity_id": list(entity_of_unit.values())},
        schema=ibis.schema({"unit_id": "string", "entity_id": "string"}),
    )
    joined = records.inner_join(named, "unit_id")
    return Register(
        members=engine.keep("members", joined.select(*BY_NAME["members"].schema.names)), happenings=happenings
    )


def identities(
    engine: Engine, happenings: Mapping[str, Sequence[Happening]], before: Predecessor, release_id: str
) -> ir.Table:
    """The life of every id so far. Of the many times that an id was kept, only the last is remembered."""
    rows = [
        {
            "entity_id": h.entity_id, "kind": kind, "happened": h.happened, "at_release": release_id,
            "into_entity": h.into_entity, "reason": h.reason,
        }
        for kind, found in happenings.items()
        for h in found
    ]  # fmt: skip
    now = engine.keep("identities_now", ibis.memtable(rows, schema=_SHAPE))
    earlier = before.identities
    earlier = earlier.filter(earlier.happened != KEPT)
    return engine.keep("identities", earlier.union(now))
