"""What every reader gives: batches of text by column, the rows it refused, and what it learnt on the way.

A reader yields each row of the file exactly once, as text or as refused (promise 1). It holds one batch in
memory, however large the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from vestry.contracts.contract import Table
from vestry.errors import ExtractRefused
from vestry.intake.readers.texts import ROW_NUMBER, told_apart

BATCH_ROWS: Final = 20_000
BATCH_CHARACTERS: Final = 32_000_000
VALUE_CHARACTERS: Final = 32_000_000
"""The longest text that one field may hold; past it the row is refused."""

COLUMNS_AT_MOST: Final = 5_000
"""More distinct columns than any register has; a file with more is refused before it fills the memory."""

ROW_RAGGED: Final = "row-ragged"
ROW_QUOTING: Final = "row-quoting"
ROW_NUL: Final = "row-nul"
ROW_ENCODING: Final = "row-encoding"
ROW_TOO_LONG: Final = "row-too-long"
ROW_NOT_A_FEATURE: Final = "row-not-a-feature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that could not be read: its 1-based number, the rule, and the column where one is to blame."""

    row_number: int
    rule: str
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows of one table: `rows` has `row_number` (int64) and text columns, `refused` the others."""

    table: str
    rows: pa.RecordBatch | None = None
    refused: tuple[Refusal, ...] = ()


@dataclass(slots=True, kw_only=True)
class Found:
    """What a reader learns of a file while it reads; filled in as it goes.

    `columns` are the names seen for each table, in order; `repeated_columns` those that stand in the header
    twice; `totals` the control total that the file states for a table (None: stated, but not a number);
    `other_rows` rows of record types that belong to no table; `widths` how many fields ragged rows had;
    `bytes_read` of the file.
    """

    columns: dict[str, list[str]] = field(default_factory=dict)
    repeated_columns: dict[str, list[str]] = field(default_factory=dict)
    totals: dict[str, int | None] = field(default_factory=dict)
    widths: dict[str, Counter[int]] = field(default_factory=dict)
    other_rows: int = 0
    blank_lines: int = 0


def row_fault(texts: Iterable[str]) -> str | None:
    """The rule that some of `texts` breaks by its characters alone: NUL, or what is no character at all."""
    for text in texts:
        if "\x00" in text:
            return ROW_NUL
        if not text.isascii() and not encodable(text):
            return ROW_ENCODING
    return None


def encodable(text: str) -> bool:
    """Whether every character of `text` is one; undecodable bytes were turned into lone surrogates, which
    are not.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse_file(what: str, *, fix: str, where: str = "") -> ExtractRefused:
    """The error for a file that cannot be read on; raise it `from None`, for causes can hold values."""
    return ExtractRefused(what, where=where, fix=fix)


class RowsByName:
    """Gathers rows of one table whose columns become known only as they come (XML, GeoJSON)."""

    def __init__(self, table: Table, found: Found) -> None:
        self._table = table
        self._seen: dict[str, None] = {}
        self._names: dict[str, None] = {}
        self._rows: list[dict[str, str]] = []
        self._numbers: list[int] = []
        self._refused: list[Refusal] = []
        self._characters = 0
        self._next = 1
        self._columns = found.columns.setdefault(table.name, [])

    def add(self, row: dict[str, str]) -> None:
        """Take the next row: column -> text, absent ones left out."""
        characters = sum(map(len, row.values()))
        rule = row_fault(row.values())
        if rule is None and characters > VALUE_CHARACTERS:
            rule = ROW_TOO_LONG
        if rule is not None:
            self.refuse(rule)
            return
        for name in row:
            if name not in self._names:
                self.see(name)
                self._names[name] = None
        self._rows.append(row)
        self._numbers.append(self._next)
        self._characters += characters
        self._next += 1

    def refuse(self, rule: str) -> None:
        """The next row could not be read."""
        self._refused.append(Refusal(row_number=self._next, rule=rule))
        self._next += 1

    def see(self, name: str) -> None:
        """Remember that the file knows a column of that name, though it may be empty here."""
        if name in self._seen:
            return
        if len(self._seen) >= COLUMNS_AT_MOST:
            raise refuse_file(
                f"The file has more than {COLUMNS_AT_MOST:,} different columns.",
                where=f"table {self._table.name}",
                fix="check that vestry.rows names the element that repeats",
            ) from None
        self._seen[name] = None
        self._columns.append(name)

    @property
    def full(self) -> bool:
        """Whether it is time to take a batch out."""
        waiting = len(self._rows) + len(self._refused)
        return waiting >= BATCH_ROWS or self._characters >= BATCH_CHARACTERS

    def take(self) -> Batch:
        """The rows gathered so far, as one batch; empties the gathering."""
        columns = [pa.array(self._numbers, pa.int64())]
        columns += [pa.array([row.get(name) for row in self._rows], pa.string()) for name in self._names]
        stored = told_apart(list(self._names), [column.physical_name for column in self._table.columns])
        batch = Batch(
            table=self._table.name,
            rows=pa.RecordBatch.from_arrays(columns, names=[ROW_NUMBER, *stored]) if self._rows else None,
            refused=tuple(self._refused),
        )
        self._rows, self._numbers, self._refused, self._characters = [], [], [], 0
        return batch
