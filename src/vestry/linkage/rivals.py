"""Rivals: doubtful pairs, judged again when it is known what the sure ones have put together.

A score sees two records. Two things it cannot see. A source that hardly ever lists anybody twice speaks against joining
two groups that both have a record in it. And where a group could be joined to either of two that such a source lists
side by side, each is the less likely for the other: one person is at most one of them, so their odds share one whole.
How often a source lists somebody twice is counted in what was put together for sure.
"""

from __future__ import annotations

from collections import defaultdict
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
    groups = np.unique(np.concatenate([one, other]))
    held, twice = _held(core, listed, groups)
    against = np.minimum(np.log2(twice), 0.0)
    excludes = np.clip(1.0 - twice, 0.0, 1.0)
    # the strongest pair between two groups speaks for them
    pairs, at = np.unique(np.column_stack([one, other]), axis=0, return_inverse=True)
    at = at.reshape(-1)
    best = np.full(len(pairs), -np.inf)
    np.maximum.at(best, at, bits[across])
    where = np.searchsorted(groups, pairs)
    best = best + _both_listed(where, held, against)
    odds = np.exp2(np.minimum(best, 40.0))
    shared = np.maximum(*(_rivalling(sides, odds, held, excludes) for sides in (where, where[:, ::-1])))
    after = best - np.log2(1.0 + shared)
    found = bits.copy()
    found[across] = np.minimum(bits[across], after[at])
    return found


def _held(core: Numbers, listed: Listed, wanted: Numbers) -> tuple[list[Numbers], Floats]:
    """The lists that each `wanted` group is in; and of each list, how many times rarer it is to be in it twice than once."""
    pairs, counts = np.unique(np.column_stack([core, listed.list_no]), axis=0, return_counts=True)
    once = np.bincount(pairs[:, 1], minlength=listed.lists).astype(np.float64)
    again = np.bincount(pairs[counts > 1, 1], minlength=listed.lists)
    share_twice = np.maximum((again + 0.5) / np.maximum(once, 1.0), RARELY)
    covered = np.maximum(once / len(np.unique(core)), RARELY)
    starts, ends = (np.searchsorted(pairs[:, 0], wanted, side=side) for side in ("left", "right"))
    held = [pairs[s:e, 1] for s, e in zip(starts.tolist(), ends.tolist(), strict=True)]
    return held, share_twice / covered


def _both_listed(where: Numbers, held: list[Numbers], against: Floats) -> Floats:
    """For each pair of groups, what the list speaks that is most against their being one, of those that both are in."""
    found = np.zeros(len(where))
    for n, (one, other) in enumerate(where.tolist()):
        both = np.intersect1d(held[one], held[other], assume_unique=True)
        if len(both):
            found[n] = against[both].min()
    return found


def _rivalling(where: Numbers, odds: Floats, held: list[Numbers], excludes: Floats) -> Floats:
    """For each pair (group, candidate): the odds of the group's other candidates that some list has beside this one."""
    total: dict[tuple[int, int], float] = defaultdict(float)
    for (one, other), chance in zip(where.tolist(), odds.tolist(), strict=True):
        for list_no in held[other].tolist():
            total[one, list_no] += chance
    found = np.zeros(len(where))
    for n, ((one, other), chance) in enumerate(zip(where.tolist(), odds.tolist(), strict=True)):
        found[n] = max(
            (float(excludes[x]) * (total[one, x] - chance) for x in held[other].tolist()), default=0.0
        )
    return found
