"""The electoral register: who may vote, at which address, with a birth date only for those about to be 18.

Names stand in one column, `SMITH, John A`. Registration is voluntary in effect: one in ten is missing, and
nearly half of those who have just moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from vestry.synthetic import names
from vestry.synthetic.gazetteer import Property
from vestry.synthetic.mistakes import RATES, Entry
from vestry.synthetic.people import Change, Person, World
from vestry.synthetic.registers.clerk import Clerk, Row, Truths, day, fitted, without_locality

COLUMNS: Final = (
    "ElectorNumber", "ElectorName", "Franchise", "AttainerDOB", "Address1", "Address2", "Address3",
    "Address4", "Postcode", "UPRN", "AddedOn",
)  # fmt: skip
_KIND: Final = "electoral-register"
_FRANCHISE: Final = {names.POLISH: "G", names.ROMANIAN: "K"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Elector:
    person: Person
    entry: Entry
    attainer: bool
    added_on: date


class ElectoralRegister:
    """The electors of one district, each listed once."""

    def __init__(self, source: str, district: int, rng: Random) -> None:
        self.truths = Truths(source)
        self._rng, self._rates, self._district = rng, RATES[_KIND], district
        self._clerk = Clerk(source=_KIND, rng=rng)
        self._electors: dict[str, _Elector] = {}
        self._number: dict[str, str] = {}
        self._count = 0

    def open(self, world: World) -> None:
        """Everyone who registered and was not struck off: some at the home they left, some who are gone."""
        for household in world.households.values():
            for member in household.members:
                home, moved = household.home, household.came_from is not None
                if moved and self._by_chance("stale address"):
                    home = household.came_from or home
                elif moved and self._by_chance("not registered after a move"):
                    continue
                self._register(world, world.people[member], home, household.moved_in_on)
        for gone in world.gone:
            if self._by_chance("dead still listed" if gone.person.death_date else "gone still listed"):
                self._register(world, gone.person, gone.home, date(gone.on.year - 2, 12, 1))

    def _by_chance(self, way: str) -> bool:
        return self._rng.random() < self._rates[way]

    def _register(self, world: World, person: Person, home: Property, since: date) -> None:
        age = person.age(world.on)
        if age < 16 or (age < 18 and self._rng.random() < 0.5) or self._by_chance("not registered"):
            return
        self._count += self._rng.randint(1, 2)
        number = f"{self._district:02}{home.postcode.lsoa.ward[-2:]}-{self._count:06}"
        entry = self._clerk.write(person, world, home=home)
        self._electors[number] = _Elector(person=person, entry=entry, attainer=age < 18, added_on=since)
        self._number[person.entity] = number
        self.truths.person(number, "elector", person.entity)

    def _strike(self, entity: str) -> bool:
        number = self._number.pop(entity, "")
        self._electors.pop(number, None)
        return bool(number)

    def hear(self, change: Change, world: World) -> None:
        """A move means a new number, once it is heard of."""
        if change.what in ("arrival", "move"):
            home = world.households[change.household].home
            for entity in change.people:
                if change.what == "move" and entity in self._number and self._by_chance("stale address"):
                    continue
                self._strike(entity)
                if not self._by_chance("not registered after a move"):
                    self._register(world, world.people[entity], home, change.on)
        elif change.what in ("departure", "death"):
            still = "dead still listed" if change.what == "death" else "gone still listed"
            for entity in change.people:
                if not self._by_chance(still):
                    self._strike(entity)
        elif change.what == "marriage" and self._rng.random() < 0.4:
            person = world.people[change.people[1]]
            if number := self._number.get(person.entity):
                old = self._electors[number]
                self._electors[number] = replace(
                    old, entry=replace(old.entry, family_name=person.family_name)
                )

    def rows(self, *, first: bool) -> Iterator[Row]:
        """The register in the order of its numbers."""
        for number, elector in self._electors.items():
            entry = elector.entry
            initials = "".join(f" {g[:1]}" for g in entry.given_names[1:])
            given = entry.given_names[0] if entry.given_names else ""
            yield (
                number,
                f"{entry.family_name.upper()}, {given}{initials}",
                _FRANCHISE.get(elector.person.heritage, ""),
                day(entry.birth_date) if elector.attainer else "",
                *fitted(without_locality(entry.lines), 4),
                entry.postcode,
                entry.uprn,
                day(elector.added_on),
            )
