"""Each dimension as a tiny table: what goes in, and what passed of how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import pytest

from vestry.contracts.contract import (
    Column,
    Contract,
    Freshness,
    LawfulBasis,
    Layout,
    Rule,
    Table,
)
from vestry.engines.duckdb import DuckDBEngine
from vestry.quality.ruled import count_kept, kept_rules
from vestry.quality.scorecard import Measured, fields_given, scorecard

TODAY = "2026-11-01"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def table(rows: Sequence[Mapping[str, Any]], **types: str) -> ibis.Table:
    return ibis.memtable([dict.fromkeys(types) | dict(row) for row in rows], schema=ibis.schema(types))


def contract(source: str, *, every: int | None = None, latency: int | None = None, **table_: Any) -> Contract:
    return Contract(
        source=source, organisation="borough", title=source, version="1.0.0", path=Path("x.yaml"), sha256="0",
        lawful_basis=LawfulBasis(article_6="6(1)(e)"), layout=Layout(format="csv"),
        tables=(Table(name="rows", columns=(Column(name="ID", physical_name="ID"),), parts=(), **table_),),
        freshness=Freshness(every_days=every, latency_days=latency),
    )  # fmt: skip


def rows_of(*happened: tuple[str | None, bool | None]) -> ibis.Table:
    return table(
        [
            {"source_key": str(i), "as_at": TODAY, "happened_on": day, "listed_before": before, "ID": str(i)}
            for i, (day, before) in enumerate(happened)
        ],
        source_key="string", as_at="string", happened_on="string", listed_before="boolean", ID="string",
        extract_id="string",
    )  # fmt: skip


STANDARD = dict.fromkeys(("source", "table_name", "part", "as_at", "raw_postcode", "postcode"), "string")
CLAIM = dict.fromkeys(("source", "field", "value"), "string") | {
    "entity_no": "int64", "record_no": "int64", "current": "boolean"
}  # fmt: skip
LEDGER = dict.fromkeys(("source", "extract_id", "table_name", "as_at"), "string") | {
    "received": "int64",
    "repeated": "int64",
}
QUARANTINE = dict.fromkeys(("extract_id", "table_name", "rule", "column_name"), "string") | {
    "row_number": "int64"
}


def measured(engine: DuckDBEngine, **given: Any) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """(source, field, dimension, rule) -> (passed, total)."""
    usual = Measured(
        contract=contract("tax"), table=contract("tax").tables[0], rows=rows_of(), latest_as_at=TODAY
    )
    every = given.get("measured", [usual])
    newest = [(m.contract.source, m.table.name, m.latest_as_at) for m in every]
    found = scorecard(
        engine,
        every,
        given=fields_given(table(given.get("standard", []), **STANDARD), newest, {"postcode": "raw_postcode"}),
        claims=table(given.get("claims", []), **CLAIM),
        ledger=table(given.get("ledger", []), **LEDGER),
        quarantine=table(given.get("quarantine", []), **QUARANTINE),
        today=TODAY,
    )  # fmt: skip
    return {
        (r["source"], r["field"], r["dimension"], r["rule"]): (r["passed"], r["total"])
        for r in engine.fetch(found).to_pylist()
    }


def test_completeness_and_validity_of_the_newest_extract(engine: DuckDBEngine) -> None:
    said = {"source": "tax", "table_name": "rows", "part": "home", "as_at": TODAY}
    found = measured(
        engine,
        standard=[
            said | {"raw_postcode": "al1 1aa", "postcode": "AL1 1AA"},
            said | {"raw_postcode": "rubbish", "postcode": None},
            said | {"raw_postcode": None, "postcode": None},
            said | {"as_at": "2026-08-01", "raw_postcode": None, "postcode": None},  # an older extract
            said | {"part": "owner", "raw_postcode": None, "postcode": None},  # a part that never gives it
        ],
    )
    assert found["tax", "postcode", "completeness", "given"] == (2, 3)
    assert found["tax", "postcode", "validity", "has a standard form"] == (1, 2)


def test_uniqueness_counts_repeats_and_shared_keys(engine: DuckDBEngine) -> None:
    entry = {"source": "tax", "table_name": "rows", "received": 10, "repeated": 2}
    found = measured(
        engine,
        ledger=[
            entry | {"extract_id": "tax/2", "as_at": TODAY},
            entry | {"extract_id": "tax/1", "as_at": "2026-08-01", "repeated": 9},
        ],
        quarantine=[
            {"extract_id": "tax/2", "table_name": "rows", "rule": "key-repeated", "row_number": n}
            for n in (4, 5)
        ]
        + [{"extract_id": "tax/2", "table_name": "rows", "rule": "not-a-date", "row_number": 6}],
    )
    assert found["tax", "", "uniqueness", "each key once"] == (6, 10)


def claim(
    entity: int, source: str, value: str, record: str, current: bool = True, field: str = "birth_date"
) -> dict[str, Any]:
    return {
        "entity_no": entity, "source": source, "field": field, "value": value, "record_no": ord(record),
        "current": current,
    }  # fmt: skip


def test_accuracy_is_agreement_with_another_source(engine: DuckDBEngine) -> None:
    found = measured(
        engine,
        claims=[
            claim(0, "tax", "1980-01-01", "a"), claim(0, "gp", "1980-01-01", "b"),
            claim(1, "tax", "1980-01-02", "c"), claim(1, "gp", "1980-02-01", "d"),
            claim(2, "tax", "1980-01-03", "e"),  # nobody else speaks of this one
            claim(3, "tax", "1980-01-04", "f"), claim(3, "gp", "1990-01-04", "g", current=False),
            claim(0, "tax", "F", "a", field="sex"), claim(0, "gp", "M", "b", field="sex"),
            claim(0, "library", "1980-01-01", "h"),
        ],
    )  # fmt: skip
    rule = "accuracy", "another source agrees"
    assert found["tax", "birth_date", *rule] == (1, 2)
    assert found["gp", "birth_date", *rule] == (1, 2)
    assert found["library", "birth_date", *rule] == (1, 1)
    assert found["tax", "sex", *rule] == found["gp", "sex", *rule] == (0, 1)


def test_numbers_of_two_kinds_do_not_disagree(engine: DuckDBEngine) -> None:
    def numbers(*said: tuple[str, str, str]) -> list[dict[str, Any]]:
        return [claim(0, source, number, record, field="other_number") for source, number, record in said]

    found = measured(
        engine,
        claims=numbers(
            ("college", "ULN:4310589627", "a"), ("college", "UCI:810589627", "b"), ("trainer", "ULN:4310589627", "c"),
            ("board", "UCI:810589628", "d"), ("licences", "DRIVING_LICENCE:WALKE801", "e"),
        ),
    )  # fmt: skip
    rule = "accuracy", "another source agrees"
    assert found["college", "other_number", *rule] == (1, 2), "of both its kinds, in one line"
    assert found["trainer", "other_number", *rule] == (1, 1)
    assert found["board", "other_number", *rule] == (0, 1)
    assert ("licences", "other_number", *rule) not in found, "nobody else speaks of that kind"
    assert not [key for key in found if key[2] == "consistency"]


def test_consistency_is_a_source_agreeing_with_itself(engine: DuckDBEngine) -> None:
    found = measured(
        engine,
        claims=[
            claim(0, "tax", "1980-01-01", "a"), claim(0, "tax", "1980-01-01", "b"),
            claim(1, "tax", "1980-01-02", "c"), claim(1, "tax", "1980-02-01", "d"),
            claim(2, "tax", "1980-01-03", "e"), claim(2, "tax", "F", "f", field="sex"),
        ],
    )  # fmt: skip
    assert found["tax", "birth_date", "consistency", "its records of one entity agree"] == (1, 2)
    assert ("tax", "sex", "consistency", "its records of one entity agree") not in found


def test_lag_counts_what_is_new_since_the_extract_before(engine: DuckDBEngine) -> None:
    dated = contract("tax", latency=10, dated_by="ID")
    rows = rows_of(("2026-10-30", None), ("2026-10-01", None), ("2001-01-01", True), (None, None))
    found = measured(
        engine, measured=[Measured(contract=dated, table=dated.tables[0], rows=rows, latest_as_at=TODAY)]
    )
    assert found["tax", "ID", "timeliness", "known within 7 days"] == (1, 2)
    assert found["tax", "ID", "timeliness", "known within 90 days"] == (2, 2)
    assert found["tax", "ID", "timeliness", "known as soon as promised"] == (1, 2)


def test_a_first_extract_has_no_lag(engine: DuckDBEngine) -> None:
    dated = contract("tax", dated_by="ID")
    rows = rows_of(("2001-01-01", None), ("2026-10-01", None))
    found = measured(
        engine, measured=[Measured(contract=dated, table=dated.tables[0], rows=rows, latest_as_at=TODAY)]
    )
    assert not [key for key in found if key[2] == "timeliness"]


@pytest.mark.parametrize(("as_at", "passed"), [("2026-10-20", 1), ("2026-08-01", 0)])
def test_an_extract_that_is_late_against_its_promise(engine: DuckDBEngine, as_at: str, passed: int) -> None:
    monthly = contract("tax", every=31)
    found = measured(
        engine,
        measured=[Measured(contract=monthly, table=monthly.tables[0], rows=rows_of(), latest_as_at=as_at)],
    )
    assert found["tax", "", "timeliness", "newest extract came as promised"] == (passed, 1)


def test_a_rule_that_quarantines_and_one_that_counts(engine: DuckDBEngine) -> None:
    rules = (
        Rule(name="id-given", check="nullValues", dimension="completeness", column="ID", severity="error"),
        Rule(name="id-short", check="invalidValues", dimension="validity", column="ID", arguments={"pattern": "^[01]$"}),
    )  # fmt: skip
    made = contract("tax", rules=rules)
    rows = rows_of((None, None), (None, None), (None, None))
    entry = {
        "source": "tax",
        "extract_id": "tax/1",
        "table_name": "rows",
        "as_at": TODAY,
        "received": 9,
        "repeated": 2,
    }
    counted = count_kept(engine, rows.mutate(extract_id=ibis.literal("tax/1")), made.tables[0], "tax_kept")
    kept_out = {"extract_id": "tax/1", "table_name": "rows", "rule": "id-given", "column_name": "ID"}
    found = kept_rules(
        engine,
        [
            Measured(
                contract=made,
                table=made.tables[0],
                rows=rows,
                latest_as_at=TODAY,
                kept_rules={at: counts for (_, at), counts in counted.items()},
            )
        ],
        ledger=table([entry], **LEDGER),
        quarantine=table([kept_out | {"row_number": n} for n in (3, 4)], **QUARANTINE),
    )
    figures = {r["rule"]: (r["passed"], r["total"]) for r in engine.fetch(found).to_pylist()}
    assert figures == {"id-given": (5, 7), "id-short": (2, 3)}
