"""Fingerprints: all that linkage reads of a record, as one number. Who has the same was compared in the same way.

A record's id is made of its content, so little has to be added: what the build found out about its address, the address beside
it, and the time for which it was listed. That a list was sent once more changes nothing of those who are in it still.
"""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine

READ: Final = (
    "record_id", "unit_id", "uprn", "uprn_agrees", "address_lines", "postcode", "first_as_at", "ended",
)  # fmt: skip


def fingerprints(engine: Engine, records: ir.Table, beside: ir.Table) -> ir.Table:
    """`record_no, fingerprint` of every one of `records`; `beside` as `profiles.addresses_beside` has it."""
    ended = ibis.ifelse(records.listed, ibis.null("string"), records.listed_until)
    told = engine.statement(records.mutate(ended=ended).select("record_no", *READ))
    near = [c for c in beside.columns if c != "record_no"]
    read = ", ".join((*(f"told.{c}" for c in READ), *(f"beside.{c}" for c in near)))
    return engine.compute(
        "fingerprints",
        f"SELECT told.record_no, CAST(hash({read}) >> 1 AS BIGINT) AS fingerprint FROM ({told}) told"
        f" LEFT JOIN ({engine.statement(beside)}) beside ON beside.record_no = told.record_no",
    )
