"""The identity register of a release: which entity each record belongs to, and what happened to every id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from vestry.engines.engine import Engine
from vestry.linkage.identity import BELONGING, KEPT, identify
from vestry.linkage.linking_all import AllLinked
from vestry.model import kinds
from vestry.twin.predecessor import Predecessor
from vestry.twin.tables import BY_NAME

_SHAPE: Final = BY_NAME["identities"].schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """`members` as the release has them, and what happened to the ids of each kind (`identity.HAPPENINGS`)."""

    members: ir.Table
    happenings: Mapping[str, pa.Table]


def register(engine: Engine, records: ir.Table, linked: AllLinked, before: Predecessor) -> Register:
    """Give every cluster of every kind that was `linked` its lasting id. `records` has `unit_id`."""
    happenings: dict[str, pa.Table] = {}
    named = []
    living = engine.keep("units_living", records.filter(records.current).select("unit_id").distinct())
    for kind in kinds.RECORD_KINDS:
        units, was = _parted(linked, kind, before)
        standing = engine.bring(f"{kind}_units_standing", was.rename_columns(["unit_id", "cluster_id"]))
        held = units.union(standing).left_join(living, "unit_id")
        members = engine.fetch(
            held.select(member="unit_id", cluster="cluster_id", current=held.unit_id_right.notnull())
        )
        entity_of, happenings[kind] = identify(kind, members, before.before(kind))
        ids = engine.bring(f"{kind}_entities", entity_of)
        named.append(units.inner_join(ids, units.cluster_id == ids.cluster).select("unit_id", "entity_id"))
        named.append(standing.rename(entity_id="cluster_id"))
    joined = records.inner_join(ibis.union(*named), "unit_id").inner_join(linked.fingerprints, "record_no")
    return Register(
        members=engine.keep("members", joined.select(*BY_NAME["members"].schema.names)), happenings=happenings
    )


def _parted(linked: AllLinked, kind: str, before: Predecessor) -> tuple[ir.Table, pa.Table]:
    """(the clusters of a kind that were put together, the units of all others as `identity.BELONGING`: those go by their entity's
    id, and hold all of it)."""
    stands = linked.standing
    if stands is None or kind not in stands.clusters:
        return linked.clusters[kind], BELONGING.empty_table()
    was = before.before(kind).entity_of
    others = pc.invert(pc.is_in(was["entity_id"], value_set=stands.but.combine_chunks()))
    return stands.clusters[kind], was.filter(others)


def identities(
    engine: Engine, happenings: Mapping[str, pa.Table], before: Predecessor, release_id: str
) -> ir.Table:
    """The life of every id so far. Of the many times that an id was kept, only the last is remembered."""
    found = [
        told.append_column("kind", pa.repeat(kind, len(told))).append_column(
            "at_release", pa.repeat(release_id, len(told))
        )
        for kind, told in happenings.items()
    ]
    told = pa.concat_tables([_NOTHING, *found], promote_options="default")
    now = engine.bring("identities_now", told.select(_SHAPE.names))
    earlier = before.identities
    earlier = earlier.filter(earlier.happened != KEPT)
    return earlier.union(now.select(*_SHAPE.names))


_NOTHING: Final = _SHAPE.to_pyarrow().empty_table()
