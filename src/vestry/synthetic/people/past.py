"""Ten years of what happened before the first day, told backwards so that the first day comes out as the census has it.

Going back in time each household gives up its home on the day it moved in and is put where it was before: in a
home that stood empty then, with parents, with a partner it has since left, or outside the district. Households
that left, and people who died, come back to where they were. No home is ever lived in by two households at once.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.ground.land import Property
from vestry.synthetic.names import drawing
from vestry.synthetic.people import person as life
from vestry.synthetic.people.peopling import Group, Peopler, married_to, renamed
from vestry.synthetic.people.person import Change, Household, Person, Stay
from vestry.synthetic.people.world import YEARS, World

WITHIN: Final = 0.52
"""Of households that moved in, how many came from elsewhere in the same district (Census 2021, migration tables)."""
LEFT_EACH_YEAR: Final = 0.034
"""Households that left the district in a year, for each household there."""
DIED_EACH_YEAR: Final = 0.0092
"""Deaths in a year for each resident (ONS)."""
WIDOWED: Final = 0.55
"""Of people over 65 who live alone, how many lost their partner in these ten years or just before."""
SEPARATED: Final = 0.45
"""Of lone parents, how many were left by, or left, somebody who still lives in the district."""
LEFT_HOME: Final = 0.35
"""Of young people in homes of their own, how many have parents in the district."""
TAKES_NAME_BACK: Final = 0.4


@dataclass(slots=True, kw_only=True)
class _Living:
    """People who live together at a home since a day, as far back as is known; partners since `together`."""

    household: str
    home: Property
    since: date
    members: list[Person]
    couple: tuple[str, str] | None = None
    together: date | None = None
    parents: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Return:
    """A household that is not there on the first day, and the day on which it went or its one member died."""

    group: Group
    on: date
    died: bool


class Past:
    """Works out one district's past. `settled` are its households of the first day with the groups they came from."""

    def __init__(
        self, world: World, peopler: Peopler, rng: Random, settled: Sequence[tuple[Household, Group]]
    ) -> None:
        self.world, self.peopler, self.rng = world, peopler, rng
        self._settled = list(settled)
        self._queue: list[tuple[int, int, _Living | _Return]] = []
        self._count = 0
        self._vacant = list(world.vacant)
        self._of: dict[str, _Living] = {}
        self._parents: dict[str, str] = {}
        self._partner_left: dict[str, str] = {}

    def tell(self) -> None:
        """Fill in stays, names, deaths and departures of ten years; `world.changes` in the order of time."""
        pair_up = _Pairing(self.world, self.rng, self._settled)
        self._parents, self._partner_left = pair_up.parents(), pair_up.partners()
        for household, group in self._settled:
            people = [self.world.people[m] for m in household.members]
            self._lives(
                _Living(
                    household=household.entity,
                    home=household.home,
                    since=household.moved_in_on,
                    members=people,
                    couple=(people[0].entity, people[1].entity) if household.couple else None,
                    together=group.together,
                )
            )
        self._widow()
        self._bring_back()
        while self._queue:
            _, _, thing = heapq.heappop(self._queue)
            if isinstance(thing, _Return):
                self._come_back(thing)
            else:
                self._before(thing)
        self._tell_of_names_and_births()
        self.world.changes.sort(key=lambda c: (c.on, c.what, c.people))

    def _lives(self, living: _Living) -> None:
        self._of[living.household] = living
        if living.since > self.world.began:
            self._push(living.since, living)

    def _push(self, on: date, thing: _Living | _Return) -> None:
        self._count += 1
        heapq.heappush(self._queue, (-on.toordinal(), self._count, thing))

    def _note(
        self, on: date, what: str, people: Sequence[Person], household: str, left: Property | None
    ) -> None:
        if people:
            self.world.changes.append(
                Change(
                    on=on, what=what, people=tuple(p.entity for p in people), household=household, left=left
                )
            )

    def _before(self, living: _Living) -> None:
        """Where everyone who moved in together that day had been."""
        world, on = self.world, living.since
        there = [p for p in living.members if p.birth_date < on]
        if living.home.uprn:
            self._vacant.append(living.home)
        for part, couple in self._parts(living, there):
            first = part[0]
            parents = self._parents.get(first.entity, "")
            partner = self._partner_left.get(first.entity, "")
            if parents and len(part) == 1 and (on - first.birth_date).days < 27 * 365:
                self._back_with(parents, part, on, life.LEAVING_HOME, living.household)
            elif partner and len(part) == 1:
                self._back_with(partner, part, on, life.SEPARATION, living.household)
            elif (
                self.rng.random() < WITHIN
                and len(self._vacant) > 1
                and (on - first.birth_date).days > 19 * 365
            ):
                self._moved(living, part, couple, on)
            else:
                self._note(on, life.ARRIVAL, part, living.household, None)
                for member in part:
                    world.people[member.entity] = replace(world.people[member.entity], here_since=on)

    def _parts(
        self, living: _Living, there: list[Person]
    ) -> list[tuple[list[Person], tuple[str, str] | None]]:
        """Who came with whom: partners who were not yet together apart, sharers each alone, families whole."""
        adults = [p for p in there if p.age(living.since) >= 18]
        young = [p for p in there if p.age(living.since) < 18]
        if living.couple is not None:
            one = [p for p in adults if p.entity in living.couple]
            if living.together is not None and living.together < living.since:
                return [(there, living.couple)] if there else []
            others = [p for p in adults if p.entity not in living.couple]
            return [
                ([p, *(young + others if i == len(one) - 1 else [])], None) for i, p in enumerate(one)
            ] or ([(there, None)] if there else [])
        kin = len({p.birth_name for p in there}) <= max(1, len(there) - 1)
        if young or kin or len(adults) < 2:
            return [(there, None)] if there else []
        return [([p], None) for p in adults]

    def _moved(self, living: _Living, part: list[Person], couple: tuple[str, str] | None, on: date) -> None:
        world, rng = self.world, self.rng
        home = self._take(rng.randrange(max(1, len(self._vacant) - 1)))  # not the one just left, the last
        mean = {"owned": 8.0, "private": 2.5}.get(home.tenure, 6.0)
        since = on - timedelta(days=max(40, int(rng.expovariate(1 / mean) * 365.25)))
        since = max(since, part[0].birth_date + timedelta(days=int(18.2 * 365.25)))
        if couple is not None and living.together is not None:
            since = max(since, min(living.together, on - timedelta(days=30)))
        since = min(since, on - timedelta(days=1))
        household = self.peopler.household_name()
        for member in part:
            began = max(since, member.birth_date)
            world.earlier(Stay(household=household, person=member.entity, home=home, since=began, until=on))
        self._note(on, life.MOVE, part, living.household, home)
        self._lives(
            _Living(
                household=household, home=home, since=since, members=list(part), couple=couple,
                together=living.together if couple else None,
            )
        )  # fmt: skip

    def _back_with(self, household: str, part: list[Person], on: date, what: str, after: str) -> None:
        """Somebody goes back to those they left on a day: to the home that these had then."""
        host = self.world.people[household]
        entity = self.world.household_on(host.entity, on - timedelta(days=1))
        living = self._of.get(entity)
        if living is None:
            self._note(on, life.ARRIVAL, part, after, None)
            return
        for member in part:
            self.world.earlier(
                Stay(
                    household=entity,
                    person=member.entity,
                    home=living.home,
                    since=min(max(living.since, member.birth_date), on - timedelta(days=1)),
                    until=on,
                )
            )
        living.members += part
        self._note(on, what, part, after, living.home)

    def _widow(self) -> None:
        """Partners of people over 65 who live alone, dead these ten years, in the home that they shared."""
        world, rng = self.world, self.rng
        for household, _ in self._settled:
            if household.kind != "single over 65" or rng.random() > WIDOWED:
                continue
            left = world.people[household.members[0]]
            died = world.on - timedelta(days=rng.randint(3, YEARS * 365))
            sex = "M" if left.sex == "F" else "F"
            born = left.birth_date + timedelta(days=round(rng.gauss(-400 if sex == "M" else 400, 1200)))
            family = drawing.family_name(rng, left.heritage, sex)
            partner = self.peopler.person(sex=sex, born=born, heritage=left.heritage, family=family)
            wed = max(left.birth_date, born) + timedelta(days=rng.randint(19, 34) * 365)
            if sex == "M":
                world.people[left.entity] = left = married_to(left, partner, wed, rng)
            else:
                partner = married_to(partner, left, wed, rng)
            partner = replace(partner, death_date=died)
            world.people[partner.entity] = partner
            world.gone[partner.entity] = died
            living = self._of[household.entity]
            since = min(living.since, died - timedelta(days=1))
            if living.since >= died:  # moved since: nobody knows here where they lived before
                continue
            world.earlier(
                Stay(
                    household=household.entity,
                    person=partner.entity,
                    home=living.home,
                    since=since,
                    until=died,
                )
            )
            living.members.append(partner)
            living.couple, living.together = (left.entity, partner.entity), wed
            living.members[0] = left
            self._note(died, life.DEATH, [partner], household.entity, living.home)

    def _bring_back(self) -> None:
        """Put down the days on which households left and people died alone, to be reached when going back."""
        world, rng = self.world, self.rng
        days = (world.on - world.began).days
        for _ in range(round(len(self._settled) * LEFT_EACH_YEAR * YEARS)):
            on = world.on - timedelta(days=rng.randint(3, days))
            self._push(on, _Return(group=self.peopler.group(), on=on, died=False))
        alone = round(len(world.household_of) * DIED_EACH_YEAR * YEARS) - len(world.gone)
        for _ in range(max(0, alone)):
            on = world.on - timedelta(days=rng.randint(3, days))
            self._push(on, _Return(group=self.peopler.group("single over 65"), on=on, died=True))

    def _come_back(self, back: _Return) -> None:
        """A household back in a home that stood empty since it went; nothing when there is none."""
        world, rng, on = self.world, self.rng, back.on
        here = [p for p in back.group.members if p.birth_date < on]
        if not self._vacant or not here or here[0].age(on) < 18:
            return
        since = on - timedelta(days=max(60, int(rng.expovariate(1 / 6) * 365.25)))
        since = max(since, here[0].birth_date + timedelta(days=6575))
        if since >= on:
            return
        home = self._take(rng.randrange(len(self._vacant)))
        household = self.peopler.household_name()
        people = [replace(p, death_date=on if back.died else None) for p in here]
        for member in people:
            world.people[member.entity] = member
            world.gone[member.entity] = on
            began = max(since, member.birth_date)
            stay = Stay(household=household, person=member.entity, home=home, since=began, until=on)
            world.stays[member.entity] = [stay]
        self._note(on, life.DEATH if back.died else life.DEPARTURE, people, household, home)
        couple = (people[0].entity, people[1].entity) if back.group.couple and len(people) > 1 else None
        self._lives(
            _Living(
                household=household, home=home, since=since, members=people, couple=couple,
                together=back.group.together,
            )
        )  # fmt: skip

    def _take(self, at: int) -> Property:
        """The empty home at that place of the list, which no longer is one."""
        vacant = self._vacant
        home = vacant[at]
        vacant[at] = vacant[-1]
        vacant.pop()
        return home

    def _tell_of_names_and_births(self) -> None:
        world = self.world
        for person in world.people.values():
            stays = world.stays.get(person.entity, ())
            if not stays:
                continue
            if person.birth_date > world.began and stays[0].since == person.birth_date:
                self._note(person.birth_date, life.BIRTH, [person], stays[0].household, None)
            for name in person.names[1:]:
                if name.since > world.began:
                    household = world.household_on(person.entity, name.since)
                    self._note(name.since, life.RENAMING, [person], household, None)


