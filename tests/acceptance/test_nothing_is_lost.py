"""Promise 1: every row received is loaded, repeated or quarantined with a reason, by somebody else's count too."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from vestry.contracts.reading import read_contracts
from vestry.intake.store import extracts
from vestry.model import kinds


@pytest.fixture(scope="module")
def last(small: Any) -> str:
    return str(small.manifests[-1].release_id)


def test_every_table_of_every_extract_is_in_the_ledger_and_adds_up(
    small: Any, looking: Any, last: str
) -> None:
    place = small.place
    contracts = read_contracts(place)
    found = {
        (extract, table): counts
        for extract, table, *counts in looking.rows_of(
            place, last, "SELECT extract_id, table_name, received, loaded, repeated, quarantined FROM ledger"
        )
    }
    expected = {}
    for extract in extracts(place):
        contract = contracts[extract.source]
        for table in contract.tables:
            rows = looking.received_rows(extract.file, contract, table.rows.path, table)
            expected[extract.extract_id, table.name] = len(rows)
    assert len(expected) == 26
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
    """By the file itself: rows with too many fields, with 31 February, and numbers whose check digit is wrong."""
    place, contracts = small.place, read_contracts(small.place)
    entries = set(looking.rows_of(place, last, "SELECT extract_id, row_number FROM quarantine"))
    seen = 0
    for extract in extracts(place):
        contract = contracts[extract.source]
        if contract.layout.format != "csv":
            continue
        for number, row in enumerate(looking.received_rows(extract.file, contract, None), start=1):
            impossible = any(
                v in ("31/02/1980", "19800231", "31/02/1985") or v.startswith("31/02/") for v in row.values()
            )
            if impossible or any(len(v) == 8 and v.isdigit() and v.endswith("0231") for v in row.values()):
                seen += 1
                assert (extract.extract_id, number) in entries
    assert seen > 0


def test_every_loaded_row_that_describes_something_is_in_records(small: Any, looking: Any, last: str) -> None:
    """Each key of each loaded row, read from the file, has its record, last seen on the right day."""
    place, contracts = small.place, read_contracts(small.place)
    out = set(looking.rows_of(place, last, "SELECT extract_id, row_number FROM quarantine"))
    spans: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for source, key, first, to in looking.rows_of(
        place, last, "SELECT source, source_key, first_as_at, last_as_at FROM records"
    ):
        spans.setdefault((source, key), []).append((first, to))
    looked_at = 0
    for extract in extracts(place):
        contract = contracts[extract.source]
        table = contract.tables[0]
        if not any(part.kind in kinds.RECORD_KINDS for part in table.parts):
            continue
        (key,) = table.key
        column = table.column(key).physical_name
        for number, row in enumerate(looking.received_rows(extract.file, contract, table.rows.path), start=1):
            ended = table.deleted_when is not None and row[table.deleted_when[0]] == table.deleted_when[1]
            if (extract.extract_id, number) in out or ended:
                continue
            looked_at += 1
            day = extract.as_at.isoformat()
            held = spans.get((contract.source, row[column].strip()), [])
            assert any(first <= day <= to for first, to in held), (extract.extract_id, number)
    assert looked_at > 1_000


def test_records_of_a_day_are_the_rows_of_that_day(small: Any, looking: Any, last: str) -> None:
    """The number of different keys loaded on the last day is the number of keys that are current, source by source."""
    place, contracts = small.place, read_contracts(small.place)
    current = dict(
        looking.rows_of(
            place,
            last,
            "SELECT source, count(DISTINCT source_key) FROM records WHERE last_as_at = ? GROUP BY source",
            small.days[-1],
        )
    )
    loaded = dict(
        looking.rows_of(place, last, "SELECT source, loaded FROM ledger WHERE as_at = ?", small.days[-1])
    )
    full = {
        s
        for s, c in contracts.items()
        if c.extract == "full" and any(p.kind in kinds.RECORD_KINDS for p in c.tables[0].parts)
    }
    assert len(full) == 6
    assert {s: current[s] for s in full} == {s: loaded[s] for s in full}
