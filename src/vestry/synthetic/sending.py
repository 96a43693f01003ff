"""How the registers send: files of one layout each, and the few rows that came to harm on the way.

A source of one district writes its file whole. A source of the whole county is written district by district, each
a part without head or tail, and the parts are joined when all are there.
"""

from __future__ import annotations

import csv
import gzip
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final, TextIO
from xml.sax.saxutils import escape

from vestry.synthetic.people.numbers import check_digit
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
    """The form of one file. `wrapped` names the root, list and row elements when it is XML, and `head` is what stands
    before the list, with the number of rows and the day it tells of put in."""

    columns: Row
    suffix: str = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    header: bool = True
    wrapped: tuple[str, str, str] | None = None
    head: str = "<Header><RowCount>{count}</RowCount></Header>"
    blots: Blots = field(default_factory=Blots)


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
        numbered = [i for i, row in enumerate(rows) if len(row[column]) == 10]
        for at in rng.sample(numbered, min(3, len(numbered))):
            number = rows[at][column]
            wrong = str((int(check_digit(number[:9]) or "0") + rng.randint(1, 9)) % 10)
            rows[at] = (*rows[at][:column], number[:9] + wrong, *rows[at][column + 1 :])
    for at in sorted(rng.sample(range(len(rows)), blots.repeated), reverse=True):
        rows.insert(rng.randint(at, len(rows)), rows[at])
    for at in rng.sample(range(len(rows)), blots.ragged):
        rows[at] = (*rows[at][:4], "", *rows[at][4:])
    return rows


def send(path: Path, layout: Layout, rows: Iterable[Row], rng: Random) -> int:
    """Write one extract whole, blots and all; gives back how many rows it holds."""
    body = path.with_name(f".{path.name}")
    count = send_part(body, layout, rows, rng)
    join(path, layout, [body], count)
    return count


def send_part(path: Path, layout: Layout, rows: Iterable[Row], rng: Random) -> int:
    """Write one district's rows of an extract, without head or tail; gives back how many there are."""
    ready = blotted(rows, layout, rng)
    with path.open("w", encoding=layout.encoding, newline="") as file:
        if layout.wrapped is not None:
            _write_xml(file, layout, layout.wrapped[2], ready)
        else:
            _write_csv(file, layout, ready)
    return len(ready)


def join(path: Path, layout: Layout, parts: Sequence[Path], count: int) -> None:
    """One extract out of its parts, which are then removed. `count` rows are said at the head of XML, and the day,
    which is the name of the file's folder."""
    head, tail = "", ""
    if layout.wrapped is not None:
        root, listing, _ = layout.wrapped
        said = layout.head.format(count=count, as_at=path.parent.name)
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n{said}\n<{listing}>\n'
        tail = f"</{listing}>\n</{root}>\n"
    elif layout.header:
        head = layout.delimiter.join(layout.columns) + "\r\n"
    with path.open("wb") as raw:
        zipped = path.suffix == ".gz"
        to: Any = (
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=5) if zipped else raw
        )
        to.write(head.encode(layout.encoding))
        for part in parts:
            with part.open("rb") as body:
                shutil.copyfileobj(body, to, 1 << 20)
            part.unlink()
        to.write(tail.encode(layout.encoding))
        if zipped:
            to.close()


def _write_csv(file: TextIO, layout: Layout, rows: Iterable[Row]) -> None:
    """Delimited text; line ends are those of the systems that such files come from."""
    writer = csv.writer(file, delimiter=layout.delimiter, lineterminator="\r\n")
    if layout.encoding == "utf-8":
        writer.writerows(rows)
    else:
        writer.writerows([representable(text, layout.encoding) for text in row] for row in rows)


def _write_xml(file: TextIO, layout: Layout, row_name: str, rows: Iterable[Row]) -> None:
    """An element for each row; a column `A/B` is an element B within A, `A[2]/B` within the second A."""
    paths = [tuple(column.split("/")) for column in layout.columns]
    for row in rows:
        file.write(f"<{row_name}>{_elements(paths, row)}</{row_name}>\n")


def _elements(paths: Sequence[tuple[str, ...]], row: Row) -> str:
    out: list[str] = []
    opened: list[str] = []
    for path, text in zip(paths, row, strict=True):
        if not text:
            continue
        *parents, name = path
        shared = 0
        while shared < min(len(parents), len(opened)) and parents[shared] == opened[shared]:
            shared += 1
        out += [f"</{_bare(parent)}>" for parent in reversed(opened[shared:])]
        out += [f"<{_bare(parent)}>" for parent in parents[shared:]]
        opened = parents
        out.append(f"<{_bare(name)}>{escape(text)}</{_bare(name)}>")
    out += [f"</{_bare(parent)}>" for parent in reversed(opened)]
    return "".join(out)


def _bare(name: str) -> str:
    return name.partition("[")[0]
