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
from vestry.linkage.comparable import columns_grouped, numbered
from vestry.linkage.components import components
from vestry.linkage.decisions import Decision
from vestry.linkage.grouping import Grouped, Grouping
from vestry.linkage.keeping_apart import registers_of
from vestry.linkage.link_rows import PAIR, ROW, SAID, UNITS, link_rows, reviewed
from vestry.linkage.scoring import listed_twice, prior_bits, years_apart
from vestry.place import Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class OneKind:
    """What is given to whoever links one kind: all its `records`, and `told`, the same as a view of what linking reads;
    `new_keys` as `rekeying.successions` has them, None where nothing is scored, and whether there are any (`rekeyed`)."""

    kind: str
    records: ir.Table
    told: ir.Table
    thresholds: Thresholds
    decisions: Sequence[Decision]
    once_only: Collection[tuple[str, str, str]]
    owners: Mapping[SourcePart, SourcePart]
    models: Path
    new_keys: ir.Table | None
    rekeyed: bool

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
    def of(cls, engine: Engine, on: OneKind, units: str) -> Near:
        """Those whose `unit_id` a statement in SQL gives, and those that somebody decided about."""
        sides = sorted({unit for d in on.decisions for unit in d.pair})
        decided = engine.bring(
            f"{on.kind}_decided_units", pa.table({"unit_id": pa.array(sides, pa.string())})
        )
        some = engine.compute(
            f"{on.kind}_records_near",
            f"SELECT {', '.join(columns_grouped(on.kind))} FROM {on.told.get_name()} SEMI JOIN"
            f" ({units} UNION SELECT unit_id FROM {decided.get_name()}) USING (unit_id)",
        )
        records, kept, unit_of = numbered(engine, some, on.kind)
        return cls(records=records, units=kept, unit_of=unit_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """What of one kind is worked out again, in tables by name: units compared `again` (`unit_id`); records whose rows are
    replaced (`redo`: `record_no, record_id, unit_id`), and pairs that are `lost` (`left_record, right_record`); the new
    `rows`."""

    on: OneKind
    again: str
    redo: str
    lost: str
    rows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """By kind: `links` of the groups that were put together anew (`grouping.LINKS`), and `clusters` of all units. Of the links of
    the release before, those that stay (`standing`), and which pairs' rows were `dropped`, if only to be replaced."""

    links: Mapping[str, ir.Table]
    clusters: Mapping[str, ir.Table]
    standing: ir.Table
    dropped: ir.Table


def rows_again(engine: Engine, on: OneKind, pairs: ir.Table, near: Near, redo: str, lost: str) -> str:
    """Keep as `link_rows.ROW`, with the ids of both records: those that replace the rows of records in the table `redo`, and of
    the pairs that are `lost`. Every unit that has a part in `pairs` is `near`.
    """
    kind = on.kind
    registers = engine.keep(f"{kind}_registers_again", registers_of(near.records, on.once_only))
    rows = link_rows(
        pairs, reviewed(engine, on.decisions, near.units, kind), registers, near.unit_of,
        review_from=on.thresholds.review, new_keys=on.new_keys if on.rekeyed else None, prior_bits=prior_bits(kind, on.model),
    )  # fmt: skip
    every = engine.keep(f"{kind}_rows_near", rows)
    kept = engine.compute(
        f"{kind}_rows_again",
        f"WITH names AS (SELECT record_no, record_id FROM {kind}_records_near),"
        f" also AS (SELECT l.record_no AS left_no, r.record_no AS right_no FROM {lost}"
        " JOIN names l ON l.record_id = left_record JOIN names r ON r.record_id = right_record)"
        f" SELECT n.*, l.record_id AS left_record, r.record_id AS right_record FROM {every.get_name()} n"
        " JOIN names l ON l.record_no = left_no JOIN names r ON r.record_no = right_no"
        f" WHERE left_no IN (SELECT record_no FROM {redo}) OR right_no IN (SELECT record_no FROM {redo})"
        " OR (left_no, right_no) IN (SELECT (left_no, right_no) FROM also)",
    )
    return str(kept.get_name())


def regrouped(
    engine: Engine, told: ir.Table, kinds: Sequence[str], reopened: Sequence[Reopened]
) -> Regrouped:
    """Put together anew every group that new rows, or the rows that they replace, lead into; the others of `kinds` stay.

    `told` are the records of all kinds, a view.
    """
    of_kinds = ", ".join(f"'{kind}'" for kind in kinds)
    _whom(engine, of_kinds, reopened)
    some = engine.compute(
        "records_regrouped",
        f"SELECT * FROM {told.get_name()} SEMI JOIN"
        " (SELECT unit_id FROM members_regrouped UNION SELECT unit_id FROM units_again) USING (unit_id)",
    )
    engine.compute(
        "rows_staying",
        "WITH names AS (SELECT record_no, record_id FROM records_regrouped)"
        " SELECT l.record_no AS left_no, r.record_no AS right_no, probability, weight, rest, decided_by, kind FROM before_links"
        " JOIN names l ON l.record_id = left_record JOIN names r ON r.record_id = right_record"
        " ANTI JOIN links_dropped USING (left_record, right_record)",
    )
    standing = engine.compute(
        "clusters_standing",
        "SELECT DISTINCT unit_id, entity_id AS cluster_id, kind FROM before_members"
        f" ANTI JOIN entities_regrouped USING (entity_id) WHERE kind IN ({of_kinds})"
        " AND source NOT IN (SELECT source FROM unlinked_sources)",
    )
    found = {one.on.kind: _grouped(engine, one, some) for one in reopened}
    stay = {kind: standing.filter(standing.kind == kind).select("unit_id", "cluster_id") for kind in kinds}
    links, members = engine.table("before_links"), engine.table("members_regrouped")
    of_these = links.filter(links.kind.isin(list(kinds)))
    return Regrouped(
        links={kind: grouped.links for kind, grouped in found.items()},
        clusters={
            kind: rest.union(found[kind].clusters) if kind in found else rest for kind, rest in stay.items()
        },
        standing=of_these.anti_join(members.select(left_record="record_id"), "left_record"),
        dropped=engine.table("links_dropped"),
    )


def _whom(engine: Engine, of_kinds: str, reopened: Sequence[Reopened]) -> None:
    """Which entities are put together anew, and which rows of the release before are replaced."""

    def every(columns: str, tables: Sequence[str]) -> str:
        empty = "SELECT '' AS record_id, '' AS unit_id, '' AS left_record, '' AS right_record WHERE false"
        return " UNION ALL ".join(f"SELECT {columns} FROM {table}" for table in (f"({empty})", *tables))

    engine.compute("units_again", every("unit_id", [one.again for one in reopened]))
    lost = every("left_record, right_record", [one.lost for one in reopened])
    engine.compute(
        "ids_again",
        f"{every('record_id', [one.redo for one in reopened])} UNION"
        " SELECT record_id FROM before_members SEMI JOIN units_again USING (unit_id)",
    )
    engine.compute(
        "links_dropped",
        "SELECT left_record, right_record FROM before_links WHERE left_record IN (SELECT record_id FROM ids_again)"
        f" OR right_record IN (SELECT record_id FROM ids_again) UNION {lost}",
    )
    ends = every("left_record, right_record", [table for one in reopened for table in (one.rows, one.lost)])
    connection = engine.connection()
    seeds = connection.execute(
        "SELECT DISTINCT entity_id FROM before_members SEMI JOIN (SELECT record_id FROM ids_again UNION ALL"
        f" SELECT unnest([left_record, right_record]) FROM ({ends})) USING (record_id)"
    ).to_arrow_table()["entity_id"]
    across = connection.execute(
        f"WITH apart AS (SELECT left_record, right_record FROM before_links WHERE NOT joined AND kind IN ({of_kinds})),"
        " owner AS (SELECT record_id, entity_id FROM before_members SEMI JOIN"
        " (SELECT unnest([left_record, right_record]) AS record_id FROM apart) USING (record_id))"
        " SELECT DISTINCT l.entity_id AS one, r.entity_id AS other FROM apart"
        " JOIN owner l ON l.record_id = left_record JOIN owner r ON r.record_id = right_record"
    ).to_arrow_table()
    engine.bring(
        "entities_regrouped", pa.table({"entity_id": _closed(seeds, across["one"], across["other"])})
    )
    engine.compute(
        "members_regrouped",
        "SELECT record_id, unit_id FROM before_members SEMI JOIN entities_regrouped USING (entity_id)",
    )


def _grouped(engine: Engine, one: Reopened, some: ir.Table) -> Grouped:
    """The links and clusters of one kind among `some` records."""
    on, kind = one.on, one.on.kind
    records, units, unit_of = numbered(engine, some, kind)
    registers = engine.keep(f"{kind}_registers_again", registers_of(records, on.once_only))
    grouping = Grouping.of(
        engine,
        kind,
        records,
        units,
        registers,
        years_apart=years_apart(kind, on.model),
        decisions=on.decisions,
    )
    stays = engine.table("rows_staying")
    stays = stays.filter(stays.kind == kind).drop("kind")
    both = stays.union(engine.table(one.rows).select(*stays.columns))
    left = unit_of.rename(left_unit="unit_no", left_no="record_no")
    right = unit_of.rename(right_unit="unit_no", right_no="record_no")
    whole = both.inner_join(left, "left_no").inner_join(right, "right_no")
    whole = engine.keep(f"{kind}_rows", whole.select(*PAIR, *UNITS, *SAID).cast(ROW))
    edges = grouping.edges(engine, whole, on.thresholds.link)
    twice = listed_twice(kind, on.model, lambda: grouping.learnt_twice(edges))
    return grouping.grouped(engine, kind, whole, edges, twice, on.thresholds.link)


def _closed(seeds: pa.ChunkedArray, one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.Array:
    """`seeds`, and whoever pairs of `one` and `other` lead to from them, by whatever way."""
    names = pc.unique(pa.chunked_array([*seeds.chunks, *one.chunks, *other.chunks], pa.string()))
    at = [pc.index_in(side, value_set=names).to_numpy().astype(np.int64) for side in (seeds, one, other)]
    group = components(at[1], at[2], len(names))
    return names.filter(pa.array(np.isin(group, group[at[0]])))
