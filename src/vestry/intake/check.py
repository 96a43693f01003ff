"""Checks the rows of every extract of a table at once, in sets: what is loaded, repeated, quarantined, and
why.

No row is looked at by itself, and none is lost: the ledger is drawn up from the counts of what was received
and of what became of it, and must add up (promise 1). Which rows are loaded does not depend on their order
(promise 2).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Column, Contract, Table
from vestry.engines.engine import Engine
from vestry.intake.ledger import LedgerRow
from vestry.intake.readers.texts import EXTRACT_ID, ROW_NUMBER, stored_name
from vestry.intake.store import StoredExtract
from vestry.model.dates import parse_date
from vestry.quality.ruled import count_kept
from vestry.quality.rules import Broken, DistinctTexts, broken, is_for_rows

AS_AT: Final = "as_at"
SOURCE_KEY: Final = "source_key"

REQUIRED: Final = "required"
KEY_REPEATED: Final = "key-repeated"
UNKNOWN_CODE: Final = "unknown-code"
BAD_VALUE: Final = {
    "date": "not-a-date",
    "timestamp": "not-a-date",
    "number": "not-a-number",
    "integer": "not-an-integer",
    "boolean": "not-a-boolean",
}
"""Logical type of a column -> rule that a text breaks which is none of that type."""

_WHOLE: Final = "([0-9]{1,3}(,[0-9]{3})+|[0-9]+)"
PATTERNS: Final = {
    # As standardise reads numbers: pounds, commas between thousands, brackets when negative, an exponent.
    "number": rf"^\(?[-+]?£?[-+]?({_WHOLE}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{{1,2}})?\)?$",
    "integer": rf"^[-+]?{_WHOLE}(\.0*)?$",
    "boolean": r"^([Tt](rue|RUE)?|[Ff](alse|ALSE)?|[Yy](es|ES)?|[Nn](o|O)?|0|1)$",
}

ENTRY: Final = {
    EXTRACT_ID: "string", "table_name": "string", ROW_NUMBER: "int64", "rule": "string", "column_name": "string",
}  # fmt: skip
"""Columns of the quarantine, and their types."""

_Broken = tuple[str, str | None, ir.BooleanValue]
"""A rule, the column to name, and whether each row breaks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTable:
    """Every extract of one table, judged.

    `rows` are those loaded: `extract_id`, `as_at` (date), `row_number`, `source_key` and the contract's
    columns as text, trimmed, blanks null. `quarantine` has `extract_id, table_name, row_number, rule,
    column_name`, one entry for each rule that a row breaks. `ledger` is one row for each extract. `kept_rules` counts
    how many of the loaded rows keep those rules of the table that keep no row out: (extract, position of the rule) ->
    (passed, total).
    """

    rows: ir.Table
    quarantine: ir.Table
    ledger: tuple[LedgerRow, ...]
    kept_rules: Mapping[tuple[str, int], tuple[int, int]]


def check(
    engine: Engine, contract: Contract, table: Table, extracts: Sequence[StoredExtract]
) -> CheckedTable:
    """Judge every row of `table` in those of `extracts` that hold it.

    Where the contract would refuse a whole extract for a row, the row is quarantined: what was once
    received stays. Raises LedgerUnbalanced when the rows do not add up.
    """
    held = [extract for extract in extracts if table.name in extract.tables]
    name = "checked_" + re.sub(r"\W", "_", f"{contract.source}_{table.name}")
    base = engine.keep(f"{name}_base", _keyed(_as_contracted(engine, name, table, held), table))
    repeated, key_repeated = _repeats(engine, name, base, table)
    rules = _only_broken(engine, base, _broken(engine, name, contract, table, base))
    pieces = [*key_repeated, *(_entries(base, table, rule) for rule in rules), *_unread(engine, table, held)]
    if pieces:
        found = ibis.union(*pieces) if len(pieces) > 1 else pieces[0]
        found = found if repeated is None else found.anti_join(repeated, [EXTRACT_ID, ROW_NUMBER])
        quarantine = engine.keep(f"{name}_quarantine", found)
    else:
        quarantine = nothing_quarantined()
    kept_out = quarantine.select(EXTRACT_ID, ROW_NUMBER).distinct() if pieces else None
    others = [part for part in (repeated, kept_out) if part is not None]
    rows = base
    if others:
        # Left as an expression: those kept out are few, and a second copy of all the others is not.
        few = engine.keep(f"{name}_others", ibis.union(*others) if len(others) > 1 else others[0])
        rows = base.anti_join(few, [EXTRACT_ID, ROW_NUMBER]).select(*base.columns)
    counts = _counts(engine, loaded=rows, repeated=repeated, quarantined=kept_out)
    ledger = tuple(_ledger_row(contract, table, extract, counts) for extract in held)
    return CheckedTable(
        rows=rows,
        quarantine=quarantine,
        ledger=ledger,
        kept_rules=count_kept(engine, rows, table, f"{name}_kept"),
    )


