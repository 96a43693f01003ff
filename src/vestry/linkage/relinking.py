"""Linkage that goes on from the release before: only what records that have changed could alter is worked out again.

A group of entities that no row leads out of can be put together by itself. So the rows of the records that are compared again
are replaced, and every group that one of these rows led into, or leads into now, is put together anew, as linking everything
would; all others stay as they are. What comes out is the same, row for row, as if all had been linked (a test holds both
together): see docs/adr/0013.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vestry.contracts.shared_keys import SourcePart
from vestry.engines.engine import Engine
from vestry.linkage.comparable import numbered
from vestry.linkage.components import components
from vestry.linkage.decisions import Decision
from vestry.linkage.grouping import Grouping
from vestry.linkage.keeping_apart import latest_of_lists, registers_of
from vestry.linkage.link_rows import PAIR, ROW, UNITS, link_rows, reviewed
from vestry.linkage.scoring import listed_twice, prior_bits, years_apart
from vestry.place import Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingOn:
    """What is given to whoever links one kind: all its `records`, and `told`, the same as a view of what linking reads;
    `new_keys` as `rekeying.successions` has them, None where nothing is scored."""

    kind: str
    records: ir.Table
    told: ir.Table
    thresholds: Thresholds
    decisions: Sequence[Decision]
    once_only: Collection[tuple[str, str, str]]
    owners: Mapping[SourcePart, SourcePart]
    models: Path
    new_keys: ir.Table | None

    @property
    def model(self) -> Path:
        """The file of this kind's linkage model."""
        return self.models / f"{self.kind}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Units that have a part in what is worked out again: `numbered`."""

    records: ir.Table
    units: ir.Table
    unit_of: ir.Table

    @classmethod
    def of(cls, engine: Engine, on: GoingOn, units: str) -> Near:
        """Those whose `unit_id` a statement in SQL gives, and those that somebody decided about."""
        sides = sorted({unit for d in on.decisions for unit in d.pair})
        decided = engine.bring(
            f"{on.kind}_decided_units", pa.table({"unit_id": pa.array(sides, pa.string())})
        )
        some = engine.compute(
            f"{on.kind}_records_near",
            f"SELECT * FROM {on.told.get_name()} SEMI JOIN"
            f" ({units} UNION SELECT unit_id FROM {decided.get_name()}) USING (unit_id)",
        )
        records, kept, unit_of = numbered(engine, some, on.kind)
        return cls(records=records, units=kept, unit_of=unit_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """Links of the groups that were put together anew (`grouping.LINKS`); `clusters` of all units; of the links of the release
    before, those that stay (`standing`), and which pairs' rows were `dropped`, if only to be replaced."""

    links: ir.Table
    clusters: ir.Table
    standing: ir.Table
    dropped: ir.Table


def rows_again(engine: Engine, on: GoingOn, pairs: ir.Table, near: Near, redo: str, lost: str) -> ir.Table:
    """As `link_rows.ROW`, with the ids of both records: those that replace the rows of records in the table `redo`, and of the
    pairs that are `lost`. Every unit that has a part in `pairs` is `near`.
    """
    kind = on.kind
    registers = engine.keep(f"{kind}_registers_again", registers_of(near.records, on.once_only))
    rows = link_rows(
        pairs, reviewed(engine, on.decisions, near.units, kind), registers, near.unit_of,
        review_from=on.thresholds.review, new_keys=on.new_keys, prior_bits=prior_bits(kind, on.model),
    )  # fmt: skip
    every = engine.keep(f"{kind}_rows_near", rows)
    return engine.compute(
        f"{kind}_rows_again",
        f"WITH names AS (SELECT record_no, record_id FROM {kind}_records_near),"
        f" also AS (SELECT l.record_no AS left_no, r.record_no AS right_no FROM {lost}"
        " JOIN names l ON l.record_id = left_record JOIN names r ON r.record_id = right_record)"
        f" SELECT n.*, l.record_id AS left_record, r.record_id AS right_record FROM {every.get_name()} n"
        " JOIN names l ON l.record_no = left_no JOIN names r ON r.record_no = right_no"
        f" WHERE left_no IN (SELECT record_no FROM {redo}) OR right_no IN (SELECT record_no FROM {redo})"
        " OR (left_no, right_no) IN (SELECT (left_no, right_no) FROM also)",
    )


def regrouped(engine: Engine, on: GoingOn, rows: ir.Table, again: str, redo: str, lost: str) -> Regrouped:
    """Put together anew every group that `rows` (as `rows_again`) or the rows that they replace lead into.

    `again` has the units that are compared again, `redo` the records whose rows are replaced.
    """
    kind = on.kind
    _whom(engine, on, rows, again, redo, lost)
    some = engine.compute(
        f"{kind}_records_regrouped",
        f"SELECT * FROM {on.told.get_name()} SEMI JOIN"
        f" (SELECT unit_id FROM {kind}_members_regrouped UNION SELECT unit_id FROM {again})"
        " USING (unit_id)",
    )
    records, units, unit_of = numbered(engine, some, kind)
    registers = engine.keep(f"{kind}_registers_again", registers_of(records, on.once_only))
    grouping = Grouping.of(
        engine, kind, records, units, registers,
        years_apart=years_apart(kind, on.model), decisions=on.decisions,
        latest=engine.keep(f"{kind}_latest", latest_of_lists(on.told)),
    )  # fmt: skip
    whole = _rows_of(engine, kind, rows, some, unit_of)
    edges = grouping.edges(engine, whole, on.thresholds.link)
    twice = listed_twice(kind, on.model, lambda: grouping.learnt_twice(edges))
    grouped = grouping.grouped(engine, kind, whole, edges, twice, on.thresholds.link)
    standing = engine.compute(
        f"{kind}_links_standing",
        f"SELECT * FROM before_links ANTI JOIN (SELECT record_id AS left_record FROM {kind}_members_regrouped)"
        f" USING (left_record) WHERE kind = '{kind}'",
    )
    clusters = engine.compute(
        f"{kind}_clusters_now",
        f"SELECT unit_id, cluster_id FROM {grouped.clusters.get_name()} UNION ALL"
        f" {clusters_before(kind)} AND entity_id NOT IN (SELECT entity_id FROM {kind}_entities_regrouped)",
    )
    return Regrouped(
        links=grouped.links,
        clusters=clusters,
        standing=standing,
        dropped=engine.table(f"{kind}_links_dropped"),
    )


def clusters_before(kind: str) -> str:
    """SQL of `unit_id, cluster_id` of the release before; its clusters go by the names of their entities."""
    return (
        "SELECT DISTINCT unit_id, entity_id AS cluster_id FROM before_members"
        f" WHERE kind = '{kind}' AND source NOT IN (SELECT source FROM unlinked_sources)"
    )


def _whom(engine: Engine, on: GoingOn, rows: ir.Table, again: str, redo: str, lost: str) -> None:
    """Which entities are put together anew, and which rows of the release before are replaced."""
    kind = on.kind
    ids = engine.compute(
        f"{kind}_ids_again",
        f"SELECT record_id FROM {redo} UNION SELECT record_id FROM before_members SEMI JOIN {again} USING (unit_id)"
        f" WHERE kind = '{kind}'",
    ).get_name()
    engine.compute(
        f"{kind}_links_dropped",
        f"SELECT left_record, right_record FROM before_links WHERE kind = '{kind}'"
        f" AND (left_record IN (SELECT record_id FROM {ids}) OR right_record IN (SELECT record_id FROM {ids}))"
        f" UNION SELECT left_record, right_record FROM {lost}",
    )
    ends = " UNION ALL ".join(
        f"SELECT unnest([left_record, right_record]) AS record_id FROM {table}"
        for table in (rows.get_name(), lost)
    )
    connection = engine.connection()
    seeds = connection.execute(
        f"SELECT DISTINCT entity_id FROM before_members SEMI JOIN (SELECT record_id FROM {ids} UNION ALL {ends})"
        f" USING (record_id) WHERE kind = '{kind}'"
    ).to_arrow_table()["entity_id"]
    across = connection.execute(
        f"WITH apart AS (SELECT left_record, right_record FROM before_links WHERE kind = '{kind}' AND NOT joined),"
        " owner AS (SELECT record_id, entity_id FROM before_members SEMI JOIN"
        " (SELECT unnest([left_record, right_record]) AS record_id FROM apart) USING (record_id))"
        " SELECT DISTINCT l.entity_id AS one, r.entity_id AS other FROM apart"
        " JOIN owner l ON l.record_id = left_record JOIN owner r ON r.record_id = right_record"
    ).to_arrow_table()
    entities = engine.bring(
        f"{kind}_entities_regrouped", pa.table({"entity_id": _closed(seeds, across["one"], across["other"])})
    )
    engine.compute(
        f"{kind}_members_regrouped",
        f"SELECT record_id, unit_id FROM before_members SEMI JOIN {entities.get_name()} USING (entity_id)"
        f" WHERE kind = '{kind}'",
    )


def _closed(seeds: pa.ChunkedArray, one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.Array:
    """`seeds`, and whoever pairs of `one` and `other` lead to from them, by whatever way."""
    names = pc.unique(pa.chunked_array([*seeds.chunks, *one.chunks, *other.chunks], pa.string()))
    at = [pc.index_in(side, value_set=names).to_numpy().astype(np.int64) for side in (seeds, one, other)]
    group = components(at[1], at[2], len(names))
    return names.filter(pa.array(np.isin(group, group[at[0]])))


def _rows_of(engine: Engine, kind: str, rows: ir.Table, records: ir.Table, unit_of: ir.Table) -> ir.Table:
    """As `ROW`: the rows that stay between the records that are put together anew, and the new ones; with their units."""
    stays = engine.compute(
        f"{kind}_rows_staying",
        f"WITH names AS (SELECT record_no, record_id FROM {records.get_name()})"
        " SELECT l.record_no AS left_no, r.record_no AS right_no, probability, weight, decided_by FROM before_links"
        " JOIN names l ON l.record_id = left_record JOIN names r ON r.record_id = right_record"
        f" ANTI JOIN {kind}_links_dropped USING (left_record, right_record) WHERE kind = '{kind}'",
    )
    both = stays.union(rows.select(*stays.columns))
    left = unit_of.rename(left_unit="unit_no", left_no="record_no")
    right = unit_of.rename(right_unit="unit_no", right_no="record_no")
    whole = both.inner_join(left, "left_no").inner_join(right, "right_no")
    return engine.keep(
        f"{kind}_rows", whole.select(*PAIR, *UNITS, "probability", "weight", "decided_by").cast(ROW)
    )
