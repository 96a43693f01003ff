"""From rows to groups: which pairs join, and which units are one entity.

What comes out hangs on nothing but the rows between units and what the rules say of these: so of units that no row leads out of,
it can be worked out by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vestry.engines.engine import Engine
from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, BY_REPEAT, EDGES, RuleTables, clusters_of
from vestry.linkage.components import Flags
from vestry.linkage.decisions import Decision, decided_apart
from vestry.linkage.doubted import Believed
from vestry.linkage.keeping_apart import (
    born,
    contested,
    held,
    learnt_twice,
    listed,
    lists_of,
    numbers,
    sure_groups,
)
from vestry.linkage.link_rows import PAIR, SAID, UNITS
from vestry.linkage.staying_apart import StayingApart

LINKS = ibis.schema(
    dict.fromkeys(PAIR, "int64")
    | {"probability": "float64", "weight": "float64", "rest": "float64"}
    | dict.fromkeys(("decided_by", "kind"), "string")
    | dict.fromkeys(("contested", "joined"), "boolean")
)
SCORED = [BY_MODEL, BY_REPEAT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """`links` as `LINKS`, and `clusters`: `unit_id, cluster_id`; which units stay `apart` (`staying_apart.APART`), where that was
    asked."""

    links: ir.Table
    clusters: ir.Table
    apart: pa.Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Units that can be grouped: their `names` in the order of their numbers, what was `decided` of two of them, the rules that
    keep some apart, and the list that each is in."""

    names: pa.Array
    decided: Sequence[Decision]
    rules: RuleTables
    lists: pa.DictionaryArray

    @classmethod
    def of(
        cls,
        engine: Engine,
        kind: str,
        records: ir.Table,
        units: ir.Table,
        registers: ir.Table,
        *,
        years_apart: int | None,
        decisions: Sequence[Decision],
    ) -> Grouping:
        """Of `records` (with `unit_no`) and their `units`."""
        names = engine.fetch(units.select("unit_id", "unit_no").order_by("unit_no"))["unit_id"]
        names = names.combine_chunks()
        decided = _of_units(decisions, names)
        rules = RuleTables(
            numbers=numbers(engine, records, kind),
            born=born(engine, records, years_apart),
            held=held(engine, registers),
            apart=_apart(decided, names),
        )
        return cls(names=names, decided=decided, rules=rules, lists=lists_of(engine, records))

    def edges(self, engine: Engine, rows: ir.Table, link_from: float) -> pa.Table:
        """As `EDGES`, those of `rows` (`link_rows.ROW`) that join: scored ones from the link threshold up."""
        found = joining(rows, link_from)
        found = found.select(
            "decided_by", "probability", "weight", "rest", left="left_unit", right="right_unit"
        )
        return engine.fetch(found).select(EDGES.names).cast(EDGES)

    def learnt_twice(self, edges: pa.Table) -> dict[str, float]:
        """How often each list has somebody twice, in what is sure."""
        believed = Believed.of(edges, self.rules)
        return learnt_twice(self.lists, sure_groups(believed.edges, believed.rules, len(self.names)))

    def grouped(
        self,
        engine: Engine,
        kind: str,
        rows: ir.Table,
        edges: pa.Table,
        twice: Mapping[str, float],
        link_from: float,
        apart: StayingApart | None = None,
    ) -> Grouped:
        """`rows` as links, and the clusters that their `edges` make; where there is somebody to keep `apart`, without joining
        these."""
        parted = apart.heeded if apart else frozenset()
        first, joinless = self._put_together(edges, twice, link_from, parted)
        while apart and (more := apart.come_together(first) - parted):
            parted |= more
            first, joinless = self._put_together(edges, twice, link_from, parted)
        found = pa.table({"unit_id": self.names, "cluster_id": self.names.take(first)})
        links = _told(engine, kind, rows, edges.filter(pa.array(joinless)), first)
        return Grouped(
            links=engine.keep(f"{kind}_links", links),
            clusters=engine.bring(f"{kind}_clusters", found),
            apart=apart.told(parted) if apart else None,
        )

    def _put_together(
        self,
        edges: pa.Table,
        twice: Mapping[str, float],
        link_from: float,
        parted: frozenset[tuple[int, int]],
    ) -> tuple[pa.Array, Flags]:
        """(of each unit the first of its cluster; which of `edges` join nothing by themselves). Clusters hold no pair that is
        `parted`, unless a reviewer joined it."""
        units = len(self.names)
        both_ways = parted | {(other, one) for one, other in parted}
        believed = Believed.of(edges, replace(self.rules, apart=self.rules.apart | both_ways), link_from)
        against = contested(believed.edges, believed.rules, units, listed(self.lists, twice), link_from)
        first = pa.array(clusters_of(units, believed.edges.filter(pa.array(~against)), believed.rules))
        joinless = ~believed.stands
        joinless[believed.stands] = against
        return first, joinless


def joining(rows: ir.Table, link_from: float) -> ir.Table:
    """Those of `rows` (`link_rows.ROW`) that join, unless a rule is against it: scored ones from the link threshold up."""
    scored = rows.decided_by.isin(SCORED)
    return rows.filter(ibis.ifelse(scored, rows.probability >= link_from, rows.probability == 1.0))


def _of_units(decisions: Sequence[Decision], units: pa.Array) -> list[Decision]:
    """Decisions on pairs of which both are here."""
    if not decisions:
        return []
    sides = [
        pa.array([getattr(d, side) for d in decisions], pa.string()) for side in ("left_unit", "right_unit")
    ]
    here = pc.and_(*(pc.is_in(side, value_set=units) for side in sides))
    return [d for d, known in zip(decisions, here.to_pylist(), strict=True) if known]


def _told(engine: Engine, kind: str, rows: ir.Table, joinless: pa.Table, first: pa.Array) -> ir.Table:
    """`rows` as `LINKS`: those of units whose edges are `joinless` marked as contested, scores and numbers apart; and those whose
    two records came to be of one entity."""
    sides = joinless.select(["left", "right"]).rename_columns(UNITS)
    sides = sides.append_column("by_number", pc.equal(joinless["decided_by"], BY_IDENTIFIER))
    marked = engine.bring(f"{kind}_contested", sides).distinct().mutate(marked=ibis.literal(True))
    rows = rows.mutate(by_number=rows.decided_by == BY_IDENTIFIER)
    group = engine.bring(f"{kind}_groups", pa.table({"unit_no": np.arange(len(first)), "group_no": first}))
    told = rows.left_join(marked, [*UNITS, "by_number"])
    told = told.inner_join(group.rename(left_unit="unit_no", left_group="group_no"), "left_unit")
    told = told.inner_join(group.rename(right_unit="unit_no", right_group="group_no"), "right_unit")
    return told.select(
        *PAIR, *SAID, kind=ibis.literal(kind),
        contested=told.decided_by.isin([*SCORED, BY_IDENTIFIER]) & told.marked.fill_null(False),
        joined=told.left_group == told.right_group,
    ).cast(LINKS)  # fmt: skip


def _apart(decisions: Sequence[Decision], units: pa.Array) -> frozenset[tuple[int, int]]:
    """The pairs that reviewers said are two, each in both orders."""
    pairs = sorted(decided_apart(decisions))
    sides = (pa.array([pair[side] for pair in pairs], pa.string()) for side in (0, 1))
    left, right = (pc.index_in(side, value_set=units).to_pylist() for side in sides)
    return frozenset(zip(left, right, strict=True))
