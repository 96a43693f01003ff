"""What would be seen under an agreement, by whom: worked out by the decision itself, before anybody has signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final

from vestry.sharing.agreements.agreement import Agreement, Users
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.agreements.lifecycle import LONDON, Filed
from vestry.sharing.asking import Asker
from vestry.sharing.categories import CATEGORIES, FIELDS
from vestry.sharing.decision import decide
from vestry.sharing.grants import OWN, Asking, Emergency, Opened, open_grants
from vestry.sharing.holdings import Holdings, held
from vestry.sharing.precision import INDEX_ONLY, NAMES, name_of
from vestry.sharing.subjects import SourceFacts, Subject

SOMEBODY_ELSE: Final = "somebody else"
_INDEX: Final = NAMES[INDEX_ONLY]
_Alike = tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]
"""(the fields, where they are a part of what the source holds; precision; agreements; desks)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one role of one organisation would see: fields of one category, alike in precision, from some sources.

    `whole_category`: these are all that the sources hold of it. `rests_on` are the agreements that give it, or "own records";
    `desks` whom to call, where only is told that there is something.
    """

    organisation: str
    role: str
    training: str
    category: str
    fields: tuple[str, ...]
    whole_category: bool
    precision: str
    sources: tuple[str, ...]
    rests_on: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()


def simulated(
    agreement: Agreement, sources: Mapping[str, SourceFacts], holds: Holdings | None = None
) -> tuple[Seen, ...]:
    """Every role that the agreement names, and what it would see of somebody whom the agreement is about.

    Only what comes of the agreement: what its organisation sent itself, it sees whatever an agreement says.
    """
    at = datetime.combine(agreement.starts, time(12), LONDON)
    filed = (as_if_in_force(agreement),)
    subject = _somebody(agreement, at.date())
    found: list[Seen] = []
    for users in agreement.users:
        for role in sorted(users.roles):
            opened = opened_by(agreement, users, role, sources, at)
            found += seen_of(opened, subject, sources, filed, holds or {}, role=role, training=users.training)
    return tuple(found)


def opened_by(
    agreement: Agreement, users: Users, role: str, sources: Mapping[str, SourceFacts], at: datetime
) -> Opened:
    """What the agreement opens at `at` to one role of `users`, as if all had signed it, and nothing besides."""
    opened = open_grants(_asking(agreement, users, role, at), (as_if_in_force(agreement),), sources)
    return replace(opened, grants=tuple(grant for grant in opened.grants if grant.label != OWN))


def held_by_none(agreement: Agreement, holds: Holdings) -> dict[str, tuple[str, ...]]:
    """Source -> categories that the agreement shares from it and of which it holds no field."""
    found: dict[str, set[str]] = {}
    for share in agreement.shares:
        for source in share.sources:
            for category in {FIELDS[field] for field in share.fields}:
                if not held((f for f in CATEGORIES[category] if f in share.fields), source, holds):
                    found.setdefault(source, set()).add(category)
    return {source: tuple(c for c in CATEGORIES if c in found[source]) for source in sorted(found)}


def seen_of(
    opened: Opened,
    subject: Subject,
    sources: Mapping[str, SourceFacts],
    filed: Sequence[Filed],
    holds: Holdings,
    *,
    role: str,
    training: str,
) -> Iterable[Seen]:
    """All that `opened` shows of `subject`, by category, precision and what it rests on."""
    asker = opened.asking.asker
    asked = sorted({s for grant in opened.grants for share in grant.shares for s in share.sources})
    for category, fields in CATEGORIES.items():
        alike: dict[_Alike, dict[str, list[str]]] = {}
        for source in asked:
            of_source = held(fields, source, holds)
            by_precision: dict[tuple[str, tuple[str, ...]], list[str]] = {}
            for field in of_source:
                decision = decide(opened, subject, field, sources[source])
                if decision.permitted:
                    told = name_of(field, decision.level), decision.agreements
                    by_precision.setdefault(told, []).append(field)
            for (precision, labels), these in by_precision.items():
                part = () if len(these) == len(of_source) else tuple(these)
                desks = _desks(filed, labels, these, source) if precision == _INDEX else ()
                alike.setdefault((part, precision, labels, desks), {})[source] = these
        for (part, precision, labels, desks), whence in alike.items():
            shown = {field for these in whence.values() for field in these}
            yield Seen(
                organisation=asker.organisation,
                role=role,
                training=training,
                category=category,
                fields=tuple(field for field in fields if field in shown),
                whole_category=not part,
                precision=precision,
                sources=tuple(whence),
                rests_on=labels,
                desks=desks,
            )


def _desks(
    filed: Sequence[Filed], labels: Sequence[str], fields: Sequence[str], source: str
) -> tuple[str, ...]:
    """Whom to call about what `source` holds, by the agreements that tell only that there is something."""
    shares = [s for one in filed if one.agreement.label in labels for s in one.agreement.shares]
    return tuple(
        sorted(
            {
                s.desk
                for s in shares
                if s.index_only and s.desk and source in s.sources and s.fields & {*fields}
            }
        )
    )


def _asking(agreement: Agreement, users: Users, role: str, at: datetime) -> Asking:
    return Asking(
        asker=Asker(
            user="simulated",
            organisation=users.organisation,
            roles=frozenset({role}),
            training={users.training: agreement.ends} if users.training else {},
            strong_at=at,
        ),
        purpose=agreement.purpose,
        how=min(agreement.how),
        at=at,
        emergency=Emergency(reason_typed=True, told=SOMEBODY_ELSE),
    )


def _somebody(agreement: Agreement, on: date) -> Subject:
    """Somebody whom the agreement is about."""
    about = agreement.about
    oldest = about.age_to if about.age_to is not None else about.age_from + 1
    born = on.replace(year=on.year - (about.age_from + oldest) // 2, day=1)
    return Subject(
        entity_id="simulated",
        areas=about.areas,
        born=(born, born),
        known_to=about.known_to,
        consents_to=frozenset({agreement.agreement_id}),
    )
