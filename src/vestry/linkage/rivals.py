"""Rivals: doubtful pairs, judged again when it is known what the sure ones have put together.

A score sees two records. Two things it cannot see. A source that hardly ever lists anybody twice speaks against joining two groups
that both have a record in it. And where a group could be joined to either of two that a source lists side by side, each
is the less likely for the other: one person is at most one of them, so their odds share one whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vestry.linkage.clusters import Numbers

Floats = npt.NDArray[np.float64]

RARELY: Final = 0.002
"""A source is never taken to list fewer people twice than this share."""
SURE_BITS: Final = 6.6
"""Pairs from here on (odds of 100 to 1) are put together first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Of each unit, the number of the list (source, table and part) that it is in."""

    list_no: Numbers
    lists: int


def weighed_again(left: Numbers, right: Numbers, bits: Floats, core: Numbers, listed: Listed) -> Floats:
    """The bits of each doubtful pair, given the `core` group of every unit; never more than before.

    `left`, `right` number units. A pair within one group keeps its bits.
    """
    a, b = core[left], core[right]
    across = np.flatnonzero(a != b)
    if len(across) == 0:
        return bits
    one, other = np.minimum(a, b)[across], np.maximum(a, b)[across]
    groups, held, twice = _held(core, listed, np.unique(np.concatenate([one, other])))
    # the strongest pair between two groups speaks for them
    pairs, at = np.unique(np.column_stack([one, other]), axis=0, return_inverse=True)
    at = at.reshape(-1)
    best = np.full(len(pairs), -np.inf)
    np.maximum.at(best, at, bits[across])
    where = np.searchsorted(groups, pairs)
    best = best + np.minimum(_both_listed(where, held, twice), 0.0)
    odds = np.exp2(np.minimum(best, 40.0))
    shared = np.maximum(_rivalling(where, odds, held), _rivalling(where[:, ::-1], odds, held))
    after = best - np.log2(1.0 + shared)
    found = bits.copy()
    found[across] = np.minimum(bits[across], after[at])
    return found


def _held(core: Numbers, listed: Listed, wanted: Numbers) -> tuple[Numbers, list[Numbers], Floats]:
    """(groups, the lists that each of them is in, for each list log2 of how much rarer it is to be in it twice)."""
    of_group = np.column_stack([core, listed.list_no])
    pairs, counts = np.unique(of_group, axis=0, return_counts=True)
    once = np.bincount(pairs[:, 1], minlength=listed.lists).astype(np.float64)
    again = np.bincount(pairs[counts > 1, 1], minlength=listed.lists)
    people = len(np.unique(core))
    share_twice = np.maximum((again + 0.5) / np.maximum(once, 1.0), RARELY)
    covered = np.maximum(once / people, RARELY)
    bits = np.log2(share_twice / covered)
    some = pairs[np.isin(pairs[:, 0], wanted)]
    starts = np.searchsorted(some[:, 0], wanted)
    ends = np.searchsorted(some[:, 0], wanted, side="right")
    return wanted, [some[s:e, 1] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)], bits


def _both_listed(where: Numbers, held: list[Numbers], twice: Floats) -> Floats:
    found = np.zeros(len(where))
    for n, (one, other) in enumerate(where.tolist()):
        both = np.intersect1d(held[one], held[other], assume_unique=True)
        if len(both):
            found[n] = twice[both].min()
    return found


def _rivalling(where: Numbers, odds: Floats, held: list[Numbers]) -> Floats:
    """For each pair (group, candidate): the odds of the group's other candidates that some list has beside this one."""
    total: dict[tuple[int, int], float] = {}
    for (one, other), chance in zip(where.tolist(), odds.tolist(), strict=True):
        for list_no in held[other].tolist():
            total[one, list_no] = total.get((one, list_no), 0.0) + chance
    found = np.zeros(len(where))
    for n, ((one, other), chance) in enumerate(zip(where.tolist(), odds.tolist(), strict=True)):
        found[n] = max((total[one, x] for x in held[other].tolist()), default=chance) - chance
    return found
