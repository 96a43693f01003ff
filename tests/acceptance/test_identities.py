"""Promise 4: an id lasts, is never used again, always resolves, and every merge and split is in the register."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tiny_people import ASHA, JANE, MARY, OMAR, TOM

IVY = {"FAMILY": "Okoro", "GIVEN": "Ivy", "BORN": "1932-11-12", "ADDRESS": "6 Quay", "POSTCODE": "AB1 2AG"}
NHS_1, NHS_2 = "9434765919", "9434765870"

NUMBERED = (("tax", "6"), ("gp", "E"))
MERGED, APART = (("tax", "2"), ("gp", "A")), (("tax", "4"), ("gp", "D"))
GOES = ("tax", "5")


@dataclass(frozen=True, kw_only=True)
class Story:
    """Four releases of one tiny place, and who was whom in each."""

    tiny: Any
    releases: Sequence[str]
    people: Sequence[Mapping[tuple[str, str], str]]


@pytest.fixture(scope="module")
def story(make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Merge, split, disappear, come back; four releases."""
    tiny = make_tiny(
        tmp_path_factory.mktemp("identities") / "place", tax={}, gp={}, refuge={"may_link": "false"}
    )
    tom_elsewhere = {
        **TOM,
        "GIVEN": "Jacob",
        "BORN": "1999-12-12",
        "ADDRESS": "9 Far Away",
        "POSTCODE": "AB9 9ZZ",
    }
    omar_at_gp = {
        **OMAR,
        "FAMILY": "Smith",
        "GIVEN": "Bo",
        "BORN": "1942-01-01",
        "ADDRESS": "77 Hill",
        "POSTCODE": "AB7 7AB",
    }
    tax = [{"ID": str(number), **who} for number, who in enumerate((JANE, TOM, ASHA, OMAR, MARY), start=1)]
    tax.append({"ID": "6", "NHS": NHS_1, **IVY})
    gp = [
        {"ID": "A", **tom_elsewhere},
        {"ID": "B", **JANE},
        {"ID": "C", **ASHA},
        {"ID": "D", **omar_at_gp},
        {"ID": "E", "NHS": NHS_2, **IVY},
        {"ID": "F", "NHS": NHS_1, **IVY, "BORN": "1932-11-13"},
    ]
    releases, people = [], []

    def release() -> None:
        releases.append(tiny.build().release_id)
        people.append(tiny.people(releases[-1]))

    tiny.decide("same", *APART)
    tiny.send("tax", "2026-01-01", *tax)
    tiny.send("gp", "2026-01-01", *gp)
    tiny.send("refuge", "2026-01-01", {"ID": "X", **JANE}, {"ID": "Y", **JANE})
    tiny.decide("same", ("refuge", "X"), ("tax", "1"))
    release()
    tiny.decide("same", *NUMBERED)
    tiny.decide("same", *MERGED)  # two people were one
    tiny.decide("different", *APART)  # one person was two
    tiny.send("tax", "2026-02-01", *(row for row in tax if row["ID"] != GOES[1]))
    release()
    tiny.send("tax", "2026-03-01", *tax)  # the one who had gone is back
    release()
    tiny.decide("different", *MERGED)  # and what was merged was not one after all
    release()
    return Story(tiny=tiny, releases=releases, people=people)


def test_every_id_lives_on_in_the_next_register(story: Story, looking: Any) -> None:
    for before, after in zip(story.releases, story.releases[1:], strict=False):
        tables = ("people", "organisations", "properties", "households")
        ids = {
            r for t in tables for r in looking.rows_of(story.tiny.place, before, f"SELECT entity_id FROM {t}")
        }
        ids |= set(looking.rows_of(story.tiny.place, before, "SELECT entity_id FROM identities"))
        known = set(looking.rows_of(story.tiny.place, after, "SELECT entity_id FROM identities"))
        assert len(ids) > 10
        assert ids - known == set()


def test_the_history_of_an_id_is_never_shortened(story: Story, looking: Any) -> None:
    """All but `kept` stays word for word."""
    sql = "SELECT * FROM identities WHERE happened != 'kept' ORDER BY ALL"
    for before, after in zip(story.releases, story.releases[1:], strict=False):
        one, other = (looking.rows_of(story.tiny.place, r, sql) for r in (before, after))
        assert set(one) - set(other) == set()
        assert len(other) == len(set(other))


def test_an_id_is_created_once_and_never_used_again(story: Story, looking: Any) -> None:
    sql = "SELECT entity_id, count(*) FROM identities WHERE happened = 'created' GROUP BY entity_id HAVING count(*) > 1"
    assert looking.rows_of(story.tiny.place, story.releases[-1], sql) == []
    sql = "SELECT entity_id FROM identities GROUP BY entity_id HAVING count(DISTINCT kind) > 1"
    assert looking.rows_of(story.tiny.place, story.releases[-1], sql) == []
    separated = story.people[3]
    lost = set(story.people[0].values()) - set(story.people[1].values())
    assert lost and not lost & set(separated.values()), (
        "an id that was merged away must not name anyone later"
    )


