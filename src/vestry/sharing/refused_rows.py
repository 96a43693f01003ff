"""The rows in quarantine as their source sent them. They hold people's details: for the gateway alone."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vestry.intake.store import extracts
from vestry.place import Place
from vestry.sharing.sealed_texts import SealedTexts
from vestry.twin.answers import QuarantineGroup, TableStream

HEAD = ("extract_id", "table_name", "row_number", "rule", "column_name")


def rows_as_received(place: Place, groups: Sequence[QuarantineGroup]) -> TableStream:
    """One row for each rule that a row broke: where it stands, the rule, the source's own columns as text.

    Tables of different sources stand below each other, with the columns of all. A row that could not be
    read (ragged, say) has its number alone: see the file. So has one that may tell of a sealed identity: whoever
    keeps the list can mend it. Raises ExtractDamaged.
    """
    sealed = SealedTexts(place)
    kept = {str(e.extract_id): e for e in extracts(place)}
    found = []
    for group in groups:
        extract = kept.get(group.extract_id)
        reasons = pa.table(
            {
                "extract_id": [group.extract_id] * len(group.rows),
                "table_name": [group.table_name] * len(group.rows),
                "row_number": pa.array(group.rows, pa.int64()),
                "rule": [group.rule] * len(group.rows),
                "column_name": [group.column_name] * len(group.rows),
            }
        )
        if extract is None:  # destroyed since, as retention says
            found.append(reasons)
            continue
        numbers = pc.field("row_number").isin(pa.array(group.rows, pa.int64()))
        rows = pq.read_table(extract.parquet(group.table_name), filters=numbers)
        own = rows.select([c for c in rows.column_names if c not in HEAD or c == "row_number"])
        texts = own.select(_others(own)).to_pylist()
        own = own.filter(pa.array([not sealed.withhold(group.source, t.values()) for t in texts], pa.bool_()))
        own = own.set_column(
            own.column_names.index("row_number"), "row_number", own["row_number"].cast(pa.int64())
        )
        found.append(reasons.join(own, "row_number").sort_by("row_number").select([*HEAD, *_others(own)]))
    table = (
        pa.concat_tables(found, promote_options="permissive") if found else pa.table({n: [] for n in HEAD})
    )
    return TableStream(
        name="quarantine", schema=table.schema, count=table.num_rows, batches=iter(table.to_batches())
    )


def _others(table: pa.Table) -> list[str]:
    return [name for name in table.column_names if name != "row_number"]
