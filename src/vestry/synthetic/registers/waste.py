"""Help with the bins: assisted collections, where the crew comes to the door, and collections of clinical waste.

One file with a TYPE column, kept by a depot that hears of nobody's death: a name in one column, as whoever took
the call wrote it, and an instruction that says where the bin stands and nothing of who lives there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Household, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "JOB_REF", "TYPE", "NAME", "ADDRESS1", "ADDRESS2", "ADDRESS3", "POSTCODE", "UPRN", "PHONE", "REASON", "START",
    "END", "ROUND", "CREW_INSTRUCTION",
)  # fmt: skip
ASSISTED: Final = "ASSISTED"
CLINICAL: Final = "CLINICAL"

OLD: Final = 66
HELPED: Final = ((85, 0.30), (75, 0.13), (OLD, 0.035), (0, 0.006))
"""From this age of the youngest at home, the share of households whose bins are fetched: two or three in a hundred
of all, as councils report."""
CLINICAL_SHARE: Final = ((75, 0.012), (50, 0.006), (0, 0.002))
"""From this age of the eldest at home, the share with clinical waste (dialysis, dressings, sharps): reasoned."""
NOBODY_NOTICES: Final = 1_600
"""Days after which even the depot finds out that somebody has gone."""
KEPT_ENDED: Final = 365
NEW_EACH_MONTH: Final = 0.012

_REASONS: Final = {
    ASSISTED: weighted([("ELDERLY", 5), ("DISABLED", 4), ("WHEELCHAIR USER", 1), ("BLUE BADGE", 1), ("TEMPORARY INJURY", 1)]),
    CLINICAL: weighted([("SHARPS", 5), ("DIALYSIS", 2), ("DRESSINGS", 2), ("STOMA", 2)]),
}  # fmt: skip
_WHERE: Final = (
    "Bin at side gate", "Rear of property via alley", "By garage door", "Under porch, return to same place",
    "Ring bell if gate locked", "Left of front door", "Bin store, code with supervisor", "",
)  # fmt: skip

Style = Callable[[Entry], str]


def _given(entry: Entry) -> str:
    return entry.given_names[0] if entry.given_names else ""


STYLES: Final[Weighted[Style]] = weighted(
    [
        (lambda e: f"{e.title} {_given(e)[:1]} {e.family_name}", 0.42),
        (lambda e: f"{e.title} {_given(e)} {e.family_name}", 0.20),
        (lambda e: f"{e.family_name.upper()} {_given(e)[:1]}", 0.20),
        (lambda e: f"{e.family_name.upper()}, {_given(e)}", 0.10),
        (lambda e: f"{_given(e)} {e.family_name}", 0.08),
    ]
)
"""How whoever takes the call writes a name: `Mr J Smith`, `Mr John Smith`, `SMITH J`, `SMITH, John`, `John Smith`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    kind: str
    entity: str
    name: str
    entry: Entry
    phone: str
    reason: str
    where: str
    round: str
    since: date
    until: date | None = None


