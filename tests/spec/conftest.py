"""Behaviour as tiny tables: rows in, rows out, on every engine there is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from sealing_by_hand import EARLIER, HOME, OF_PEOPLE, OF_THE_SEALED, PARTNER, PERSON, Sealing
from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Part, Table, Target
from vestry.engines.duckdb import DuckDBEngine
from vestry.engines.engine import Engine
from vestry.intake.loading import Loaded, Received
from vestry.linkage.sealing import seal
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered

ENGINES: Mapping[str, Callable[[Path], Engine]] = {"duckdb": lambda folder: DuckDBEngine(folder, threads=1)}
"""A second engine goes here, and every test of this folder runs on it."""


@pytest.fixture(scope="session", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with an empty workspace."""
    made = ENGINES[request.param](tmp_path_factory.mktemp("spec") / "work")
    yield made
    made.close()


def text_table(text: str, schema: Mapping[str, str] | None = None) -> ir.Table:
    """A table drawn as `a | b` lines: the first names the columns, a dash stands for null; text unless `schema` says."""
    head, *lines = [
        [cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()
    ]
    types = {name: (schema or {}).get(name, "string") for name in head}
    casts: Mapping[str, Callable[[str], Any]] = {
        "float64": float,
        "int64": int,
        "boolean": lambda t: t == "yes",
    }
    rows = [
        {n: None if c == "-" else casts.get(types[n], str)(c) for n, c in zip(head, line, strict=True)}
        for line in lines
    ]
    return ibis.memtable(rows, schema=ibis.schema(types))


def received(
    rows: ir.Table,
    *,
    parts: Sequence[Part],
    fields: Mapping[str, str],
    source: str = "tax",
    table: str = "rows",
    extract: Any = "full",
    latest: str | None = None,
    deleted_when: tuple[str, str] | None = None,
    formats: Sequence[str] = (),
) -> Received:
    """Rows of one table as intake gives them. `fields` are column -> `part.field[index]`; `rows` has `as_at` and
    `key`; row numbers and extracts are made up."""
    columns = []
    for name, to in fields.items():
        part, _, field = to.partition(".")
        field, _, index = field.rstrip("]").partition("[")
        columns.append(
            Column(
                name=name, physical_name=name, formats=tuple(formats),
                targets=(Target(part=part, field=field, index=index or None),),
            )
        )  # fmt: skip
    if deleted_when:
        columns.append(Column(name=deleted_when[0], physical_name=deleted_when[0]))
    columns += [
        Column(name=p.keyed_by, physical_name=p.keyed_by) for p in parts if p.keyed_by not in (None, *fields)
    ]
    held = Table(name=table, columns=tuple(columns), parts=tuple(parts), deleted_when=deleted_when)
    contract = Contract(
        source=source, organisation="borough", title=source, version="1", path=Path("x"), sha256="",
        lawful_basis=LawfulBasis(article_6="6(1)(e)"), layout=Layout(format="csv"), tables=(held,), extract=extract,
    )  # fmt: skip
    given = rows.mutate(
        extract_id=ibis.literal(f"{source}/{table}/") + rows.as_at,
        as_at=rows.as_at.cast("date"),
        row_number=ibis.row_number() + 1,
        source_key=rows["key"] if "key" in rows.columns else ibis.literal("1"),
    )
    days = rows.as_at.max() if latest is None else None
    newest = latest or str(ibis.duckdb.connect().execute(days))
    return Received(contract=contract, table=held, rows=given, latest_as_at=newest)


@pytest.fixture(scope="session")
def tables() -> Any:
    """`tables.of("a | b ...")` draws a table; `tables.received(...)` makes one that intake has loaded."""

    class Tables:
        of = staticmethod(text_table)
        received = staticmethod(received)

    return Tables


@pytest.fixture
def sealing(engine: Engine, tables: Any) -> Any:
    """`sealing(tables...)`: those tables standardised and sealed; of the extracts `kept_out`, two rows each are in
    quarantine."""

    def made(*received: Received, kept_out: Collection[str] = ()) -> Sealing:
        remembered = Remembered(engine, None)
        entries = [
            r.rows.group_by("extract_id")
            .aggregate(loaded=r.rows.count(), as_at=r.rows.as_at.cast("string").max())
            .mutate(
                source=ibis.literal(r.contract.source),
                table_name=ibis.literal(r.table.name),
                received=ibis._.loaded + 2,
                quarantined=ibis._.extract_id.isin(list(kept_out) or ["-"]).ifelse(2, 0),
            )
            for r in received
        ]
        ledger = engine.keep("ledger_drawn", ibis.union(*entries) if len(entries) > 1 else entries[0])
        loaded = Loaded(received=received, ledger=ledger, quarantine=ledger)
        records = standardise(engine, received, remembered).records
        return Sealing(engine=engine, left=seal(engine, records, loaded, remembered))

    return made


@pytest.fixture
def listed(tables: Any) -> Any:
    """`listed(drawn)`: a list of sealed identities."""

    def made(drawn: str, **said: Any) -> Received:
        rows = tables.of(drawn)
        fields = {n: to for n, to in OF_THE_SEALED.items() if n in rows.columns}
        found: Received = tables.received(
            rows,
            parts=[EARLIER],
            fields=fields,
            source="protected",
            table="list",
            formats=["yyyy-MM-dd"],
            **said,
        )
        return found

    return made


@pytest.fixture
def held(tables: Any) -> Any:
    """`held(drawn)`: a register of people at home. A table that names no day is of 1 January 2026."""

    def made(drawn: str, **said: Any) -> Received:
        rows = tables.of(drawn)
        if "as_at" not in rows.columns:
            rows = rows.mutate(as_at=ibis.literal("2026-01-01"))
        fields = {n: to for n, to in OF_PEOPLE.items() if n in rows.columns}
        parts = [PERSON, HOME] if "partner_given" not in fields else [PERSON, PARTNER, HOME]
        found: Received = tables.received(
            rows, parts=parts, fields=fields, table="people", formats=["yyyy-MM-dd"], **said
        )
        return found

    return made
