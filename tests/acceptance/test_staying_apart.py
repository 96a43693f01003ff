"""Whom records told apart that were destroyed stays two people, until a number or a reviewer says that they are one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gateway_by_hand import HERE, open_gateway
from tiny_people import ASHA, JANE, MARY, OMAR, TOM
from vestry.clock import FixedClock
from vestry.place import open_place
from vestry.twin.manifest import read_manifest

ONE, OTHER = "9434765919", "9434765870"
AT_TAX, AT_GP = ("tax", "1"), ("gp", "A")
REVIEW = "matching-review"
OTHERS = ({"ID": "3", **ASHA}, {"ID": "4", **OMAR}, {"ID": "5", **MARY})


def say(tiny: Any, now: str, then: str, source: str = "tax") -> None:
    """Change the contract of a source."""
    contract = tiny.place.folder / "contracts" / "borough" / f"{source}.yaml"
    text = contract.read_text(encoding="utf-8")
    assert now in text
    contract.write_text(text.replace(now, then), encoding="utf-8")


@pytest.fixture(scope="module")
def built(small: Any, make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two of one name, birth date and home: the one's number is in an extract of January, and not in that of February."""
    tiny = make_tiny(tmp_path_factory.mktemp("apart") / "place", tax={}, gp={})
    shutil.copytree(small.place.models, tiny.place.models)
    tiny.send("gp", "2026-01-01", {"ID": "A", "NHS": ONE, **JANE}, {"ID": "B", **ASHA})
    tiny.send("tax", "2026-01-01", {"ID": "1", "NHS": OTHER, **JANE}, *OTHERS)
    tiny.send("tax", "2026-02-01", {"ID": "1", **JANE}, *OTHERS)
    people = tiny.people(tiny.build().release_id)
    assert people[AT_TAX] != people[AT_GP], "two numbers"
    assert people["tax", "3"] == people["gp", "B"]
    return tiny


