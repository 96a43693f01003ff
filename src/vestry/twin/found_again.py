"""Ids that had no record left, found again where their records come back: by the releases that are kept.

An extract that was moved away by mistake and put back, or a person who is sealed no longer, has the same units as before, and the
release before knows nothing of them. The last release that did may still be kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from vestry.engines.engine import Engine
from vestry.errors import ReleaseMissing
from vestry.model import kinds
from vestry.twin.manifest import read_manifest
from vestry.twin.predecessor import Predecessor, members_then


def records_again(engine: Engine, before: Predecessor, records: ir.Table) -> Predecessor:
    """`before`, which also tells of what ids that had no record left the units of `records` (`unit_id, kind`) were."""
    of_kinds = set(before.ended["kind"].to_pylist()).intersection(kinds.RECORD_KINDS)
    for kind in sorted(of_kinds):
        units = engine.fetch(records.filter(records.kind == kind).select("unit_id").distinct())["unit_id"]
        before = members_again(before, kind, units)
    return before


def members_again(before: Predecessor, kind: str, members: pa.ChunkedArray) -> Predecessor:
    """`before`, which also tells of what ids that had no record left these `members` of a kind were. A release that is no longer
    kept, or cannot be read, says nothing."""
    known = before.before(kind)
    wanted = members.filter(
        pc.invert(pc.is_in(members, value_set=known.entity_of["member"].combine_chunks()))
    )
    ended = before.ended.filter(pc.equal(before.ended["kind"], kind))
    if not (len(ended) and len(wanted)):
        return before
    found = [members_then(folder, kind, ids, wanted) for folder, ids in _last_had(before, ended)]
    known = replace(known, ended=pa.concat_tables([known.ended, *found]))
    return replace(before, by_kind={**before.by_kind, kind: known})


def _last_had(before: Predecessor, ended: pa.Table) -> Iterator[tuple[Path, pa.ChunkedArray]]:
    """The releases before those at which ids ended, and which ids these were."""
    at, releases = before.folder, before.folder.parent if before.folder else Path()
    while at is not None and at.is_dir():
        try:
            previous = read_manifest(at).predecessor
        except ReleaseMissing:
            return
        ids = ended.filter(pc.equal(ended["at_release"], at.name))["entity_id"]
        at = releases / previous if previous else None
        if at is not None and len(ids):
            yield at, ids
