"""Promise 1: whatever bytes are sent, every row is loaded, repeated or quarantined, and the numbers add up."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vestry.clock import FixedClock
from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Table
from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import ExtractRefused
from vestry.intake.check import check
from vestry.intake.readers import csv as csv_reader
from vestry.intake.readers.csv import read_csv
from vestry.intake.readers.rows import Found
from vestry.intake.receive import receive
from vestry.intake.store import extracts
from vestry.place import Place

HEADER = b"a,b\n"
TABLE = Table(
    name="rows",
    columns=(
        Column(name="a", physical_name="a", key_position=1, required=True),
        Column(name="b", physical_name="b"),
    ),
    parts=(),
)
CONTRACT = Contract(
    source="any",
    organisation="borough",
    title="",
    version="1",
    path=Path("any.yaml"),
    sha256="",
    lawful_basis=LawfulBasis(article_6="6(1)(e)"),
    layout=Layout(format="csv"),
    tables=(TABLE,),
)

MARKS = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b'""',
    b'","',
    b"\x00",
    b"\xff",
    b"\xc3\xa9",
    b" ",
    b"a",
    b"1,2\n",
    b'1,"x\ny"\n',
    b"1,2\n",
]
bodies = st.lists(st.sampled_from(MARKS), max_size=40).map(b"".join)
cells = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=6)


def logical_rows(body: bytes) -> Iterator[list[str] | None]:
    """Every logical row of `body`, None where it cannot be read: the definition, said as slowly as it can
    be.
    """
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", body.decode(errors="surrogateescape"))
    at = 0
    while at < len(lines):
        reader = csv.reader(lines[at:], strict=True)
        try:
            fields = next(reader)
        except csv.Error:
            fields = None
        used = lines[at : at + reader.line_num]
        if fields == []:
            at += len(used)
        elif (
            fields is None
            or len(fields) != 2
            or any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in "".join(used))
        ):
            yield None
            at += 1  # whatever else it ran over is read again
        else:
            yield fields
            at += len(used)


def becomes(rows: list[list[str] | None]) -> tuple[list[str], int, int]:
    """Keys loaded, rows repeated, rows quarantined, worked out one row at a time."""
    trimmed = [tuple(cell.strip(" \t\n\r\v\f") for cell in row) for row in rows if row is not None]
    distinct = Counter(trimmed)
    contents = Counter(key for key, _ in distinct)
    loaded = [key for key, _ in distinct if key and contents[key] == 1]
    repeated = len(trimmed) - len(distinct)
    return sorted(loaded), repeated, len(rows) - repeated - len(loaded)


@settings(max_examples=400, deadline=None)
@given(body=bodies)
def test_every_logical_row_is_given_once(body: bytes) -> None:
    expected = list(logical_rows(body))
    given_rows: dict[int, list[str] | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(HEADER + body)
        for batch in read_csv(path, CONTRACT.layout, [TABLE], Found()):
            for row in batch.rows.to_pylist() if batch.rows is not None else []:
                assert row["row_number"] not in given_rows
                given_rows[row["row_number"]] = [row["a"], row["b"]]
            for refusal in batch.refused:
                assert refusal.row_number not in given_rows
                given_rows[refusal.row_number] = None
    assert [given_rows[number] for number in sorted(given_rows)] == expected
    assert sorted(given_rows) == list(range(1, len(expected) + 1))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells), max_size=12), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_was_written_is_what_is_read(
    rows: list[tuple[str, str]], end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reader, "CHUNK", 3)
    monkeypatch.setattr(csv_reader, "BATCH_ROWS", 4)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(text.getvalue().encode())
        batches = list(read_csv(path, CONTRACT.layout, [TABLE], Found()))
    read = [
        (row["a"], row["b"]) for batch in batches if batch.rows is not None for row in batch.rows.to_pylist()
    ]
    assert read == rows
    assert not any(batch.refused for batch in batches)


@settings(max_examples=25, deadline=None)
@given(body=bodies)
def test_the_ledger_adds_up(body: bytes) -> None:
    expected = list(logical_rows(body))
    loaded, repeated, quarantined = becomes(expected)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder=Path(folder), name="Test")
        path = place.folder / "any.csv"
        path.write_bytes(HEADER + body)
        clock = FixedClock(at=datetime(2026, 11, 20, tzinfo=UTC))
        try:
            (receipt,) = receive(place, CONTRACT, [path], as_at=date(2026, 11, 1), clock=clock)
        except ExtractRefused:
            assert not any(row is not None for row in expected), (
                "a file with a row that can be read was refused"
            )
            return
        (entry,) = receipt.ledger
        assert entry.received == len(expected)
        assert (entry.loaded, entry.repeated, entry.quarantined) == (len(loaded), repeated, quarantined)
        assert entry.received == entry.loaded + entry.repeated + entry.quarantined
        engine = DuckDBEngine(place.folder / "workspace", threads=1)
        checked = check(engine, CONTRACT, TABLE, extracts(place))
        keys = engine.fetch(checked.rows).column("source_key").to_pylist()
        engine.close()
        assert (sorted(keys), checked.ledger) == (loaded, receipt.ledger)
