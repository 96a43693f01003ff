"""Whom a look is at, as far as a decision needs to know: never a name, and nothing of what a service holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from vestry.model import kinds

MARKERS: Final = {
    "deceased": "has died",
    "restricted": "the whole record is only for those whom an agreement names for it",
    "protected-address": "nothing may be shown that leads to where they are",
    "sealed": "an earlier identity that may not be known",
    "opted-out": "has said no to other uses of confidential patient information (National Data Opt-Out)",
    "staff": "works for the organisation that asks",
    "objects": "has objected to this purpose (UK GDPR, Article 21)",
    "consented": "has said yes to this agreement",
}
"""What examples may say of a person, and what each means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One entity. `born` is its earliest and latest possible birth date, None where nothing is known; only people have ages.

    `areas` are codes of every geography that it is in; `known_to` the sources that list it now; `staff_of` organisations;
    `objects_to` purposes; `consents_to` agreements that it has said yes to and not taken back.
    """

    entity_id: str
    kind: str = kinds.PERSON
    areas: frozenset[str] = frozenset()
    born: tuple[date, date] | None = None
    known_to: frozenset[str] = frozenset()
    deceased: bool = False
    restricted: bool = False
    protected_address: bool = False
    sealed: bool = False
    opted_out: bool = False
    staff_of: frozenset[str] = frozenset()
    objects_to: frozenset[str] = frozenset()
    consents_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What a decision needs to know of a source: whose it is, and whether its records are of law enforcement (DPA 2018,
    Part 3) or confidential patient information. `lacks` are the fields, of those that few sources hold, that its contract has
    none of: nothing of them can be seen in it, and no agreement needs to share them."""

    name: str
    organisation: str
    law_enforcement: bool = False
    patient: bool = False
    lacks: frozenset[str] = frozenset()


def age_on(born: date, on: date) -> int:
    """Whole years from `born` to `on`; somebody born on 29 February is a year older on 1 March of other years.

    England counts so: Family Law Reform Act 1969, section 9, puts the birthday at its first moment.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def ages_on(subject: Subject, on: date) -> tuple[int, int] | None:
    """The least and the greatest age that it can have on the day `on`; None where nothing is known."""
    if subject.born is None:
        return None
    first, last = subject.born
    return age_on(last, on), age_on(first, on)
