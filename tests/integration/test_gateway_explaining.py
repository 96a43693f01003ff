"""What the gateway explains: of one entity, of two, and with nothing that rests on a source that is withheld."""

from __future__ import annotations

import json
from dataclasses import asdict

import duckdb
import pytest

from gateway_by_hand import HERE, entries, open_gateway
from vestry.clock import FixedClock
from vestry.errors import SourcesWithheld
from vestry.place import Place
from vestry.sharing.gateway import Gateway


def test_explain_follows_each_value_to_its_row(gateway: Gateway) -> None:
    told = gateway.explain("p-1", purpose="audit")
    won, lost = (c for c in told.claims if c.field == "family_name")
    assert (won.source, won.extract_id, won.row_number, won.chosen) == ("tax", "tax/2026-11-01-abc", 17, True)
    assert (lost.source, lost.chosen, lost.reason) == ("gp", False, "less trusted source")


def test_explain_pair_finds_the_way_round(gateway: Gateway) -> None:
    told = gateway.explain_pair("r-lib", "r-tax-old", purpose="audit")
    assert told.are_one
    assert [k.decided_by for k in told.path] == ["model", "model", "same-key"]
    assert [e.agreement for e in told.path[1].evidence] == ["exact", "close"]


def test_explain_pair_of_two(gateway: Gateway) -> None:
    told = gateway.explain_pair("r-two", "r-gp", purpose="audit")
    assert not told.are_one
    assert told.path == ()
    assert told.links[0].evidence[0].agreement == "different"
    assert [one.rule for one in told.apart] == ["side by side", "not enough"]  # the tax register lists both


def test_explaining_follows_an_old_id_and_says_so(gateway: Gateway) -> None:
    told = gateway.explain_pair("p-old", "r-two", purpose="audit")
    assert (told.left.entity_id, told.right.entity_id, told.right.record_id) == ("p-1", "p-2", "r-two")
    assert told.left.resolution is not None
    assert [s.happened for s in told.left.resolution.steps if s.entity_id == "p-old"] == ["merged"]
    split = gateway.explain_pair("p-both", "p-1", purpose="audit")
    assert (split.left.entity_id, split.links, split.apart) == ("", (), ())
    assert split.sentence == "p-both stands for no single entity now: ask about one that it became."
    gone = gateway.explain_pair("p-lost", "p-both", purpose="audit")
    assert gone.sentence.startswith(
        "p-lost stands for no single entity now: nothing stands in its place. p-both stands"
    )


def test_a_record_explains_its_entity(gateway: Gateway) -> None:
    told = gateway.explain("r-lib", purpose="audit")
    assert (told.asked_record, told.resolution.now) == ("r-lib", ("p-1",))
    assert {s.entity_id for s in told.history} == {"p-1", "p-mid", "p-both", "p-2"}, (
        "and those that led to it"
    )


def using(place: Place, clock: FixedClock, *sources: str) -> Gateway:
    """A gateway whose reader may use the records of some sources only."""
    return open_gateway(place, clock=clock, operator=HERE, usable=lambda _, __, all_: all_ & set(sources))


def test_nothing_that_rests_on_a_withheld_source_is_told(small_place: Place, clock: FixedClock) -> None:
    (small_place.folder / "contracts").mkdir()
    told = using(small_place, clock, "tax", "library").explain("p-1", purpose="audit")
    assert [o.record_id for o in told.origins] == ["r-lib", "r-tax", "r-tax-old"]
    assert {c.source for c in told.claims} == {"tax"}
    assert (told.withheld.records, told.withheld.claims, told.withheld.links) == (1, 2, 2)
    assert "1 record, 2 values, 2 links are left out" in told.withheld.sentence
    assert (told.joins, told.pieces) == ((), 2), "what joined them were links to the GP's record"
    assert told.entity is not None
    assert told.entity.values == {"family_name": "O'BRIEN"}, "the NHS number is the GP's word alone"
    assert [c.reason for c in told.claims] == ["it is the only value said"]
    assert all(step.reason == "" for step in (*told.history, *told.resolution.steps))
    assert "gp" not in json.dumps(asdict(told)).lower()


