"""GP registrations: nearly every resident, with NHS number, birth date and sex; some who left, some twice.

The extract has no header line, dates as 20250901, and sex by the NHS Data Dictionary (1 male, 2 female).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.synthetic.gazetteer import Property
from vestry.synthetic.mistakes import RATES, Entry
from vestry.synthetic.people import Change, Person, World
from vestry.synthetic.registers.clerk import (
    Clerk,
    Row,
    Truths,
    address_lines,
    day,
    fitted,
    phone_text,
    shortened,
    without_locality,
)

COLUMNS: Final = (
    "PATIENT_ID", "NHS_NO", "SURNAME", "FORENAMES", "PREVIOUS_SURNAME", "SEX", "DOB", "ADDRESS1", "ADDRESS2",
    "ADDRESS3", "ADDRESS4", "POSTCODE", "TEL_HOME", "TEL_OWN", "PRACTICE", "REGISTERED",
)  # fmt: skip
_KIND: Final = "gp-registrations"
_SEX: Final = {"M": "1", "F": "2"}
_FORM: Final = "%Y%m%d"


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

    def __init__(self, source: str, district: int, rng: Random) -> None:
        self.truths = Truths(source)
        self._rng, self._rates, self._district = rng, RATES[_KIND], district
        self._clerk = Clerk(source=_KIND, rng=rng)
        self._patients: dict[str, _Patient] = {}
        self._id: dict[str, str] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """Residents where they said they live, the gone whose record nobody ended, second registrations."""
        for household in world.households.values():
            for member in household.members:
                if self._by_chance("not registered"):
                    continue
                person, home = world.people[member], household.home
                if household.came_from is not None and self._by_chance("stale address"):
                    home = household.came_from
                self._register(world, person, home, household.phone, self._since(person, world.on))
                if self._by_chance("registered twice"):
                    former = household.came_from or self._rng.choice(world.gazetteer.dwellings)
                    self._register(world, person, former, "", self._since(person, world.on), again=True)
        for gone in world.gone:
            if self._by_chance("dead still listed" if gone.person.death_date else "gone still listed"):
                self._register(world, gone.person, gone.home, "", self._since(gone.person, gone.on))

    def _by_chance(self, way: str) -> bool:
        return self._rng.random() < self._rates[way]

    def _since(self, person: Person, on: date) -> date:
        days = max(1, (on - person.birth_date).days)
        return on - timedelta(days=self._rng.randint(0, min(days - 1, 9000)))

    def _register(
        self,
        world: World,
        person: Person,
        home: Property,
        home_phone: str,
        since: date,
        *,
        again: bool = False,
    ) -> None:
        self._count += self._rng.randint(1, 5)
        key = f"{self._district:02}{self._count:07}"
        own = home_phone if home_phone and self._by_chance("shared phone") else person.phone
        if again and person.born_as and self._rng.random() < 0.5:
            person = replace(person, family_name=person.born_as)
        entry = self._clerk.write(person, world, home=home, phone=own)
        if again and self._rng.random() < 0.6:
            entry = replace(entry, nhs_number="")
        practice = f"Z9{self._district:01}{(int(home.postcode.lsoa.code[-3:]) // 3 + again) % 100:03}"
        lines = tuple(shortened(x) for x in entry.lines) if self._rng.random() < 0.35 else entry.lines
        self._patients[key] = _Patient(
            entry=replace(entry, lines=lines),
            home_phone=phone_text(home_phone, self._rng),
            own_phone=phone_text(entry.phone, self._rng),
            practice=practice,
            registered_on=since,
            previous=entry.born_as if self._rng.random() < 0.4 else "",
        )
        self.truths.person(key, "patient", person.entity)
        if not again:
            self._id[person.entity] = key

    def hear(self, change: Change, world: World) -> None:
        """Births soon, some before there is a name; moves and changes of name when the patient says so."""
        if change.what in ("arrival", "birth"):
            home = world.households[change.household]
            for entity in change.people:
                person = world.people[entity]
                if change.what == "arrival" and self._rng.random() < 0.2:
                    continue
                if change.what == "birth" and self._rng.random() < 0.25:
                    person = replace(person, given_names=("Baby",))
                self._register(world, person, home.home, home.phone, change.on)
        elif change.what == "move":
            home = world.households[change.household]
            if not self._by_chance("stale address"):
                self._readdress(change.people, home.home)
        elif change.what in ("departure", "death"):
            still = "dead still listed" if change.what == "death" else "gone still listed"
            for entity in change.people:
                if not self._by_chance(still):
                    self._patients.pop(self._id.pop(entity, ""), None)
        elif change.what == "marriage" and self._rng.random() < 0.6:
            person = world.people[change.people[1]]
            if key := self._id.get(person.entity):
                old = self._patients[key]
                entry = replace(old.entry, family_name=person.family_name)
                self._patients[key] = replace(old, entry=entry, previous=person.born_as)

    def _readdress(self, people: tuple[str, ...], home: Property) -> None:
        for entity in people:
            if key := self._id.get(entity):
                old = self._patients[key]
                entry = replace(old.entry, lines=address_lines(home), postcode=home.postcode.postcode)
                self._patients[key] = replace(old, entry=entry)

    def rows(self, *, first: bool) -> Iterator[Row]:
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
                *fitted(without_locality(entry.lines), 4),
                entry.postcode,
                patient.home_phone,
                patient.own_phone,
                patient.practice,
                day(patient.registered_on, _FORM),
            )
