"""Judges the rows of an extract that is being received: what is wrong with them, and whether it is too
much.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.errors import Problem
from vestry.intake.check import KEY_REPEATED, UNKNOWN_CODE, check
from vestry.intake.judgements import keep_judgement
from vestry.intake.ledger import LedgerRow
from vestry.intake.store import StoredExtract
from vestry.intake.structure import Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """How many rows of a table break one rule, and the number of the first of them."""

    table: str
    rule: str
    column: str | None
    rows: int
    first_row: int


def judge(
    engine: Engine, contract: Contract, extract: StoredExtract, judged: Path
) -> tuple[tuple[LedgerRow, ...], tuple[Broken, ...], list[Objection]]:
    """The ledger of `extract`, the rules that its rows break, and those for which the contract refuses it.

    All that builds will want of it is kept in the folder `judged`.
    """
    ledger: list[LedgerRow] = []
    broken: list[Broken] = []
    objections: list[Objection] = []
    for name in extract.tables:
        checked = check(engine, contract, contract.table(name), [extract])
        ledger += checked.ledger
        keep_judgement(engine, judged, contract, contract.table(name), extract, checked)
        for found in _by_rule(engine, name, checked.quarantine):
            broken.append(found)
            if _refuses(contract, found.rule):
                objections.append(_objection(extract, found))
    return tuple(ledger), tuple(broken), objections


def _by_rule(engine: Engine, table: str, quarantine: ir.Table) -> list[Broken]:
    grouped = quarantine.group_by("rule", "column_name").agg(
        rows=quarantine.row_number.nunique(), first_row=quarantine.row_number.min()
    )
    found = [
        Broken(
            table=table,
            rule=row["rule"],
            column=row["column_name"],
            rows=row["rows"],
            first_row=row["first_row"],
        )
        for row in engine.fetch(grouped).to_pylist()
    ]
    return sorted(found, key=lambda b: (b.first_row, b.rule, b.column or ""))


def _refuses(contract: Contract, rule: str) -> bool:
    """Whether the contract says that one such row refuses the extract."""
    surprises = contract.surprises
    if rule.startswith("row-"):
        return surprises.ragged_row == "refuse"
    if rule == KEY_REPEATED:
        return surprises.repeated_key == "refuse"
    if rule == UNKNOWN_CODE:
        return surprises.unknown_code == "refuse"
    return surprises.bad_value == "refuse"


def _objection(extract: StoredExtract, found: Broken) -> Objection:
    received = extract.tables[found.table].received
    breaks = "breaks" if found.rows == 1 else "break"
    place = f"table {found.table}" + (f", column {found.column}" if found.column else "")
    return Objection(
        problem=Problem(
            what=f"{found.rows:,} of {received:,} rows {breaks} the rule {found.rule}.",
            where=f"{extract.source}, extract {extract.as_at}, {place}, first at row {found.first_row:,}",
            fix="ask for it to be mended, or write quarantine in place of refuse under vestry.surprise",
        )
    )
