"""Numbers that all else speaks against join nothing and keep nobody apart; whatever else is known of the two decides."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, EDGES, NUMBERS, RuleTables
from vestry.linkage.doubted import AGAINST_BITS, BETTER_BITS, Believed, doubted, speaks_against


def edges(*rows: tuple[int, int, Any]) -> pa.Table:
    """Pairs of units, each with the bits of its score, or (`rest`, or `rest` and bits) where a number joins it."""
    made = []
    for left, right, said in rows:
        by_number = isinstance(said, tuple)
        rest, weight = (*said, None)[:2] if by_number else (None, said)
        made.append(
            {
                "left": left, "right": right, "decided_by": BY_IDENTIFIER if by_number else BY_MODEL,
                "probability": 1.0 if by_number else 0.99, "weight": weight, "rest": rest,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(made, schema=EDGES)


def numbers(**held: str) -> RuleTables:
    """`u3="A"`: unit 3 holds number A."""
    rows = [{"unit_no": int(unit[1:]), "number": n} for unit, said in held.items() for n in said]
    return RuleTables(numbers=pa.Table.from_pylist(rows, schema=NUMBERS))


@pytest.mark.parametrize(
    ("rest", "better", "doubt"),
    [
        (-AGAINST_BITS, -50.0, True), (-AGAINST_BITS + 0.1, BETTER_BITS - 0.1, False), (-AGAINST_BITS + 0.1, BETTER_BITS, True),
        (AGAINST_BITS - 0.1, BETTER_BITS, True), (AGAINST_BITS, 50.0, False),
    ],
)  # fmt: skip
def test_what_speaks_against_a_number(rest: float, better: float, doubt: bool) -> None:
    assert speaks_against(rest, better) == doubt
    told = edges((0, 1, (rest,)), (0, 2, rest + better), (1, 3, rest + better))
    assert doubted(told).tolist() == [doubt, False, False]


def test_both_sides_have_to_fit_others_better_and_not_each_other() -> None:
    assert not doubted(edges((0, 1, (0.0,)), (0, 2, 30.0)))[0], "nothing is known of the other"
    assert not doubted(edges((0, 1, (0.0, 30.0)), (0, 1, 30.0)))[0], "these fit each other"
    assert doubted(edges((0, 1, (0.0,)), (0, 2, (20.0, 30.0)), (3, 1, 12.0)))[0], (
        "a number beside a score counts by its score"
    )


def test_of_several_records_of_two_units_the_one_that_agrees_most_speaks() -> None:
    assert doubted(edges((0, 1, (-30.0,)), (0, 1, (8.0,)))).tolist() == [False, False]
    assert doubted(edges((0, 1, (-30.0,)), (0, 1, (-8.0,)))).tolist() == [True, True]
    assert doubted(edges((0, 1, (-30.0,)), (0, 1, (None,)))).tolist() == [False, False], (
        "one that is not asked is sure"
    )
    assert doubted(edges()).tolist() == []


def test_a_doubted_pair_is_judged_by_its_score_alone() -> None:
    told = edges((0, 1, (-5.0, 3.0)), (2, 3, (-5.0, -1.0)), (4, 5, (-5.0,)), (6, 7, 9.0))
    found = Believed.of(told, RuleTables(), 0.6)
    assert found.stands.tolist() == [True, False, False, True]
    assert found.edges["decided_by"].to_pylist() == [BY_MODEL, BY_MODEL]
    assert found.edges["probability"].to_pylist() == pytest.approx([8 / 9, 0.99])
    sure = edges((0, 1, (5.0,)))
    assert Believed.of(sure, RuleTables(), 0.6).edges is sure, "where nothing is doubted all is as it was"


def test_a_number_that_is_doubted_keeps_nobody_apart() -> None:
    """Unit 1 has that of 0, whom it does not resemble; 2 has it as well as 0, and nobody doubts that."""
    told = edges((0, 1, (-9.0,)), (1, 2, (-8.0,)), (0, 2, (20.0,)), (1, 3, 25.0))
    rules = Believed.of(told, numbers(u0="A", u1="A", u2="A", u3="B", u4="A"), 0.6).rules
    assert rules.numbers.to_pylist() == [
        {"unit_no": 0, "number": "A"}, {"unit_no": 2, "number": "A"}, {"unit_no": 3, "number": "B"},
        {"unit_no": 4, "number": "A"},
    ]  # fmt: skip


def test_where_two_hold_it_and_no_third_it_says_nothing_of_either() -> None:
    told = edges((0, 1, (-9.0,)))
    assert Believed.of(told, numbers(u0="A", u1="AB"), 0.6).rules.numbers.to_pylist() == [
        {"unit_no": 1, "number": "B"}
    ]
