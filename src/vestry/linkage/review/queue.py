"""The queue: what a person should look at, in the order of what a decision is worth. Pure.

Two entities are in it once, by their likeliest pair of records. They are there because the model was unsure of them,
because a rule keeps apart what the model would join, or because both hold a number that all else speaks against. Whoever is
sealed is in no link, and so never here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final, Literal

Why = Literal["unsure", "kept apart", "number doubted", "nobody could tell", "changed since"]
UNSURE: Final = "unsure"
KEPT_APART: Final = "kept apart"
NUMBER_DOUBTED: Final = "number doubted"
NOBODY_COULD_TELL: Final = "nobody could tell"
CHANGED: Final = "changed since"

PROTECTED: Final[Mapping[str, tuple[str, float]]] = {
    "159": ("children in care", 8.0),
    "160": ("adoption", 8.0),
    "209": ("social care of children and adults", 8.0),
    "9": ("special educational needs", 6.0),
    "92": ("applications for a home, and homelessness", 5.0),
    "870": ("police incidents", 4.0),
    "141": ("council tenancies", 3.0),
    "279": ("Blue Badges", 3.0),
    "4": ("free school meals", 3.0),
    "69": ("housing benefit", 3.0),
    "63": ("council tax reduction", 2.0),
}
"""LGSL number of a service that protects somebody -> its name, and what a dealing with it is worth beside a record."""

ENDED: Final = 0.5
"""A dealing that is over counts this much of one that is open."""

RIGHT_AFTER_ALL: Final = {True: 0.034, False: 0.21}
"""Of pairs that scored as one and were kept apart by a rule: the share that truly are one, where they have two
different NHS numbers, and where something else kept them apart. Counted in the fictional county of 20,000."""
DOUBTED_AFTER_ALL: Final = 0.16
"""The same of pairs whose number is doubted: 18 of 110, in fictional counties of 100,000, 290,000 and 500,000 together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What hangs on one entity: `services` are (LGSL number, whether a dealing is open)."""

    records: int
    sources: int
    services: frozenset[tuple[str, bool]] = frozenset()

    def protected(self) -> dict[str, float]:
        """Number of each service that protects somebody -> what it is worth here."""
        found: dict[str, float] = {}
        for service, is_open in self.services:
            if service in PROTECTED:
                worth = PROTECTED[service][1] * (1.0 if is_open else ENDED)
                found[service] = max(worth, found.get(service, 0.0))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Two entities that a release keeps apart, and the likeliest pair of their records.

    `joins` says that this pair would have been joined, had no rule stood against it; `numbers_differ`, that the
    two have different valid NHS numbers; `doubted`, that they have a number in common that all else speaks against.
    """

    left_record: str
    right_record: str
    left_entity: str
    right_entity: str
    kind: str
    probability: float
    joins: bool
    numbers_differ: bool
    doubted: bool
    left: Stake
    right: Stake

    @property
    def entities(self) -> frozenset[str]:
        """Both entities."""
        return frozenset((self.left_entity, self.right_entity))

    @property
    def uncertainty(self) -> float:
        """In bits, 0 to 1: the entropy of the chance that they are one (Shannon 1948).

        The chance is the model's; where a rule keeps them apart, or their number is doubted, the share of such pairs that are one
        after all.
        """
        if self.joins:
            return entropy(RIGHT_AFTER_ALL[self.numbers_differ])
        return entropy(DOUBTED_AFTER_ALL if self.doubted else self.probability)

    @property
    def worth(self) -> float:
        """What a decision is worth: how uncertain it is, times what hangs on it.

        What hangs on it is the sum, over both entities, of log2(1 + records): the records that would be seen
        together or not; and the worth of each protected service that either deals with. One that both deal with counts
        once, one that only one of them does counts double: there a wrong answer hides help or danger from the other.
        """
        reach = log2(1 + self.left.records) + log2(1 + self.right.records)
        left, right = self.left.protected(), self.right.protected()
        protection = sum(
            max(left.get(s, 0.0), right.get(s, 0.0)) * (1 if s in left and s in right else 2)
            for s in left.keys() | right.keys()
        )
        return self.uncertainty * (reach + protection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the queue: two records to compare, why, and what the decision is worth.

    `services` are the names of protected services that either side deals with; `untold`, the reviewers who could not
    tell. `where` is the line of a decision that was taken before one of them changed.
    """

    left_record: str
    right_record: str
    left_entity: str
    right_entity: str
    kind: str
    why: Why
    probability: float | None
    numbers_differ: bool
    worth: float
    records: int
    services: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    where: str = ""


def entropy(chance: float) -> float:
    """Of a yes or no with that chance, in bits."""
    return -sum(p * log2(p) for p in (chance, 1 - chance) if p > 0)


def queue(
    candidates: Iterable[Candidate],
    *,
    decided: Collection[frozenset[str]],
    undecidable: Mapping[frozenset[str], Collection[str]],
    changed: Sequence[Waiting] = (),
) -> list[Waiting]:
    """What waits: by worth, then what somebody could not tell, then decisions whose records have changed since.

    `decided` are pairs of entities of which nothing waits; `undecidable`, those of which only some reviewers said that
    they could not tell. Of what the model was unsure, and two NHS numbers tell that they are two, nothing waits either; but a
    number that is doubted does, for one of those who hold it has it wrongly.
    """
    open_ = [
        c
        for c in candidates
        if c.entities not in decided
        and (c.joins or c.doubted or not c.numbers_differ)
        and len(c.entities) == 2
    ]
    found = [_waiting(c, tuple(sorted(undecidable.get(c.entities, ())))) for c in open_]
    found.sort(key=lambda w: (w.why == NOBODY_COULD_TELL, -w.worth, w.left_record, w.right_record))
    return [*found, *sorted(changed, key=lambda w: (w.left_record, w.right_record))]


def _waiting(candidate: Candidate, untold: tuple[str, ...]) -> Waiting:
    protected = candidate.left.protected().keys() | candidate.right.protected().keys()
    why: Why = KEPT_APART if candidate.joins else NUMBER_DOUBTED if candidate.doubted else UNSURE
    return Waiting(
        left_record=candidate.left_record,
        right_record=candidate.right_record,
        left_entity=candidate.left_entity,
        right_entity=candidate.right_entity,
        kind=candidate.kind,
        why=NOBODY_COULD_TELL if untold else why,
        probability=None if why == NUMBER_DOUBTED else candidate.probability,
        numbers_differ=candidate.numbers_differ,
        worth=round(candidate.worth, 3),
        records=candidate.left.records + candidate.right.records,
        services=tuple(sorted(PROTECTED[s][0] for s in protected)),
        untold=untold,
    )
