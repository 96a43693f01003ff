"""Thresholds that a curve is drawn over, and the best of them.

A threshold is given in bits: log2 of the odds that a pair is one entity. A probability says the same and is crowded at
its end: 10 bits are 0.999, and 20 are 0.999999.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from benchmarks.linkage.measures import Measured

BITS = (*range(-4, 21), *range(22, 41, 2))
"""Thresholds that both sides are clustered at; the lowest is 0.06 as a probability."""


def probability(bits: float) -> float:
    """The probability that so many bits are."""
    return 1 / (1 + 2.0**-bits)


def bits_of(chance: float) -> float:
    """So many bits a probability is."""
    return math.log2(chance / (1 - chance))


def best(curve: Mapping[int, Measured]) -> tuple[int, Measured]:
    """The threshold with the best pairwise F1, and what was measured there."""
    at = max(curve, key=lambda bits: (curve[bits].f1, bits))
    return at, curve[at]
