"""`vestry review`: what it prints, asks and writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway_by_hand import open_gateway
from vestry.cli.review import ask_and_decide
from vestry.errors import SampleInvalid
from vestry.linkage.decisions import read_decision_files
from vestry.linkage.design import MISSING
from vestry.linkage.wording import SCALE
from vestry.place import Place
from vestry.sharing.own_machine import Operator
from vestry.sharing.review_words import STRENGTHS, evidence_in_words
from vestry.twin.answers import Evidence


def words(place: Place) -> list[str]:
    return [line.word for line in read_decision_files(place.decisions).lines]


def test_list_then_decide_then_nothing_waits(vestry: Callable[..., Any], small_place: Place) -> None:
    listed = vestry("review", "list")
    assert listed.exit_code == 0 and "r-gp" in listed.out and "the model is not sure" in listed.out
    assert "SMITHSON" not in listed.out
    decided = vestry("review", "decide", "r-gp", "r-two", "different", "--reason", "two people")
    assert (
        decided.out
        == "Written down in decisions/2026-11-20.jsonl: different. It takes effect at the next build.\n"
    )
    assert "Nothing waits for review" in vestry("review", "list").out
    shown = vestry("review", "show", "r-gp", "r-two")
    assert "different by alex at 2026-11-20T12:00: two people" in shown.out
    assert vestry("review", "undo", "r-gp", "r-two").out.startswith("Written down")
    assert words(small_place) == ["different", "withdrawn"]


def test_a_reason_commands_no_terminal_and_has_an_end(vestry: Callable[..., Any], small_place: Place) -> None:
    long = vestry("review", "decide", "r-gp", "r-two", "same", "--reason", "x" * 1001)
    assert long.exit_code == 2 and "1,000 letters" in long.err and not words(small_place)
    assert vestry("review", "decide", "r-gp", "r-two", "same", "--reason", "\x1b[2Ja\nb").exit_code == 0
    (said,) = (
        line for line in vestry("review", "show", "r-gp", "r-two").out.splitlines() if "same by" in line
    )
    assert said.endswith(
        "same by alex at 2026-11-20T12:00: \N{REPLACEMENT CHARACTER}[2Ja\N{REPLACEMENT CHARACTER}b"
    )


def test_without_a_terminal_the_first_pair_is_shown_and_nothing_asked(
    vestry: Callable[..., Any], small_place: Place
) -> None:
    for command in (("review",), ("review", "next")):
        shown = vestry(*command)
        assert shown.exit_code == 0 and "SMITHSON" in shown.out
        assert "speaks against it" in shown.out, "evidence in plain words"
        assert "Decide with: vestry review decide r-gp r-two same|different|cannot-tell" in shown.out
    assert not small_place.decisions.exists()


@pytest.mark.parametrize(
    "command",
    [
        ["list"], ["show", "r-gp", "r-two"], ["status"], ["sample", "--pairs", "2"],
        ["decide", "r-gp", "r-two", "cannot-tell"],
    ],
)  # fmt: skip
def test_json(vestry: Callable[..., Any], command: list[str]) -> None:
    ran = vestry("review", *command, "--json")
    assert ran.exit_code == 0
    assert isinstance(json.loads(ran.out), dict)


def test_status_where_nobody_has_decided(vestry: Callable[..., Any]) -> None:
    assert (
        vestry("review", "status").out
        == "Nobody has decided anything yet. 1 pair in the queue of release rel-2.\n"
    )


def test_status_counts(vestry: Callable[..., Any]) -> None:
    vestry("review", "decide", "r-gp", "r-two", "same")
    told = vestry("review", "status").out
    assert "1 line of decisions: in force 1 same, 0 different" in told and "alex" in told


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["decide", "r-gp", "r-two", "maybe"], 2, "same, different or cannot-tell"),
        (["decide", "r-gp", "nobody", "same"], 7, "No record has that id"),
        (["undo", "r-gp", "r-two"], 2, "no decision on these two"),
        (["double", "autumn"], 7, "There is no sample of that name"),
        (["sample", "--name", "../x"], 2, "cannot be the name of a sample"),
        (["list", "--purpose", "council-tax"], 2, "matching-review, training"),
    ],
)
def test_mistakes(vestry: Callable[..., Any], arguments: list[str], code: int, told: str) -> None:
    ran = vestry("review", *arguments)
    assert ran.exit_code == code
    assert told in ran.err and "Traceback" not in ran.err


def test_double_shows_sides_and_nothing_of_the_machine(vestry: Callable[..., Any]) -> None:
    assert vestry("review", "sample", "--name", "autumn", "--pairs", "3").exit_code == 0
    shown = vestry("review", "double", "autumn")
    assert "autumn: pair 1 of 3" in shown.out and "--sample autumn" in shown.out
    assert not [word for word in ("probability", "Now they are", "speaks", "records of") if word in shown.out]


def test_a_sample_is_json_to_its_end(vestry: Callable[..., Any]) -> None:
    assert vestry("review", "sample", "--name", "autumn", "--pairs", "3").exit_code == 0
    for answered in range(4):
        told = json.loads(vestry("review", "double", "autumn", "--json").out)
        assert (told["answered"], told["of"], told["look"] is None) == (answered, 3, answered == 3)
        if told["look"]:
            pair = [told["look"][side]["record_id"] for side in ("left", "right")]
            assert vestry("review", "decide", *pair, "same", "--sample", "autumn").exit_code == 0


def test_an_answer_in_a_sample_stays_and_that_is_said(vestry: Callable[..., Any]) -> None:
    """What is taken back counts no longer at the next build; what a sample measures has an end of its own."""
    vestry("review", "sample", "--name", "autumn", "--pairs", "3")
    look = json.loads(vestry("review", "double", "autumn", "--json").out)["look"]
    pair = [look[side]["record_id"] for side in ("left", "right")]
    vestry("review", "decide", *pair, "different", "--sample", "autumn")
    undone = vestry("review", "undo", *pair)
    assert "Your answer in the sample autumn still counts" in undone.out
    assert json.loads(vestry("review", "double", "autumn", "--json").out)["answered"] == 1
    undone = vestry("review", "undo", *pair, "--sample", "autumn")
    assert undone.exit_code == 0 and "still counts" not in undone.out
    assert json.loads(vestry("review", "double", "autumn", "--json").out)["answered"] == 0


def asked(*answers: str) -> tuple[Callable[[str], str], Iterator[str]]:
    left = iter(answers)

    def ask(_: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask, left


@pytest.mark.parametrize(
    ("answers", "goes_on", "said"),
    [
        (["s", ""], True, ["same"]),
        (["D", "a reason"], True, ["different"]),
        (["cannot tell", ""], True, ["cannot tell"]),
        (["s", "x" * 1001, "shorter"], True, ["same"]),
        (["s", "x" * 1001], False, []),
        (["what?", "k"], True, []),
        (["q"], False, []),
        ([], False, []),
        (["s"], False, []),
    ],
)
def test_what_is_asked_at_a_terminal(
    small_place: Place, clock: Any, answers: list[str], goes_on: bool, said: list[str]
) -> None:
    """The end of the input stops, and writes nothing that was not said to its end."""
    gateway = open_gateway(small_place, clock=clock, operator=Operator(account="alex", on_this_machine=True))
    desk = gateway.reviews(clock)
    look = desk.look("r-gp", "r-two", purpose="matching-review")
    ask, _ = asked(*answers)
    assert ask_and_decide(desk, look, ask, purpose="matching-review") == goes_on
    assert words(small_place) == said


@pytest.mark.parametrize(
    ("weight", "told"),
    [
        (None, "exact: decides"), (14.0, "exact: speaks very strongly for it"), (10.0, "exact: speaks strongly for it"),
        (9.0, "exact: speaks fairly strongly for it"), (3.0, "exact: speaks for it"), (0.6, "exact: speaks for neither"),
        (-0.78, "exact: speaks for neither"), (-1.2, "exact: speaks against it"),
        (-7.0, "exact: speaks strongly against it"),
    ],
)  # fmt: skip
def test_evidence_in_plain_words(weight: float | None, told: str) -> None:
    assert evidence_in_words(Evidence(field="sex", agreement="exact", weight=weight)) == told


def test_what_is_missing_says_nothing() -> None:
    assert evidence_in_words(Evidence(field="sex", agreement=MISSING, weight=0.0)) == MISSING


def test_a_review_and_an_explanation_have_one_scale() -> None:
    assert list(STRENGTHS) == [word for word, _ in SCALE]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("evaluate", "--sample", "../../x"), "--sample"),
        (("evaluate", "--sample", "../../x", "--pairs", "10"), "--sample"),
        (("review", "sample", "--name", "../../x"), "--name"),
        (("review", "double", "../../x"), "NAME"),
        (("review", "decide", "r-gp", "r-two", "same", "--sample", "../../x"), "--sample"),
        (("review", "undo", "r-gp", "r-two", "--sample", "../../x"), "--sample"),
    ],
)
def test_what_is_no_name_of_a_sample_is_told_where_it_was_given(
    vestry: Any, words: tuple[str, ...], where: str
) -> None:
    ran = vestry(*words)
    assert (ran.exit_code, ran.out) == (SampleInvalid.exit_code, "")
    assert f"\n  where: {where}\n" in ran.err
