"""The electoral register: who may vote, at which address, with a birth date only for those about to be 18.

Names stand in one column, `SMITH, John A`. Registration is voluntary in effect: one in ten is missing, and a third
of those who have just moved. After the first extract only additions, changes and deletions are sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vestry.synthetic.ground.land import Property
from vestry.synthetic.mistakes.ways import Entry
from vestry.synthetic.names import heritages
from vestry.synthetic.people import person as life
from vestry.synthetic.people.person import Change, Person
from vestry.synthetic.people.world import World
from vestry.synthetic.registers.clerk import Row, day, fitted, rewritten, without_locality
from vestry.synthetic.registers.setting import Setting

COLUMNS: Final = (
    "Action", "ElectorNumber", "ElectorName", "Franchise", "AttainerDOB", "Address1", "Address2", "Address3",
    "Address4", "Postcode", "UPRN", "AddedOn",
)  # fmt: skip
_FRANCHISE: Final = {heritages.POLISH: "G", heritages.ROMANIAN: "K", heritages.PORTUGUESE: "G"}
"""Marks of those who may vote in some elections only."""
LATELY: Final = 400
"""Days after a move within which it counts as one that the register may not know of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Elector:
    person: Person
    entry: Entry
    attainer: bool
    added_on: date


class ElectoralRegister:
    """The electors of one district, each listed once."""

    def __init__(self, setting: Setting) -> None:
        self.truths = setting.truths()
        self._rng, self._district = setting.rng, setting.plan.number
        self._clerk = setting.clerk("electoral-register")
        self._electors: dict[str, _Elector] = {}
        self._number: dict[str, str] = {}
        self._changed: dict[str, str] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """Everyone who registered and was not struck off: some at the home they left, some who are gone."""
        for household in world.households.values():
            lately = (world.on - household.moved_in_on).days < LATELY
            if household.kind == "no fixed address":
                continue
            for member in household.members:
                if lately and self._clerk.chance("not registered after a move"):
                    continue
                person = world.people[member]
                heard = self._clerk.heard(person, world)
                self._register(world, person, world.home_on(member, heard) or household.home, heard)
        for entity, gone_on in world.gone.items():
            person = world.people[entity]
            days = (world.on - gone_on).days
            way = "dead still listed" if person.death_date else "gone still listed"
            if (days < LATELY or (entity[0] == "S" and days < 900)) and self._clerk.chance(way):
                home = world.home_on(entity, gone_on)
                if home is not None:
                    self._register(world, person, home, date(gone_on.year - 2, 12, 1))

    def _register(self, world: World, person: Person, home: Property, since: date) -> None:
        age = person.age(world.on)
        if age < 16 or (age < 18 and self._rng.random() < 0.5) or self._clerk.chance("not registered"):
            return
        if not home.uprn.startswith(f"999{self._district:02}"):
            return
        self._count += self._rng.randint(1, 2)
        number = f"{self._district:02}{home.postcode.lsoa.ward[-2:]}-{self._count:06}"
        entry = self._clerk.write(person, world, on=since, home=home)
        self._electors[number] = _Elector(person=person, entry=entry, attainer=age < 18, added_on=since)
        self._number[person.entity] = number
        self._changed[number] = "A"
        self.truths.person(number, "elector", person.entity)
        self.truths.home(number, "home", home)

    def _strike(self, entity: str) -> bool:
        number = self._number.pop(entity, "")
        if number:
            self._changed[number] = "D"
        return bool(number)

    def hear(self, change: Change, world: World) -> None:
        """A move means a new number, once it is heard of."""
        if change.what in (life.ARRIVAL, life.MOVE, life.LEAVING_HOME, life.SEPARATION, life.INTO_CARE):
            home = world.households[change.household].home
            for entity in change.people:
                if entity in self._number and self._clerk.chance("old number kept"):
                    continue
                self._strike(entity)
                if not self._clerk.chance("not registered after a move"):
                    self._register(world, world.people[entity], home, change.on)
        elif change.what in (life.DEPARTURE, life.DEATH):
            way = "dead still listed" if change.what == life.DEATH else "gone still listed"
            for entity in change.people:
                if not self._clerk.chance(way):
                    self._strike(entity)
        elif change.what in (life.MARRIAGE, life.RENAMING) and self._clerk.hears("a new name"):
            person = world.people[change.people[-1]]
            if number := self._number.get(person.entity):
                old = self._electors[number]
                self._electors[number] = replace(old, entry=rewritten(old.entry, person, on=change.on))
                self._changed.setdefault(number, "C")

    def rows(self, file: str, *, first: bool) -> Iterator[Row]:
        """The register in the order of its numbers; later, what was added (A), changed (C) and struck off (D)."""
        for number, action in self._changed.items():
            elector = self._electors[number]
            if first and action == "D":
                continue
            entry = elector.entry
            initials = "".join(f" {g[:1]}" for g in entry.given_names[1:])
            given = entry.given_names[0] if entry.given_names else ""
            yield (
                action,
                number,
                f"{entry.family_name.upper()}, {given}{initials}",
                _FRANCHISE.get(elector.person.heritage, ""),
                day(entry.birth_date) if elector.attainer else "",
                *fitted(without_locality(entry.lines), 4),
                entry.postcode,
                entry.uprn,
                day(elector.added_on),
            )
        self._changed.clear()
