"""May this be seen, and how precisely? One field of one person from one source: values in, a decision out. Pure (promise 6).

Silence is refusal: a level above nothing comes only of a grant that an agreement opened, within that agreement's own limits,
where no right of the person stands against it. Agreements that overlap give the finest of what each grants by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vestry.model import kinds
from vestry.sharing.agreements.agreement import About
from vestry.sharing.categories import LEAD_HOME
from vestry.sharing.grants import EMERGENCY, OWN, Grant, Opened
from vestry.sharing.precision import WITHHELD
from vestry.sharing.refusals import Reason, nearest, reason
from vestry.sharing.subjects import SourceFacts, Subject, ages_on

TELL_SECOND: Final = "tell-second-person"
REVIEW: Final = "review-within-three-days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What may be seen. `level` is of `sharing.precision`; `agreements` name what it rests on; `duties` what must follow.

    A refusal has a `reason`; whether that may be told to whoever asked is in it.
    """

    level: int
    agreements: tuple[str, ...] = ()
    reason: Reason | None = None
    duties: tuple[str, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether anything at all may be seen."""
        return self.level > WITHHELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How what stands open reaches one person, whatever is asked of them.

    `closed` is the code of what no agreement can open, `outside` for every grant that of why it is not about them: "" for none.
    """

    subject: Subject
    closed: str
    outside: tuple[str, ...]

    @property
    def alike(self) -> tuple[str, ...]:
        """All that decisions read of a person: of two for whom this is the same, all are the same."""
        guards = (
            "opted-out" if self.subject.opted_out else "",
            "protected" if self.subject.protected_address else "",
        )
        return (self.closed, *self.outside, *guards)


def reach(opened: Opened, subject: Subject) -> Reach:
    """How `opened` reaches `subject`."""
    return Reach(
        subject=subject,
        closed=absolute(opened, subject),
        outside=tuple(outside(opened, grant, subject) for grant in opened.grants),
    )


def decide(opened: Opened, subject: Subject, field: str, source: SourceFacts) -> Decision:
    """The decision on `field` of `subject` as `source` has it."""
    return decide_of(opened, reach(opened, subject), field, source)


def decide_of(opened: Opened, reached: Reach, field: str, source: SourceFacts) -> Decision:
    """The same, of somebody whose `Reach` is known: one look decides on many fields of many sources."""
    if reached.closed:
        return Decision(level=WITHHELD, reason=reason(reached.closed))
    refused, found = set(opened.refused), []
    for grant, not_about in zip(opened.grants, reached.outside, strict=True):
        level, code = _level(opened, grant, field, source)
        if level > WITHHELD:
            code = not_about or _guarded(opened, grant, reached.subject, field, source)
        if code:
            refused.add(code)
        elif level > WITHHELD:
            found.append((level, grant.label))
    if not found:
        return Decision(level=WITHHELD, reason=nearest(refused))
    finest = max(level for level, _ in found)
    return Decision(
        level=finest,
        agreements=tuple(label for level, label in found if level == finest),
        duties=(TELL_SECOND, REVIEW) if opened.asking.purpose == EMERGENCY else (),
    )


def absolute(opened: Opened, subject: Subject) -> str:
    """What no agreement can open."""
    if subject.sealed:
        return "sealed"
    return "own-record" if subject.entity_id in opened.asking.asker.entity_ids else ""


def _level(opened: Opened, grant: Grant, field: str, source: SourceFacts) -> tuple[int, str]:
    """The level that `grant` shares, and "", or nothing and the code of why not (none where it is no matter of the grant)."""
    level = grant.level(field, source.name)
    if level == WITHHELD and grant.label == OWN:
        return WITHHELD, ""
    if level == WITHHELD:
        shared = any(field in share.fields for share in grant.shares)
        return WITHHELD, "source" if shared else "field"
    if source.law_enforcement and not grant.part_3:
        return WITHHELD, "law-enforcement"
    return level, ""


def outside(opened: Opened, grant: Grant, subject: Subject) -> str:
    """Why `grant` is not about `subject` at all; "" where it is."""
    about, asking = grant.about, opened.asking
    rules: Sequence[tuple[str, Callable[[], bool]]] = (
        ("area", lambda: bool(about.areas) and about.areas.isdisjoint(subject.areas)),
        ("age", lambda: not _of_age(about, subject, asking.on)),
        ("cohort", lambda: bool(about.known_to) and about.known_to.isdisjoint(subject.known_to)),
        ("deceased", lambda: subject.deceased and not about.deceased),
        (
            "staff",
            lambda: asking.asker.organisation in subject.staff_of and not (about.staff or _urgent(opened)),
        ),
        ("consent", lambda: bool(grant.consent) and grant.consent not in subject.consents_to),
        ("objection", lambda: _objects(opened, subject)),
        ("restricted", lambda: subject.restricted and not (about.restricted or _urgent(opened))),
        ("step-up", lambda: subject.restricted and not asking.strong),
    )
    return next((code for code, is_so in rules if is_so()), "")


def _guarded(opened: Opened, grant: Grant, subject: Subject, field: str, source: SourceFacts) -> str:
    """Which right of a person guards this field from this source, though the grant is about that person."""
    assert opened.purpose is not None
    if subject.opted_out and source.patient and opened.purpose.opt_out:
        return "opt-out"
    if subject.protected_address and field in LEAD_HOME:
        if not (grant.about.restricted or _urgent(opened)):
            return "protected-address"
        return "" if opened.asking.strong else "step-up"
    return ""


def _of_age(about: About, subject: Subject, on: date) -> bool:
    if subject.kind != kinds.PERSON:
        return True
    ages = ages_on(subject, on)
    if ages is None:
        return about.age_unknown
    least, greatest = ages
    return least >= about.age_from and (about.age_to is None or greatest <= about.age_to)


def _objects(opened: Opened, subject: Subject) -> bool:
    assert opened.purpose is not None
    return opened.purpose.objections and opened.purpose.code in subject.objects_to


def _urgent(opened: Opened) -> bool:
    """Whether life is to be protected: an emergency, of which somebody else is told at once."""
    return opened.asking.purpose == EMERGENCY
