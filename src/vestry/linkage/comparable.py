"""What is compared: records that may be linked, what is read of them, and units by numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.linkage.identifiers import DECIDING
from vestry.linkage.profiles import COMPARED
from vestry.model import kinds
from vestry.model.fields import record_columns


def comparable_of(records: ir.Table, contracts: Mapping[str, Contract]) -> tuple[list[str], ir.Table]:
    """The sources whose records may not be linked, and the records of all others."""
    unlinked = sorted(c.source for c in contracts.values() if not c.may_link)
    return unlinked, records.filter(records.source.notin(unlinked)) if unlinked else records


_HEAD: Final = (
    "record_no", "record_id", "unit_id", "kind", "source", "table_name", "source_key", "part", "first_as_at",
    "last_as_at", "listed", "listed_until", "birth_date",
)  # fmt: skip
_PLACED: Final = ("uprn", "uprn_agrees", "address_lines", "postcode")


def columns_read(kind: str) -> list[str]:
    """The columns of `records` that linking reads of one kind."""
    compared = [c for c in COMPARED.get(kind, ()) if c in record_columns()]
    return list(dict.fromkeys((*columns_grouped(kind), *compared)))


def columns_grouped(kind: str) -> list[str]:
    """Those of them by which records are joined without scoring, or kept apart."""
    numbers = [c for c in DECIDING[kind] if c in record_columns()]
    return list(dict.fromkeys((*_HEAD, *numbers, *(_PLACED if kind == kinds.PROPERTY else ()))))


def numbered(engine: Engine, records: ir.Table, kind: str) -> tuple[ir.Table, ir.Table, ir.Table]:
    """(records of `kind` with `unit_no`; `_units`; `record_no, unit_no`)."""
    records = records.filter(records.kind == kind)
    units = engine.keep(f"{kind}_units", _units(records))
    unit_of = records.select("record_no", "unit_id").inner_join(units.select("unit_id", "unit_no"), "unit_id")
    unit_of = engine.keep(f"{kind}_unit_of", unit_of.select("record_no", "unit_no"))
    return records.inner_join(unit_of, "record_no"), units, unit_of


def _units(records: ir.Table) -> ir.Table:
    """Each unit, with its newest record, and `unit_no`: a number for each from 0, in the order of `unit_id`."""
    units = records.group_by("unit_id").aggregate(
        source=records.source.min(),
        table_name=records.table_name.min(),
        record_no=records.record_no.argmax(records.last_as_at + records.record_id),
        first_as_at=records.first_as_at.min(),
        last_as_at=records.last_as_at.max(),
    )
    return units.mutate(unit_no=ibis.row_number().over(order_by="unit_id"))
