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


def test_rows_that_may_tell_of_a_sealed_identity_keep_their_numbers_only(
    empty_place: Place, tmp_path: Path, clock: FixedClock
) -> None:
    """By name and birth date in whatever form, a slip allowed; others are shown. So no row of the list itself is."""
    (empty_place.contracts / "borough").mkdir(parents=True)
    given = "  - {name: GIVEN, customProperties: [{property: vestry.field, value: person.given_names}]}\n"
    number = "  - {name: NHS, customProperties: [{property: vestry.field, value: person.nhs_number}]}\n"
    reason = "  - {name: WHY, customProperties: [{property: vestry.field, value: person.reason}]}\n"
    unlinked = "- {property: vestry.may_link, value: false}\n"
    sent = {
        "tax": "KEY,NAME,DOB,GIVEN,NHS\n1,KOWALSKA,05-03-1984,Ewa,\n2,Kowalska,1984,Anna Maria,\n"
        "3,Reed,31/02/1984,Lee,943 476 5991\n4,Kowalska,31/02/1984,Ewa,\n5,Reed,1984-03-05,Susan,9434765870\n",
        "sealed": "KEY,NAME,DOB,WHY,GIVEN,NHS\n1,Kowalska,05/03/1984,adoption,Anna,9434765919\n"
        "2,Kaur,31/02/1990,adoption,Asha,\n",
    }
    extract_ids = {}
    for source, text in sent.items():
        kind = "sealed" if source == "sealed" else "person"
        contract = CONTRACT.replace("id: tax", f"id: {source}").replace("kind: person", f"kind: {kind}")
        path = empty_place.contracts / "borough" / f"{source}.yaml"
        if source == "sealed":
            contract = contract.replace(
                "- {property: vestry.format", f"{unlinked}- {{property: vestry.format"
            )
            contract += reason
        path.write_text(contract + given + number, encoding="utf-8")
        (tmp_path / f"{source}.csv").write_text(text, encoding="utf-8")
    for source in sent:
        contract = read_contracts(empty_place)[source]
        file = tmp_path / f"{source}.csv"
        (receipt,) = receive(empty_place, contract, [file], as_at=date(2026, 11, 1), clock=clock, accept=True)
        extract_ids[source] = str(receipt.extract.extract_id)
    groups = [
        QuarantineGroup(
            source=source, extract_id=extract, table_name="accounts", rule="not-a-date", column_name="DOB",
            rows=(1, 2, 3, 4, 5) if source == "tax" else (2,),
        )
        for source, extract in extract_ids.items()
    ]  # fmt: skip
    stream = rows_as_received(empty_place, groups)
    rows = pa.Table.from_batches(stream.batches, schema=stream.schema).to_pylist()
    shown = [(r["extract_id"].split("/")[0], r["row_number"], r["NAME"]) for r in rows]
    assert shown == [
        ("tax", 1, None), ("tax", 2, None), ("tax", 3, None), ("tax", 4, "Kowalska"), ("tax", 5, "Reed"),
        ("sealed", 2, None),
    ]  # fmt: skip
