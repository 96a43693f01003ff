"""How many rows keep each rule that a contract states, whether a break keeps the row out or is only
counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Rule
from vestry.engines.engine import Engine
from vestry.quality.rules import broken, is_for_rows
from vestry.quality.scorecard import COLUMNS, Measured


def kept_rules(
    engine: Engine, measured: Sequence[Measured], *, ledger: ir.Table, quarantine: ir.Table
) -> ir.Table:
    """One measurement for each rule of each contract, over the newest extract, with the scorecard's
    columns.
    """
    refused = quarantine.group_by("extract_id", "table_name", "rule").aggregate(
        rows=quarantine.row_number.nunique()
    )
    out_of = {
        (r["extract_id"], r["table_name"], r["rule"]): r["rows"] for r in engine.fetch(refused).to_pylist()
    }
    newest = {
        (r["source"], r["table_name"]): r
        for r in sorted(engine.fetch(ledger).to_pylist(), key=lambda r: str(r["as_at"]))
    }
    rows: list[dict[str, Any]] = []
    for m in measured:
        entry = newest.get((m.contract.source, m.table.name))
        for rule in m.table.rules:
            if entry is None or not is_for_rows(rule):
                continue
            if rule.severity == "error":
                total = entry["received"] - entry["repeated"]
                passed = total - out_of.get((entry["extract_id"], m.table.name, rule.name), 0)
            else:
                passed, total = _counted(engine, m, rule)
            rows.append(
                dict(
                    zip(
                        COLUMNS,
                        (
                            m.contract.source,
                            m.table.name,
                            rule.column or "",
                            rule.dimension,
                            rule.name,
                            passed,
                            total,
                        ),
                        strict=True,
                    )
                )
            )
    return ibis.memtable(
        rows, schema=ibis.schema({c: "int64" if c in ("passed", "total") else "string" for c in COLUMNS})
    )


def _counted(engine: Engine, measured: Measured, rule: Rule) -> tuple[int, int]:
    rows = measured.rows
    formats = next((c.formats for c in measured.table.columns if c.name == rule.column), ())
    breaks = broken(
        rule,
        rows,
        engine=engine,
        name=f"broken_{measured.table.name}_{rule.name}".replace("-", "_"),
        formats=formats,
    )
    judged = rows.select(breaks=breaks.fill_null(False))
    found = engine.fetch(judged.aggregate(failed=judged.breaks.sum(), total=judged.count())).to_pylist()[0]
    return int(found["total"] - (found["failed"] or 0)), int(found["total"])
