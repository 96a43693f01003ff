"""How many rows keep each rule that a contract states, whether a break keeps the row out or is only counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.quality.rules import DistinctTexts, broken, is_for_rows
from vestry.quality.scorecard import COLUMNS, Measured


def kept_rules(
    engine: Engine, measured: Sequence[Measured], *, ledger: ir.Table, quarantine: ir.Table
) -> ir.Table:
    """One measurement for each rule of each contract, over the newest extract, with the scorecard's columns."""
    refused = quarantine.group_by("extract_id", "table_name", "rule", "column_name").aggregate(
        rows=quarantine.row_number.nunique()
    )
    kept_out = {
        (r["extract_id"], r["table_name"], r["rule"], r["column_name"]): int(r["rows"])
        for r in engine.fetch(refused).to_pylist()
    }
    entries = sorted(engine.fetch(ledger).to_pylist(), key=lambda entry: str(entry["as_at"]))
    newest = {(entry["source"], entry["table_name"]): entry for entry in entries}
    rows: list[tuple[Any, ...]] = []
    for m in measured:
        entry = newest[m.contract.source, m.table.name]
        counted = _counted(engine, m)
        for at, rule in enumerate(m.table.rules):
            if rule.severity == "error" and is_for_rows(rule):
                total = int(entry["received"] - entry["repeated"])
                failed = kept_out.get((entry["extract_id"], m.table.name, rule.name, rule.column), 0)
            elif is_for_rows(rule):
                failed, total = counted[at]
            else:
                continue
            where = (m.contract.source, m.table.name, rule.column or "")
            rows.append((*where, rule.dimension, rule.name, total - failed, total))
    schema = ibis.schema({c: "int64" if c in ("passed", "total") else "string" for c in COLUMNS})
    return ibis.memtable([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=schema)


def _counted(engine: Engine, measured: Measured) -> dict[int, tuple[int, int]]:
    """Position of each rule that only counts -> (failed, total), all of a table in one pass."""
    rules = {at: r for at, r in enumerate(measured.table.rules) if is_for_rows(r) and r.severity == "warning"}
    if not rules:
        return {}
    rows = measured.rows
    formats = {column.name: column.formats for column in measured.table.columns}
    name = f"broken_{measured.contract.source}_{measured.table.name}".replace("-", "_")
    texts = DistinctTexts(engine, rows, name)
    asked = {
        f"rule_{at}": broken(rule, rows, texts=texts, formats=formats.get(rule.column or "", ()))
        for at, rule in rules.items()
    }
    breaks = {name: wrong().fill_null(False) for name, wrong in asked.items()}
    judged = rows.select(**breaks)
    sums = {name: judged[name].sum() for name in breaks}
    found = engine.fetch(judged.aggregate(total=judged.count(), **sums)).to_pylist()[0]
    return {at: (int(found[f"rule_{at}"] or 0), int(found["total"])) for at in rules}
