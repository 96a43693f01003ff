"""Measures every source and field in the six dimensions of the Government Data Quality Framework.

- completeness: of the rows of the newest extract, how many give the field;
- uniqueness: of the rows received, how many are neither repeats nor share a key;
- validity: of the values given, how many have a standard form; and each rule that the contract states;
- consistency: of the entities that one source describes more than once, how many it describes in one way;
- accuracy: of a source's claims on which other sources speak too, how many agree with one of them (agreement
  between linked sources stands for accuracy, which nobody can measure directly);
- timeliness: how long after it happened we knew, and whether extracts came as promised.

`passed` of `total` are counts, so that measurements add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Contract, Table
from vestry.engines.engine import Engine

LAGS_IN_DAYS: Final = (7, 30, 90, 365)
"""How soon something was known: the share of rows no older than this when their extract was made."""

COLUMNS: Final = ("source", "table_name", "field", "dimension", "rule", "passed", "total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the scorecard looks at for one table of one source.

    `rows` are those loaded from its newest extract; where the contract names a `dated_by` column they have its
    date as `happened_on` (ISO text) and `listed_before` (true or null: an earlier extract has the key).
    """

    contract: Contract
    table: Table
    rows: ir.Table
    latest_as_at: str


def scorecard(
    engine: Engine,
    measured: Sequence[Measured],
    *,
    standard: ir.Table,
    claims: ir.Table,
    ledger: ir.Table,
    quarantine: ir.Table,
    standardised_fields: Mapping[str, str],
    today: str,
) -> ir.Table:
    """Every measurement, one row each, with `COLUMNS`.

    `standard` has `raw_<field>` and `<field>` side by side, for each part of each row;
    `standardised_fields` says which of them have a rule; `today` (ISO) is the newest as-at date of any
    source, by which lateness is judged.
    """
    newest = _newest(standard, measured)
    found = [
        _given(newest, standardised_fields),
        _valid(newest, standardised_fields),
        _unique(ledger, quarantine),
        _consistent(claims),
        _accurate(claims),
        *(_lag(m) for m in measured if m.table.dated_by),
        _punctual(measured, today),
    ]
    shaped = [table.select(*_cast(table)) for table in found]
    whole = engine.keep("quality_measured", ibis.union(*shaped) if len(shaped) > 1 else shaped[0])
    return whole.filter(whole.total > 0)


def _cast(table: ir.Table) -> list[ir.Value]:
    return [table[c].cast("int64" if c in ("passed", "total") else "string").name(c) for c in COLUMNS]


def _newest(standard: ir.Table, measured: Sequence[Measured]) -> ir.Table:
    latest = ibis.memtable(
        [
            {"source": m.contract.source, "table_name": m.table.name, "as_at": m.latest_as_at}
            for m in measured
        ],
        schema=ibis.schema(dict.fromkeys(("source", "table_name", "as_at"), "string")),
    )
    return standard.semi_join(latest, ["source", "table_name", "as_at"])


def _by_source(
    table: ir.Table, sums: Mapping[str, tuple[ir.Value, ir.Value]], dimension: str, rule: str
) -> ir.Table:
    """One aggregate over every field at once, turned from columns into rows."""
    counted = table.group_by("source", "table_name").aggregate(
        **{f"p_{f}": passed.cast("int64") for f, (passed, _) in sums.items()},
        **{f"t_{f}": total.cast("int64") for f, (_, total) in sums.items()},
    )
    rows = [
        counted.select(
            "source", "table_name", field=ibis.literal(f), dimension=ibis.literal(dimension),
            rule=ibis.literal(rule), passed=counted[f"p_{f}"], total=counted[f"t_{f}"],
        )
        for f in sums
    ]  # fmt: skip
    return ibis.union(*rows) if len(rows) > 1 else rows[0]


def _given(newest: ir.Table, fields: Mapping[str, str]) -> ir.Table:
    """A field counts for the parts of a table that ever give it in this extract: others were never meant
    to.
    """
    part = ibis.window(group_by=["source", "table_name", "part"])
    ever = newest.mutate(**{f"ever_{f}": newest[raw].notnull().any().over(part) for f, raw in fields.items()})
    sums = {
        f: ((ever[raw].notnull() & ever[f"ever_{f}"]).sum(), ever[f"ever_{f}"].sum())
        for f, raw in fields.items()
    }
    return _by_source(ever, sums, "completeness", "given")


