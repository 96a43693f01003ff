"""Ids that last, by hand: who goes on with which id, and what is said of the others."""

from __future__ import annotations

import pytest

from identities_by_hand import before as made_before
from identities_by_hand import identified
from vestry.linkage.identity import Before

NOBODY = Before()


Happened = set[tuple[str, str, str | None]]


def named(
    cluster_of: dict[str, str], before: Before, current: set[str] | None = None
) -> tuple[dict[str, str], Happened]:
    """(member -> id, what happened), when all are `current` unless said otherwise."""
    entity_of, happenings = identified(
        "person", cluster_of, set(cluster_of) if current is None else current, before
    )
    return (
        {member: entity_of[cluster] for member, cluster in cluster_of.items()},
        {(h.entity_id, h.happened, h.into_entity) for h in happenings},
    )


def before(
    entity_of: dict[str, str],
    *,
    current: set[str] | None = None,
    used: set[str] | None = None,
    ended: dict[str, str] | None = None,
) -> Before:
    entities = set(entity_of.values())
    return made_before(
        entity_of,
        current=entities if current is None else current,
        used=entities | (used or set()) | set((ended or {}).values()),
        ended=ended,
    )


def test_the_first_time_everyone_is_created() -> None:
    ids, happened = named({"a": "a", "b": "a", "c": "c"}, NOBODY)
    assert ids["a"] == ids["b"] != ids["c"]
    assert happened == {(ids["a"], "created", None), (ids["c"], "created", None)}


@pytest.mark.parametrize(
    ("kind", "letter"), [("person", "P"), ("organisation", "O"), ("property", "R"), ("household", "H")]
)
def test_an_id_says_its_kind(kind: str, letter: str) -> None:
    entity_of, _ = identified(kind, {"a": "a"}, {"a"}, NOBODY)
    assert entity_of["a"].startswith(letter)


def test_an_id_goes_with_most_of_its_members() -> None:
    ids, happened = named({"a": "a", "b": "b", "c": "b"}, before({"a": "P1", "b": "P1", "c": "P1"}))
    assert (ids["b"], ids["c"]) == ("P1", "P1")
    assert ids["a"] != "P1"
    assert happened == {("P1", "kept", None), ("P1", "split", ids["a"]), (ids["a"], "created", None)}


def test_a_merge_keeps_the_id_of_the_larger_part() -> None:
    ids, happened = named(dict.fromkeys("abc", "a"), before({"a": "P1", "b": "P2", "c": "P2"}))
    assert set(ids.values()) == {"P2"}
    assert happened == {("P2", "kept", None), ("P1", "merged", "P2")}


def test_of_two_as_large_the_id_that_sorts_first_is_kept() -> None:
    for entities in (("P1", "P2"), ("P2", "P1")):
        ids, happened = named({"a": "a", "b": "a"}, before(dict(zip("ab", entities, strict=True))))
        assert set(ids.values()) == {"P1"}
        assert ("P2", "merged", "P1") in happened


def test_of_two_as_large_the_older_id_is_kept() -> None:
    born = {"P1": "0003-x", "P2": "0001-x"}
    old = made_before({"a": "P1", "b": "P2"}, current=set(born), used=born)
    ids, happened = named({"a": "a", "b": "a"}, old)
    assert set(ids.values()) == {"P2"}
    assert ("P1", "merged", "P2") in happened


def test_one_torn_between_two_leads_to_both() -> None:
    """P1's two members go to P2 and P3, which are larger and keep their own ids."""
    old = {"a": "P1", "b": "P1", "c": "P2", "d": "P2", "e": "P3", "f": "P3"}
    ids, happened = named({"a": "a", "c": "a", "d": "a", "b": "b", "e": "b", "f": "b"}, before(old))
    assert (ids["a"], ids["b"]) == ("P2", "P3")
    assert {h for h in happened if h[0] == "P1"} == {("P1", "split", "P2"), ("P1", "split", "P3")}


def test_one_whom_no_source_lists_is_retired_once_and_restored_when_listed_again() -> None:
    old = before({"a": "P1"})
    assert named({"a": "a"}, old, current=set())[1] == {("P1", "retired", None)}
    gone = before({"a": "P1"}, current=set())
    assert named({"a": "a"}, gone, current=set())[1] == set()
    assert named({"a": "a"}, gone, current={"a"})[1] == {("P1", "restored", None)}


def test_one_first_heard_of_as_gone_is_created_and_retired() -> None:
    ids, happened = named({"a": "a"}, NOBODY, current=set())
    assert happened == {(ids["a"], "created", None), (ids["a"], "retired", None)}


def test_one_with_no_record_left_is_retired() -> None:
    assert named({"b": "b"}, before({"a": "P1", "b": "P2"}))[1] == {
        ("P1", "retired", None),
        ("P2", "kept", None),
    }


def test_an_id_that_was_used_is_not_made_again() -> None:
    """A cluster of the same members as one that was merged away long ago gets an id of its own."""
    first, _ = named({"a": "a"}, NOBODY)
    again, _ = named({"a": "a"}, before({}, used={first["a"]}))
    third, _ = named({"a": "a"}, before({}, used={first["a"], again["a"]}))
    assert len({first["a"], again["a"], third["a"]}) == 3


def test_every_happening_has_a_reason_in_words() -> None:
    old = {"a": "P1", "b": "P1", "c": "P2", "x": "P9"}
    _, happenings = identified(
        "person", {"a": "a", "b": "b", "c": "b", "n": "n"}, {"a", "b", "n"}, before(old)
    )
    assert happenings
    assert all(" " in h.reason for h in happenings)


def test_one_whose_records_come_back_goes_on() -> None:
    ids, happened = named({"a": "a", "b": "a", "c": "c"}, before({"c": "P2"}, ended={"a": "P1", "b": "P1"}))
    assert (ids["a"], ids["b"], ids["c"]) == ("P1", "P1", "P2")
    assert happened == {("P1", "restored", None), ("P2", "kept", None)}


def test_one_whose_records_come_back_as_history_only_is_said_to_be_retired_for_that() -> None:
    earlier = before({}, ended={"a": "P1"})
    entity_of, happenings = identified("person", {"a": "a"}, set(), earlier)
    assert entity_of == {"a": "P1"}
    assert [(h.happened, h.reason) for h in happenings] == [
        ("retired", "its records are held again, and no source lists it")
    ]


def test_records_that_come_back_as_of_another_lead_there_however_many_they_are() -> None:
    """P9 never ended, so it goes on, though most of the records are of P1, which also sorts first."""
    ids, happened = named(dict.fromkeys("abc", "a"), before({"c": "P9"}, ended={"a": "P1", "b": "P1"}))
    assert set(ids.values()) == {"P9"}
    assert happened == {("P9", "kept", None), ("P1", "merged", "P9")}


def test_two_that_come_back_as_one_are_merged() -> None:
    ids, happened = named(dict.fromkeys("abc", "a"), before({}, ended={"a": "P1", "b": "P2", "c": "P2"}))
    assert set(ids.values()) == {"P2"}
    assert happened == {("P2", "restored", None), ("P1", "merged", "P2")}


def test_one_that_comes_back_as_two_is_split() -> None:
    ids, happened = named({"a": "a", "b": "b", "c": "b"}, before({}, ended=dict.fromkeys("abc", "P1")))
    assert (ids["b"], ids["c"]) == ("P1", "P1")
    assert happened == {("P1", "restored", None), ("P1", "split", ids["a"]), (ids["a"], "created", None)}
