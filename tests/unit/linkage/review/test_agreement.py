"""Cohen's kappa, against figures worked by hand and one that was published."""

from __future__ import annotations

from math import sqrt

import pytest

from vestry.linkage.review.agreement import agreement


def pairs(table: list[list[int]], words: str) -> list[tuple[str, str]]:
    return [(words[i], words[j]) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]


def test_two_words_by_hand() -> None:
    """20 and 15 of 50 agreed: p_o 0.7; rows 25, 25, columns 30, 20: p_e 0.5; kappa 0.4."""
    found = agreement("ann", "ben", pairs([[20, 5], [10, 15]], "sd"))
    assert found is not None and found.kappa is not None
    assert (found.pairs, found.agreed) == (50, pytest.approx(0.7))
    assert found.kappa == pytest.approx(0.4)
    # n (1 - p_e)^4 se^2: agreed 0.4 (0.5 - 1.1 x 0.3)^2 + 0.3 (0.5 - 0.9 x 0.3)^2 = 0.01156 + 0.01587;
    # not agreed 0.3^2 [0.1 (0.6 + 0.5)^2 + 0.2 (0.4 + 0.5)^2] = 0.02547; less (0.35 - 1 + 0.7)^2 = 0.0025.
    margin = 1.959964 * sqrt((0.01156 + 0.01587 + 0.02547 - 0.0025) / 50) / 0.25
    assert (found.low, found.high) == (pytest.approx(0.4 - margin), pytest.approx(0.4 + margin))


def test_three_words_as_published() -> None:
    """Fleiss, Statistical Methods for Rates and Proportions (1981), table 13.1: kappa 0.68, standard error 0.087."""
    found = agreement("a", "b", pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]], "pno"))
    assert found is not None and found.kappa is not None and found.high is not None
    assert found.kappa == pytest.approx(0.676, abs=0.0005)
    assert (found.high - found.kappa) / 1.959964 == pytest.approx(0.087, abs=0.001)


def test_the_ends() -> None:
    assert agreement("a", "b", []) is None
    always = agreement("a", "b", [("same", "same"), ("different", "different")])
    assert always is not None and always.kappa == 1.0
    never = agreement("a", "b", [("same", "different"), ("different", "same")])
    assert never is not None and never.kappa == pytest.approx(-1.0)
    one_word = agreement("a", "b", [("same", "same")] * 5)
    assert one_word is not None and (one_word.agreed, one_word.kappa) == (1.0, None)


@pytest.mark.parametrize(
    ("table", "there"),
    [
        ([[8, 2], [3, 4]], False),
        ([[8, 2], [3, 5]], True),
        ([[0, 40], [0, 0]], False),
        ([[20, 0], [0, 20]], False),
    ],
)
def test_no_interval_over_few_pairs_and_none_without_width(table: list[list[int]], there: bool) -> None:
    found = agreement("a", "b", pairs(table, "sd"))
    assert found is not None and found.kappa is not None
    assert (found.low is not None, found.high is not None) == (there, there)
