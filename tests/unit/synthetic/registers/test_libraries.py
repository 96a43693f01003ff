"""Library members: children too, people long gone, and cards that are held twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

County = Any
FIRST, LAST = date(2025, 9, 1), date(2025, 12, 1)


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


@pytest.fixture(scope="module")
def members(county: County) -> list[Any]:
    """Members of the first day."""
    return list(county.sent("libraries", FIRST))


def test_a_fifth_of_residents_are_members(county: County, members: list[Any]) -> None:
    whose = {county.people[s.source, s.key, "member"] for s in members}
    here = {e for e in whose if not county.dead(e) and not county.gone(e)}
    assert 0.19 * county.made.residents < len(here) < 0.25 * county.made.residents


def test_children_are_members_too(members: list[Any]) -> None:
    kinds = Counter(s.row["CATEGORY"] for s in members)
    assert set(kinds) == {"CHILD", "ADULT", "SENIOR"}
    assert 0.2 < kinds["CHILD"] / len(members) < 0.5


def test_people_who_died_or_left_years_ago_are_members_still(county: County, members: list[Any]) -> None:
    whose = [county.people[s.source, s.key, "member"] for s in members]
    assert 0.12 * len(whose) < sum(county.dead(e) or county.gone(e) for e in whose) < 0.3 * len(whose)
    long_gone = [e for e in whose if "" < county.residents[e]["gone_on"] < "2019-09-01"]
    assert len(long_gone) > 5


def test_three_in_a_hundred_have_two_cards_that_differ(county: County, members: list[Any]) -> None:
    cards = defaultdict(list)
    for s in members:
        # One who moved between districts may have a card of each.
        cards[county.people[s.source, s.key, "member"], s.key[:5]].append(s.row)
    twice = [rows for rows in cards.values() if len(rows) > 1]
    assert 0.01 * len(cards) < len(twice) < 0.06 * len(cards)
    said = ("SURNAME", "FORENAMES", "DOB", "ADDRESS", "PHONE")
    assert any([a[x] for x in said] != [b[x] for x in said] for a, b, *_ in twice)


def test_birth_dates_are_missing_or_of_the_year_only(members: list[Any]) -> None:
    dates = [s.row["DOB"] for s in members]
    assert 0.15 < sum(not d for d in dates) / len(dates) < 0.35
    assert 0.05 < sum(len(d) == 4 for d in dates) / len(dates) < 0.2


def test_the_address_stands_in_one_column(members: list[Any]) -> None:
    assert sum(s.row["ADDRESS"].count(", ") >= 1 for s in members) > 0.95 * len(members)
    assert any(s.row["ADDRESS"].count(", ") >= 3 for s in members)


def test_some_live_where_the_library_does_not_know(county: County, members: list[Any]) -> None:
    last = {}
    with (county.made.folder / "truth" / "households.csv").open(encoding="utf-8") as file:
        for line in list(file)[1:]:
            _, person, uprn, since, until = line.strip().split(",")
            if since <= FIRST.isoformat() and not "" < until <= FIRST.isoformat():
                last[person] = uprn
    held = {}
    for s in members:
        person = county.people[s.source, s.key, "member"]
        held[person] = county.homes[s.source, s.key, "home"][0]["uprn"]
    stayed = {p for p in last if len(p) == len("P01-000001")}  # in one district
    both = [p for p in held.keys() & stayed if held[p]]
    assert 0.03 * len(both) < sum(held[p] != last[p] for p in both) < 0.4 * len(both)


def test_later_extracts_hold_changes_only(county: County, members: list[Any]) -> None:
    assert {s.row["ACTION"] for s in members} == {"A"}
    later = [s for s in county.sent("libraries") if s.as_at != FIRST]
    assert 0 < len(later) < 0.2 * len(members)
    assert {s.row["ACTION"] for s in later} >= {"A", "C"}
    keys = {s.key for s in members}
    for s in later:
        assert _day(s.row["CHANGED"]) <= s.as_at
        if s.row["ACTION"] in "CD":
            assert s.key in keys or any(o.key == s.key and o.as_at < s.as_at for o in later)


def test_joined_before_used_and_used_before_the_extract(county: County) -> None:
    for s in county.sent("libraries"):
        assert _day(s.row["JOINED"]) <= _day(s.row["LAST_USED"]) <= s.as_at
