"""From rows to records: versions of a key, and which of them their source still says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered

PERSON = Part(name="person", kind="person")
FIELDS = {"name": "person.family_name", "born": "person.birth_date"}
Records = Callable[..., list[tuple[str, ...]]]


@pytest.fixture
def records(engine: Engine, tables: Any) -> Records:
    """`records(table, columns)`: the records of those rows, sorted; `current` as yes or no."""

    def made(drawn: str, *columns: str, **said: Any) -> list[tuple[str, ...]]:
        said.setdefault("parts", [PERSON])
        rows = tables.of(drawn)
        said.setdefault("fields", {n: to for n, to in FIELDS.items() if n in rows.columns})
        found = standardise(engine, [tables.received(rows, **said)], Remembered(engine, None))
        shown = columns or ("source_key", "family_name", "first_as_at", "last_as_at", "current")
        rows_out = engine.fetch(found.records).to_pylist()
        words = {True: "yes", False: "no", None: "-"}
        return sorted(
            tuple(words[r[c]] if r[c] is None or isinstance(r[c], bool) else str(r[c]) for c in shown)
            for r in rows_out
        )

    return made


def test_a_row_becomes_a_record_in_standard_form(records: Records) -> None:
    drawn = "as_at | key | name | born\n2026-01-01 | 1 | o'brien | 31/05/1984"
    shown = (
        "source",
        "source_key",
        "part",
        "kind",
        "family_name",
        "birth_date",
        "birth_date_accuracy",
        "row_number",
    )
    assert records(drawn, *shown, formats=["dd/MM/yyyy"]) == [
        ("tax", "1", "person", "person", "O'BRIEN", "1984-05-31", "day", "1")
    ]


def test_unchanged_from_extract_to_extract_is_one_record(records: Records) -> None:
    drawn = "as_at | key | name\n2026-01-01 | 1 | Smith\n2026-02-01 | 1 | SMITH"
    assert records(drawn) == [("1", "SMITH", "2026-01-01", "2026-02-01", "yes")]


def test_new_content_under_a_key_is_a_new_version(records: Records) -> None:
    drawn = "as_at | key | name\n2026-01-01 | 1 | Smith\n2026-02-01 | 1 | Jones"
    assert records(drawn) == [
        ("1", "JONES", "2026-02-01", "2026-02-01", "yes"),
        ("1", "SMITH", "2026-01-01", "2026-01-01", "no"),
    ]


def test_a_key_absent_from_a_full_extract_has_ended(records: Records) -> None:
    drawn = "as_at | key | name\n2026-01-01 | 1 | Smith\n2026-01-01 | 2 | Jones\n2026-02-01 | 2 | Jones"
    assert records(drawn) == [
        ("1", "SMITH", "2026-01-01", "2026-01-01", "no"),
        ("2", "JONES", "2026-01-01", "2026-02-01", "yes"),
    ]


def test_a_key_absent_from_changes_goes_on(records: Records) -> None:
    drawn = "as_at | key | name\n2026-01-01 | 1 | Smith\n2026-01-01 | 2 | Jones\n2026-02-01 | 2 | Janes"
    assert records(drawn, extract="changes") == [
        ("1", "SMITH", "2026-01-01", "2026-01-01", "yes"),
        ("2", "JANES", "2026-02-01", "2026-02-01", "yes"),
        ("2", "JONES", "2026-01-01", "2026-01-01", "no"),
    ]


DELETIONS = {"extract": "changes", "deleted_when": ("action", "D")}


def test_a_deletion_ends_a_key_and_is_no_record_itself(records: Records) -> None:
    drawn = "as_at | key | action | name\n2026-01-01 | 1 | A | Smith\n2026-02-01 | 1 | D | Smith"
    assert records(drawn, **DELETIONS) == [("1", "SMITH", "2026-01-01", "2026-01-01", "no")]


def test_a_key_deleted_and_sent_again_is_there(records: Records) -> None:
    drawn = """
        as_at      | key | action | name
        2026-01-01 | 1   | A      | Smith
        2026-02-01 | 1   | D      | -
        2026-03-01 | 1   | -      | Smith
    """
    assert records(drawn, **DELETIONS) == [("1", "SMITH", "2026-01-01", "2026-03-01", "yes")]


COUPLE = {
    "parts": [PERSON, Part(name="partner", kind="person", present_when="name2")],
    "fields": {"name": "person.family_name", "name2": "partner.family_name"},
}
PARTED = "as_at | key | name | name2\n2026-01-01 | 1 | Smith | Jones\n2026-02-01 | 1 | Smith | -"


def test_a_part_that_is_not_present_is_no_record(records: Records) -> None:
    drawn = "as_at | key | name | name2\n2026-01-01 | 1 | Smith | -\n2026-01-01 | 2 | Patel | Jones"
    assert records(drawn, "source_key", "part", "family_name", **COUPLE) == [
        ("1", "person", "SMITH"),
        ("2", "partner", "JONES"),
        ("2", "person", "PATEL"),
    ]


@pytest.mark.parametrize("extract", ["full", "changes"])
def test_a_part_that_is_gone_from_the_newest_row_of_its_key_has_ended(records: Records, extract: str) -> None:
    """The newest word on a key is its last row, whole: a partner whom it no longer names is named no longer."""
    found = records(PARTED, "part", "current", extract=extract, **COUPLE)
    assert found == [("partner", "no"), ("person", "yes")]


def test_of_two_full_extracts_of_one_day_the_record_says_what_both_say(
    records: Records, engine: Engine
) -> None:
    """Nothing is told twice: the same content of one key is one record, whichever of them it came in."""
    drawn = "as_at | key | name\n2026-01-01 | 1 | Smith\n2026-01-01 | 1 | Smith"
    assert records(drawn) == [("1", "SMITH", "2026-01-01", "2026-01-01", "yes")]


def test_the_id_of_a_record_is_its_content_and_not_its_place(records: Records) -> None:
    rows = ["2026-01-01 | 1 | Smith", "2026-01-01 | 2 | Jones", "2026-01-01 | 3 | Patel"]
    ids = [records("as_at | key | name\n" + "\n".join(order), "record_id") for order in (rows, rows[::-1])]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_pieces_of_an_address_are_put_together_and_go_to_who_lives_there(records: Records) -> None:
    parts = [
        Part(name="person", kind="person", attributes={"lives_at": "home"}),
        Part(name="home", kind="property"),
    ]
    fields = {
        "name": "person.family_name", "town": "home.address_lines[2]", "street": "home.address_lines[1]",
        "postcode": "home.postcode",
    }  # fmt: skip
    drawn = "as_at | key | name | street | town | postcode\n2026-01-01 | 1 | Smith | 1 high street | midtown | ab12ad"
    found = records(drawn, "part", "family_name", "address_lines", "postcode", parts=parts, fields=fields)
    home = ("1 HIGH STREET, MIDTOWN", "AB1 2AD")
    assert found == [("home", "-", *home), ("person", "SMITH", *home)]


def test_post_is_sent_where_it_is_sent_and_nobody_lives_there(records: Records) -> None:
    parts = [
        Part(name="person", kind="person", attributes={"post_to": "billing"}),
        Part(name="billing", kind="address"),
    ]
    fields = {"name": "person.family_name", "postcode": "billing.postcode"}
    drawn = "as_at | key | name | postcode\n2026-01-01 | 1 | Smith | ab12ad"
    found = records(drawn, "part", "postcode", "postal_postcode", parts=parts, fields=fields)
    assert found == [("person", "-", "AB1 2AD")]


def test_a_sealed_identity_is_never_a_record(records: Records) -> None:
    drawn = "as_at | key | name | born\n2026-01-01 | 1 | Smith | 1984-05-31"
    sealed = Part(name="earlier", kind="sealed")
    fields = {"name": "earlier.family_name", "born": "earlier.birth_date"}
    assert records(drawn, parts=[sealed], fields=fields) == []