def _valid(newest: ir.Table, fields: Mapping[str, str]) -> ir.Table:
    sums = {
        f: ((newest[raw].notnull() & newest[f].notnull()).sum(), newest[raw].notnull().sum())
        for f, raw in fields.items()
    }
    return _by_source(newest, sums, "validity", "has a standard form")


def _unique(ledger: ir.Table, quarantine: ir.Table) -> ir.Table:
    shared = quarantine.filter(quarantine.rule == "key-repeated")
    shared = shared.group_by("extract_id", "table_name").aggregate(sharing=shared.row_number.nunique())
    rows = ledger.left_join(shared, ["extract_id", "table_name"]).drop("extract_id_right", "table_name_right")
    newest = ibis.window(group_by=["source", "table_name"])
    rows = rows.filter(rows.as_at == rows.as_at.max().over(newest))
    return rows.group_by("source", "table_name").aggregate(
        field=ibis.literal(""),
        dimension=ibis.literal("uniqueness"),
        rule=ibis.literal("each key once"),
        passed=(rows.received - rows.repeated - rows.sharing.fill_null(0)).sum(),
        total=rows.received.sum(),
    )


def _said_now(claims: ir.Table) -> ir.Table:
    return (
        claims.filter(claims.current).select("entity_id", "source", "field", "value", "record_id").distinct()
    )


def _consistent(claims: ir.Table) -> ir.Table:
    said = _said_now(claims)
    each = said.group_by("source", "field", "entity_id").aggregate(
        records=said.record_id.nunique(), values=said.value.nunique()
    )
    several = each.filter(each.records > 1)
    return several.group_by("source", "field").aggregate(
        table_name=ibis.literal(""),
        dimension=ibis.literal("consistency"),
        rule=ibis.literal("its records of one entity agree"),
        passed=(several["values"] == 1).sum(),
        total=several.count(),
    )


def _accurate(claims: ir.Table) -> ir.Table:
    said = _said_now(claims).drop("record_id").distinct()
    speakers = said.group_by("entity_id", "field").aggregate(sources=said.source.nunique())
    voices = said.group_by("entity_id", "field", "value").aggregate(voices=said.source.nunique())
    each = said.inner_join(speakers, ["entity_id", "field"]).inner_join(
        voices, ["entity_id", "field", "value"]
    )
    each = each.filter(each.sources > 1)
    return each.group_by("source", "field").aggregate(
        table_name=ibis.literal(""),
        dimension=ibis.literal("accuracy"),
        rule=ibis.literal("another source agrees"),
        passed=(each.voices > 1).sum(),
        total=each.count(),
    )


def _lag(measured: Measured) -> ir.Table:
    """Days from when a thing happened to the extract that first told of it.

    Only keys that no earlier extract listed count, and only where there was one: what a first extract holds of
    the past says nothing of how soon it was known.
    """
    rows = measured.rows
    began = rows.listed_before.notnull().any().over(ibis.window())
    rows = rows.mutate(began=began).filter(ibis._.began & ibis._.listed_before.isnull())
    happened = rows.happened_on.try_cast("date")
    days = rows.as_at.cast("string").cast("date").delta(happened, unit="day")
    rows = rows.filter(happened.notnull())
    promised = measured.contract.freshness.latency_days
    limits = [(f"known within {d} days", d) for d in LAGS_IN_DAYS]
    if promised is not None:
        limits.append(("known as soon as promised", promised))
    tables = [
        rows.aggregate(passed=(days <= limit).sum(), total=rows.count()).mutate(
            source=ibis.literal(measured.contract.source),
            table_name=ibis.literal(measured.table.name),
            field=ibis.literal(measured.table.dated_by),
            dimension=ibis.literal("timeliness"),
            rule=ibis.literal(rule),
        )
        for rule, limit in limits
    ]
    return ibis.union(*(t.select(*_cast(t)) for t in tables))


def _punctual(measured: Sequence[Measured], today: str) -> ir.Table:
    """Whether the newest extract is as new as the contract promised, on `today`."""
    rows = []
    for m in measured:
        every = m.contract.freshness.every_days
        if every is not None:
            late = (date.fromisoformat(today) - date.fromisoformat(m.latest_as_at)).days > every
            rows.append(
                {
                    "source": m.contract.source, "table_name": m.table.name, "field": "",
                    "dimension": "timeliness", "rule": "newest extract came as promised",
                    "passed": int(not late), "total": 1,
                }
            )  # fmt: skip
    schema = ibis.schema({c: "int64" if c in ("passed", "total") else "string" for c in COLUMNS})
    return ibis.memtable(rows, schema=schema)
