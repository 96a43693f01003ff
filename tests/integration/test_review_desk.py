"""The reviewers' desk: no audit entry, no look and no decision; a look shows what is needed and no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gateway_by_hand import HERE, entries, log_text, open_gateway
from vestry.clock import FixedClock
from vestry.errors import AuditUnavailable, NotFound, PairNotReviewable, PurposeMissing, VestryError
from vestry.linkage.decisions import read_decision_files
from vestry.linkage.review.contents import CONTENT
from vestry.office.audit.log import DatabaseLog
from vestry.office.opening import opened
from vestry.place import Place
from vestry.sharing.reviewing import ReviewDesk
from vestry.twin.reader import TwinReader
from vestry.twin.reviewing import LOOKED

WHY = "matching-review"
PAIR = ("r-gp", "r-two")
NAMES = ("ZOE", "ZOË", "BRIEN", "SMITHSON", "JANE", "9434765919", "1984-05-31")


@pytest.fixture
def desk(small_place: Place, clock: FixedClock) -> ReviewDesk:
    return open_gateway(small_place, clock=clock, operator=HERE).reviews(clock)


EVERYTHING: list[Callable[[ReviewDesk, str | None], object]] = [
    lambda desk, why: desk.queue(purpose=why),
    lambda desk, why: desk.look(*PAIR, purpose=why),
    lambda desk, why: desk.decide(*PAIR, "same", purpose=why),
    lambda desk, why: desk.standing(purpose=why),
    lambda desk, why: desk.draw("autumn", pairs=3, seed=1, purpose=why),
]


@pytest.mark.parametrize("do", EVERYTHING)
def test_no_audit_entry_nothing_read_and_nothing_decided(
    small_place: Place, desk: ReviewDesk, do: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    original = TwinReader.open
    monkeypatch.setattr(
        TwinReader, "open", lambda self, name=None: opened.append("x") or original(self, name)
    )
    small_place.office.write_bytes(b"no database" * 1000)
    with pytest.raises(AuditUnavailable):
        do(desk, WHY)
    assert opened == [] and not small_place.decisions.exists()


@pytest.mark.parametrize("why", [None, "", "nonsense", "council-tax"])
@pytest.mark.parametrize("do", EVERYTHING)
def test_only_for_the_purpose_of_review(
    small_place: Place, desk: ReviewDesk, do: Any, why: str | None
) -> None:
    with pytest.raises(PurposeMissing):
        do(desk, why)
    assert [e["stage"] for e in entries(small_place)] == ["refused"]
    assert not small_place.decisions.exists()


def test_a_decision_is_entered_before_it_is_written(small_place: Place, clock: FixedClock) -> None:
    class Failing(DatabaseLog):
        def append(self, entry: Any) -> int:
            if entry.stage == "answered":
                raise AuditUnavailable("full")
            return super().append(entry)

    audit = Failing(opened(small_place), clock)
    desk = open_gateway(small_place, clock=clock, operator=HERE, audit=audit).reviews(clock)
    with pytest.raises(AuditUnavailable):
        desk.decide(*PAIR, "same", purpose=WHY)
    assert not small_place.decisions.exists()


def test_every_look_and_decision_is_in_the_audit_log_without_a_value(
    small_place: Place, desk: ReviewDesk
) -> None:
    for do in EVERYTHING:
        do(desk, WHY)
    desk.decide(*PAIR, "withdrawn", reason="it was Zoe after all", purpose=WHY)
    told = [(e["stage"], e["action"], e.get("criteria")) for e in entries(small_place)]
    assert told == [
        (stage, action, criteria)
        for action, criteria in (
            ("review-queue", None), ("review-look", None), ("review-decide", ["same"]), ("review-status", None),
            ("review-sample", None), ("review-decide", ["withdrawn"]),
        )
        for stage in ("asked", "answered")
    ]  # fmt: skip
    text = log_text(small_place).upper()
    assert not [name for name in (*NAMES, "AFTER ALL") if name in text]


def test_a_line_says_who_when_why_and_what_was_seen_and_no_value(
    small_place: Place, desk: ReviewDesk, clock: FixedClock
) -> None:
    recorded = desk.decide(*PAIR, "different", reason="two people", purpose=WHY)
    assert recorded.file == "decisions/2026-11-20.jsonl" and recorded.before == ""
    text = (small_place.folder / recorded.file).read_text(encoding="utf-8")
    said = json.loads(text)
    assert (
        said["by"] == "alex/Alex"
        and said["at"].startswith("2026-11-20T12:00:00")
        and said["release"] == "rel-2"
    )
    assert said["decision"] == "different" and said["reason"] == "two people"
    sides = {(s["source"], s["source_key"], s["part"], s["kind"]) for s in (said["left"], said["right"])}
    assert sides == {("gp", "G7", "person", "person"), ("tax", "200", "person", "person")}
    assert not [name for name in NAMES if name in text]
    (line,) = read_decision_files(small_place.decisions).lines
    assert line.left.seen and line.left.seen != line.right.seen
    assert desk.decide(*PAIR, "same", purpose=WHY).before == "different"


def test_what_is_decided_now_holds_though_an_earlier_clock_ran_ahead(
    small_place: Place, desk: ReviewDesk
) -> None:
    first = small_place.folder / desk.decide(*PAIR, "same", purpose=WHY).file
    ahead = small_place.decisions / "2026-12-05.jsonl"
    ahead.write_text(first.read_text().replace("2026-11-20T", "2026-12-05T"))
    first.unlink()
    for word, before in (("different", "same"), ("withdrawn", "different")):
        recorded = desk.decide(*PAIR, word, purpose=WHY)  # type: ignore[arg-type]
        assert (recorded.before, recorded.file) == (before, "decisions/2026-12-05.jsonl")
    with pytest.raises(PairNotReviewable, match="no decision"):
        desk.decide(*PAIR, "withdrawn", purpose=WHY)


def test_a_look_has_what_tells_two_apart_and_no_more(desk: ReviewDesk) -> None:
    look = desk.look("r-gp", "r-tax", purpose=WHY)
    assert set(look.left.values) == set(LOOKED["person"])
    assert {"ethnicity", "gender", "death_date"}.isdisjoint(look.left.values)
    assert set(LOOKED["person"]) == set(CONTENT["person"]), "what is seen is what is remembered as seen"
    assert look.left.values["nhs_number"] == "9434765919" and look.link is not None and look.are_one
    assert look.left.elsewhere["address_lines"] == ("1 HIGH STREET, MIDTOWN",)


def test_an_older_content_is_said_to_be_one(desk: ReviewDesk) -> None:
    look = desk.look("r-tax-old", "r-two", purpose=WHY)
    assert not look.left.newest and look.right.newest


def test_the_queue_holds_no_values(desk: ReviewDesk) -> None:
    page = desk.queue(purpose=WHY)
    (waiting,) = page.waiting
    assert {waiting.left_record, waiting.right_record} == set(PAIR) and waiting.why == "unsure"
    assert not [name for name in NAMES if name in repr(page)]


@pytest.mark.parametrize(
    ("left", "right", "error"),
    [
        ("r-tax", "r-tax-old", PairNotReviewable),
        ("r-tax", "r-shop", PairNotReviewable),
        ("r-tax", "nobody", NotFound),
        ("O'Brien", "r-tax", NotFound),
    ],
)
def test_pairs_of_which_nobody_can_say(
    small_place: Place, desk: ReviewDesk, left: str, right: str, error: type[VestryError]
) -> None:
    for word in ("same", "withdrawn"):
        with pytest.raises(error) as caught:
            desk.decide(left, right, word, purpose=WHY)  # type: ignore[arg-type]
        assert "Brien" not in caught.value.text()
    assert not small_place.decisions.exists()


def test_taking_back_what_nobody_said(desk: ReviewDesk) -> None:
    with pytest.raises(PairNotReviewable):
        desk.decide(*PAIR, "withdrawn", purpose=WHY)
    desk.decide(*PAIR, "same", purpose=WHY)
    assert desk.queue(purpose=WHY).total == 0
    assert desk.decide(*PAIR, "withdrawn", purpose=WHY).before == "same"
    assert desk.queue(purpose=WHY).total == 1
    with pytest.raises(PairNotReviewable):
        desk.decide(*PAIR, "withdrawn", purpose=WHY)


def test_what_one_reviewer_could_not_tell_waits_at_the_end_and_says_who(desk: ReviewDesk) -> None:
    desk.decide(*PAIR, "cannot tell", purpose=WHY)
    (waiting,) = desk.queue(purpose=WHY).waiting
    assert (waiting.why, waiting.untold) == ("nobody could tell", ("alex/Alex",))


def test_an_answer_to_a_sample_is_to_a_pair_of_it(desk: ReviewDesk) -> None:
    sample = desk.draw("autumn", pairs=3, seed=1, purpose=WHY)
    assert {s.name: s.size for s in sample.strata} == {
        "0.95 to 0.99, joined": 1, "0.99 to 0.999, joined": 1, "below 0.8, apart": 1,
    }  # fmt: skip
    with pytest.raises(NotFound):
        desk.decide(*PAIR, "same", sample="spring", purpose=WHY)
    with pytest.raises(PairNotReviewable):
        desk.decide("r-tax", "r-two", "same", sample="autumn", purpose=WHY)
    first = desk.position("autumn").pair
    assert first is not None
    desk.decide(first.left_record, first.right_record, "same", sample="autumn", purpose=WHY)
    seen = desk.look(first.left_record, first.right_record, purpose=WHY)
    assert seen.said == (), "one answer alone is told to nobody"
    position = desk.position("autumn")
    assert (position.answered, position.of) == (1, 3) and position.pair != first
    assert desk.position("autumn", without={p.pair for p in sample.pairs}).pair is None
