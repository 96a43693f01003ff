"""What an agreement would open, before anybody signs it: to whom, which fields, of how many, and what its examples come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from vestry.office.agreements.worded import Names
from vestry.office.agreements.words import (
    CATEGORY,
    PRECISION,
    WAY,
    fields_said,
    one_field_said,
    organisations_said,
    person_said,
    role_said,
    sources_said,
)
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _
from vestry.office.pages.words import course, listed
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.examples import Outcome
from vestry.sharing.agreements.simulating import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLine:
    """Fields that would be seen, how precisely, from which sources."""

    what: str
    precisely: str
    sources: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBy:
    """All who would see the same, and what."""

    who: str
    lines: tuple[SeenLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One example: who asks for what of whom, and what the decision is. `as_expected` where the agreement says so too."""

    says: str
    asks: str
    decision: str
    permitted: bool
    why: str
    as_expected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatePage:
    """`people` is to the nearest ten, 0 for fewer than ten, None where there is no release to count in."""

    template: ClassVar[str] = "agreements/simulate.html"
    name: str
    title: str
    version: int
    people: int | None
    whom: tuple[str, ...]
    seen: tuple[SeenBy, ...]
    decided: tuple[Decided, ...]
    idle: tuple[str, ...]


def simulate_page(
    agreement: Agreement,
    *,
    people: int | None,
    whom: tuple[str, ...],
    seen: Sequence[Seen],
    outcomes: Sequence[Outcome],
    idle: Mapping[str, Sequence[str]],
    names: Names,
) -> SimulatePage:
    """The page."""
    return SimulatePage(
        name=agreement.agreement_id,
        title=agreement.title,
        version=agreement.version,
        people=people,
        whom=whom,
        seen=_seen(seen, names),
        decided=tuple(_decided(one, names) for one in outcomes),
        idle=_idle(idle, names),
    )


def _seen(seen: Sequence[Seen], names: Names) -> tuple[SeenBy, ...]:
    """Once for all who would see the same."""
    mine: dict[tuple[str, str, str], list[Seen]] = {}
    for one in seen:
        mine.setdefault((one.organisation, one.role, one.training), []).append(one)
    alike: dict[tuple[SeenLine, ...], dict[str, list[str]]] = {}
    for (organisation, role, training), these in mine.items():
        said = role_said(role) + (
            _(", trained in %(course)s") % {"course": course(training)} if training else ""
        )
        alike.setdefault(tuple(_line(one, names) for one in these), {}).setdefault(said, []).append(
            organisation
        )
    return tuple(
        SeenBy(
            who="; ".join(
                f"{said[0].upper()}{said[1:]}: {organisations_said(of, names.organisations)}"
                for said, of in who.items()
            ),
            lines=lines,
        )
        for lines, who in alike.items()
    )  # fmt: skip


def _line(one: Seen, names: Names) -> SeenLine:
    what = str(CATEGORY[one.category]) if one.whole_category else fields_said(one.fields)
    precisely = str(PRECISION[one.precision])
    if one.desks:
        precisely = _("%(precisely)s: ask %(desk)s") % {"precisely": precisely, "desk": listed(one.desks)}
    return SeenLine(
        what=what[0].upper() + what[1:],
        precisely=precisely[0].upper() + precisely[1:],
        sources=sources_said(one.sources, names.contracts),
    )


def _decided(one: Outcome, names: Names) -> Decided:
    example = one.example
    asks = _("%(role)s of %(organisation)s asks for %(field)s of %(who)s from %(source)s, by %(how)s") % {
        "role": role_said(example.role),
        "organisation": names.organisations.get(example.organisation, example.organisation),
        "field": one_field_said(example.field),
        "who": person_said(example.age, example.marked, example.known_to, names.contracts),
        "source": sources_said([example.source], names.contracts),
        "how": WAY[example.how],
    }
    return Decided(
        says=example.says[0].upper() + example.says[1:],
        asks=asks[0].upper() + asks[1:],
        decision=str(PRECISION[one.got]),
        permitted=one.got != "withheld",
        why=in_language(one.why),
        as_expected=one.as_expected,
    )


def _idle(idle: Mapping[str, Sequence[str]], names: Names) -> tuple[str, ...]:
    """What is shared of sources that hold none of it, sources with the same together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for source, what in idle.items():
        alike.setdefault(tuple(what), []).append(source)
    return tuple(
        _("%(what)s: %(sources)s")
        % {
            "what": listed(str(CATEGORY[one]) for one in what),
            "sources": sources_said(sources, names.contracts),
        }
        for what, sources in alike.items()
    )
