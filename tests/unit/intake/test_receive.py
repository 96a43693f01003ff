"""Receiving: whole or not at all, recognised when it comes again, and every problem said at once."""

from __future__ import annotations

import json
import os
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from vestry.contracts.contract import Layout, Rows, Surprises, Tolerance
from vestry.errors import AsAtInvalid, ExtractDamaged, ExtractRefused, FileUnreadable
from vestry.intake import receive as receiving
from vestry.intake.receive import receive
from vestry.intake.store import UNFINISHED, extracts, verify

ROWS = "A,B\n" + "".join(f"{i},x\n" for i in range(10))


@pytest.fixture
def agreed(make: Any) -> Any:
    return make.contract(make.table("A", "B"))


def what(refused: pytest.ExceptionInfo[ExtractRefused]) -> list[str]:
    return [problem.what for problem in refused.value.problems]


def everything_in(folder: Path) -> list[str]:
    return (
        sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
        if folder.exists()
        else []
    )


def test_what_is_kept(desk: Any, agreed: Any) -> None:
    (receipt,) = desk.receive(agreed, "A,B\n1,x\n1,x\n2\n", names=["sent.csv"])
    stored = receipt.extract
    assert stored.extract_id == f"register/2026-11-01-{stored.sha256[:12]}"
    assert stored.folder == desk.place.extracts / stored.extract_id
    assert stored.file.read_bytes() == b"A,B\n1,x\n1,x\n2\n"
    assert everything_in(desk.place.extracts) == sorted(
        f"{stored.extract_id}/{name}"
        for name in ("extract.json", "people.parquet", "people.refused.parquet", "received/sent.csv")
    )
    (entry,) = receipt.ledger
    assert (entry.received, entry.loaded, entry.repeated, entry.quarantined) == (3, 1, 1, 1)
    assert [(b.table, b.rule, b.rows, b.first_row) for b in receipt.broken] == [
        ("people", "row-ragged", 1, 3)
    ]
    assert extracts(desk.place) == [stored]
    verify(stored)


def test_only_the_owner_may_read_and_nobody_may_write(desk: Any, agreed: Any) -> None:
    old = os.umask(0)
    try:
        desk.receive(agreed, ROWS)
    finally:
        os.umask(old)
    for path in (desk.place.extracts, *desk.place.extracts.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o400), path


def test_the_same_file_again_is_recognised(desk: Any, agreed: Any) -> None:
    (first,) = desk.receive(agreed, ROWS)
    before = {p: p.stat().st_mtime_ns for p in desk.place.extracts.rglob("*")}
    (second, third) = desk.receive(agreed, ROWS, ROWS, names=["other.csv", "another.csv"])
    assert (second.already_received, third.already_received, second.extract) == (True, True, first.extract)
    assert {p: p.stat().st_mtime_ns for p in desk.place.extracts.rglob("*")} == before


def test_the_same_file_with_another_date(desk: Any, agreed: Any) -> None:
    desk.receive(agreed, ROWS)
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, ROWS, as_at="2026-11-02")
    assert what(refused) == ["The very same file was received before, as at 2026-11-01."]
    (receipt,) = desk.receive(agreed, ROWS, as_at="2026-11-02", accept=True)
    assert not receipt.already_received
    assert [(str(e.as_at), e.sequence) for e in extracts(desk.place)] == [
        ("2026-11-01", 1),
        ("2026-11-02", 2),
    ]


@pytest.mark.parametrize(
    ("rows", "word"), [(7, "shrank from 10 rows to 7, by 30%"), (16, "swelled from 10 rows to 16, by 60%")]
)
def test_shrunk_and_swollen(desk: Any, agreed: Any, rows: int, word: str) -> None:
    desk.receive(agreed, ROWS, as_at="2026-10-01")
    content = "A,B\n" + "".join(f"{i},x\n" for i in range(rows))
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, content)
    assert word in what(refused)[0]
    assert "--accept" in refused.value.text()
    assert len(extracts(desk.place)) == 1
    desk.receive(agreed, content, accept=True)
    assert len(extracts(desk.place)) == 2


@pytest.mark.parametrize("rows", [8, 15])
def test_within_tolerance(desk: Any, agreed: Any, rows: int) -> None:
    desk.receive(agreed, ROWS, as_at="2026-10-01")
    desk.receive(agreed, "A,B\n" + "".join(f"{i},y\n" for i in range(rows)))


def test_changes_may_be_any_number(desk: Any, make: Any) -> None:
    agreed = make.contract(
        make.table("A", "B"), extract="changes", tolerance=Tolerance(shrink=0.1, swell=0.1)
    )
    desk.receive(agreed, ROWS, as_at="2026-10-01")
    desk.receive(agreed, "A,B\n1,x\n")
    with pytest.raises(ExtractRefused, match="not taken in"):
        desk.receive(agreed, "A,B\n", as_at="2026-11-02")
    (receipt,) = desk.receive(agreed, "A,B\n", as_at="2026-11-02", accept=True)
    assert receipt.ledger[0].received == 0