def nothing_quarantined() -> ir.Table:
    """A quarantine without an entry."""
    return _nothing(ENTRY)


def _nothing(columns: Mapping[str, str]) -> ir.Table:
    return ibis.memtable([], schema=ibis.schema(dict(columns)))


def _as_contracted(engine: Engine, name: str, table: Table, held: Sequence[StoredExtract]) -> ir.Table:
    """The rows as stored, under the contract's names, trimmed, blanks null; a column no file has is null."""
    if held:
        raw = engine.parquet([extract.parquet(table.name) for extract in held])
    else:
        raw = _nothing({EXTRACT_ID: "string", ROW_NUMBER: "int64"})
    stamps = {extract.extract_id: ibis.literal(extract.as_at) for extract in held}
    as_at = (
        ibis.cases(*((raw[EXTRACT_ID] == e, day) for e, day in stamps.items())) if held else ibis.null("date")
    )
    columns = {column.name: _contract_value(raw, column) for column in table.columns}
    return raw.select(EXTRACT_ID, ROW_NUMBER, **{AS_AT: as_at}, **columns)


def _contract_value(raw: ir.Table, column: Column) -> ir.StringValue:
    names = [stored_name(name) for name in (column.physical_name, *column.earlier_names)]
    held = [raw[name] for name in names if name in raw.columns]
    if not held:
        return ibis.literal(None, "string")
    value = (ibis.coalesce(*held) if len(held) > 1 else held[0]).strip()
    blanks = list(dict.fromkeys(["", *(blank.strip() for blank in column.blanks)]))
    return ibis.cases((value.isin(blanks), ibis.null("string")), else_=value)


def _keyed(rows: ir.Table, table: Table) -> ir.Table:
    """With `source_key`: the key column, or several joined by `|`; null when one is missing.

    Without a key it is a hash of the content; where each row counts, with the number of its occurrence.
    """
    parts = [rows[column] for column in table.key]
    if len(parts) == 1:
        return rows.mutate(**{SOURCE_KEY: parts[0]})
    if parts:
        escaped = [part.replace("\\", "\\\\").replace("|", "\\|") for part in parts]
        joined = functools.reduce(lambda left, right: left + ibis.literal("|") + right, escaped)
        return rows.mutate(**{SOURCE_KEY: joined})
    content = _content(rows, table)
    if not table.each_row_counts:
        return rows.mutate(**{SOURCE_KEY: content})
    rows = rows.mutate(content=content)
    alike = ibis.window(group_by=[rows[EXTRACT_ID], rows.content], order_by=rows[ROW_NUMBER])
    occurrence = ibis.row_number().over(alike) + 1
    return rows.mutate(**{SOURCE_KEY: rows.content + ibis.literal("#") + occurrence.cast("string")}).drop(
        "content"
    )


def _content(rows: ir.Table, table: Table) -> ir.StringValue:
    """A hash of all that the contract knows of a row: equal when every column is, and (128 bits) only then.

    Each text goes in behind its length, so that no text can pass for two.
    """
    pieces = []
    for column in table.columns:
        value = rows[column.name]
        sized = value.length().cast("string") + ibis.literal(":") + value
        pieces.append(ibis.coalesce(sized, ibis.literal("-")))
    return ibis.literal(",").join(pieces).hexdigest("md5")


def _repeats(
    engine: Engine, name: str, base: ir.Table, table: Table
) -> tuple[ir.Table | None, list[ir.Table]]:
    """Rows identical to one of lower number in the same extract (None: there is none); and entries for keys with
    several contents.

    Content is compared only among rows that share a key, which are few.
    """
    if table.each_row_counts:
        return None, []
    keyed = base.mutate(shared=base[SOURCE_KEY].fill_null(""))
    often = keyed.group_by(EXTRACT_ID, "shared").agg(times=keyed.count())
    often = often.filter(often.times > 1)
    if not engine.count(often):
        return None, []
    suspects = keyed.semi_join(often, [EXTRACT_ID, "shared"])
    suspects = suspects.select(
        EXTRACT_ID, ROW_NUMBER, SOURCE_KEY, "shared", content=_content(suspects, table)
    )
    suspects = engine.keep(
        f"{name}_suspects",
        suspects.mutate(
            first=suspects[ROW_NUMBER].min().over(group_by=[EXTRACT_ID, "shared", "content"]),
            contents=suspects.content.nunique().over(group_by=[EXTRACT_ID, SOURCE_KEY]),
        ),
    )
    repeated = suspects.filter(suspects[ROW_NUMBER] > suspects["first"]).select(EXTRACT_ID, ROW_NUMBER)
    # To choose one of several contents would be to trust the order of rows: none is loaded.
    differing = suspects.filter(
        (suspects[ROW_NUMBER] == suspects["first"]) & (suspects.contents > 1) & suspects[SOURCE_KEY].notnull()
    )
    return repeated, [_entry_columns(differing, table, KEY_REPEATED, ", ".join(table.key) or None)]


