"""The pages on which emergencies are reviewed: those that wait, and what was looked at in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final, get_args

from vestry.office.audit.words import OUTCOME, action_said
from vestry.office.pages.translating import _, gettext_lazy
from vestry.office.pages.words import field_name, instant, listed
from vestry.sharing.audit_desk import UrgentLook
from vestry.sharing.people_apart import Finding, Looked

LONGEST: Final = 2000
"""Letters of what a reviewer says."""
FOUND: Final[dict[Finding, str]] = {
    "justified": gettext_lazy("Justified: as far as could be known, life was in danger"),
    "not-justified": gettext_lazy("Not justified"),
}
"""What a review can come to, as it is offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyLine:
    """One emergency, as whoever reviews it reads of it. `stands`: it has not ended yet; `until` is None of a single look on the
    command line. `found` and `words` are of one that was reviewed."""

    number: int
    by: str
    organisation: str
    why: str
    told: str
    at: datetime
    until: datetime | None
    stands: bool
    review_by: datetime
    overdue: bool
    reviewed_by: str = ""
    found: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergenciesPage:
    """Those that wait for a review, the oldest first, and those that were reviewed, the newest first."""

    template: ClassVar[str] = "emergencies/list.html"
    waiting: tuple[EmergencyLine, ...]
    reviewed: tuple[EmergencyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """One look: when, what was done, by what was searched, the ids of whom it was at, and what came of it."""

    at: str
    did: str
    criteria: str
    ids: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPage:
    """One that waits, and every look that was made in it."""

    template: ClassVar[str] = "emergencies/review.html"
    one: EmergencyLine
    looks: tuple[LookLine, ...]
    outcomes: tuple[tuple[str, str], ...]
    found: str = ""
    words: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def emergency_line(
    one: Looked, *, names: Mapping[str, str], organisations: Mapping[str, str], now: datetime
) -> EmergencyLine:
    """The emergency as it is shown; `names` are users' by id."""
    return EmergencyLine(
        number=one.number, by=names.get(one.user, one.user),
        organisation=organisations.get(one.organisation, one.organisation), why=one.reason,
        told=names.get(one.told, one.told), at=one.at, until=one.until,
        stands=one.until is not None and not one.found and now < one.until, review_by=one.review_by,
        overdue=one.overdue, reviewed_by=names.get(one.reviewed_by, one.reviewed_by),
        found=found_said(one.found), words=one.words,
    )  # fmt: skip


def found_said(found: str) -> str:
    """What a review found, in a word."""
    return {"justified": _("Justified"), "not-justified": _("Not justified")}.get(found, "")


def look_lines(looks: Sequence[UrgentLook]) -> tuple[LookLine, ...]:
    """The looks as they are shown. Of what was searched for only the kinds are known: the log keeps no values."""
    return tuple(
        LookLine(
            at=instant(one.at),
            did=action_said(one.action),
            criteria=listed(_within(field_name(name)) for name in one.criteria),
            ids=one.entities,
            outcome=str(OUTCOME[one.outcome]),
        )
        for one in looks
    )


def _within(name: str) -> str:
    """A field's name within a sentence: "name", "NHS number"."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def review_asked(given: Mapping[str, str]) -> tuple[Finding | None, str, dict[str, str]]:
    """(what was found, in what words, field -> what is wrong) of the form as it was sent."""
    found: Finding | None = next((one for one in get_args(Finding) if one == given.get("found")), None)
    words = given.get("words", "").replace("\0", "").strip()
    problems: dict[str, str] = {}
    if found is None:
        problems["found"] = _("Choose what you found")
    if not words:
        problems["words"] = _("Say what makes you think so")
    elif len(words) > LONGEST:
        problems["words"] = _("Say it in fewer than %(n)d letters") % {"n": LONGEST}
    return found, words, problems
