"""Estimates of a stratified sample: the interval holds the truth as often as it says, and is honest where little is known."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import pytest

from vestry.linkage.evaluation.estimates import Cell, Estimate, estimated, ratio, share_of

DRAWS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stratum of which the truth is known: `true` of `size` pairs are one; `drawn` are answered."""

    joined: bool
    size: int
    true: int
    drawn: int


COUNTY = (
    Known(joined=True, size=40_000, true=39_900, drawn=90),
    Known(joined=True, size=5_000, true=4_900, drawn=50),
    Known(joined=True, size=900, true=700, drawn=30),
    Known(joined=True, size=40, true=38, drawn=8),
    Known(joined=False, size=900, true=500, drawn=40),
    Known(joined=False, size=6_000, true=400, drawn=60),
    Known(joined=False, size=20_000, true=150, drawn=100),
)
POOR = (
    Known(joined=True, size=900, true=600, drawn=40),
    Known(joined=True, size=100, true=90, drawn=20),
    Known(joined=False, size=2_000, true=400, drawn=60),
)
RARE = (
    Known(joined=True, size=4_000, true=4_000, drawn=60),
    *(Known(joined=True, size=60, true=59, drawn=6) for _ in range(8)),
    *(Known(joined=False, size=30, true=1, drawn=4) for _ in range(12)),
    Known(joined=False, size=12, true=11, drawn=6),
)
"""Few are wrong or missed, one in each of many strata: a find stands for many, and two at once for twice as many."""


def cells(strata: tuple[Known, ...], rng: random.Random) -> list[Cell]:
    found = []
    for s in strata:
        same = sum(pair < s.true for pair in rng.sample(range(s.size), s.drawn))
        found.append(Cell(joined=s.joined, size=s.size, same=same, different=s.drawn - same))
    return found


def of_all(strata: tuple[Known, ...]) -> list[Cell]:
    return [Cell(joined=s.joined, size=s.size, same=s.true, different=s.size - s.true) for s in strata]


@pytest.mark.parametrize(("strata", "widest"), [(COUNTY, 0.2), (POOR, 0.35), (RARE, 0.07)])
def test_the_intervals_hold_the_truth_about_95_times_in_100(strata: tuple[Known, ...], widest: float) -> None:
    right = sum(s.true for s in strata if s.joined)
    joined, missed = sum(s.size for s in strata if s.joined), sum(s.true for s in strata if not s.joined)
    truth = {
        "precision": right / joined, "recall": right / (right + missed), "f1": 2 * right / (joined + right + missed),
    }  # fmt: skip
    rng, held, width = random.Random(11), Counter[str](), Counter[str]()
    for _ in range(DRAWS):
        found = estimated(cells(strata, rng))
        for name, true in truth.items():
            told = getattr(found, name)
            assert 0 <= told.low <= told.value <= told.high <= 1
            held[name] += told.low <= true <= told.high
            width[name] += told.high - told.low
    for name in truth:
        assert held[name] / DRAWS >= 0.91, (name, held[name] / DRAWS)
        assert width[name] / DRAWS < widest, "an interval of everything would hold the truth as well"


def test_where_all_are_answered_nothing_is_in_doubt() -> None:
    found = estimated(of_all(POOR))
    assert found.precision == Estimate(value=0.69, low=0.69, high=0.69)
    assert found.recall is not None and found.recall.value == pytest.approx(690 / 1090)
    assert found.recall.low == pytest.approx(found.recall.high)
    assert found.f1 is not None and found.f1.value == pytest.approx(2 * 690 / (1000 + 690 + 400))
    assert found.f1.low == pytest.approx(found.f1.high)


def test_shares_are_weighed_by_the_size_of_strata() -> None:
    """Half of the answers are wrong joins, but they stand for one pair in a hundred."""
    found = estimated([
        Cell(joined=True, size=9_900, same=50, different=0), Cell(joined=True, size=100, same=0, different=50),
    ])  # fmt: skip
    assert found.precision is not None and found.precision.value == pytest.approx(0.99)


@pytest.mark.parametrize(("same", "different"), [(0, 5), (5, 0), (0, 80), (80, 0)])
def test_answers_that_are_all_alike_leave_a_doubt(same: int, different: int) -> None:
    share, low, high = share_of(Cell(joined=True, size=1_000, same=same, different=different))
    assert low <= share <= high and high - low > 0.02
    assert low >= same / 1_000 and high <= 1 - different / 1_000, "what was seen is so"


def test_more_of_the_pairs_answered_is_surer() -> None:
    few, many = (share_of(Cell(joined=True, size=size, same=30, different=10)) for size in (10_000, 50))
    assert many[2] - many[1] < 0.7 * (few[2] - few[1])


def test_pairs_of_which_a_share_was_counted_are_less_sure() -> None:
    whole, part = (
        estimated([
            Cell(joined=True, size=50_000, same=99, different=1),
            Cell(joined=False, size=100_000, same=5, different=95, rate=rate),
        ])
        for rate in (1.0, 0.0002)
    )  # fmt: skip
    assert part.missed.high - part.missed.low > 1.02 * (whole.missed.high - whole.missed.low)
    assert part.missed.value == whole.missed.value


def test_a_stratum_without_an_answer_may_be_anything() -> None:
    with_it, without = (
        estimated([Cell(joined=True, size=900, same=90, different=0), *more]).precision
        for more in ([Cell(joined=True, size=900, same=0, different=0)], [])
    )
    assert with_it is not None and without is not None
    assert with_it.value == 1.0 and with_it.low < 0.51 < without.low


def test_what_is_borrowed_never_tells_that_a_rare_pair_is_there() -> None:
    """Of the stratum's others one in ten was missed, and one in ten wrong; of this part's own pairs perhaps none."""
    found = estimated([
        Cell(joined=True, size=300, same=60, different=0), Cell(joined=True, size=9, same=9, different=1, borrowed=True),
        Cell(joined=False, size=9, same=1, different=9, borrowed=True),
    ])  # fmt: skip
    assert found.precision is not None and found.recall is not None
    assert found.precision.value < found.precision.high == 1.0
    assert found.recall.value < found.recall.high == 1.0
    assert found.recall.low < 0.99
    alike = estimated([Cell(joined=False, size=9, same=5, different=5, borrowed=True)]).missed
    assert (alike.low, alike.high) == (0.0, 9.0)


def test_nothing_answered_tells_nothing() -> None:
    found = estimated([Cell(joined=j, size=9, same=0, different=0) for j in (True, False)])
    assert (found.precision, found.recall, found.f1) == (None, None, None)
    assert (found.joined, found.right, found.missed) == (9, None, None)
    only = estimated(
        [Cell(joined=True, size=9, same=4, different=1), Cell(joined=False, size=9, same=0, different=0)]
    )
    assert only.precision is not None and only.recall is None
    assert only.right is not None and only.missed is None
    assert estimated([]).precision is None


def test_none_right_has_a_recall_of_none() -> None:
    found = estimated([
        Cell(joined=True, size=100, same=0, different=10), Cell(joined=False, size=100, same=5, different=5),
    ])  # fmt: skip
    assert found.recall is not None and (found.recall.value, found.recall.low) == (0.0, 0.0)
    assert 0 < found.recall.high < 1
    assert found.f1 is not None and found.f1.value == 0.0


def test_ratio_of_certain_numbers_is_certain() -> None:
    def sure(value: float) -> Estimate:
        return Estimate(value=value, low=value, high=value)

    found = ratio(sure(3), sure(4))
    assert (found.value, found.low, found.high) == pytest.approx((0.75, 0.75, 0.75))
    assert ratio(sure(0), sure(0)).high == 0