def _broken(engine: Engine, name: str, contract: Contract, table: Table, base: ir.Table) -> list[_Broken]:
    """Every rule that a row may break. A row that only ends its key need not say anything but the key."""
    found: list[tuple[str, str | None, Broken]] = []
    texts = DistinctTexts(engine, base, name)
    stated = {r.column for r in table.rules if r.check == "nullValues" and r.severity == "error"}
    for column in table.columns:
        value = base[column.name]
        if (column.required or column.name in table.key) and column.name not in stated:
            found.append((REQUIRED, column.name, value.isnull))
        checked = _wrong_type(texts, column, base)
        if checked is not None and contract.surprises.bad_value != "ignore":
            found.append((BAD_VALUE[column.logical_type], column.name, checked))
        if column.codes and contract.surprises.unknown_code != "ignore":
            found.append((UNKNOWN_CODE, column.name, partial(_unknown, value, list(column.codes))))
    for rule in table.rules:
        if rule.severity != "error" or not is_for_rows(rule):
            continue
        formats = table.column(rule.column).formats if rule.column else ()
        found.append((rule.name, rule.column, broken(rule, base, texts=texts, formats=formats)))
    return [(rule, column, _unless_ended(base, table, column, wrong())) for rule, column, wrong in found]


def _unknown(value: ir.StringValue, codes: Sequence[str]) -> ir.BooleanValue:
    return value.notnull() & value.notin(codes)


def _wrong_type(texts: DistinctTexts, column: Column, base: ir.Table) -> Broken | None:
    value = base[column.name]
    if column.logical_type == "date" or (column.logical_type == "timestamp" and column.formats):
        return texts.that(lambda text: parse_date(text, column.formats) is None, value)
    if column.logical_type in PATTERNS:
        return lambda: value.notnull() & ~value.re_search(PATTERNS[column.logical_type])
    return None


def _only_broken(engine: Engine, base: ir.Table, rules: Sequence[_Broken]) -> list[_Broken]:
    """Those of `rules` that some row breaks, found in one pass: most are broken by none."""
    if not rules:
        return []
    each = base.select(**{f"broken_{at}": wrong for at, (_, _, wrong) in enumerate(rules)})
    found = engine.fetch(each.aggregate(**{name: each[name].any() for name in each.columns})).to_pylist()[0]
    return [rule for at, rule in enumerate(rules) if found[f"broken_{at}"]]


def _unless_ended(
    base: ir.Table, table: Table, column: str | None, wrong: ir.BooleanValue
) -> ir.BooleanValue:
    if table.deleted_when is None or column in table.key:
        return wrong
    name, text = table.deleted_when
    return wrong & (base[name].fill_null("") != text)


def _entries(base: ir.Table, table: Table, piece: _Broken) -> ir.Table:
    rule, column, wrong = piece
    return _entry_columns(base.filter(wrong), table, rule, column)


def _entry_columns(rows: ir.Table, table: Table, rule: str, column: str | None) -> ir.Table:
    return rows.select(
        EXTRACT_ID,
        table_name=ibis.literal(table.name),
        row_number=rows[ROW_NUMBER],
        rule=ibis.literal(rule),
        column_name=ibis.literal(column, "string"),
    )


def _unread(engine: Engine, table: Table, held: Sequence[StoredExtract]) -> list[ir.Table]:
    """Entries for the rows that could not be read, where there are any."""
    refused = [extract.refused_parquet(table.name) for extract in held if extract.tables[table.name].refused]
    if not refused:
        return []
    return [engine.parquet(refused).mutate(table_name=ibis.literal(table.name)).select(*ENTRY)]


def _counts(engine: Engine, **parts: ir.Table | None) -> dict[tuple[str, str], int]:
    """(extract, part) -> how many rows of each extract each of `parts` has; absent where none."""
    grouped = [
        part.group_by(EXTRACT_ID).agg(times=part.count()).mutate(part=ibis.literal(name))
        for name, part in parts.items()
        if part is not None
    ]
    counted = engine.fetch(ibis.union(*grouped) if len(grouped) > 1 else grouped[0]).to_pylist()
    return {(row[EXTRACT_ID], row["part"]): row["times"] for row in counted}


def _ledger_row(
    contract: Contract, table: Table, extract: StoredExtract, counts: Mapping[tuple[str, str], int]
) -> LedgerRow:
    return LedgerRow(
        source=contract.source,
        organisation=contract.organisation,
        extract_id=extract.extract_id,
        table_name=table.name,
        as_at=extract.as_at,
        received=extract.tables[table.name].received,
        loaded=counts.get((extract.extract_id, "loaded"), 0),
        repeated=counts.get((extract.extract_id, "repeated"), 0),
        quarantined=counts.get((extract.extract_id, "quarantined"), 0),
    ).balanced()
