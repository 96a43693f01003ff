"""Incidents and custody: rates, roles, ages, repeats, other names, and each month apart."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

County = Any
FIRST, LAST = date(2025, 9, 1), date(2025, 12, 1)


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


@pytest.fixture(scope="module")
def incidents(county: County) -> list[Any]:
    """Incidents of the first extract."""
    return list(county.sent("police-incidents", FIRST))


@pytest.fixture(scope="module")
def custody(county: County) -> list[Any]:
    """Custody records of every extract."""
    return list(county.sent("police-custody"))


def test_a_year_of_incidents_and_then_a_month_each(county: County, incidents: list[Any]) -> None:
    assert 0.07 * county.made.residents < len(incidents) < 0.08 * county.made.residents
    for s in county.sent("police-incidents"):
        on = _day(s.row["OCCURRED_ON"])
        assert on <= s.as_at
        assert s.as_at - on <= timedelta(days=365 if s.as_at == FIRST else 31)
    keys = Counter(s.key for s in county.sent("police-incidents"))
    assert max(keys.values()) == 1


def test_six_in_ten_name_somebody_some_of_them_two(incidents: list[Any]) -> None:
    named = sum(bool(s.row["P1_SURNAME"]) for s in incidents)
    assert 0.5 < named / len(incidents) < 0.68
    both = sum(bool(s.row["P2_SURNAME"]) for s in incidents)
    assert 0.3 < both / named < 0.7
    roles = Counter(s.row[c] for s in incidents for c in ("P1_ROLE", "P2_ROLE"))
    assert set(roles) == {"", "VICTIM", "SUSPECT", "WITNESS"}
    assert all(bool(s.row["P1_ROLE"]) == bool(s.row["P1_SURNAME"]) for s in incidents)


def test_no_victim_of_a_sexual_offence_is_named(county: County) -> None:
    sexual = [s.row for s in county.sent("police-incidents") if s.row["OFFENCE_GROUP"] == "Sexual offences"]
    assert sexual
    assert all("VICTIM" not in (r["P1_ROLE"], r["P2_ROLE"]) for r in sexual)


def test_suspects_are_of_an_age_to_be_one_and_mostly_young_men(county: County, custody: list[Any]) -> None:
    suspects = [
        (county.people[s.source, s.key, part], _day(s.row["OCCURRED_ON"]))
        for s in county.sent("police-incidents")
        for column, part in (("P1_ROLE", "first"), ("P2_ROLE", "second"))
        if s.row[column] == "SUSPECT"
    ]
    detained = [(county.people[s.source, s.key, "detained"], _day(s.row["ARRESTED_ON"])) for s in custody]
    for whom in (suspects, detained):
        assert min(county.age(entity, on) for entity, on in whom) >= 10
        distinct = {e for e, _ in whom if e[0] != "S"}  # planted ones are of either sex alike
        men = sum(county.residents[e]["sex"] == "M" for e in distinct)
        assert 0.6 < men / len(distinct) < 0.97
    young = {e: county.age(e, on) < 40 for e, on in detained if e[0] != "S"}
    assert sum(young.values()) > 0.42 * len(young)


def test_nobody_is_met_before_they_came_or_after_they_went(county: County) -> None:
    for s in county.sent("police-incidents"):
        for part in ("first", "second"):
            entity = county.people.get((s.source, s.key, part))
            if entity is None or entity[0] == "S":
                continue
            gone_on = county.residents[entity]["gone_on"]
            assert not gone_on or _day(s.row["OCCURRED_ON"]).isoformat() < gone_on
            assert county.residents[entity]["birth_date"] <= _day(s.row["OCCURRED_ON"]).isoformat()


def test_some_live_together(county: County, incidents: list[Any]) -> None:
    homes = county.homes
    together = sum(
        homes["police-incidents", s.key, "first_home"][0]["uprn"]
        == homes["police-incidents", s.key, "second_home"][0]["uprn"]
        != ""
        for s in incidents
        if ("police-incidents", s.key, "first_home") in homes
        and ("police-incidents", s.key, "second_home") in homes
    )
    assert together > 3


def test_nine_in_a_thousand_are_detained_in_a_year_some_again(county: County, custody: list[Any]) -> None:
    first = [s for s in custody if s.as_at == FIRST]
    assert 0.006 * county.made.residents < len(first) < 0.012 * county.made.residents
    again = Counter(county.people[s.source, s.key, "detained"] for s in custody)
    assert sum(n > 1 for n in again.values()) >= 2


def test_some_give_other_names(custody: list[Any]) -> None:
    assert 0 < sum(bool(s.row["ALIAS_SURNAME"]) for s in custody) < 0.4 * len(custody)
    assert all(s.row["ALIAS_SURNAME"] != s.row["SURNAME"] for s in custody)


def test_ethnicity_is_self_defined(county: County, custody: list[Any]) -> None:
    codes = {
        c for table in county.contracts["police-custody"].tables for c in table.column("ETHNICITY").codes
    }
    said = Counter(s.row["ETHNICITY"] for s in custody)
    assert set(said) <= codes
    assert said["W1"] > said["NS"] > 0
