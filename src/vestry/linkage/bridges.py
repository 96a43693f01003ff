"""Weak bridges: one doubtful pair that alone holds two tight groups together.

Where two groups are one entity, many of their pairs agree, and more than one joins them. If each holds together by more
than one pair and only a single one leads across, the others were compared and found wanting; in a county of 290,000, of
315 such pairs below 12 bits 298 were wrong.
"""

from __future__ import annotations

from typing import Final

import igraph
import numpy as np

from vestry.linkage.components import Flags, Numbers, components

TIGHT: Final = 3
"""So many units that no single pair can be taken from without falling apart are a tight group."""
BRIDGE_BITS: Final = 12.0
"""A bridge of fewer bits is weak."""


def weak_bridges(left: Numbers, right: Numbers, weak: Flags, units: int) -> Flags:
    """Which pairs of `left` and `right` (numbers of so many units) are `weak` and alone between two tight groups.

    A pair may be there more than once; it is weak where each is.
    """
    found: Flags = np.zeros(len(left), np.bool_)
    component = components(left, right, units)
    of_pair = component[left]
    large = np.bincount(component, minlength=units) >= 2 * TIGHT
    doubted = np.bincount(of_pair[weak], minlength=units) > 0
    wanted = np.flatnonzero((large & doubted)[of_pair])
    if len(wanted):
        named, numbers = np.unique(np.concatenate([left[wanted], right[wanted]]), return_inverse=True)
        one, other = numbers.reshape(2, -1)
        found[wanted] = _weak(one, other, weak[wanted], len(named))
    return found


def _weak(left: Numbers, right: Numbers, weak: Flags, units: int) -> Flags:
    """As `weak_bridges`, all pairs looked at."""
    keys, at = np.unique(np.minimum(left, right) * units + np.maximum(left, right), return_inverse=True)
    at = at.reshape(-1)
    pairs = np.column_stack(np.divmod(keys, units))
    bridges = np.array(igraph.Graph(n=units, edges=pairs).bridges(), np.int64)
    one, other = np.delete(pairs, bridges, axis=0).T
    group = components(one, other, units)
    tight = np.bincount(group, minlength=units)[group] >= TIGHT
    alone = np.zeros(len(pairs), np.bool_)
    alone[bridges] = tight[pairs[bridges]].all(axis=1)
    strong = np.zeros(len(pairs), np.bool_)
    strong[at[~weak]] = True
    found: Flags = (alone & ~strong)[at]
    return found
