"""Records that are gone, put back beside today's for once: to see whom they would still tell apart (`linkage/staying_apart.py`).

They are read from the release before, which had them, and no longer than the build lasts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.linkage.staying_apart import APART
from vestry.model import kinds

SPANS: Final = {"first_as_at": "least", "last_as_at": "greatest", "listed_until": "greatest"}
"""For which days a source said so: a destroyed extract may have told of more."""


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
    apart = engine.bring("sources_apart", pa.table({"source": pa.array(sorted(unlinked), pa.string())}))
    missing = engine.run(
        "records_missing",
        f"SELECT record_id, unit_id, kind FROM before_members ANTI JOIN {apart.get_name()} USING (source)"
        f" ANTI JOIN (SELECT record_id FROM {now}) USING (record_id)",
    )
    gone = engine.run(
        "records_gone",
        f"SELECT record_id, unit_id FROM {missing} SEMI JOIN (SELECT record_id FROM before_records"
        f" SEMI JOIN {destroyed.get_name()} USING (extract_id)) USING (record_id) UNION SELECT record_id, unit_id FROM {missing}"
        f" ANTI JOIN (SELECT unit_id FROM {now}) USING (unit_id) WHERE kind <> '{kinds.PROPERTY}'",
    )
    spans = ""
    if last.gone:
        longer = " OR ".join(f"r.{c} IS DISTINCT FROM {how}(r.{c}, b.{c})" for c, how in SPANS.items())
        spans = engine.run(
            "records_listed_longer",
            f"SELECT record_id, {', '.join(f'b.{c}' for c in SPANS)} FROM (SELECT record_id, {', '.join(SPANS)} FROM {now}"
            f" ANTI JOIN {apart.get_name()} USING (source)) r JOIN before_records b USING (record_id) WHERE {longer}",
        )
    if not engine.count(engine.table(gone)) and not (spans and engine.count(engine.table(spans))):
        return None
    return _put_together(engine, records, now, gone, spans)


def _put_together(engine: Engine, records: ir.Table, now: str, gone: str, spans: str) -> ir.Table:
    """All of them, numbered in the order of their ids, as records are."""
    there = {row[0] for row in engine.connection().execute("DESCRIBE before_records").fetchall()}
    columns = [c for c in records.columns if c != "record_no"]
    listed = "listed_until = max(listed_until) OVER (PARTITION BY source, table_name)"
    special = {"unit_id": "g.unit_id", "listed": f"coalesce({listed}, false)"}
    before = ", ".join(f"{special.get(c, f'b.{c}' if c in there else 'NULL')} AS {c}" for c in columns)
    every = (
        f"SELECT {', '.join(columns)} FROM {now} UNION ALL BY NAME SELECT * EXCLUDE (is_gone) FROM (SELECT {before},"
        f" g.record_id IS NOT NULL AS is_gone FROM before_records b LEFT JOIN {gone} g USING (record_id)) WHERE is_gone"
    )
    if spans:
        longer = ", ".join(f"{how}(e.{c}, s.{c}) AS {c}" for c, how in SPANS.items())
        every = f"SELECT e.* REPLACE ({longer}) FROM ({every}) e LEFT JOIN {spans} s USING (record_id)"
    return engine.compute(
        "records_with_gone",
        f"SELECT *, row_number() OVER (ORDER BY record_id) - 1 AS record_no FROM ({every})",
    )
