"""The first rows of delimited text: encoding, delimiter, header line or none, interleaved record types."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from vestry.contracts.contract import Layout
from vestry.contracts.recognising import recognise
from vestry.contracts.sampling import MOST_ROWS, Sample, SampleTable, table_of

_DELIMITERS: Final = (",", "\t", "|", ";", "^", "~")
_VALUE: Final = re.compile(
    r"[-+]?[0-9][0-9,]*(\.[0-9]+)?|[0-9]{1,4}[-/.][0-9]{1,2}([-/.][0-9]{1,4})?.*"
    r"|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}|[^@ ]+@[^@ ]+|[A-Z]{1,3}[0-9]{4,}",
    re.IGNORECASE,
)
"""What stands in rows and not in header lines: numbers, dates, postcodes, addresses of mail, codes."""

_ONLY_IN_ROWS: Final = re.compile(
    r"[0-9 ]{6,}|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}"
    r"|[^@ ]+@[^@ ]+|[A-Z]{1,3}[0-9]{5,}",
    re.IGNORECASE,
)
"""What no header holds: long numbers, whole dates, postcodes, mail addresses, codes of five digits."""

_PROGRAMMED: Final = re.compile(r"[A-Za-z]+(_[A-Za-z0-9]+)+")

EPRACCUR: Final = (
    *("Organisation Code", "Name", "National Grouping", "High Level Health Geography"),
    *("Address Line 1", "Address Line 2", "Address Line 3", "Address Line 4", "Address Line 5", "Postcode"),
    *("Open Date", "Close Date", "Status Code", "Organisation Sub-Type Code", "Commissioner"),
    *("Join Provider/Purchaser Date", "Left Provider/Purchaser Date", "Contact Telephone Number"),
    *("Null 1", "Null 2", "Null 3", "Amended Record Indicator", "Null 4", "Provider/Purchaser"),
    *("Null 5", "Prescribing Setting", "Null 6"),
)
"""Columns of the NHS Organisation Data Service's `epraccur`, which comes without a header line (ODS data
files specification, GP practices)."""


def sample_csv(content: bytes, whole: bool) -> Sample | None:
    """What delimited text holds; None when it holds no rows or is not text."""
    encoding, text, doubts = _decoded(content)
    if not whole:
        text = text[: text.rfind("\n") + 1]
    if not text.strip() or "\x00" in text:
        return None
    delimiter = _delimiter(text)
    csv.field_size_limit(10_000_000)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(row):
                rows.append([cell.strip() for cell in row])
            if len(rows) > MOST_ROWS + 1:
                whole = False
                break
    except csv.Error:
        doubts = [*doubts, "the quotes do not match: check vestry.format"]
    if not rows:
        return None
    types = _record_types(rows)
    if types:
        layout = Layout(format="csv", delimiter=delimiter, header=False, encoding=encoding)
        return Sample(layout=layout, tables=_interleaved(rows, types), whole=whole, doubts=tuple(doubts))
    header, unsure = _has_header(rows)
    if unsure:
        doubts = [
            *doubts,
            f"whether the first line is a header ({'taken for one' if header else 'taken for a row'})",
        ]
    layout = Layout(format="csv", delimiter=delimiter, header=header, encoding=encoding)
    return Sample(layout=layout, tables=(_one_table(rows, header),), whole=whole, doubts=tuple(doubts))


def _decoded(content: bytes) -> tuple[str, str, list[str]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", content.decode("utf-16", "replace"), []
    try:
        return "utf-8", content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        if error.start > len(content) - 4:  # a character cut by the end of the sample
            return "utf-8", content[: error.start].decode("utf-8-sig"), []
    return "cp1252", content.decode("cp1252", "replace"), ["the encoding: not UTF-8, so taken for cp1252"]


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first 200 lines into most columns, most evenly."""
    lines = text[:200_000].splitlines()[:200]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        score = times / sum(widths.values()) * (width > 1) + min(width, 50) / 1000
        if score > most:
            best, most = delimiter, score
    return best


def _record_types(rows: Sequence[Sequence[str]]) -> list[str]:
    """The record types where the first cell says the type and each type has a width of its own; else none."""
    widths = Counter(len(row) for row in rows)
    if widths.most_common(1)[0][1] > 0.9 * len(rows):
        return []
    width_of: dict[str, set[int]] = {}
    for row in rows:
        width_of.setdefault(row[0], set()).add(len(row))
    fit = all(len(t) <= 4 and t.isalnum() and len(w) == 1 for t, w in width_of.items())
    return list(width_of) if fit and 1 < len(width_of) <= 30 else []


def _interleaved(rows: Sequence[list[str]], types: Sequence[str]) -> tuple[SampleTable, ...]:
    tables: list[SampleTable] = []
    ends = {rows[0][0], rows[-1][0]}
    once = [t for t, n in Counter(row[0] for row in rows).items() if n == 1]
    left_out = [t for t in types if t in ends and t in once]
    for record_type in types:
        own = tuple(tuple(row) for row in rows if row[0] == record_type)
        if record_type in left_out:
            continue
        names = [f"column {n}" for n in range(1, len(own[0]) + 1)]
        doubts = ["what the columns are called: the file has no header line"]
        if left_out:
            doubts.append("the first and last rows are taken for header and trailer and left out")
        tables.append(
            table_of(f"type-{record_type}", names, names, own, equals=record_type, doubts=tuple(doubts))
        )
    return tuple(tables)


def _one_table(rows: Sequence[list[str]], header: bool) -> SampleTable:
    doubts: list[str] = []
    body = rows[1:] if header else rows
    width = len(rows[0]) if header else Counter(len(r) for r in rows).most_common(1)[0][0]
    even = tuple(tuple(r) for r in body if len(r) == width)
    if len(even) < len(body):
        doubts.append(f"{len(body) - len(even)} of {len(body)} rows have more or fewer columns")
    if header:
        physical = [name or f"column {at}" for at, name in enumerate(rows[0], 1)]
        return table_of("rows", rows[0], physical, even, doubts=tuple(doubts))
    if width == len(EPRACCUR) and all(re.fullmatch(r"[A-Z][0-9]{5}", r[0]) for r in even):
        doubts.append(
            "no header line; the columns are taken for those of the NHS list of practices (epraccur)"
        )
        return table_of("practices", EPRACCUR, EPRACCUR, even, doubts=tuple(doubts))
    doubts.append("what the columns are called: the file has no header line")
    names = [f"column {n}" for n in range(1, width + 1)]
    return table_of("rows", names, names, even, doubts=tuple(doubts))


def _has_header(rows: Sequence[Sequence[str]]) -> tuple[bool, bool]:
    """(whether the first row names the columns, whether that is unsure).

    A row of somebody's data taken for a header would put their name into the draft, so what is unsure is a
    row, unless some column's name is one that systems use.
    """
    first, body = rows[0], [r for r in rows[1:500] if len(r) == len(rows[0])]
    if any(_ONLY_IN_ROWS.fullmatch(cell) for cell in first):
        return False, False
    for at, cell in enumerate(first):
        below = [r[at] for r in body if r[at]]
        typed = sum(_VALUE.fullmatch(v) is not None for v in below) > 0.9 * len(below)
        # A word above a column of numbers, dates or codes is a name; nothing else proves as much.
        if below and typed and cell and not _VALUE.fullmatch(cell):
            return True, False
    known = any(recognise(cell) is not None or _PROGRAMMED.fullmatch(cell) for cell in first)
    return known and len(set(first)) == len(first), True
