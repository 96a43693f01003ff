"""Reads GeoJSON feature by feature: properties as columns, the geometry as one column of GeoJSON text."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from vestry.contracts.contract import Layout, Table
from vestry.errors import ExtractRefused
from vestry.intake.readers.rows import ROW_NOT_A_FEATURE, Batch, Found, RowsByName, refuse_file
from vestry.intake.readers.texts import text_of
from vestry.intake.readers.unpacking import open_bytes

PIECE: Final = 1 << 20
FEATURE_CHARACTERS: Final = 200_000_000
"""The longest feature: England's coastline in full detail is a tenth of this."""

GEOMETRY: Final = "geometry"


def read_geojson(
    path: Path,
    layout: Layout,
    tables: Sequence[Table],
    found: Found,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Batch]:
    """Every feature of the collection (RFC 7946 section 3.3) as a row, once for each of `tables`.

    A property is the column of its name, the feature's own `id` is `id` unless a property is called so.
    Raises ExtractRefused where the file is no feature collection or is cut short.
    """
    gathered = [RowsByName(table, found) for table in tables]
    with open_bytes(path, progress) as file:
        for feature in _features(_Text(file)):
            row = _row(feature)
            for rows in gathered:
                if row is None:
                    rows.refuse(ROW_NOT_A_FEATURE)
                else:
                    for name in row:
                        rows.see(name)
                    rows.add({name: text for name, text in row.items() if text is not None})
                if rows.full:
                    yield rows.take()
    for rows in gathered:
        yield rows.take()


def _row(feature: Any) -> dict[str, str | None] | None:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return None
    properties = feature.get("properties")
    if not isinstance(properties, dict | None):
        return None
    row: dict[str, str | None] = {} if feature.get("id") is None else {"id": text_of(feature["id"])}
    row |= {name.strip(): text_of(value) for name, value in (properties or {}).items()}
    row[GEOMETRY] = text_of(feature.get("geometry"))
    return row


def _features(text: _Text) -> Iterator[Any]:
    """The items of the top-level member `features`, wherever among the members it stands."""
    text.expect("{")
    if text.skip("}"):
        raise _not_a_collection()
    seen = False
    while True:
        name = text.value()
        text.expect(":")
        if name == "features" and text.skip("["):
            seen = True
            yield from _items(text)
        else:
            text.value()
        if text.skip("}"):
            break
        text.expect(",")
    text.expect_end()
    if not seen:
        raise _not_a_collection()


def _items(text: _Text) -> Iterator[Any]:
    if text.skip("]"):
        return
    while True:
        yield text.value()
        if text.skip("]"):
            return
        text.expect(",")


def _not_a_collection() -> ExtractRefused:
    return refuse_file(
        "The file is not a GeoJSON feature collection.",
        fix="check vestry.format, and that the file is the one that the contract describes",
    )


def _cut_short() -> ExtractRefused:
    return refuse_file("The GeoJSON is cut short, or is not JSON.", fix="ask for it to be sent again, whole")


class _Text:
    """The file's text, read on as it is needed, and a place in it."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(parse_constant=_refuse_constant)
        self._text = ""
        self._at = 0
        self._ended = False

    def _read_on(self) -> None:
        piece = self._file.read(max(PIECE, len(self._text) - self._at))
        self._ended = not piece
        try:
            more = self._decoder.decode(piece, final=self._ended)
        except UnicodeDecodeError:
            raise refuse_file(
                "The GeoJSON is not UTF-8 text, as its standard asks.", fix="send it as UTF-8"
            ) from None
        self._text, self._at = self._text[self._at :] + more, 0
        if len(self._text) > FEATURE_CHARACTERS:
            raise refuse_file(
                f"A feature is longer than {FEATURE_CHARACTERS:,} characters.", fix="simplify its boundary"
            )

    def _next_mark(self) -> str:
        while True:
            while self._at < len(self._text):
                mark = self._text[self._at]
                if mark not in " \t\r\n":
                    return mark
                self._at += 1
            if self._ended:
                return ""
            self._read_on()

    def skip(self, mark: str) -> bool:
        """Step over `mark` if it is next."""
        if self._next_mark() != mark:
            return False
        self._at += 1
        return True

    def expect(self, mark: str) -> None:
        """Step over `mark`, which must be next."""
        if not self.skip(mark):
            raise _cut_short()

    def expect_end(self) -> None:
        """Nothing but white space may follow."""
        if self._next_mark():
            raise _cut_short()

    def value(self) -> Any:
        """The JSON value that is next; what ends where the text read so far ends may go on, so more is
        read.
        """
        self._next_mark()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            except (ValueError, RecursionError) as error:
                if self._ended or not isinstance(error, json.JSONDecodeError):
                    raise _cut_short() from None
            self._read_on()


def _refuse_constant(_name: str) -> Any:
    raise _cut_short()
