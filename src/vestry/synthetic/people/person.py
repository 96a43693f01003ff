"""One person as they truly are, with every name they have borne; a household; a stay in a home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from vestry.synthetic.ground.land import Property

ADOPTED: Final = "adoption"
GENDER: Final = "gender recognition"
PROTECTED: Final = "protection"

CHILDRENS_HOME: Final = "children's home"
"""A kind of household: one child of several whom a home looks after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What somebody is called from a day on."""

    since: date
    title: str
    family_name: str
    given_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person. `names` in the order of time, the last one borne now; `nhs_number` is ten digits.

    `sealed` is why an earlier identity of theirs must never be joined to this one, or blank; `earlier` is then
    that identity's entity. `sex` is M or F; `ethnicity` an NHS Data Dictionary ethnic category.
    """

    entity: str
    sex: str
    birth_date: date
    heritage: str
    ethnicity: str
    names: tuple[Name, ...]
    nhs_number: str
    nino: str
    upn: str
    phone: str
    email: str
    known_as: str = ""
    death_date: date | None = None
    here_since: date | None = None
    sealed: str = ""
    earlier: str = ""

    def age(self, on: date) -> int:
        """Whole years lived by `on`; negative before birth."""
        before = (on.month, on.day) < (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - before

    def name_on(self, on: date) -> Name:
        """The name borne on a day; the first one before that."""
        for name in reversed(self.names):
            if name.since <= on:
                return name
        return self.names[0]

    @property
    def name(self) -> Name:
        """The name borne now."""
        return self.names[-1]

    @property
    def family_name(self) -> str:
        """The family name borne now."""
        return self.names[-1].family_name

    @property
    def given_names(self) -> tuple[str, ...]:
        """The given names borne now."""
        return self.names[-1].given_names

    @property
    def birth_name(self) -> str:
        """The family name first borne."""
        return self.names[0].family_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """People who live together now, adults first. `kind` is one of `households.KINDS`, `care home`, `hall`, `refuge`,
    `no fixed address`, `children's home`."""

    entity: str
    kind: str
    members: tuple[str, ...]
    couple: bool
    phone: str
    home: Property
    moved_in_on: date

    @property
    def communal(self) -> bool:
        """Whether the people of the place are many households, or none."""
        return self.kind in ("care home", "hall", "refuge", "no fixed address", CHILDRENS_HOME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One sealed identity: the person as they are (`entity`), who they were (`earlier`), why and since when."""

    entity: str
    earlier: str
    reason: str
    since: date


@dataclass(slots=True, kw_only=True)
class Stay:
    """One person at one property as one household; `until` is None while it lasts."""

    household: str
    person: str
    home: Property
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """One business. `company_number` is blank for a sole trader, who is then `proprietor`."""

    entity: str
    legal_name: str
    trading_name: str
    trade: str
    food: bool
    licensed: bool
    company_number: str
    proprietor: Person | None
    premises: Property
    phone: str
    opened_on: date
    closed_on: date | None = None


BIRTH: Final = "birth"
DEATH: Final = "death"
MARRIAGE: Final = "marriage"
SEPARATION: Final = "separation"
RENAMING: Final = "change of name"
MOVE: Final = "move"
LEAVING_HOME: Final = "leaving home"
ARRIVAL: Final = "arrival"
DEPARTURE: Final = "departure"
INTO_CARE: Final = "into a care home"
FOSTERED: Final = "into foster care"
BACK_HOME: Final = "home from foster care"
OPENING: Final = "opening"
CLOSING: Final = "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened, and to whom. Of a move `left` is the home left; `household` the one that people are in after."""

    on: date
    what: str
    people: tuple[str, ...] = ()
    household: str = ""
    left: Property | None = None
    business: str = ""
