"""A return without names, whose children have the keys of the case management system: by contract, and by the command
line to the published twin. Who has an earlier identity that must stay sealed is not found by a key."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive
from vestry.place import Place, open_place
from vestry.sharing.sealed_texts import SealedTexts

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {source}
version: 1.0.0
status: active
customProperties:
- {{property: vestry.organisation, value: borough}}
- {{property: vestry.lawful_basis, value: {{article_6: "6(1)(e) public task"}}}}
- {{property: vestry.may_link, value: {may_link}}}
- {{property: vestry.format, value: {{format: csv}}}}
schema:
- name: rows
  customProperties:
  - {{property: vestry.describes, value: {{{part}: {said}}}}}
  properties:
  - {{name: ID, primaryKey: true, primaryKeyPosition: 1, logicalType: string, required: true, classification: personal}}
{columns}"""
COLUMN = "  - {{name: {name}, logicalType: string, classification: personal, customProperties: [{{property: vestry.field, value: {part}.{field}}}]}}\n"  # noqa: E501
BORN = """\
  - name: BORN
    logicalType: date
    logicalTypeOptions: {{format: yyyy-MM-dd}}
    classification: personal
    customProperties: [{{property: vestry.field, value: {part}.birth_date}}]
"""
CASES = {"FAMILY": "family_name", "GIVEN": "given_names", "UPN": "upn"}
RETURN = {"UPN": "upn"}
SEALED = {**CASES, "REASON": "reason", "IN": "held_in", "AS": "held_as"}


