"""Dealings with services: one for each key, as its source last told it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered
from vestry.twin.dealings import episodes

PARTS = (
    Part(name="liable", kind="person"),
    Part(name="account", kind="episode", attributes={"service": 57, "about": ["liable"]}),
)
FIELDS = {
    "name": "liable.family_name",
    "status": "account.status",
    "opened": "account.opened_on",
    "closed": "account.closed_on",
    "charge": "account.amount",
}
Told = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def told(engine: Engine, tables: Any) -> Told:
    """(status, opened, closed, amount, current, how many it is about) of each episode of those rows."""

    def made(drawn: str, parts: tuple[Part, ...] = PARTS, **said: Any) -> list[tuple[Any, ...]]:
        rows = tables.of(drawn)
        fields = {n: to for n, to in FIELDS.items() if n in rows.columns}
        received = [tables.received(rows, parts=parts, fields=fields, **said)]
        remembered = Remembered(engine, None)
        records = standardise(engine, received, remembered).records
        members = engine.keep("members_drawn", records.mutate(entity_id=records.source_key))
        found, about = episodes(engine, received, records, members, remembered)
        about_each = [e["episode_id"] for e in engine.fetch(about).to_pylist()]
        shown = ("status", "opened_on", "closed_on", "amount", "current")
        each = [
            (*(r[c] for c in shown), about_each.count(r["episode_id"]))
            for r in engine.fetch(found).to_pylist()
        ]
        return sorted(each, key=repr)

    return made


def test_the_newest_word_on_a_key_holds(told: Told) -> None:
    drawn = """
        as_at      | key | name  | status | opened     | closed     | charge
        2026-01-01 | 1   | Smith | Open   | 2025-04-01 | -          | £1,200.50
        2026-02-01 | 1   | Smith | Closed | 2025-04-01 | 2026-01-15 | 950
        2026-02-01 | 2   | Jones | Open   | 2026-01-16 | -          | -
    """
    assert told(drawn, formats=["yyyy-MM-dd"]) == [
        ("Closed", "2025-04-01", "2026-01-15", 950.0, False, 1),
        ("Open", "2026-01-16", None, None, True, 1),
    ]


def test_a_key_absent_from_a_full_extract_is_no_longer_current(told: Told) -> None:
    drawn = "as_at | key | name | status\n2026-01-01 | 1 | Smith | Open\n2026-02-01 | 2 | Jones | Open"
    assert [row[4] for row in told(drawn)] == [False, True]


def test_a_dealing_that_is_not_present_is_none(told: Told) -> None:
    """A pupil without free school meals has no dealing with those who give them."""
    present = (PARTS[0], replace(PARTS[1], present_when="opened"))
    drawn = "as_at | key | name | opened\n2026-01-01 | 1 | Smith | 2025-04-01\n2026-01-01 | 2 | Jones | -"
    assert [row[1] for row in told(drawn, parts=present, formats=["yyyy-MM-dd"])] == ["2025-04-01"]


def test_two_words_of_one_day_are_settled_the_same_way_in_any_order(told: Told) -> None:
    """Two extracts of one day may hold one key: which of them holds must not depend on the order of rows."""
    rows = ["2026-01-01 | 1 | Smith | Open", "2026-01-01 | 1 | Smith | Closed"]
    found = [told("as_at | key | name | status\n" + "\n".join(order)) for order in (rows, rows[::-1])]
    assert found[0] == found[1]


def test_an_episode_is_there_only_where_its_column_holds_something(told: Told) -> None:
    """A claim may carry one award or two: an award that is not paid is no dealing, one no longer paid has ended."""
    liable, account = PARTS
    award = Part(name="account", kind="episode", present_when="charge", attributes=account.attributes)
    drawn = """
        as_at      | key | name  | status | charge
        2026-01-01 | 1   | Smith | Live   | 20.50
        2026-01-01 | 2   | Jones | Live   | 31
        2026-01-01 | 3   | Patel | Live   | -
        2026-02-01 | 1   | Smith | Live   | 21.50
        2026-02-01 | 2   | Jones | Live   | -
    """
    assert told(drawn, parts=(liable, award)) == [
        ("Live", None, None, 21.5, True, 1),
        ("Live", None, None, 31.0, False, 1),
    ]
