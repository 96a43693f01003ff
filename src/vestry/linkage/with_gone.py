"""Records that are gone, put back beside today's for once: to see whom they would still tell apart (`linkage/staying_apart.py`).

They are read from the release before, which had them, and no longer than the build lasts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.linkage.before import unlinked_sources
from vestry.linkage.staying_apart import APART
from vestry.model import kinds

DAYS: Final = {"first_as_at": "least", "last_as_at": "greatest", "listed_until": "greatest"}
"""Since and until when a source said so: an extract that is destroyed may have told of more days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRelease:
    """The release before, in `file`; `gone` are the extracts that it was made of and that are no longer kept."""

    release_id: str
    file: Path
    gone: frozenset[str] = frozenset()


def remembered_apart(engine: Engine) -> pa.Table:
    """Whom the attached release tells apart, as `APART`; nobody in one that was built before it was kept."""
    connection = engine.connection()
    held = "SELECT 1 FROM duckdb_views() WHERE view_name = 'before_told_apart'"
    if connection.execute(held).fetchone() is None:
        return APART.empty_table()
    return (
        connection.execute(f"SELECT {', '.join(APART.names)} FROM before_told_apart")
        .to_arrow_table()
        .cast(APART)
    )


def with_gone(
    engine: Engine, last: LastRelease, records: ir.Table, unlinked: Collection[str]
) -> ir.Table | None:
    """`records` with those of the attached release that are gone, and for as long as it had them listed; None: nothing is gone.

    Gone is what an extract told that is no longer kept, and what is no longer anybody's, as of people who were sealed. What a
    contract has read otherwise is not: its unit has another record now. Of sources that are not linked, nothing counts.
    """
    now = engine.view("records_now", records).get_name()
    destroyed = engine.bring(
        "extracts_gone", pa.table({"extract_id": pa.array(sorted(last.gone), pa.string())})
    )
    apart = unlinked_sources(engine, unlinked)
    missing = engine.run(
        "records_missing",
        f"SELECT record_id, unit_id, kind FROM before_members ANTI JOIN {apart} USING (source)"
        f" ANTI JOIN (SELECT record_id FROM {now}) USING (record_id)",
    )
    gone = engine.run(
        "records_gone",
        f"SELECT record_id, unit_id FROM {missing} SEMI JOIN (SELECT record_id FROM before_records"
        f" SEMI JOIN {destroyed.get_name()} USING (extract_id)) USING (record_id) UNION SELECT record_id, unit_id FROM {missing}"
        f" ANTI JOIN (SELECT unit_id FROM {now}) USING (unit_id) WHERE kind <> '{kinds.PROPERTY}'",
    )
    there = {row[0] for row in engine.connection().execute("DESCRIBE before_records").fetchall()}
    days = {column: how for column, how in DAYS.items() if column in there}
    longer = _listed_longer(engine, now, apart, days) if last.gone and days else None
    if not engine.count(engine.table(gone)) and not (longer and engine.count(engine.table(longer))):
        return None
    every = _beside(records.columns, now, gone, there)
    if longer:
        both = ", ".join(f"{how}(e.{c}, s.{c}) AS {c}" for c, how in days.items())
        every = f"SELECT e.* REPLACE ({both}) FROM ({every}) e LEFT JOIN {longer} s USING (record_id)"
    return engine.compute(  # numbered in the order of their ids, as records are
        "records_with_gone",
        f"SELECT *, row_number() OVER (ORDER BY record_id) - 1 AS record_no FROM ({every})",
    )


def _listed_longer(engine: Engine, now: str, apart: str, days: Mapping[str, str]) -> str:
    """Keep the records that are there still, and that the attached release had listed for more days, with those days."""
    differ = " OR ".join(f"r.{c} IS DISTINCT FROM {how}(r.{c}, b.{c})" for c, how in days.items())
    return engine.run(
        "records_listed_longer",
        f"SELECT record_id, {', '.join(f'b.{c}' for c in days)} FROM (SELECT record_id, {', '.join(days)} FROM {now}"
        f" ANTI JOIN {apart} USING (source)) r JOIN before_records b USING (record_id) WHERE {differ}",
    )


def _beside(columns: Sequence[str], now: str, gone: str, there: Collection[str]) -> str:
    """SQL of today's records and of those that are gone, but for their numbers. `there`: the columns that the attached release
    has of records; one of another layout lacks some."""
    columns = [c for c in columns if c != "record_no"]
    told = {c: f"b.{c}" if c in there else "NULL" for c in columns}
    told |= {"unit_id": "g.unit_id", "listed": "b.listed"}
    newest = "max(listed_until) OVER (PARTITION BY source, table_name)"
    listed = f"coalesce(listed_until = {newest}, false)" if "listed_until" in there else "false"
    return (
        f"SELECT {', '.join(columns)} FROM {now} UNION ALL BY NAME"
        f" SELECT {', '.join(f'{said} AS {c}' for c, said in told.items())}"
        f" FROM (SELECT *, {listed} AS listed FROM before_records) b JOIN {gone} g USING (record_id)"
    )
