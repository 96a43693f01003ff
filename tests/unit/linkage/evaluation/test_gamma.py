"""Quantiles of the gamma distribution: held to tables, to what they mean, and to themselves where the method changes."""

from __future__ import annotations

from math import exp

import pytest

from vestry.linkage.evaluation import gamma
from vestry.linkage.evaluation.estimates import LOWEST
from vestry.linkage.evaluation.gamma import gamma_quantile


@pytest.mark.parametrize(
    ("shape", "share", "value"),
    [
        (0.5, 0.025, 0.0009820691 / 2), (1.0, 0.025, 0.0506356 / 2), (5.0, 0.025, 3.2469728 / 2), (15.0, 0.05, 18.4926610 / 2),
        (50.0, 0.05, 77.9294652 / 2),
    ],
)  # fmt: skip
def test_half_of_the_quantiles_of_chi_squared(shape: float, share: float, value: float) -> None:
    """Of 1, 2, 10, 30 and 100 degrees of freedom, as tables have them."""
    assert gamma_quantile(shape, share) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("met", [1, 2, 3])
def test_of_a_whole_shape_it_is_the_poisson_limit(met: int) -> None:
    mean = gamma_quantile(met, 0.05)
    term, fewer = 1.0, 0.0
    for n in range(met):
        fewer += term
        term *= mean / (n + 1)
    assert 1 - exp(-mean) * fewer == pytest.approx(0.05, abs=1e-9)
    assert LOWEST[met] == pytest.approx(mean, abs=1e-6)


def test_large_shapes_go_on_from_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    near = gamma_quantile(gamma.LARGE, 0.05)
    monkeypatch.setattr(gamma, "LARGE", 1e9)
    assert near == pytest.approx(gamma_quantile(200.0, 0.05), rel=1e-4)
