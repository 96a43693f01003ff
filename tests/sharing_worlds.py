"""Made-up agreements, people and requests for tests of decisions: seeded, and so drawn that a good share is permitted.

A request is drawn to fit one agreement of its world, and then spoilt in nothing, one or two respects. A generator that draws
everything at random permits three in a hundred, and tests little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from vestry.sharing.agreements.agreement import About, Agreement, Party, Share, Users
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.asking import Asker
from vestry.sharing.categories import CATEGORIES, FIELDS
from vestry.sharing.grants import Asking, Emergency
from vestry.sharing.precision import names_for
from vestry.sharing.purposes import Basis
from vestry.sharing.subjects import SourceFacts, Subject

ORGANISATIONS: Final = ("county", "district", "police", "trust")
SOURCES: Final = {
    s.name: s
    for s in (
        SourceFacts(name="adult-care", organisation="county", patient=True),
        SourceFacts(name="schools", organisation="county"),
        SourceFacts(name="tax", organisation="district"),
        SourceFacts(name="homes", organisation="district"),
        SourceFacts(name="custody", organisation="police", law_enforcement=True),
        SourceFacts(name="incidents", organisation="police", law_enforcement=True),
        SourceFacts(name="patients", organisation="trust", patient=True),
    )
}
PURPOSES: Final = ("council-tax", "safeguarding", "planning", "law-enforcement", "emergency", "housing")
ROLES: Final = ("social-worker", "revenues-officer", "police-analyst", "system")
COURSES: Final = ("basics", "safeguarding")
HOW: Final = ("look-up", "list", "extract", "notice", "statistics")
AREAS: Final = ("north", "south", "east", "west")
SHARED: Final = ("name", "birth", "death", "address", "contact", "nhs-number", "dealings", "household")
NOON: Final = datetime(2026, 6, 15, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request for one field of one person from one source."""

    asking: Asking
    subject: Subject
    field: str
    source: SourceFacts


def world(random: Random) -> tuple[Filed, ...]:
    """Some twenty versions of agreements, three in four of them in force at noon."""
    return tuple(_filed(random, at) for at in range(20))


def cases(random: Random, filed: tuple[Filed, ...]) -> Iterator[Case]:
    """Requests of one world, without end."""
    while True:
        case = _fitting(random, random.choice(filed))
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            case = _spoilt(random, case)
        yield case


def _some(random: Random, known: tuple[str, ...], least: int = 1, most: int = 3) -> frozenset[str]:
    return frozenset(random.sample(known, random.randint(least, min(most, len(known)))))


def _filed(random: Random, at: int) -> Filed:
    agreement = _agreement(random, at)
    signed = dict.fromkeys(agreement.signatories, "as it is")
    ruin = random.random()
    if ruin < 0.04:
        signed.popitem()
    elif ruin < 0.08:
        signed[agreement.signatories[0]] = "as it was"
    return Filed(
        agreement=agreement,
        digest="as it is",
        proposed=ruin > 0.1 or ruin < 0.08,
        signatures=signed,
        suspended=0.1 < ruin < 0.14,
        ended_on=NOON.date() + timedelta(days=random.randint(-2, 2)) if 0.14 < ruin < 0.2 else None,
    )


def _agreement(random: Random, at: int) -> Agreement:
    parties = tuple(Party(organisation=o) for o in random.sample(ORGANISATIONS, random.randint(2, 3)))
    users = tuple(
        Users(
            organisation=random.choice(parties).organisation if random.random() < 0.95 else "county",
            roles=_some(random, ROLES),
            training=random.choice(("", *COURSES)),
        )
        for _ in range(random.randint(1, 2))
    )
    purpose = random.choice(PURPOSES)
    basis = Basis(
        article_6="6(1)(a) consent" if random.random() < 0.1 else "6(1)(e) public task",
        part_3="section 36(4)" if purpose == "law-enforcement" or random.random() < 0.15 else "",
    )
    near = random.random() < 0.2
    return Agreement(
        agreement_id=f"agreement-{at}",
        version=random.randint(1, 3),
        title="made up",
        parties=parties,
        purpose=purpose,
        basis=basis,
        shares=tuple(_share(random) for _ in range(random.randint(1, 3))),
        about=_about(random),
        users=users,
        how=_some(random, HOW, 2, 5),
        retention_days=365,
        starts=NOON.date() + timedelta(days=random.randint(-1, 1) if near else -100),
        ends=NOON.date() + timedelta(days=random.randint(-1, 1) if random.random() < 0.1 else 100),
        review=NOON.date(),
        signatories=tuple(p.organisation for p in parties),
    )


