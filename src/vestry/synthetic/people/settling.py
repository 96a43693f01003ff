"""Peoples a district on its first day: every household in a home that suits it, since a day that suits it.

Exactly so many residents are made. Most are households by the census's shares; the rest live in care homes,
student halls and refuges, or have no fixed address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.chance import stream
from vestry.synthetic.ground import land
from vestry.synthetic.ground.land import Ground, Postcode, Property
from vestry.synthetic.names import heritages
from vestry.synthetic.people.peopling import Group, Peopler
from vestry.synthetic.people.person import Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.plan import DistrictPlan

IN_CARE_HOMES: Final = 0.0047
"""Of all residents, how many live in care homes (Census 2021, communal establishments)."""
NO_FIXED_ADDRESS: Final = 0.0012
"""Of all residents, how many have no address of their own: rough sleepers and those on friends' sofas."""
IN_REFUGES: Final = 0.0002

TENURES: Final[Mapping[str, tuple[float, float, float]]] = {
    "single": (0.52, 0.27, 0.21), "single over 65": (0.71, 0.06, 0.23), "couple": (0.72, 0.20, 0.08),
    "couple over 65": (0.90, 0.03, 0.07), "couple with children": (0.70, 0.16, 0.14),
    "couple with grown children": (0.84, 0.06, 0.10), "lone parent": (0.33, 0.25, 0.42),
    "lone parent with grown children": (0.60, 0.10, 0.30), "kin": (0.66, 0.14, 0.20),
    "three generations": (0.67, 0.16, 0.17), "sharers": (0.20, 0.72, 0.08), "students": (0.03, 0.95, 0.02),
}  # fmt: skip
"""Kind of household -> shares that own, rent privately, rent from a social landlord (reasoned from Census 2021,
RM135); together near Hertfordshire's 65, 17 and 18 in 100."""

STAYED: Final = {"owned": 12.0, "private": 2.6, "social": 9.0}
"""Mean years in the present home by tenure, near the English Housing Survey's."""

