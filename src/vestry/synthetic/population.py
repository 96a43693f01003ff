"""Peoples a fictional district: households by type, their names and ages, and those who lately went.

Shares of household types, ages and moves are near England's at Census 2021 (ONS TS003, TS007) and the ONS's
estimates of moves; they are set here, in one place, as facts to be argued with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic import names
from vestry.synthetic.chance import Weighted, stream, weighted
from vestry.synthetic.gazetteer import DistrictPlan, Property, survey
from vestry.synthetic.people import Gone, Household, Numbers, Person, World

KINDS: Final[Weighted[str]] = weighted(
    [
        ("single", 0.17), ("single over 65", 0.13), ("couple", 0.17), ("couple over 65", 0.09),
        ("couple with children", 0.20), ("lone parent", 0.10), ("couple with grown children", 0.06),
        ("three generations", 0.02), ("sharers", 0.04), ("students", 0.02),
    ]
)  # fmt: skip
MARRIED_NAME = 0.75
"""Of couples, how many bear one family name."""
DOUBLE_BARRELLED = 0.04
TWINS = 0.016
"""Of births, how many bring a second child (ONS birth characteristics: 1.4 to 1.6 in 100)."""
FATHERS_NAME = 0.04
"""Of sons, how many bear their father's first given name."""
MOVED_LAST_YEAR = 0.10
MOVED_WITHIN = 0.55
"""Of households that moved in the last year, how many came from elsewhere in the same place."""
LEFT_LAST_YEAR = 0.04
DIED_LAST_YEAR = 0.009
CARE_HOME_BEDS: Final = 14
CARE_HOME_RESIDENTS: Final = 0.004
"""Of all residents, how many live in care homes (about 350,000 of 56 million)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A household before it has a home."""

    kind: str
    couple: bool
    members: tuple[Person, ...]


