"""Who lives in the fictional place, and in what world: people, households, stays and what changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Final

from vestry.synthetic.gazetteer import Gazetteer, Property

NHS_WEIGHTS: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2)
"""NHS Data Dictionary: nine digits, each times its weight; 11 less the remainder by 11 is the tenth."""

FICTIONAL_CODES: Final = (
    "0113 496 0", "0114 496 0", "0116 496 0", "0117 496 0", "0118 496 0", "0121 496 0", "0131 496 0",
    "0141 496 0", "0151 496 0", "0161 496 0", "0191 498 0", "020 7946 0", "029 2018 0",
)  # fmt: skip
"""Beginnings of the numbers that Ofcom keeps for drama: 13,000 telephones that ring nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as they truly are. `nhs_number` is ten digits; `born_as` an earlier family name."""

    entity: str
    sex: str
    birth_date: date
    heritage: str
    title: str
    family_name: str
    given_names: tuple[str, ...]
    nhs_number: str
    nino: str
    phone: str
    email: str
    born_as: str = ""
    renamed_on: date | None = None
    death_date: date | None = None

    def age(self, on: date) -> int:
        """Whole years lived by `on`; negative before birth."""
        before = (on.month, on.day) < (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - before


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """People who live together. `came_from` is the home within the place that they left for this one."""

    entity: str
    kind: str
    members: tuple[str, ...]
    couple: bool
    phone: str
    home: Property
    moved_in_on: date
    came_from: Property | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One person at one property as one household; `until` is None while it lasts."""

    household: str
    person: str
    uprn: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A person who died or left not long ago, and the home that registers may still have them at."""

    person: Person
    home: Property
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """One business. `company_number` is blank for a sole trader, who is then `proprietor`."""

    entity: str
    legal_name: str
    trading_name: str
    trade: str
    food: bool
    company_number: str
    proprietor: Person | None
    premises: Property
    phone: str
    opened_on: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened (birth, death, move, arrival, departure, marriage, opening, closing), and to whom."""

    on: date
    what: str
    people: tuple[str, ...] = ()
    household: str = ""
    left: Property | None = None
    business: str = ""


@dataclass(slots=True, kw_only=True)
class World:
    """One district as it truly is on one day. History moves it on; registers only look at it."""

    gazetteer: Gazetteer
    on: date
    people: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)
    household_of: dict[str, str] = field(default_factory=dict)
    vacant: list[Property] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    businesses: dict[str, Business] = field(default_factory=dict)
    vacant_shops: list[Property] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _open: dict[str, int] = field(default_factory=dict)

    def home(self, person: str) -> Household:
        """The household that a living resident belongs to."""
        return self.households[self.household_of[person]]

    def adults(self, household: Household) -> list[Person]:
        """Members of 18 and over, in the household's own order."""
        members = (self.people[m] for m in household.members)
        return [m for m in members if m.age(self.on) >= 18]

    def settle(self, household: Household, since: date) -> None:
        """Record a household, and that its members live there since that day."""
        self.households[household.entity] = household
        for member in household.members:
            self.enter(member, household, max(since, self.people[member].birth_date))

    def enter(self, person: str, household: Household, since: date) -> None:
        """A person begins to live with a household, and ceases to wherever they lived before."""
        self.leave(person, since)
        self.household_of[person] = household.entity
        self._open[person] = len(self.stays)
        self.stays.append(
            Stay(household=household.entity, person=person, uprn=household.home.uprn, since=since)
        )

    def leave(self, person: str, until: date) -> None:
        """A person's present stay ends; nothing happens to one who has none."""
        if person in self._open:
            index = self._open.pop(person)
            self.stays[index] = replace(self.stays[index], until=until)
            del self.household_of[person]


def check_digit(nine: str) -> str:
    """The tenth digit of an NHS number; blank when the nine digits may not be used (it would be ten)."""
    rest = 11 - sum(int(d) * w for d, w in zip(nine, NHS_WEIGHTS, strict=True)) % 11
    return "" if rest == 10 else "0" if rest == 11 else str(rest)


class Numbers:
    """Gives out identifiers of one district, none twice: NHS numbers, NINOs, telephones, company numbers.

    NHS numbers begin 999 (kept for testing) in the first district, then 998, 997, ..., which are not issued;
    NINOs begin ZX; telephones come from Ofcom's drama numbers and repeat after 13,000.
    """

    def __init__(self, district: int, rng: Random) -> None:
        self._district = district
        self._next = dict.fromkeys(("nhs", "nino", "phone", "company"), rng.randrange(1_000_000))

    def _step(self, name: str, stride: int, size: int) -> int:
        self._next[name] += stride
        return self._next[name] % size

    def nhs_number(self) -> str:
        """The next valid NHS number."""
        while True:
            nine = f"{1000 - self._district}{self._step('nhs', 7919, 1_000_000):06}"
            if check := check_digit(nine):
                return nine + check

    def nino(self) -> str:
        """The next National Insurance number."""
        number = self._step("nino", 100_003, 4_000_000)
        return f"ZX{number // 4:06}{'ABCD'[number % 4]}"

    def phone(self) -> str:
        """The next telephone number, as it is printed."""
        number = self._step("phone", 4_999, 13_000)
        return f"{FICTIONAL_CODES[number // 1000]}{number % 1000:03}"

    def company_number(self) -> str:
        """The next Companies House number, eight digits from a range that is not reached."""
        return f"99{self._step('company', 7919, 1_000_000):06}"
