"""How the registers send: files of one layout each, and the few rows that came to harm on the way."""

from __future__ import annotations

import csv
import gzip
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from vestry.synthetic.people import check_digit
from vestry.synthetic.registers.clerk import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Blots:
    """How many rows of an extract are spoilt in sending, and how. Positions of columns count from 0.

    `impossible` is 31 February in the source's own date form, put into column `born`.
    """

    repeated: int = 0
    ragged: int = 0
    impossible: str = ""
    born: int = 0
    wrong_check_digit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The form of one source's files. `wrapped` names the root, list and row elements when it is XML."""

    columns: Row
    suffix: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    header: bool = True
    wrapped: tuple[str, str, str] | None = None
    blots: Blots = Blots()


_PLAIN: Final = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "ø": "o"})


def representable(text: str, encoding: str) -> str:
    """`text` with the accents taken off those letters that `encoding` has not, as old systems do."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
        return "".join(c for c in plain if not unicodedata.combining(c))
    return text


def blotted(rows: Iterable[Row], layout: Layout, rng: Random) -> list[Row]:
    """The rows, a few of them repeated, ragged, with an impossible date or a wrong check digit."""
    rows, blots = list(rows), layout.blots
    if len(rows) < 20:
        return rows
    if blots.impossible:
        for at in rng.sample(range(len(rows)), 2):
            rows[at] = (*rows[at][: blots.born], blots.impossible, *rows[at][blots.born + 1 :])
    if blots.wrong_check_digit is not None:
        column = blots.wrong_check_digit
        for at in rng.sample([i for i, row in enumerate(rows) if len(row[column]) == 10], 3):
            number = rows[at][column]
            wrong = str((int(check_digit(number[:9]) or "0") + rng.randint(1, 9)) % 10)
            rows[at] = (*rows[at][:column], number[:9] + wrong, *rows[at][column + 1 :])
    for at in sorted(rng.sample(range(len(rows)), blots.repeated), reverse=True):
        rows.insert(rng.randint(at, len(rows)), rows[at])
    for at in rng.sample(range(len(rows)), blots.ragged):
        rows[at] = (*rows[at][:4], "", *rows[at][4:])
    return rows


def send_csv(path: Path, layout: Layout, rows: Iterable[Row]) -> None:
    """Write rows as delimited text; line ends are those of the systems that such files come from."""
    with path.open("w", encoding=layout.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=layout.delimiter, lineterminator="\r\n")
        if layout.header:
            writer.writerow(layout.columns)
        if layout.encoding == "utf-8":
            writer.writerows(rows)
        else:
            writer.writerows([representable(text, layout.encoding) for text in row] for row in rows)


def send_xml(path: Path, layout: Layout, rows: list[Row]) -> None:
    """Write rows as gzipped XML with their count at the head; a column `A/B` is an element B within A."""
    assert layout.wrapped is not None
    root, listing, row_name = layout.wrapped
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        head = f"<Header><RowCount>{len(rows)}</RowCount></Header>"
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n{head}\n<{listing}>\n'.encode())
        for row in rows:
            file.write(f"<{row_name}>{_elements(layout.columns, row)}</{row_name}>\n".encode())
        file.write(f"</{listing}>\n</{root}>\n".encode())


def _elements(columns: Row, row: Row) -> str:
    out, group = [], ""
    for column, text in zip(columns, row, strict=True):
        parent, _, name = column.rpartition("/")
        if parent != group:
            out.append((f"</{group}>" if group else "") + (f"<{parent}>" if parent else ""))
            group = parent
        if text:
            out.append(f"<{name}>{escape(text)}</{name}>")
    return "".join(out) + (f"</{group}>" if group else "")


def send(path: Path, layout: Layout, rows: Iterable[Row], rng: Random) -> int:
    """Write one extract, blots and all; gives back how many rows it holds."""
    ready = blotted(rows, layout, rng)
    if layout.wrapped is not None:
        send_xml(path, layout, ready)
    else:
        send_csv(path, layout, ready)
    return len(ready)