class Peopler:
    """Makes people and households of one district, on one day."""

    def __init__(self, plan: DistrictPlan, on: date, rng: Random) -> None:
        self.plan, self.on, self.rng = plan, on, rng
        self.numbers = Numbers(plan.number, rng)
        self._people = self._households = 0

    def person(
        self, *, sex: str, born: date, heritage: str, family: str, given: tuple[str, ...] = ()
    ) -> Person:
        """One person; given names are drawn unless given."""
        rng = self.rng
        self._people += 1
        given = given or self.given_names(heritage, sex, born.year)
        age = self.on.year - born.year
        title = names.titles(sex).draw(rng) if age >= 18 else ""
        mail = age >= 16 and rng.random() < 0.6
        return Person(
            entity=f"P{self.plan.number:02}-{self._people:06}",
            sex=sex,
            birth_date=born,
            heritage=heritage,
            title=title,
            family_name=family,
            given_names=given,
            nhs_number=self.numbers.nhs_number(),
            nino=self.numbers.nino() if age >= 16 else "",
            phone=self.numbers.phone() if age >= 14 and rng.random() < 0.85 else "",
            email=f"{plain(given[0])}.{plain(family)}{rng.randint(1, 99)}@example.org" if mail else "",
        )

    def given_names(self, heritage: str, sex: str, year: int) -> tuple[str, ...]:
        """One to three given names, none twice."""
        pool = names.given_names(heritage, sex, names.generation_of(year))
        dice = self.rng.random()
        wanted = 1 if dice < 0.28 else 2 if dice < 0.93 else 3
        drawn = dict.fromkeys(pool.draw(self.rng) for _ in range(wanted))
        return tuple(drawn)

    def family_name(self, heritage: str, sex: str) -> str:
        """A family name in the form that this sex bears."""
        return _gendered(names.family_names(heritage).draw(self.rng), heritage, sex)

    def household_name(self) -> str:
        """The next household's entity."""
        self._households += 1
        return f"H{self.plan.number:02}-{self._households:06}"

    def born(self, low: int, high: int) -> date:
        """A day of birth that makes somebody `low` to `high` years old today; the old are mostly less old."""
        least, most = int(low * 365.25) + 1, int((high + 1) * 365.25) - 1
        days = self.rng.triangular(least, most, least) if low >= 65 else self.rng.uniform(least, most)
        return self.on - timedelta(days=int(days))

    def single(self, low: int, high: int, heritage: str) -> Person:
        """One adult of that age."""
        sex = "F" if self.rng.random() < (0.6 if low >= 65 else 0.48) else "M"
        return self.person(
            sex=sex, born=self.born(low, high), heritage=heritage, family=self.family_name(heritage, sex)
        )

    def couple(self, low: int, high: int, heritage: str) -> tuple[Person, Person]:
        """Two adults of like age; three in four bear one name, the other's earlier name remembered."""
        rng = self.rng
        first = self.single(low, high, heritage)
        sex = first.sex if rng.random() < 0.02 else "F" if first.sex == "M" else "M"
        other = heritage if rng.random() < 0.92 else names.heritages().draw(rng)
        days = round(rng.gauss(0, 900))
        born = min(first.birth_date + timedelta(days=days), self.on - timedelta(days=int(18.1 * 365.25)))
        second = self.person(sex=sex, born=born, heritage=other, family=self.family_name(other, sex))
        if first.sex == "F" and sex == "M":
            first, second = second, first
        if rng.random() < MARRIED_NAME:
            years = max(0.0, (self.on - second.birth_date).days / 365.25 - 20)
            second = marry(first, second, self.on - timedelta(days=int(rng.random() * years * 365)), rng)
        return first, second

    def child(
        self, parents: tuple[Person, ...], born: date, siblings: Sequence[Person] = (), *, twin: bool = False
    ) -> Person:
        """A child of these parents, perhaps named for its father, or a twin of the last sibling."""
        rng, father, mother = self.rng, parents[0], parents[-1]
        sex = "F" if rng.random() < 0.488 else "M"
        stem = father.family_name if rng.random() < 0.92 else mother.family_name
        if father.family_name != mother.family_name and rng.random() < DOUBLE_BARRELLED:
            stem = f"{mother.family_name}-{father.family_name}"
        if twin:
            stem = siblings[-1].family_name
        siblings_names = {s.given_names[0] for s in siblings}
        taken = siblings_names | {p.given_names[0] for p in parents}
        drawn = (self.given_names(father.heritage, sex, born.year) for _ in range(20))
        given = next((g for g in drawn if g[0] not in taken), ("Robin",))
        if (
            sex == father.sex == "M"
            and father.given_names[0] not in siblings_names
            and rng.random() < FATHERS_NAME
        ):
            given = (father.given_names[0], *(g for g in given if g != father.given_names[0]))[:2]
        return self.person(
            sex=sex,
            born=born,
            heritage=father.heritage,
            family=_gendered(stem, father.heritage, sex),
            given=given,
        )

    def children(self, parents: tuple[Person, ...], count: int, low: int, high: int) -> list[Person]:
        """So many children, the first `low` to `high` years old, ten months apart or more unless twins."""
        youngest = max(p.birth_date for p in parents)
        first = max(self.born(low, high), youngest + timedelta(days=18 * 365))
        found: list[Person] = []
        born = first
        while len(found) < count and born < self.on:
            found.append(self.child(parents, born, found))
            if self.rng.random() < TWINS:
                found.append(self.child(parents, born, found, twin=True))
            born += timedelta(days=self.rng.randint(300, 1600))
        return found

    def group(self) -> _Group:
        """The next household: its type by the census's shares, its people by its type."""
        rng, kind = self.rng, KINDS.draw(self.rng)
        heritage = names.heritages().draw(rng)
        if kind.endswith("over 65") and rng.random() < 0.75:
            heritage = names.ENGLISH

        def many(*weights: int) -> int:
            return rng.choices(range(1, len(weights) + 1), weights)[0]

        if kind.startswith("single"):
            return _Group(
                kind=kind,
                couple=False,
                members=(self.single(*((66, 96) if "65" in kind else (19, 65)), heritage),),
            )
        if kind in ("sharers", "students"):
            low, high, size = (
                (18, 22, 2 + many(3, 4, 2)) if kind == "students" else (20, 38, 1 + many(5, 3, 1))
            )
            each = tuple(self.single(low, high, names.heritages().draw(rng)) for _ in range(size))
            return _Group(kind=kind, couple=False, members=each)
        if kind == "lone parent":
            parent = self.single(22, 52, heritage)
            return _Group(
                kind=kind, couple=False, members=(parent, *self.children((parent,), many(5, 3, 1), 0, 17))
            )
        if kind == "three generations":
            pair = self.couple(30, 48, heritage)
            elder = self.single(66, 88, heritage)
            return _Group(
                kind=kind, couple=True, members=(*pair, elder, *self.children(pair, many(3, 4, 2), 0, 16))
            )
        ages = {"couple": (20, 64), "couple over 65": (66, 90), "couple with children": (24, 52)}
        pair = self.couple(*ages.get(kind, (44, 68)), heritage)
        if kind == "couple with children":
            return _Group(
                kind=kind, couple=True, members=(*pair, *self.children(pair, many(9, 9, 3, 1), 0, 17))
            )
        if kind == "couple with grown children":
            return _Group(kind=kind, couple=True, members=(*pair, *self.children(pair, many(6, 3), 19, 28)))
        return _Group(kind=kind, couple=True, members=pair)

    def groups(self, residents: int) -> Iterator[_Group]:
        """Households until there are exactly so many residents; the last ones are made to fit."""
        left = residents
        while left > 0:
            group = self.group()
            if len(group.members) <= left:
                left -= len(group.members)
                yield group


