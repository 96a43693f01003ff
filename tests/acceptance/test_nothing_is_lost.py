"""Promise 1: every row received is loaded, repeated or quarantined with a reason, by somebody else's count too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any, Final

import pytest

from vestry.contracts.contract import Contract, Table
from vestry.contracts.reading import read_contracts
from vestry.intake.store import StoredExtract, extracts
from vestry.model import kinds
from vestry.synthetic.plan import DISTRICTS
from vestry.synthetic.sources import sources_of

THIRTY_FIRST_OF_FEBRUARY: Final = re.compile(r"31/02/\d{4}|\d{4}0231|\d{4}-02-31|31-Feb-\d{4}")


def tables_received(place: Any, looking: Any) -> Iterator[tuple[StoredExtract, Contract, Table, list[Any]]]:
    """Every table that some file received was meant to hold, and its rows by somebody else's reader."""
    contracts = read_contracts(place)
    for extract in extracts(place):
        contract = contracts[extract.source]
        for table in contract.tables:
            if table.files is None or fnmatch(extract.file_name.removesuffix(".gz"), table.files):
                rows = looking.received_rows(extract.file, contract, table.rows.path, table)
                yield extract, contract, table, rows


def key_of(table: Table, row: dict[str, str]) -> str:
    """The row's key as `records.source_key` has it: that of several columns is joined by a bar."""
    said = [row[table.column(name).physical_name].strip() for name in table.key]
    return said[0] if len(said) == 1 else "|".join(s.replace("\\", "\\\\").replace("|", "\\|") for s in said)


def holds_things_by_its_own_key(table: Table) -> bool:
    """Whether each of its rows describes somebody or something that bears the row's own key."""
    whole = [p for p in table.parts if p.kind in kinds.RECORD_KINDS and p.present_when is None]
    return bool(whole and table.key) and not any(p.keyed_by for p in whole)


def describes_something(table: Table, row: dict[str, str]) -> bool:
    """Whether it says anything of what it describes: the police write incidents down that name neither."""
    told = {p.name for p in table.parts if p.kind in kinds.RECORD_KINDS}
    return any(
        row.get(c.physical_name, "").strip() for c in table.columns if any(t.part in told for t in c.targets)
    )


def says_it_ended(table: Table, row: dict[str, str]) -> bool:
    """Whether the row of a source that sends changes says that its key is held no longer."""
    if table.deleted_when is None:
        return False
    column, text = table.deleted_when
    return row[table.column(column).physical_name] == text


@pytest.fixture(scope="module")
def last(small: Any) -> str:
    return str(small.manifests[-1].release_id)


def test_every_table_of_every_extract_is_in_the_ledger_and_adds_up(
    small: Any, looking: Any, last: str
) -> None:
    place = small.place
    found = {
        (extract, table): counts
        for extract, table, *counts in looking.rows_of(
            place, last, "SELECT extract_id, table_name, received, loaded, repeated, quarantined FROM ledger"
        )
    }
    expected = {
        (extract.extract_id, table.name): len(rows)
        for extract, _, table, rows in tables_received(place, looking)
    }
    assert {extract for extract, _ in expected} == {i["extract_id"] for i in small.manifests[-1].inputs}
    assert {key: counts[0] for key, counts in found.items()} == expected
    assert [key for key, (received, *parts) in found.items() if received != sum(parts)] == []
    totals = Counter(
        {
            name: sum(c[i] for c in found.values())
            for i, name in enumerate(("received", "loaded", "repeated", "quarantined"))
        }
    )
    assert totals["received"] > 1_000
    assert totals["repeated"] > 0, "the small place plants repeats: this test would prove nothing without"
    assert totals["quarantined"] > 10, "and bad rows"


def test_every_quarantined_row_has_a_reason_and_no_other_row_has(small: Any, looking: Any, last: str) -> None:
    entries = looking.rows_of(
        small.place, last, "SELECT extract_id, table_name, row_number, rule FROM quarantine"
    )
    assert [e for e in entries if not e[3]] == []
    counted = Counter((extract, table) for extract, table, *_ in {e[:3] for e in entries})
    kept_out = looking.rows_of(
        small.place, last, "SELECT extract_id, table_name, quarantined FROM ledger WHERE quarantined > 0"
    )
    assert counted == {(extract, table): count for extract, table, count in kept_out}
    rules = {rule for *_, rule in entries}
    assert {"not-a-date", "nhs-number-check-digit", "row-ragged"} <= rules


