"""Behaviour as tiny tables: rows in, rows out, on every engine there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Part, Table, Target
from vestry.engines.duckdb import DuckDBEngine
from vestry.engines.engine import Engine
from vestry.intake.loading import Received

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
