"""`linkage.identity` given and giving plain dictionaries, for tests of a few members."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import pyarrow as pa

from vestry.linkage.identity import BELONGING, HAPPENINGS, USED, Before, identify


class Happening(NamedTuple):
    """What happened to an id."""

    entity_id: str
    happened: str
    into_entity: str | None
    reason: str


def ids(found: Collection[str]) -> pa.ChunkedArray:
    """Ids as `Before` holds them."""
    return pa.chunked_array([pa.array(sorted(found), pa.string())])


def belonging(entity_of: Mapping[str, str]) -> pa.Table:
    """Members and their ids as `Before` holds them."""
    rows = [{"member": m, "entity_id": e} for m, e in entity_of.items()]
    return pa.Table.from_pylist(rows, schema=BELONGING)


def before(
    entity_of: Mapping[str, str],
    *,
    current: Collection[str],
    used: Collection[str] | Mapping[str, str],
    ended: Mapping[str, str] | None = None,
) -> Before:
    """A predecessor in which members belong as `entity_of` says, and those of `ended` belonged once. `used`: every id, with the
    release that it is first told of in, where that matters."""
    born = dict(used) if isinstance(used, Mapping) else dict.fromkeys(used, "0001")
    every = pa.Table.from_pylist([{"entity_id": e, "born": b} for e, b in sorted(born.items())], schema=USED)
    return Before(
        entity_of=belonging(entity_of), ended=belonging(ended or {}), current=ids(current), used=every
    )


def identified(
    kind: str, cluster_of: Mapping[str, str], current: Collection[str], earlier: Before
) -> tuple[dict[str, str], list[Happening]]:
    """Cluster -> id, and what happened."""
    members = pa.table(
        {
            "member": pa.array(list(cluster_of), pa.string()),
            "cluster": pa.array(list(cluster_of.values()), pa.string()),
            "current": pa.array([m in current for m in cluster_of], pa.bool_()),
        }
    )
    entity_of, happened = identify(kind, members, earlier)
    assert entity_of.schema.names == ["cluster", "entity_id"]
    assert happened.schema == HAPPENINGS
    found = dict(zip(*(entity_of[c].to_pylist() for c in entity_of.schema.names), strict=True))
    assert len(found) == len(entity_of)
    return found, [Happening(**h) for h in happened.to_pylist()]
