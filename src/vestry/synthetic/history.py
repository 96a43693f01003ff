"""Moves a fictional district on by months: births, deaths, moves, arrivals, departures, marriages, trade.

Each change is made true in the world first and told to whoever asked second, in the order of its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic import names
from vestry.synthetic.business import Opener
from vestry.synthetic.people import Change, Gone, Household, World
from vestry.synthetic.population import MARRIED_NAME, Peopler, marry

YEARLY: Final = {
    "birth": 0.011, "death": 0.009, "move": 0.024, "arrival": 0.021, "departure": 0.017, "marriage": 0.004,
    "opening": 0.0040, "closing": 0.0036,
}  # fmt: skip
"""Changes in a year for each resident: births, deaths and marriages as the ONS counts them."""

Told = Callable[[Change], None]


class History:
    """Makes changes come true in one world."""

    def __init__(self, world: World, peopler: Peopler, opener: Opener, rng: Random) -> None:
        self.world, self.peopler, self.opener, self.rng = world, peopler, opener, rng

    def pass_months(self, until: date, months: int, told: Told) -> None:
        """Every change from the world's day to `until`, told in order; at least one of each kind."""
        world, rng = self.world, self.rng
        days = (until - world.on).days
        due = [
            (world.on + timedelta(days=rng.randint(1, days)), what)
            for what, rate in YEARLY.items()
            for _ in range(max(1, round(rate * len(world.people) * months / 12)))
        ]
        self._homes = list(world.households)
        self._old = [p.entity for p in world.people.values() if p.birth_date.year < until.year - 55]
        self._shops = list(world.businesses)
        acts = {
            "birth": self._birth,
            "death": self._death,
            "move": self._move,
            "arrival": self._arrival,
            "departure": self._departure,
            "marriage": self._marriage,
            "opening": self._opening,
            "closing": self._closing,
        }
        for on, what in sorted(due):
            world.on = on
            change = acts[what](on)
            if change is not None:
                world.changes.append(change)
                told(change)
        world.on = until

    def _candidates(self) -> Iterator[Household]:
        for _ in range(200):
            found = self.world.households.get(self.rng.choice(self._homes))
            if found is not None and found.kind != "care home":
                yield found

    def _birth(self, on: date) -> Change | None:
        for home in self._candidates():
            parents = self.world.adults(home)[:2]
            if not home.couple or len(parents) < 2 or not 18 <= min(p.age(on) for p in parents) <= 42:
                continue
            others = [self.world.people[m] for m in home.members[2:]]
            child = self.peopler.child((parents[0], parents[1]), on, others)
            self.world.people[child.entity] = child
            grown = replace(home, members=(*home.members, child.entity))
            self.world.households[home.entity] = grown
            self.world.enter(child.entity, grown, on)
            return Change(on=on, what="birth", people=(child.entity,), household=home.entity)
        return None

    def _death(self, on: date) -> Change | None:
        world = self.world
        for _ in range(200):
            entity = self.rng.choice(self._old) if self._old else ""
            if (
                entity not in world.household_of
                or self.rng.random() > ((world.people[entity].age(on) - 50) / 50) ** 3
            ):
                continue
            home = world.home(entity)
            world.people[entity] = replace(world.people[entity], death_date=on)
            world.gone.append(Gone(person=world.people[entity], home=home.home, on=on))
            world.leave(entity, on)
            left = tuple(m for m in home.members if m != entity)
            self._keep(replace(home, members=left, couple=home.couple and entity not in home.members[:2]))
            return Change(on=on, what="death", people=(entity,), household=home.entity, left=home.home)
        return None

    def _keep(self, home: Household) -> None:
        if home.members:
            self.world.households[home.entity] = home
            return
        del self.world.households[home.entity]
        if home.kind != "care home":
            self.world.vacant.insert(0, home.home)

    def _move(self, on: date) -> Change | None:
        world = self.world
        if not world.vacant:
            return None
        for home in self._candidates():
            moved = replace(
                home,
                entity=self.peopler.household_name(),
                home=world.vacant.pop(),
                moved_in_on=on,
                came_from=home.home,
            )
            del world.households[home.entity]
            world.settle(moved, on)
            self._homes.append(moved.entity)
            world.vacant.insert(0, home.home)
            return Change(on=on, what="move", people=moved.members, household=moved.entity, left=home.home)
        return None

    def _arrival(self, on: date) -> Change | None:
        world = self.world
        if not world.vacant:
            return None
        group = self.peopler.group()
        household = Household(
            entity=self.peopler.household_name(),
            kind=group.kind,
            members=tuple(m.entity for m in group.members),
            couple=group.couple,
            phone="",
            home=world.vacant.pop(),
            moved_in_on=on,
        )
        for member in group.members:
            world.people[member.entity] = member
        world.settle(household, on)
        self._homes.append(household.entity)
        return Change(on=on, what="arrival", people=household.members, household=household.entity)

    def _departure(self, on: date) -> Change | None:
        world = self.world
        for home in self._candidates():
            for member in home.members:
                world.leave(member, on)
                world.gone.append(Gone(person=world.people[member], home=home.home, on=on))
            self._keep(replace(home, members=()))
            return Change(on=on, what="departure", people=home.members, household=home.entity, left=home.home)
        return None

    def _marriage(self, on: date) -> Change | None:
        world = self.world
        for home in self._candidates():
            pair = world.adults(home)[:2]
            if (
                not home.couple
                or len(pair) < 2
                or pair[0].family_name == pair[1].family_name
                or pair[1].born_as
            ):
                continue
            if not {pair[0].heritage, pair[1].heritage} - {names.PAKISTANI, names.CHINESE}:
                continue
            first, second = pair if self.rng.random() < MARRIED_NAME + 0.2 else pair[::-1]
            world.people[second.entity] = marry(first, second, on, self.rng)
            return Change(on=on, what="marriage", people=(first.entity, second.entity), household=home.entity)
        return None

    def _opening(self, on: date) -> Change | None:
        if not self.world.vacant_shops:
            return None
        business = self.opener.open(on)
        self._shops.append(business.entity)
        return Change(on=on, what="opening", business=business.entity)

    def _closing(self, on: date) -> Change | None:
        for _ in range(50):
            entity = self.rng.choice(self._shops) if self._shops else ""
            business = self.world.businesses.get(entity)
            if business is not None and business.closed_on is None:
                self.world.businesses[entity] = replace(business, closed_on=on)
                self.world.vacant_shops.insert(0, business.premises)
                return Change(on=on, what="closing", business=entity)
        return None