def test_ways_through_withheld_records_are_not_shown(small_place: Place, clock: FixedClock) -> None:
    (small_place.folder / "contracts").mkdir()
    told = using(small_place, clock, "tax", "library").explain_pair("r-lib", "r-tax", purpose="audit")
    assert (told.path, told.withheld.records) == ((), 1)
    assert "rests on sources that you may not use" in told.sentence
    two = using(small_place, clock, "tax").explain_pair("p-1", "r-two", purpose="audit")
    assert two.links == ()
    assert "r-gp" not in json.dumps(asdict(two))


@pytest.mark.parametrize("asked", ["p-1", "r-gp", "p-old"])
def test_explaining_is_refused_when_nothing_is_left(
    small_place: Place, clock: FixedClock, asked: str
) -> None:
    gateway = using(small_place, clock, "food")
    for ask in (
        lambda: gateway.explain(asked, purpose="audit"),
        lambda: gateway.explain_pair(asked, "o-1", purpose="audit"),
    ):
        with pytest.raises(SourcesWithheld):
            ask()
    assert [e["count"] for e in entries(small_place) if e["stage"] == "answered"] == [0, 0]


def test_a_record_of_a_withheld_source_leads_nowhere(small_place: Place, clock: FixedClock) -> None:
    """Though other records of its entity could be told: that it is one of them is not to be learnt."""
    gateway = using(small_place, clock, "tax", "library")
    for ask in (
        lambda: gateway.explain("r-gp", purpose="audit"),
        lambda: gateway.explain_pair("r-gp", "r-two", purpose="audit"),
        lambda: gateway.explain_pair("r-tax", "r-gp", purpose="audit"),
    ):
        with pytest.raises(SourcesWithheld):
            ask()


def test_a_household_rests_on_all_that_is_said_of_its_people(small_place: Place, clock: FixedClock) -> None:
    assert using(small_place, clock, "tax", "gp", "library").explain("h-1", purpose="audit").entity
    with pytest.raises(SourcesWithheld):
        using(small_place, clock, "tax", "library").explain("h-1", purpose="audit")


@pytest.mark.parametrize(("part", "kept_apart"), [("", True), ("nobody", False)])
def test_a_register_keeps_apart_only_whom_its_rows_are_of(
    small_place: Place, clock: FixedClock, part: str, kept_apart: bool
) -> None:
    with duckdb.connect(str(small_place.releases / "rel-2" / "twin.duckdb")) as twin:
        of = twin.execute("SELECT part FROM records WHERE record_id = 'r-two'").fetchone()
        assert of is not None
        twin.execute("UPDATE linkage_rules SET about = ? WHERE rule = 'holds each once'", [part or of[0]])
    gateway = open_gateway(small_place, clock=clock, operator=HERE)
    told = gateway.explain_pair("r-two", "r-gp", purpose="audit")
    assert ("side by side" in [one.rule for one in told.apart]) is kept_apart


@pytest.mark.parametrize("everything", [True, False])
def test_that_records_are_gone_is_told_to_whoever_may_use_all(
    small_place: Place, clock: FixedClock, everything: bool
) -> None:
    """Nobody knows any longer whose they were."""
    with duckdb.connect(str(small_place.releases / "rel-2" / "twin.duckdb")) as twin:
        twin.execute(
            "INSERT INTO told_apart SELECT least(l.unit_id, r.unit_id), greatest(l.unit_id, r.unit_id), 'person', 'rel-1'"
            " FROM members l, members r WHERE l.record_id = 'r-two' AND r.record_id = 'r-gp'"
        )
    sources = ("tax", "gp", "library", "food")
    whoever = using(small_place, clock, *(sources if everything else sources[:-1]))
    told = whoever.explain_pair("r-two", "r-gp", purpose="audit")
    assert len(told.links) == 1
    assert ("told apart before" in [one.rule for one in told.apart]) is everything
    assert ("gone" in json.dumps(asdict(told))) is everything
