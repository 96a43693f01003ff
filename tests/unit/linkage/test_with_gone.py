"""Which records of the release before are gone, and how they are put back beside today's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.with_gone import LastRelease, remembered_apart, with_gone

HAD = ("r1", "r2", "r3", "r4", "r5")
KINDS = {"r5": "property"}
UNITS = {"r1": "a", "r2": "a", "r3": "b", "r4": "c", "r5": "d"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    """An engine to which a release of five records is attached: r1 and r2 of one unit, r4 in an extract of its own."""
    made = DuckDBEngine(tmp_path / "work")
    made.bring("before_records", pa.table(told(*HAD)).drop_columns(["unit_id", "listed"]))
    yield made
    made.close()


def told(*records: str, first: str = "2026-01-01", until: str = "2026-03-01") -> dict[str, list[object]]:
    """Columns of records, as a build has them."""
    return {
        "record_id": list(records), "unit_id": [UNITS[r] for r in records], "source": ["tax"] * len(records),
        "table_name": ["people"] * len(records), "extract_id": ["2" if r == "r4" else "1" for r in records],
        "first_as_at": [first] * len(records), "last_as_at": [until] * len(records),
        "listed_until": [until] * len(records), "listed": [True] * len(records),
    }  # fmt: skip


def put_back(
    engine: DuckDBEngine,
    now: dict[str, Any],
    *gone: str,
    unlinked: tuple[str, ...] = (),
    gazetteer_gone: bool = False,
) -> ir.Table | None:
    count = len(now["record_id"])
    records = engine.bring("records", pa.table({**now, "record_no": pa.array(range(count), pa.int64())}))
    last = LastRelease(
        release_id="0001", file=Path("unused"), gone=frozenset(gone), gazetteer_gone=gazetteer_gone
    )
    lacking = [r for r in HAD if r not in now["record_id"] and "tax" not in unlinked]
    missing = {
        "record_id": lacking, "unit_id": [UNITS[r] for r in lacking],
        "kind": [KINDS.get(r, "person") for r in lacking],
    }  # fmt: skip
    shape = pa.schema([(name, pa.string()) for name in missing])
    table = engine.bring("missing", pa.table(missing, schema=shape)).get_name()
    return with_gone(engine, last, records, unlinked, table)


def ids(engine: DuckDBEngine, found: ir.Table | None) -> list[str]:
    assert found is not None
    every = engine.fetch(found.order_by("record_no"))
    assert every["record_no"].to_pylist() == list(range(len(every)))
    return [str(name) for name in every["record_id"].to_pylist()]


def test_where_nothing_is_gone_nothing_is_put_back(engine: DuckDBEngine) -> None:
    assert put_back(engine, told(*HAD)) is None


def test_what_an_extract_told_that_is_no_longer_kept_is_gone(engine: DuckDBEngine) -> None:
    assert put_back(engine, told("r1", "r2", "r3", "r5"), "3") is not None, "its key is nobody's"
    assert ids(engine, put_back(engine, told("r1", "r3", "r4", "r5"), "1")) == list(HAD)


def test_what_is_read_otherwise_is_not_gone(engine: DuckDBEngine) -> None:
    """The key has another record of an extract that is kept; a property's key is its address, which is read otherwise too."""
    assert put_back(engine, told("r1", "r3", "r4")) is None


def test_whose_key_is_nobody_s_is_gone(engine: DuckDBEngine) -> None:
    """As of people who were sealed: their extract is kept."""
    assert ids(engine, put_back(engine, told("r1", "r2", "r4", "r5"))) == list(HAD)


def test_days_for_which_a_record_was_listed_are_put_back(engine: DuckDBEngine) -> None:
    found = put_back(engine, told(*HAD, first="2026-02-01", until="2026-04-01"), "0")
    assert found is not None
    days = engine.fetch(found.select("first_as_at", "last_as_at", "listed_until").distinct()).to_pylist()
    assert days == [{"first_as_at": "2026-01-01", "last_as_at": "2026-04-01", "listed_until": "2026-04-01"}]


@pytest.mark.parametrize("gazetteer_gone", [True, False])
def test_the_uprn_that_a_gazetteer_told_is_put_back(engine: DuckDBEngine, gazetteer_gone: bool) -> None:
    """None was given, another is found today, a wrong one was given, a flat's was, and nothing was ever told."""
    today = {"uprn": [None, "2", "999", "101", "5"], "uprn_given": [None, None, "999", "101", "5"]}
    engine.run(
        "before_records",
        "SELECT *, CASE record_id WHEN 'r4' THEN '101' WHEN 'r5' THEN NULL ELSE record_id || '1' END AS uprn,"
        " record_id <> 'r4' AS uprn_agrees FROM before_records",
    )
    now = told(*HAD) | today | {"uprn_agrees": pa.array([None] * 5, pa.bool_())}
    found = put_back(engine, now, "0", gazetteer_gone=gazetteer_gone)
    if not gazetteer_gone:
        assert found is None
        return
    assert found is not None
    rows = engine.fetch(found.order_by("record_id").select("uprn", "uprn_agrees")).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("r11", True), ("2", None), ("r31", True), ("101", False), ("5", None),
    ]  # fmt: skip


def test_what_is_not_linked_does_not_count(engine: DuckDBEngine) -> None:
    assert put_back(engine, told("r1"), "1", unlinked=("tax",)) is None


def test_a_release_from_before_it_was_kept_remembers_nobody(engine: DuckDBEngine) -> None:
    assert len(remembered_apart(engine)) == 0
