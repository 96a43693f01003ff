"""Fingerprints: all that linkage reads of a record, as one number. Who has the same was compared in the same way.

A record's id is made of its content, so little has to be added: what the build found out about its address, the address beside
it, and the time for which it was listed. That a list was sent once more changes nothing of those who are in it still.
"""

from __future__ import annotations

from typing import Final

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.keeping_apart import LIST

_READ: Final = (
    "record_id", "unit_id", "uprn", "uprn_agrees", "address_lines", "postcode", "first_as_at",
)  # fmt: skip


def fingerprints(engine: Engine, records: ir.Table, beside: ir.Table) -> ir.Table:
    """`record_no, fingerprint` of every one of `records`; `beside` as `profiles.addresses_beside` has it."""
    columns = (*_READ, *LIST, "listed_until", "record_no")
    latest = "(SELECT {0}, max(listed_until) AS latest FROM told GROUP BY {0})"
    by_list, by_table = ", ".join(LIST), ", ".join(LIST[:2])
    read = ", ".join(f"told.{column}" for column in _READ)
    ended = "CASE WHEN told.listed_until < {0}.latest THEN told.listed_until END"
    near = ", ".join(f"beside.{c}" for c in beside.columns if c != "record_no")
    return engine.compute(
        "fingerprints",
        f"WITH told AS ({engine.statement(records.select(*columns))}),"
        f" lists AS {latest.format(by_list)}, tables AS {latest.format(by_table)},"
        f" beside AS ({engine.statement(beside)})"
        f" SELECT told.record_no, CAST(hash({read}, {ended.format('lists')}, {ended.format('tables')}, {near}) >> 1 AS BIGINT)"
        " AS fingerprint FROM told"
        f" JOIN lists USING ({by_list}) JOIN tables ON tables.source = told.source AND tables.table_name = told.table_name"
        " LEFT JOIN beside ON beside.record_no = told.record_no",
    )
