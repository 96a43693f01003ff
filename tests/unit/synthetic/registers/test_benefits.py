"""Housing benefit and council tax reduction: who claims, how much, and what goes wrong."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

County = Any
FIRST, LAST = date(2025, 9, 1), date(2025, 12, 1)


@pytest.fixture(scope="module")
def claims(county: County) -> list[Any]:
    """Claims of the first day."""
    return [s for source in county.sources("benefits") for s in county.sent(source, FIRST)]


def test_eight_to_ten_households_in_a_hundred_claim(county: County, claims: list[Any]) -> None:
    live = sum(s.row["STATUS"] == "LIVE" for s in claims)
    households = county.made.residents / 2.36
    assert 0.06 * households < live < 0.11 * households
    assert 0 < sum(s.row["STATUS"] == "ENDED" for s in claims) < 0.3 * live


def test_every_claim_has_an_award_and_renters_alone_have_rent_paid(claims: list[Any]) -> None:
    assert all(s.row["HB_WEEKLY"] or s.row["CTR_WEEKLY"] for s in claims)
    assert all(not s.row["HB_WEEKLY"] for s in claims if s.row["TENURE"] == "OWNER")
    rents = [float(s.row["HB_WEEKLY"]) for s in claims if s.row["HB_WEEKLY"]]
    taxes = [float(s.row["CTR_WEEKLY"]) for s in claims if s.row["CTR_WEEKLY"]]
    assert min(rents) >= 80 and max(rents) <= 320
    assert min(taxes) >= 5 and max(taxes) <= 90


def test_tenants_claim_oftener_than_owners(claims: list[Any]) -> None:
    tenures = Counter(s.row["TENURE"] for s in claims)
    renting = sum(n for t, n in tenures.items() if t != "OWNER")
    assert renting > 0.6 * len(claims)  # a third of homes are rented
    assert {"COUNCIL", "HOUSING ASSOC", "OWNER", "PRIVATE TENANT"} <= set(tenures)


def test_the_national_insurance_number_is_nearly_always_there(claims: list[Any]) -> None:
    given = sum(bool(s.row["NINO"]) for s in claims)
    assert given > 0.94 * len(claims)
    assert any(" " in s.row["NINO"] for s in claims)
    assert sum(bool(s.row["PTNR_SURNAME"]) for s in claims) > 0.1 * len(claims)


def test_claims_begin_before_they_end(claims: list[Any]) -> None:
    for s in claims:
        began, ended = (
            date(*(int(x) for x in reversed(s.row[c].split("/")))) if s.row[c] else None
            for c in ("CLAIM_START", "CLAIM_END")
        )
        assert began is not None and began <= FIRST
        assert (ended is None) == (s.row["STATUS"] == "LIVE")
        assert ended is None or began <= ended <= FIRST


def test_claims_end_and_begin_as_months_pass(county: County, claims: list[Any]) -> None:
    later = {(s.source, s.key): s.row for src in county.sources("benefits") for s in county.sent(src, LAST)}
    before = {(s.source, s.key): s.row for s in claims}
    assert later.keys() - before.keys()
    ended = [k for k in before.keys() & later.keys() if before[k]["STATUS"] != later[k]["STATUS"]]
    who = [county.residents[county.people[s, k, "claimant"]] for s, k in ended]
    assert any(not w["gone_on"] and w["household_kind"] != "care home" for w in who)
    same = sum(before[k] == later[k] for k in before.keys() & later.keys())
    assert same > 0.7 * len(before)


def test_some_claims_are_of_the_dead_and_gone(county: County, claims: list[Any]) -> None:
    claimants = [county.people[s.source, s.key, "claimant"] for s in claims]
    assert any(county.dead(e) for e in claimants)
    assert any(county.gone(e) for e in claimants)
