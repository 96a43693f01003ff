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

DAYS: Final = {
    "first_as_at": "least(r.first_as_at, b.first_as_at)",
    "last_as_at": "greatest(r.last_as_at, b.last_as_at)",
    "listed_until": "greatest(r.listed_until, b.listed_until)",
}
"""What is put back of a record that is there still, in SQL of today's (`r`) and of the release before (`b`): an extract that is
destroyed may have told of more days."""
_FOUND: Final = "WHEN r.uprn IS NOT DISTINCT FROM r.uprn_given AND b.uprn IS NOT NULL THEN b"
UPRNS: Final = {
    "uprn": f"CASE {_FOUND}.uprn ELSE r.uprn END",
    "uprn_agrees": f"CASE {_FOUND}.uprn_agrees ELSE r.uprn_agrees END",
}
"""What is put back where a gazetteer is gone: which UPRN it told, unless another is found today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRelease:
    """The release before, in `file`; `gone` are the extracts that it was made of and that are no longer kept. `gazetteer_gone`:
    what it read of a gazetteer is among them, and nothing newer has come in its place."""

    release_id: str
    file: Path
    gone: frozenset[str] = frozenset()
    gazetteer_gone: bool = False


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
    engine: Engine, last: LastRelease, records: ir.Table, unlinked: Collection[str], missing: str
) -> ir.Table | None:
    """`records` with those of the attached release that are gone, and with what it knew more of the others; None: nothing is
    gone. `missing` names the table of all that are not there now, but for sources that are `unlinked` (`changed.missing`).

    Gone is what an extract told that is no longer kept, and what is no longer anybody's, as of people who were sealed. What a
    contract has read otherwise is not: its unit has another record now. Of sources that are not linked, nothing counts.
    """
    now = engine.view("records_now", records).get_name()
    destroyed = engine.bring(
        "extracts_gone", pa.table({"extract_id": pa.array(sorted(last.gone), pa.string())})
    )
    apart = unlinked_sources(engine, unlinked)
    gone = engine.run(
        "records_gone",
        f"SELECT record_id, unit_id FROM {missing} SEMI JOIN (SELECT record_id FROM before_records"
        f" SEMI JOIN {destroyed.get_name()} USING (extract_id)) USING (record_id) UNION SELECT record_id, unit_id FROM {missing}"
        f" ANTI JOIN (SELECT unit_id FROM {now}) USING (unit_id) WHERE kind <> '{kinds.PROPERTY}'",
    )
    there = {row[0] for row in engine.connection().execute("DESCRIBE before_records").fetchall()}
    told_more = DAYS | (UPRNS if last.gazetteer_gone else {})
    back = {column: how for column, how in told_more.items() if column in there}
    better = _known_better(engine, now, apart, back) if last.gone and back else None
    if not engine.count(engine.table(gone)) and not (better and engine.count(engine.table(better))):
        return None
    every = _beside(records.columns, now, gone, there)
    if better:
        whole = ", ".join(f"{how} AS {column}" for column, how in back.items())
        every = f"SELECT r.* REPLACE ({whole}) FROM ({every}) r LEFT JOIN {better} b USING (record_id)"
    return engine.compute(  # numbered in the order of their ids, as records are
        "records_with_gone",
        f"SELECT *, row_number() OVER (ORDER BY record_id) - 1 AS record_no FROM ({every})",
    )


def _known_better(engine: Engine, now: str, apart: str, back: Mapping[str, str]) -> str:
    """Keep what the attached release had of records that are there still, where it had more."""
    differ = " OR ".join(f"r.{column} IS DISTINCT FROM {how}" for column, how in back.items())
    return engine.run(
        "records_known_better",
        f"SELECT record_id, {', '.join(f'b.{column}' for column in back)} FROM (SELECT * FROM {now}"
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
