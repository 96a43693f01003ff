"""The scorecard of a release: what `quality` measures, given the tables that the build has by then."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Column
from vestry.engines.engine import Engine
from vestry.intake.loading import Loaded, Received
from vestry.model.fields import MARK
from vestry.quality.ruled import kept_rules
from vestry.quality.scorecard import Measured, scorecard
from vestry.standardise.remembered import Remembered


def measure(
    engine: Engine,
    loaded: Loaded,
    given: ir.Table,
    claims: ir.Table,
    remembered: Remembered,
    already: ir.Table,
    *,
    today: str,
) -> ir.Table:
    """Every quality measurement of the release, as its `quality` table has them; `already` was measured before."""
    with engine.workbench() as bench:
        measured = [_measured(r, remembered) for r in loaded.received]
        card = scorecard(
            engine,
            measured,
            given=given,
            claims=claims,
            ledger=loaded.ledger,
            quarantine=loaded.quarantine,
            today=today,
        )
        rules = kept_rules(engine, measured, ledger=loaded.ledger, quarantine=loaded.quarantine)
        whole = card.union(rules.select(*card.columns), already.select(*card.columns).cast(card.schema()))
        quality = engine.keep("quality", whole.distinct())
        bench.leave(quality)
    return quality


def _measured(received: Received, remembered: Remembered) -> Measured:
    rows = received.newest()
    earlier = received.rows.filter(received.rows.as_at.cast("string") < received.latest_as_at)
    if received.table.dated_by:
        column = received.table.column(received.table.dated_by)
        rows = rows.mutate(dated_text=_dated_text(column, rows))
        rows = remembered.standard_forms(rows, {"dated_text": ("date", ["happened_on", "happened_accuracy"])})
        listed = earlier.select("source_key").distinct().mutate(listed_before=ibis.literal(True))
        rows = rows.left_join(listed, "source_key").drop("source_key_right")
    return Measured(
        contract=received.contract, table=received.table, rows=rows, latest_as_at=received.latest_as_at,
        kept_rules=received.kept_rules,
    )  # fmt: skip


def _dated_text(column: Column, rows: ir.Table) -> ir.StringValue:
    formats: Sequence[str] = (*column.formats, "")
    return ibis.literal(MARK.join(formats)) + rows[column.name]
