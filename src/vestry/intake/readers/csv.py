"""Reads delimited text by the letter: strict quoting, one logical row at a time, and no row lost to
another's fault.

A row whose quotes do not close, or whose field runs over several lines and then does not fit, is taken for
a row with a stray quote: its first line is refused and reading goes on with the next line. Without that,
one stray quote would swallow thousands of rows.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from vestry.contracts.contract import Layout, Table
from vestry.intake.readers.rows import (
    BATCH_CHARACTERS,
    BATCH_ROWS,
    COLUMNS_AT_MOST,
    ROW_ENCODING,
    ROW_NUL,
    ROW_QUOTING,
    ROW_RAGGED,
    ROW_TOO_LONG,
    VALUE_CHARACTERS,
    Batch,
    Found,
    Refusal,
    encodable,
    refuse_file,
)
from vestry.intake.readers.texts import ROW_NUMBER, repeated_names, told_apart
from vestry.intake.readers.unpacking import open_bytes

CHUNK: Final = 1 << 20
LINE_CHARACTERS: Final = 2 * VALUE_CHARACTERS
REREAD_CHARACTERS: Final = 500_000_000
"""Text read again after stray quotes before the file is refused; honest files need a few thousand."""

_MARKS: Final = {"tab": "\t", "\\t": "\t"}
_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_csv(
    path: Path,
    layout: Layout,
    tables: Sequence[Table],
    found: Found,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Batch]:
    """Every row of the file, for each of `tables` those that its `rows` picks out; `found` is filled on the
    way.

    `row_number` counts the logical rows below the header, of every record type. Wholly empty lines are no
    rows and are counted in `found.blank_lines`. Raises ExtractRefused where the file cannot be read at all.
    """
    csv.field_size_limit(VALUE_CHARACTERS)
    with open_bytes(path, progress) as file:
        text = _decoded(file, layout)
        records = _Records(_lines(text), layout)
        names = _header(records, found) if layout.header else None
        gatherings = [_Gathering(table, names, found) for table in tables]
        yield from _rows(records, gatherings, found)


def _decoded(file: io.BufferedReader, layout: Layout) -> io.TextIOWrapper:
    start = file.peek(4)[:4]
    marked = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    said = layout.encoding.lower().replace("_", "-")
    if marked is not None and not said.startswith(marked):
        raise refuse_file(
            f"The file begins with the mark of {marked}; its contract says {layout.encoding}.",
            fix=f"write encoding: {marked} under vestry.format, if that is how it is always sent",
        )
    encoding = "utf-8-sig" if said in ("utf-8", "utf8") else layout.encoding
    try:
        # Bytes that are no characters become lone surrogates, so that only their own row is refused.
        return io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
    except LookupError:
        raise refuse_file(
            "The contract names an encoding that does not exist.",
            fix="write one such as utf-8, windows-1252 or utf-16 under vestry.format",
        ) from None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines with their ends, each of bounded length: a file without any line end must not fill the memory."""
    carried = ""
    while True:
        try:
            chunk = text.read(max(CHUNK, len(carried)))
        except UnicodeError:
            raise refuse_file(
                "The file's bytes are not text in the encoding that its contract names.",
                fix="write the right encoding under vestry.format",
            ) from None
        if not chunk:
            break
        lines = list(io.StringIO(carried + chunk, newline=""))
        carried = lines.pop() if not lines[-1].endswith("\n") else ""
        if len(carried) > LINE_CHARACTERS:
            raise refuse_file(
                f"A line of the file is longer than {LINE_CHARACTERS:,} characters.",
                fix="check that it is delimited text, as its contract says",
            )
        yield from lines
    if carried:
        yield carried


