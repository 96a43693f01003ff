"""Who lives there: household types, families, names and numbers of the shapes that linkage finds hard."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from vestry.synthetic import names
from vestry.synthetic.gazetteer import DistrictPlan
from vestry.synthetic.people import Numbers, World, check_digit
from vestry.synthetic.population import populate

PLAN = DistrictPlan(
    organisation="brackmere", name="Brackmere", town="Brackton", number=1, west=2.6, south=53.5
)
ON = date(2025, 9, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return populate(PLAN, 4000, ON, seed=11)[0]


def test_the_lists_of_names_are_long_enough() -> None:
    assert len({n for text in names.FAMILY_NAMES.values() for n in text.split()}) >= 150
    assert len({n for text in names.GIVEN_NAMES.values() for n in text.split()}) >= 150
    given = {n for text in names.GIVEN_NAMES.values() for n in text.split()}
    assert set(names.NICKNAMES) <= given


def test_family_names_are_weighted_by_frequency(world: World) -> None:
    counted = Counter(p.family_name for p in world.people.values() if p.heritage == names.ENGLISH)
    assert counted["Smith"] > 3 * max(1, counted["Wombwell"])


def test_households_are_of_the_census_s_size(world: World) -> None:
    sizes = [len(h.members) for h in world.households.values() if h.kind != "care home"]
    assert 2.15 < sum(sizes) / len(sizes) < 2.6
    assert 0.25 < sum(n == 1 for n in sizes) / len(sizes) < 0.36


def test_every_household_has_its_own_home_and_an_adult(world: World) -> None:
    homes = [h.home.uprn for h in world.households.values() if h.kind != "care home"]
    assert len(homes) == len(set(homes))
    assert all(world.adults(h) for h in world.households.values())
    assert not set(homes) & {v.uprn for v in world.vacant}


def test_parents_are_adults_when_children_come_and_siblings_have_names_of_their_own(world: World) -> None:
    for household in world.households.values():
        people = [world.people[m] for m in household.members]
        if household.kind in ("couple with children", "lone parent"):
            parents, children = people[: 1 + household.couple], people[1 + household.couple :]
            for child in children:
                assert min(child.birth_date.year - p.birth_date.year for p in parents) >= 17
            assert len({c.given_names[0] for c in children}) == len(children)


def test_there_are_twins_and_sons_with_their_father_s_name(world: World) -> None:
    twins = namesakes = 0
    for household in world.households.values():
        people = [world.people[m] for m in household.members]
        children = [p for p in people if p.birth_date > people[0].birth_date]
        twins += len(children) - len({p.birth_date for p in children})
        namesakes += sum(
            p.given_names[0] == people[0].given_names[0] and p.family_name == people[0].family_name
            for p in children
        )
    assert twins >= 5
    assert namesakes >= 5


def test_people_lately_gone_are_remembered_but_do_not_live_there(world: World) -> None:
    assert len(world.gone) == round(4000 * 0.04) + round(4000 * 0.009)
    assert not {g.person.entity for g in world.gone} & set(world.household_of)
    assert all(g.person.death_date is None or g.person.death_date == g.on for g in world.gone)


@pytest.mark.parametrize(("nine", "digit"), [("943476591", "9"), ("999000000", ""), ("123456788", "1")])
def test_check_digit(nine: str, digit: str) -> None:
    weighted = sum(int(d) * (10 - i) for i, d in enumerate(nine))
    assert check_digit(nine) == digit
    assert not digit or (weighted + int(digit)) % 11 == 0


def test_numbers_are_valid_and_given_once() -> None:
    numbers = Numbers(1, Random(5))
    nhs = [numbers.nhs_number() for _ in range(5000)]
    assert len(set(nhs)) == 5000
    assert all(len(n) == 10 and check_digit(n[:9]) == n[9] for n in nhs)
    assert len({numbers.nino() for _ in range(5000)}) == 5000
    assert len({numbers.phone() for _ in range(13_000)}) == 13_000


def test_polish_and_sikh_names_take_the_form_of_the_bearer(world: World) -> None:
    polish = [p for p in world.people.values() if p.heritage == names.POLISH and "-" not in p.family_name]
    assert not [p for p in polish if p.sex == "F" and p.family_name.endswith("ski")]
    assert names.in_feminine("Nowak") == "Nowak"
    assert names.in_feminine("Kowalski") == "Kowalska"
