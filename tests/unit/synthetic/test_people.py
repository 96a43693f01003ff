"""Who lives there: households as the census has them, ten years that hang together, names and numbers."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random

import pytest

from vestry.model.identifiers import nhs_number, nino, upn
from vestry.synthetic.chance import stream
from vestry.synthetic.ground import land
from vestry.synthetic.ground.mapping import draw_map
from vestry.synthetic.ground.survey import Needs, survey
from vestry.synthetic.names import english
from vestry.synthetic.names.drawing import family_names, gendered, given_pool
from vestry.synthetic.names.heritages import ENGLISH, GIVEN, HERITAGES, POLISH, TRAVELLER
from vestry.synthetic.names.variants import NICKNAMES
from vestry.synthetic.people.numbers import Numbers, another_valid
from vestry.synthetic.people.past import Past
from vestry.synthetic.people.peopling import KINDS
from vestry.synthetic.people.person import ADOPTED, GENDER, PROTECTED
from vestry.synthetic.people.sealed import Sealed, plant
from vestry.synthetic.people.settling import settle_district, shares
from vestry.synthetic.people.world import World
from vestry.synthetic.plan import DISTRICTS

ON = date(2025, 9, 1)
PLAN = DISTRICTS[2]
RESIDENTS = 12_000


@pytest.fixture(scope="module")
def lived() -> tuple[World, list[Sealed]]:
    areas = draw_map((PLAN,), {PLAN.organisation: RESIDENTS}, stream(3, "map"))[0]
    parts = shares(PLAN, RESIDENTS)
    needs = Needs(
        residents=RESIDENTS, households=5_600, in_care_homes=parts.in_care_homes, in_halls=parts.in_halls
    )
    ground = survey(PLAN, areas, needs, stream(3, "ground"))
    world, peopler, settled = settle_district(ground, RESIDENTS, ON, 3, frozenset(), [])
    Past(world, peopler, stream(3, "past"), settled).tell()
    return world, plant(world, peopler, stream(3, "sealed"))


@pytest.fixture
def world(lived: tuple[World, list[Sealed]]) -> World:
    return lived[0]


def test_there_are_exactly_so_many(world: World) -> None:
    assert len(world.household_of) == RESIDENTS
    members = [m for h in world.households.values() for m in h.members]
    assert len(members) == len(set(members)) == RESIDENTS


def test_household_types_are_those_of_the_census(world: World) -> None:
    kinds = Counter(h.kind for h in world.households.values() if not h.communal)
    whole = sum(kinds.values())
    wanted = dict(
        zip(KINDS.items, (b - a for a, b in zip((0, *KINDS.totals), KINDS.totals, strict=False)), strict=True)
    )
    for kind, share in wanted.items():
        assert kinds[kind] / whole == pytest.approx(share, abs=0.02)
    sizes = [len(h.members) for h in world.households.values() if not h.communal]
    assert 2.25 < sum(sizes) / len(sizes) < 2.45


def test_ages_are_those_of_an_english_county(world: World) -> None:
    """Shares of broad ages in Hertfordshire, mid-2020 (ONS): within two in a hundred."""
    ages = [p.age(ON) for p in world.residents()]
    wanted = {
        (0, 14): 0.194,
        (15, 29): 0.166,
        (30, 44): 0.205,
        (45, 64): 0.263,
        (65, 79): 0.121,
        (80, 120): 0.051,
    }
    students = shares(PLAN, RESIDENTS).in_halls / RESIDENTS
    for (low, high), share in wanted.items():
        found = sum(low <= a <= high for a in ages) / len(ages)
        share = share * (1 - students) + (students if low == 15 else 0)
        assert found == pytest.approx(share, abs=0.025), (low, high)


def test_heritages_are_as_diverse_as_the_plan_says(world: World) -> None:
    people = world.residents()
    english = sum(p.heritage == ENGLISH for p in people) / len(people)
    assert 0.66 < english < 0.82
    assert {p.heritage for p in people} >= set(HERITAGES) - {TRAVELLER}


def test_stays_follow_each_other_and_homes_are_not_shared_by_strangers(world: World) -> None:
    lived: dict[str, dict[str, list[date]]] = defaultdict(dict)
    for stays in world.stays.values():
        for one, other in itertools.pairwise(stays):
            assert one.until is not None and one.until <= other.since
        for stay in stays:
            assert stay.until is None or stay.since <= stay.until
            assert stay.since >= world.people[stay.person].birth_date or not stay.person
            if stay.home.form in land.SELF_CONTAINED and not stay.person.startswith("S"):
                span = lived[stay.home.uprn].setdefault(stay.household, [stay.since, stay.until or date.max])
                span[0], span[1] = min(span[0], stay.since), max(span[1], stay.until or date.max)
    for homes in lived.values():
        spans = sorted(homes.values())
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_ten_years_hold_every_kind_of_change(world: World) -> None:
    kinds = Counter(c.what for c in world.changes)
    assert set(kinds) == {
        "birth", "death", "departure", "arrival", "move", "change of name", "separation", "leaving home",
    }  # fmt: skip
    assert kinds["birth"] == pytest.approx(0.0105 * 10 * RESIDENTS, rel=0.35)
    assert kinds["death"] == pytest.approx(0.0092 * 10 * RESIDENTS, rel=0.35)
    assert [c.on for c in world.changes] == sorted(c.on for c in world.changes)
    assert min(c.on for c in world.changes) >= world.began - timedelta(days=1)


def test_a_name_is_what_was_borne_that_day(world: World) -> None:
    renamed = [p for p in world.people.values() if len(p.names) > 1]
    assert len(renamed) > 0.05 * RESIDENTS
    for person in renamed[:200]:
        assert person.name_on(date(1900, 1, 1)) == person.names[0]
        assert person.name_on(person.names[1].since) != person.names[0]
        assert person.name_on(date(2100, 1, 1)) == person.name


def test_twins_and_a_father_and_son_of_one_name_live_together(world: World) -> None:
    twins = fathers = 0
    for household in world.households.values():
        people = [world.people[m] for m in household.members]
        births = Counter((p.birth_date, p.family_name) for p in people)
        twins += any(n > 1 for n in births.values())
        men = [p for p in people if p.sex == "M"]
        fathers += len({(p.given_names[0], p.family_name) for p in men}) < len(men) and household.couple
    assert twins > 5
    assert fathers > 5


def test_identifiers_are_valid_and_nobody_shares_one(world: World) -> None:
    people = list(world.people.values())
    for attribute, check in (("nhs_number", nhs_number), ("nino", nino), ("upn", upn)):
        said = [getattr(p, attribute) for p in people if getattr(p, attribute)]
        if attribute != "nino":  # a person of recognised gender keeps theirs
            assert len(set(said)) == len(said)
        assert all(check(number) == number for number in said)


def test_sealed_identities_are_people_of_their_own(lived: tuple[World, list[Sealed]]) -> None:
    world, sealed = lived
    assert Counter(s.reason for s in sealed) == {ADOPTED: 4, GENDER: 2, PROTECTED: 4}
    for one in sealed:
        now, before = world.people[one.entity], world.people[one.earlier]
        assert now.nhs_number != before.nhs_number
        assert now.birth_date == before.birth_date
        assert (now.given_names, now.family_name) != (before.given_names, before.family_name)
        assert len(now.names) == len(before.names) == 1
        assert world.gone[one.earlier] == one.since
        assert all(s.until is not None and s.until <= one.since for s in world.stays[one.earlier])
        assert all(s.since >= one.since for s in world.stays[one.entity])


def test_some_have_no_address_and_some_live_in_institutions(world: World) -> None:
    kinds = Counter(h.kind for h in world.households.values() if h.communal)
    assert set(kinds) == {"care home", "hall", "refuge", "no fixed address"}
    assert all(not h.home.uprn for h in world.households.values() if h.kind == "no fixed address")


def test_lists_of_names_are_long_and_their_tails_too() -> None:
    assert len(family_names(ENGLISH).items) > 2_000
    for heritage in HERITAGES:
        for sex in "FM":
            pool = given_pool(heritage, sex, "new")
            assert len(pool.items) >= 18 and len(set(pool.items)) == len(pool.items)
    given = {n for text in (*english.GIVEN.values(), *GIVEN.values()) for n in text.split()}
    assert sum(name in given for name in NICKNAMES) > 0.9 * len(NICKNAMES)


def test_english_family_names_are_spread_as_in_life() -> None:
    rng, draw = Random(1), family_names(ENGLISH)
    counted = Counter(draw.draw(rng) for _ in range(50_000))
    ranked = [n for _, n in counted.most_common()]
    assert 0.004 < ranked[0] / 50_000 < 0.015
    assert 0.04 < sum(ranked[:10]) / 50_000 < 0.10
    assert 0.15 < sum(ranked[:100]) / 50_000 < 0.35


def test_a_polish_name_follows_the_sex() -> None:
    assert gendered("Kowalski", POLISH, "F") == "Kowalska"
    assert gendered("Kowalska", POLISH, "M") == "Kowalski"
    assert gendered("Nowak", POLISH, "F") == "Nowak"


def test_numbers_of_movers_are_apart_from_those_of_residents() -> None:
    own, moving = Numbers(4, Random(1)), Numbers(4, Random(1), movers=True)
    mine, theirs = {own.nhs_number() for _ in range(20_000)}, {moving.nhs_number() for _ in range(5_000)}
    assert len(mine) == 20_000 and len(theirs) == 5_000
    assert not mine & theirs
    number = own.nhs_number()
    assert another_valid(number, Random(2)) != number
