"""Every command: what it prints, what it refuses, and the code it ends with."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from gateway_by_hand import entries
from vestry.cli.app import app
from vestry.place import Place, open_place

Vestry = Callable[..., "object"]


def commands() -> list[list[str]]:
    found = []
    for name, command in get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found += [[name, i] for i in inner] if inner else [[name]]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_has_examples(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Examples:" in result.output
    assert f"vestry {' '.join(command)}" in result.output


def test_find(vestry) -> None:
    ran = vestry("find", "--name", "obrien", "--born", "31/05/1984", "--purpose", "council-tax")
    assert (ran.exit_code, ran.err) == (0, "")
    assert "p-1" in ran.out
    assert "ZOË O'BRIEN" in ran.out
    assert "1 shown." in ran.out


def test_find_by_key_and_kind(vestry) -> None:
    ran = vestry("find", "--key", "tax", "200", "--kind", "person", "--purpose", "audit", "--json")
    assert [f["entity_id"] for f in json.loads(ran.out)["found"]] == ["p-2"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--address", "street high"], "p-1"),
        (["--nhs-number", "943 476 5919"], "p-1"),
        (["--uprn", "0100023336"], "p-2"),
        (["--reference", "ct77/1"], "p-2"),
    ],
)
def test_find_by_what_is_at_hand(vestry, asked: list[str], found: str) -> None:
    ran = vestry("find", *asked, "--purpose", "audit", "--json")
    assert [(f["entity_id"], f["matched"]) for f in json.loads(ran.out)["found"]] == [(found, "exactly")]


def test_find_refuses_a_number_that_cannot_be_and_does_not_repeat_it(vestry) -> None:
    for option, number in (("--nhs-number", "9434765918"), ("--uprn", "12A4567")):
        ran = vestry("find", option, number, "--purpose", "audit")
        assert (ran.exit_code, ran.out) == (2, "")
        assert option in ran.err and number not in ran.err


def test_find_shows_how_many_more(vestry) -> None:
    ran = vestry("find", "--postcode", "ab12cd", "--limit", "1", "--purpose", "audit")
    assert "1 shown of 2" in ran.out


def test_find_nothing(vestry) -> None:
    ran = vestry("find", "--name", "nobody", "--purpose", "audit")
    assert (ran.exit_code, ran.out.startswith("Nothing found. Try fewer words")) == (0, True)
    ran = vestry("find", "--key", "tax", "nokey", "--purpose", "audit")
    assert "Check the name of the source and the whole key" in ran.out


def test_a_command_that_is_printed_to_be_typed_says_why(vestry) -> None:
    assert "vestry explain p-1 --purpose audit" in vestry("show", "p-1", "--purpose", "audit").out
    assert (
        "vestry show ENTITY --purpose audit" in vestry("find", "--name", "obrien", "--purpose", "audit").out
    )


def test_version(vestry) -> None:
    ran = vestry("--version")
    assert (ran.exit_code, ran.out.split()[0]) == (0, "vestry")


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", "--purpose", "audit"],
        ["find", "--born", "31/02/1990", "--purpose", "audit"],
        ["find", "--nme", "x"],
        ["fnd"],
        [],
    ],
)
def test_a_mistaken_command(vestry, arguments: list[str]) -> None:
    ran = vestry(*arguments)
    assert ran.exit_code == 2
    assert ran.out + ran.err


@pytest.mark.parametrize(
    "arguments",
    [["find", "--name", "x"], ["show", "p-1"], ["explain", "p-1"], ["explain", "r-gp", "r-tax"],
     ["export", "people", "--to", "p.csv"], ["evaluate", "--truth", "place.toml"]],
)  # fmt: skip
def test_people_need_a_purpose(vestry, arguments: list[str]) -> None:
    ran = vestry(*arguments)
    assert ran.exit_code == 2
    assert "purpose-missing" in ran.err
    assert ran.out == ""
    assert not Path("p.csv").exists()


def test_no_audit_no_data(vestry, small_place: Place) -> None:
    small_place.office.unlink()
    small_place.office.mkdir()
    ran = vestry("show", "p-1", "--purpose", "audit")
    assert (ran.exit_code, ran.out) == (9, "")
    assert "database-unavailable" in ran.err


def test_show(vestry) -> None:
    ran = vestry("show", "p-1", "--purpose", "audit")
    assert ran.exit_code == 0
    for said in ("person p-1", "O'BRIEN", "Known to 3 sources", "h-1", "vestry explain p-1"):
        assert said in ran.out
    assert "9434765919" not in ran.out  # claimed, but not chosen: `show` gives chosen values only


def test_show_follows_a_merged_id(vestry) -> None:
    ran = vestry("show", "p-old", "--purpose", "audit")
    assert "p-old was merged into p-1." in ran.out
    assert "person p-1" in ran.out


def test_show_of_a_split_id_names_its_successors(vestry) -> None:
    ran = vestry("show", "p-both", "--purpose", "audit")
    assert "p-both was split into p-1, p-2." in ran.out
    assert "O'BRIEN" not in ran.out


def test_show_nobody(vestry) -> None:
    ran = vestry("show", "p-none", "--purpose", "audit")
    assert (ran.exit_code, "not-found" in ran.err) == (7, True)


def test_explain(vestry) -> None:
    ran = vestry("explain", "p-1", "--purpose", "audit")
    assert ran.exit_code == 0
    for said in (
        "most trusted source", "less trusted source", "2026-11-01-abc",
        "4 records of 3 keys of 3 sources, joined strongest first.",
        "1. gp G7 (person) and tax 100 (person) agree, wholly or in part, in birth date and family name. Together: 3",
        "The birth date is the same in both. That is about 130 times as likely between records of one person",
        "The weakest join is number 2. If it were wrong, the records would fall in two: 3 and 1.",
        "rel-2: p-mid merged into p-1 (their records were joined)",
    ):  # fmt: skip
        assert said in ran.out


def test_explain_two_records(vestry) -> None:
    ran = vestry("explain", "r-lib", "r-tax-old", "--purpose", "audit")
    assert "They are one: p-1." in ran.out
    assert "3 links lead from one to the other" in ran.out
    assert "BRIEN" not in ran.out  # evidence is levels, never values


def test_explain_two_that_are_two(vestry) -> None:
    ran = vestry("explain", "r-gp", "p-2", "--purpose", "audit")
    assert "They are two: p-1 and p-2." in ran.out
    assert "tax (rows) holds each person once, and lists both of them side by side on one day." in ran.out
    assert (
        "The birth date is different. That is about 32 times as likely between records of two people"
        in ran.out
    )


def test_explain_for_a_program(vestry) -> None:
    told = json.loads(vestry("explain", "r-gp", "r-tax", "--json", "--purpose", "audit").out)
    (statement, _) = told["path"][0]["evidence"]
    assert (statement["field"], statement["agreement"], statement["bits"], statement["odds"]) == (
        "birth_date", "exact", 7.0, 128.0,
    )  # fmt: skip
    assert statement["strength"] == "fairly strong"
    assert statement["sentence"].startswith("The birth date is the same in both.")


def test_explain_two_where_an_id_was_merged(vestry) -> None:
    ran = vestry("explain", "p-old", "p-1", "--purpose", "audit")
    assert "p-old was merged into p-1." in ran.out
    assert "They are one: p-1." in ran.out


def test_status(vestry) -> None:
    ran = vestry("status")
    assert ran.exit_code == 0
    for said in (
        "release rel-2, 2 releases kept",
        "3 of 6 rows of the newest extract are in quarantine",
        "completeness fell by 4.0 points",
        "the newest extract is 19 days old; one is promised every 7",
    ):
        assert said in ran.out
    assert "validity fell" not in ran.out


def test_status_json(vestry) -> None:
    told = json.loads(vestry("status", "--json").out)
    assert {f["kind"] for f in told["fell"]} == {"quality", "quarantine", "late"}
    assert told["standing"]["ledger"][0]["received"] == 1


def test_status_tells_of_extracts_that_are_gone(vestry) -> None:
    built = sorted(
        {n["extract_id"] for n in json.loads(vestry("status", "--json").out)["standing"]["ledger"]}
    )
    assert len(built) > 1
    kept = [SimpleNamespace(extract_id=one) for one in built[1:]]
    assert json.loads(vestry("status", "--json", extracts=lambda _: kept).out)["gone"] == built[:1]
    assert (
        f"1 extract of the release no longer kept: {built[0]}."
        in vestry("status", extracts=lambda _: kept).out
    )
    every = [*kept, SimpleNamespace(extract_id=built[0])]
    assert "no longer kept" not in vestry("status", extracts=lambda _: every).out


def test_a_build_warns_of_extracts_that_are_gone(vestry, called) -> None:
    gone = ("tax/2026-01-01-a", "tax/2026-02-01-b")
    made = SimpleNamespace(release_id="0003-x", predecessor="0002-y", gone=gone, steps=())
    err = vestry("build", build=lambda *_, **__: made).err
    assert "without 2 extracts that 0002-y was made of" in err and "tax/2026-01-01-a, tax/2026-02-01-b" in err
    made.gone = ()
    assert vestry("build", build=lambda *_, **__: made).err == ""


def test_status_before_anything(vestry, small_place: Place, tmp_path: Path) -> None:
    vestry("new", str(tmp_path / "fresh"))

    def said(*found: object) -> str:
        return vestry("status", "--place", str(tmp_path / "fresh"), check_contracts=lambda *_: found).out

    assert "No contracts yet. Next: vestry contract draft FILE" in said({}, [])
    assert "Nothing received yet. Next: vestry receive" in said({"tax": object()}, [])
    assert "Next: vestry contract check" in said({}, [object()])


def test_quarantine(vestry) -> None:
    ran = vestry("quarantine", "tax", "--rule", "date-form")
    assert "4, 5" in ran.out
    assert "row-shape" not in ran.out
    assert vestry("quarantine", "gp").out.startswith("No row is in quarantine")
    assert json.loads(vestry("quarantine", "--json").out)[0]["rows"] == [4, 5]


def test_quarantine_of_a_source_that_is_not(vestry) -> None:
    ran = vestry("quarantine", "taxx")
    assert (ran.exit_code, "did you mean tax?" in ran.err) == (7, True)


def test_export(vestry) -> None:
    ran = vestry("export", "crossref", "--to", "x.csv", "--purpose", "audit")
    assert ran.exit_code == 0
    with Path("x.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 5
    again = vestry("export", "crossref", "--to", "x.csv", "--purpose", "audit")
    assert (again.exit_code, "--force" in again.err) == (2, True)
    assert vestry("export", "area_measures", "--to", "x.csv", "--force").exit_code == 0


def test_export_refuses_a_strange_ending(vestry, small_place: Place) -> None:
    ran = vestry("export", "people", "--to", "people.docx", "--purpose", "audit")
    assert (ran.exit_code, ".parquet" in ran.err) == (2, True)
    assert entries(small_place) == []


def test_releases(vestry) -> None:
    told = json.loads(vestry("releases", "list", "--json").out)
    assert [(r["release_id"], r["is_current"]) for r in told] == [("rel-2", True), ("rel-1", False)]
    assert "rel-1" in vestry("releases", "list").out


def test_new_makes_a_place(vestry, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    assert vestry("new", str(folder), "--name", 'The "old" county\\').exit_code == 0
    assert open_place(folder).name == 'The "old" county\\'
    assert vestry("new", str(folder)).exit_code == 2


def test_receive(vestry, called) -> None:
    ran = vestry("receive", "tax", "a.csv", "b.csv", "--as-at", "2026-11-01", "--accept")
    assert ran.exit_code == 0
    assert called.received == [("tax", [Path("a.csv"), Path("b.csv")], date(2026, 11, 1), True)]


@pytest.mark.parametrize("as_at", ["1/11/2026", "2026-02-30", "20261101", "today"])
def test_receive_wants_a_date(vestry, called, as_at: str) -> None:
    ran = vestry("receive", "tax", "a.csv", "--as-at", as_at)
    assert (ran.exit_code, "as-at-invalid" in ran.err, called.received) == (2, True, [])


def test_receive_from_an_unknown_source(vestry) -> None:
    ran = vestry("receive", "tex", "a.csv", "--as-at", "2026-11-01")
    assert (ran.exit_code, "did you mean tax?" in ran.err) == (2, True)
    assert "choose from: gp, tax" in vestry("receive", "zzzz", "a.csv", "--as-at", "2026-11-01").err


def test_contract_check_names_every_problem(vestry) -> None:
    ran = vestry("contract", "check")
    assert ran.exit_code == 3
    assert "a.yaml, line 3" in ran.err


def test_contract_draft(vestry) -> None:
    Path("My_Extract.csv").write_text("A\n1\n")
    assert vestry("contract", "draft", "My_Extract.csv").out == "id: my-extract\n"
    assert vestry("contract", "draft", "My_Extract.csv", "--to", "c.yaml").exit_code == 0
    assert Path("c.yaml").read_text() == "id: my-extract\n"
    assert vestry("contract", "draft", "My_Extract.csv", "--to", "c.yaml").exit_code == 2
    assert vestry("contract", "draft", "My_Extract.csv", "--to", "contracts/borough/c.yaml").exit_code == 0
    assert Path("contracts/borough/c.yaml").read_text() == "id: my-extract\n"


def test_purposes(vestry) -> None:
    assert "council-tax" in vestry("purposes").out


def test_not_a_place(vestry, tmp_path: Path) -> None:
    ran = vestry("status", "--place", str(tmp_path))
    assert (ran.exit_code, "place-missing" in ran.err) == (2, True)


def test_demo_removes_only_what_a_demo_made(vestry, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    ran = vestry("demo", "--no-serve", "--dir", str(tmp_path / "mine"))
    assert (ran.exit_code, "folder-in-use" in ran.err) == (2, True)
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_quarantined_rows_go_to_a_file_for_a_purpose(vestry) -> None:
    ran = vestry("quarantine", "tax", "--rows", "rows.csv")
    assert (ran.exit_code, "purpose-missing" in ran.err) == (2, True)
    ran = vestry("quarantine", "tax", "--rows", "rows.csv", "--purpose", "data-quality")
    assert (ran.exit_code, "Wrote 3 rows" in ran.out) == (0, True)
    assert Path("rows.csv").stat().st_mode & 0o777 == 0o600
