"""The form of the contract editor: what it shows, sent back as it is, changes nothing; what is chosen is what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

import vestry.synthetic
from vestry.contracts.contract import Contract, Table, Target
from vestry.contracts.editing import edited
from vestry.contracts.reading import check_text
from vestry.office.extracts.editor_forms import about_edit, about_of, promised, table_edit, typed_anew
from vestry.office.extracts.editor_page import surprises_offered, table_form
from vestry.office.extracts.editor_parts import ties

CONTRACTS = sorted((Path(vestry.synthetic.__file__).parent / "contracts").rglob("*.yaml"))


def read(text: str) -> Contract:
    owner = text.partition("vestry.organisation, value: ")[2].partition("}")[0]
    contract, _ = check_text(text, {owner: owner}, Path("one.yaml"))
    assert contract is not None
    return contract


def sent(contract: Contract, table: Table) -> dict[str, str]:
    """What a browser sends of the form that shows this table."""
    about, form = about_of(contract), table_form(table)
    fields = {
        "table": table.name, "title": about.title, "article_6": about.article_6, "article_9": about.article_9,
        "gateway": about.gateway, "extract": about.extract, **promised(about),
    }  # fmt: skip
    ticked = {
        "may_link": about.may_link, "each_row_counts": form.each_row_counts, "holds_each_once": form.holds_each_once,
    }  # fmt: skip
    fields |= {f"surprise-{name}": now for name, _, _, now in surprises_offered(contract.surprises)}
    for c in form.columns:
        said = {"to": c.to, "type": c.logical_type, "formats": c.formats, "codes": c.codes, "check": c.check}
        fields |= {f"c{c.at}-{name}": value for name, value in said.items()}
        for piece in c.pieces:
            fields |= {
                f"{piece.name}to": piece.to,
                f"{piece.name}after": piece.after,
                f"{piece.name}before": piece.before,
            }
        ticked |= {f"c{c.at}-required": c.required, f"c{c.at}-key": c.key, f"c{c.at}-keeps": c.keeps_out}
    for part in form.parts:
        for one in part.fields:
            if one.how == "several":
                ticked |= {f"{one.name}-{value}": value in one.chosen for value, _ in one.offered}
            else:
                fields[one.name] = one.text
    return fields | {name: "yes" for name, on in ticked.items() if on}


def changed(text: str, form: dict[str, str], at: int = 0) -> str:
    contract = read(text)
    about, _ = about_edit(form, contract)
    table, _ = table_edit(form, contract.tables[at])
    return edited(edited(text, about=about), table=table)


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.stem)
def test_sent_back_as_it_is_it_changes_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = read(text)
    for at, table in enumerate(before.tables):
        text = changed(text, sent(before, table), at)
    after = read(text)
    for what in (
        "tables",
        "tolerance",
        "surprises",
        "freshness",
        "lawful_basis",
        "extract",
        "may_link",
        "title",
        "layout",
        "trust",
    ):
        assert getattr(after, what) == getattr(before, what), what
    kept = [line.partition("#")[2] for line in path.read_text(encoding="utf-8").splitlines() if " # " in line]
    assert all(comment in text for comment in kept)


def cases() -> str:
    return next(path for path in CONTRACTS if path.stem == "childrens-cases").read_text(encoding="utf-8")


def test_how_parts_belong_together() -> None:
    text = cases()
    contract = read(text)
    form = sent(contract, contract.tables[0])
    assert form["part-parent-parent_of-child"] == "yes" and form["part-child-lives_at"] == "home"
    del form["part-parent-parent_of-child"]
    form |= {"part-parent-carer_of-child": "yes", "part-parent-lives_at": "home", "part-case-service": "1"}
    table = read(changed(text, form)).tables[0]
    parent = table.part("parent")
    assert parent.attributes == {"carer_of": "child", "lives_at": "home"}
    assert parent.present_when == "PARENT_SURNAME" and table.part("case").attributes["service"] == "1"
    assert ties(parent, frozenset({"child", "home"})) == ("Lives at: home", "Cares for: child")
    assert ties(parent, frozenset({"child"})) == ("Cares for: child",), "nothing is said of who is not there"


def test_a_part_of_which_the_form_knows_nothing_stays() -> None:
    text = cases()
    contract = read(text)
    form = {
        name: said
        for name, said in sent(contract, contract.tables[0]).items()
        if not name.startswith("part-parent-")
    }
    assert read(changed(text, form)).tables == contract.tables


def test_a_part_is_taken_out_by_its_button() -> None:
    text = cases()
    contract = read(text)
    table = read(changed(text, sent(contract, contract.tables[0]) | {"act": "out-parent"})).tables[0]
    assert "parent" not in [p.name for p in table.parts]
    assert not any(t.part == "parent" for c in table.columns for t in c.targets)


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        ("shrink", "101", True), ("shrink", "-1", True), ("shrink", "nan", True), ("shrink", "", True),
        ("shrink", " 7.5 % ", False), ("swell", "250", False), ("swell", "inf", True),
        ("every_days", "0", True), ("every_days", "1.5", True), ("every_days", "10000", True),
        ("every_days", "\u0663", True), ("every_days", "", False), ("latency_days", "9999", False),
    ],
)  # fmt: skip
def test_what_is_promised_is_a_number_that_can_be(field: str, typed: str, wrong: bool) -> None:
    contract = read(cases())
    about, problems = about_edit(sent(contract, contract.tables[0]) | {field: typed}, contract)
    assert (list(problems) == [field]) is wrong
    if wrong:
        assert (about.tolerance, about.freshness) == (contract.tolerance, contract.freshness)


NAME = """
  - name: NAME
    customProperties:
    - property: vestry.field
      value: [{to: child.family_name, before: ", "}, {to: child.given_names, after: "\\n"}]
