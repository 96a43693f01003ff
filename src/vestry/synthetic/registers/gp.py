"""GP registrations: nearly every resident, with NHS number, birth date and sex; some who left, some twice.

The extract has no header line, dates as 20250901, and sex by the NHS Data Dictionary (1 male, 2 female).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import (
    Row,
    day,
    fitted,
    phone_text,
    readdressed,
    rewritten,
    without_locality,
)
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "PATIENT_ID", "NHS_NO", "SURNAME", "FORENAMES", "PREVIOUS_SURNAME", "SEX", "DOB", "ETHNICITY", "ADDRESS1",
    "ADDRESS2", "ADDRESS3", "ADDRESS4", "POSTCODE", "TEL_HOME", "TEL_OWN", "PRACTICE", "REGISTERED",
)  # fmt: skip
_SEX: Final = {"M": "1", "F": "2", "": "9"}
_FORM: Final = "%Y%m%d"
GHOSTS: Final = 1_500
"""Days for which a practice may go on listing somebody who has gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patient:
    entry: Entry
    home_phone: str
    own_phone: str
    previous: str
    practice: str
    registered_on: date


class GpRegistrations:
    """The patients of one district's practices."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._clerk = setting.clerk("gp-registrations")
        self._patients: dict[str, _Patient] = {}
        self._id: dict[str, str] = {}
        self._practices = 1
        self._count = 0

    def open(self, world: World) -> None:
        """Residents where they said they live, the gone whose record nobody ended, second registrations."""
        self._practices = len(world.ground.surgeries)
        for household in world.households.values():
            for member in household.members:
                if self._clerk.chance("not registered"):
                    continue
                person = world.people[member]
                heard = self._clerk.heard(person, world)
                home = world.home_on(member, heard) or household.home
                self._register(world, person, home, household.phone, heard)
                if self._clerk.chance("registered twice"):
                    former = world.former_home(member) or home
                    before = max(person.birth_date, heard - timedelta(days=900))
                    self._register(world, person, former, "", before, again=True)
        for entity, gone_on in world.gone.items():
            person = world.people[entity]
            way = "dead still listed" if person.death_date else "gone still listed"
            if (world.on - gone_on).days < GHOSTS and (entity[0] == "S" or self._clerk.chance(way)):
                last = world.home_on(entity, gone_on)
                if last is not None:
                    self._register(world, person, last, "", self._clerk.heard(person, world))

    def _register(
        self,
        world: World,
        person: Person,
        home: Property,
        home_phone: str,
        heard: date,
        *,
        again: bool = False,
    ) -> None:
        clerk, rng = self._clerk, self._rng
        self._count += rng.randint(1, 5)
        key = f"{self._district:02}{self._count:07}"
        own = home_phone if home_phone and clerk.chance("shared phone") else person.phone
        entry = clerk.write(person, world, on=heard, home=home, phone=own)
        if again and clerk.chance("number not known again"):
            entry = replace(entry, nhs_number="")
        practice = (int(home.postcode.lsoa.code[-3:]) // 3 + again) % self._practices
        days = max(1, (heard - person.birth_date).days)
        self._patients[key] = _Patient(
            entry=entry,
            home_phone=phone_text(home_phone, rng),
            own_phone=phone_text(entry.phone, rng),
            practice=f"Z9{self._district:02}{practice:02}",
            registered_on=heard - timedelta(days=rng.randint(0, min(days - 1, 9000))),
            previous=entry.born_as if rng.random() < 0.4 else "",
        )
        self.truths.person(key, "patient", person.entity)
        self.truths.home(key, "home", home)
        if not again:
            self._id[person.entity] = key

    def hear(self, change: Change, world: World) -> None:
        """Births soon, some before there is a name; moves and changes of name when the patient says so."""
        if change.what in (life.ARRIVAL, life.BIRTH):
            home = world.households[change.household]
            for entity in change.people:
                person = world.people[entity]
                if change.what == life.ARRIVAL and self._clerk.chance("newcomer not registered"):
                    continue
                if change.what == life.BIRTH and self._clerk.chance("not named yet"):
                    unnamed = replace(person.name, given_names=("Baby",))
                    person = replace(person, names=(unnamed,))
                self._register(world, person, home.home, home.phone, change.on)
        elif change.what in (
            life.MOVE, life.LEAVING_HOME, life.SEPARATION, life.INTO_CARE, life.FOSTERED, life.BACK_HOME,
        ):  # fmt: skip
            if self._clerk.hears("a move"):
                self._readdress(change.people, world.households[change.household].home)
        elif change.what in (life.DEPARTURE, life.DEATH):
            way = "dead still listed" if change.what == life.DEATH else "gone still listed"
            for entity in change.people:
                if not self._clerk.chance(way):
                    self._patients.pop(self._id.pop(entity, ""), None)
        elif change.what in (life.MARRIAGE, life.RENAMING) and self._clerk.hears("a new name"):
            person = world.people[change.people[-1]]
            if key := self._id.get(person.entity):
                old = self._patients[key]
                entry = rewritten(old.entry, person, on=change.on)
                self._patients[key] = replace(old, entry=entry, previous=old.entry.family_name)

    def _readdress(self, people: tuple[str, ...], home: Property) -> None:
        for entity in people:
            if key := self._id.get(entity):
                old = self._patients[key]
                self._patients[key] = replace(old, entry=readdressed(old.entry, home))
                self.truths.home(key, "home", home)

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """Every patient, in the order of registering."""
        for key, patient in self._patients.items():
            entry = patient.entry
            yield (
                key,
                entry.nhs_number,
                entry.family_name,
                " ".join(entry.given_names),
                patient.previous,
                _SEX[entry.sex],
                day(entry.birth_date, _FORM),
                entry.ethnicity,
                *fitted(without_locality(entry.lines), 4),
                entry.postcode,
                patient.home_phone,
                patient.own_phone,
                patient.practice,
                day(patient.registered_on, _FORM),
            )