def contract(source: str, part: str, said: str, fields: Mapping[str, str], *, may_link: str = "true") -> str:
    columns = BORN.format(part=part) + "".join(
        COLUMN.format(name=name, part=part, field=field) for name, field in fields.items()
    )
    return CONTRACT.format(source=source, part=part, said=said, columns=columns, may_link=may_link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A place that was built, and how it is asked."""

    place: Place
    release: str
    rows_of: Callable[..., list[tuple[Any, ...]]]

    def together(self) -> list[list[str]]:
        """The sources and keys of each person, sorted."""
        found: dict[str, set[str]] = {}
        sql = "SELECT source || ' ' || source_key, entity_id FROM members WHERE kind = 'person'"
        for unit, entity in self.rows_of(self.place, self.release, sql):
            found.setdefault(entity, set()).add(unit)
        return sorted(sorted(units) for units in found.values())


@pytest.fixture
def twin(tmp_path: Path, looking: Any) -> Any:
    """`twin({"cases": rows, ...})`: a place that received those rows, and was built; keys are shared unless `shared`
    is false."""

    def made(sent: Mapping[str, Sequence[Mapping[str, str]]], *, shared: bool = True) -> Twin:
        child = "keyed_by: ID, same_key_as: cases.child" if shared else "keyed_by: ID"
        contracts = {
            "cases": contract("cases", "child", "{kind: person}", CASES),
            "census": contract("census", "child", f"{{kind: person, {child}}}", RETURN),
            "care": contract("care", "child", f"{{kind: person, {child}}}", RETURN),
            "school": contract("school", "pupil", "{kind: person}", CASES),
            "protected": contract("protected", "earlier", "{kind: sealed}", SEALED, may_link="false"),
        }
        folder = tmp_path / "place"
        (folder / "contracts").mkdir(parents=True)
        (folder / "place.toml").write_text('name = "Keys"\n\n[organisations]\nborough = "Borough"\n')
        for source, text in contracts.items():
            (folder / "contracts" / f"{source}.yaml").write_text(text)
        place = open_place(folder)
        known = read_contracts(place)
        for source, rows in sent.items():
            columns = [c.name for c in known[source].tables[0].columns]
            text = io.StringIO()
            writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            (path := tmp_path / f"{source}.csv").write_text(text.getvalue())
            receive(place, known[source], [path], as_at=date(2026, 1, 1), clock=CLOCK, accept=True)
        return Twin(place=place, release=looking.built(place).release_id, rows_of=looking.rows_of)

    return made


LENA = {"ID": "77", "FAMILY": "Nowak", "GIVEN": "Lena", "BORN": "2019-04-02"}
CHILDREN = {
    "cases": [LENA, {"ID": "78", "FAMILY": "Reed", "GIVEN": "Amy", "BORN": "2015-10-11"}],
    "census": [{"ID": "77", "BORN": "2019-04-02"}, {"ID": "78", "BORN": "2009-01-30"}],
    "care": [{"ID": "77"}],
}


def test_records_of_one_key_are_one_child_where_the_birth_dates_allow_it(twin: Any) -> None:
    built = twin(CHILDREN)
    assert built.together() == [["care 77", "cases 77", "census 77"], ["cases 78"], ["census 78"]]
    sql = "SELECT DISTINCT decided_by, field, agreement FROM links JOIN link_evidence USING (left_record, right_record)"
    assert built.rows_of(built.place, built.release, sql) == [("identifier", "shared key", "exact")]


def test_without_the_contracts_word_nothing_leads_from_one_to_the_other(twin: Any) -> None:
    assert all(len(units) == 1 for units in twin(CHILDREN, shared=False).together())


EARLIER = {"ID": "s1", "REASON": "adoption", "FAMILY": "Nowak", "GIVEN": "Lena", "BORN": "2019-04-02"}
NEW = {"ID": "p1", "FAMILY": "Reed", "GIVEN": "Susan", "BORN": "2019-04-02", "UPN": "N999010006002"}


@pytest.mark.parametrize("listed", [{}, {"FAMILY": "", "GIVEN": "", "IN": "cases", "AS": "77"}])
def test_no_key_leads_from_an_adopted_child_to_who_it_was(
    twin: Any, looking: Any, listed: Mapping[str, str]
) -> None:
    """The census has her old case number beside her new pupil number: by both it would join care, as Lena, to Susan."""
    sent = {
        "protected": [{**EARLIER, **listed}],
        "cases": [LENA, {"ID": "79", "FAMILY": "Reed", "GIVEN": "Susan", "BORN": "2019-04-02"}],
        "census": [{"ID": "77", "BORN": "2019-04-02", "UPN": NEW["UPN"]}],
        "care": [{"ID": "77", "BORN": "2019-04-02"}, {"ID": "79", "BORN": "2019-04-02"}],
        "school": [NEW],
    }
    found = twin(sent)
    assert sorted(unit for units in found.together() for unit in units) == [
        "care 79",
        "cases 79",
        "school p1",
    ]
    assert ["care 79", "cases 79"] in [units[:2] for units in found.together()]
    for name, rows in looking.contents(found.place, found.release).items():
        told = [row for row in rows if {"77", "NOWAK", "Nowak", "LENA", "Lena"} & {str(cell) for cell in row}]
        assert not told, name
    sealed = "SELECT source, sealed FROM ledger WHERE sealed > 0 ORDER BY source"
    assert found.rows_of(found.place, found.release, sealed) == [("care", 1), ("cases", 1), ("census", 1)]


def test_a_list_that_came_to_have_another_column_still_withholds_rows(twin: Any) -> None:
    """Extracts received before have no such column; and what stands in for a number there is nobody's."""
    place = twin({"protected": [EARLIER], "cases": [LENA]}).place
    path = place.contracts / "protected.yaml"
    more = COLUMN.format(name="ULN", part="earlier", field="it").replace(
        "earlier.it", '"earlier.other_number[uln]"'
    )
    path.write_text(path.read_text() + more)
    contract = read_contracts(place)["protected"]
    rows = (
        "ID,BORN,FAMILY,GIVEN,UPN,REASON,IN,AS,ULN",
        "s2,,Reed,Amy,,adoption,,,4310589627",
        "s3,,Ash,Joy,,adoption,,,N/A",
    )
    numbered = "\n".join(rows)
    (path := place.folder / "list.csv").write_text(numbered)
    receive(place, contract, [path], as_at=date(2026, 2, 1), clock=CLOCK, accept=True)
    sealed = SealedTexts(place)
    assert sealed.withhold("cases", ["77", "Nowak", "Lena", "2019-04-02"])
    assert sealed.withhold("cases", ["80", "4310 589 627", "Somebody", "Else"])
    assert not sealed.withhold("cases", ["81", "Hannah", "Banks", "1999-01-01"])