def _share(random: Random) -> Share:
    categories = _some(random, SHARED, 2, 6)
    fields = {field for category in categories for field in CATEGORIES[category]}
    if random.random() < 0.3:
        fields = set(random.sample(sorted(fields), max(1, len(fields) // 2)))
    precision = {}
    for category in sorted(categories):
        lowered = [n for n in names_for(category) if n not in ("whole", "index-only")]
        if lowered and random.random() < 0.6:
            precision[category] = random.choice(lowered)
    return Share(
        fields=frozenset(fields),
        sources=_some(random, tuple(SOURCES), 2, 6),
        precision=precision,
        index_only=random.random() < 0.2,
    )


def _about(random: Random) -> About:
    start = random.choice((0, 0, 16, 18, 18, 65))
    return About(
        areas=_some(random, AREAS) if random.random() < 0.4 else frozenset(),
        age_from=start,
        age_to=random.choice((None, None, None, start + 10, 17 if start < 17 else 120)),
        age_unknown=random.random() < 0.6,
        known_to=_some(random, tuple(SOURCES)) if random.random() < 0.3 else frozenset(),
        deceased=random.random() < 0.4,
        restricted=random.random() < 0.4,
        staff=random.random() < 0.4,
    )


def _fitting(random: Random, filed: Filed) -> Case:
    """A request that the agreement permits, if it is in force."""
    agreement = filed.agreement
    users, share = random.choice(agreement.users), random.choice(agreement.shares)
    asker = Asker(
        user="u1",
        organisation=users.organisation,
        roles=frozenset({random.choice(sorted(users.roles))}),
        training={users.training: NOON.date() + timedelta(days=30)} if users.training else {},
        entity_ids=frozenset({"p-self"}),
        strong_at=NOON - timedelta(minutes=5),
    )
    asking = Asking(
        asker=asker,
        purpose=agreement.purpose,
        how=random.choice(sorted(agreement.how)),
        at=NOON,
        emergency=Emergency(reason_typed=True, told="u2") if agreement.purpose == "emergency" else None,
    )
    return Case(
        asking=asking,
        subject=_subject(random, agreement),
        field=random.choice(sorted(share.fields)),
        source=SOURCES[random.choice(sorted(share.sources))],
    )


def _subject(random: Random, agreement: Agreement) -> Subject:
    about = agreement.about
    least, most = about.age_from, about.age_to if about.age_to is not None else 100
    on = NOON.date()
    age = random.randint(least, max(least, most))
    born = date(on.year - age, random.randint(1, on.month), 1)
    born = min(born, date(on.year - age, on.month, on.day))
    return Subject(
        entity_id="p-1",
        areas=frozenset({random.choice(sorted(about.areas or AREAS))}),
        born=None if about.age_unknown and random.random() < 0.1 else (born, born),
        known_to=_some(random, tuple(sorted(about.known_to or SOURCES)), 1, 2),
        consents_to=frozenset({agreement.agreement_id}),
    )


def _spoilt(random: Random, case: Case) -> Case:
    """The same with one thing about it otherwise."""
    of = random.choice(("asker", "asking", "subject", "subject", "field", "source"))
    if of == "field":
        return replace(case, field=random.choice(sorted(FIELDS)))
    if of == "source":
        return replace(case, source=random.choice(list(SOURCES.values())))
    if of == "subject":
        return replace(case, subject=replace(case.subject, **_of_a_subject(random)))
    asking = case.asking
    if of == "asker":
        return replace(case, asking=replace(asking, asker=replace(asking.asker, **_of_an_asker(random))))
    return replace(case, asking=replace(asking, **_of_a_request(random)))


def _of_an_asker(random: Random) -> dict[str, Any]:
    ways: tuple[dict[str, Any], ...] = (
        {"organisation": random.choice(ORGANISATIONS)},
        {"roles": _some(random, ROLES, 0, 2)},
        {"training": {c: NOON.date() + timedelta(days=random.randint(-1, 1)) for c in COURSES}},
        {"strong_at": NOON - timedelta(seconds=random.choice((-1, 0, 899, 900, 901)))},
        {"strong_at": None},
    )
    return random.choice(ways)


def _of_a_request(random: Random) -> dict[str, Any]:
    said = Emergency(reason_typed=random.random() < 0.7, told=random.choice(("", "u1", "u2", "u2")))
    ways: tuple[dict[str, Any], ...] = (
        {"purpose": random.choice((*PURPOSES, "", "gossip"))},
        {"how": random.choice(HOW)},
        {"emergency": random.choice((None, said, said))},
        # Around midnight in London, which in June is at 23:00.
        {"at": datetime(2026, 6, random.randint(13, 17), random.choice((22, 23)), 30, tzinfo=UTC)},
    )
    return random.choice(ways)


def _of_a_subject(random: Random) -> dict[str, Any]:
    on = NOON.date()
    first = date(on.year - random.choice((0, 15, 16, 17, 18, 64, 65)), on.month, on.day)
    first += timedelta(days=random.randint(-1, 1))
    ways: tuple[dict[str, Any], ...] = (
        {"areas": _some(random, AREAS, 0, 2)},
        {"born": random.choice((None, (first, first), (first, first + timedelta(days=364))))},
        {"known_to": _some(random, tuple(SOURCES), 0, 2)},
        {"deceased": True},
        {"restricted": True},
        {"protected_address": True},
        {"opted_out": True},
        {"sealed": True},
        {"staff_of": _some(random, ORGANISATIONS)},
        {"objects_to": _some(random, PURPOSES, 1, 4)},
        {"consents_to": frozenset()},
        {"entity_id": "p-self"},
        {"kind": "property", "born": None},
    )
    return random.choice(ways)
