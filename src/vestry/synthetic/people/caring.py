"""Which children the county helps, looks after or has looked after, and which pupils have special needs.

The likelier the poorer the area and the fewer the adults (Bywaters and others, Child Welfare Inequalities Project).
Numbers are exact shares of the children of a district, so that a small one has some of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.chance import weighted
from vestry.synthetic.names import heritages
from vestry.synthetic.people import person as life
from vestry.synthetic.people.cases import Case, Need, Support
from vestry.synthetic.people.fostering import Fostering
from vestry.synthetic.people.person import ADOPTED, Change, Household, Person
from vestry.synthetic.people.world import World

LOOKED_AFTER: Final = 0.0070
"""Of under-18s, how many are looked after: 70 in 10,000 (DfE, children looked after in England, 31 March 2024)."""
ALONE: Final = 0.09
"""Of those, how many came to the country alone (the same: 7,380 of 83,630)."""
BEFORE: Final = 0.010
"""Of under-18s, how many were looked after in the last eight years and live with their parents again (reasoned from
33,170 who ceased in a year, of whom one in four went home)."""
LEAVERS: Final = 0.5
"""Former children in care of 18 to 20, for each child in care (the same release: 44,500 of 17 to 21)."""
IN_NEED, CLOSED_LATELY, CLOSED_BEFORE = 0.0135, 0.005, 0.020
"""Of under-18s, in need and not looked after: now, until a few months ago, in the years before. With those looked after, those
who came home and those who left, 33 in 1,000 have an episode in the year (DfE, children in need, 2024: 332 in 10,000)."""
PLANS, SUPPORTED, PLANS_OVER_16 = 0.048, 0.136, 0.020
"""Of pupils, those with an education, health and care plan and with support (DfE, special educational needs in England,
January 2024); of 17 to 24, with a plan (the same year's plan returns, a quarter of all)."""

REFERRED, CLOSED, INTO_CARE, OUT_OF_CARE = 0.0018, 0.05, 0.00022, 0.03
"""Each month: children referred of all; cases closed of those open; children taken in of all (27 in 10,000 a year); of
those looked after, brought home or given another home (33,170 of 83,630 a year)."""

NEEDS: Final = weighted(
    [("N1", 57), ("N2", 10), ("N3", 4), ("N4", 9), ("N5", 13), ("N6", 2), ("N7", 1), ("N8", 4)]
)
SOURCES: Final = weighted(
    [("1A", 8), ("1B", 4), ("2B", 18), ("3A", 10), ("3F", 4), ("5A", 12), ("6", 28), ("8", 7), ("9", 4)]
)
"""Who referred: the commonest are the police (6), schools (2B) and health services (3)."""
ABUSES: Final = weighted([("NEG", 49), ("EMO", 37), ("PHY", 7), ("SAB", 4), ("MUL", 3)])
CLOSURES: Final = weighted([("RC7", 50), ("RC8", 32), ("RC9", 12), ("RC5", 4), ("RC3", 2)])
SEN_NEEDS: Final = weighted(
    [("SLCN", 24), ("SEMH", 20), ("ASD", 19), ("MLD", 12), ("SPLD", 11), ("OTH", 4), ("SLD", 3), ("PD", 2.5),
     ("HI", 1.5), ("VI", 1), ("MSI", 0.5), ("PMLD", 1)]
)  # fmt: skip
_HERE: Final = (heritages.ENGLISH, heritages.IRISH, heritages.TRAVELLER)
_YEARS: Final = 2900
"""Days back to the first period in care that is still on file."""


class Caring:
    """The cases of one district. It changes the world it is given: children move to carers and home again."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng
        self._fostering = Fostering(world, rng)
        self._count = world.ground.plan.number * 100_000

    def begin(self) -> None:
        """Everyone who is or was known on the world's day, the sealed earlier identities of adopted children first."""
        world, rng = self.world, self.rng
        for sealed in world.sealed:
            if sealed.reason == ADOPTED:
                began = world.stays[sealed.earlier][0].since
                case = self._case(world.people[sealed.earlier], began - timedelta(days=rng.randint(5, 60)))
                self._fostering.adopted(case, sealed)
                case.needs.append(self._need(case.opened, closed=sealed.since, why="RC1"))
        children = self._by_risk()
        many = sum(person.age(world.on) < 18 for person in world.residents())
        looked_after = max(1, round(LOOKED_AFTER * many))
        far = [p for p in children if p.age(world.on) >= 14 and p.heritage not in _HERE]
        alone = max(1, round(ALONE * looked_after))
        self._until(far, alone, lambda p: self._look_after(p, self._day(p), alone=True))
        waiting = [p for p in children if p.entity not in world.cases]
        found = sum(1 for case in world.cases.values() if case.looked_after)
        waiting = self._until(waiting, looked_after - found, lambda p: self._look_after(p, self._day(p)))
        waiting = self._until(waiting, max(1, round(BEFORE * many)), self._look_back)
        waiting = self._until(waiting, round(IN_NEED * many), self._help)
        waiting = self._until(waiting, round(CLOSED_LATELY * many), lambda p: self._help_ended(p, 5, 300))
        self._until(waiting, round(CLOSED_BEFORE * many), lambda p: self._help_ended(p, 380, 2200))
        self._until(self._young(), max(1, round(LEAVERS * looked_after)), self._left_care)
        self._gone_away()
        self._support()

    def _by_risk(self) -> list[Person]:
        """The children who live in families, those who are likely to be known first."""
        world, keyed = self.world, list[tuple[float, Person]]()
        for household in world.households.values():
            if household.communal:
                continue
            risk = 0.35 + 1.3 * household.home.postcode.lsoa.deprivation
            risk *= 1.6 if household.kind == "lone parent" else 1.0
            for member in household.members:
                person = world.people[member]
                if person.age(world.on) < 18 and not person.sealed and not between_districts(member):
                    keyed.append((self.rng.random() ** (1 / risk), person))
        return [person for _, person in sorted(keyed, key=lambda k: (-k[0], k[1].entity))]

    def _until(self, waiting: Iterable[Person], many: int, act: Callable[[Person], bool]) -> list[Person]:
        """`act` on one after another until it has done so many times; those who are left."""
        left, done = list[Person](), 0
        for person in waiting:
            if done < many and act(person):
                done += 1
            else:
                left.append(person)
        return left

    def _case(self, person: Person, opened: date, *, alone: bool = False) -> Case:
        world = self.world
        self._count += self.rng.randint(1, 9)
        household = world.households.get(world.household_of.get(person.entity, ""))
        case = Case(
            number=str(self._count),
            child=person.entity,
            need="N8" if alone else NEEDS.draw(self.rng),
            opened=max(opened, person.birth_date),
            parent="" if household is None or alone else parent_of(world, person, household),
            home="" if household is None else household.entity,
            left=None if household is None else household.home,
            alone=alone,
        )
        world.cases[person.entity] = case
        return case

    def _need(self, referred: date, *, closed: date | None = None, why: str = "") -> Need:
        rng, end = self.rng, closed or self.world.on
        assessed = referred + timedelta(days=rng.randint(5, 60))
        met = assessed + timedelta(days=rng.randint(3, 40))
        planned, protected = rng.random() < 0.55, rng.random() < 0.15
        return Need(
            referred=referred,
            source=SOURCES.draw(rng),
            assessed=assessed if assessed <= end else None,
            plan_since=met if planned and met < end else None,
            protected_since=met if protected and met < end else None,
            abuse=ABUSES.draw(rng) if protected and met < end else "",
            closed=closed,
            why=why or (CLOSURES.draw(rng) if closed else ""),
        )

    def _day(self, person: Person) -> date:
        """Some day on which a child who is looked after now was taken in: half of them less than two years ago."""
        return self.world.on - timedelta(days=20 + int(self.rng.expovariate(1 / 800)))

    def _look_after(self, person: Person, since: date, *, alone: bool = False) -> bool:
        world = self.world
        household = world.home(person.entity)
        since = max(since, world.stays[person.entity][-1].since + timedelta(days=2))
        if since > world.on or household.communal or len(world.adults(household)) == 0:
            return False
        known = world.cases.get(person.entity)
        case = known or self._case(person, since - timedelta(days=self.rng.randint(0, 120)), alone=alone)
        case.home, case.left = household.entity, household.home
        if case.closed is not None or not case.needs:
            case.needs.append(self._need(since if known else case.opened))
        if self._fostering.take_in(case, since):
            return True
        if known is None:
            del world.cases[person.entity]
        return False

    def _look_back(self, person: Person) -> bool:
        """A period in care that ended while the child's family lived where it does now."""
        world, rng = self.world, self.rng
        low = max(world.stays[person.entity][-1].since, world.on - timedelta(days=_YEARS)) + timedelta(
            days=10
        )
        if (world.on - low).days < 120:
            return False
        since = low + timedelta(days=rng.randint(1, (world.on - low).days - 60))
        until = min(world.on - timedelta(days=5), since + timedelta(days=rng.randint(40, 900)))
        case = self._case(person, since - timedelta(days=rng.randint(3, 100)))
        reason = rng.choice(("E4A", "E4A", "E4B"))
        if not self._fostering.looked_after_once(case, since, until, reason, then_home=True):
            del world.cases[person.entity]
            return False
        closed = min(world.on - timedelta(days=1), until + timedelta(days=rng.randint(10, 200)))
        case.needs.append(self._need(case.opened, closed=closed))
        return True

    def _help(self, person: Person) -> bool:
        on = self.world.on - timedelta(days=3 + int(self.rng.expovariate(1 / 260)))
        if on <= person.birth_date:
            return False
        case = self._case(person, on)
        if self.rng.random() < 0.15 and (on - person.birth_date).days > 500:
            case.opened = on - timedelta(days=self.rng.randint(200, 450))
            before = on - timedelta(days=self.rng.randint(20, 100))
            case.needs.append(self._need(case.opened, closed=before))
        case.needs.append(self._need(on))
        return True

    def _help_ended(self, person: Person, least: int, most: int) -> bool:
        closed = self.world.on - timedelta(days=self.rng.randint(least, most))
        on = closed - timedelta(days=self.rng.randint(15, 320))
        if on <= person.birth_date:
            return False
        self._case(person, on).needs.append(self._need(on, closed=closed))
        return True

    def _young(self) -> list[Person]:
        """People of 18 to 20 in their first home of their own, of whose childhood nothing is known here."""
        world = self.world
        own = ("single", "sharers", "students", "hall")
        found = [
            person
            for person in world.residents()
            if 18 <= person.age(world.on) <= 20
            and len(world.stays[person.entity]) == 1
            and world.home(person.entity).kind in own
        ]
        self.rng.shuffle(found)
        return found

    def _left_care(self, person: Person) -> bool:
        """Grew up with foster carers of the district until they were 18 or had a home of their own."""
        world, rng, born = self.world, self.rng, person.birth_date
        first = world.stays[person.entity][0].since
        since = max(born + timedelta(days=rng.randint(8, 16) * 365), world.on - timedelta(days=_YEARS))
        until = min(first, born + timedelta(days=6575))
        if (until - since).days < 60:
            return False
        case = self._case(person, since - timedelta(days=rng.randint(3, 200)))
        case.parent, case.home, case.left = "", "", None
        reason = rng.choice(("E5", "E6", "E17"))
        if not self._fostering.looked_after_once(case, since, until, reason, then_home=False):
            del world.cases[person.entity]
            return False
        case.needs.append(self._need(case.opened, closed=until, why="RC7"))
        world.people[person.entity] = replace(person, here_since=None)
        world.changes = [c for c in world.changes if c.what != life.ARRIVAL or c.people != (person.entity,)]
        return True

    def _gone_away(self) -> None:
        """Children who left the district while their case was open: it went to another authority."""
        world = self.world
        for entity, gone_on in list(world.gone.items()):
            person = world.people[entity]
            if (
                entity[0] == "S"
                or between_districts(entity)
                or person.death_date
                or (world.on - gone_on).days > 1100
                or person.age(gone_on) > 16
            ):
                continue
            on = gone_on - timedelta(days=self.rng.randint(15, 300))
            if self.rng.random() < IN_NEED and on > person.birth_date:
                self._case(person, on).needs.append(self._need(on, closed=gone_on, why="RC5"))

    def _support(self) -> None:
        world, rng = self.world, self.rng
        ages = {p.entity: p.age(world.on) for p in world.residents()}
        pupils = [entity for entity, age in ages.items() if 4 <= age <= 16]
        young = [entity for entity, age in ages.items() if 17 <= age <= 24]
        plans = round(PLANS * len(pupils))
        chosen = rng.sample(pupils, min(len(pupils), plans + round(SUPPORTED * len(pupils))))
        older = rng.sample(young, round(PLANS_OVER_16 * len(young)))
        for at, entity in enumerate([*older, *chosen]):
            level = "E" if at < len(older) + plans else "K"
            least, known = world.people[entity].birth_date + timedelta(days=1100), rng.randint(60, 2000)
            since = max(least, world.on - timedelta(days=known))
            world.support[entity] = Support(level=level, need=SEN_NEEDS.draw(rng), since=min(since, world.on))

    def pass_until(self, since: date) -> list[Change]:
        """What became of the cases between a day and the world's, and who moved for it."""
        world, rng = self.world, self.rng
        months = (world.on - since).days / 30.4
        told: list[Change] = []
        for case in list(world.cases.values()):
            self._keep_up(case)
        children = self._by_risk()
        taken = [p for p in children if p.entity not in world.cases]
        self._until(taken, max(1, round(REFERRED * months * len(children))), self._refer(since))
        cases = [c for c in world.cases.values() if c.closed is None and not c.looked_after]
        for case in rng.sample(cases, round(len(cases) * CLOSED * months)):
            case.close(world.on - timedelta(days=rng.randint(0, 20)), CLOSURES.draw(rng))
        held = [
            c for c in world.cases.values() if c.looked_after and c.parent and c.placements[-1].since < since
        ]
        for case in rng.sample(held, round(len(held) * OUT_OF_CARE * months)):
            before = world.home(case.child).home
            home = self._fostering.bring_home(case, world.on, "E4A")
            if home is not None:
                told.append(
                    Change(
                        on=world.on,
                        what=life.BACK_HOME,
                        people=(case.child,),
                        household=home.entity,
                        left=before,
                    )
                )
        told += self._take_in(children, max(1, round(INTO_CARE * months * len(children))))
        world.changes += told
        return told

    def _keep_up(self, case: Case) -> None:
        """A case with what has happened to its child: gone, grown up, or moved with their carers."""
        world, person = self.world, self.world.people[case.child]
        gone, grown = world.gone.get(case.child), person.age(world.on) >= 18
        if case.closed is not None:
            return
        if gone is not None:
            if case.looked_after:
                case.cease(max(gone, case.placements[-1].since), "E2" if person.death_date else "E3")
            case.close(gone, "RC2" if person.death_date else "RC5")
        elif grown:
            birthday = person.birth_date + timedelta(days=6575)
            if case.looked_after:
                self._fostering.follow(case)
                case.cease(max(birthday, case.placements[-1].since), "E17")
            case.close(birthday, "RC7")
        elif case.looked_after:
            self._fostering.follow(case)

    def _refer(self, since: date) -> Callable[[Person], bool]:
        def refer(person: Person) -> bool:
            on = max(since, person.birth_date) + timedelta(days=1)
            if on > self.world.on:
                return False
            on += timedelta(days=self.rng.randint(0, (self.world.on - on).days))
            self._case(person, on).needs.append(self._need(on))
            return True

        return refer

    def _take_in(self, children: list[Person], many: int) -> list[Change]:
        """Children taken into care today, those already in need before others."""
        world, told = self.world, list[Change]()
        known = {
            entity for entity, case in world.cases.items() if case.closed is None and not case.looked_after
        }
        first = sorted(children, key=lambda p: p.entity not in known)

        def take(person: Person) -> bool:
            case = world.cases.get(person.entity)
            if case is not None and case.looked_after:
                return False
            before = world.home(person.entity).home
            if not self._look_after(person, world.on):
                return False
            household = world.household_of[person.entity]
            if world.home(person.entity).home is not before:
                told.append(
                    Change(
                        on=world.on,
                        what=life.FOSTERED,
                        people=(person.entity,),
                        household=household,
                        left=before,
                    )
                )
            return True

        self._until(first, many, take)
        return told


def between_districts(entity: str) -> bool:
    """Whether somebody moves from one district of the county to another: the county would know them as one child."""
    return entity[3] != "-"


def parent_of(world: World, child: Person, household: Household) -> str:
    """The parent who speaks for a child of this household, the mother where there is one; blank when there is none."""
    adults = [world.people[m] for m in household.members[:2]]
    parents = [a for a in adults if a.age(world.on) - child.age(world.on) >= 15 and a.age(world.on) >= 18]
    mothers = [a.entity for a in parents if a.sex == "F"]
    return (mothers or [p.entity for p in parents] or [""])[0]
