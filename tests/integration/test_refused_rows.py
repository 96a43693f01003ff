"""Rows in quarantine, as they were sent, from an extract that was really received."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive
from vestry.place import Place
from vestry.sharing.refused_rows import rows_as_received
from vestry.twin.answers import QuarantineGroup

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: tax
version: 1.0.0
status: active
name: Council tax
customProperties:
- {property: vestry.organisation, value: borough}
- {property: vestry.lawful_basis, value: {article_6: "6(1)(e) public task"}}
- {property: vestry.format, value: {format: csv}}
schema:
- name: accounts
  customProperties: [{property: vestry.describes, value: {person: {kind: person}}}]
  properties:
  - {name: KEY, primaryKey: true}
  - {name: NAME, customProperties: [{property: vestry.field, value: person.family_name}]}
  - name: DOB
    logicalType: date
    logicalTypeOptions: {format: dd/MM/yyyy}
    customProperties: [{property: vestry.field, value: person.birth_date}]
"""


def group(place: Place, extract: str, *rows: int, rule: str = "not-a-date") -> QuarantineGroup:
    return QuarantineGroup(
        source="tax", extract_id=extract, table_name="accounts", rule=rule, column_name="DOB", rows=rows
    )


def received(place: Place, tmp_path: Path, clock: FixedClock) -> str:
    (place.contracts / "borough").mkdir(parents=True)
    (place.contracts / "borough" / "tax.yaml").write_text(CONTRACT, encoding="utf-8")
    file = tmp_path / "tax.csv"
    file.write_text("KEY,NAME,DOB\n1,A,01/01/1990\n2,B,31/02/1990\n3,C,1990\n4,D\n", encoding="utf-8")
    (receipt,) = receive(place, read_contracts(place)["tax"], [file], as_at=date(2026, 11, 1), clock=clock)
    return str(receipt.extract.extract_id)


def test_rows_as_they_were_sent(empty_place: Place, tmp_path: Path, clock: FixedClock) -> None:
    extract = received(empty_place, tmp_path, clock)
    groups = [group(empty_place, extract, 2, 3), group(empty_place, extract, 4, rule="row-ragged")]
    stream = rows_as_received(empty_place, groups)
    rows = pa.Table.from_batches(stream.batches, schema=stream.schema).to_pylist()
    assert stream.count == 3
    assert [(r["row_number"], r["rule"], r["KEY"], r["DOB"]) for r in rows] == [
        (2, "not-a-date", "2", "31/02/1990"),
        (3, "not-a-date", "3", "1990"),
        (4, "row-ragged", None, None),
    ]


def test_an_extract_that_was_destroyed_leaves_its_numbers(empty_place: Place) -> None:
    stream = rows_as_received(empty_place, [group(empty_place, "tax/2020-01-01-gone", 7)])
    (row,) = pa.Table.from_batches(stream.batches, schema=stream.schema).to_pylist()
    assert row["row_number"] == 7


def test_nothing_refused(empty_place: Place) -> None:
    assert rows_as_received(empty_place, []).count == 0
