"""What the twin answers with: plain values, without a connection, that any room above may hold.

Dates and values are text as the release has them ("" where there is none); counts are numbers of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FIND_LIMIT: Final = 50
"""Entities that one search shows at most unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What to search by; everything given must hold of an entity, of any of its records.

    `name`: every word begins a word of a name, or is nearly one. `born`: ISO, whole or in part ("1990-05"). `address`: every
    word begins a word of an address or its postcode. `postcode`, `nhs_number` and `uprn` are whole, spaces apart. `reference`:
    what a source calls a record or a dealing, its key or its reference, whichever source that is. `key`: (source, key).
    """

    name: str = ""
    born: str = ""
    address: str = ""
    postcode: str = ""
    nhs_number: str = ""
    uprn: str = ""
    reference: str = ""
    key: tuple[str, str] | None = None
    kind: str = ""

    def names(self) -> tuple[str, ...]:
        """Which criteria were given, for the audit log: never their values."""
        return tuple(name for name in Criteria.__dataclass_fields__ if getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of a search result. `sources` and `records` count what stands behind the entity. `matched` is "exactly", or
    "nearly" where something searched for is only nearly so: a name that sounds alike."""

    entity_id: str
    kind: str
    name: str
    born: str
    address: str
    postcode: str
    sources: int
    records: int
    current: bool
    matched: str = "exactly"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """The first of `total` entities that match, in order: current ones, then by how well they match, then by how many sources say
    so."""

    release_id: str
    total: int
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStep:
    """One row of `identities`: what happened to an entity id, at which release, and why; by which `reviewer`, if by one."""

    entity_id: str
    kind: str
    happened: str
    at_release: str
    into_entity: str
    reason: str
    reviewer: str = ""

    @property
    def why(self) -> str:
        """The reason, and whose it is."""
        return f"{self.reason}: {self.reviewer}" if self.reason and self.reviewer else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What an entity id stands for now: itself, the one it was merged into, or all it was split into.

    `others` are entities that were split away from an id which still stands for itself.
    """

    asked: str
    now: tuple[str, ...]
    others: tuple[str, ...]
    steps: tuple[LifeStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A record of an entity: where it came from, and when its source said so; `listed_until` is empty in older releases."""

    record_id: str
    source: str
    source_key: str
    part: str
    extract_id: str
    row_number: int
    first_as_at: str
    last_as_at: str
    current: bool
    listed_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one record says about one field, whether it was chosen, and why or why not."""

    group_name: str
    item: str
    field: str
    value: str
    source_value: str
    accuracy: str
    valid_from: str
    valid_to: str
    record_id: str
    source: str
    as_at: str
    extract_id: str
    row_number: int
    chosen: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How one field compared in two records: a plain level, never a value. `weight` is in bits (log2)."""

    field: str
    agreement: str
    weight: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A scored pair, with the evidence for each field that was compared. `contested`: it joined nothing by itself, for what
    stands beside it, or what else is said of two that hold one number: `rest`, in bits for their being one."""

    left_record: str
    right_record: str
    probability: float
    weight: float | None
    decided_by: str
    evidence: tuple[Evidence, ...]
    contested: bool = False
    rest: float | None = None

    @property
    def number_doubted(self) -> bool:
        """Whether it would join by a number that both hold, and all else speaks against that."""
        return self.decided_by == "identifier" and self.contested

    @property
    def by_score(self) -> float:
        """The probability by the score alone, where a number that is doubted does not count."""
        return 1 / (1 + 2.0 ** -(self.weight or 0.0)) if self.number_doubted else self.probability


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One entity and its chosen values, field -> text, empty ones left out. `current` false: history only.

    `precision` names, of a value that is less than whole, how precise it is: {"birth_date": "year"}.
    """

    entity_id: str
    kind: str
    current: bool
    values: Mapping[str, str]
    precision: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Rows that tie an entity to others, as rows (column -> text); ids of the others, never names."""

    residences: tuple[Mapping[str, str], ...] = ()
    households: tuple[Mapping[str, str], ...] = ()
    relationships: tuple[Mapping[str, str], ...] = ()
    episodes: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWithheld:
    """A field that may not be seen, whether or not there is anything in it: the reason's code, and the reason in words."""

    field: str
    code: str
    says: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTo:
    """That a source knows of an entity, which is all that may be told of it. `since` is the day of its first record; `desk` whom
    to ask."""

    source: str
    organisation: str
    since: str
    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """An area that something lies in: `boundary` is a GeoJSON geometry (degrees, WGS 84), "" where none was received."""

    area_code: str
    geography: str
    name: str
    boundary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a property is: degrees (WGS 84), None where nobody says; and the areas that it lies in, by the newest boundaries.

    `whole`: of one that is not, no more may be told than an area, and so nothing of its position.
    """

    longitude: float | None = None
    latitude: float | None = None
    areas: tuple[Outline, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of one entity. `entity` is None when the id now stands for several (see `resolution`).

    Under agreements `withheld` says what may not be seen, where that may be told, and `agreements` what the look rests on.
    `named`: a line for each of those that it is tied to, where that was asked for, and as much of each as may be seen; and then
    `whereabouts`, of a property of whose address as much may be seen as has a place: all of it, or an area.
    """

    release_id: str
    resolution: Resolution
    entity: Entity | None = None
    origins: tuple[Origin, ...] = ()
    related: Related = Related()
    known_to: tuple[KnownTo, ...] = ()
    withheld: tuple[FieldWithheld, ...] = ()
    agreements: tuple[str, ...] = ()
    named: Mapping[str, Found] = field(default_factory=dict)
    whereabouts: Whereabouts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One table of one extract: received = loaded + repeated + quarantined; `sealed` of those loaded are withheld."""

    source: str
    organisation: str
    extract_id: str
    table_name: str
    as_at: str
    received: int
    loaded: int
    repeated: int
    quarantined: int
    sealed: int = 0

    @property
    def adds_up(self) -> bool:
        """Promise 1, for this line."""
        return self.received == self.loaded + self.repeated + self.quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigure:
    """How many of `total` tests of one dimension passed, for one source."""

    source: str
    dimension: str
    passed: int
    total: int

    @property
    def share(self) -> float:
        """Passed of total, 0 to 1; 1 when nothing was tested."""
        return self.passed / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSummary:
    """A release as its manifest tells it. `counts` is table -> rows; `steps` are (name, seconds)."""

    release_id: str
    built_at: str
    predecessor: str
    is_current: bool
    inputs: int
    counts: Mapping[str, int]
    steps: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the place stands: its ledger, its quality now and in the release before."""

    release_id: str
    ledger: tuple[LedgerLine, ...]
    quality: tuple[QualityFigure, ...]
    quality_before: tuple[QualityFigure, ...]
    addresses_for_review: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineGroup:
    """Rows of one table of one extract that one rule kept out. `rows` are 1-based row numbers, in order."""

    source: str
    extract_id: str
    table_name: str
    rule: str
    column_name: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStream:
    """A whole table on its way out: Arrow schema, number of rows, and the batches."""

    name: str
    schema: Any
    count: int
    batches: Iterator[Any]
