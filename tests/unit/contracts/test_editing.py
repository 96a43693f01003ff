"""Changes to a contract's text: what is chosen is in it, what is not stays as it was, and it can be read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vestry.contracts.contract import Contract, Freshness, Surprises, Target, Tolerance
from vestry.contracts.editing import (
    AS_WRITTEN,
    AboutEdit,
    ColumnEdit,
    PieceEdit,
    TableEdit,
    as_version,
    doubts,
    edited,
    key_of,
    next_version,
)
from vestry.contracts.reading import check_text
from vestry.contracts.yaml_text import tree_of

TEXT = """\
# By hand.
apiVersion: v3.1.0
kind: DataContract
id: tax
version: 1.4.2
status: draft
name: Council tax
customProperties:
- {property: vestry.organisation, value: borough}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(e) public task"}}
- {property: vestry.format, value: {format: csv}}
schema:
- name: accounts # doubt: the key
  customProperties: [{property: vestry.describes, value: {person: {kind: person}}}]
  properties:
  - {name: KEY, primaryKey: true}
  - name: WHO # doubt: whose name
    description: kept
    customProperties:
    - {property: vestry.field, value: [{to: person.family_name, before: ","}, {to: person.given_names, after: ","}]}
  - name: BORN
    logicalType: date
    logicalTypeOptions: {format: dd/MM/yyyy}
    customProperties: [{property: vestry.field, value: person.birth_date}]
    quality:
    - {name: mine, type: library, metric: nullValues, mustBe: 0, dimension: completeness, severity: warning}
  - name: SEX
