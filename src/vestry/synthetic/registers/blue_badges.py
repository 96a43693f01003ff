"""Blue badges: who may park where others may not, until when, and on what ground.

Fields are those of the National Fraud Initiative's transport passes. A badge lasts three years, and what the county
knows of its holder is mostly what the application said: the address of then, and of the dead half the time nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.chance import Weighted, weighted
from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, phone_text, readdressed, rewritten
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "Reference", "BadgeNumber", "Title", "Surname", "Forenames", "MiddleNames", "Address1", "Address2", "Address3",
    "Address4", "Postcode", "DateOfBirth", "NINumber", "Telephone", "Email", "IssueDate", "ExpiryDate", "Eligibility",
)  # fmt: skip
LASTS: Final = 1_095
"""Days: a badge is issued for three years (Disabled Persons (Badges for Motor Vehicles) (England) Regulations 2000)."""
HOLDERS: Final = (
    (90, 0.40),
    (85, 0.34),
    (80, 0.24),
    (75, 0.155),
    (65, 0.075),
    (50, 0.035),
    (18, 0.010),
    (3, 0.006),
)
"""From this age, the share who hold a badge: about 4.5 in 100 of all (DfT, Blue Badge statistics, DIS0101)."""
RENEWED: Final = 0.7
"""Of badges that run out while their holder is there, how many are issued again."""
SEALED_STILL_HELD: Final = 0.3
"""Of sealed earlier identities that ended within the life of a badge, how many hold one that was never given back."""
NEW_EACH_MONTH: Final = 0.011

_WORKING: Final[Weighted[str]] = weighted(
    [("PIP", 50), ("WALKD", 25), ("DLA", 8), ("BLIND", 4), ("ARMS", 1), ("AFRFCS", 1)]
)
_OLD: Final[Weighted[str]] = weighted(
    [("WALKD", 62), ("PIP", 18), ("DLA", 10), ("BLIND", 6), ("WPMS", 2), ("ARMS", 1)]
)
_CHILD: Final[Weighted[str]] = weighted([("DLA", 80), ("CHILDBULK", 8), ("CHILDVEHIC", 6), ("BLIND", 6)])
"""Grounds by age, in the codes of the national Blue Badge service; shares reasoned from DfT's DIS0103."""
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Badge:
    number: str
    entity: str
    entry: Entry
    phone: str
    issued_on: date
    ground: str

    @property
    def expires_on(self) -> date:
        """The last day on which it is good."""
        return self.issued_on + timedelta(days=LASTS - 1)


