"""What an explanation is made of, and what it says: plain values, as those of `twin.answers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vestry.linkage.wording import Statement
from vestry.twin.answers import Claim, Entity, LifeStep, Origin, Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRead:
    """A record as an explanation needs it. `values`: column -> value in standard form; they go no further."""

    origin: Origin
    table_name: str
    kind: str
    entity_id: str
    unit_id: str
    values: Mapping[str, str]

    @property
    def record_id(self) -> str:
        """Its id."""
        return self.origin.record_id

    @property
    def key(self) -> str:
        """Source, key (where that may be told) and part, as they are read out."""
        part = f" ({self.origin.part})" if self.origin.part else ""
        key = f" {self.origin.source_key}" if self.origin.source_key else ""
        return f"{self.origin.source}{key}{part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesRead:
    """What links of a release went by. `registers` are (source, table, part) of which none is there twice; in older releases the
    part is "", for all of them. `years_part`: birth dates many years apart are two people's. `prior` is kind -> bits of the
    odds before comparing, and `models` kind -> hash, both empty for releases from before they were kept."""

    link_from: float | None = None
    review_from: float | None = None
    registers: frozenset[tuple[str, str, str]] = frozenset()
    unlinked: frozenset[str] = frozenset()
    years_part: bool = True
    prior: Mapping[str, float] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLink:
    """A link in words. `weight` is all its bits, those before comparing (`prior`) among them; None where nothing was scored.

    `before` says how likely two are to be one beforehand, `closing` what was compared comes to, `threshold` whether that joins
    them; each empty where it cannot be said.
    `worked_out_now`: the release has no such link, and the model was asked now.
    """

    left_record: str
    right_record: str
    left_key: str
    right_key: str
    decided_by: str
    probability: float
    weight: float | None
    prior: float | None
    evidence: tuple[Statement, ...]
    sentence: str
    before: str
    closing: tuple[str, ...]
    threshold: str
    worked_out_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """One step of how an entity came together: `link` joined two groups, `together` records in all."""

    number: int
    link: ToldLink
    together: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakestJoin:
    """The join that holds least: without it `left_records` and `right_records` would stand apart, unless one of `others`
    (weaker links between the same two sides) held them."""

    number: int
    left_records: int
    right_records: int
    others: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """How much rests on sources that the reader may not use, and was left out."""

    records: int = 0
    claims: int = 0
    links: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Where each value of an entity came from, and how its records came to be one.

    `pieces` of records that nothing joins: 1, or more where the joins between them were withheld. `history` is what
    happened to the entity's id and to those that led to it.
    """

    release_id: str
    resolution: Resolution
    entity: Entity | None = None
    origins: tuple[Origin, ...] = ()
    claims: tuple[Claim, ...] = ()
    joins: tuple[Join, ...] = ()
    pieces: int = 0
    weakest: WeakestJoin | None = None
    history: tuple[LifeStep, ...] = ()
    withheld: Withheld = Withheld()
    model: str = ""
    asked_record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two that were asked about: a record (`record_id`) or an entity, and what stands for it now.

    `entity_id` is empty where an id stands for several now (see `resolution`).
    """

    asked: str
    entity_id: str
    record_id: str = ""
    key: str = ""
    records: int = 0
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """One thing that keeps two entities apart: a word for programs, and a sentence."""

    rule: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExplained:
    """Why two are one, or are not.

    Of one: `path` leads from the left record to the right one, strongest way; empty when nothing joins them. Of two: `apart`
    is what keeps them so, `links` the best between them. `sentence` says which.
    """

    release_id: str
    left: Side
    right: Side
    sentence: str
    are_one: bool = False
    path: tuple[ToldLink, ...] = ()
    links: tuple[ToldLink, ...] = ()
    apart: tuple[KeptApart, ...] = ()
    withheld: Withheld = Withheld()
    model: str = ""
