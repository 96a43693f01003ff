"""Clusters: which units are one entity, given the pairs that joined them and the rules that keep them apart.

Connected components alone overreach: one wrong pair joins two households of records. So a component in which
some rule is broken is taken apart and put together again strongest pair first, never joining two sides that
the rules keep apart. Everything here is plain Python, one component at a time; nothing depends on the order in
which pairs arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

import igraph
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
    [(name, pa.string()) for name in ("left", "right", "decided_by")]
    + [("probability", pa.float64()), ("weight", pa.float64())]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What keeps units apart.

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


def clusters(units: Sequence[str], edges: Sequence[Edge], rules: Rules) -> dict[str, str]:
    """Unit -> cluster, named by the smallest unit in it. Every unit is in exactly one cluster.

    Units without edges are clusters of their own. Raises KeyError when an edge names an unknown unit.
    """
    return clusters_of(units, pa.Table.from_pylist([asdict(e) for e in edges], schema=EDGES), rules)


def clusters_of(units: Sequence[str], edges: pa.Table, rules: Rules) -> dict[str, str]:
    """As `clusters`, of edges in a table with the columns of `EDGES`: of many millions, few are ever looked at singly."""
    known = pa.array(units, pa.string())
    ends = [pc.index_in(edges.column(side), value_set=known) for side in ("left", "right")]
    if any(end.null_count for end in ends):
        raise KeyError("an edge names an unknown unit")
    left, right = (end.to_pylist() for end in ends)
    graph = igraph.Graph(n=len(units), edges=zip(left, right, strict=True))
    membership = graph.connected_components().membership
    members: dict[int, list[str]] = defaultdict(list)
    for unit, component in zip(units, membership, strict=True):
        members[component].append(unit)
    suspect = {c for c, found in members.items() if len(found) > 1 and _broken(found, rules)}
    rows = [at for at, unit in enumerate(left) if membership[unit] in suspect]
    joined_by: dict[int, list[Edge]] = defaultdict(list)
    for at, said in zip(rows, edges.take(pa.array(rows, pa.int64())).to_pylist(), strict=True):
        joined_by[membership[left[at]]].append(Edge(**{**said, "weight": said["weight"] or 0.0}))
    named: dict[str, str] = {}
    for component, found in members.items():
        groups = [found] if component not in suspect else mended(found, joined_by[component], rules)
        for group in groups:
            name = min(group)
            named.update(dict.fromkeys(group, name))
    return named


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


def _broken(units: Sequence[str], rules: Rules) -> bool:
    """Whether any rule could keep two of these apart: then the component must be put together with care."""
    numbers: set[str] = set()
    spans: dict[str, list[tuple[str, str]]] = {}
    for unit in units:
        numbers |= rules.numbers.get(unit, frozenset())
        if unit in rules.held:
            source, first, last = rules.held[unit]
            if any(
                first <= other_last and other_first <= last
                for other_first, other_last in spans.get(source, ())
            ):
                return True
            spans.setdefault(source, []).append((first, last))
    if len(numbers) > 1:
        return True
    return bool(rules.apart) and any((a, b) in rules.apart for a in units for b in units)
