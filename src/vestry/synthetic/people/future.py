"""Moves a district on from its first day: births, deaths, moves, marriages, separations, trade, and the rest of life.

Each change is made true in the world first and told to whoever asked second, in the order of its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.business import Opener
from vestry.synthetic.names import drawing
from vestry.synthetic.names.heritages import ENGLISH
from vestry.synthetic.people import person as life
from vestry.synthetic.people.movers import Mover
from vestry.synthetic.people.peopling import Group, Peopler, married_to, renamed
from vestry.synthetic.people.person import Change, Household
from vestry.synthetic.people.world import World

YEARLY: Final = {
    life.BIRTH: 0.0105, life.DEATH: 0.0092, life.MOVE: 0.024, life.ARRIVAL: 0.019, life.DEPARTURE: 0.017,
    life.MARRIAGE: 0.0040, life.SEPARATION: 0.0016, life.RENAMING: 0.0008, life.LEAVING_HOME: 0.006,
    life.INTO_CARE: 0.0012, life.OPENING: 0.0040, life.CLOSING: 0.0036,
}  # fmt: skip
"""Changes in a year for each resident: births, deaths and marriages as the ONS counts them, the rest reasoned."""

Told = Callable[[Change], None]


class Future:
    """Makes changes come true in one world. `leaving` and `coming` are movers between districts with days to come."""

    def __init__(
        self,
        world: World,
        peopler: Peopler,
        opener: Opener,
        rng: Random,
        *,
        leaving: Sequence[Mover] = (),
        coming: Sequence[Mover] = (),
    ) -> None:
        self.world, self.peopler, self.opener, self.rng = world, peopler, opener, rng
        self._leaving, self._coming = leaving, coming
        self._acts: dict[str, Callable[[date], Change | None]] = {
            life.BIRTH: self._birth,
            life.DEATH: self._death,
            life.MOVE: self._move,
            life.ARRIVAL: self._arrival,
            life.DEPARTURE: self._departure,
            life.MARRIAGE: self._marriage,
            life.SEPARATION: self._separation,
            life.RENAMING: self._renaming,
            life.LEAVING_HOME: self._leaving_home,
            life.INTO_CARE: self._into_care,
            life.OPENING: self._opening,
            life.CLOSING: self._closing,
        }

    def pass_until(self, until: date, told: Told) -> None:
        """Every change from the world's day to `until`, told in order."""
        world, rng, since = self.world, self.rng, self.world.on
        days = (until - since).days
        many = len(world.household_of) * days / 365.25
        due = [
            (since + timedelta(days=rng.randint(1, days)), what, None)
            for what, rate in YEARLY.items()
            for _ in range(max(1, round(rate * many)))
        ]
        moving: list[tuple[date, str, Mover | None]] = [
            *((m.on, life.DEPARTURE, m) for m in self._leaving if since < m.on <= until),
            *((m.on, life.ARRIVAL, m) for m in self._coming if since < m.on <= until),
        ]
        self._homes = list(world.households)
        self._old = [p.entity for p in world.residents() if p.age(since) > 55]
        self._shops = list(world.businesses)
        everything = [(on, what, i, mover) for i, (on, what, mover) in enumerate([*due, *moving])]
        for on, what, _, mover in sorted(everything, key=lambda e: e[:3]):
            world.on = on
            change = self._acts[what](on) if mover is None else self._mover(mover, what)
            if change is not None:
                world.changes.append(change)
                told(change)
        world.on = until

    def _candidates(self) -> Iterator[Household]:
        for _ in range(200):
            found = self.world.households.get(self.rng.choice(self._homes))
            if found is not None and not found.communal:
                yield found

    def _birth(self, on: date) -> Change | None:
        for home in self._candidates():
            parents = self.world.adults(home)[:2]
            if not home.couple or len(parents) < 2 or not 18 <= min(p.age(on) for p in parents) <= 42:
                continue
            others = [self.world.people[m] for m in home.members[2:]]
            child = self.peopler.child((parents[0], parents[1]), on, [o for o in others if o.age(on) < 18])
            self.world.people[child.entity] = child
            grown = replace(home, members=(*home.members, child.entity))
            self.world.households[home.entity] = grown
            self.world.enter(child.entity, grown, on)
            return Change(on=on, what=life.BIRTH, people=(child.entity,), household=home.entity)
        return None

    def _death(self, on: date) -> Change | None:
        world = self.world
        for _ in range(200):
            entity = self.rng.choice(self._old) if self._old else ""
            if entity not in world.household_of:
                continue
            if self.rng.random() > ((world.people[entity].age(on) - 50) / 50) ** 3:
                continue
            home = world.home(entity)
            world.people[entity] = replace(world.people[entity], death_date=on)
            world.gone[entity] = on
            world.leave(entity, on)
            left = tuple(m for m in home.members if m != entity)
            self._keep(replace(home, members=left, couple=home.couple and entity not in home.members[:2]))
            return Change(on=on, what=life.DEATH, people=(entity,), household=home.entity, left=home.home)
        return None

    def _keep(self, home: Household) -> None:
        """The household as it is now; without members it is no more, and its home is empty."""
        if home.members:
            self.world.households[home.entity] = home
            return
        del self.world.households[home.entity]
        if not home.communal:
            self.world.vacant.insert(0, home.home)

    def _move(self, on: date) -> Change | None:
        world = self.world
        if not world.vacant:
            return None
        for home in self._candidates():
            moved = replace(
                home, entity=self.peopler.household_name(), home=world.vacant.pop(), moved_in_on=on
            )
            for member in home.members:
                world.leave(member, on)
            self._keep(replace(home, members=()))
            world.settle(moved)
            self._homes.append(moved.entity)
            return Change(on=on, what=life.MOVE, people=home.members, household=moved.entity, left=home.home)
        return None

    def _arrival(self, on: date) -> Change | None:
        return self._house(self.peopler.group(), on) if self.world.vacant else None

    def _house(self, group: Group, on: date) -> Change:
        world = self.world
        household = Household(
            entity=self.peopler.household_name(),
            kind=group.kind,
            couple=group.couple,
            members=tuple(m.entity for m in group.members),
            home=world.vacant.pop(),
            moved_in_on=on,
            phone=self.peopler.numbers.phone() if self.rng.random() < 0.5 else "",
        )
        for member in group.members:
            world.people[member.entity] = replace(member, here_since=on)
        world.settle(household)
        self._homes.append(household.entity)
        return Change(on=on, what=life.ARRIVAL, people=household.members, household=household.entity)

    def _departure(self, on: date) -> Change | None:
        for home in self._candidates():
            return self._depart(home, on)
        return None

    def _depart(self, home: Household, on: date) -> Change:
        for member in home.members:
            self.world.leave(member, on)
            self.world.gone[member] = on
        self._keep(replace(home, members=()))
        return Change(on=on, what=life.DEPARTURE, people=home.members, household=home.entity, left=home.home)

    def _mover(self, mover: Mover, what: str) -> Change | None:
        if what == life.ARRIVAL:
            return self._house(mover.group, mover.on) if self.world.vacant else None
        home = self.world.households.get(mover.entity)
        return None if home is None else self._depart(home, mover.on)

    def _marriage(self, on: date) -> Change | None:
        world = self.world
        for home in self._candidates():
            pair = world.adults(home)[:2]
            if not home.couple or len(pair) < 2 or len(pair[0].names) + len(pair[1].names) > 2:
                continue
            if pair[0].family_name == pair[1].family_name or pair[0].sealed or pair[1].sealed:
                continue
            first, second = pair if pair[1].sex == "F" or self.rng.random() < 0.9 else pair[::-1]
            wed = married_to(second, first, on, self.rng)
            if wed is second:
                continue
            world.people[second.entity] = wed
            return Change(
                on=on, what=life.MARRIAGE, people=(first.entity, second.entity), household=home.entity
            )
        return None

    def _separation(self, on: date) -> Change | None:
        """One of a couple moves out to a home of their own."""
        world = self.world
        for home in self._candidates():
            if not home.couple or len(home.members) < 2 or not world.vacant:
                continue
            goes = home.members[0] if self.rng.random() < 0.7 else home.members[1]
            if world.people[goes].age(on) > 60:
                continue
            stays = tuple(m for m in home.members if m != goes)
            kind = "lone parent" if len(stays) > 1 else "single"
            self._keep(replace(home, members=stays, couple=False, kind=kind))
            return self._move_out(goes, on, life.SEPARATION, home)
        return None

    def _move_out(self, goes: str, on: date, what: str, left: Household) -> Change:
        """Somebody moves from a household to a home of their own."""
        household = Household(
            entity=self.peopler.household_name(),
            kind="single",
            couple=False,
            members=(goes,),
            home=self.world.vacant.pop(),
            moved_in_on=on,
            phone="",
        )
        self.world.settle(household)
        self._homes.append(household.entity)
        return Change(on=on, what=what, people=(goes,), household=household.entity, left=left.home)

    def _renaming(self, on: date) -> Change | None:
        """A change of name by deed: mostly back to the name of birth."""
        world = self.world
        for home in self._candidates():
            person = world.people[home.members[0]]
            if person.age(on) < 18 or person.sealed:
                continue
            family = person.birth_name
            if family == person.family_name:
                family = drawing.family_name(self.rng, person.heritage, person.sex)
            world.people[person.entity] = renamed(person, on, family=family)
            return Change(on=on, what=life.RENAMING, people=(person.entity,), household=home.entity)
        return None

    def _leaving_home(self, on: date) -> Change | None:
        world = self.world
        for home in self._candidates():
            if home.kind not in ("couple with grown children", "lone parent with grown children"):
                continue
            young = [m for m in home.members[1:] if 18 <= world.people[m].age(on) <= 30]
            if not young or not world.vacant:
                continue
            goes = young[0]
            self._keep(replace(home, members=tuple(m for m in home.members if m != goes)))
            return self._move_out(goes, on, life.LEAVING_HOME, home)
        return None

    def _into_care(self, on: date) -> Change | None:
        """Somebody who lives alone moves into a care home and leaves a home empty."""
        world, homes = self.world, self.world.ground.care_homes
        for home in self._candidates():
            person = world.people[home.members[0]]
            if len(home.members) > 1 or person.age(on) < 78 or person.heritage != ENGLISH or not homes:
                continue
            moved = Household(
                entity=self.peopler.household_name(),
                kind="care home",
                couple=False,
                members=home.members,
                home=self.rng.choice(homes),
                moved_in_on=on,
                phone="",
            )
            world.leave(person.entity, on)
            self._keep(replace(home, members=()))
            world.settle(moved)
            return Change(
                on=on, what=life.INTO_CARE, people=home.members, household=moved.entity, left=home.home
            )
        return None

    def _opening(self, on: date) -> Change | None:
        if not self.world.vacant_shops:
            return None
        business = self.opener.open(on)
        self._shops.append(business.entity)
        return Change(on=on, what=life.OPENING, business=business.entity)

    def _closing(self, on: date) -> Change | None:
        for _ in range(50):
            entity = self.rng.choice(self._shops) if self._shops else ""
            business = self.world.businesses.get(entity)
            if business is not None and business.closed_on is None:
                self.world.businesses[entity] = replace(business, closed_on=on)
                self.world.vacant_shops.insert(0, business.premises)
                return Change(on=on, what=life.CLOSING, business=entity)
        return None
