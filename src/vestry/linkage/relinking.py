"""Linkage that goes on from the release before: only what records that have changed could alter is worked out again.

A group of entities that no row leads out of can be put together by itself. So the rows of the records that are compared again
are replaced, and every group that one of these rows led into, or could lead into now, is put together anew, as linking
everything would; all others stay as they are. What comes out is the same, row for row, as if all had been linked (a test holds
both together): see docs/adr/0013.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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
from vestry.linkage.grouping import Grouped, Grouping, joining
from vestry.linkage.keeping_apart import registers_of
from vestry.linkage.known import Known
from vestry.linkage.link_rows import ROW, SAID, link_rows, reviewed
from vestry.linkage.scoring import listed_twice, prior_bits, years_apart
from vestry.linkage.staying_apart import ToldApart, staying_apart
from vestry.place import Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class OneKind:
    """What is given to whoever links one kind: all its `records`, and `told`, the same as a view of what linking reads;
    `new_keys` as `rekeying.successions` has them, None where nothing is scored, and whether there are any (`rekeyed`); what
    there is to heed of the release before (`told_apart`)."""

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
    told_apart: ToldApart | None = None

    @property
    def model(self) -> Path:
        """The file of this kind's linkage model."""
        return self.models / f"{self.kind}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Units of one kind that have a part in what is worked out again: `numbered`, and their `registers` (`registers_of`)."""

    records: ir.Table
    units: ir.Table
    unit_of: ir.Table
    registers: ir.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """What of one kind is worked out again, in tables by name: units compared `again` (`unit_id`); records whose rows are
    replaced (`redo`: `record_no, record_id, unit_id`), and pairs that are `lost` (`left_record, right_record`); units of
    whoever the new rows could be of (`near`: `unit_id`)."""

    on: OneKind
    again: str
    redo: str
    lost: str
    near: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is now of one kind in place of what was: the links and clusters of its groups, the `evidence` of new rows as
    `linking.Linked` has it, and what one new record will be matched by (None where nothing is scored)."""

    grouped: Grouped
    evidence: Sequence[ir.Table]
    known: Known | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """By kind: `links` of the groups that were put together anew (`grouping.LINKS`), the clusters of `these`, and `clusters` of
    all units. Of the links of the release before, those that stay (`standing`), and which pairs' rows were `dropped`, if only to
    be replaced. `but`: the entities of the release before of which not all is as it was. `apart`: by kind that was put together
    anew, which of all its units stay so (`grouping.Grouped`)."""

    links: Mapping[str, ir.Table]
    these: Mapping[str, ir.Table]
    clusters: Mapping[str, ir.Table]
    standing: ir.Table
    dropped: ir.Table
    but: pa.ChunkedArray
    apart: Mapping[str, pa.Table | None]


def reopen(
    engine: Engine, of_kinds: Sequence[str], reopened: Sequence[Reopened], told: ir.Table
) -> dict[str, Near]:
    """Find whom what is worked out again has to do with: whoever is near, and every group of the release before that one of them
    is in, or that a row led into from there. `told` is a view of what linking reads of all records.

    Kept: the entities put together anew (`entities_regrouped`), who was in them (`members_regrouped`) and their rows
    (`links_regrouped`); pairs of which the rows are replaced (`links_dropped`); of each kind the records now
    (`<kind>_regrouped`).
    """
    _units_near(engine, reopened)
    _whom(engine, of_kinds, reopened)
    units = engine.run(
        "units_regrouped", "SELECT unit_id FROM members_regrouped UNION SELECT unit_id FROM units_near"
    )
    of_each = {one.on.kind: columns_grouped(one.on.kind) for one in reopened}
    columns = dict.fromkeys(column for read in of_each.values() for column in read) or ["unit_id"]
    some = engine.run(
        "records_regrouped",
        f"SELECT {', '.join(columns)} FROM {told.get_name()} SEMI JOIN {units} USING (unit_id)",
    )
    return {one.on.kind: _near(engine, one.on, some) for one in reopened}


def _near(engine: Engine, on: OneKind, regrouped: str) -> Near:
    kind = on.kind
    columns = ", ".join(columns_grouped(kind))
    of_kind = engine.compute(f"{kind}_regrouped", f"SELECT {columns} FROM {regrouped} WHERE kind = '{kind}'")
    records, kept, unit_of = numbered(engine, of_kind, kind)
    registers = engine.keep(f"{kind}_registers", registers_of(records, on.once_only))
    return Near(records=records, units=kept, unit_of=unit_of, registers=registers)


def rows_again(engine: Engine, one: Reopened, pairs: ir.Table, near: Near) -> ir.Table:
    """Keep as `link_rows.ROW` those that replace the rows of records to `redo`, and of the pairs that are `lost`. Every unit that
    has a part in `pairs` is `near`.
    """
    on, kind = one.on, one.on.kind
    rows = link_rows(
        pairs, reviewed(engine, on.decisions, near.units, kind), near.registers, near.unit_of,
        review_from=on.thresholds.review, new_keys=on.new_keys if on.rekeyed else None, prior_bits=prior_bits(kind, on.model),
    )  # fmt: skip
    every = engine.keep(f"{kind}_rows_near", rows)
    return engine.compute(
        f"{kind}_rows_again",
        f"WITH names AS (SELECT record_no, record_id FROM {kind}_regrouped),"
        f" also AS (SELECT l.record_no AS left_no, r.record_no AS right_no FROM {one.lost}"
        " JOIN names l ON l.record_id = left_record JOIN names r ON r.record_id = right_record)"
        f" SELECT * FROM {every.get_name()}"
        f" WHERE left_no IN (SELECT record_no FROM {one.redo}) OR right_no IN (SELECT record_no FROM {one.redo})"
        " OR (left_no, right_no) IN (SELECT (left_no, right_no) FROM also)",
    )


def grouped_again(engine: Engine, on: OneKind, near: Near, rows: ir.Table) -> Grouped:
    """Put together anew the groups of a kind that `reopen` found, by the rows that stay and the new ones (`rows_again`)."""
    grouping = Grouping.of(
        engine, on.kind, near.records, near.units, near.registers,
        years_apart=years_apart(on.kind, on.model), decisions=on.decisions,
    )  # fmt: skip
    whole, apart = engine.table(_whole(engine, on.kind, near, rows)), None
    if on.told_apart is not None:
        joined = joining(whole, on.thresholds.link)
        apart = staying_apart(engine, on.kind, on.told, near.units, joined, grouping.decided, on.told_apart)
    edges = grouping.edges(engine, whole, on.thresholds.link)
    twice = listed_twice(on.kind, on.model, partial(grouping.learnt_twice, edges))
    return grouping.grouped(engine, on.kind, whole, edges, twice, on.thresholds.link, apart)


def regrouped(engine: Engine, of_kinds: Sequence[str], found: Mapping[str, Grouped]) -> Regrouped:
    """What was `found` of groups that are put together anew, and all others of the kinds as they were."""
    standing = engine.table("before_members")
    standing = standing.anti_join(engine.table("entities_regrouped"), "entity_id")
    standing = standing.anti_join(engine.table("unlinked_sources"), "source")
    clusters = {
        kind: standing.filter(standing.kind == kind).select("unit_id", cluster_id="entity_id").distinct()
        for kind in of_kinds
    }
    these = {kind: one.clusters for kind, one in found.items()}
    before, members = engine.table("before_links"), engine.table("members_regrouped")
    return Regrouped(
        links={kind: one.links for kind, one in found.items()},
        these=these,
        clusters=clusters | {kind: clusters[kind].union(one) for kind, one in these.items()},
        standing=before.filter(before.kind.isin(list(of_kinds))).anti_join(
            members.select(left_record="record_id"), "left_record"
        ),
        dropped=engine.table("links_dropped"),
        but=_not_standing(engine),
        apart={kind: one.apart for kind, one in found.items()},
    )


def _not_standing(engine: Engine) -> pa.ChunkedArray:
    """As `Regrouped.but`; whoever may not be linked stands alone by the contracts of now, and is looked at as such."""
    alone = "SELECT entity_id FROM before_members SEMI JOIN unlinked_sources USING (source)"
    found = engine.connection().execute(f"FROM entities_regrouped UNION {alone}").to_arrow_table()
    entities: pa.ChunkedArray = found["entity_id"]
    return entities


def _whole(engine: Engine, kind: str, near: Near, rows: ir.Table) -> str:
    """All rows of the groups, as `link_rows.ROW`: those that stay, and the new ones."""
    names = f"SELECT record_id, record_no, unit_no FROM {kind}_regrouped JOIN {near.unit_of.get_name()} USING (record_no)"
    return engine.run(
        f"{kind}_rows",
        f"WITH names AS ({names}), stay AS (SELECT * FROM links_regrouped ANTI JOIN links_dropped"
        f" USING (left_record, right_record) WHERE kind = '{kind}')"
        f" SELECT l.record_no AS left_no, r.record_no AS right_no, l.unit_no AS left_unit, r.unit_no AS right_unit,"
        f" {', '.join(SAID)} FROM stay JOIN names l ON l.record_id = left_record JOIN names r ON r.record_id = right_record"
        f" UNION ALL SELECT {', '.join(ROW.names)} FROM {rows.get_name()}",
    )


def _every(columns: str, tables: Sequence[str]) -> str:
    """SQL of all rows of the tables."""
    empty = "(SELECT '' AS record_id, '' AS unit_id, '' AS left_record, '' AS right_record WHERE false)"
    return " UNION ALL ".join(f"SELECT {columns} FROM {table}" for table in (empty, *tables))


def _said(kinds: Sequence[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def _units_near(engine: Engine, reopened: Sequence[Reopened]) -> None:
    """Keep who is near, and whoever somebody decided is one with one of them, or is not."""
    engine.run("units_again", _every("unit_id", [one.again for one in reopened]))
    near = f"{_every('unit_id', [one.near for one in reopened])} UNION SELECT unit_id FROM units_again"
    engine.run("units_near", near)
    sides = {pair for one in reopened for d in one.on.decisions for pair in (d.pair, d.pair[::-1])}
    if sides:
        told = sorted(sides)
        both = {
            name: pa.array([pair[at] for pair in told], pa.string())
            for at, name in enumerate(("one", "unit_id"))
        }
        decided = engine.bring("units_decided", pa.table(both)).get_name()
        engine.connection().execute(
            f"INSERT INTO units_near SELECT unit_id FROM {decided} WHERE one IN (SELECT unit_id FROM units_near)"
            " EXCEPT SELECT unit_id FROM units_near"
        )


def _whom(engine: Engine, of_kinds: Sequence[str], reopened: Sequence[Reopened]) -> None:
    """Which entities are put together anew, and which rows of the release before are replaced."""
    connection = engine.connection()
    seeds = connection.execute(
        "SELECT DISTINCT entity_id FROM before_members SEMI JOIN units_near USING (unit_id)"
    ).to_arrow_table()["entity_id"]
    across = connection.execute(
        "WITH apart AS (SELECT left_record, right_record FROM before_links"
        f" WHERE NOT joined AND kind IN ({_said(of_kinds)})),"
        " owner AS (SELECT record_id, entity_id FROM before_members SEMI JOIN"
        " (SELECT unnest([left_record, right_record]) AS record_id FROM apart) USING (record_id))"
        " SELECT DISTINCT l.entity_id AS one, r.entity_id AS other FROM apart"
        " JOIN owner l ON l.record_id = left_record JOIN owner r ON r.record_id = right_record"
    ).to_arrow_table()
    closed = _closed(seeds, across["one"], across["other"])
    engine.bring("entities_regrouped", pa.table({"entity_id": closed}))
    engine.run(
        "members_regrouped",
        "SELECT record_id, unit_id FROM before_members SEMI JOIN entities_regrouped USING (entity_id)",
    )
    engine.run(
        "links_regrouped",
        f"SELECT left_record, right_record, kind, {', '.join(SAID)} FROM before_links"
        " WHERE left_record IN (SELECT record_id FROM members_regrouped)",
    )
    engine.run(
        "ids_again",
        f"{_every('record_id', [one.redo for one in reopened])} UNION"
        " SELECT record_id FROM members_regrouped SEMI JOIN units_again USING (unit_id)",
    )
    engine.run(
        "links_dropped",
        "SELECT left_record, right_record FROM links_regrouped WHERE left_record IN (SELECT record_id FROM ids_again)"
        " OR right_record IN (SELECT record_id FROM ids_again)"
        f" UNION {_every('left_record, right_record', [one.lost for one in reopened])}",
    )


def _closed(seeds: pa.ChunkedArray, one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.Array:
    """`seeds`, and whoever pairs of `one` and `other` lead to from them, by whatever way."""
    names = pc.unique(pa.chunked_array([*seeds.chunks, *one.chunks, *other.chunks], pa.string()))
    at = [pc.index_in(side, value_set=names).to_numpy().astype(np.int64) for side in (seeds, one, other)]
    group = components(at[1], at[2], len(names))
    return names.filter(pa.array(np.isin(group, group[at[0]])))
