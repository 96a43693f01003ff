"""Tables as files: whole, private, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vestry.errors import PlaceNotWritable
from vestry.sharing.file_formats import endings, harmless, write_table
from vestry.sharing.spreadsheet import CELL_LETTERS, write_worksheet
from vestry.twin.answers import TableStream

NASTY = [
    "=1+1",
    "+44 20",
    "-5",
    "@sum",
    "\tx",
    "＝1",
    "plain",
    "a\n=1",
    "a\r\n@x",
    "O'Neil",
    "",
    None,
    "bell\x07",
]


def stream(values: list[str | None], batches: Iterator[pa.RecordBatch] | None = None) -> TableStream:
    table = pa.table(
        {"text": pa.array(values, pa.string()), "number": pa.array([-1.5] * len(values), pa.float64())}
    )
    return TableStream(
        name="people", schema=table.schema, count=len(values), batches=batches or iter(table.to_batches())
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("\x00a", "'\x00a"),
        ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠a", "'＠a"),
        ("a\n=1", "a\n'=1"), ("a\r=1", "a\r'=1"), ("a=1", "a=1"), (" =1", " =1"), ("", ""),
    ],
)  # fmt: skip
def test_harmless(text: str, safe: str) -> None:
    assert harmless(text) == safe


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_table(stream(NASTY), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading == ["text", "number"]
    assert [row[0] for row in rows] == [harmless(v or "") for v in NASTY]
    assert {row[1] for row in rows} == {"-1.5"}  # a number is no formula


def test_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_table(stream(NASTY), path)
    sheet = openpyxl.load_workbook(path)["people"]
    cells = list(sheet.iter_rows(min_row=2, max_col=1))
    assert len(cells) == len(NASTY)
    assert "f" not in {cell.data_type for (cell,) in cells}  # a formula
    assert cells[0][0].value == "'=1+1"
    assert cells[-1][0].value == "bell"


def test_parquet_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_table(stream(NASTY), path)
    assert pq.read_table(path)["text"].to_pylist() == NASTY


@pytest.mark.parametrize("ending", endings())
def test_the_owners_alone_and_whole(tmp_path: Path, ending: str) -> None:
    def breaking() -> Iterator[pa.RecordBatch]:
        yield from stream(["first"]).batches
        raise OSError("the disk is full")

    path = tmp_path / f"out{ending}"
    with pytest.raises(PlaceNotWritable):
        write_table(stream([], breaking()), path)
    assert list(tmp_path.iterdir()) == []
    write_table(stream(["x"]), path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_worksheet_keeps_kinds_of_value(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_worksheet(
        path, 'A & "B"', [["<a>&b", None, True, 7, -1.5, 2**60, float("nan"), "two\r\nlines ", "x" * 40_000]]
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ['A & "B"']
    (row,) = book.active.iter_rows(values_only=True)
    assert row[:8] == ("<a>&b", None, True, 7, -1.5, str(2**60), "nan", "two\r\nlines ")
    assert len(row[8]) == CELL_LETTERS
