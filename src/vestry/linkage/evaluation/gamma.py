"""Quantiles of the gamma distribution, which no library that Vestry stands on gives. Pure."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import Final

LARGE: Final = 200.0
"""From this shape on the cube root is as good as normal: quantiles are right to a ten-thousandth (Wilson and Hilferty 1931,
Proceedings of the National Academy of Sciences 17, 684-688)."""
STEPS: Final = 60
"""Halvings of the range in which a quantile lies."""


def gamma_quantile(shape: float, share: float) -> float:
    """Below what so large a share (0 to 1, no more than a half) of a gamma distribution of scale 1 lies. `shape` above 0."""
    if shape >= LARGE:
        root = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(share) / (3 * sqrt(shape))
        return shape * max(root, 0.0) ** 3
    low, high = 0.0, shape
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(shape, middle) < share else (low, middle)
    return low


def _below(shape: float, value: float) -> float:
    """The share below `value`, which is no more than `shape`: the series of Abramowitz and Stegun 1964, 6.5.29."""
    if value <= 0:
        return 0.0
    term, whole, n = 1.0, 1.0, 0
    while term > 1e-12 * whole:
        n += 1
        term *= value / (shape + n)
        whole += term
    return whole * exp(shape * log(value) - value - lgamma(shape + 1))
