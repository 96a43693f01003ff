"""What a resident may be told: who looked at them, by organisation, purpose and day. In words that one reads without help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar

from vestry.office.audit.words import OUTCOME
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _
from vestry.office.pages.words import LONDON, field_name, listed
from vestry.sharing.audit_desk import DID, AboutSomebody, Look
from vestry.sharing.purposes import purpose_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentForm:
    """Of whom it is asked."""

    template: ClassVar[str] = "audit/resident_form.html"
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The looks of one organisation for one purpose: how many, on how many days, the first and the last of these."""

    organisation: str
    why: str
    looks: int
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTold:
    """One look as it is told, or several on one day that were alike; `at` is when the last was."""

    at: str
    times: int
    organisation: str
    by: str
    did: str
    why: str
    seen: str
    came: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentPage:
    """Everything, the newest first, by day. `names` whether it says which users; then it is not for the resident."""

    template: ClassVar[str] = "audit/resident.html"
    place: str
    entity_id: str
    former: tuple[str, ...]
    together: tuple[Together, ...]
    days: tuple[tuple[date, tuple[LookTold, ...]], ...]
    wholesale: tuple[tuple[date, tuple[LookTold, ...]], ...]
    names: bool
    today: date


def resident_page(
    about: AboutSomebody, *, place: str, organisations: Mapping[str, str], names: bool, today: date
) -> ResidentPage:
    """The page of what the log says of somebody."""

    def told(looks: Sequence[Look]) -> tuple[tuple[date, tuple[LookTold, ...]], ...]:
        by_day: dict[date, list[LookTold]] = {}
        for one in looks:
            lines, line = by_day.setdefault(_day(one), []), _told(one, place, organisations, names)
            if lines and replace(lines[-1], at=line.at, times=1) == line:
                lines[-1] = replace(lines[-1], times=lines[-1].times + 1)
            else:
                lines.append(line)
        return tuple((day, tuple(lines)) for day, lines in by_day.items())

    groups: dict[tuple[str, str], list[Look]] = {}
    for one in about.looks:
        if one.outcome in ("shown", "not known"):
            groups.setdefault((_organisation(one, place, organisations), _why(one)), []).append(one)
    return ResidentPage(
        place=place,
        entity_id=about.ids[0],
        former=about.ids[1:],
        together=tuple(
            Together(
                organisation=organisation, why=why, looks=len(looks), first=min(_day(one) for one in looks),
                last=max(_day(one) for one in looks),
            )
            for (organisation, why), looks in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
        ),
        days=told(about.looks),
        wholesale=told(about.wholesale),
        names=names,
        today=today,
    )  # fmt: skip


def _told(one: Look, place: str, organisations: Mapping[str, str], names: bool) -> LookTold:
    came = "" if one.outcome in ("shown", "changed") else str(OUTCOME[one.outcome])
    if one.recipient:
        passed = _("Passed on to %(who)s") % {"who": organisations.get(one.recipient, one.recipient)}
        came = ". ".join(said for said in (came, passed) if said)
    return LookTold(
        times=1,
        at=f"{_at(one):%-I:%M}{_at(one):%p}".lower(),
        organisation=_organisation(one, place, organisations),
        by=one.by if names else "",
        did=_(DID[one.action]) if one.action in DID else one.action,
        why=_why(one),
        seen=listed(field_name(name) for name in one.fields),
        came=came,
    )


def _organisation(one: Look, place: str, organisations: Mapping[str, str]) -> str:
    found = organisations.get(one.organisation, one.organisation)
    return found or _("whoever keeps the machine of %(place)s") % {"place": place}


def _why(one: Look) -> str:
    purpose = purpose_of(one.purpose)
    return in_language(purpose.means) if purpose else ""


def _at(one: Look) -> datetime:
    return datetime.fromisoformat(one.at).astimezone(LONDON)


def _day(one: Look) -> date:
    return _at(one).date()
