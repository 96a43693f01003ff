"""What would be seen under an agreement, by whom: worked out by the decision itself, before anybody has signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from vestry.sharing.agreements.agreement import About, Agreement, Users
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.agreements.lifecycle import LONDON
from vestry.sharing.asking import Asker
from vestry.sharing.categories import CATEGORIES
from vestry.sharing.decision import decide
from vestry.sharing.grants import OWN, Asking, Emergency, open_grants
from vestry.sharing.precision import name_of
from vestry.sharing.subjects import SourceFacts, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one role of one organisation would see: fields of one category, alike in precision, from some sources.

    `whole_category`: these are all its fields; otherwise `fields` names those that are.
    """

    organisation: str
    role: str
    training: str
    category: str
    fields: tuple[str, ...]
    whole_category: bool
    precision: str
    sources: tuple[str, ...]


def simulated(agreement: Agreement, sources: Mapping[str, SourceFacts]) -> tuple[Seen, ...]:
    """Every role that the agreement names, and what it would see of somebody whom the agreement is about.

    Only what comes of the agreement: what its organisation sent itself, it sees whatever an agreement says.
    """
    found: list[Seen] = []
    for users in agreement.users:
        for role in sorted(users.roles):
            found += _seen_by(agreement, users, role, sources)
    return tuple(found)


def _seen_by(
    agreement: Agreement, users: Users, role: str, sources: Mapping[str, SourceFacts]
) -> Iterable[Seen]:
    at = datetime.combine(agreement.starts, time(12), LONDON)
    asking = Asking(
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
        emergency=Emergency(reason_typed=True, told="somebody else"),
    )
    opened = open_grants(asking, (as_if_in_force(agreement),), sources)
    opened = replace(opened, grants=tuple(grant for grant in opened.grants if grant.label != OWN))
    subject = _somebody(agreement, at.date())
    shared = sorted({source for share in agreement.shares for source in share.sources})
    for category, fields in CATEGORIES.items():
        alike: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for source in shared:
            by_precision: dict[str, list[str]] = {}
            for field in fields:
                decision = decide(opened, subject, field, sources[source])
                if decision.permitted:
                    by_precision.setdefault(name_of(field, decision.level), []).append(field)
            for precision, these in by_precision.items():
                alike.setdefault((tuple(these), precision), []).append(source)
        for (alike_fields, precision), whence in alike.items():
            yield Seen(
                organisation=users.organisation,
                role=role,
                training=users.training,
                category=category,
                fields=alike_fields,
                whole_category=len(alike_fields) == len(fields),
                precision=precision,
                sources=tuple(whence),
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


def told_of(about: About) -> str:
    """Whose records, in words."""
    ages = f"{about.age_from} and over" if about.age_to is None else f"{about.age_from} to {about.age_to}"
    said = [f"people of {ages}{', and of no known age' if about.age_unknown else ''}"]
    if about.areas:
        said.append(f"in {', '.join(sorted(about.areas))}")
    if about.known_to:
        said.append(f"whom {' or '.join(sorted(about.known_to))} lists now")
    for flag, words in (
        ("deceased", "the dead"),
        ("restricted", "restricted records"),
        ("staff", "own staff"),
    ):
        said.append(f"{words} {'too' if getattr(about, flag) else 'left out'}")
    return "; ".join(said)
