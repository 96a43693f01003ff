"""Whom records told apart that are gone since: they stay two, until a number or a reviewer says that they are one.

Where an extract is destroyed, or a person is sealed, what told two entities apart may be gone with it: the number that one of
them had, a rival beside whom a pair was not likely enough, so many of one name that the name brought nobody together. So where
records of the release before are gone, everything is linked with them once more (`linkage/with_gone.py`). Two entities that would
be two still, and one without, stay apart. That is a rule of clusters like a reviewer's "different", and is kept in the
release's `told_apart`: whether linkage goes on or starts anew, the next build heeds it.

It ends where a number that decides is newly said to be of both. A reviewer's "same" stands above it while it is not taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vestry.engines.engine import Engine
from vestry.linkage.clusters import BY_IDENTIFIER
from vestry.linkage.components import Numbers
from vestry.linkage.decisions import Decision
from vestry.linkage.identifiers import DECIDING
from vestry.linkage.link_rows import UNITS
from vestry.model.fields import record_columns

APART: Final = pa.schema([(c, pa.string()) for c in ("left_unit", "right_unit", "kind", "told_apart_in")])
"""Two units, the one that sorts first on the left; the release that could still tell the two apart."""
Pair = tuple[int, int]
"""Two units, or two entities, by their numbers: the lower one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldApart:
    """What there is to heed of the release before, which is attached: the pairs that it remembers (`remembered`, as `APART`).
    Where records are gone, `with_gone` is the table of the clusters that there would be with them (`unit_id, cluster_id,
    kind`)."""

    release_id: str
    remembered: pa.Table
    with_gone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StayingApart:
    """Of the units of one kind, by their numbers: which entity each `was` of (-1: of none) and its group with what is gone there
    (`with_gone`; None where nothing is). Of pairs that are remembered those that are `kept`, and those that are `heeded`: of whom
    no reviewer said that they are one; those with units that are not here are `elsewhere`, as `APART`."""

    kind: str
    names: pa.Array
    release_id: str
    was: Numbers
    with_gone: Numbers | None
    kept: dict[Pair, str]
    elsewhere: pa.Table
    heeded: frozenset[Pair]

    def come_together(self, clusters: pa.Array) -> frozenset[Pair]:
        """The pairs of units that were of two entities, and would be still if nothing were gone, but are in one cluster now.
        `clusters`: of each unit, the first of its cluster."""
        if self.with_gone is None:
            return frozenset()
        first, old = clusters.to_numpy(), np.flatnonzero(self.was >= 0)
        each = np.unique(np.column_stack([first[old], self.was[old]]), axis=0)
        named, entities = np.unique(each[:, 0], return_counts=True)
        mixed = old[np.isin(first[old], named[entities > 1])]
        of_entity: dict[int, set[int]] = {}
        concerned = np.flatnonzero(np.isin(self.was, self.was[mixed]))
        for entity, group in zip(
            self.was[concerned].tolist(), self.with_gone[concerned].tolist(), strict=True
        ):
            of_entity.setdefault(entity, set()).add(group)
        together: dict[int, dict[int, list[int]]] = {}
        for unit in mixed.tolist():
            together.setdefault(int(first[unit]), {}).setdefault(int(self.was[unit]), []).append(unit)
        return frozenset(
            _in_order(one, other)
            for cluster in together.values()
            for left, right in combinations(sorted(cluster), 2)
            if of_entity[left].isdisjoint(of_entity[right])
            for one, other in product(cluster[left], cluster[right])
        )

    def told(self, found: frozenset[Pair]) -> pa.Table:
        """As `APART`: what is remembered and has not ended, and what was `found` now."""
        every = {**dict.fromkeys(found, self.release_id), **self.kept}
        pairs = sorted(every)
        left, right = (
            self.names.take(pa.array([pair[side] for pair in pairs], pa.int64())) for side in (0, 1)
        )
        kinds = pa.repeat(self.kind, len(pairs)).cast(pa.string())
        here = pa.table(
            [left, right, kinds, pa.array([every[pair] for pair in pairs], pa.string())], schema=APART
        )
        return pa.concat_tables([here, self.elsewhere])


def staying_apart(
    engine: Engine,
    kind: str,
    told: ir.Table,
    units: ir.Table,
    rows: ir.Table,
    decisions: Sequence[Decision],
    apart: ToldApart,
) -> StayingApart:
    """Of one kind: `told` are its records with what linking reads of them; `units` (`unit_id, unit_no`) those that can be
    grouped; `rows` are those that join (`link_rows.ROW`)."""
    named = engine.fetch(units.select("unit_id", "unit_no").order_by("unit_no"))["unit_id"].combine_chunks()
    was = _was(engine, kind, units, apart)
    of_kind = apart.remembered.filter(pc.equal(apart.remembered["kind"], kind))
    here = pc.and_(*(pc.is_in(of_kind[side], value_set=named) for side in ("left_unit", "right_unit")))
    remembered = _numbered(of_kind.filter(here), named)
    entities = {pair: _in_order(int(was[pair[0]]), int(was[pair[1]])) for pair in remembered}
    ended = _newly_of_one_number(engine, kind, told, rows, was, frozenset(entities.values()))
    kept = {pair: since for pair, since in remembered.items() if entities[pair] not in ended}
    same = _said_to_be_one(decisions, named, was)
    return StayingApart(
        kind=kind, names=named, release_id=apart.release_id, was=was, kept=kept,
        elsewhere=of_kind.filter(pc.invert(here)),
        with_gone=_with_gone(engine, kind, units, apart.with_gone) if apart.with_gone else None,
        heeded=frozenset(pair for pair in kept if {*entities[pair]} not in same),
    )  # fmt: skip


