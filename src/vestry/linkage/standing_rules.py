"""The rules that a release's links went by, kept in the release: thresholds, registers, sources left out, models.

Contracts, `place.toml` and models change afterwards; with these, what was joined can be worked out and explained again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.rule_names import (
    HOLDS_EACH_ONCE,
    LINK_FROM,
    MAY_NOT_BE_LINKED,
    PRIOR,
    REVIEW_FROM,
    YEARS,
)
from vestry.linkage.scoring import prior_bits, years_apart
from vestry.model import kinds
from vestry.place import Thresholds

RULES = ibis.schema(
    {"rule": "string", "source": "string", "table_name": "string", "value": "float64"}
    | dict.fromkeys(("about", "model"), "string")
)


def standing_rules(
    engine: Engine,
    contracts: Mapping[str, Contract],
    thresholds: Thresholds,
    models: Path,
    others: Sequence[Mapping[str, str | float]] = (),
) -> ir.Table:
    """`rule, source, table_name, value, about, model`, one row for each rule; `models` is where the saved ones are, `others`
    are rows that linking itself has to tell."""
    rows: list[Mapping[str, str | float | None]] = [
        {"rule": LINK_FROM, "value": thresholds.link},
        {"rule": REVIEW_FROM, "value": thresholds.review},
        *others,
    ]
    years = years_apart(kinds.PERSON, models / f"{kinds.PERSON}.json")
    rows.append({"rule": YEARS, "value": years or 0, "about": kinds.PERSON})
    for kind in DESIGNS:
        model = models / f"{kind}.json"
        if model.is_file():
            name = hashlib.sha256(model.read_bytes()).hexdigest()
            rows.append({"rule": PRIOR, "value": prior_bits(kind, model), "about": kind, "model": name})
    for contract in contracts.values():
        if not contract.may_link:
            rows.append({"rule": MAY_NOT_BE_LINKED, "source": contract.source})
        rows += [
            {"rule": HOLDS_EACH_ONCE, "source": contract.source, "table_name": t.name, "about": part}
            for t in contract.tables
            for part in t.held_once
        ]
    whole = [{name: row.get(name) for name in RULES.names} for row in rows]
    return engine.keep("linkage_rules", ibis.memtable(whole, schema=RULES))
