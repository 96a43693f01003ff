"""Clusters: which units are one entity, given the pairs that joined them and the rules that keep them apart.

Connected components alone overreach: one wrong pair joins two households of records. So a component in which
some rule is broken is taken apart and put together again strongest pair first, never joining two sides that
the rules keep apart. Whole components are found in columns, and only those in doubt one at a time; nothing depends
on the order in which pairs arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, TypeVar

import igraph
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BY_REVIEWER: Final = "reviewer"
BY_IDENTIFIER: Final = "identifier"
BY_REPEAT: Final = "repeat"
BY_MODEL: Final = "model"
STRENGTH: Final = {BY_REVIEWER: 0, BY_IDENTIFIER: 1, BY_REPEAT: 2, BY_MODEL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A pair that joins: `probability` 0 to 1, `weight` in bits."""

    left: str
    right: str
    decided_by: str
    probability: float = 1.0
    weight: float = 0.0


EDGES: Final = pa.schema(
    [
        ("left", pa.int64()), ("right", pa.int64()), ("decided_by", pa.string()), ("probability", pa.float64()),
        ("weight", pa.float64()),
    ]
)  # fmt: skip
"""`Edge`s of units by their numbers: from 0, in the order of their names."""
NUMBERS: Final = pa.schema([("unit_no", pa.int64()), ("number", pa.string())])
HELD: Final = pa.schema(
    [("unit_no", pa.int64())] + [(name, pa.string()) for name in ("register", "first_as_at", "last_as_at")]
)

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What keeps a few units apart.

    `numbers`: valid numbers of a unit, of which one entity has at most one in common. `held`: for units of a source
    that holds each thing once, `(source, first as-at, last as-at, current)`: two that overlap are two things.
    `apart`: pairs that a reviewer said are different; each in both orders.
    """

    numbers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    held: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    apart: frozenset[tuple[str, str]] = frozenset()


@dataclass(slots=True)
class _Group:
    units: list[str]
    numbers: frozenset[str]
    spans: dict[str, list[tuple[str, str]]]
    numbers_settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTables:
    """`Rules` of many units, in tables: `numbers` has a row for each number of a unit, `held` one for each unit.

    Units are numbered as in `EDGES`; `apart` are names.
    """

    numbers: pa.Table = field(default_factory=NUMBERS.empty_table)
    held: pa.Table = field(default_factory=HELD.empty_table)
    apart: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, rules: Rules, number_of: Mapping[str, int]) -> RuleTables:
        """The same rules. Raises KeyError for a unit without a number."""
        numbers = [{"unit_no": number_of[u], "number": n} for u, said in rules.numbers.items() for n in said]
        held = [
            dict(zip(HELD.names, (number_of[unit], *span), strict=True)) for unit, span in rules.held.items()
        ]
        return cls(
            numbers=pa.Table.from_pylist(numbers, schema=NUMBERS),
            held=pa.Table.from_pylist(held, schema=HELD),
            apart=rules.apart,
        )

    def among(self, units: Mapping[int, str]) -> Rules:
        """What they say of a few units: number -> name."""
        some = pa.array(list(units), pa.int64())
        numbers: dict[str, frozenset[str]] = {}
        for said in self.numbers.filter(pc.is_in(self.numbers["unit_no"], value_set=some)).to_pylist():
            unit = units[said["unit_no"]]
            numbers[unit] = numbers.get(unit, frozenset()) | {said["number"]}
        held = self.held.filter(pc.is_in(self.held["unit_no"], value_set=some)).to_pylist()
        spans = {units[h["unit_no"]]: (h["register"], h["first_as_at"], h["last_as_at"]) for h in held}
        return Rules(numbers=numbers, held=spans, apart=self.apart)


def clusters(units: Sequence[str], edges: Sequence[Edge], rules: Rules) -> dict[str, str]:
    """Unit -> cluster, named by the smallest unit in it. Every unit is in exactly one cluster.

    Units without edges are clusters of their own. Raises KeyError when an edge names an unknown unit.
    """
    names = sorted(units)
    number_of = {name: number for number, name in enumerate(names)}
    table = pa.Table.from_pylist(
        [{**asdict(e), "left": number_of[e.left], "right": number_of[e.right]} for e in edges], schema=EDGES
    )
    found = clusters_of(pa.array(names, pa.string()), table, RuleTables.of(rules, number_of))
    return {name: names[first] for name, first in zip(names, found.tolist(), strict=True)}


def clusters_of(units: pa.Array, edges: pa.Table, rules: RuleTables) -> Numbers:
    """As `clusters`, of the names of units in order, by their numbers: for each unit, the first of its cluster.

    Of many millions, few are looked at singly. `edges` as `EDGES`.
    """
    left, right = (edges[side].to_numpy() for side in ("left", "right"))
    graph = igraph.Graph(n=len(units), edges=np.column_stack((left, right)))
    component = np.array(graph.connected_components().membership, np.int64)
    _, first = np.unique(component, return_index=True)
    cluster = first[component]  # units are in order: the first of a component is the smallest
    suspect = np.zeros(len(first), bool)
    suspect[_suspects(component, units, rules)] = True
    doubtful, joining = np.flatnonzero(suspect[component]), np.flatnonzero(suspect[component[left]])
    name_of = dict(zip(doubtful.tolist(), units.take(pa.array(doubtful)).to_pylist(), strict=True))
    at = {name: number for number, name in name_of.items()}
    members = _grouped(component[doubtful], name_of.values())
    doubted = [_edge(said, name_of) for said in edges.take(pa.array(joining)).to_pylist()]
    joined_by = _grouped(component[left[joining]], doubted)
    said = rules.among(name_of)
    for found, together in members.items():
        for group in mended(together, joined_by.get(found, ()), said):
            cluster[[at[unit] for unit in group]] = at[min(group)]
    return cluster


T = TypeVar("T")


def _grouped(keys: Numbers, values: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for key, value in zip(keys.tolist(), values, strict=True):
        found[key].append(value)
    return found


def _edge(said: Mapping[str, Any], name_of: Mapping[int, str]) -> Edge:
    named = {side: name_of[said[side]] for side in ("left", "right")}
    return Edge(**{**said, **named, "weight": said["weight"] or 0.0})


def _suspects(component: Numbers, units: pa.Array, rules: RuleTables) -> Numbers:
    """The components in which some rule could keep two units apart: they must be put together with care."""
    of_number = component[rules.numbers["unit_no"].to_numpy()]
    said = pa.table({"component": of_number, "number": rules.numbers["number"]})
    counted = said.group_by("component").aggregate([("number", "count_distinct")])
    numbered = counted.filter(pc.greater(counted["number_count_distinct"], 1))["component"].to_numpy()
    held = rules.held.append_column("component", [component[rules.held["unit_no"].to_numpy()]])
    held = held.sort_by([(c, "ascending") for c in ("component", "register", "first_as_at", "last_as_at")])
    # Where any two spans overlap, some two that stand next to each other do.
    one, next_ = held.slice(0, max(len(held) - 1, 0)), held.slice(1)
    beside = pc.and_(
        pc.and_(pc.equal(one["component"], next_["component"]), pc.equal(one["register"], next_["register"])),
        pc.less_equal(next_["first_as_at"], one["last_as_at"]),
    )
    listed = one.filter(beside)["component"].to_numpy()
    one, other = (pa.array([pair[side] for pair in rules.apart], pa.string()) for side in (0, 1))
    known = pc.and_(pc.is_in(one, value_set=units), pc.is_in(other, value_set=units))
    one, other = (
        component[pc.index_in(side.filter(known), value_set=units).to_numpy()] for side in (one, other)
    )
    return np.concatenate([numbered, listed, one[one == other]])


def mended(units: Iterable[str], edges: Iterable[Edge], rules: Rules) -> list[list[str]]:
    """One component put together again, strongest pair first, keeping apart what the rules keep apart.

    A reviewer's word stands before an identifier, an identifier before a score.
    """
    group_of = {unit: _alone(unit, rules) for unit in units}
    for edge in sorted(
        edges, key=lambda e: (STRENGTH[e.decided_by], -e.weight, -e.probability, e.left, e.right)
    ):
        left, right = group_of[edge.left], group_of[edge.right]
        if left is right:
            continue
        by_reviewer = edge.decided_by == BY_REVIEWER
        if not by_reviewer and _kept_apart(left, right, rules):
            continue
        _join(left, right, settled=by_reviewer)
        for unit in right.units:
            group_of[unit] = left
    seen: dict[int, list[str]] = {}
    for group in group_of.values():
        seen[id(group)] = group.units
    return list(seen.values())


def _alone(unit: str, rules: Rules) -> _Group:
    spans: dict[str, list[tuple[str, str]]] = {}
    if unit in rules.held:
        source, first, last = rules.held[unit]
        spans[source] = [(first, last)]
    return _Group(units=[unit], numbers=rules.numbers.get(unit, frozenset()), spans=spans)


def _join(left: _Group, right: _Group, *, settled: bool) -> None:
    left.units = left.units + right.units
    left.numbers |= right.numbers
    left.numbers_settled = left.numbers_settled or right.numbers_settled or settled
    for source, spans in right.spans.items():
        left.spans.setdefault(source, []).extend(spans)


def _kept_apart(left: _Group, right: _Group, rules: Rules) -> bool:
    if left.numbers and right.numbers and left.numbers.isdisjoint(right.numbers):
        return True
    for source, spans in left.spans.items():
        for first, last in right.spans.get(source, ()):
            if any(first <= other_last and other_first <= last for other_first, other_last in spans):
                return True
    return bool(rules.apart) and any((a, b) in rules.apart for a in left.units for b in right.units)