NOWHERE: Final = "no fixed address"
_TENURE_ORDER: Final = ("owned", "private", "social")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How many residents live in what way; they add up to all of them."""

    in_households: int
    in_care_homes: int
    in_halls: int
    in_refuges: int
    nowhere: int


def shares(plan: DistrictPlan, residents: int) -> Shares:
    """The residents of a district by the way they live."""
    beds, halls = round(residents * IN_CARE_HOMES), round(residents * plan.students)
    refuges, nowhere = max(1, round(residents * IN_REFUGES)), max(1, round(residents * NO_FIXED_ADDRESS))
    return Shares(
        in_households=residents - beds - halls - refuges - nowhere,
        in_care_homes=beds,
        in_halls=halls,
        in_refuges=refuges,
        nowhere=nowhere,
    )


def settle_district(
    ground: Ground, residents: int, on: date, seed: int, taken: frozenset[str], come: list[tuple[Group, date]]
) -> tuple[World, Peopler, list[tuple[Household, Group]]]:
    """A district's world on its first day, the maker of those who come later, and its households with their groups.

    `taken` are UPRNs of homes that are kept for people who move away to other districts; `come` are households
    that moved in from those, with the day. Together there are exactly `residents`.
    """
    plan = ground.plan
    peopler = Peopler(plan, on, stream(seed, plan.organisation, "people"))
    vacant = [home for home in ground.dwellings if home.uprn not in taken]
    world = World(ground=ground, on=on, vacant=vacant, vacant_shops=list(ground.shops))
    peopler.rng.shuffle(world.vacant)
    peopler.rng.shuffle(world.vacant_shops)
    homes = _Homes(world.vacant, peopler.rng)
    parts = shares(plan, residents)
    settled = [_house(world, peopler, homes, group, since) for group, since in come]
    left = parts.in_households - sum(len(group.members) for group, _ in come)
    for group in _groups(peopler, left):
        settled.append(_house(world, peopler, homes, group, None))
    _communal(world, peopler, parts)
    world.vacant = homes.left()
    return world, peopler, settled


def _groups(peopler: Peopler, residents: int) -> Iterator[Group]:
    """Households until there are exactly so many residents; the last ones are made to fit."""
    left = residents
    while left > 0:
        group = peopler.group()
        if len(group.members) <= left:
            left -= len(group.members)
            yield group


class _Homes:
    """Empty homes by tenure, and pitches; given out to those whom they suit."""

    def __init__(self, vacant: list[Property], rng: Random) -> None:
        self._rng = rng
        self._pools: dict[str, list[Property]] = {
            name: [h for h in vacant if h.tenure == name and h.form != land.PITCH] for name in _TENURE_ORDER
        }
        self._pitches = [h for h in vacant if h.form == land.PITCH]

    def one(self, group: Group) -> Property:
        """A home for this group, of the tenure that such a household is likely to have while there are any."""
        if self._pitches and group.members[0].heritage == heritages.TRAVELLER and self._rng.random() < 0.6:
            return self._pitches.pop()
        first = self._rng.choices(_TENURE_ORDER, TENURES[group.kind])[0]
        for tenure in (first, *_TENURE_ORDER):
            if self._pools[tenure]:
                return self._pools[tenure].pop()
        return self._pitches.pop()

    def left(self) -> list[Property]:
        """Homes that nobody took, in an order of chance."""
        rest = [home for pool in self._pools.values() for home in pool]
        self._rng.shuffle(rest)
        return rest


def _house(
    world: World, peopler: Peopler, homes: _Homes, group: Group, since: date | None
) -> tuple[Household, Group]:
    rng, home = peopler.rng, homes.one(group)
    if since is None:
        years = rng.expovariate(1 / STAYED.get(home.tenure, 6.0))
        if group.kind == "students":
            years = rng.choice((0.0, 1.0)) + 0.02
        since = world.on - timedelta(days=3 + int(years * 365.25))
        first = group.members[0]
        since = max(since, first.birth_date + timedelta(days=int(18.5 * 365.25)))
        if group.together is not None:
            since = max(since, group.together)
        since = min(since, world.on - timedelta(days=2))
    household = Household(
        entity=peopler.household_name(),
        kind=group.kind,
        couple=group.couple,
        members=tuple(m.entity for m in group.members),
        home=home,
        moved_in_on=since,
        phone=peopler.numbers.phone() if rng.random() < 0.45 else "",
    )
    for member in group.members:
        world.people[member.entity] = member
    world.settle(household)
    return household, group


def _communal(world: World, peopler: Peopler, parts: Shares) -> None:
    rng, ground = peopler.rng, world.ground
    for bed in range(parts.in_care_homes):
        resident = peopler.single(76, 98, heritages.ENGLISH)
        home = ground.care_homes[bed % len(ground.care_homes)]
        days = min(4000, int(rng.expovariate(1 / 800)) + 10)
        _alone(world, peopler, resident, "care home", home, world.on - timedelta(days=days))
    for place in range(parts.in_halls):
        student = peopler.single(18, 21, peopler.heritage())
        since = date(world.on.year - rng.choice((1, 1, 2)), 9, rng.randint(12, 28))
        since = max(since, student.birth_date + timedelta(days=6575))
        _alone(world, peopler, student, "hall", ground.halls[place % len(ground.halls)], since)
    for place in range(parts.in_refuges):
        guest = peopler.single(22, 50, peopler.heritage(), "F")
        since = world.on - timedelta(days=rng.randint(5, 200))
        _alone(world, peopler, guest, "refuge", ground.refuges[place % len(ground.refuges)], since)
    for _ in range(parts.nowhere):
        person = peopler.single(22, 62, peopler.heritage(), "M" if rng.random() < 0.8 else "F")
        since = world.on - timedelta(days=rng.randint(5, 900))
        _alone(world, peopler, person, NOWHERE, nowhere(ground), since)


def _alone(world: World, peopler: Peopler, person: Person, kind: str, home: Property, since: date) -> None:
    phone = "" if kind == "care home" else person.phone
    world.people[person.entity] = replace(person, phone=phone)
    world.settle(
        Household(
            entity=peopler.household_name(),
            kind=kind,
            couple=False,
            members=(person.entity,),
            phone="",
            home=home,
            moved_in_on=since,
        )
    )


def nowhere(ground: Ground) -> Property:
    """What stands for an address where there is none: the postcode is the NHS's own for no fixed abode."""
    lsoa = ground.lsoas[0]
    longitude, latitude = lsoa.centre
    return Property(
        uprn="",
        usrn="",
        sub="",
        building="No Fixed Abode",
        number="",
        street="",
        locality="",
        town="",
        postcode=Postcode(postcode="ZZ99 3VZ", lsoa=lsoa, longitude=longitude, latitude=latitude),
        form="none",
    )