class BlueBadges:
    """The badges of those who live in one district, each holder with one."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._clerk = setting.clerk("blue-badges")
        self._badges: dict[str, _Badge] = {}
        self._of: dict[str, str] = {}
        self._count = self._numbers = 0

    def open(self, world: World) -> None:
        """Holders by age, their address as they last gave it, and the dead and gone whose badge still runs."""
        rng, on = self._rng, world.on
        for entity in world.household_of:
            person = world.people[entity]
            if rng.random() < _share(on.year - person.birth_date.year):
                self._hold(world, person, on - timedelta(days=rng.randint(0, LASTS - 30)))
        for entity, gone_on in world.gone.items():
            days = (on - gone_on).days
            if days >= LASTS - 60:
                continue
            person = world.people[entity]
            if entity[0] == "S":
                still = rng.random() < SEALED_STILL_HELD
            else:
                way = "dead still listed" if person.death_date else "gone still listed"
                still = rng.random() < _share(person.age(gone_on)) and self._clerk.chance(way)
            issued_on = on - timedelta(days=rng.randint(0, LASTS - 30))
            if still and issued_on < gone_on and not self._elsewhere(entity):
                self._hold(world, person, issued_on)

    def _elsewhere(self, entity: str) -> bool:
        """Whether somebody who has gone lives in another district of the county, whose part of the register has them."""
        return len(entity) > len("P01-000001") and entity[1:3] == f"{self._district:02}"

    def _hold(self, world: World, person: Person, issued_on: date) -> None:
        """A badge as it stands; never issued before its holder came, nor after the day they were last heard from."""
        stays = world.stays.get(person.entity)
        if not stays:
            return
        issued_on = max(issued_on, stays[0].since)
        heard = max(issued_on, self._clerk.heard(person, world))
        home = world.home_on(person.entity, heard)
        if home is not None and person.age(issued_on) >= 3:
            self._count += self._rng.randint(1, 3)
            self._issue(f"BB{self._district:02}{self._count:06}", world, person, home, heard, issued_on)

    def _issue(
        self, key: str, world: World, person: Person, home: Property, heard: date, issued_on: date
    ) -> None:
        rng, age = self._rng, person.age(issued_on)
        grounds = _CHILD if age < 16 else _WORKING if age < 65 else _OLD
        entry = self._clerk.write(person, world, on=heard, home=home)
        self._badges[key] = _Badge(
            number=self._badge_number(),
            entity=person.entity,
            entry=entry,
            phone=phone_text(entry.phone, rng),
            issued_on=issued_on,
            ground=grounds.draw(rng),
        )
        self._of[person.entity] = key
        self.truths.person(key, "holder", person.entity)
        self.truths.home(key, "home", home)

    def _badge_number(self) -> str:
        """Six letters and digits, as the national service gives them; none twice in the county."""
        self._numbers += 1
        rest = (self._numbers * 7_654_321 + self._district * 1_999_993) % 32**5
        return _LETTERS[self._district] + "".join(
            _LETTERS[rest >> shift & 31] for shift in (20, 15, 10, 5, 0)
        )

    def hear(self, change: Change, world: World) -> None:
        """The dead's badges come back half the time; those who move mostly forget to say so."""
        if change.what in (life.DEATH, life.DEPARTURE):
            way = "dead still listed" if change.what == life.DEATH else "gone still listed"
            for entity in change.people:
                if entity in self._of and (self._elsewhere(entity) or not self._clerk.chance(way)):
                    del self._badges[self._of.pop(entity)]
        elif change.what in (life.MOVE, life.INTO_CARE, life.LEAVING_HOME, life.SEPARATION):
            home = world.households[change.household].home
            for entity in change.people:
                if entity in self._of and self._clerk.hears("a move"):
                    self._put(entity, readdressed(self._badges[self._of[entity]].entry, home))
                    self.truths.home(self._of[entity], "home", home)
        elif change.what == life.ARRIVAL:
            for entity in change.people:
                person = world.people[entity]
                if (
                    self._rng.random()
                    < _share(person.age(change.on)) * self._clerk.habits.hears["an arrival"]
                ):
                    self._hold(world, person, change.on)
        elif change.what in (life.MARRIAGE, life.RENAMING) and self._clerk.hears("a new name"):
            person = world.people[change.people[-1]]
            if key := self._of.get(person.entity):
                self._put(person.entity, rewritten(self._badges[key].entry, person, on=change.on))

    def _put(self, entity: str, entry: Entry) -> None:
        key = self._of[entity]
        old = self._badges[key]
        self._badges[key] = _Badge(
            number=old.number,
            entity=entity,
            entry=entry,
            phone=old.phone,
            issued_on=old.issued_on,
            ground=old.ground,
        )

    def pass_month(self, world: World) -> None:
        """Badges that ran out are renewed under their reference or drop out; others get their first."""
        rng = self._rng
        for key in [k for k, badge in self._badges.items() if badge.expires_on < world.on]:
            badge = self._badges[key]
            if badge.entity in world.household_of and rng.random() < RENEWED:
                issued_on = min(world.on, badge.expires_on + timedelta(days=rng.randint(0, 20)))
                home = world.home(badge.entity).home
                self._issue(key, world, world.people[badge.entity], home, world.on, issued_on)
            else:
                del self._badges[key]
                del self._of[badge.entity]
        residents, wanted = list(world.household_of), round(len(self._badges) * NEW_EACH_MONTH)
        for _ in range(wanted * 100):
            entity = rng.choice(residents)
            if wanted <= 0:
                break
            person = world.people[entity]
            if entity not in self._of and rng.random() < _share(person.age(world.on)):
                self._hold(world, person, world.on - timedelta(days=rng.randint(1, 28)))
                wanted -= 1

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every badge that runs, in the order of its reference."""
        for key, badge in self._badges.items():
            entry = badge.entry
            yield (
                key,
                badge.number,
                entry.title,
                entry.family_name,
                *("".join(entry.given_names[:1]), " ".join(entry.given_names[1:])),
                *fitted(entry.lines, 4),
                entry.postcode,
                day(entry.birth_date),
                entry.nino,
                badge.phone,
                entry.email,
                day(badge.issued_on),
                day(badge.expires_on),
                badge.ground,
            )


def _share(age: int) -> float:
    return next((share for low, share in HOLDERS if age >= low), 0.0)
