"""The queue: once for two entities, by what a decision is worth, nothing that is decided."""

from __future__ import annotations

from typing import Any

import pytest

from vestry.linkage.review.queue import Candidate, Stake, entropy, queue

ONE = Stake(records=1, sources=1)


def candidate(number: int, **said: Any) -> Candidate:
    told: dict[str, Any] = {
        "left_record": f"l{number}", "right_record": f"r{number}", "left_entity": f"a{number}",
        "right_entity": f"b{number}", "kind": "person", "probability": 0.5, "joins": False, "numbers_differ": False,
        "doubted": False,
        "left": ONE, "right": ONE,
    }  # fmt: skip
    return Candidate(**(told | said))


def order(*candidates: Candidate, **said: Any) -> list[str]:
    return [w.left_record for w in queue(candidates, **({"decided": (), "undecidable": {}} | said))]


def test_worth_by_hand() -> None:
    """At even odds one bit; 1 and 3 records are 1 + 2; an open dealing of one side with social care 8, double."""
    found = candidate(1, left=Stake(records=3, sources=2, services=frozenset({("209", True), ("57", True)})))
    assert found.worth == pytest.approx(1.0 * (2 + 1 + 16))
    both = candidate(1, left=Stake(records=1, sources=1, services=frozenset({("9", False)})),
                     right=Stake(records=1, sources=1, services=frozenset({("9", True)})))  # fmt: skip
    assert both.worth == pytest.approx(1 + 1 + 6), "known to both sides: the open one, once"
    ended = candidate(1, left=Stake(records=1, sources=1, services=frozenset({("159", False)})))
    assert ended.worth == pytest.approx(1 + 1 + 8)
    assert (
        candidate(1, probability=0.9).uncertainty
        == pytest.approx(entropy(0.9))
        == pytest.approx(0.469, abs=0.001)
    )


def test_the_most_worth_comes_first() -> None:
    social = Stake(records=1, sources=1, services=frozenset({("209", True)}))
    assert order(
        candidate(1, probability=0.9), candidate(2), candidate(3, left=social), candidate(4, left=Stake(records=9, sources=5)),
        candidate(5, joins=True, probability=0.99), candidate(6, joins=True, probability=0.99, numbers_differ=True),
    ) == ["l3", "l4", "l2", "l5", "l1", "l6"]  # fmt: skip


def test_what_is_decided_is_not_there_whichever_records_it_was_decided_by() -> None:
    assert order(candidate(1), candidate(2), decided={frozenset({"b1", "a1"})}) == ["l2"]


def test_what_nobody_could_tell_comes_last_and_says_who() -> None:
    found = queue(
        [candidate(1), candidate(2, probability=0.9)],
        decided=(),
        undecidable={frozenset({"a1", "b1"}): {"ann"}},
    )
    assert [(w.left_record, w.untold) for w in found] == [("l2", ()), ("l1", ("ann",))]
    assert found[1].why == "nobody could tell"


def test_two_numbers_settle_what_the_model_was_unsure_of() -> None:
    assert order(candidate(1, numbers_differ=True), candidate(2, numbers_differ=True, joins=True)) == ["l2"]


def test_equal_worth_goes_by_record() -> None:
    assert order(candidate(2), candidate(1), candidate(3)) == ["l1", "l2", "l3"]
