"""Whom records told apart that were destroyed stays two people, until something new is said of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from tiny_people import ASHA, JANE, MARY, OMAR
from vestry.clock import FixedClock
from vestry.sharing.gateway import Gateway

ONE, OTHER = "9434765919", "9434765870"
AT_TAX, AT_GP = ("tax", "1"), ("gp", "A")
REVIEW = "matching-review"
OTHERS = ({"ID": "3", **ASHA}, {"ID": "4", **OMAR}, {"ID": "5", **MARY})


def say(tiny: Any, now: str, then: str) -> None:
    """Change the contract of the tax register."""
    contract = tiny.place.folder / "contracts" / "borough" / "tax.yaml"
    text = contract.read_text(encoding="utf-8")
    assert now in text
    contract.write_text(text.replace(now, then), encoding="utf-8")


@pytest.fixture
def place(small: Any, make_tiny: Callable[..., Any], tmp_path: Any) -> Any:
    """Two of one name, birth date and home: the one's number is in an extract of January, and not in that of February."""
    tiny = make_tiny(tmp_path / "place", tax={}, gp={})
    shutil.copytree(small.place.models, tiny.place.models)
    contract = tiny.place.folder / "contracts" / "borough" / "tax.yaml"
    contract.write_text(
        contract.read_text(encoding="utf-8").replace("person.email", "person.title"), encoding="utf-8"
    )
    tiny.send("gp", "2026-01-01", {"ID": "A", "NHS": ONE, **JANE}, {"ID": "B", **ASHA})
    tiny.send("tax", "2026-01-01", {"ID": "1", "NHS": OTHER, **JANE}, *OTHERS)
    tiny.send("tax", "2026-02-01", {"ID": "1", **JANE}, *OTHERS)
    people = tiny.people(tiny.build().release_id)
    assert people[AT_TAX] != people[AT_GP], "two numbers"
    assert people["tax", "3"] == people["gp", "B"]
    return tiny


@pytest.fixture
def destroyed(place: Any) -> Any:
    """The same without the extract of January."""
    for folder in place.place.extracts.glob("tax/2026-01-01-*"):
        shutil.rmtree(folder)
    place.build()
    return place


def test_without_a_release_before_they_would_be_one(destroyed: Any) -> None:
    """Nothing that is left speaks against it: this is what the rest of these tests hangs on."""
    shutil.rmtree(destroyed.place.releases)
    people = destroyed.people(destroyed.build().release_id)
    assert people[AT_TAX] == people[AT_GP]


def test_they_stay_two_release_after_release(place: Any, destroyed: Any, looking: Any) -> None:
    first = destroyed.current
    before = destroyed.people(first)
    assert before[AT_TAX] != before[AT_GP]
    assert (
        looking.rows_of(place.place, first, "SELECT * FROM identities WHERE happened IN ('merged', 'split')")
        == []
    )
    again = destroyed.build(again=True).release_id
    assert destroyed.people(again) == before
    destroyed.send(
        "gp", "2026-03-01", {"ID": "A", "NHS": ONE, **JANE}, {"ID": "B", **ASHA}, {"ID": "C", **OMAR}
    )
    later = destroyed.build().release_id
    people = destroyed.people(later)
    assert people[AT_TAX] != people[AT_GP], "what is said of somebody else is nothing new of them"
    assert people["gp", "C"] == people["tax", "4"]
    kept = "SELECT DISTINCT told_apart_in FROM links WHERE told_apart_in IS NOT NULL"
    assert [looking.rows_of(place.place, r, kept) for r in (again, later)] == [
        [(release_of(first, place),)]
    ] * 2


def release_of(release: str, place: Any) -> str:
    """The release before."""
    number = int(release[:4]) - 1
    return next(path.name for path in place.place.releases.glob(f"{number:04d}-*"))


def test_what_its_unit_said_before_is_nothing_new(destroyed: Any, looking: Any) -> None:
    """Another record of theirs, which the pair hangs on now, that says nothing else by which anybody is compared."""
    destroyed.send("tax", "2026-03-01", {"ID": "1", "EMAIL": "Mrs", **JANE}, *OTHERS)
    release = destroyed.build().release_id
    people = destroyed.people(release)
    assert people[AT_TAX] != people[AT_GP]
    pair = "SELECT title FROM links JOIN records ON record_id = right_record WHERE told_apart_in IS NOT NULL"
    assert looking.rows_of(destroyed.place, release, pair) == [("MRS",)]


def test_something_new_that_is_said_of_them_joins_them(destroyed: Any) -> None:
    destroyed.send("tax", "2026-03-01", {"ID": "1", "NHS": ONE, **JANE}, *OTHERS)
    people = destroyed.people(destroyed.build().release_id)
    assert people[AT_TAX] == people[AT_GP]
    assert destroyed.people(destroyed.build(again=True).release_id) == people


def test_a_reviewer_joins_them(destroyed: Any) -> None:
    destroyed.decide("same", AT_TAX, AT_GP)
    people = destroyed.people(destroyed.build().release_id)
    assert people[AT_TAX] == people[AT_GP]


def test_whoever_asks_is_told_why_and_it_waits_for_a_reviewer(
    destroyed: Any, gateway: Gateway, clock: FixedClock
) -> None:
    people = destroyed.people()
    told = gateway.explain_pair(people[AT_TAX], people[AT_GP], purpose=REVIEW)
    rules = {rule.rule: rule.sentence for rule in told.apart}
    assert set(rules) == {"told apart before", "rule before score"}
    assert rules["told apart before"].startswith(
        f"They were two in {release_of(destroyed.current, destroyed)}, by records that are gone since."
    )
    waiting = gateway.reviews(clock).queue(purpose=REVIEW).waiting
    assert [w.why for w in waiting if {w.left_entity, w.right_entity} == {people[AT_TAX], people[AT_GP]}] == [
        "kept apart"
    ]


def test_what_a_contract_has_read_otherwise_is_not_gone(place: Any) -> None:
    """The number was never theirs: the contract had taken the wrong column for it."""
    say(place, "    customProperties: [{property: vestry.field, value: person.nhs_number}]\n", "")
    people = place.people(place.build().release_id)
    assert people[AT_TAX] == people[AT_GP]
