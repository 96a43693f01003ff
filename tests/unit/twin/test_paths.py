"""The strongest way through links."""

from __future__ import annotations

import pytest

from vestry.twin.answers import Link, Origin
from vestry.twin.paths import SAME_KEY, joined, joining, pieces, same_key_links, strongest_path


def link(left: str, right: str, probability: float, by: str = "model", weight: float | None = None) -> Link:
    return Link(
        left_record=left,
        right_record=right,
        probability=probability,
        weight=weight,
        decided_by=by,
        evidence=(),
    )


def ends(path: tuple[Link, ...]) -> list[str]:
    return [k.left_record + k.right_record for k in path]


AB, BC, CD, AD = link("a", "b", 0.99), link("b", "c", 0.99), link("c", "d", 0.99), link("a", "d", 0.9)


@pytest.mark.parametrize(
    ("links", "way"),
    [
        ([AB, BC, CD], ["ab", "bc", "cd"]),
        ([AB, BC, CD, AD], ["ab", "bc", "cd"]),  # 0.97 by three beats 0.90 by one
        ([AB, BC, link("c", "d", 0.9), AD], ["ad"]),
        ([AB, CD], []),
        ([AB, BC, link("c", "d", 0.0)], []),  # a reviewer's "not one" is no way
        ([], []),
    ],
)
def test_strongest_path(links: list[Link], way: list[str]) -> None:
    assert ends(strongest_path(links, "a", "d")) == way
    assert ends(strongest_path(list(reversed(links)), "d", "a")) == list(reversed(way))


def test_a_record_is_itself() -> None:
    assert strongest_path([AB], "a", "a") == ()


def test_two_equally_strong_ways_are_no_trouble() -> None:
    ways = [AB, link("b", "d", 0.99), link("a", "c", 0.99), CD, AB]
    assert ends(strongest_path(ways, "a", "d")) == ["ab", "bd"]


def test_records_come_together_strongest_first() -> None:
    found = joined("abcd", [AD, AB, BC, CD], {})
    assert [k.link.left_record + k.link.right_record for k in found] == ["ab", "bc", "cd"]
    assert (found[-1].left, found[-1].right) == (frozenset("abc"), frozenset("d"))
    assert pieces("abcd", found, {}) == 1


def test_a_persons_word_comes_before_a_number_and_a_number_before_a_score() -> None:
    links = [
        link("a", "b", 1.0, weight=40.0),
        link("b", "c", 1.0, "identifier"),
        link("c", "d", 1.0, "reviewer"),
    ]
    assert [k.link.decided_by for k in joined("abcd", links, {})] == ["reviewer", "identifier", "model"]


def test_records_of_one_unit_are_together_from_the_beginning() -> None:
    found = joined("abc", [AB, BC], {"a": "u", "b": "u", "c": "v"})
    assert [(set(k.left), set(k.right)) for k in found] == [({"a", "b"}, {"c"})]


def test_what_nothing_joins_is_in_pieces() -> None:
    found = joined("abcd", [AB, link("c", "x", 0.99)], {})
    assert (len(found), pieces("abcd", found, {})) == (1, 3)


def test_only_what_joins_joins() -> None:
    links = [AB, link("a", "c", 0.7), link("a", "d", 0.0, "reviewer"), link("c", "d", 1.0, "identifier")]
    assert ends(joining(links, 0.95)) == ["ab", "cd"]
    assert ends(joining(links, None)) == ["ab", "ac", "cd"]  # a release that does not say from where


def origin(record: str, key: str, last: str) -> Origin:
    return Origin(
        record_id=record, source="tax", source_key=key, part="person", extract_id="", row_number=1,
        first_as_at="", last_as_at=last, current=True,
    )  # fmt: skip


def test_contents_of_one_key_follow_one_another() -> None:
    found = same_key_links(
        [origin("new", "1", "2026-11"), origin("old", "1", "2026-08"), origin("x", "2", "2026-11")]
    )
    assert [(k.left_record, k.right_record, k.decided_by) for k in found] == [("old", "new", SAME_KEY)]


def test_records_of_one_address_are_of_one_unit() -> None:
    origins = [origin("one", "1", "2026-08"), origin("other", "2", "2026-11")]
    assert [k.decided_by for k in same_key_links(origins, {"one": "u", "other": "u"})] == [SAME_KEY]
