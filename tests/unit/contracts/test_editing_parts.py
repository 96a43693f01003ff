"""Changes to what a row describes: what is chosen is said, what is taken out leaves nothing behind, the rest stays as written."""

from __future__ import annotations

from pathlib import Path

from vestry.contracts.contract import Table, Target
from vestry.contracts.editing import PartEdit, TableEdit, edited
from vestry.contracts.reading import check_text

TEXT = """\
apiVersion: v3.1.0
kind: DataContract
id: cases
version: 1.0.0
status: active
name: Cases
customProperties:
- {property: vestry.organisation, value: borough}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(e) public task"}}
- {property: vestry.format, value: {format: csv}}
schema:
- name: cases
  customProperties:
  - property: vestry.describes
    value:
      # Who it is about.
      child: {kind: person, lives_at: home} # in every row
      # Who else is named.
      parent: {kind: person, present_when: PARENT, parent_of: child}
      home: {kind: property}
      case: {kind: episode, service: 209, about: [child, parent]} # the file
  properties:
  - {name: KEY, primaryKey: true, customProperties: [{property: vestry.field, value: case.reference}]}
  - {name: CHILD, customProperties: [{property: vestry.field, value: child.family_name}]}
  - name: PARENT
    customProperties:
    - {property: vestry.field, value: [{to: parent.family_name, before: ","}, {to: child.known_as, after: ","}]}
  - {name: PHONE, customProperties: [{property: vestry.field, value: parent.phone}]}
  - {name: POSTCODE, customProperties: [{property: vestry.field, value: home.postcode}]}
"""


def changed(*parts: PartEdit) -> str:
    return edited(TEXT, table=TableEdit(table="cases", columns=(), parts=parts))


def read(text: str) -> Table:
    contract, problems = check_text(text, {"borough": "The Borough"}, Path("cases.yaml"))
    assert contract is not None and problems == []
    return contract.tables[0]


def test_what_is_so_already_stays_as_it_is_written() -> None:
    same = PartEdit(
        name="case", says={"service": ("209",), "about": ("child", "parent"), "type": (), "present_when": ()}
    )
    assert changed(same) == changed()


def test_who_is_whose() -> None:
    text = changed(
        PartEdit(name="parent", says={"carer_of": ("child",), "lives_at": ("home",), "present_when": ()}),
        PartEdit(name="case", says={"service": ("1042",), "about": ("child",), "type": ("no: new",)}),
    )
    parent, case = read(text).part("parent"), read(text).part("case")
    assert parent.present_when is None
    assert parent.attributes == {"parent_of": "child", "carer_of": "child", "lives_at": "home"}
    assert case.attributes == {"service": "1042", "about": ["child"], "type": "no: new"}
    assert all(
        said in text
        for said in ("# Who it is about.", "# in every row", "# Who else is named.", "# the file")
    )


def test_of_several() -> None:
    text = changed(PartEdit(name="case", says={"about": ("child", "parent", "home")}))
    assert read(text).part("case").attributes["about"] == ["child", "parent", "home"]


def test_a_part_that_is_taken_out_leaves_nothing_that_speaks_of_it() -> None:
    text = changed(PartEdit(name="parent", says={"parent_of": ("child",)}, taken_out=True))
    table = read(text)
    assert [p.name for p in table.parts] == ["child", "home", "case"]
    assert table.part("case").attributes["about"] == ["child"]
    assert table.column("PHONE").targets == ()
    assert table.column("PARENT").targets == (Target(part="child", field="known_as", after=","),)
    assert "# in every row" in text and "# the file" in text
    gone = read(changed(PartEdit(name="home", says={}, taken_out=True)))
    assert gone.part("child").attributes == {} and gone.column("POSTCODE").targets == ()


def test_a_question_of_a_draft_stays_until_it_is_answered() -> None:
    asked = TEXT.replace("service: 209", 'service: 209, type: "?"')
    left = edited(
        asked, table=TableEdit(table="cases", columns=(), parts=(PartEdit(name="case", says={"type": ()}),))
    )
    assert 'type: "?"' in left
    (placed,) = check_text(left, {"borough": "x"}, Path("cases.yaml"))[1]
    assert (placed.table, placed.setting, placed.part, placed.attribute) == (
        "cases",
        "vestry.describes",
        "case",
        "type",
    )