@pytest.fixture(scope="module")
def built_without(built: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same without the extract of January."""
    tiny = copied(built, tmp_path_factory.mktemp("destroyed") / "place")
    destroy(tiny, "tax", "2026-01-01")
    tiny.build()
    return tiny


def copied(tiny: Any, to: Path) -> Any:
    shutil.copytree(tiny.place.folder, to)
    return replace(tiny, place=open_place(to))


@pytest.fixture
def place(built: Any, tmp_path: Path) -> Any:
    """A copy for one test of the place with all extracts."""
    return copied(built, tmp_path / "place")


def destroy(tiny: Any, source: str, as_at: str) -> None:
    """Take an extract out of the place, as retention does."""
    (folder,) = tiny.place.extracts.glob(f"{source}/{as_at}-*")
    shutil.rmtree(folder)


@pytest.fixture
def destroyed(built_without: Any, tmp_path: Path) -> Any:
    """A copy for one test of that without."""
    return copied(built_without, tmp_path / "destroyed")


def test_without_a_release_before_they_would_be_one(destroyed: Any) -> None:
    """Nothing that is left speaks against it: this is what the rest of these tests hangs on."""
    shutil.rmtree(destroyed.place.releases)
    people = destroyed.people(destroyed.build().release_id)
    assert people[AT_TAX] == people[AT_GP]


def test_they_stay_two_release_after_release(destroyed: Any, looking: Any) -> None:
    first = destroyed.current
    (linked,) = (
        step for step in read_manifest(destroyed.place.releases / first).steps if step["name"] == "link"
    )
    assert linked["remark"] == f"twice, once with what is gone since {release_of(first, destroyed)}"
    before = destroyed.people(first)
    assert before[AT_TAX] != before[AT_GP]
    assert (
        looking.rows_of(
            destroyed.place, first, "SELECT * FROM identities WHERE happened IN ('merged', 'split')"
        )
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
    kept = "SELECT DISTINCT told_apart_in FROM told_apart"
    assert [looking.rows_of(destroyed.place, r, kept) for r in (again, later)] == [
        [(release_of(first, destroyed),)]
    ] * 2


def release_of(release: str, tiny: Any) -> str:
    """The release before."""
    number = int(release[:4]) - 1
    return next(path.name for path in tiny.place.releases.glob(f"{number:04d}-*"))


def test_a_number_that_is_newly_said_of_both_joins_them(destroyed: Any) -> None:
    destroyed.send("tax", "2026-03-01", {"ID": "1", "NHS": ONE, **JANE}, *OTHERS)
    people = destroyed.people(destroyed.build().release_id)
    assert people[AT_TAX] == people[AT_GP]
    assert destroyed.people(destroyed.build(again=True).release_id) == people


def test_a_number_that_both_had_already_does_not(
    small: Any, make_tiny: Callable[..., Any], tmp_path: Path
) -> None:
    """Beside it their NHS numbers told them apart."""
    tiny = make_tiny(tmp_path / "place", tax={}, gp={})
    shutil.copytree(small.place.models, tiny.place.models)
    for source in ("tax", "gp"):
        say(tiny, "person.email", "person.nino", source)
    her = {"EMAIL": "AB123456C", **JANE}
    tiny.send("gp", "2026-01-01", {"ID": "A", "NHS": ONE, **her}, {"ID": "B", **ASHA})
    tiny.send("tax", "2026-01-01", {"ID": "1", "NHS": OTHER, **her}, *OTHERS)
    tiny.send("tax", "2026-02-01", {"ID": "1", **her}, *OTHERS)
    tiny.build()
    destroy(tiny, "tax", "2026-01-01")
    for again in (False, True, True):
        people = tiny.people(tiny.build(again=again).release_id)
        assert people[AT_TAX] != people[AT_GP]
    shutil.rmtree(tiny.place.releases)
    people = tiny.people(tiny.build().release_id)
    assert people[AT_TAX] == people[AT_GP], "without a release before they would be one"


def test_nothing_else_does(destroyed: Any) -> None:
    """Of a telephone that both come to have, nobody knows whether it would have been enough; a third one with the same words
    joins one of them at most."""
    phone = {"PHONE": "01632 960001"}
    destroyed.send("tax", "2026-03-01", {"ID": "1", **JANE, **phone}, *OTHERS)
    destroyed.send(
        "gp", "2026-03-01", {"ID": "A", "NHS": ONE, **JANE, **phone}, {"ID": "B", **ASHA}, {"ID": "C", **JANE}
    )
    for again in (False, True):
        people = destroyed.people(destroyed.build(again=again).release_id)
        assert people[AT_TAX] != people[AT_GP]


def test_what_says_less_than_before_joins_nobody(place: Any) -> None:
    """The extract without the number comes in the build in which the one with it goes."""
    for folder in place.place.extracts.glob("tax/*"):
        shutil.rmtree(folder)
    shutil.rmtree(place.place.releases)
    place.send("tax", "2026-01-01", {"ID": "1", "NHS": OTHER, **JANE}, *OTHERS)
    place.build()
    place.send("tax", "2026-02-01", {"ID": "1", **JANE}, *OTHERS)
    destroy(place, "tax", "2026-01-01")
    people = place.people(place.build().release_id)
    assert people[AT_TAX] != people[AT_GP]


def test_two_that_a_register_listed_side_by_side_stay_two(place: Any) -> None:
    """No record is gone: only the extract that had both of them."""
    say(
        place,
        "- property: vestry.describes",
        "- {property: vestry.holds_each_once, value: true}\n  - property: vestry.describes",
    )
    one, other = {"ID": "8", **TOM}, {"ID": "9", **TOM}
    for month, rows in (("03", [one]), ("04", [one, other]), ("05", [other])):
        place.send("tax", f"2026-{month}-01", *rows, {"ID": "1", **JANE}, *OTHERS)
    before = place.people(place.build().release_id)
    assert before["tax", "8"] != before["tax", "9"]
    destroy(place, "tax", "2026-04-01")
    people = place.people(place.build().release_id)
    assert people == before
    shutil.rmtree(place.place.releases)
    people = place.people(place.build().release_id)
    assert people["tax", "8"] == people["tax", "9"], "without a release before they would be one"


def test_a_reviewer_s_same_joins_them_while_it_stands(destroyed: Any) -> None:
    for word, one in (
        ("same", True),
        ("withdrawn", False),
        ("different", False),
        ("withdrawn", False),
        ("same", True),
    ):
        destroyed.decide(word, AT_TAX, AT_GP)
        people = destroyed.people(destroyed.build().release_id)
        assert (people[AT_TAX] == people[AT_GP]) is one, word


def test_of_three_records_one_is_told_apart_from_both_of_the_other_two(
    small: Any, make_tiny: Callable[..., Any], tmp_path: Path
) -> None:
    """Whatever comes of those two; and a reviewer's "same" of one of them is of both while they are one."""
    tiny = make_tiny(tmp_path / "place", tax={}, gp={}, library={})
    shutil.copytree(small.place.models, tiny.place.models)
    her = {"EMAIL": "jane@example.org", **JANE}
    tiny.send("gp", "2026-01-01", {"ID": "A", "NHS": ONE, **JANE})
    tiny.send("library", "2026-01-01", {"ID": "P", **her})
    tiny.send("tax", "2026-01-01", {"ID": "1", "NHS": OTHER, **her}, *OTHERS)
    tiny.send("tax", "2026-02-01", {"ID": "1", **her}, *OTHERS)
    tiny.build()
    destroy(tiny, "tax", "2026-01-01")
    people = tiny.people(tiny.build().release_id)
    assert people[AT_TAX] == people["library", "P"] != people[AT_GP]
    tiny.decide("different", AT_TAX, ("library", "P"))
    people = tiny.people(tiny.build().release_id)
    assert len({people[AT_TAX], people["library", "P"], people[AT_GP]}) == 3, (
        "each was told apart from the third"
    )
    tiny.decide("withdrawn", AT_TAX, ("library", "P"))
    people = tiny.people(tiny.build().release_id)
    assert people[AT_TAX] == people["library", "P"] != people[AT_GP]
    tiny.decide("same", AT_TAX, AT_GP)
    people = tiny.people(tiny.build().release_id)
    assert people[AT_TAX] == people["library", "P"] == people[AT_GP]


def test_what_is_gone_of_others_keeps_nobody_apart(destroyed: Any) -> None:
    """A reviewer takes a word back in a build in which another record is gone."""
    destroyed.send(
        "gp", "2026-03-01", {"ID": "A", "NHS": ONE, **JANE}, {"ID": "B", **ASHA}, {"ID": "D", **TOM}
    )
    destroyed.decide("different", ("tax", "3"), ("gp", "B"))
    people = destroyed.people(destroyed.build().release_id)
    assert people["tax", "3"] != people["gp", "B"]
    destroyed.decide("withdrawn", ("tax", "3"), ("gp", "B"))
    destroyed.send("gp", "2026-04-01", {"ID": "A", "NHS": ONE, **JANE}, {"ID": "B", **ASHA})
    destroy(destroyed, "gp", "2026-03-01")
    people = destroyed.people(destroyed.build().release_id)
    assert ("gp", "D") not in people
    assert people["tax", "3"] == people["gp", "B"]
    assert people[AT_TAX] != people[AT_GP], "of these it was told before"


def test_whoever_asks_is_told_why_and_it_waits_for_a_reviewer(destroyed: Any, clock: FixedClock) -> None:
    people = destroyed.people()
    with closing(open_gateway(destroyed.place, clock=clock, operator=HERE)) as gateway:
        told = gateway.explain_pair(people[AT_TAX], people[AT_GP], purpose=REVIEW)
        waiting = gateway.reviews(clock).queue(purpose=REVIEW).waiting
    rules = {rule.rule: rule.sentence for rule in told.apart}
    assert set(rules) == {"told apart before", "rule before score"}
    before = release_of(destroyed.current, destroyed)
    assert rules["told apart before"].startswith(f"In {before} they were two by records that are gone since.")
    assert [w.why for w in waiting if {w.left_entity, w.right_entity} == {people[AT_TAX], people[AT_GP]}] == [
        "kept apart"
    ]


def test_what_a_contract_has_read_otherwise_is_not_gone(place: Any) -> None:
    """The number was never theirs: the contract had taken the wrong column for it."""
    say(place, "    customProperties: [{property: vestry.field, value: person.nhs_number}]\n", "")
    people = place.people(place.build().release_id)
    assert people[AT_TAX] == people[AT_GP]


def test_a_release_of_an_older_layout_can_be_asked_too(place: Any) -> None:
    """It remembers nobody, and lacks columns."""
    with duckdb.connect(str(place.place.releases / place.current / "twin.duckdb")) as twin:
        twin.execute("DROP TABLE told_apart")
        twin.execute("CREATE TABLE fewer AS SELECT * EXCLUDE (listed_until, other_number) FROM records")
        twin.execute("DROP TABLE records")
        twin.execute("ALTER TABLE fewer RENAME TO records")
    destroy(place, "tax", "2026-01-01")
    people = place.people(place.build().release_id)
    assert people[AT_TAX] != people[AT_GP]


@pytest.mark.parametrize("how", ["source", "key"])
def test_what_told_them_apart_may_have_been_of_a_third_source(
    small: Any, make_tiny: Callable[..., Any], tmp_path: Any, how: str
) -> None:
    """It is gone with its contract, or with the only extract that had its key."""
    tiny = make_tiny(tmp_path / "place", tax={}, gp={}, library={})
    shutil.copytree(small.place.models, tiny.place.models)
    tiny.send("gp", "2026-01-01", {"ID": "A", "NHS": ONE, **JANE})
    tiny.send("tax", "2026-01-01", {"ID": "1", "EMAIL": "jane@example.org", **JANE}, *OTHERS)
    third = {"ID": "P", "NHS": OTHER, "EMAIL": "jane@example.org", **JANE}
    tiny.send("library", "2026-01-01", third, {"ID": "Q", **TOM})
    before = tiny.people(tiny.build().release_id)
    assert before[AT_TAX] == before["library", "P"] != before[AT_GP]
    contract = tiny.place.folder / "contracts" / "borough" / "library.yaml"
    if how == "source":
        contract.unlink()
    else:
        destroy(tiny, "library", "2026-01-01")
        tiny.send("library", "2026-02-01", {"ID": "Q", **TOM})
    people = tiny.people(tiny.build().release_id)
    assert ("library", "P") not in people
    assert people[AT_TAX] == before[AT_TAX] != people[AT_GP]


def test_a_county_that_destroys_its_first_extracts_merges_nobody(
    small: Any, tmp_path: Path, looking: Any
) -> None:
    """Gazetteer, registers, lists of the sealed and all."""
    place = small.copied(tmp_path / "place")
    before = small.manifests[-1].release_id
    for folder in place.extracts.glob(f"*/{small.days[0]}-*"):
        shutil.rmtree(folder)
    release = looking.built(place).release_id
    was = dict(looking.rows_of(place, before, "SELECT DISTINCT unit_id, entity_id FROM members"))
    now: dict[str, set[str]] = {}
    for unit, entity in looking.rows_of(place, release, "SELECT DISTINCT unit_id, entity_id FROM members"):
        if unit in was:
            now.setdefault(entity, set()).add(was[unit])
    assert len(now) > 300
    assert [entities for entities in now.values() if len(entities) > 1] == []
    assert len(looking.rows_of(place, release, "SELECT * FROM told_apart")) > 0
