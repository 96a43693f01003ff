"""A doubtful pair that alone holds two tight groups together joins nothing."""

from __future__ import annotations

import numpy as np
import pytest

from vestry.linkage.bridges import weak_bridges

ONE = [(0, 1), (1, 2), (0, 2)]
OTHER = [(3, 4), (4, 5), (3, 5)]


def found(pairs: list[tuple[int, int]], weak: set[tuple[int, int]], units: int = 8) -> list[tuple[int, int]]:
    left, right = (np.array([p[side] for p in pairs], np.int64) for side in (0, 1))
    flags = weak_bridges(left, right, np.array([p in weak for p in pairs]), units)
    return [p for p, flag in zip(pairs, flags.tolist(), strict=True) if flag]


@pytest.mark.parametrize("bridge", [(2, 3), (3, 2)])
def test_a_weak_pair_alone_between_two_tight_groups(bridge: tuple[int, int]) -> None:
    assert found([*ONE, bridge, *OTHER], {bridge}) == [bridge]


def test_a_strong_one_joins() -> None:
    assert found([*ONE, (2, 3), *OTHER], set()) == []


def test_two_pairs_hold_together() -> None:
    assert found([*ONE, (2, 3), (0, 5), *OTHER], {(2, 3), (0, 5)}) == []


def test_whoever_stands_alone_may_be_joined_by_one_pair() -> None:
    assert found([*ONE, (2, 3)], {(2, 3)}) == []
    assert found([*ONE, (2, 6), (6, 7)], {(2, 6), (6, 7)}) == [], "two are no tight group"


def test_a_pair_that_is_there_twice_is_weak_where_each_is() -> None:
    left = np.array([0, 1, 0, 2, 3, 3, 4, 3], np.int64)
    right = np.array([1, 2, 2, 3, 2, 4, 5, 5], np.int64)
    weak = np.zeros(8, np.bool_)
    weak[3] = True
    assert not weak_bridges(left, right, weak, 6).any()
    weak[4] = True
    assert np.flatnonzero(weak_bridges(left, right, weak, 6)).tolist() == [3, 4]


def test_nothing_to_look_at() -> None:
    nothing = np.array([], np.int64)
    assert len(weak_bridges(nothing, nothing, np.array([], np.bool_), 0)) == 0
