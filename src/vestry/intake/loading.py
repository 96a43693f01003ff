"""Every extract of every source, checked: the rows that a build goes on with, the ledger and the
quarantine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.contracts.contract import Contract, Table
from vestry.engines.engine import Engine
from vestry.intake.check import ENTRY, check
from vestry.intake.ledger import LedgerRow
from vestry.intake.store import StoredExtract

LEDGER = pa.schema(
    [(name, pa.string()) for name in ("source", "organisation", "extract_id", "table_name", "as_at")]
    + [(name, pa.int64()) for name in ("received", "loaded", "repeated", "quarantined")]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The loaded rows of one table of one source, over every extract kept.

    `rows` has `extract_id, as_at, row_number, source_key` and the contract's columns as text;
    `latest_as_at` (ISO) is the newest extract's day.
    """

    contract: Contract
    table: Table
    rows: ir.Table
    latest_as_at: str

    def newest(self) -> ir.Table:
        """The rows of the newest extract."""
        return self.rows.filter(self.rows.as_at.cast("string") == self.latest_as_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a build goes on with: `received` for each table, `ledger` and `quarantine` as the release has
    them.
    """

    received: Sequence[Received]
    ledger: ir.Table
    quarantine: ir.Table


def load(engine: Engine, contracts: Mapping[str, Contract], extracts: Sequence[StoredExtract]) -> Loaded:
    """Check every table of every source against its contract as it stands now.

    Raises LedgerUnbalanced when rows do not add up.
    """
    received: list[Received] = []
    ledger: list[LedgerRow] = []
    quarantines: list[ir.Table] = []
    for source, contract in sorted(contracts.items()):
        sent = [e for e in extracts if e.source == source]
        for table in contract.tables:
            held = [e for e in sent if table.name in e.tables]
            if not held:
                continue
            checked = check(engine, contract, table, held)
            ledger += checked.ledger
            if any(entry.quarantined for entry in checked.ledger):
                quarantines.append(checked.quarantine)
            latest = max(e.as_at for e in held).isoformat()
            received.append(Received(contract=contract, table=table, rows=checked.rows, latest_as_at=latest))
    rows = [asdict(entry.balanced()) | {"as_at": entry.as_at.isoformat()} for entry in ledger]
    return Loaded(
        received=received,
        ledger=engine.bring("ledger", pa.Table.from_pylist(rows, schema=LEDGER)),
        quarantine=engine.keep(
            "quarantine", ibis.union(ibis.memtable([], schema=ibis.schema(ENTRY)), *quarantines)
        ),
    )
