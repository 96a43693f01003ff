"""What reviewers decide lasts: through new keys, through changes, and where decisions contradict each other.

Places are built for real, and reviewed through the gateway and on the command line, as their people would.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway_by_hand import open_gateway
from tiny_people import OMAR
from vestry.clock import FixedClock
from vestry.errors import NotFound
from vestry.place import Place, open_place
from vestry.progress import Silent
from vestry.sharing.own_machine import Operator
from vestry.sharing.reviewing import ReviewDesk

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
WHY = "matching-review"

JOHN = {
    "FAMILY": "Bellamy", "GIVEN": "John", "BORN": "1950-05-05", "ADDRESS": "1 High Street", "POSTCODE": "AB1 2AD",
}  # fmt: skip
OMAR_ELSEWHERE = {
    "FAMILY": "Smith",
    "GIVEN": "Bo",
    "BORN": "1942-01-01",
    "ADDRESS": "77 Hill",
    "POSTCODE": "AB7 7AB",
}


@contextmanager
def desk_of(place: Place, account: str = "ann") -> Iterator[ReviewDesk]:
    gateway = open_gateway(
        place, clock=CLOCK, operator=Operator(account=account, on_this_machine=True), threads=1
    )
    try:
        yield gateway.reviews(CLOCK)
    finally:
        gateway.close()


def records(looking: Any, tiny: Any, release: str) -> dict[tuple[str, str], str]:
    """(source, key) -> id of the newest record of every person."""
    sql = "SELECT source, source_key, record_id FROM records WHERE kind = 'person' ORDER BY last_as_at, record_id"
    return {(s, k): r for s, k, r in looking.rows_of(tiny.place, release, sql)}


def send_all(tiny: Any, as_at: str, keys: Mapping[str, str] | None = None, **other: str) -> None:
    """The two registers on one day: `keys` gives other keys, `other` other phones by key of before."""

    def rows(**people: Mapping[str, str]) -> list[Mapping[str, str]]:
        new = keys or {}
        return [
            {"ID": new.get(k[1:], k[1:]), **who, "PHONE": other.get(k[1:], "")} for k, who in people.items()
        ]

    tiny.send("tax", as_at, *rows(_1=JOHN, _4=OMAR))
    tiny.send("gp", as_at, *rows(_A=JOHN, _D=OMAR_ELSEWHERE))


NEW_KEYS = {"1": "91", "4": "94", "A": "9A", "D": "9D"}
JOHNS, OMARS = (("tax", "1"), ("gp", "A")), (("tax", "4"), ("gp", "D"))


def copy_of(tiny: Any, folder: Path) -> Any:
    shutil.copytree(tiny.place.folder, folder)
    return type(tiny)(open_place(folder))


# Three states of one place, each built once: a test changes a copy of one.


@pytest.fixture(scope="module")
def machine_s_own(make_tiny: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    tiny = make_tiny(tmp_path_factory.mktemp("read") / "place", tax={}, gp={})
    send_all(tiny, "2026-01-01")
    tiny.build()
    return tiny


@pytest.fixture(scope="module")
def just_decided(machine_s_own: Any, tmp_path_factory: pytest.TempPathFactory, looking: Any) -> Any:
    tiny = copy_of(machine_s_own, tmp_path_factory.mktemp("decided") / "place")
    first = current(tiny)
    people, ids = tiny.people(first), records(looking, tiny, first)
    assert people[JOHNS[0]] == people[JOHNS[1]], "the machine would join them"
    assert people[OMARS[0]] != people[OMARS[1]], "the machine would not join them"
    with desk_of(tiny.place) as desk:
        desk.decide(ids[JOHNS[0]], ids[JOHNS[1]], "different", reason="father and son", purpose=WHY)
        desk.decide(ids[OMARS[0]], ids[OMARS[1]], "same", purpose=WHY)
    return tiny


@pytest.fixture(scope="module")
def built_since(just_decided: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    tiny = copy_of(just_decided, tmp_path_factory.mktemp("built") / "place")
    tiny.build()
    return tiny


@pytest.fixture
def read(machine_s_own: Any, tmp_path: Path) -> Any:
    """A place in which everybody is who the machine thinks that they are."""
    return copy_of(machine_s_own, tmp_path / "place")


@pytest.fixture
def decided(just_decided: Any, tmp_path: Path) -> Any:
    """A place in which two that look like one are different, and two that look like two are the same."""
    return copy_of(just_decided, tmp_path / "place")


@pytest.fixture
def standing(built_since: Any, tmp_path: Path) -> Any:
    """The place of `decided`, built since."""
    return copy_of(built_since, tmp_path / "standing")


def current(tiny: Any) -> str:
    return str((tiny.place.releases / "current").read_text().strip())


def renamed(unit: tuple[str, str]) -> tuple[str, str]:
    return unit[0], NEW_KEYS[unit[1]]


def test_a_decision_takes_effect_at_the_next_build_and_lasts(decided: Any, standing: Any) -> None:
    release = current(standing)
    assert release != current(decided)
    people = standing.people(release)
    assert people[JOHNS[0]] != people[JOHNS[1]]
    assert people[OMARS[0]] == people[OMARS[1]]
    assert standing.build().release_id == release, "nothing new was decided"
    with desk_of(standing.place) as desk:
        assert desk.queue(purpose=WHY).total == 0, "what is decided does not wait"


@pytest.mark.parametrize("destroyed", [False, True], ids=["extracts kept", "extracts destroyed"])
def test_decisions_outlive_every_key(standing: Any, looking: Any, destroyed: bool) -> None:
    """Both registers with all keys new; once the old ones are still known, once only their hashes are."""
    send_all(standing, "2026-02-01", NEW_KEYS)
    if destroyed:
        for folder in standing.place.extracts.glob("*/2026-01-01-*"):
            shutil.rmtree(folder)
    release = standing.build().release_id
    people = standing.people(release)
    assert destroyed == (JOHNS[0] not in people)
    assert people[renamed(JOHNS[0])] != people[renamed(JOHNS[1])]
    assert people[renamed(OMARS[0])] == people[renamed(OMARS[1])]
    with desk_of(standing.place) as desk:
        assert desk.queue(purpose=WHY).total == 0


def test_a_lost_key_forgets_what_was_seen_and_says_so(decided: Any) -> None:
    """What is left is what names keys of sources: those who are re-keyed afterwards come back to the machine."""
    (decided.place.decisions / "key").unlink()
    with desk_of(decided.place) as desk:
        standing = desk.standing(purpose=WHY)
    assert standing.key_lost and standing.unseen == 2
    people = decided.people(decided.build().release_id)
    assert people[JOHNS[0]] != people[JOHNS[1]]
    send_all(decided, "2026-02-01", NEW_KEYS)
    for folder in decided.place.extracts.glob("*/2026-01-01-*"):
        shutil.rmtree(folder)
    people = decided.people(decided.build().release_id)
    assert people[renamed(JOHNS[0])] == people[renamed(JOHNS[1])]


def test_a_word_on_the_new_pair_stands_before_one_that_was_carried(standing: Any, looking: Any) -> None:
    send_all(standing, "2026-02-01", NEW_KEYS)
    release = standing.build().release_id
    ids = records(looking, standing, release)
    with desk_of(standing.place) as desk:
        desk.decide(ids[renamed(JOHNS[0])], ids[renamed(JOHNS[1])], "withdrawn", purpose=WHY)
        desk.decide(ids[renamed(OMARS[0])], ids[renamed(OMARS[1])], "different", purpose=WHY)
    people = standing.people(standing.build().release_id)
    assert people[renamed(OMARS[0])] != people[renamed(OMARS[1])]


def test_a_pair_that_has_changed_keeps_its_decision_and_says_so(
    standing: Any, looking: Any, forks: Any
) -> None:
    send_all(standing, "2026-02-01", **{"1": "01632 960001"})
    release = standing.build().release_id
    people, ids = standing.people(release), records(looking, standing, release)
    assert people[JOHNS[0]] != people[JOHNS[1]]
    with desk_of(standing.place) as desk:
        (changed,) = desk.standing(purpose=WHY).changed
        assert {changed.left_record, changed.right_record} == {ids[JOHNS[0]], ids[JOHNS[1]]}
        (waiting,) = desk.queue(purpose=WHY).waiting
        assert (waiting.why, waiting.where) == ("changed since", changed.where)
        look = desk.look(ids[JOHNS[0]], ids[JOHNS[1]], purpose=WHY)
        assert [line.where for line in look.changed] == [changed.where]
    for command in ("status", "list"):
        said = forks.run("review", command, "--place", standing.place.folder)
        assert (said.code, said.err) == (0, "")
        assert "ecided before one of them changed" in said.out
    with desk_of(standing.place) as desk:
        desk.decide(ids[JOHNS[0]], ids[JOHNS[1]], "different", purpose=WHY)
        assert desk.standing(purpose=WHY).changed == ()


def test_contradictions_are_named_kept_and_apart(read: Any, looking: Any, forks: Any) -> None:
    """1 same A, A same 4, 1 different 4: apart, with nothing taken out and a warning that says which lines."""
    ids = records(looking, read, current(read))
    one, a, four, d = (ids[u] for u in (*JOHNS, *OMARS))
    with desk_of(read.place) as desk:
        desk.decide(one, a, "same", purpose=WHY)
        desk.decide(a, d, "same", purpose=WHY)
        desk.decide(four, d, "same", purpose=WHY)
        desk.decide(one, d, "different", purpose=WHY)
    said = forks.run("build", "--place", read.place.folder)
    assert said.code == 0
    assert "Review decisions contradict each other" in said.err
    assert all(f"decisions/2026-11-20.jsonl, line {n}" in said.err for n in (1, 2, 4))
    assert "line 3" not in said.err, "it leads elsewhere"
    people = read.people(current(read))
    assert people["tax", "1"] != people["gp", "D"]
    assert people["tax", "4"] == people["gp", "D"], "a word that has no part in it stands"
    assert people["gp", "A"] != people["gp", "D"], "no word of the chain joins"
    assert len((read.place.decisions / "2026-11-20.jsonl").read_text().splitlines()) == 4
    told = forks.run("review", "status", "--place", read.place.folder)
    assert "contradict each other" in told.out and one in told.out and "Bellamy" not in told.out
    assert "in force 1 same, 1 different; 2 same that others contradict" in told.out
    both = [("explain", a, d), ("review", "show", a, d), ("explain", people["gp", "A"], people["gp", "D"])]
    for command in both:
        told = forks.run(*command, "--purpose", WHY, "--place", read.place.folder)
        assert "does not count" in told.out, command
    told = forks.run(
        "explain", people["tax", "1"], people["gp", "D"], "--purpose", WHY, "--place", read.place.folder
    )
    assert "are two. That stands above all" in told.out
    undone = forks.run("review", "undo", a, d, "--place", read.place.folder)
    assert undone.code == 0
    for command in both:
        told = forks.run(*command, "--purpose", WHY, "--place", read.place.folder)
        assert told.code == 0 and "does not count" not in told.out, command
    mended = forks.run("build", "--place", read.place.folder)
    assert (mended.code, mended.err) == (0, "")


def test_a_decision_taken_while_a_build_runs_is_in_the_next_one(read: Any, looking: Any) -> None:
    ids = records(looking, read, current(read))

    class Deciding(Silent):
        """A progress bar that decides while the build links."""

        @contextmanager
        def step(self, name: str) -> Iterator[None]:
            if name == "assemble":
                with desk_of(read.place) as desk:
                    desk.decide(ids[JOHNS[0]], ids[JOHNS[1]], "different", purpose=WHY)
            yield

    during = read.build(again=True, progress=Deciding()).release_id
    assert read.people(during)[JOHNS[0]] == read.people(during)[JOHNS[1]]
    after = read.build().release_id
    assert after != during
    assert read.people(after)[JOHNS[0]] != read.people(after)[JOHNS[1]]


# The small place: twins, households and sealed identities in it.


@pytest.fixture(scope="module")
def reviewed(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place: Place = small.copied(tmp_path_factory.mktemp("reviewed") / "place")
    return place


def test_the_queue_has_pairs_of_entities_once_and_in_order(reviewed: Place) -> None:
    with desk_of(reviewed) as desk:
        page = desk.queue(purpose=WHY)
    assert page.total == len(page.waiting) > 5
    assert len({frozenset((w.left_entity, w.right_entity)) for w in page.waiting}) == page.total
    assert all(w.left_entity != w.right_entity for w in page.waiting)
    worths = [w.worth for w in page.waiting]
    assert worths == sorted(worths, reverse=True)
    unsure = {(w.why, (w.probability or 0.0) < reviewed.thresholds.link) for w in page.waiting}
    assert ("kept apart", False) in unsure <= {("kept apart", False), ("unsure", True)}


def test_nobody_who_is_sealed_is_ever_queued_sampled_or_looked_at(reviewed: Place, looking: Any) -> None:
    """Promise 10. Not even where somebody decided on them before they were sealed."""
    with (reviewed.folder / "truth" / "sealed.csv").open(encoding="utf-8", newline="") as file:
        sealed = list(csv.DictReader(file))
    parts = {(r["source"], r["source_key"], r["part"]) for r in sealed}
    release = (reviewed.releases / "current").read_text().strip()
    rows = looking.rows_of(reviewed, release, "SELECT record_id, source, source_key, part FROM records")
    part_of = {record: part for record, *part in rows}
    with desk_of(reviewed) as desk:
        page = desk.queue(purpose=WHY)
        sample = desk.draw("everything", pairs=100_000, seed=1, purpose=WHY)
        shown = {r for p in (*page.waiting, *sample.pairs) for r in (p.left_record, p.right_record)}
        assert shown and not {tuple(part_of[r]) for r in shown} & parts
        with pytest.raises(NotFound):
            desk.look("0123456789abcdef0123", page.waiting[0].left_record, purpose=WHY)
    gone = next(r for r in sealed)
    earlier = {**{n: gone[n] for n in ("source", "source_key", "part")}, "kind": "person"}
    known = dict(
        zip(("source", "source_key", "part"), part_of[page.waiting[0].left_record], strict=True),
        kind="person",
    )
    line = {"decision": "same", "left": earlier, "right": known, "by": "ann", "at": "2020-01-01"}
    (reviewed.decisions / "before.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    with desk_of(reviewed) as desk:
        standing = desk.standing(purpose=WHY)
        assert standing.same == 1 and gone["source_key"] not in repr(standing)
        assert {w.left_record for w in desk.queue(purpose=WHY).waiting} <= part_of.keys()
    (reviewed.decisions / "before.jsonl").unlink()


def test_two_reviewers_answer_blind_and_their_agreement_is_told(reviewed: Place, forks: Any) -> None:
    with desk_of(reviewed) as desk:
        drawn = desk.draw("autumn", pairs=30, seed=7, purpose=WHY)
        again = desk.draw("autumn-again", pairs=30, seed=7, purpose=WHY)
    assert drawn.pairs == again.pairs and len(drawn.pairs) == 30
    answers: dict[str, list[str]] = {"ann": [], "ben": []}
    for account, own in answers.items():
        with desk_of(reviewed, account) as desk:
            for at in range(30):
                position = desk.position("autumn")
                assert (position.answered, position.pair) == (at, drawn.pairs[at])
                pair = drawn.pairs[at]
                look = desk.look(pair.left_record, pair.right_record, purpose=WHY, blind=True)
                assert look.said == () and look.link is None and look.left.entity_id == ""
                word = "same" if pair.joined or (account == "ben" and at % 5 == 0) else "different"
                own.append(word)
                desk.decide(
                    pair.left_record, pair.right_record, word, sample="autumn", purpose=WHY  # type: ignore[arg-type]
                )  # fmt: skip
                if account == "ben" and at == 0:
                    continue
                seen = desk.look(pair.left_record, pair.right_record, purpose=WHY)
                assert bool(seen.said) == (account == "ben"), "one answer alone is told to nobody"
            assert desk.position("autumn").pair is None
    told = forks.run("review", "status", "--json", "--place", reviewed.folder)
    standing = json.loads(told.out)
    (sample,) = (s for s in standing["samples"] if s["name"] == "autumn")
    (found,) = sample["agreements"]
    both = list(zip(answers["ann"], answers["ben"], strict=True))
    assert found["agreed"] == pytest.approx(sum(a == b for a, b in both) / 30)
    assert len(standing["disagreements"]) == sum(a != b for a, b in both) > 0
    for found in standing["disagreements"]:
        assert {said["by"].split("/")[-1] for said in found["said"]} == {"ann", "ben"}
        assert (
            found["word"] == "different" == next(s["word"] for s in found["said"] if s["by"] == found["by"])
        )
    assert standing["same"] == sum(a == b == "same" for a, b in both)
