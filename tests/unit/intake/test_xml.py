"""XML: rows by path, leaves as columns, and nothing that could attack whoever reads it."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import Any

import pytest

from vestry.contracts.contract import Layout, Rows
from vestry.errors import ExtractRefused
from vestry.intake.readers import rows as reader_rows

XML = Layout(format="xml")


def register(*rows: str, head: str = "") -> bytes:
    return f"<?xml version='1.0'?><Root>{head}<List>{''.join(rows)}</List></Root>".encode()


@pytest.fixture
def listed(make: Any) -> Any:
    return make.table("Id", rows=Rows(path="List/Row"), control_total="Header/Count")


def test_leaves_attributes_and_repeated_elements(read: Any, listed: Any) -> None:
    seen = read(
        register(
            "<Row n='7'><Id>1</Id><Name>A &amp; B</Name><Scores><Hygiene>5</Hygiene></Scores></Row>",
            "<Row><Id>2</Id><Phone>01</Phone><Phone kind='w'>02</Phone><On xsi:nil='1' xmlns:xsi='x'/></Row>",
        ),
        XML,
        listed,
    )
    first, second = ({k: v for k, v in row.items() if v is not None} for row in seen.rows)
    assert first == {"row_number": 1, "@n": "7", "Id": "1", "Name": "A & B", "Scores/Hygiene": "5"}
    assert second == {"row_number": 2, "Id": "2", "Phone": "01", "Phone[2]": "02", "Phone[2]/@kind": "w"}
    assert "On" in seen.found.columns["people"]


def test_repeated_groups_and_mixed_text(read: Any, listed: Any) -> None:
    seen = read(register("<Row>note<P><N>a</N></P><P><N>b</N></P></Row>", "<Row>all</Row>"), XML, listed)
    assert seen.rows[0] == {"row_number": 1, "P/N": "a", "P[2]/N": "b", "text()": "note"}
    assert seen.rows[1]["text()"] == "all"


def test_prefixes_are_left_out(read: Any, listed: Any) -> None:
    content = b"<r:Root xmlns:r='u'><r:List><r:Row><r:Id>1</r:Id></r:Row></r:List></r:Root>"
    assert read(content, XML, listed).rows == [{"row_number": 1, "Id": "1"}]


def test_several_tables_one_inside_the_other(read: Any, make: Any) -> None:
    children = make.table("Id", name="children", rows=Rows(path="List/Child"))
    stays = make.table("From", name="stays", rows=Rows(path="List/Child/Stay"))
    staff = make.table("Id", name="staff", rows=Rows(path="Staff"))
    seen = read(
        b"<R><Staff><Id>s</Id></Staff><List><Child><Id>1</Id><Stay><From>a</From></Stay><Stay><From>b</From></Stay>"
        b"<Name>x</Name></Child><Child><Id>2</Id></Child></List></R>",
        XML,
        children,
        stays,
        staff,
    )
    assert [(r["row_number"], r["Id"], r["Name"]) for r in seen.by_table["children"]] == [
        (1, "1", "x"),
        (2, "2", None),
    ]
    assert [(r["row_number"], r["From"]) for r in seen.by_table["stays"]] == [(1, "a"), (2, "b")]
    assert seen.by_table["staff"] == [{"row_number": 1, "Id": "s"}]


def test_without_a_path_every_child_of_the_root_is_a_row(read: Any, make: Any) -> None:
    assert [
        r["Id"] for r in read(b"<R><A><Id>1</Id></A><B><Id>2</Id></B></R>", XML, make.table("Id")).rows
    ] == ["1", "2"]


@pytest.mark.parametrize(
    ("stated", "total"), [("<Count> 12 </Count>", 12), ("<Count>many</Count>", None), ("<Count/>", None)]
)
def test_control_total(read: Any, listed: Any, stated: str, total: int | None) -> None:
    assert read(register("<Row/>", head=f"<Header>{stated}</Header>"), XML, listed).found.totals == {
        "people": total
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE r [<!ENTITY a 'x'>]><r><List><Row><Id>&a;</Id></Row></List></r>", "document type"),
        (b"<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>", "document type"),
        (b"<!DOCTYPE r><r/>", "document type"),
        (b"<r><List><Row><Id>&a;</Id></Row></List></r>", "well formed"),
        (register("<Row><Id>1</Id></Row>")[:-20], "cut short"),
        (register("<Row><Id>1</Id></Row>")[:-1], "cut short"),
        (b"", "empty"),
        (gzip.compress(b"", mtime=0), "cut short"),
        (register("<Row><Id>1</Name></Row>"), "well formed"),
        (register("<Row><Id>a\x00b</Id></Row>"), "well formed"),
        (b"<r>\xff\xff</r>", "well formed"),
        (b"<r>" + b"<a>" * 200 + b"</a>" * 200 + b"</r>", "inside one another"),
        (gzip.compress(register("<Row/>"), mtime=0)[:-9], "gzip file is cut short"),
    ],
)
def test_refused(read: Any, listed: Any, content: bytes, message: str) -> None:
    with pytest.raises(ExtractRefused, match=message):
        read(content, XML, listed)


def test_more_columns_than_any_register(read: Any, listed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_rows, "COLUMNS_AT_MOST", 50)
    with pytest.raises(ExtractRefused, match="different columns"):
        read(register(*(f"<Row><c{i}>1</c{i}></Row>" for i in range(60))), XML, listed)


def test_memory_does_not_grow_with_the_file(read: Any, listed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_rows, "BATCH_ROWS", 100)

    def peak(rows: int) -> int:
        from vestry.intake.readers.xml import read_xml

        content = register(*["<Row><Id>1</Id><Name>some name of some length</Name></Row>"] * rows)
        path = read.__closure__[0].cell_contents / "file"
        path.write_bytes(content)
        del content
        tracemalloc.start()
        for _ in read_xml(path, XML, [listed], reader_rows.Found()):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    small = peak(2_000)
    assert peak(20_000) < small + 300_000
