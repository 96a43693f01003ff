"""Pairs, B-cubed and entities that went wrong: by hand, and against every pair and record taken one by one."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vestry.linkage.evaluation.counting import clustering
from vestry.linkage.evaluation.source_pairs import by_source_pair

Row = tuple[int, int, str]

GROUPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=14
)
SHARED = hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_by_hand(making: Any, connection: Any) -> None:
    """Twin {1 2 3} {4} {5 6}; truth {1 2} {3 4} {5 6}."""
    making.known([(1, 1, "a"), (1, 1, "a"), (1, 2, "a"), (4, 2, "a"), (5, 5, "a"), (5, 5, "b")], connection)
    found = clustering(connection, "known")
    assert (found.pairs.right, found.pairs.wrong, found.pairs.missed) == (2, 2, 1)
    # Precision of the six: 2/3, 2/3, 1/3, 1, 1, 1. Recall: 1, 1, 1/2, 1/2, 1, 1.
    assert found.bcubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 3) / 6)
    assert found.bcubed.recall == pytest.approx(5 / 6)
    entities = found.entities
    assert (entities.twin, entities.true) == (3, 3)
    assert (entities.exactly_right, entities.exactly_right_records) == (1, 2)
    assert (entities.over_merged, entities.over_merged_records) == (1, 3)
    assert (entities.over_split, entities.over_split_records) == (1, 2)


def test_bagga_and_baldwin(making: Any, connection: Any) -> None:
    """Their example: truth {1-5} {6 7} {8-12}; response 1 merges the pair with a five, response 2 the two fives."""
    truth = {**dict.fromkeys(range(1, 6), 1), **dict.fromkeys((6, 7), 2), **dict.fromkeys(range(8, 13), 3)}
    first = [(2 if true in (2, 3) else 1, true, "a") for true in truth.values()]
    second = [(2 if true in (1, 3) else 1, true, "a") for true in truth.values()]
    precisions = []
    for response in (first, second):
        making.known(response, connection)
        found = clustering(connection, "known")
        precisions.append(found.bcubed.precision)
        assert found.bcubed.recall == 1.0
    assert precisions == pytest.approx([(5 + 4 / 7 + 25 / 7) / 12, (2 + 2.5 + 2.5) / 12])
    assert [round(p, 2) for p in precisions] == [0.76, 0.58]


@given(GROUPS)
@SHARED
def test_pairs_made_one_by_one(making: Any, rows: list[Row]) -> None:
    right = wrong = missed = 0
    for one, two in itertools.combinations(rows, 2):
        joined, true = one[0] == two[0], one[1] == two[1]
        right, wrong, missed = right + (joined and true), wrong + (joined > true), missed + (true > joined)
    with duckdb.connect(":memory:") as connection:
        making.known(rows, connection)
        score = clustering(connection, "known").pairs
    assert (score.right, score.wrong, score.missed) == (right, wrong, missed)


@given(GROUPS)
@SHARED
def test_records_taken_one_by_one(making: Any, rows: list[Row]) -> None:
    precision = recall = 0.0
    for row in rows:
        both = sum(other[:2] == row[:2] for other in rows)
        precision += both / sum(other[0] == row[0] for other in rows)
        recall += both / sum(other[1] == row[1] for other in rows)
    with duckdb.connect(":memory:") as connection:
        making.known(rows, connection)
        bcubed = clustering(connection, "known").bcubed
    assert (bcubed.precision, bcubed.recall) == pytest.approx((precision / len(rows), recall / len(rows)))


@given(GROUPS)
@SHARED
def test_entities_taken_one_by_one(making: Any, rows: list[Row]) -> None:
    by_twin = {t: [r for r in rows if r[0] == t] for t, _, _ in rows}
    by_truth = {t: [r for r in rows if r[1] == t] for _, t, _ in rows}
    merged = [m for m in by_twin.values() if len({r[1] for r in m}) > 1]
    split = [m for m in by_truth.values() if len({r[0] for r in m}) > 1]
    exact = [m for m in by_truth.values() if len({r[0] for r in m}) == 1 and len(by_twin[m[0][0]]) == len(m)]
    with duckdb.connect(":memory:") as connection:
        making.known(rows, connection)
        found = clustering(connection, "known").entities
    assert (found.over_merged, found.over_merged_records) == (len(merged), sum(map(len, merged)))
    assert (found.over_split, found.over_split_records) == (len(split), sum(map(len, split)))
    assert (found.exactly_right, found.exactly_right_records) == (len(exact), sum(map(len, exact)))


@given(GROUPS)
@SHARED
def test_pairs_of_sources_made_one_by_one(making: Any, rows: list[Row]) -> None:
    counted: dict[str, Counter[tuple[str, str]]] = {
        "right": Counter(),
        "wrong": Counter(),
        "missed": Counter(),
    }
    for one, two in itertools.combinations(rows, 2):
        joined, true = one[0] == two[0], one[1] == two[1]
        if joined or true:
            what = "right" if joined and true else "wrong" if joined else "missed"
            left, right = sorted((one[2], two[2]))
            counted[what][left, right] += 1
    with duckdb.connect(":memory:") as connection:
        making.known(rows, connection)
        found = {(p.left, p.right): p.score for p in by_source_pair(connection, "known")}
    for what, counts in counted.items():
        assert {pair: n for pair, s in found.items() if (n := getattr(s, what))} == dict(counts)