def _in_order(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _was(engine: Engine, kind: str, units: ir.Table, apart: ToldApart) -> Numbers:
    """Of each unit the number of the entity that it was of; -1: of none. Where nothing is gone, only of entities with a unit that
    is remembered."""
    some = ""
    if apart.with_gone is None:
        sides = pa.concat_arrays(
            [c for side in ("left_unit", "right_unit") for c in apart.remembered[side].chunks]
        )
        engine.bring(f"{kind}_units_remembered", pa.table({"unit_id": sides}))
        some = (
            " SEMI JOIN (SELECT entity_id FROM before_members SEMI JOIN"
            f" {kind}_units_remembered USING (unit_id)) USING (entity_id)"
        )
    return _codes(
        engine,
        units,
        f"SELECT DISTINCT unit_id, entity_id AS label FROM before_members{some} WHERE kind = '{kind}'",
    )


def _with_gone(engine: Engine, kind: str, units: ir.Table, clusters: str) -> Numbers:
    return _codes(engine, units, f"SELECT unit_id, cluster_id AS label FROM {clusters} WHERE kind = '{kind}'")


def _codes(engine: Engine, units: ir.Table, labels: str) -> Numbers:
    """Of each unit a number for its label; -1: it has none. `labels` is SQL of `unit_id, label`."""
    named = engine.statement(units.select("unit_id", "unit_no"))
    found = engine.connection().execute(
        f"SELECT unit_no, dense_rank() OVER (ORDER BY label) AS code FROM ({named}) JOIN ({labels}) USING (unit_id)"
    ).to_arrow_table()  # fmt: skip
    codes = np.full(engine.count(units), -1)
    codes[found["unit_no"].to_numpy()] = found["code"].to_numpy()
    return codes


def _numbered(pairs: pa.Table, names: pa.Array) -> dict[Pair, str]:
    """The pairs by numbers, and since when."""
    sides = (pc.index_in(pairs[side], value_set=names).to_pylist() for side in ("left_unit", "right_unit"))
    told = zip(*sides, pairs["told_apart_in"].to_pylist(), strict=True)
    return {_in_order(left, right): since for left, right, since in told}


def _said_to_be_one(decisions: Sequence[Decision], names: pa.Array, was: Numbers) -> list[set[int]]:
    """The entities of which a reviewer said that they are one."""
    same = [d.pair for d in decisions if d.same]
    sides = (
        pc.index_in(pa.array([pair[side] for pair in same], pa.string()), value_set=names).to_pylist()
        for side in (0, 1)
    )
    return [
        {int(was[one]), int(was[other])}
        for one, other in zip(*sides, strict=True)
        if one is not None and other is not None
    ]


def _newly_of_one_number(
    engine: Engine, kind: str, told: ir.Table, rows: ir.Table, was: Numbers, entities: frozenset[Pair]
) -> frozenset[Pair]:
    """Those of `entities` (as they were) that a number joins which a unit of one of them had not said in the release before."""
    fields = [field for field in DECIDING[kind] if field in record_columns()]
    by_number = rows.filter(rows.decided_by == BY_IDENTIFIER).select("left_no", "right_no", *UNITS)
    numbers = np.arange(len(was))
    concerned = numbers[np.isin(was, [entity for pair in entities for entity in pair if entity >= 0])]
    if not len(concerned):
        return frozenset()
    engine.bring(f"{kind}_units_concerned", pa.table({"unit_no": concerned}))
    some = f"(SELECT unit_no FROM {kind}_units_concerned)"
    near = engine.run(
        f"{kind}_rows_concerned",
        f"SELECT * FROM ({engine.statement(by_number)}) WHERE left_unit IN {some} AND right_unit IN {some}",
    )
    said = engine.run(
        f"{kind}_records_concerned",
        f"SELECT record_no, unit_id, {', '.join(fields)} FROM ({engine.statement(told)})"
        f" SEMI JOIN (SELECT unnest([left_no, right_no]) AS record_no FROM {near}) USING (record_no)",
    )
    before = engine.run(
        f"{kind}_said_before",
        f"SELECT DISTINCT m.unit_id, {', '.join(f'b.{field}' for field in fields)} FROM before_records b"
        f" JOIN before_members m USING (record_id) SEMI JOIN {said} s ON s.unit_id = m.unit_id",
    )
    each = " UNION ALL ".join(
        f"SELECT left_unit, right_unit FROM {near} JOIN {said} l ON l.record_no = left_no JOIN {said} r ON r.record_no = right_no"
        f" WHERE l.{field} = r.{field} AND NOT ({_knew(before, 'l', field)} AND {_knew(before, 'r', field)})"
        for field in fields
    )
    new = engine.connection().execute(f"SELECT DISTINCT left_unit, right_unit FROM ({each})").fetchall()
    return frozenset(_in_order(int(was[left]), int(was[right])) for left, right in new) & entities


def _knew(before: str, side: str, field: str) -> str:
    return f"({side}.unit_id, {side}.{field}) IN (SELECT (unit_id, {field}) FROM {before} WHERE {field} IS NOT NULL)"
