"""What becomes of every row: loaded, repeated or quarantined, by the contract; and the ledger adds up."""

from __future__ import annotations

import dataclasses
import random
from datetime import date
from typing import Any

import pytest

from vestry.contracts.contract import Layout, Rule, Surprises
from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import LedgerUnbalanced
from vestry.intake.check import check
from vestry.intake.store import extracts

CASES: list[tuple[str, dict[str, Any], str, list[str], set[tuple[int, str, str | None]], int]] = [
    # what, how column B is agreed, rows, keys loaded, quarantined, repeated
    ("nothing wrong", {}, "1,x\n2,y", ["1", "2"], set(), 0),
    ("no key", {}, ",x\n2,y", ["2"], {(1, "required", "A")}, 0),
    ("a key of spaces", {}, "  ,x\n2,y", ["2"], {(1, "required", "A")}, 0),
    ("identical rows", {}, "1,x\n1,x\n 1,x \n2,y", ["1", "2"], set(), 2),
    ("identical rows without a key", {}, ",x\n,x", [], {(1, "required", "A")}, 1),
    (
        "one key, two contents",
        {},
        "1,x\n1,y\n2,y",
        ["2"],
        {(1, "key-repeated", "A"), (2, "key-repeated", "A")},
        0,
    ),
    (
        "one key, two contents, one of them twice",
        {},
        "1,x\n1,y\n1,x",
        [],
        {(1, "key-repeated", "A"), (2, "key-repeated", "A")},
        1,
    ),
    (
        "a blank is not an empty text",
        {},
        "1,x\n1,",
        [],
        {(1, "key-repeated", "A"), (2, "key-repeated", "A")},
        0,
    ),
    ("missing", {"required": True}, "1,\n2,y", ["2"], {(1, "required", "B")}, 0),
    (
        "blank by contract",
        {"required": True, "blanks": ("NK",)},
        "1,NK\n2,y",
        ["2"],
        {(1, "required", "B")},
        0,
    ),
    (
        "dates",
        {"logical_type": "date", "formats": ("dd/MM/yyyy", "yyyy")},
        "1,31/02/1990\n2,28/02/1990\n3,1990\n4,\n5,1990-01-01",
        ["2", "3", "4"],
        {(1, "not-a-date", "B"), (5, "not-a-date", "B")},
        0,
    ),
    (
        "numbers",
        {"logical_type": "number"},
        '1,-1.5\n2,"£1,234.50"\n3,x\n4,1.2.3\n5,(5)\n6,1e5\n7,"1,2"\n8,.\n9,',
        ["1", "2", "5", "6", "9"],
        {(n, "not-a-number", "B") for n in (3, 4, 7, 8)},
        0,
    ),
    (
        "integers",
        {"logical_type": "integer"},
        "1,12\n2,12.0\n3,1.5\n4,x",
        ["1", "2"],
        {(3, "not-an-integer", "B"), (4, "not-an-integer", "B")},
        0,
    ),
    (
        "booleans",
        {"logical_type": "boolean"},
        "1,Y\n2,false\n3,maybe",
        ["1", "2"],
        {(3, "not-a-boolean", "B")},
        0,
    ),
    ("unread rows", {}, "1\n2,y", ["2"], {(1, "row-ragged", None)}, 0),
    (
        "several things wrong with one row",
        {"logical_type": "number", "codes": {"1": "one"}},
        ",x\n2,1",
        ["2"],
        {(1, "required", "A"), (1, "not-a-number", "B"), (1, "unknown-code", "B")},
        0,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_rows(desk: Any, outcome: Any, make: Any, case: Any) -> None:
    _, said, rows, keys, quarantined, repeated = case
    agreed = make.contract(
        make.table("A", make.column("B", **said)), surprises=Surprises(unknown_code="quarantine")
    )
    desk.receive(agreed, f"A,B\n{rows}\n")
    found = outcome(agreed)
    assert found.keys() == keys
    assert found.quarantine == quarantined
    kept_out = len({row for row, _, _ in quarantined})
    assert found.counts() == [(len(keys) + kept_out + repeated, len(keys), repeated, kept_out)]


@pytest.mark.parametrize(
    ("surprises", "said", "value"),
    [
        (Surprises(bad_value="ignore"), {"logical_type": "date", "formats": ("yyyy",)}, "soon"),
        (Surprises(), {"codes": {"1": "one"}}, "9"),
    ],
)
def test_surprises_that_the_contract_lets_pass(
    desk: Any, outcome: Any, make: Any, surprises: Surprises, said: Any, value: str
) -> None:
    agreed = make.contract(make.table("A", make.column("B", **said)), surprises=surprises)
    desk.receive(agreed, f"A,B\n1,{value}\n")
    assert outcome(agreed).rows[0]["B"] == value


def test_columns_as_the_contract_names_them(desk: Any, outcome: Any, make: Any) -> None:
    columns = (
        make.column("id", key=1, physical_name="Row_Number"),
        make.column("name", physical_name="Full name"),
    )
    agreed = make.contract(
        make.table(*columns, make.column("gone", blanks=("-",))), surprises=Surprises(missing_column="ignore")
    )
    receipt = desk.receive(agreed, "Full name,Row_Number,other\n  Ann ,7,x\n ,8,x\n")[0]
    first, second = outcome(agreed).rows
    assert first == {
        "extract_id": receipt.extract.extract_id,
        "as_at": date(2026, 11, 1),
        "row_number": 1,
        "source_key": "7",
        "id": "7",
        "name": "Ann",
        "gone": None,
    }
    assert second["name"] is None


def test_keys_of_several_columns_are_never_confused(desk: Any, outcome: Any, make: Any) -> None:
    agreed = make.contract(make.table(make.column("B", key=2), make.column("A", key=1), "C"))
    desk.receive(agreed, 'A,B,C\n1,2,x\n"1|2",3,x\n1,"2|3",x\n"1\\",2,x\n1,,x\n')
    found = outcome(agreed)
    assert found.keys() == sorted(["1|2", "1\\|2|3", "1|2\\|3", "1\\\\|2"])
    assert found.quarantine == {(5, "required", "B")}


def test_each_row_counts(desk: Any, outcome: Any, make: Any) -> None:
    agreed = make.contract(make.table("A", "B", each_row_counts=True))
    desk.receive(agreed, "A,B\nx,y\nx,y\nxy,\n,xy\n")
    keys = outcome(agreed).keys()
    assert len(keys) == 4
    assert sorted(key.split("#")[1] for key in keys) == ["1", "1", "1", "2"]
    assert len({key.split("#")[0] for key in keys}) == 3


def test_content_is_compared_column_by_column(desk: Any, outcome: Any, make: Any) -> None:
    agreed = make.contract(make.table("A", "B", "C"))
    desk.receive(agreed, 'A,B,C\n1,"x,y",z\n1,x,"y,z"\n2,-,\n2,,-\n')
    assert outcome(agreed).counts() == [(4, 0, 0, 4)]


def test_order_of_rows_changes_nothing(desk: Any, outcome: Any, make: Any) -> None:
    agreed = make.contract(make.table("A", make.column("B", logical_type="integer")))
    rows = ["1,1", "1,1", "2,1", "2,2", "3,x", "3,x", "4,4", ",5", "6"]
    results = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        desk.receive(agreed, "A,B\n" + "\n".join(rows), as_at=f"2026-11-0{seed + 1}")
        latest = [r for r in outcome(agreed).rows if r["as_at"] == date(2026, 11, seed + 1)]
        results.append(
            ([(r["source_key"], r["B"]) for r in sorted(latest, key=str)], outcome(agreed).counts()[-1])
        )
        results[-1] = (sorted(results[-1][0]), results[-1][1])
    assert results == [([("1", "1"), ("4", "4")], (9, 2, 2, 5))] * 3


def test_extracts_are_judged_apart(desk: Any, outcome: Any, make: Any) -> None:
    agreed = make.contract(make.table("A", "B"))
    desk.receive(agreed, "A,B\n1,x\n2,x\n", as_at="2026-10-01")
    desk.receive(agreed, "B,A,new\nx,1,z\ny,2,z\n", as_at="2026-11-01")
    found = outcome(agreed)
    assert found.counts() == [(2, 2, 0, 0), (2, 2, 0, 0)]
    assert [(str(r["as_at"]), r["source_key"], r["B"]) for r in found.rows] == [
        ("2026-10-01", "1", "x"),
        ("2026-10-01", "2", "x"),
        ("2026-11-01", "1", "x"),
        ("2026-11-01", "2", "y"),
    ]


def test_older_extracts_are_read_by_the_earlier_name_of_a_column(desk: Any, outcome: Any, make: Any) -> None:
    desk.receive(make.contract(make.table("A", "OLD")), "A,OLD\n1,x\n2,y\n", as_at="2026-10-01")
    now = make.contract(
        make.table("A", make.column("B", physical_name="NEW", required=True, earlier_names=("OLD",)))
    )
    desk.receive(now, "A,NEW\n1,x\n2,z\n", as_at="2026-11-01")
    found = outcome(now)
    assert found.counts() == [(2, 2, 0, 0), (2, 2, 0, 0)]
    assert [r["B"] for r in sorted(found.rows, key=lambda r: (r["as_at"], r["source_key"]))] == list("xyxz")


def test_a_contract_that_is_stricter_now_quarantines_what_was_received(
    desk: Any, outcome: Any, make: Any
) -> None:
    desk.receive(make.contract(make.table("A", "B")), "A,B\n1,x\n2,3\n")
    stricter = make.table("A", make.column("B", logical_type="integer"))
    found = outcome(make.contract(stricter, surprises=Surprises(bad_value="refuse")))
    assert (found.keys(), found.counts()) == (["2"], [(2, 1, 0, 1)])


def test_a_row_that_ends_its_key_need_say_no_more(desk: Any, outcome: Any, make: Any) -> None:
    columns = ("A", "ACT", make.column("B", required=True, logical_type="integer"))
    agreed = make.contract(make.table(*columns, deleted_when=("ACT", "D")), extract="changes")
    desk.receive(agreed, "A,ACT,B\n1,D,\n2,I,\n3,D,x\n,D,1\n4,,5\n")
    found = outcome(agreed)
    assert found.keys() == ["1", "3", "4"]
    assert found.quarantine == {(2, "required", "B"), (4, "required", "A")}


def test_rules_of_severity_error_quarantine_and_warnings_do_not(desk: Any, outcome: Any, make: Any) -> None:
    def rule(severity: Any) -> Rule:
        return Rule(
            name=f"{severity} rule",
            check="nhs-number-check-digit",
            dimension="validity",
            column="B",
            severity=severity,
        )

    whole = Rule(name="many", check="rowCount", dimension="completeness", column=None, severity="error")
    agreed = make.contract(make.table("A", "B", rules=(rule("error"), rule("warning"), whole)))
    desk.receive(agreed, "A,B\n1,9434765919\n2,9434765918\n3,\n")
    assert outcome(agreed).quarantine == {(2, "error rule", "B")}


def test_required_is_said_once(desk: Any, outcome: Any, make: Any) -> None:
    rule = Rule(name="required", check="nullValues", dimension="completeness", column="A", severity="error")
    agreed = make.contract(make.table("A", "B", rules=(rule,)))
    desk.receive(agreed, "A,B\n,x\n")
    assert outcome(agreed).quarantine == {(1, "required", "A")}


def test_no_extracts(engine: DuckDBEngine, make: Any) -> None:
    agreed = make.contract(make.table("A", make.column("B", logical_type="date", formats=("yyyy",))))
    checked = check(engine, agreed, agreed.tables[0], [])
    assert (engine.count(checked.rows), engine.count(checked.quarantine), checked.ledger) == (0, 0, ())


def test_a_row_lost_on_the_way_is_noticed(engine: DuckDBEngine, desk: Any, make: Any) -> None:
    agreed = make.contract(make.table("A", "B"))
    desk.receive(agreed, "A,B\n1,x\n2,y\n")
    (stored,) = extracts(desk.place)
    told = dataclasses.replace(
        stored, tables={"people": dataclasses.replace(stored.tables["people"], rows=3)}
    )
    with pytest.raises(LedgerUnbalanced) as caught:
        check(engine, agreed, agreed.tables[0], [told])
    assert "3 rows were received" in caught.value.text()


def test_xml_paths(desk: Any, outcome: Any, make: Any) -> None:
    from vestry.contracts.contract import Rows

    columns = (
        "Id",
        make.column("Hygiene", physical_name="Scores/Hygiene"),
        make.column("n", physical_name="@n"),
    )
    agreed = make.contract(make.table(*columns, rows=Rows(path="Row")), layout=Layout(format="xml"))
    content = "<R><Row n='1'><Id>7</Id></Row><Row><Id>8</Id><Scores><Hygiene>5</Hygiene></Scores></Row></R>"
    desk.receive(agreed, content)
    assert [(r["Id"], r["Hygiene"], r["n"]) for r in outcome(agreed).rows] == [
        ("7", None, "1"),
        ("8", "5", None),
    ]