class _Records:
    """Logical rows: the fields of each, or the rule that it breaks; `spans` several lines or not."""

    def __init__(self, lines: Iterator[str], layout: Layout) -> None:
        self.characters = 0
        self._source = lines
        self._layout = layout
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._reread = 0
        self._reader = self._open()

    def _open(self) -> Iterator[list[str]]:
        delimiter = _MARKS.get(self._layout.delimiter, self._layout.delimiter)
        try:
            if self._layout.quote:
                return csv.reader(
                    self._next_line(), delimiter=delimiter, quotechar=self._layout.quote, strict=True
                )
            return csv.reader(self._next_line(), delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
        except (TypeError, ValueError):
            raise refuse_file(
                "The contract's delimiter or quote is not a single character.",
                fix='write one character each under vestry.format, as delimiter: "|"',
            ) from None

    def _next_line(self) -> Iterator[str]:
        while True:
            if self._waiting:
                line = self._waiting.popleft()
            else:
                try:
                    line = next(self._source)
                except StopIteration:
                    return
            self._taken.append(line)
            yield line

    @property
    def spans(self) -> bool:
        """Whether the row just read ran over more than one line."""
        return len(self._taken) > 1

    def keep_first_line(self) -> None:
        """Give back all lines of the row just read but its first: they are read again by themselves."""
        rest = self._taken[1:]
        self._reread += sum(map(len, rest))
        if self._reread > REREAD_CHARACTERS:
            raise refuse_file(
                "Too many rows of the file have quotes that do not close.",
                fix="check the quote and delimiter under vestry.format, and how the file was made",
            )
        self._waiting.extendleft(reversed(rest))
        self._reader = self._open()

    def __iter__(self) -> Iterator[list[str] | str]:
        taken = self._taken
        while True:
            taken.clear()
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                # The only two faults in strict mode; the message names no value, but is not shown either.
                yield ROW_TOO_LONG if "field limit" in str(error) else ROW_QUOTING
                continue
            rule = None
            for line in taken:
                self.characters += len(line)
                if "\x00" in line:
                    rule = rule or ROW_NUL
                elif not line.isascii() and not encodable(line):
                    rule = rule or ROW_ENCODING
            yield rule or fields


def _header(records: _Records, found: Found) -> list[str]:
    """The names in the first row that is not empty, trimmed; a nameless one is called by its position."""
    for fields in records:
        if not fields:
            found.blank_lines += 1
            continue
        if isinstance(fields, str) or len(fields) > COLUMNS_AT_MOST:
            raise refuse_file(
                "The header line of the file cannot be read.",
                where="line 1",
                fix="check the encoding, delimiter and quote under vestry.format",
            )
        return [name.strip() or f"column {position}" for position, name in enumerate(fields, 1)]
    return []


class _Gathering:
    """Rows of one table on their way into a batch."""

    def __init__(self, table: Table, names: list[str] | None, found: Found) -> None:
        self.table = table
        # Without a header the contract's columns are the file's, by position.
        names = [column.physical_name for column in table.columns] if names is None else names
        self.width = len(names)
        self.numbers: list[int] = []
        self.rows: list[list[str]] = []
        self.refused: list[Refusal] = []
        self._stored = told_apart(names, [column.physical_name for column in table.columns])
        self._widths = found.widths.setdefault(table.name, Counter())
        found.columns[table.name] = list(names)
        found.repeated_columns[table.name] = repeated_names(names)

    def refuse(self, number: int, rule: str, width: int = 0) -> None:
        self.refused.append(Refusal(row_number=number, rule=rule))
        if rule == ROW_RAGGED:
            self._widths[width] += 1

    def take(self) -> Batch:
        rows = None
        if self.rows:
            columns = [pa.array(self.numbers, pa.int64())]
            columns += [pa.array(column, pa.string()) for column in zip(*self.rows, strict=True)]
            rows = pa.RecordBatch.from_arrays(columns, names=[ROW_NUMBER, *self._stored])
        batch = Batch(table=self.table.name, rows=rows, refused=tuple(self.refused))
        self.numbers, self.rows, self.refused = [], [], []
        return batch


def _sorted_by_type(gatherings: Sequence[_Gathering]) -> Callable[[list[str] | str], Sequence[_Gathering]]:
    """Says which tables a row is for. One whose type cannot be told goes to the first table that asks for a
    type.
    """
    always = [g for g in gatherings if g.table.rows.column is None]
    typed = [
        (g.table.rows.column - 1, g.table.rows.equals, g)
        for g in gatherings
        if g.table.rows.column is not None
    ]
    if not typed:
        return lambda fields: always

    def belongs_to(fields: list[str] | str) -> Sequence[_Gathering]:
        if isinstance(fields, str) or len(fields) <= min(place for place, _, _ in typed):
            return [*always, typed[0][2]]
        return always + [
            g for place, text, g in typed if place < len(fields) and fields[place].strip() == text
        ]

    return belongs_to


def _rows(records: _Records, gatherings: Sequence[_Gathering], found: Found) -> Iterator[Batch]:
    belongs_to = _sorted_by_type(gatherings)
    number = 0
    for fields in records:
        if not fields:
            found.blank_lines += 1
            continue
        number += 1
        faulty = isinstance(fields, str)
        fits = False
        owners = belongs_to(fields)
        found.other_rows += not owners
        for gathering in owners:
            if isinstance(fields, str):
                gathering.refuse(number, fields)
            elif len(fields) != gathering.width:
                gathering.refuse(number, ROW_RAGGED, len(fields))
                faulty = True
            else:
                gathering.rows.append(fields)
                gathering.numbers.append(number)
                fits = True
            if len(gathering.rows) + len(gathering.refused) >= BATCH_ROWS:
                yield gathering.take()
        if faulty and not fits and records.spans:
            records.keep_first_line()
        if records.characters >= BATCH_CHARACTERS:
            records.characters = 0
            for gathering in gatherings:
                yield gathering.take()
    for gathering in gatherings:
        yield gathering.take()
