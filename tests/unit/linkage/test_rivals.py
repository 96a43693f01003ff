"""Doubtful pairs judged again beside what is sure, and beside their rivals."""

from __future__ import annotations

import numpy as np
import pytest

from vestry.linkage.rivals import Listed, listed_twice, weighed_again

REGISTER, LOAN = 0, 1
PEOPLE = 200


def lists(extra: list[int]) -> Listed:
    """`PEOPLE` units of the register, each a person; then loans: two for each of the first fifty people; then `extra`."""
    list_no = [REGISTER] * PEOPLE + [LOAN] * 100 + extra
    numbers = np.array(list_no, np.int64)
    return Listed(list_no=numbers, twice=listed_twice(cores(len(extra)), numbers, 2))


def cores(extra: int) -> np.ndarray:
    loans = [n // 2 for n in range(100)]
    first = PEOPLE + 100
    return np.array([*range(PEOPLE), *loans, *range(first, first + extra)], np.int64)


def again(pairs: list[tuple[int, int, float]], extra: list[int]) -> list[float]:
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    bits = np.array([pair[2] for pair in pairs])
    found: list[float] = weighed_again(left, right, bits, cores(len(extra)), lists(extra)).tolist()
    return found


NEW = PEOPLE + 100


def test_the_only_candidate_keeps_its_bits() -> None:
    assert again([(60, NEW, 4.0)], [LOAN]) == [4.0]


def test_of_two_whom_a_register_lists_each_is_less_likely_for_the_other() -> None:
    both = again([(60, NEW, 4.0), (61, NEW, 4.0)], [LOAN])
    assert all(-0.3 < bits < 0.0 for bits in both), "a sixteenth more than even odds"
    one_stronger = again([(60, NEW, 6.0), (61, NEW, 1.0)], [LOAN])
    assert one_stronger == [pytest.approx(4.4, abs=0.1), pytest.approx(-5.0, abs=0.1)]


def test_a_list_that_often_names_somebody_twice_excludes_less() -> None:
    """Two loans may be one person's; two entries of the register hardly."""
    of_loans = again([(60, NEW, 4.0), (60, NEW + 1, 4.0)], [LOAN, LOAN])
    assert all(bits == 4.0 for bits in of_loans)


def test_a_register_that_lists_nobody_twice_speaks_against_two_entries_of_it() -> None:
    (bits,) = again([(60, NEW, 5.0)], [REGISTER])
    assert bits < -2.0


def test_pairs_within_one_group_are_left_alone() -> None:
    assert again([(10, PEOPLE + 20, -3.0)], []) == [-3.0]


def test_nothing_is_ever_more_likely_than_before() -> None:
    chance = np.random.default_rng(3)
    pairs = [
        (int(a), NEW + int(b), float(c))
        for a, b, c in zip(
            chance.integers(0, PEOPLE, 300),
            chance.integers(0, 5, 300),
            chance.uniform(-5, 6, 300),
            strict=True,
        )
    ]
    after = again(pairs, [LOAN, REGISTER, LOAN, REGISTER, LOAN])
    assert all(now <= before + 1e-9 for now, (_, _, before) in zip(after, pairs, strict=True))


def test_in_another_order_they_weigh_the_same() -> None:
    pairs = [(60, NEW, 6.0), (61, NEW, 1.0), (62, NEW + 1, 3.0), (60, NEW + 1, 2.0)]
    assert again(pairs[::-1], [LOAN, REGISTER]) == pytest.approx(again(pairs, [LOAN, REGISTER])[::-1])


def test_where_there_is_one_list_alone_it_speaks_against_nobody() -> None:
    """What the model learnt of all pairs is then what it learnt of that list."""
    left, right = np.array([0, 0], np.int64), np.array([2, 3], np.int64)
    core, list_no = np.array([0, 0, *range(2, 40)], np.int64), np.zeros(40, np.int64)
    listed = Listed(list_no=list_no, twice=listed_twice(core, list_no, 1))
    assert weighed_again(left, right, np.array([3.0, 2.0]), core, listed).tolist() == [3.0, 2.0]