"""

WHO = ColumnEdit(name="WHO", to=AS_WRITTEN, logical_type="string", formats=(), required=False, codes={})
BORN = ColumnEdit(
    name="BORN", to="person.birth_date", logical_type="date", formats=("dd/MM/yyyy",), required=False, codes={}
)  # fmt: skip
SEX = ColumnEdit(name="SEX", to="", logical_type="string", formats=(), required=False, codes={})


def changed(*columns: ColumnEdit, part: tuple[str, str] | None = None) -> str:
    return edited(TEXT, table=TableEdit(table="accounts", columns=columns, part=part))


def read(text: str) -> Contract:
    contract, problems = check_text(text, {"borough": "The Borough"}, Path("tax.yaml"))
    assert contract is not None and problems == []
    return contract


def test_nothing_chosen_anew_changes_nothing() -> None:
    before, after = read(TEXT), read(changed(WHO, BORN, SEX))
    assert after.tables == before.tables
    assert "# By hand." in changed(WHO, BORN, SEX) and "description: kept" in changed(WHO, BORN, SEX)


def test_a_column_is_given_a_field_a_code_list_and_a_rule() -> None:
    sex = replace(SEX, to="person.sex", required=True, codes={"1": "male", "no": "female"})
    contract = read(changed(sex, replace(BORN, check="date-not-after-extract", keeps_out=True)))
    column = contract.tables[0].column("SEX")
    assert (column.targets, column.required) == ((Target(part="person", field="sex"),), True)
    assert column.codes == {"1": "male", "no": "female"}
    rules = {r.name: r.severity for r in contract.tables[0].rules if r.column == "BORN"}
    assert rules == {"mine": "warning", "date-not-after-extract": "error"}


def test_and_they_are_taken_away() -> None:
    sex = replace(SEX, to="person.sex", required=True, codes={"1": "male"}, check="nino-form")
    given = changed(sex)
    taken = edited(given, table=TableEdit(table="accounts", columns=(SEX,)))
    assert read(taken).tables == read(TEXT).tables


def test_formats_one_several_and_none() -> None:
    for formats in ((), ("yyyy-MM-dd",), ("dd/MM/yyyy", "yyyy-MM-dd")):
        assert read(changed(replace(BORN, formats=formats))).tables[0].column("BORN").formats == formats


def test_something_more_that_a_row_describes() -> None:
    contract = read(changed(replace(SEX, to="home.postcode"), part=("home", "property")))
    assert [(p.name, p.kind) for p in contract.tables[0].parts] == [
        ("person", "person"),
        ("home", "property"),
    ]
    assert contract.tables[0].column("SEX").targets == (Target(part="home", field="postcode"),)


def test_about_the_whole() -> None:
    about = AboutEdit(
        title="Tax: all", article_6="6(1)(c)", article_9="9(2)(g)", gateway="An Act", may_link=False, extract="changes"
    )  # fmt: skip
    contract = read(edited(TEXT, about=about))
    assert (contract.title, contract.may_link, contract.extract) == ("Tax: all", False, "changes")
    basis = contract.lawful_basis
    assert (basis.article_6, basis.article_9, basis.gateway) == ("6(1)(c)", "9(2)(g)", "An Act")


def table(**said: Any) -> str:
    return edited(TEXT, table=TableEdit(table="accounts", columns=(), **said))


def test_the_key_in_its_order() -> None:
    both = table(key=("BORN", "KEY"))
    assert read(both).tables[0].key == ("BORN", "KEY")
    one = edited(both, table=TableEdit(table="accounts", columns=(), key=("BORN",)))
    assert read(one).tables[0].key == ("BORN",) and "primaryKeyPosition" not in one
    assert not read(one).tables[0].column("KEY").required
    again = edited(one, table=TableEdit(table="accounts", columns=(), key=("KEY",)))
    assert read(again).tables == read(TEXT).tables
    unnumbered = TEXT.replace("    description: kept\n", "    primaryKey: true\n")
    same = TableEdit(table="accounts", columns=(), key=("KEY", "WHO"))
    assert "primaryKeyPosition" not in edited(unnumbered, table=same), (
        "what is so already stays as it is written"
    )
    assert table(key=("KEY",)) == table() and key_of(tree_of(both)["schema"][0]) == ("BORN", "KEY")


def test_what_is_taken_out_leaves_comments_and_what_was_said_of_others() -> None:
    text = TEXT.replace(
        "  - {name: KEY, primaryKey: true}\n",
        "  - name: KEY\n    primaryKey: true # the account\n  # Whose it is.\n",
    )
    assert "# Whose it is." in text
    without = edited(text, table=TableEdit(table="accounts", columns=(), key=("BORN",)))
    assert "# Whose it is." in without and "# the account" not in without
    assert read(without).tables[0].key == ("BORN",)


def test_no_key_and_a_register() -> None:
    each = table(key=(), each_row_counts=True)
    assert read(each).tables[0].each_row_counts and read(each).tables[0].key == ()
    register = table(holds_each_once=True, each_row_counts=False)
    assert read(register).tables[0].holds_each_once and "each_row_counts" not in register
    no_more = edited(register, table=TableEdit(table="accounts", columns=(), holds_each_once=False))
    assert read(no_more).tables == read(TEXT).tables


def promises(text: str = TEXT, **said: Any) -> str:
    about = AboutEdit(
        title="Council tax", article_6="6(1)(e) public task", article_9="", gateway="", may_link=True, extract="full", **said
    )  # fmt: skip
    return edited(text, about=about)


def test_tolerance_and_surprises() -> None:
    asked = Tolerance(shrink=0.075, swell=0.5)
    text = promises(tolerance=asked, surprises=Surprises(bad_value="ignore"))
    assert read(text).tolerance == asked and "swell" not in text, "what is usual is not written out"
    assert read(text).surprises == Surprises(bad_value="ignore") and "repeated_key" not in text
    back = read(promises(text, tolerance=Tolerance(), surprises=Surprises()))
    assert (back.tolerance, back.surprises) == (Tolerance(), Surprises())
    assert "tolerance" not in promises(tolerance=Tolerance())


def test_when_an_extract_is_due() -> None:
    text = promises(freshness=Freshness(every_days=7, latency_days=30))
    assert read(text).freshness == Freshness(every_days=7, latency_days=30)
    assert text.index("slaProperties") < text.index("customProperties"), "where a reader looks for it"
    month = text.replace("value: 7, unit: d", "value: 1, unit: m, driver: regulatory")
    same = promises(month, freshness=Freshness(every_days=31, latency_days=None))
    assert "value: 1, unit: m, driver: regulatory" in same and "latency" not in same
    weekly = promises(month, freshness=Freshness(every_days=7, latency_days=30))
    assert "value: 7, unit: d, driver: regulatory" in weekly
    assert "slaProperties" not in promises(text, freshness=Freshness())


def test_pieces_of_a_column() -> None:
    whole = ColumnEdit(
        name="SEX", to=AS_WRITTEN, logical_type="string", formats=(), required=False, codes={},
        pieces=(PieceEdit(to="person.given_names", before=", "), PieceEdit(to="person.known_as", after="no")),
    )  # fmt: skip
    text = changed(whole)
    assert read(text).tables[0].column("SEX").targets == (
        Target(part="person", field="given_names", before=", "),
        Target(part="person", field="known_as", after="no"),
    )
    one = edited(text, table=TableEdit(table="accounts", columns=(replace(whole, pieces=whole.pieces[:1]),)))
    assert read(one).tables[0].column("SEX").targets == (
        Target(part="person", field="given_names", before=", "),
    )
    assert edited(text, table=TableEdit(table="accounts", columns=(replace(whole, pieces=()),))) == text
    who = (PieceEdit(to="person.family_name", before=","), PieceEdit(to="person.given_names", after=","))
    assert changed(replace(WHO, pieces=who)) == changed(WHO), "what is so already stays as it is written"


def test_doubts_are_told_and_settled_by_saving() -> None:
    assert doubts(TEXT) == {("accounts", ""): "the key", ("accounts", "WHO"): "whose name"}
    saved = as_version(TEXT, "2.0.0")
    assert doubts(saved) == {} and "# By hand." in saved and "status: active" in saved
    assert read(saved).version == "2.0.0"


@pytest.mark.parametrize(
    ("version", "breaking", "after"),
    [("1.0.0", False, "1.1.0"), ("1.4.2", True, "2.0.0"), ("3", False, "3.1.0"), ("x", True, "1.0.0")],
)
def test_the_next_version(version: str, breaking: bool, after: str) -> None:
    assert next_version(version, breaking=breaking) == after


def test_problems_say_of_which_column_they_are() -> None:
    text = changed(replace(BORN, to="person.birth"), replace(SEX, to="nobody.sex"))
    _, problems = check_text(text, {"borough": "The Borough"}, Path("tax.yaml"))
    assert {(p.table, p.column) for p in problems} == {("accounts", "BORN"), ("accounts", "SEX")}
    _, problems = check_text(
        TEXT.replace('article_6: "6(1)(e) public task"', ""), {"borough": "x"}, Path("tax.yaml")
    )
    assert {(p.table, p.column) for p in problems} == {("", "")}
