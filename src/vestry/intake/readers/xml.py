"""Reads XML by event: rows by their path, leaves as columns, entities and document types refused.

Nothing of the tree is kept but the row being read, so memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from vestry.contracts.contract import Layout, Table
from vestry.intake.readers.rows import VALUE_CHARACTERS, Batch, Found, RowsByName, refuse_file
from vestry.intake.readers.unpacking import open_bytes

PIECE: Final = 1 << 16
DEPTH_AT_MOST: Final = 100
"""Elements inside elements; returns to government have fewer than ten."""

_NOT_CONTENT: Final = ("xmlns", "xsi:", "xml:")
"""Attributes that speak of the document, not of the record: `xsi:nil` says what an empty element says."""


def read_xml(
    path: Path,
    layout: Layout,
    tables: Sequence[Table],
    found: Found,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Batch]:
    """Every element at each table's `rows.path` (below the root; without one, every child of the root) as a
    row.

    Columns are the paths of leaves below it (`Scores/Hygiene`), attributes `@name`; a second element of one
    name is `Phone[2]`. Prefixes of names are left out. An element that is a row of another table is not
    part of this one. `row_number` counts the rows of its own table. Raises ExtractRefused for XML that is
    cut short, not well formed, or has a document type or entities.
    """
    events = _Rows(tables, found)
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(events)
    ended = False
    with open_bytes(path, progress) as file:
        try:
            while piece := file.read(PIECE):
                parser.feed(piece)
                yield from events.batches(only_full=True)
            ended = True
            parser.feed(b"")  # without any text so far, closing would find nothing wrong
            parser.close()
        except DefusedXmlException:
            raise refuse_file(
                "The XML has a document type or entities, which can be used to attack whoever reads it.",
                fix="ask for it without a DOCTYPE",
            ) from None
        except SAXException as error:
            line = error.getLineNumber() if isinstance(error, SAXParseException) else None
            raise refuse_file(
                "The XML is cut short." if ended else "The XML is not well formed.",
                where=f"line {line}" if line else "",
                fix="ask for it to be sent again, whole",
            ) from None
    yield from events.batches(only_full=False)


class _Open:
    """An element that is open inside a row: its path in the row, its text so far, its children by name."""

    __slots__ = ("children", "path", "text")

    def __init__(self, path: str) -> None:
        self.path = path
        self.text: list[str] = []
        self.children: dict[str, int] | None = None


class _OpenRow:
    """A row that is open: the table it is for, its values so far, and the elements open inside it."""

    __slots__ = ("characters", "depth", "elements", "rows", "values")

    def __init__(self, rows: RowsByName, depth: int) -> None:
        self.rows = rows
        self.depth = depth
        self.values: dict[str, str] = {}
        self.elements = [_Open("")]
        self.characters = 0


class _Rows(ContentHandler):
    """Turns the parser's events into rows of the tables, and picks up control totals."""

    def __init__(self, tables: Sequence[Table], found: Found) -> None:
        super().__init__()
        self._found = found
        self._rows = {table.name: RowsByName(table, found) for table in tables}
        self._row_paths = {
            tuple((table.rows.path or "*").split("/")): self._rows[table.name] for table in tables
        }
        self._totals: dict[tuple[str, ...], list[str]] = {}
        for table in tables:
            if table.control_total is not None:
                self._totals.setdefault(tuple(table.control_total.split("/")), []).append(table.name)
        self._path: list[str] = []
        self._open_rows: list[_OpenRow] = []
        self._total: list[str] | None = None

    def batches(self, *, only_full: bool) -> Iterator[Batch]:
        """What has been gathered: of tables with a full batch, or of all."""
        for rows in self._rows.values():
            if rows.full or not only_full:
                yield rows.take()

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the name SAX gives it
        name = name.rpartition(":")[2]
        self._path.append(name)
        if len(self._path) > DEPTH_AT_MOST:
            raise refuse_file(
                f"The XML has more than {DEPTH_AT_MOST} elements inside one another.",
                fix="check that it is the file that the contract describes",
            )
        below_root = tuple(self._path[1:])
        rows = self._row_paths.get(below_root) or (
            self._row_paths.get(("*",)) if len(below_root) == 1 else None
        )
        if rows is not None:
            self._open_rows.append(_OpenRow(rows, len(self._path)))
        elif self._open_rows:
            self._open_element(self._open_rows[-1], name)
        elif below_root in self._totals:
            self._total = []
        if self._open_rows and attrs:
            self._attributes(self._open_rows[-1], attrs)

    def _open_element(self, row: _OpenRow, name: str) -> None:
        parent = row.elements[-1]
        if parent.children is None:
            parent.children = {}
        number = parent.children[name] = parent.children.get(name, 0) + 1
        if number > 1:
            name = f"{name}[{number}]"
        row.elements.append(_Open(f"{parent.path}/{name}" if parent.path else name))

    def _attributes(self, row: _OpenRow, attrs: Any) -> None:
        path = row.elements[-1].path
        for name, text in attrs.items():
            if not name.startswith(_NOT_CONTENT):
                self._keep(row, f"{path}/@{name}" if path else f"@{name}", text)

    def characters(self, content: str) -> None:
        if self._open_rows:
            row = self._open_rows[-1]
            row.characters += len(content)
            if row.characters > 2 * VALUE_CHARACTERS:
                raise refuse_file(
                    f"A row of the XML has more than {2 * VALUE_CHARACTERS:,} characters.",
                    fix="check that vestry.rows names the element that repeats",
                )
            row.elements[-1].text.append(content)
        elif self._total is not None:
            self._total.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the name SAX gives it
        if self._open_rows:
            row = self._open_rows[-1]
            self._close_element(row, row.elements.pop())
            if row.depth == len(self._path):
                row.rows.add(row.values)
                self._open_rows.pop()
        elif self._total is not None and tuple(self._path[1:]) in self._totals:
            text = "".join(self._total).strip()
            for table in self._totals[tuple(self._path[1:])]:
                self._found.totals[table] = (
                    int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
                )
            self._total = None
        self._path.pop()

    def _close_element(self, row: _OpenRow, element: _Open) -> None:
        text = "".join(element.text)
        if element.children is None:
            self._keep(row, element.path or "text()", text)
        elif text and not text.isspace():
            self._keep(row, f"{element.path}/text()" if element.path else "text()", text)

    def _keep(self, row: _OpenRow, path: str, text: str) -> None:
        if text:
            row.values[path] = text
        elif path != "text()":
            row.rows.see(path)