def test_accept_does_not_excuse_a_broken_file(desk: Any, agreed: Any) -> None:
    with pytest.raises(ExtractRefused):
        desk.receive(agreed, "A,C\n1,x\n", accept=True)


def test_dates(desk: Any, agreed: Any) -> None:
    with pytest.raises(AsAtInvalid, match="future"):
        desk.receive(agreed, ROWS, as_at="2026-11-21")
    desk.receive(agreed, ROWS, as_at="2026-11-20")
    with pytest.raises(AsAtInvalid, match="before that of the last extract received, 2026-11-20"):
        desk.receive(agreed, "A,B\n1,x\n", as_at="2026-11-19")
    assert len(extracts(desk.place)) == 1


def test_every_problem_of_shape_at_once(desk: Any, make: Any) -> None:
    columns = ("Surname", "Forename", "Born", "Sex")
    agreed = make.contract(
        make.table(*columns, name="people"),
        make.table("Surname", "Amount", name="debts"),
        surprises=Surprises(extra_column="refuse"),
    )
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, "Surname,FORE_NAME,Sex,Sex,Colour\na,b,c,d,e\n")
    said = refused.value.text()
    assert "The file lacks the column `Forename`." in said
    assert "physicalName: FORE_NAME" in said
    assert "The file lacks the column `Born`." in said
    assert "The file has the column `Sex` more than once." in said
    assert "does not know: `Colour`" in said
    assert "The file lacks the column `Amount`." in said
    assert "table debts" in said
    assert everything_in(desk.place.extracts) == []


def test_a_first_row_taken_for_a_header_is_not_quoted(desk: Any, make: Any) -> None:
    agreed = make.contract(
        make.table("Id", "Family name", "Town"), surprises=Surprises(extra_column="refuse")
    )
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, "77,Family names,Watford\n78,Smith,Ware\n")
    assert not any(value in refused.value.text() for value in ("77", "Family names", "Watford", "Smith"))


def test_columns_that_differ_by_more_than_spaces_are_suggested(desk: Any, make: Any) -> None:
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(make.contract(make.table("FULL_NAME", "BORN")), " full name , born\nx,y\n")
    assert "the file has `full name`" in refused.value.text()
    assert "the file has `born`" in refused.value.text()


def test_a_key_must_be_there_whatever_the_contract_ignores(desk: Any, make: Any) -> None:
    agreed = make.contract(make.table("A", "B", "C"), surprises=Surprises(missing_column="ignore"))
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, "B\n1\n")
    assert what(refused) == ["The file lacks the column `A`."]
    desk.receive(agreed, "A\n1\n")


UNKNOWN = "The file has a column that its contract does not know: `{}`."


def xml(*rows: str, count: int | None = None) -> str:
    head = "" if count is None else f"<Header><Count>{count}</Count></Header>"
    return f"<R>{head}{''.join(f'<Row>{r}</Row>' for r in rows)}</R>"


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (xml("<Id>1</Id>", "<Id>2</Id>", count=2), []),
        (xml("<Id>1</Id>", count=2), ["The file states 2 rows and holds 1."]),
        (xml("<Id>1</Id>"), ["The file does not state its number of rows at Header/Count."]),
        (
            xml("<Id>1</Id><Postcode>x</Postcode>", count=1),
            ["The file lacks the column `PostCode`.", UNKNOWN.format("Postcode")],
        ),
        (xml("<Di>1</Di>", count=1), ["The file lacks the column `Id`.", UNKNOWN.format("Di")]),
        (xml(count=0), ["The file has no rows."]),
        (xml("<Id>1</Id><Scores/>", count=1), []),
        (xml("<Id>1</Id><Other/>", count=1), [UNKNOWN.format("Other")]),
    ],
)
def test_shape_of_xml(desk: Any, make: Any, content: str, problems: list[str]) -> None:
    columns = ("Id", "PostCode", make.column("Hygiene", physical_name="Scores/Hygiene"))
    agreed = make.contract(
        make.table(*columns, rows=Rows(path="Row"), control_total="Header/Count"),
        layout=Layout(format="xml"),
        surprises=Surprises(extra_column="refuse"),
    )
    if not problems:
        desk.receive(agreed, content)
        return
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, content)
    assert what(refused) == problems


@pytest.mark.parametrize(
    ("surprises", "content", "message"),
    [
        (Surprises(bad_value="refuse"), "A,B\n1,x\n2,3\n", "1 of 2 rows breaks the rule not-an-integer."),
        (Surprises(bad_value="refuse"), "A,B\n,1\n,2\n2,3\n", "2 of 3 rows break the rule required."),
        (Surprises(repeated_key="refuse"), "A,B\n1,1\n1,2\n", "2 of 2 rows break the rule key-repeated."),
        (Surprises(ragged_row="refuse"), "A,B\n1,1\n2\n", "1 of 2 rows breaks the rule row-ragged."),
        (Surprises(unknown_code="refuse"), "A,B\n1,1\n2,9\n", "1 of 2 rows breaks the rule unknown-code."),
    ],
)
def test_rows_for_which_a_contract_refuses_the_extract(
    desk: Any, make: Any, surprises: Surprises, content: str, message: str
) -> None:
    codes = {str(i): str(i) for i in range(1, 4)}
    agreed = make.contract(
        make.table("A", make.column("B", logical_type="integer", codes=codes)), surprises=surprises
    )
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, content)
    assert what(refused) == [message]
    assert "first at row" in refused.value.text()
    assert extracts(desk.place) == []


