"""What became of an id, and which ids led to one: of its successors only what came after its records had come to them."""

from __future__ import annotations

import duckdb
import pytest

from vestry.twin.lives import lives
from vestry.twin.search import Rows
from vestry.twin.whom import Lineage

TOLD = [
    ("P1", "created", None, "0001-a"),
    ("P2", "created", None, "0001-a"),
    ("P2", "split", "P3", "0002-b"),
    ("P1", "merged", "P2", "0003-c"),
    ("P2", "split", "P4", "0003-c"),
    ("P2", "split", "P5", "0004-d"),
    ("P5", "merged", "P6", "0005-e"),
]
"""P2 lost P3 before P1 came to it, P4 as it came, and P5 after that."""


@pytest.fixture
def rows() -> Rows:
    cursor = duckdb.connect()
    cursor.execute(
        "CREATE TABLE identities (entity_id TEXT, happened TEXT, into_entity TEXT, at_release TEXT)"
    )
    cursor.execute("ALTER TABLE identities ADD COLUMN reason TEXT")
    cursor.execute("ALTER TABLE identities ADD COLUMN reviewer TEXT")
    cursor.executemany("INSERT INTO identities VALUES (?, ?, ?, ?, '', '')", TOLD)
    return Rows(cursor)


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("P1", {"P1", "P2", "P5", "P6"}),
        ("P2", {"P2", "P3", "P4", "P5", "P6"}),
        ("P3", {"P3"}),
        ("P0", {"P0"}),
    ],
)
def test_what_an_id_led_to(rows: Rows, asked: str, led_to: set[str]) -> None:
    assert lives(rows, asked).keys() == led_to


def test_of_a_successor_what_came_after(rows: Rows) -> None:
    told = lives(rows, "P1")
    assert [(s.happened, s.into_entity) for s in told["P1"]] == [("created", ""), ("merged", "P2")]
    assert [(s.happened, s.into_entity) for s in told["P2"]] == [("split", "P5")]


def test_by_two_ways_what_came_after_the_earlier(rows: Rows) -> None:
    """P1 came to P7 in 0002 through a split and in 0004 again: what P7 did between is told."""
    rows.of("INSERT INTO identities VALUES ('P1', 'split', 'P7', '0002-b', '', '')")
    rows.of("INSERT INTO identities VALUES ('P7', 'split', 'P8', '0003-c', '', '')")
    rows.of("INSERT INTO identities VALUES ('P2', 'split', 'P7', '0004-d', '', '')")
    assert lives(rows, "P1").keys() >= {"P7", "P8"}


@pytest.fixture
def lineage(rows: Rows) -> Lineage:
    rows.of("CREATE TABLE ledger (source TEXT, organisation TEXT)")
    rows.of("CREATE TABLE areas (area_code TEXT, geography TEXT, vintage TEXT, name TEXT)")
    return Lineage().of(rows)


def test_marks_follow_the_same_ways_on_and_back(lineage: Lineage) -> None:
    """Whether a split is on every way is told beside."""
    assert lineage.led_from("P1") == {"P1": False, "P2": False, "P5": True, "P6": True}
    assert lineage.led_to("P6") == {"P6": False, "P5": False, "P2": True, "P1": True}
    assert lineage.led_to("P3") == {"P3": False, "P2": True}, "P1 had not come to P2 when it lost P3"
    assert lineage.led_to("P4") == {"P4": False, "P2": True}


def test_a_way_without_a_split_stands_above_one_with(rows: Rows) -> None:
    rows.of("INSERT INTO identities VALUES ('P1', 'split', 'P6', '0002-b', '', '')")
    rows.of("INSERT INTO identities VALUES ('P1', 'merged', 'P6', '0006-f', '', '')")
    rows.of("CREATE TABLE ledger (source TEXT, organisation TEXT)")
    rows.of("CREATE TABLE areas (area_code TEXT, geography TEXT, vintage TEXT, name TEXT)")
    assert Lineage().of(rows).led_from("P1")["P6"] is False
