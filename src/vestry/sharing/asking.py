"""Who asks, as the rest of the house sees them: a plain value, made by `office.accounts` or of the place's own operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

ROLES: Final = {
    "auditor": "checks the use that is made of the twin",
    "benefits-officer": "decides awards, discounts and reductions",
    "data-engineer": "loads extracts, builds and publishes",
    "education-officer": "school places, attendance and special educational needs",
    "front-line-officer": "answers residents, whatever they need",
    "governance-officer": "agrees, signs, ends and audits sharing",
    "gp-practice": "cares for the patients of a practice",
    "housing-officer": "allocates and manages homes, prevents homelessness",
    "licensing-officer": "licences, food hygiene and trading standards",
    "matching-reviewer": "decides the pairs that the machine could not",
    "police-analyst": "analyses crime and harm for the police",
    "police-officer": "responds for the police",
    "public-health-analyst": "studies the health of the population",
    "revenues-officer": "bills and collects council tax and business rates",
    "social-worker": "assesses, protects and supports adults or children",
    "system": "a partner's system, with nobody at it",
}
"""The published list of roles: code -> what whoever has it does. An agreement names who may use it by these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOf:
    """One person in one source, by the key that its contract names: it outlasts builds, as no entity of a release need."""

    source: str
    source_key: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, and for which one of their organisations.

    `user` is a lasting id; `training` is course -> the last day on which it counts; `family` are records of
    themselves and their family, whom they may not look at, and `entity_ids` the entities of these, as far as they are known: a
    release says which, once it may be opened (`by_agreement`). `strong_at` is when they last showed a passkey.
    `on_this_machine` is the operator of the place's own machine, whose `stated` name is no proof.
    """

    user: str
    organisation: str
    roles: frozenset[str] = frozenset()
    training: Mapping[str, date] = field(default_factory=dict)
    family: tuple[RecordOf, ...] = ()
    entity_ids: frozenset[str] = frozenset()
    signed_in_at: datetime | None = None
    strong_at: datetime | None = None
    is_system: bool = False
    on_this_machine: bool = False
    stated: str = ""
