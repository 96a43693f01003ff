"""How many rows keep each rule that a contract states, whether a break keeps the row out or is only counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Table
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
        for at, rule in enumerate(m.table.rules):
            if not is_for_rows(rule):
                continue
            if rule.severity == "error":
                total = int(entry["received"] - entry["repeated"])
                failed = kept_out.get((entry["extract_id"], m.table.name, rule.name, rule.column), 0)
                passed = total - failed
            else:
                passed, total = m.kept_rules.get(at, (0, 0))
            where = (m.contract.source, m.table.name, rule.column or "")
            rows.append((*where, rule.dimension, rule.name, passed, total))
    schema = ibis.schema({c: "int64" if c in ("passed", "total") else "string" for c in COLUMNS})
    return ibis.memtable([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=schema)


def count_kept(
    engine: Engine, rows: ir.Table, table: Table, name: str
) -> dict[tuple[str, int], tuple[int, int]]:
    """How many rows keep each rule of `table` that keeps no row out: (extract, position of the rule) -> (passed, total).

    All of a table in one pass. `rows` has `extract_id`, `as_at` and the contract's columns; what is kept in `engine`
    on the way has names that begin with `name`.
    """
    rules = {at: r for at, r in enumerate(table.rules) if is_for_rows(r) and r.severity == "warning"}
    if not rules:
        return {}
    formats = {column.name: column.formats for column in table.columns}
    texts = DistinctTexts(engine, rows, name)
    asked = {
        at: broken(rule, rows, texts=texts, formats=formats.get(rule.column or "", ()))
        for at, rule in rules.items()
    }
    judged = rows.select(
        "extract_id", **{f"rule_{at}": wrong().fill_null(False) for at, wrong in asked.items()}
    )
    sums = {f"rule_{at}": judged[f"rule_{at}"].sum() for at in rules}
    found = engine.fetch(judged.group_by("extract_id").aggregate(total=judged.count(), **sums)).to_pylist()
    return {
        (row["extract_id"], at): (int(row["total"]) - int(row[f"rule_{at}"] or 0), int(row["total"]))
        for row in found
        for at in rules
    }
