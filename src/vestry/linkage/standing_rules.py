"""The rules that a release's links went by, kept in the release: thresholds, registers, sources left out.

Contracts and `place.toml` change afterwards; with these, what was joined can be worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.place import Thresholds

LINK_FROM: Final = "link from"
REVIEW_FROM: Final = "review from"
HOLDS_EACH_ONCE: Final = "holds each once"
MAY_NOT_BE_LINKED: Final = "may not be linked"

RULES = ibis.schema({"rule": "string", "source": "string", "table_name": "string", "value": "float64"})


def standing_rules(engine: Engine, contracts: Mapping[str, Contract], thresholds: Thresholds) -> ir.Table:
    """`rule, source, table_name, value`, one row for each rule."""
    rows: list[dict[str, str | float | None]] = [
        {"rule": rule, "source": None, "table_name": None, "value": value}
        for rule, value in ((LINK_FROM, thresholds.link), (REVIEW_FROM, thresholds.review))
    ]
    for contract in contracts.values():
        if not contract.may_link:
            rows.append(
                {"rule": MAY_NOT_BE_LINKED, "source": contract.source, "table_name": None, "value": None}
            )
        rows += [
            {"rule": HOLDS_EACH_ONCE, "source": contract.source, "table_name": t.name, "value": None}
            for t in contract.tables
            if t.holds_each_once
        ]
    return engine.keep("linkage_rules", ibis.memtable(rows, schema=RULES))