def plain(name: str) -> str:
    """A name as the first part of an email address: small ASCII letters."""
    return "".join(c for c in name.lower() if c.isascii() and c.isalpha()) or "resident"


def _gendered(family: str, heritage: str, sex: str) -> str:
    if heritage == names.POLISH and sex == "F":
        return names.in_feminine(family)
    return {("Singh", "F"): "Kaur", ("Kaur", "M"): "Singh"}.get((family, sex), family)


def marry(first: Person, second: Person, on: date, rng: Random) -> Person:
    """`second` with the name that marriage to `first` gave them, the earlier one remembered."""
    family = _gendered(first.family_name, first.heritage, second.sex)
    if rng.random() < DOUBLE_BARRELLED:
        family = f"{second.family_name}-{first.family_name}"
    if family == second.family_name:
        return second
    title = "Mrs" if second.title in ("Miss", "Ms") else second.title
    return replace(second, family_name=family, born_as=second.family_name, renamed_on=on, title=title)


def populate(plan: DistrictPlan, residents: int, on: date, seed: int) -> tuple[World, Peopler]:
    """One district on one day with exactly so many residents, and the maker of those who come later."""
    rng = stream(seed, plan.organisation, "people")
    peopler = Peopler(plan, on, rng)
    beds = round(residents * CARE_HOME_RESIDENTS)
    homes = -(-beds // CARE_HOME_BEDS)
    groups = list(peopler.groups(residents - beds))
    ground = survey(
        plan,
        residents=residents,
        households=len(groups),
        care_homes=homes,
        rng=stream(seed, plan.organisation, "ground"),
    )
    world = World(gazetteer=ground, on=on, vacant=list(ground.dwellings), vacant_shops=list(ground.shops))
    rng.shuffle(world.vacant)
    rng.shuffle(world.vacant_shops)
    for group in groups:
        _house(world, peopler, group)
    for bed in range(beds):
        _bed(world, peopler, ground.care_homes[bed % homes])
    _depart(world, peopler, round(residents * LEFT_LAST_YEAR), died=False)
    _depart(world, peopler, round(residents * DIED_LAST_YEAR), died=True)
    return world, peopler


def _house(world: World, peopler: Peopler, group: _Group) -> None:
    rng = peopler.rng
    recent = rng.random() < MOVED_LAST_YEAR
    days = rng.randint(5, 365) if recent else rng.randint(366, 9000)
    since = world.on - timedelta(days=days)
    within = recent and rng.random() < MOVED_WITHIN
    household = Household(
        entity=peopler.household_name(),
        kind=group.kind,
        couple=group.couple,
        members=tuple(m.entity for m in group.members),
        home=world.vacant.pop(),
        moved_in_on=since,
        phone=peopler.numbers.phone() if rng.random() < 0.6 else "",
        came_from=rng.choice(world.gazetteer.dwellings) if within else None,
    )
    for member in group.members:
        world.people[member.entity] = member
    world.settle(household, since)


def _bed(world: World, peopler: Peopler, home: Property) -> None:
    resident = peopler.single(78, 98, names.ENGLISH)
    world.people[resident.entity] = resident
    since = max(world.on - timedelta(days=peopler.rng.randint(10, 1200)), resident.birth_date)
    household = Household(
        entity=peopler.household_name(),
        kind="care home",
        couple=False,
        members=(resident.entity,),
        phone="",
        home=home,
        moved_in_on=since,
        came_from=peopler.rng.choice(world.gazetteer.dwellings),
    )
    world.settle(household, since)


def _depart(world: World, peopler: Peopler, count: int, *, died: bool) -> None:
    """People who are no longer here on the first day but whom some registers may still list."""
    rng = peopler.rng
    for _ in range(count):
        heritage = names.ENGLISH if died else names.heritages().draw(rng)
        person = peopler.single(*((68, 97) if died else (19, 60)), heritage)
        on = world.on - timedelta(days=rng.randint(10, 365))
        person = replace(person, death_date=on) if died else person
        world.gone.append(Gone(person=person, home=rng.choice(world.gazetteer.dwellings), on=on))
