"""What differs between today's records and the release before; also one that was built before there were fingerprints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.before import attached
from vestry.linkage.changed import GONE, NOW, find_changed, missing

BEFORE = {"r1": 11, "r2": 12, "r3": 13, "w1": 14}
"""Fingerprints of the release before: r1 is told otherwise now, r3 is gone; w1 is of a source that is not linked."""
TODAY = {"r1": 21, "r2": 12, "r4": 15, "w2": 16}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work")
    yield made
    made.close()


def rows(of: dict[str, int]) -> pa.Table:
    return pa.table(
        {
            "record_id": list(of), "unit_id": [f"unit of {one}" for one in of], "kind": ["person"] * len(of),
            "source": ["wills" if one[0] == "w" else "tax" for one in of], "part": ["row"] * len(of),
            "source_key": list(of), "fingerprint": list(of.values()),
        }
    )  # fmt: skip


def changed(engine: DuckDBEngine, folder: Path, *, without: tuple[str, ...] = ()) -> None:
    """As `find_changed` keeps it, beside a release whose members are `without` some columns."""
    before = rows(BEFORE).drop_columns(list(without))
    with duckdb.connect(str(folder / "twin.duckdb")) as twin:
        twin.register("told", before)
        twin.execute("CREATE TABLE members AS SELECT * FROM told")
    assert attached(engine, folder / "twin.duckdb")
    today = rows(TODAY).append_column("record_no", pa.array(range(len(TODAY)), pa.int64()))
    records = engine.bring("records", today)
    engine.bring("fingerprints", today.select(["record_no", "fingerprint"]))
    find_changed(engine, records, records.filter(records.source != "wills"), ["wills"])


def ids(engine: DuckDBEngine, table: str) -> list[str]:
    return sorted(engine.fetch(engine.table(table))["record_id"].to_pylist())


def test_new_gone_and_told_otherwise(engine: DuckDBEngine, tmp_path: Path) -> None:
    changed(engine, tmp_path)
    assert ids(engine, NOW) == ["r1", "r4"]
    assert ids(engine, GONE) == ["r1", "r3"]
    assert ids(engine, missing(engine)) == ["r3"]


def test_before_there_were_fingerprints_ids_tell(engine: DuckDBEngine, tmp_path: Path) -> None:
    changed(engine, tmp_path, without=("fingerprint",))
    assert ids(engine, NOW) == ["r4"]
    assert ids(engine, missing(engine)) == ["r3"]