def test_the_bad_rows_are_the_ones_that_were_kept_out(small: Any, looking: Any, last: str) -> None:
    """By the file itself: a date column that says 31 February, a number whose last digit is wrong."""
    entries = set(
        looking.rows_of(small.place, last, "SELECT extract_id, table_name, row_number, rule FROM quarantine")
    )
    dates, numbers = set(), set()
    for extract, _, table, rows in tables_received(small.place, looking):
        if table.rows.column is not None:
            continue  # the numbers of its rows count those of other tables too
        dated = [c.physical_name for c in table.columns if c.logical_type == "date"]
        digits = [
            table.column(r.column).physical_name
            for r in table.rules
            if r.check == "nhs-number-check-digit" and r.severity == "error"
        ]
        for number, row in enumerate(rows, start=1):
            at = (extract.extract_id, table.name, number)
            if any(THIRTY_FIRST_OF_FEBRUARY.fullmatch(row.get(name, "")) for name in dated):
                dates.add((*at, "not-a-date"))
            if any(len(n := row.get(name, "")) == 10 and not ends_rightly(n) for name in digits):
                numbers.add((*at, "nhs-number-check-digit"))
    assert dates == {e for e in entries if e[3] == "not-a-date"}
    assert numbers == {e for e in entries if e[3] == "nhs-number-check-digit"}
    planted = {s.name for s in sources_of(DISTRICTS[0]) if any(f.blots.impossible for f in s.files.values())}
    assert {extract.split("/")[0] for extract, *_ in dates} >= planted - {"brackmere-benefits"}, (
        "few claim them"
    )


def ends_rightly(number: str) -> bool:
    """The last digit of an NHS number, by the NHS Data Dictionary: 11 less the weighted sum modulo 11."""
    if not number.isdigit():
        return False
    total = sum(int(d) * w for d, w in zip(number[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == int(number[9])


def test_rows_with_too_many_fields_are_kept_out(small: Any, looking: Any, last: str) -> None:
    """As many as the fictional senders spoil, in every extract that is large enough for that."""
    found = Counter(
        extract
        for extract, rule in looking.rows_of(small.place, last, "SELECT extract_id, rule FROM quarantine")
        if rule == "row-ragged"
    )
    spoilt = {
        s.name: blots.ragged
        for s in sources_of(DISTRICTS[0])
        for blots in (f.blots for f in s.files.values())
    }
    expected = {
        extract.extract_id: spoilt[contract.source]
        for extract, contract, _, rows in tables_received(small.place, looking)
        if spoilt.get(contract.source) and len(rows) >= 20
    }
    assert found == expected != {}


def test_every_loaded_row_that_describes_something_is_in_records(small: Any, looking: Any, last: str) -> None:
    """Each key of each loaded row, read from the file, has its record, last seen on the right day.

    But for those that the ledger counts as sealed: as many are missing, neither more nor fewer.
    """
    out = set(looking.rows_of(small.place, last, "SELECT extract_id, table_name, row_number FROM quarantine"))
    spans: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for source, table_name, key, first, to in looking.rows_of(
        small.place, last, "SELECT source, table_name, source_key, first_as_at, last_as_at FROM records"
    ):
        spans.setdefault((source, table_name, key), []).append((first, to))
    looked_at, missing = 0, Counter[tuple[str, str]]()
    for extract, contract, table, rows in tables_received(small.place, looking):
        if not holds_things_by_its_own_key(table):
            continue
        day, seen = extract.as_at.isoformat(), set[str]()
        for number, row in enumerate(rows, start=1):
            key = key_of(table, row)
            ended = says_it_ended(table, row)
            if (extract.extract_id, table.name, number) in out or key in seen:
                continue
            if not ended and not describes_something(table, row):
                continue
            seen.add(key)
            looked_at += 1
            held = spans.get((contract.source, table.name, key), [])
            if not (held if ended else any(first <= day <= to for first, to in held)):
                missing[extract.extract_id, table.name] += 1
    tables = {(s, t.name): t for s, c in read_contracts(small.place).items() for t in c.tables}
    withheld = {
        (extract, table): sealed
        for extract, table, sealed in looking.rows_of(
            small.place, last, "SELECT extract_id, table_name, sealed FROM ledger WHERE sealed > 0"
        )
        if holds_things_by_its_own_key(tables[extract.split("/")[0], table])
    }
    assert missing == withheld != {}
    assert looked_at > 1_000


def test_records_of_a_day_are_the_rows_of_that_day(small: Any, looking: Any, last: str) -> None:
    """The number of rows loaded and not sealed on the last day is that of the rows then current, table by table."""

    def of_that_day(counts: str) -> dict[tuple[str, str], int]:
        rows = looking.rows_of(
            small.place, last, f"SELECT source, table_name, {counts} GROUP BY ALL", small.days[-1]
        )
        return {(source, table): count for source, table, count in rows}

    current = of_that_day("count(DISTINCT source_key) FROM records WHERE last_as_at = ?")
    loaded = of_that_day("sum(loaded - sealed) FROM ledger WHERE as_at = ?")
    full = {
        (source, table.name)
        for source, contract in read_contracts(small.place).items()
        for table in contract.tables
        if contract.extract == "full" and holds_things_by_its_own_key(table)
    }
    sent_then = full & loaded.keys()
    assert {source for source, _ in sent_then} > {
        "gp-registrations",
        "brackmere-council-tax",
        "school-census",
    }
    assert {at: current.get(at, 0) for at in sent_then} == {at: loaded[at] for at in sent_then}