class Waste:
    """The households of one district whose bins are fetched, or whose clinical waste is."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._plan = setting.rng, setting.plan
        self._clerk = setting.clerk("waste")
        self._jobs: dict[str, _Job] = {}
        self._of: dict[str, list[str]] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """Who needs it, where the depot last heard of them; and the dead and gone of some years."""
        for household in world.households.values():
            for kind in self._needs(household, world):
                self._ask(world, household, kind)
        for entity, gone_on in world.gone.items():
            if (world.on - gone_on).days >= NOBODY_NOTICES:
                continue
            person, home = world.people[entity], world.home_on(entity, gone_on)
            age = person.age(gone_on)
            way = "dead still listed" if person.death_date else "gone still listed"
            if home is None or age < 18 or not self._ours(home) or self._rng.random() >= _share(HELPED, age):
                continue
            since = self._began(world, person, gone_on)
            if self._clerk.chance(way):
                self._list(world, person, home, ASSISTED, gone_on - timedelta(days=1), since)
            elif (world.on - gone_on).days < KEPT_ENDED:
                self._list(world, person, home, ASSISTED, gone_on - timedelta(days=1), since, until=gone_on)
        if not self._jobs:  # a hamlet of a district: a file without rows would be refused
            self._ask(world, next(h for h in world.households.values() if not h.communal), ASSISTED)

    def _needs(self, household: Household, world: World) -> list[str]:
        """What a household is likely to have asked for."""
        if household.communal or not self._ours(household.home):
            return []
        rng, year = self._rng, world.on.year
        born = [world.people[m].birth_date.year for m in household.members]
        youngest, eldest = year - max(born), year - min(born)
        found = []
        if rng.random() < _share(HELPED, youngest):
            found.append(ASSISTED)
        if rng.random() < _share(CLINICAL_SHARE, eldest):
            found.append(CLINICAL)
        return found

    def _ours(self, home: Property) -> bool:
        return home.uprn.startswith(f"999{self._plan.number:02}")

    def _began(self, world: World, person: Person, before: date) -> date:
        stays = world.stays.get(person.entity)
        days = (before - stays[0].since).days if stays else 0
        return before - timedelta(days=self._rng.randint(1, min(days, 2_600))) if days > 1 else before

    def _ask(self, world: World, household: Household, kind: str) -> None:
        adults = world.adults(household)
        if not adults:
            return
        person = self._rng.choice(adults[:2])
        heard = self._clerk.heard(person, world)
        home = world.home_on(person.entity, heard)
        if home is None or not self._ours(home):
            home, heard = household.home, max(heard, household.moved_in_on)
        self._list(world, person, home, kind, heard, self._began(world, person, heard), phone=household.phone)

    def _list(
        self,
        world: World,
        person: Person,
        home: Property,
        kind: str,
        heard: date,
        since: date,
        *,
        until: date | None = None,
        phone: str = "",
    ) -> None:
        rng = self._rng
        self._count += rng.randint(1, 6)
        key = f"{'AC' if kind == ASSISTED else 'CW'}{self._plan.number:02}{self._count:05}"
        entry = self._clerk.write(person, world, on=heard, home=home, phone=phone or person.phone)
        self._jobs[key] = _Job(
            kind=kind,
            entity=person.entity,
            name=" ".join(STYLES.draw(rng)(entry).split()),
            entry=entry,
            phone=phone_text(entry.phone, rng),
            reason=_reason(kind, person.age(heard), rng),
            where=rng.choice(_WHERE),
            round=_round(home, rng),
            since=since,
            until=until,
        )
        self.truths.person(key, "resident", person.entity)
        self.truths.home(key, "home", home)
        if until is None:
            self._of.setdefault(person.entity, []).append(key)

    def hear(self, change: Change, world: World) -> None:
        """Of deaths and departures the depot hears half the time, when a bin is left out; those who move ask anew."""
        if change.what not in (life.DEATH, life.DEPARTURE, life.MOVE, life.INTO_CARE):
            return
        way = "dead still listed" if change.what == life.DEATH else "gone still listed"
        for entity in change.people:
            if entity not in self._of or self._clerk.chance(way):
                continue
            kinds = []
            for key in self._of.pop(entity):
                job = self._jobs[key]
                kinds.append(job.kind)
                self._jobs[key] = replace(job, until=max(change.on, job.since))
            household = world.households.get(change.household)
            if change.what == life.MOVE and household is not None:
                for kind in kinds:
                    self._list(world, world.people[entity], household.home, kind, change.on, change.on)

    def pass_month(self, world: World) -> None:
        """A month's new requests; those that ended a year ago drop out."""
        kept = world.on - timedelta(days=KEPT_ENDED)
        self._jobs = {k: j for k, j in self._jobs.items() if j.until is None or j.until > kept}
        households, wanted = list(world.households.values()), max(1, round(len(self._jobs) * NEW_EACH_MONTH))
        for _ in range(wanted * 200):
            household = self._rng.choice(households)
            if wanted <= 0:
                break
            if any(member in self._of for member in household.members):
                continue
            for kind in self._needs(household, world):
                person = world.people[household.members[0]]
                since = max(household.moved_in_on, world.on - timedelta(days=self._rng.randint(1, 28)))
                self._list(world, person, household.home, kind, since, since, phone=household.phone)
                wanted -= 1

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every job, in the order in which it was first asked for."""
        for key, job in self._jobs.items():
            yield (
                key,
                job.kind,
                job.name,
                *fitted(job.entry.lines, 3),
                job.entry.postcode,
                job.entry.uprn,
                job.phone,
                job.reason,
                day(job.since),
                day(job.until),
                job.round,
                job.where,
            )


def _share(shares: tuple[tuple[int, float], ...], age: int) -> float:
    return next((share for low, share in shares if age >= low), 0.0)


def _reason(kind: str, age: int, rng: Random) -> str:
    reason = _REASONS[kind].draw(rng)
    return "DISABLED" if reason == "ELDERLY" and age < OLD else reason


def _round(home: Property, rng: Random) -> str:
    """The crew's round: the ward, and a day of the week."""
    return f"{home.postcode.lsoa.ward[-2:]}-{rng.choice(('MON', 'TUE', 'WED', 'THU', 'FRI'))}"
