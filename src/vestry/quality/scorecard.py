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
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.contracts.contract import Contract, Table
from vestry.engines.engine import Engine
from vestry.model.fields import OF_KINDS
from vestry.model.identifiers import KIND_ENDS

LAGS_IN_DAYS: Final = (7, 30, 90, 365)
"""How soon something was known: the share of rows no older than this when their extract was made."""

COLUMNS: Final = ("source", "table_name", "field", "dimension", "rule", "passed", "total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the scorecard looks at for one table of one source.

    `rows` are those loaded from its newest extract; where the contract names a `dated_by` column they have its
    date as `happened_on` (ISO text) and `listed_before` (true or null: an earlier extract has the key). `kept_rules`
    says how many of them keep each rule that keeps no row out: position of the rule -> (passed, total).
    """

    contract: Contract
    table: Table
    rows: ir.Table
    latest_as_at: str
    kept_rules: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def scorecard(
    engine: Engine,
    measured: Sequence[Measured],
    *,
    given: ir.Table,
    claims: ir.Table,
    ledger: ir.Table,
    quarantine: ir.Table,
    today: str,
) -> ir.Table:
    """Every measurement, one row each, with `COLUMNS`.

    `given` is what `fields_given` counted; `claims` has `source, field, value, current, record_no, entity_no`; `today` (ISO)
    is the newest as-at date of any source, by which lateness is judged.
    """
    said = _said(engine, claims)
    rows = [
        *_given_and_valid(engine, given),
        *_rows(engine, _unique(ledger, quarantine)),
        *_rows(engine, _consistent(said)),
        *_rows(engine, _accurate(said)),
        *(row for m in measured if m.table.dated_by for row in _lag(engine, m)),
        *_punctual(measured, today),
    ]
    types = [(c, pa.int64() if c in ("passed", "total") else pa.string()) for c in COLUMNS]
    counted = [row for row in rows if row["total"]]
    return engine.bring("quality_measured", pa.Table.from_pylist(counted, schema=pa.schema(types)))


Row = dict[str, str | int | None]
"""One measurement, by `COLUMNS`."""


def _rows(engine: Engine, table: ir.Table) -> list[Row]:
    rows: list[Row] = engine.fetch(table.select(*COLUMNS)).to_pylist()
    return rows


def fields_given(
    standard: ir.Table, newest: Sequence[tuple[str, str, str]], fields: Mapping[str, str]
) -> ir.Table:
    """How many rows of each part of each table's newest extract give a field, and how many have a standard form of it.

    `standard` has `raw_<field>` and `<field>` side by side, for each part of each row; `newest` are the source, table
    and as-at day (ISO) of the extracts to count; `fields` are field -> the column of its text as received. Gives
    `source, table_name, part, rows, given_<field>, valid_<field>`.
    """
    latest = ibis.memtable(
        [dict(zip(("source", "table_name", "as_at"), one, strict=True)) for one in newest],
        schema=ibis.schema(dict.fromkeys(("source", "table_name", "as_at"), "string")),
    )
    counted = standard.semi_join(latest, ["source", "table_name", "as_at"])
    given = {f"given_{f}": counted[raw].count() for f, raw in fields.items()}
    valid = {
        f"valid_{f}": (counted[raw].notnull() & counted[f].notnull()).sum().cast("int64")
        for f, raw in fields.items()
    }
    return counted.group_by("source", "table_name", "part").aggregate(**given, **valid, rows=counted.count())


def _given_and_valid(engine: Engine, by_part: ir.Table) -> list[Row]:
    """Of each field, by table, how many rows give it and how many of those texts have a standard form.

    A field counts as missing only for the parts of a table that ever give it in this extract: others were never
    meant to.
    """
    fields = [c.removeprefix("given_") for c in by_part.columns if c.startswith("given_")]
    sums: dict[tuple[str, str, str], list[int]] = {}
    for part in engine.fetch(by_part).to_pylist():
        for f in fields:
            if part[f"given_{f}"]:
                sum_ = sums.setdefault((part["source"], part["table_name"], f), [0, 0, 0])
                for at, more in enumerate((part[f"given_{f}"], part["rows"], part[f"valid_{f}"])):
                    sum_[at] += more
    found: list[Row] = []
    for (source, table, name), (given_, rows, valid_) in sorted(sums.items()):
        where: Row = {"source": source, "table_name": table, "field": name}
        found.append({**where, "dimension": "completeness", "rule": "given", "passed": given_, "total": rows})
        found.append(
            {
                **where,
                "dimension": "validity",
                "rule": "has a standard form",
                "passed": valid_,
                "total": given_,
            }
        )
    return found


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Each value that a source says now of a field of an entity, by numbers, which are much quicker told apart than texts.

    `now` has `topic_no` (one for each entity and field; of values of several kinds, each kind), `source_no`, `value`, and the
    first and the last record that says so; `sources` and `fields` have the names of the numbers.
    """

    now: ir.Table
    sources: ir.Table
    fields: ir.Table
    field_count: int

    def named(self, counted: ir.Table) -> ir.Table:
        """`counted` by source and field, whose rows have `source_no` and `field_no`, with the names of both; the kinds of a
        field together."""
        named = counted.inner_join(self.sources, "source_no").inner_join(self.fields, "field_no")
        named = named.mutate(field=named.field.split("[")[0])
        alike = [c for c in COLUMNS if c in named.columns and c not in ("passed", "total")]
        return named.group_by(*alike).aggregate(passed=named.passed.sum(), total=named.total.sum())

    def by_source_and_field(self, rows: ir.Table) -> ir.Table:
        """`rows` with `field_no` in place of their topic, to be counted."""
        return rows.mutate(field_no=rows.topic_no % self.field_count).drop("topic_no")


def _said(engine: Engine, claims: ir.Table) -> _Said:
    of_kind = claims.field + "[" + claims.value.split(KIND_ENDS)[0] + "]"
    claims = claims.mutate(field=ibis.ifelse(claims.field.isin(sorted(OF_KINDS)), of_kind, claims.field))
    sources = engine.keep("sources_said", _numbered(claims, "source"))
    fields = engine.keep("fields_said", _numbered(claims, "field"))
    count = max(engine.count(fields), 1)
    now = claims.filter(claims.current).inner_join(sources, "source").inner_join(fields, "field")
    now = now.mutate(topic_no=now.entity_no * count + now.field_no)
    now = now.group_by("topic_no", "source_no", "value").aggregate(
        first_record=now.record_no.min(), last_record=now.record_no.max()
    )
    return _Said(now=engine.keep("said_now", now), sources=sources, fields=fields, field_count=count)


def _numbered(claims: ir.Table, column: str) -> ir.Table:
    """The different texts of a column, each with a number from 0: `<column>_no`."""
    each = claims.select(column).distinct()
    return each.mutate(**{f"{column}_no": ibis.row_number().over(order_by=column)})


def _consistent(said: _Said) -> ir.Table:
    each = said.now.group_by("source_no", "topic_no").aggregate(
        several=said.now.first_record.min() < said.now.last_record.max(), agree=said.now.count() == 1
    )
    several = said.by_source_and_field(each.filter(each.several))
    counted = several.group_by("source_no", "field_no").aggregate(
        table_name=ibis.literal(""),
        dimension=ibis.literal("consistency"),
        rule=ibis.literal("its records of one entity agree"),
        passed=several.agree.sum(),
        total=several.count(),
    )
    return said.named(counted)


def _accurate(said: _Said) -> ir.Table:
    now = said.now.select("topic_no", "source_no", "value")
    speakers = now.group_by("topic_no").aggregate(several=now.source_no.min() < now.source_no.max())
    heard = now.semi_join(speakers.filter(speakers.several), "topic_no")
    voices = heard.group_by("topic_no", "value").aggregate(voices=heard.count())
    each = said.by_source_and_field(heard.inner_join(voices, ["topic_no", "value"]))
    counted = each.group_by("source_no", "field_no").aggregate(
        table_name=ibis.literal(""),
        dimension=ibis.literal("accuracy"),
        rule=ibis.literal("another source agrees"),
        passed=(each.voices > 1).sum(),
        total=each.count(),
    )
    return said.named(counted)


def _lag(engine: Engine, measured: Measured) -> list[Row]:
    """Days from when a thing happened to the extract that first told of it.

    Only keys that no earlier extract listed count, and only where there was one: what a first extract holds of
    the past says nothing of how soon it was known.
    """
    rows = measured.rows
    happened = rows.happened_on.try_cast("date")
    days = rows.as_at.cast("string").cast("date").delta(happened, unit="day")
    fresh = rows.listed_before.isnull() & happened.notnull()
    promised = measured.contract.freshness.latency_days
    limits = [(f"known within {d} days", d) for d in LAGS_IN_DAYS]
    if promised is not None:
        limits.append(("known as soon as promised", promised))
    within = {f"within_{at}": (fresh & (days <= limit)).sum() for at, (_, limit) in enumerate(limits)}
    counted = rows.aggregate(
        **within, began=rows.listed_before.notnull().any(), total=fresh.sum().cast("int64")
    )
    told = engine.fetch(counted).to_pylist()[0]
    if not told["began"]:
        return []
    return [
        {
            "source": measured.contract.source, "table_name": measured.table.name,
            "field": measured.table.dated_by, "dimension": "timeliness", "rule": rule,
            "passed": int(told[f"within_{at}"] or 0), "total": told["total"],
        }
        for at, (rule, _) in enumerate(limits)
    ]  # fmt: skip


def _punctual(measured: Sequence[Measured], today: str) -> list[Row]:
    """Whether the newest extract is as new as the contract promised, on `today`."""
    rows: list[Row] = []
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
    return rows
