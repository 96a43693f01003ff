"""Blue badges: how many, of what age, how long, and the dead among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

County = Any
FIRST, LAST = date(2025, 9, 1), date(2025, 12, 1)


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


@pytest.fixture(scope="module")
def badges(county: County) -> list[Any]:
    """Badges of the first day."""
    return list(county.sent("blue-badges", FIRST))


def test_four_or_five_residents_in_a_hundred_hold_one(county: County, badges: list[Any]) -> None:
    assert 0.035 * county.made.residents < len(badges) < 0.055 * county.made.residents


def test_the_old_hold_them_oftener(county: County, badges: list[Any]) -> None:
    here = {e for e, r in county.residents.items() if not r["gone_on"] and e[0] == "P"}
    holding = {county.people[s.source, s.key, "holder"] for s in badges} & here
    shares = []
    for low, high in ((18, 50), (50, 75), (75, 110)):
        age_group = {e for e in here if low <= county.age(e) < high}
        shares.append(len(holding & age_group) / len(age_group))
    assert shares[0] < 0.02 < shares[1] < 0.1 < shares[2] < 0.35


def test_a_badge_lasts_three_years_and_all_run(badges: list[Any]) -> None:
    for s in badges:
        issued, expires = _day(s.row["IssueDate"]), _day(s.row["ExpiryDate"])
        assert expires - issued == timedelta(days=1094)
        assert issued <= FIRST <= expires


def test_badge_numbers_are_of_six_and_none_is_given_twice(county: County) -> None:
    numbers = {}
    for s in county.sent("blue-badges"):
        number = s.row["BadgeNumber"]
        assert len(number) == 6
        holder = numbers.setdefault(number, county.people[s.source, s.key, "holder"])
        assert holder == county.people[s.source, s.key, "holder"]


def test_the_dead_are_still_listed(county: County, badges: list[Any]) -> None:
    whose = [county.people[s.source, s.key, "holder"] for s in badges]
    assert 0 < sum(county.dead(e) for e in whose) < 0.12 * len(whose)
    assert any(county.gone(e) for e in whose)


def test_a_renewal_keeps_the_reference(county: County, badges: list[Any]) -> None:
    before = {s.key: s.row for s in badges}
    later = {s.key: s.row for s in county.sent("blue-badges", LAST)}
    renewed = [k for k in before.keys() & later.keys() if before[k]["BadgeNumber"] != later[k]["BadgeNumber"]]
    assert renewed
    assert all(_day(later[k]["ExpiryDate"]) > _day(before[k]["ExpiryDate"]) for k in renewed)
    assert before.keys() - later.keys()
    assert later.keys() - before.keys()


def test_grounds_are_those_of_the_national_service(badges: list[Any]) -> None:
    grounds = {s.row["Eligibility"] for s in badges}
    assert {"PIP", "WALKD", "DLA"} <= grounds
    assert 0.6 < sum(bool(s.row["NINumber"]) for s in badges) / len(badges) < 0.95
