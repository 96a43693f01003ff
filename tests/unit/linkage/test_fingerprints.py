"""A record's fingerprint: another where anything that linkage reads of it is another, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.fingerprints import READ, fingerprints

RECORD = {
    "record_id": "r", "unit_id": "u", "uprn": "1", "uprn_agrees": True, "address_lines": "1 HIGH STREET",
    "postcode": "AB1 2CD", "first_as_at": "2026-01-01", "listed": True, "listed_until": "2026-03-01",
}  # fmt: skip
BESIDE = {"beside_postcode": "AB1 2CD", "beside_lines": "2 HIGH STREET", "beside_uprn": None}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def printed(engine: DuckDBEngine, said: dict[str, Any], beside: dict[str, Any] | None = None) -> int:
    shape = {name: "boolean" if isinstance(RECORD[name], bool) else "string" for name in RECORD}
    record = ibis.memtable([{"record_no": 0, **said}], schema=ibis.schema({"record_no": "int64", **shape}))
    near = ibis.memtable(
        [{"record_no": 0, **beside}] if beside else [],
        schema=ibis.schema({"record_no": "int64", **dict.fromkeys(BESIDE, "string")}),
    )
    (row,) = engine.fetch(fingerprints(engine, record, near)).to_pylist()
    assert row["record_no"] == 0
    return int(row["fingerprint"])


def test_the_same_has_the_same_and_a_list_that_is_sent_again_changes_nothing(engine: DuckDBEngine) -> None:
    assert printed(engine, RECORD) == printed(engine, {**RECORD, "listed_until": "2026-04-01"})


@pytest.mark.parametrize("column", [c for c in READ if c != "ended"])
def test_what_is_read_counts(engine: DuckDBEngine, column: str) -> None:
    other = False if column == "uprn_agrees" else "other"
    found = {
        printed(engine, RECORD),
        printed(engine, {**RECORD, column: other}),
        printed(engine, {**RECORD, column: None}),
    }
    assert len(found) == 3


def test_who_is_listed_no_longer_and_until_when_counts(engine: DuckDBEngine) -> None:
    gone = {**RECORD, "listed": False}
    found = {
        printed(engine, RECORD),
        printed(engine, gone),
        printed(engine, {**gone, "listed_until": "2026-02-01"}),
    }
    assert len(found) == 3


def test_the_address_beside_counts(engine: DuckDBEngine) -> None:
    found = {
        printed(engine, RECORD),
        printed(engine, RECORD, BESIDE),
        printed(engine, RECORD, {**BESIDE, "beside_uprn": "5"}),
    }
    assert len(found) == 3
