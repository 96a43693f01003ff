"""A contract as the rest of the house sees it: plain values, already checked.

`contracts.reading` makes these from ODCS YAML; nothing else does, so nothing downstream needs to doubt them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from vestry.model import kinds

Severity = Literal["error", "warning"]
Surprise = Literal["refuse", "quarantine", "ignore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a column goes: `part.field[index]`, and which piece of its text (`after`/`before` a mark)."""

    part: str
    field: str
    index: str | None = None
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One ODCS quality rule. `column` is None for a rule on the whole table.

    `check` is a name that `quality.rules` knows (`nullValues`, `invalidValues`, `duplicateValues`,
    `rowCount`, `nhs-number-check-digit`, `postcode-form`, ...). `severity` "error" quarantines the row
    that breaks it; "warning" only measures.
    """

    name: str
    check: str
    dimension: str
    column: str | None
    severity: Severity = "warning"
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as the contract has it. `physical_name` is its name (or XML path) in the file."""

    name: str
    physical_name: str
    logical_type: str = "string"
    formats: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    required: bool = False
    key_position: int | None = None
    classification: str = ""
    earlier_names: tuple[str, ...] = ()
    """What the column was called in extracts received before it was renamed; newest first."""
    blanks: tuple[str, ...] = ()
    """Texts that mean "nothing here" in this column, besides the empty one (`"01/01/1900"`, `"NK"`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that a row describes. `attributes` are those of `model.kinds.ATTRIBUTES`."""

    name: str
    kind: str
    present_when: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def keyed_by(self) -> str | None:
        """The column that holds the key of the thing itself; None: it has the row's."""
        return self.attributes.get("keyed_by")

    @property
    def same_key_as(self) -> tuple[str, str] | None:
        """(source, part) whose key this part has; None: its key is its source's own."""
        said = self.attributes.get("same_key_as")
        if said is None:
            return None
        source, _, part = said.partition(".")
        return source, part


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which rows of the file are this table's: XML or JSON `path`, or a `column` (from 1) that `equals`."""

    path: str | None = None
    column: int | None = None
    equals: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One schema object: one table of the extract."""

    name: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    rows: Rows = Rows()
    files: str | None = None
    """Glob that a file's name must match to hold this table; None: every file of the source does."""
    control_total: str | None = None
    """XML path of the count of rows that the file itself states."""
    each_row_counts: bool = False
    """No key, and identical rows are separate observations: none is a repeat."""
    holds_each_once: bool = False
    """A register: the source never lists one person or organisation twice on one date. See `held_once`."""
    deleted_when: tuple[str, str] | None = None
    """(column, text) that marks a key as ended, in a source that sends changes only."""
    dated_by: str | None = None
    """Column that says when the thing happened; timeliness counts from it to the extract's date."""
    rules: tuple[Rule, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns in order; empty when `each_row_counts`."""
        keyed = [c for c in self.columns if c.key_position is not None]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))

    @property
    def held_once(self) -> tuple[str, ...]:
        """Names of the parts of which a register has none twice: people and organisations that its rows are of; where there are
        none, properties. Empty where it `holds_each_once` not.

        Who is in a row on somebody else's account (a parent, a partner, who runs a business) may be in many rows.
        """
        if not self.holds_each_once:
            return ()
        beside = {p.attributes.get("run_by") for p in self.parts}
        beside |= {
            p.name for p in self.parts if not kinds.RELATIONSHIP_ATTRIBUTES.keys().isdisjoint(p.attributes)
        }
        for wanted in ((kinds.PERSON, kinds.ORGANISATION), (kinds.PROPERTY,)):
            if found := tuple(p.name for p in self.parts if p.kind in wanted and p.name not in beside):
                return found
        return ()

    def column(self, name: str) -> Column:
        """The column of that name; StopIteration if there is none (contracts are checked before)."""
        return next(c for c in self.columns if c.name == name)

    def part(self, name: str) -> Part:
        """The part of that name; StopIteration if there is none."""
        return next(p for p in self.parts if p.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How bytes become rows. `format` is `csv`, `xml`, `geojson` or `parquet`; gzip is seen by itself."""

    format: str
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class LawfulBasis:
    """UK GDPR articles relied on, and the statute that opens the gateway."""

    article_6: str
    article_9: str | None = None
    gateway: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """By what share of the extract before a new full one may shrink or swell before it is refused."""

    shrink: float = 0.2
    swell: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprises:
    """What to do with what the contract does not foresee."""

    missing_column: Literal["refuse", "ignore"] = "refuse"
    extra_column: Literal["refuse", "ignore"] = "ignore"
    ragged_row: Literal["refuse", "quarantine"] = "quarantine"
    bad_value: Surprise = "quarantine"
    unknown_code: Surprise = "ignore"
    repeated_key: Literal["refuse", "quarantine"] = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What the source promises: an extract every `every_days`, holding news at most `latency_days` old."""

    every_days: int | None = None
    latency_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A source's whole promise. `source` is the ODCS `id`; `trust`: group or field -> 1 (least) to 9."""

    source: str
    organisation: str
    title: str
    version: str
    path: Path
    sha256: str
    lawful_basis: LawfulBasis
    layout: Layout
    tables: tuple[Table, ...]
    may_link: bool = True
    extract: Literal["full", "changes"] = "full"
    tolerance: Tolerance = Tolerance()
    surprises: Surprises = Surprises()
    freshness: Freshness = Freshness()
    trust: Mapping[str, int] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """The table of that name; StopIteration if there is none."""
        return next(t for t in self.tables if t.name == name)
