"""Every extract of every source, checked: the rows that a build goes on with, the ledger and the
quarantine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.contracts.contract import Contract, Table
from vestry.engines.engine import Engine
from vestry.intake.check import ENTRY, CheckedTable
from vestry.intake.judgements import Judgements
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
    `latest_as_at` (ISO) is the newest extract's day, and `kept_rules` how many of its rows keep each rule that keeps
    no row out: position of the rule -> (passed, total). `described` are files of what the rows describe, as
    `describing.described` has it; None where that is still to be found.
    """

    contract: Contract
    table: Table
    rows: ir.Table
    latest_as_at: str
    kept_rules: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    described: Sequence[Path] | None = None

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


def load(
    engine: Engine,
    contracts: Mapping[str, Contract],
    extracts: Sequence[StoredExtract],
    judged: Path | None = None,
) -> Loaded:
    """Check every table of every source against its contract as it stands now.

    What was judged before is in the folder `judged`, and is not judged again. Raises LedgerUnbalanced when rows do
    not add up.
    """
    judgements = Judgements(engine, judged)
    judgements.forget_all_but(extracts)
    received: list[Received] = []
    ledger: list[LedgerRow] = []
    quarantines: list[ir.Table] = []
    for source, contract in sorted(contracts.items()):
        sent = [e for e in extracts if e.source == source]
        for table in contract.tables:
            held = [e for e in sent if table.name in e.tables]
            if not held:
                continue
            found = judgements.of(contract, table, held)
            checked = found.checked
            ledger += checked.ledger
            if any(entry.quarantined for entry in checked.ledger):
                quarantines.append(checked.quarantine)
            latest = max(e.as_at for e in held)
            received.append(
                Received(
                    contract=contract, table=table, rows=checked.rows, latest_as_at=latest.isoformat(),
                    kept_rules=_kept_by_newest(checked, [e.extract_id for e in held if e.as_at == latest]),
                    described=found.described,
                )
            )  # fmt: skip
    rows = [asdict(entry.balanced()) | {"as_at": entry.as_at.isoformat()} for entry in ledger]
    return Loaded(
        received=received,
        ledger=engine.bring("ledger", pa.Table.from_pylist(rows, schema=LEDGER)),
        quarantine=engine.keep(
            "quarantine", ibis.union(ibis.memtable([], schema=ibis.schema(ENTRY)), *quarantines)
        ),
    )


def _kept_by_newest(checked: CheckedTable, newest: Collection[str]) -> dict[int, tuple[int, int]]:
    """Position of a rule -> (passed, total), over the newest extracts of a table."""
    sums: dict[int, tuple[int, int]] = {}
    for (extract, at), (passed, total) in checked.kept_rules.items():
        if extract in newest:
            before = sums.get(at, (0, 0))
            sums[at] = before[0] + passed, before[1] + total
    return sums
