"""Doubted numbers: those that all else speaks against. They say nothing, until a reviewer has looked.

An NHS or National Insurance number is now and then written down for somebody else: a neighbour in a list, a namesake, somebody
of the same home. What the rest says of the two (`linkage.rest`) tells most such pairs from those of one person. Where it says
little either way, as of twins, it is asked whether each of the two fits another record far better. A number that is doubted
neither joins nor keeps apart: the two are judged by their score alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, EDGES, NUMBERS, RuleTables
from vestry.linkage.components import Flags, Numbers
from vestry.linkage.rivals import Floats

AGAINST_BITS: Final = 4.0
"""A number is doubted where the rest makes two people this much likelier than one (16 times); it decides where the rest makes one
this much likelier than two. What lies between is asked of the others."""
BETTER_BITS: Final = 10.0
"""Between the two, it is doubted where each side fits some other record better by so much than the rest says that they fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What is left when doubted numbers say nothing: `edges` (`clusters.EDGES`), which are those of before that `stands` tells,
    and `rules`."""

    edges: pa.Table
    stands: Flags
    rules: RuleTables

    @classmethod
    def of(cls, edges: pa.Table, rules: RuleTables, link_from: float = 1.0) -> Believed:
        """Of pairs that join. Where a number is doubted, the pair counts as scored if its score reaches `link_from` (0 to 1)."""
        doubt = doubted(edges)
        if not doubt.any():
            return cls(edges=edges, stands=~doubt, rules=rules)
        chance = 1 / (1 + np.exp2(-_bits(edges, "weight", -np.inf)))
        stands = ~doubt | (chance >= link_from)
        told = {
            "decided_by": pc.if_else(pa.array(doubt), BY_MODEL, edges["decided_by"]),
            "probability": pc.if_else(pa.array(doubt), pa.array(chance), edges["probability"]),
        }
        whole = pa.table({name: told.get(name, edges[name]) for name in EDGES.names}).cast(EDGES)
        return cls(
            edges=whole.filter(pa.array(stands)),
            stands=stands,
            rules=_without(rules, _whose(rules, edges, doubt)),
        )


def speaks_against(rest: float, fits_better: float) -> bool:
    """Whether a number that would join two is doubted: `rest` in bits, and by how many bits more than that they fit others."""
    return rest <= -AGAINST_BITS or (rest < AGAINST_BITS and fits_better >= BETTER_BITS)


def doubted(edges: pa.Table) -> Flags:
    """Which of `edges` are of a number that is doubted. Of two units that several pairs of records join, the one that agrees most
    speaks; a pair of which the rest was not asked is beyond doubt."""
    found: Flags = np.zeros(len(edges), np.bool_)
    at = np.flatnonzero(_by_number(edges))
    if not len(at):
        return found
    left, right = (edges[side].to_numpy() for side in ("left", "right"))
    pairs, of = np.unique(np.column_stack([left[at], right[at]]), axis=0, return_inverse=True)
    best = np.full(len(pairs), -np.inf)
    np.maximum.at(best, of.reshape(-1), _bits(edges, "rest", np.inf)[at])
    against = best <= -AGAINST_BITS
    unsure = np.flatnonzero(~against & (best < AGAINST_BITS))
    against[unsure] = _fit_others(edges, pairs[unsure]) >= best[unsure] + BETTER_BITS
    found[at] = against[of.reshape(-1)]
    return found


def _by_number(edges: pa.Table) -> Flags:
    flags: Flags = pc.equal(edges["decided_by"], BY_IDENTIFIER).to_numpy()
    return flags


def _bits(edges: pa.Table, column: str, unknown: float) -> Floats:
    bits: Floats = edges[column].fill_null(unknown).to_numpy()
    return bits


def _fit_others(edges: pa.Table, pairs: Numbers) -> Floats:
    """Of each of `pairs` of units: how well (bits of a score) each of them fits another at best; of the two the less."""
    left, right = (edges[side].to_numpy() for side in ("left", "right"))
    weight, asked = _bits(edges, "weight", -np.inf), np.unique(pairs)
    near = np.flatnonzero((np.isin(left, asked) | np.isin(right, asked)) & np.isfinite(weight))
    best: dict[int, dict[int, float]] = {}
    for one, other, bits in zip(
        left[near].tolist(), right[near].tolist(), weight[near].tolist(), strict=True
    ):
        for unit, fits in ((one, other), (other, one)):
            of_unit = best.setdefault(unit, {})
            of_unit[fits] = max(bits, of_unit.get(fits, bits))

    def fit(unit: int, but: int) -> float:
        return max((bits for other, bits in best.get(unit, {}).items() if other != but), default=-np.inf)

    return np.array([min(fit(one, other), fit(other, one)) for one, other in pairs.tolist()], np.float64)


def _whose(rules: RuleTables, edges: pa.Table, doubt: Flags) -> Set[tuple[int, str]]:
    """(unit, number) where a unit has a number in common only with units of which it is doubted: nobody knows whose it is."""
    left, right = (edges[side].to_numpy() for side in ("left", "right"))
    asked = np.unique(np.concatenate([left[doubt], right[doubt]]))
    sure = _by_number(edges) & ~doubt & (np.isin(left, asked) | np.isin(right, asked))
    numbers = _numbers_of(rules, np.unique(np.concatenate([asked, left[sure], right[sure]])))

    def shared(which: Flags) -> Set[tuple[int, str]]:
        return {
            (unit, number)
            for one, other in zip(left[which].tolist(), right[which].tolist(), strict=True)
            for number in numbers.get(one, set()) & numbers.get(other, set())
            for unit in (one, other)
        }

    return shared(doubt) - shared(sure)


def _numbers_of(rules: RuleTables, units: Numbers) -> Mapping[int, set[str]]:
    some = rules.numbers.filter(pc.is_in(rules.numbers["unit_no"], value_set=pa.array(units)))
    found: dict[int, set[str]] = {}
    for unit, number in zip(*(some[c].to_pylist() for c in NUMBERS.names), strict=True):
        found.setdefault(unit, set()).add(number)
    return found


def _without(rules: RuleTables, numbers: Set[tuple[int, str]]) -> RuleTables:
    if not numbers:
        return rules
    told = zip(*(rules.numbers[c].to_pylist() for c in NUMBERS.names), strict=True)
    return replace(
        rules, numbers=rules.numbers.filter(pa.array([row not in numbers for row in told], pa.bool_()))
    )
