"""The ledger: what became of every row received. It adds up, or nothing goes on (promise 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vestry.errors import LedgerUnbalanced


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """What became of the rows of one table of one extract.

    `received` is rows as parsed, header and trailer apart; `repeated` those identical to another of the
    extract.
    """

    source: str
    organisation: str
    extract_id: str
    table_name: str
    as_at: date
    received: int
    loaded: int
    repeated: int
    quarantined: int

    def balanced(self) -> LedgerRow:
        """Itself. Raises LedgerUnbalanced when a row is lost or counted twice."""
        if self.received != self.loaded + self.repeated + self.quarantined:
            raise LedgerUnbalanced(
                f"{self.received:,} rows were received, {self.loaded:,} loaded, {self.repeated:,} repeated, "
                f"{self.quarantined:,} quarantined: they do not add up.",
                where=f"{self.extract_id}, table {self.table_name}",
                fix="keep the extract and report this as a fault of Vestry",
            )
        return self