class _Pairing:
    """Finds people of the first day who once lived together, and makes their names agree."""

    def __init__(self, world: World, rng: Random, settled: Sequence[tuple[Household, Group]]) -> None:
        self._world, self._rng = world, rng
        self._households = [h for h, _ in settled]

    def parents(self) -> dict[str, str]:
        """Young person -> parent, both of one heritage; the young person now bears the parent's family name."""
        world, rng, found = self._world, self._rng, dict[str, str]()
        homes: dict[str, list[Person]] = {}
        for household in self._households:
            if household.kind in ("couple", "couple with grown children", "couple with children"):
                father = world.people[household.members[0]]
                if 44 <= father.age(world.on) <= 66:
                    homes.setdefault(father.heritage, []).append(father)
        for household in self._households:
            if household.kind not in ("single", "sharers", "couple"):
                continue
            for member in household.members[:2]:
                young = world.people[member]
                if young.age(world.on) > 32 or rng.random() > LEFT_HOME or not homes.get(young.heritage):
                    continue
                father = rng.choice(homes[young.heritage])
                if father.age(world.on) - young.age(world.on) < 19:
                    continue
                family = drawing.gendered(father.family_name, young.heritage, young.sex)
                names = (replace(young.names[0], family_name=family), *young.names[1:])
                world.people[member] = replace(young, names=names)
                found[member] = father.entity
        return found

    def partners(self) -> dict[str, str]:
        """Person who left -> the lone parent they left. The children bear the name of the one who left."""
        world, rng, found = self._world, self._rng, dict[str, str]()
        alone = [
            world.people[h.members[0]]
            for h in self._households
            if h.kind == "single" and world.people[h.members[0]].sex == "M" and h.moved_in_on > world.began
        ]
        rng.shuffle(alone)
        for household in self._households:
            if household.kind != "lone parent" or rng.random() > SEPARATED or not alone:
                continue
            mother = world.people[household.members[0]]
            other = alone[-1]
            if mother.sex != "F" or abs(other.age(world.on) - mother.age(world.on)) > 9:
                rng.shuffle(alone)
                continue
            alone.pop()
            left_on = world.home(other.entity).moved_in_on
            if left_on <= household.moved_in_on:
                continue
            wed = max(world.people[household.members[1]].birth_date - timedelta(days=400), world.began)
            if wed < left_on and rng.random() < 0.6:
                mother = married_to(mother, other, wed, rng)
                if rng.random() < TAKES_NAME_BACK and len(mother.names) > 1:
                    mother = renamed(mother, left_on, family=mother.birth_name, title="Ms")
                world.people[mother.entity] = mother
            for member in household.members[1:]:
                child = world.people[member]
                family = drawing.gendered(other.family_name, child.heritage, child.sex)
                world.people[member] = replace(child, names=(replace(child.names[0], family_name=family),))
            found[other.entity] = mother.entity
        return found
