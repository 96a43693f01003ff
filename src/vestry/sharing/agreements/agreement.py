"""A data sharing agreement as a value: who may see which fields of whom, from which sources, for what, how and until when.

`agreements.reading` makes these from YAML, already checked. Whether one is in force is not in it: that hangs on who has
signed it, and is told by `agreements.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from vestry.sharing.categories import FIELDS
from vestry.sharing.precision import INDEX_ONLY, WHOLE, level_of
from vestry.sharing.purposes import Basis

HOW: Final = {
    "look-up": "one person, found and shown",
    "list": "several on a screen",
    "extract": "a file that leaves",
    "notice": "one message about one person",
    "statistics": "counts, of which nobody can be told",
}
"""How something may be used: code -> what it is."""

ADULT: Final = 18
"""The age from which somebody is shared unless an agreement says otherwise (Children Act 1989, section 105)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One organisation that agrees. `acts_as`: controller, joint-controller or processor (UK GDPR, Articles 24 to 28)."""

    organisation: str
    acts_as: str = "controller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some fields from some sources, at some precision.

    `fields` and `sources` are names of single ones; `precision` is category -> name on its ladder (`precision.LADDERS`).
    Where `index_only`, only that a source holds something is told, and `desk` says whom to ask.
    """

    fields: frozenset[str]
    sources: frozenset[str]
    precision: Mapping[str, str] = field(default_factory=dict)
    index_only: bool = False
    desk: str = ""

    def level(self, name: str, source: str) -> int:
        """The level (`sharing.precision`) at which this shares the field `name` from `source`; 0 where it does not."""
        if name not in self.fields or source not in self.sources:
            return 0
        if self.index_only:
            return INDEX_ONLY
        said = self.precision.get(FIELDS[name])
        return WHOLE if said is None else level_of(name, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose records. Everything said must hold of a person; what is not said limits nothing, but for these defaults.

    `areas` are codes; `age_from` and `age_to` whole years, both included, in which an age must surely lie; `age_unknown`: those
    too of whom no birth date is known; `known_to` are sources, one of which must list the person now. Restricted records,
    the dead and an organisation's own staff are left out unless they are named.
    """

    areas: frozenset[str] = frozenset()
    age_from: int = ADULT
    age_to: int | None = None
    age_unknown: bool = True
    known_to: frozenset[str] = frozenset()
    deceased: bool = False
    restricted: bool = False
    staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Who of one organisation may use it: any of `roles`, whose training in the course `training` ("" for none) is in date."""

    organisation: str
    roles: frozenset[str]
    training: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One case that must come out as `expect` (withheld, index-only, whole, or a precision) before anyone may sign.

    `known_to`, `area`, `age` and `marked` describe the person that is looked at.
    """

    says: str
    organisation: str
    role: str
    how: str
    field: str
    source: str
    expect: str
    trained: bool = True
    area: str = ""
    age: int | None = 40
    known_to: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of one agreement. Days are whole days in London, `starts` and `ends` included."""

    agreement_id: str
    version: int
    title: str
    parties: tuple[Party, ...]
    purpose: str
    basis: Basis
    shares: tuple[Share, ...]
    about: About
    users: tuple[Users, ...]
    how: frozenset[str]
    retention_days: int
    starts: date
    ends: date
    review: date
    signatories: tuple[str, ...]
    examples: tuple[Example, ...] = ()

    @property
    def label(self) -> str:
        """How reasons and the audit log name this version."""
        return f"{self.agreement_id}@{self.version}"

    @property
    def rests_on_consent(self) -> bool:
        """Whether each person must have said yes (UK GDPR, Articles 6(1)(a) and 9(2)(a))."""
        return self.basis.article_6.startswith("6(1)(a)") or self.basis.article_9.startswith("9(2)(a)")
