"""The form of a draft, which needs no notation; and the page on which one is pasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from vestry.contracts.contract import Contract
from vestry.errors import Problem
from vestry.office.agreements.drafting import BASIS, DAYS, SIGNING_PROCESSOR, Given, blocks, one
from vestry.office.agreements.words import (
    ACTS_AS,
    CATEGORY,
    MARKED,
    PRECISION,
    WAY,
    one_field_said,
    role_said,
)
from vestry.office.pages.below import in_language
from vestry.office.pages.dates import day_given
from vestry.office.pages.translating import _, ngettext
from vestry.office.pages.words import day, listed
from vestry.sharing.asking import ROLES
from vestry.sharing.categories import CATEGORIES, FIELDS
from vestry.sharing.precision import LADDERS, names_for
from vestry.sharing.purposes import PURPOSES

Choices = tuple[tuple[str, str], ...]
"""(code, words) of what can be chosen."""

FEW_AREAS: Final = 40
"""Areas of one geography that are boxes to tick; of more, codes are typed."""


SECTIONS: Final = {
    "purpose": ("title", "agreement", "purpose", "basis"),
    "between": ("parties", "party"),
    "shares": ("shares",),
    "about": ("about",),
    "users": ("users", "how", "retention_days"),
    "term": DAYS,
    "examples": ("examples",),
}
"""Section of the form -> how the names of its fields begin."""


def _count(count: int, said: str) -> str:
    return said % {"n": count} if count else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """The form. `name` is of the agreement that a next version is drafted of; "" of a new one. `areas` are by geography,
    `sources` by organisation."""

    template: ClassVar[str] = "agreements/draft.html"
    name: str
    title: str
    organisations: Choices
    sources: tuple[tuple[str, Choices], ...]
    areas: tuple[tuple[str, Choices], ...]
    given: Given
    problems: Mapping[str, str] = field(default_factory=dict)
    purposes: Choices = field(
        default_factory=lambda: tuple((one.code, in_language(one.means)) for one in PURPOSES)
    )
    basis: tuple[str, ...] = BASIS
    more: str = ""

    @property
    def path(self) -> str:
        """Where it is sent."""
        return f"/agreements/{self.name}/redraft/" if self.name else "/agreements/draft/new/"

    def one(self, name: str) -> str:
        """What is in a field."""
        return one(self.given, name)

    def ticked(self, name: str, code: str) -> bool:
        """Whether a box is."""
        return code in self.given.get(name, ())

    def blocks(self, kind: str, least: int) -> list[int]:
        """The blocks of a kind to show: those with anything in them, at least so many, and one more where it was asked for."""
        there = blocks(self.given, kind)
        shown = max((there[-1] + 1 if there else 0), least) + (1 if self.more == kind else 0)
        return list(range(shown))

    def wrong_in(self, section: str) -> bool:
        """Whether something in a section is to be mended."""
        return any(field.split("-")[0] in SECTIONS[section] for field in self.problems)

    def opens(self, section: str) -> bool:
        """Whether a section is shown open: one with something to be mended, or more to fill in; of a new draft, the first."""
        if self.problems or self.more:
            return self.wrong_in(section) or self.more == section
        return section == next(iter(SECTIONS))

    def said_of(self, section: str) -> str:
        """What is in a section, in few words; "" for nothing."""
        if section == "purpose":
            return self.one("title")
        if section == "between":
            count = sum(bool(self.one(f"party-{code}")) for code, _name in self.organisations)
            return _count(count, ngettext("%(n)s party", "%(n)s parties", count))
        if section == "shares":
            there = blocks(self.given, "shares")
            count = len({name for n in there for name in self.given.get(f"shares-{n}-fields", ())})
            return _count(count, ngettext("%(n)s field", "%(n)s fields", count))
        if section == "about":
            ages = {"from": self.one("about-from") or "18", "to": self.one("about-to")}
            return (_("aged %(from)s to %(to)s") if ages["to"] else _("aged %(from)s and over")) % ages
        if section == "users":
            names = dict(self.organisations)
            codes = [self.one(f"users-{n}-organisation") for n in blocks(self.given, "users")]
            return listed(names.get(code, code) for code in dict.fromkeys(codes) if code)
        if section == "term":
            days = {name: day_given({k: self.one(k) for k in self.given}, name)[0] for name in DAYS}
            if not (days["starts"] and days["ends"]):
                return ""
            return _("%(first)s to %(last)s") % {"first": day(days["starts"]), "last": day(days["ends"])}
        count = len(blocks(self.given, "examples"))
        return _count(count, ngettext("%(n)s example", "%(n)s examples", count))

    def some_ticked(self, name: str, choices: Choices) -> bool:
        """Whether any box of these is."""
        return any(self.ticked(name, code) for code, _said in choices)

    @property
    def all_sources(self) -> Choices:
        """Every source, whoever sends it."""
        return tuple(one for _organisation, choices in self.sources for one in choices)

    def fields(self, n: int) -> Choices:
        """What can be shared: categories, and the single fields that this block names."""
        single = [
            name
            for name in self.given.get(f"shares-{n}-fields", ())
            if name in FIELDS and name not in CATEGORIES
        ]
        return (
            *((code, str(said)) for code, said in CATEGORY.items()),
            *((name, _("only %(field)s") % {"field": one_field_said(name)}) for name in single),
        )

    @property
    def all_fields(self) -> Choices:
        """Every single field, by category."""
        return tuple((name, one_field_said(name)) for name in FIELDS)

    @property
    def ladders(self) -> tuple[tuple[str, str, Choices], ...]:
        """(category, words, precisions below whole) of each that can be shown less precisely."""
        return tuple(
            (
                code,
                str(CATEGORY[code]),
                tuple((n, str(PRECISION[n])) for n in names_for(code) if n in LADDERS[code]),
            )
            for code in LADDERS
        )

    @property
    def acting(self) -> Choices:
        """What an organisation can be."""
        signing = (SIGNING_PROCESSOR, _("Processor, who signs too"))
        return (("", _("No party")), *((code, str(said)) for code, said in ACTS_AS.items()), signing)

    @property
    def roles(self) -> Choices:
        """Every role."""
        return tuple((code, role_said(code)) for code in ROLES)

    @property
    def ways(self) -> Choices:
        """Every way of use."""
        return tuple((code, str(said)) for code, said in WAY.items())

    @property
    def expected(self) -> Choices:
        """What can come of an example."""
        return tuple((code, str(said)) for code, said in PRECISION.items())

    @property
    def marks(self) -> Choices:
        """What can set somebody in an example apart."""
        return tuple((code, str(said)) for code, said in MARKED.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class PastePage:
    """A draft as YAML, pasted or from a file, and every problem with its line."""

    template: ClassVar[str] = "agreements/paste.html"
    text: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Problem, ...] = ()


def sources_listed(
    contracts: Mapping[str, Contract], organisations: Mapping[str, str]
) -> tuple[tuple[str, Choices], ...]:
    """Every source by its title, by the organisation that sends it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, contract in contracts.items():
        owner = organisations.get(contract.organisation, contract.organisation)
        found.setdefault(owner, []).append((name, contract.title))
    return tuple(
        (owner, tuple(sorted(choices, key=lambda said: said[1]))) for owner, choices in sorted(found.items())
    )


def areas_listed(rows: Sequence[Mapping[str, str]]) -> tuple[tuple[str, Choices], ...]:
    """Areas by geography, as far as there are few of it."""
    by_geography: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        by_geography.setdefault(row["geography"], []).append(
            (row["area_code"], row["name"] or row["area_code"])
        )
    return tuple(
        (name, tuple(sorted(areas, key=lambda said: said[1])))
        for name, areas in sorted(by_geography.items())
        if len(areas) <= FEW_AREAS
    )
