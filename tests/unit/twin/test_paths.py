"""The strongest way through links."""

from __future__ import annotations

import pytest

from vestry.twin.answers import Link, Origin
from vestry.twin.paths import SAME_KEY, same_key_links, spanning_links, strongest_path


def link(left: str, right: str, probability: float) -> Link:
    return Link(
        left_record=left,
        right_record=right,
        probability=probability,
        weight=None,
        decided_by="model",
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


def test_spanning_links_are_the_strongest_that_hold_all() -> None:
    assert sorted(ends(spanning_links([AD, AB, BC, CD]))) == ["ab", "bc", "cd"]


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
