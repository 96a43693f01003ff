"""Delimited text: every row is given as text or refused with a rule, and one bad row costs no other."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from vestry.contracts.contract import Layout, Rows
from vestry.errors import ExtractRefused
from vestry.intake.readers import csv as csv_reader

PLAIN = Layout(format="csv")

CASES: list[tuple[str, bytes, list[tuple[int, list[str]]], list[tuple[int, str]]]] = [
    ("plain", b"a,b\n1,x\n2,y\n", [(1, ["1", "x"]), (2, ["2", "y"])], []),
    ("no last line end", b"a,b\n1,x\n2,y", [(1, ["1", "x"]), (2, ["2", "y"])], []),
    ("crlf", b"a,b\r\n1,x\r\n2,y\r\n", [(1, ["1", "x"]), (2, ["2", "y"])], []),
    ("lone cr", b"a,b\r1,x\r2,y\r", [(1, ["1", "x"]), (2, ["2", "y"])], []),
    ("byte-order mark", b"\xef\xbb\xbfa,b\n1,x\n", [(1, ["1", "x"])], []),
    (
        "quoted delimiter, quote and line end",
        b'a,b\n1,"x, ""y""\nz"\n2,y\n',
        [(1, ["1", 'x, "y"\nz']), (2, ["2", "y"])],
        [],
    ),
    ("quote inside a field", b'a,b\n1,5" pipe\n', [(1, ["1", '5" pipe'])], []),
    (
        "vertical tab and NEL are no line ends",
        "a,b\n1,x\x0by\x85z\u2028\n".encode(),
        [(1, ["1", "x\x0by\x85z\u2028"])],
        [],
    ),
    (
        "too short, too long",
        b"a,b\n1\n2,y,z\n3,w\n",
        [(3, ["3", "w"])],
        [(1, "row-ragged"), (2, "row-ragged")],
    ),
    (
        "unclosed quote at the end",
        b'a,b\n1,x\n2,"y\n3,z\n',
        [(1, ["1", "x"]), (3, ["3", "z"])],
        [(2, "row-quoting")],
    ),
    (
        "unclosed quote before a quoted row",
        b'a,b\n1,"x\n2,"y"\n3,z\n',
        [(2, ["2", "y"]), (3, ["3", "z"])],
        [(1, "row-quoting")],
    ),
    (
        "unclosed quote that closes by accident",
        b'a,b\n1,"x\n2,"\n3,z\n',
        [(1, ["1", "x\n2,"]), (2, ["3", "z"])],
        [],
    ),
    ("text behind a closing quote", b'a,b\n1,"x"y\n2,z\n', [(2, ["2", "z"])], [(1, "row-quoting")]),
    (
        "a ragged row over several lines is its first line",
        b'a,b\n1,"x\n2,y\n3,",z\n4,w\n',
        [(2, ["2", "y"]), (4, ["4", "w"])],
        [(1, "row-ragged"), (3, "row-quoting")],
    ),
    ("NUL", b"a,b\n1,x\x00y\n2,z\n", [(2, ["2", "z"])], [(1, "row-nul")]),
    ("not the encoding", b"a,b\n1,caf\xe9\n2,z\n", [(2, ["2", "z"])], [(1, "row-encoding")]),
    ("empty lines are no rows", b"a,b\n\n1,x\n\n\n2,y\n\n", [(1, ["1", "x"]), (2, ["2", "y"])], []),
]


@pytest.mark.parametrize(("content", "rows", "refused"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_rows_and_refusals(read: Any, content: bytes, rows: Any, refused: Any) -> None:
    seen = read(content, PLAIN)
    assert list(zip(seen.numbers, seen.texts(), strict=True)) == rows
    assert seen.refused == refused


def test_empty_lines_are_counted(read: Any) -> None:
    assert read(b"a,b\n\n1,x\n\n", PLAIN).found.blank_lines == 2


@pytest.mark.parametrize(
    ("layout", "content"),
    [
        (Layout(format="csv", delimiter="|", quote="'"), b"a|b\n1|'x|y'\n"),
        (Layout(format="csv", delimiter="\t"), b"a\tb\n1\tx|y\n"),
        (Layout(format="csv", delimiter="tab"), b"a\tb\n1\tx|y\n"),
        (Layout(format="csv", delimiter=";", quote=""), b"a;b\n1;x|y\n"),
        (Layout(format="csv", encoding="utf-16"), "a,b\n1,x|y\n".encode("utf-16")),
        (PLAIN, gzip.compress(b"a,b\n1,x|y\n", mtime=0)),
    ],
)
def test_layouts(read: Any, layout: Layout, content: bytes) -> None:
    assert read(content, layout).rows == [{"row_number": 1, "a": "1", "b": "x|y"}]


def test_encoding_of_the_contract(read: Any) -> None:
    assert read(b"a,b\n1,caf\xe9\n", Layout(format="csv", encoding="windows-1252")).texts() == [["1", "café"]]


def test_without_header_the_contracts_columns_by_position(read: Any, make: Any) -> None:
    columns = make.table("ID", make.column("NAME", physical_name="Full name"))
    seen = read(b"1,x\n2,y\n", Layout(format="csv", header=False), columns)
    assert seen.rows[0] == {"row_number": 1, "ID": "1", "Full name": "x"}


def test_header_is_trimmed_and_nameless_columns_get_a_name(read: Any) -> None:
    assert list(read(b" a ,,b\n1,2,3\n", PLAIN).rows[0]) == ["row_number", "a", "column 2", "b"]


def test_names_that_would_clash_give_way_to_the_contracts(read: Any, make: Any) -> None:
    seen = read(b"NAME,row_number,name\n1,2,3\n", PLAIN, make.table("name", "row_number"))
    assert seen.rows == [{"row_number": 1, "NAME (2)": "1", "row_number (2)": "2", "name": "3"}]


def test_record_types_in_one_file(read: Any, make: Any) -> None:
    streets = make.table("TYPE", "USRN", name="streets", rows=Rows(column=1, equals="11"))
    homes = make.table("TYPE", "UPRN", "TEXT", name="homes", rows=Rows(column=1, equals="24"))
    seen = read(
        b"10,head\n11,7\n24,8,x\n24,9\n11,6\n99,tail,2\n", Layout(format="csv", header=False), streets, homes
    )
    assert [row["row_number"] for row in seen.by_table["streets"]] == [2, 5]
    assert [row["row_number"] for row in seen.by_table["homes"]] == [3]
    assert seen.refused == [(4, "row-ragged")]
    assert seen.found.other_rows == 2


def test_a_field_of_ten_million_characters(read: Any) -> None:
    seen = read(b"a,b\n1," + b"x" * 10_000_000 + b"\n2,y\n", PLAIN)
    assert [len(row["b"]) for row in seen.rows] == [10_000_000, 1]


def test_a_field_beyond_the_limit_costs_its_own_row_only(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "VALUE_CHARACTERS", 1000)
    seen = read(b"a,b\n1," + b"x" * 2000 + b"\n2,y\n", PLAIN)
    assert (seen.numbers, seen.refused) == ([2], [(1, "row-too-long")])


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reader, "LINE_CHARACTERS", 1_000_000)
    with pytest.raises(ExtractRefused, match="longer than"):
        read(b"a,b\n" + b"x" * 3_000_000, PLAIN)


def test_quotes_that_never_close_do_not_cost_time_without_end(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reader, "REREAD_CHARACTERS", 100_000)
    with pytest.raises(ExtractRefused, match="quotes that do not close"):
        read(b"a,b\n" + b'x","\n' * 5_000, PLAIN)


def test_batches_carry_on_the_numbers(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "BATCH_ROWS", 3)
    monkeypatch.setattr(csv_reader, "CHUNK", 5)
    seen = read(b"a,b\r\n" + b"".join(b"%d,x\r\n" % i for i in range(1, 11)) + b"bad\r\n11,y\r\n", PLAIN)
    assert seen.numbers == [*range(1, 11), 12]
    assert [row["a"] for row in seen.rows] == [str(i) for i in range(1, 12)]


@pytest.mark.parametrize(
    ("content", "layout", "message"),
    [
        ("a,b\n1,x\n".encode("utf-16"), PLAIN, "utf-16"),
        (b"a,b\n1,x\n", Layout(format="csv", encoding="no-such"), "encoding"),
        (b"a,b\n1,x\n", Layout(format="csv", delimiter="::"), "single character"),
        (b"a\xff,b\n1,x\n", PLAIN, "header"),
        (b'"a,b\n1,x\n', PLAIN, "header"),
        (b"\x00\x01", Layout(format="csv", encoding="utf-16"), "header|not text"),
    ],
)
def test_files_that_cannot_be_read_at_all(read: Any, content: bytes, layout: Layout, message: str) -> None:
    with pytest.raises(ExtractRefused, match=message):
        read(content, layout)