def test_people_who_stayed_keep_their_ids(story: Story) -> None:
    jane = {people[key] for people in story.people for key in (("tax", "1"), ("gp", "B"))}
    asha = {people[key] for people in story.people for key in (("tax", "3"), ("gp", "C"))}
    assert (len(jane), len(asha)) == (1, 1)


def test_a_merge_is_recorded_and_leads_on(story: Story) -> None:
    before, after = story.people[0], story.people[1]
    assert before[MERGED[0]] != before[MERGED[1]]
    assert after[MERGED[0]] == after[MERGED[1]]
    kept = after[MERGED[0]]
    (lost,) = {before[key] for key in MERGED} - {kept}
    assert (story.releases[1], "merged", kept) in story.tiny.happened(story.releases[1], lost)


def test_a_split_is_recorded_and_leads_to_all_its_successors(story: Story) -> None:
    before, after = story.people[0], story.people[1]
    assert before[APART[0]] == before[APART[1]]
    assert after[APART[0]] != after[APART[1]]
    (new,) = {after[key] for key in APART} - {before[APART[0]]}
    happened = story.tiny.happened(story.releases[1], before[APART[0]])
    assert (story.releases[1], "split", new) in happened
    assert (story.releases[1], "kept", None) in happened


def test_one_who_goes_is_retired_and_one_who_comes_back_is_restored(story: Story, looking: Any) -> None:
    (mary,) = {people[GOES] for people in story.people}
    happened = story.tiny.happened(story.releases[-1], mary)
    assert (story.releases[1], "retired", None) in happened
    assert (story.releases[2], "restored", None) in happened
    current = [
        looking.rows_of(story.tiny.place, release, "SELECT current FROM people WHERE entity_id = ?", mary)[0][
            0
        ]
        for release in story.releases
    ]
    assert current == [True, False, True, True]


def test_what_was_merged_and_then_parted_leads_to_both(story: Story) -> None:
    merged, parted = story.people[2], story.people[3]
    assert parted[MERGED[0]] != parted[MERGED[1]]
    (new,) = {parted[key] for key in MERGED} - {merged[MERGED[0]]}
    assert (story.releases[3], "split", new) in story.tiny.happened(story.releases[3], merged[MERGED[0]])


def test_every_id_resolves(story: Story, looking: Any, forks: Any) -> None:
    """In the register: each that names nobody now leads, in the end, to ones that do, or was retired."""
    place, last = story.tiny.place, story.releases[-1]
    living = {
        entity
        for table in ("people", "organisations", "properties", "households")
        for (entity,) in looking.rows_of(place, last, f"SELECT entity_id FROM {table}")
    }
    steps: dict[str, set[str]] = {}
    ended = set()
    for entity, happened, into in looking.rows_of(
        place, last, "SELECT entity_id, happened, into_entity FROM identities"
    ):
        steps.setdefault(entity, set())
        if into is not None:
            steps[entity].add(into)
        elif happened == "retired":
            ended.add(entity)
    for entity in steps:
        reached, waiting = set(), [entity]
        while waiting:
            at = waiting.pop()
            if at not in reached:
                reached.add(at)
                waiting += steps[at]
        assert reached & living or entity in ended, f"{entity} leads nowhere"
    lost = set(story.people[0].values()) - set(story.people[-1].values())
    for entity in lost:
        shown = forks.run("show", entity, "--purpose", "audit", "--place", place.folder)
        assert (shown.code, shown.err) == (0, "")
        assert "was merged into" in shown.out or "was split into" in shown.out


def test_two_numbers_are_two_people_until_a_reviewer_says_otherwise(story: Story) -> None:
    """Alike in everything but their NHS numbers; and one who has the number, though born a day later."""
    before, after = story.people[0], story.people[1]
    assert before[NUMBERED[0]] != before[NUMBERED[1]]
    assert before[NUMBERED[0]] == before["gp", "F"]
    assert after[NUMBERED[0]] == after[NUMBERED[1]] == after["gp", "F"]


def test_records_that_may_not_be_linked_stand_alone(story: Story, looking: Any) -> None:
    """The contract's word stands over a name, an address and a reviewer."""
    place, last = story.tiny.place, story.releases[-1]
    people = story.people[-1]
    alone = [people["refuge", "X"], people["refuge", "Y"]]
    assert len({*alone, people["tax", "1"]}) == 3
    assert set(alone).isdisjoint(p for key, p in people.items() if key[0] != "refuge")
    sql = "SELECT entity_id FROM members WHERE kind = 'property' AND source {} 'refuge'"
    theirs = looking.rows_of(place, last, sql.format("="))
    assert len(set(theirs)) == 2
    assert set(theirs).isdisjoint(looking.rows_of(place, last, sql.format("!=")))
    sql = "SELECT count(*) FROM links JOIN records ON record_id IN (left_record, right_record) WHERE source = 'refuge'"
    assert looking.rows_of(place, last, sql) == [(0,)]
