"""Shares, intervals and effective numbers, against figures worked out by hand or printed by others."""

from __future__ import annotations

import pytest

from vestry.linkage.evaluation.measures import BCubed, Score, Sums, effective_trials, wilson


def test_a_score() -> None:
    score = Score(right=3, wrong=1, missed=2)
    assert (score.precision, score.recall, score.f1) == pytest.approx((0.75, 0.6, 2 / 3))


def test_nothing_joined_and_nothing_to_join() -> None:
    nothing = Score(right=0, wrong=0, missed=0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    wrong = Score(right=0, wrong=2, missed=0)
    assert (wrong.precision, wrong.recall, wrong.f1) == (0.0, None, 0.0)
    assert BCubed(precision=0.0, recall=0.0).f1 == 0.0
    assert BCubed(precision=None, recall=None).f1 is None


@pytest.mark.parametrize(
    ("share", "trials", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I: method 3, the score interval without correction.
        (81 / 263, 263, 0.2553, 0.3662),
        (15 / 148, 148, 0.0624, 0.1605),
        (0 / 20, 20, 0.0, 0.1611),
        (1 / 29, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_it_is_printed(share: float, trials: int, low: float, high: float) -> None:
    found = wilson(share, trials)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_and_of_all() -> None:
    assert (wilson(1.0, 0).low, wilson(1.0, 0).high) == (0.0, 1.0)
    assert (wilson(None, 20).low, wilson(None, 20).high) == (0.0, 1.0)
    assert wilson(1.0, 20).high == 1.0
    assert wilson(1.0, 20).low == pytest.approx(1 - 0.1611, abs=5e-5)


def sums(*entities: tuple[int, int]) -> Sums:
    """Of (right, total) of each entity."""
    return Sums(
        entities=len(entities), right=sum(r for r, _ in entities), total=sum(t for _, t in entities),
        right_squared=sum(r * r for r, _ in entities), both=sum(r * t for r, t in entities),
        total_squared=sum(t * t for _, t in entities),
    )  # fmt: skip


def test_pairs_that_stand_and_fall_together_count_as_one() -> None:
    """Ten entities of six pairs, whole or not at all: ten trials, a little fewer for the mean that is not known."""
    together = sums(*[(6, 6)] * 5, *[(0, 6)] * 5)
    assert effective_trials(together) == pytest.approx(9.0)


def test_single_pairs_are_each_a_trial() -> None:
    alone = sums(*[(1, 1)] * 50, *[(0, 1)] * 50)
    assert effective_trials(alone) == pytest.approx(99.0)


def test_more_than_the_pairs_is_never_said() -> None:
    assert effective_trials(sums(*[(3, 6)] * 40)) == 240.0


def test_where_all_are_right_an_entity_is_a_trial() -> None:
    assert effective_trials(sums((10, 10), (3, 3))) == 2.0
    assert effective_trials(sums((0, 10), (0, 3))) == 2.0
    assert effective_trials(sums((4, 10))) == 1.0
    assert effective_trials(sums()) == 0.0
