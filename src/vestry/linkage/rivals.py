"""Rivals: doubtful pairs, judged again when it is known what the sure ones have put together.

A score sees two records. Two things it cannot see. A source that hardly ever lists anybody twice speaks against joining
two groups that both have a record in it. And where a group could be joined to either of two that such a source lists
side by side, each is the less likely for the other: one person is at most one of them, so their odds share one whole.
How often a source lists somebody twice is counted in what was put together for sure, once, and kept in the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vestry.linkage.components import Numbers

Floats = npt.NDArray[np.float64]

RARELY: Final = 0.002
"""To be in one list twice is never taken to be more telling than this."""
SURE_BITS: Final = 6.6
"""Pairs from here on (odds of 100 to 1) are put together first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Of each unit, the number of the list (source, table and part) that it is in; and of each list how many times as often two
    units of one entity are both in it as any two are (`twice`)."""

    list_no: Numbers
    twice: Floats


def listed_twice(core: Numbers, list_no: Numbers, lists: int) -> Floats:
    """Of each of so many lists, how many times as often two units of one `core` group are both in it as any two are."""
    keys, counts = np.unique(core * lists + list_no, return_counts=True)
    within = np.bincount(keys % lists, counts * (counts - 1) / 2, minlength=lists)
    sizes = np.bincount(core).astype(np.float64)
    of_one = (within + 0.5) / ((sizes * (sizes - 1) / 2).sum() + 0.5)
    share = np.bincount(list_no, minlength=lists) / len(core)
    found: Floats = np.maximum(of_one / np.maximum(share, 1e-9) ** 2, RARELY)
    return found


def weighed_again(left: Numbers, right: Numbers, bits: Floats, core: Numbers, listed: Listed) -> Floats:
    """The bits of each doubtful pair, given the `core` group of every unit; never more than before.

    `left`, `right` number units. A pair within one group keeps its bits.
    """
    a, b = core[left], core[right]
    across = np.flatnonzero(a != b)
    if len(across) == 0:
        return bits
    one, other = np.minimum(a, b)[across], np.maximum(a, b)[across]
    held = _held(core, listed)
    against = np.minimum(np.log2(listed.twice), 0.0)
    excludes = np.clip(1.0 - listed.twice, 0.0, 1.0)
    # the strongest pair between two groups speaks for them
    pairs, at = np.unique(np.column_stack([one, other]), axis=0, return_inverse=True)
    at = at.reshape(-1)
    best = np.full(len(pairs), -np.inf)
    np.maximum.at(best, at, bits[across])
    best = best + _both_listed(pairs, held, against)
    odds = np.exp2(np.minimum(best, 40.0))
    shared = np.maximum(*(_rivalling(sides, odds, held, excludes) for sides in (pairs, pairs[:, ::-1])))
    after = best - np.log2(1.0 + shared)
    found = bits.copy()
    found[across] = np.minimum(bits[across], after[at])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """The lists that each group is in: those of group g are `list_no[starts[g]:starts[g + 1]]`, in order."""

    starts: Numbers
    list_no: Numbers

    def of(self, groups: Numbers) -> tuple[Numbers, Numbers]:
        """(place in `groups`, list): a row for each list that each of `groups` is in, in that order."""
        counts = self.starts[groups + 1] - self.starts[groups]
        place = np.repeat(np.arange(len(groups)), counts)
        within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
        return place, self.list_no[np.repeat(self.starts[groups], counts) + within]


def _held(core: Numbers, listed: Listed) -> _Held:
    group, list_no = np.divmod(
        np.unique(core * len(listed.twice) + listed.list_no), max(len(listed.twice), 1)
    )
    return _Held(starts=np.searchsorted(group, np.arange(core.max() + 2)), list_no=list_no)


def _both_listed(pairs: Numbers, held: _Held, against: Floats) -> Floats:
    """For each pair of groups, what the list speaks that is most against their being one, of those that both are in."""
    found = np.zeros(len(pairs))
    one, other = (
        place * len(against) + lists for place, lists in (held.of(pairs[:, side]) for side in (0, 1))
    )
    place, list_no = np.divmod(np.intersect1d(one, other, assume_unique=True), len(against))
    np.minimum.at(found, place, against[list_no])
    return found


def _rivalling(pairs: Numbers, odds: Floats, held: _Held, excludes: Floats) -> Floats:
    """For each pair (group, candidate): the odds of the group's other candidates that some list has beside this one."""
    found = np.zeros(len(pairs))
    place, list_no = held.of(pairs[:, 1])
    _, at = np.unique(pairs[place, 0] * len(excludes) + list_no, return_inverse=True)
    at = at.reshape(-1)
    total = np.bincount(at, odds[place])
    np.maximum.at(found, place, excludes[list_no] * (total[at] - odds[place]))
    return found