def test_a_layout_in_which_no_row_fits(desk: Any, make: Any) -> None:
    agreed = make.contract(make.table("A", "B", "C"), layout=Layout(format="csv", header=False))
    with pytest.raises(ExtractRefused) as refused:
        desk.receive(agreed, "1,2\n3,4\n5,6,7,8\n")
    assert what(refused) == ["No row has the 3 fields that were expected; most have 2."]


def test_files_that_hold_one_table_each(desk: Any, make: Any) -> None:
    agreed = make.contract(
        make.table("A", "B", name="street", files="*-street.csv"),
        make.table("A", "C", name="outcomes", files="*-OUTCOMES.csv"),
    )
    receipts = desk.receive(agreed, "A,B\n1,x\n", "A,C\n1,x\n", names=["11-street.csv", "11-outcomes.csv"])
    assert [list(r.extract.tables) for r in receipts] == [["street"], ["outcomes"]]
    with pytest.raises(ExtractRefused, match="not a file that the contract of register expects"):
        desk.receive(agreed, "A,B\n2,y\n", names=["stops.csv"])


def test_of_several_files_all_are_taken_in_or_none(desk: Any, agreed: Any) -> None:
    with pytest.raises(ExtractRefused):
        desk.receive(agreed, ROWS, "A,C\n1,x\n")
    assert everything_in(desk.place.extracts) == []


def test_a_file_that_is_not_there(desk: Any, agreed: Any, tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.csv", "no such file"), (tmp_path, "not a file")):
        with pytest.raises(FileUnreadable, match=message):
            receive(desk.place, agreed, [path], as_at=date(2026, 11, 1), clock=desk.clock)


@pytest.mark.parametrize(
    "step", ["_copy", "read_file", "structure_objections", "judge", "_finish", "_appear"]
)
def test_stopped_at_any_step_nothing_stays_and_it_can_be_done_again(
    desk: Any, agreed: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(receiving, step, stop)
        with pytest.raises(KeyboardInterrupt):
            desk.receive(agreed, ROWS)
    assert everything_in(desk.place.extracts) == []
    assert extracts(desk.place) == []
    desk.receive(agreed, ROWS)
    assert len(extracts(desk.place)) == 1


def test_what_a_killed_receipt_left_is_swept(desk: Any, agreed: Any) -> None:
    left = desk.place.extracts / f"{UNFINISHED}1" / "received"
    left.mkdir(parents=True)
    (left / "half.csv").write_text("A,B\n1")
    (left / "half.csv").chmod(0o400)
    assert extracts(desk.place) == []
    desk.receive(agreed, ROWS)
    assert not left.parent.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda stored: stored.file.chmod(0o600) or stored.file.write_text("A,B\n1,y\n"),
        lambda stored: stored.file.unlink(),
        lambda stored: stored.parquet("people").chmod(0o600) or stored.parquet("people").write_bytes(b"PAR1"),
        lambda stored: stored.refused_parquet("people").unlink(),
    ],
)
def test_damage_is_noticed(desk: Any, agreed: Any, damage: Any) -> None:
    (receipt,) = desk.receive(agreed, ROWS)
    damage(receipt.extract)
    with pytest.raises(ExtractDamaged):
        verify(receipt.extract)


def test_a_description_that_cannot_be_read(desk: Any, agreed: Any) -> None:
    (receipt,) = desk.receive(agreed, ROWS)
    path = receipt.extract.folder / "extract.json"
    path.chmod(0o600)
    for text in ("{", "[]", "{}", json.dumps({**json.loads(path.read_text()), "as_at": "soon"})):
        path.write_text(text)
        with pytest.raises(ExtractDamaged):
            extracts(desk.place)


def test_columns_that_come_late_are_null_before(
    desk: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as pq

    from vestry.intake.readers import rows

    monkeypatch.setattr(rows, "BATCH_ROWS", 1)
    monkeypatch.setattr("vestry.intake.readers.xml.PIECE", 10)
    agreed = make.contract(make.table("Id", rows=Rows(path="Row")), layout=Layout(format="xml"))
    (receipt,) = desk.receive(agreed, xml("<Id>1</Id>", "<Id>2</Id><B>b</B>", "<Id>3</Id><C>c</C>"))
    kept = pq.read_table(receipt.extract.parquet("people")).drop_columns(["extract_id"]).to_pylist()
    assert kept == [
        {"row_number": 1, "Id": "1", "B": None, "C": None},
        {"row_number": 2, "Id": "2", "B": "b", "C": None},
        {"row_number": 3, "Id": "3", "B": None, "C": "c"},
    ]
    assert not list(receipt.extract.folder.glob("*.part*"))