"""


def of_name(form: dict[str, str], text: str) -> tuple[tuple[Target, ...], dict[str, str]]:
    """(what the last column becomes, what is wrong with how a form says it)."""
    contract = read(text)
    edit, problems = table_edit(form, contract.tables[0])
    return read(edited(text, table=edit)).tables[0].columns[-1].targets, problems


def test_pieces_of_a_column() -> None:
    text = cases().rstrip() + NAME
    contract = read(text)
    table = contract.tables[0]
    at = f"c{len(table.columns) - 1}-"
    form = sent(contract, table)
    assert (form[f"{at}to"], form[f"{at}piece0-before"], form[f"{at}piece1-after"]) == ("=", ", ", "\\n")
    assert form[f"{at}piece2-to"] == "", "there is room for one more"
    assert of_name(form, text) == (table.columns[-1].targets, {}), "sent back, nothing has changed"
    form |= {f"{at}piece1-after": "; ", f"{at}piece2-to": "child.known_as", f"{at}piece2-after": "\\\\"}
    assert of_name(form, text)[0][1:] == (
        Target(part="child", field="given_names", after="; "),
        Target(part="child", field="known_as", after="\\"),
    )
    form |= {f"{at}piece0-to": "", f"{at}piece1-to": ""}
    targets, problems = of_name(form, text)
    assert targets == table.columns[-1].targets and list(problems) == [f"{at}piece0-to", f"{at}piece1-to"]
    again = table_form(table, typed=typed_anew(form, problems)).columns[-1].pieces
    assert [(p.to, p.after, p.before) for p in again] == [
        ("", "", ", "), ("", "; ", ""), ("child.known_as", "\\\\", ""), ("", "", ""),
    ]  # fmt: skip
    assert of_name(form | {f"{at}to": "child.known_as"}, text)[0] == (Target(part="child", field="known_as"),)


def test_a_column_is_said_to_be_several_things() -> None:
    contract = read(cases())
    table = contract.tables[0]
    at = next(n for n, c in enumerate(table.columns) if c.name == "SURNAME")
    form = sent(contract, table) | {f"c{at}-to": "="}
    assert table_edit(form, table)[1] == {}, "no pieces are asked for before there are fields for them"
    shown = table_form(table, typed=typed_anew(form, {})).columns[at]
    assert [p.to for p in shown.pieces] == ["child.family_name", ""] and shown.to == "="
    assert not any(c.pieces for c in table_form(table).columns if c.name == "SURNAME")
    empty = form | {f"c{at}-piece0-to": "", f"c{at}-piece1-to": ""}
    assert list(table_edit(empty, table)[1]) == [f"c{at}-piece0-to"]
