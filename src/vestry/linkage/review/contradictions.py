"""Decisions that contradict each other: a chain of `same` whose two ends are `different`. The safest holds: apart.

Of such a chain no `same` can be trusted more than another: one of the words is wrong, and nobody has said which. So
every `same` that lies on any way between the two ends falls, however many and whoever said it, and the `different`
stands. Those that lead elsewhere stand. What falls does not keep apart: identifiers and scores decide, under the rules.
Nothing depends on the order of decisions, and no line is taken out: say of one of the pairs what is right, and the
rest stands again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import igraph

from vestry.linkage.decisions import Decision, Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """`apart` says that two are different; `chain`, by one way or several, that they are one. By units, in order."""

    apart: Decision
    chain: tuple[Decision, ...]


def contradictions(decisions: Sequence[Decision]) -> list[Contradiction]:
    """Every contradiction among decisions in force, in the order of the units that are different."""
    same = sorted((d for d in decisions if d.same), key=lambda d: d.pair)
    apart = sorted((d for d in decisions if not d.same), key=lambda d: d.pair)
    names = sorted({unit for d in same for unit in d.pair})
    number_of = {name: number for number, name in enumerate(names)}
    graph = igraph.Graph(n=len(names), edges=[tuple(number_of[u] for u in d.pair) for d in same])
    component = graph.connected_components().membership
    found = []
    for decision in apart:
        ends = [number_of[unit] for unit in decision.pair if unit in number_of]
        if len(ends) == 2 and component[ends[0]] == component[ends[1]]:
            between = _between(graph, ends[0], ends[1])
            chain = tuple(d for d in same if all(number_of[unit] in between for unit in d.pair))
            found.append(Contradiction(apart=decision, chain=chain))
    return found


def fallen(decisions: Sequence[Decision]) -> frozenset[Pair]:
    """The pairs of every `same` that falls."""
    return frozenset(d.pair for found in contradictions(decisions) for d in found.chain)


def settled(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that hold: without every `same` of every contradiction."""
    without = fallen(decisions)
    return [d for d in decisions if not d.same or d.pair not in without]


def _between(graph: igraph.Graph, one: int, other: int) -> set[int]:
    """What lies on some way between two that passes nowhere twice.

    With an edge from one to the other these are what shares a biconnected component with that edge.
    """
    joined = graph.copy()
    joined.add_edge(one, other)
    for block in joined.biconnected_components():
        if one in block and other in block:
            return set(block)
    return set()
