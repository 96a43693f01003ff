"""A twin of a few rows, for evaluations: what a release would say, without a release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

SCHEMAS = {
    "sources": {"source": "string", "organisation": "string", "as_at": "string"},
    "rules": {"rule": "string", "source": "string", "table_name": "string", "value": "float64"},
    "keys": dict.fromkeys(("source", "source_key", "part", "entity_id"), "string") | {"unit_no": "int32"},
    "unit ids": {"unit_no": "int32", "unit_id": "string"},
    "repeats": {"record_no": "int32", "unit_no": "int32"},
    "held": {"record_no": "int32"} | dict.fromkeys(("register", "first_as_at", "last_as_at"), "string"),
    "links": {"left_no": "int32", "right_no": "int32", "probability": "float64", "weight": "float64", "decided_by": "string",
              "contested": "bool"},
    "households": {"household_id": "string", "person_id": "string"},
    "addresses": dict.fromkeys(("source", "source_key", "part"), "string") | {"unit_no": "int32"}
    | dict.fromkeys(("last_as_at", "uprn", "uprn_by", "entity_id"), "string"),
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """One stream."""

    schema: Any
    batches: Iterator[Any]


@dataclass
class Twin:
    """Rows by (stream, kind); `asked` is what was read, in order."""

    rows: dict[tuple[str, str], list[tuple[Any, ...]]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, name: str, kind: str) -> Rows:
        self.asked.append((name, kind))
        schema = pa.schema([(n, pa.type_for_alias(t)) for n, t in SCHEMAS[name].items()])
        rows = self.rows.get((name, kind), ())
        if name == "links":  # nothing speaks against a pair that says no more
            rows = [(*row, False)[: len(schema)] for row in rows]
        columns = list(zip(*rows, strict=True)) or [()] * len(schema)
        arrays = [pa.array(column, of.type) for column, of in zip(columns, schema, strict=True)]
        table = pa.table(arrays, schema=schema)
        return Rows(schema=schema, batches=iter(table.to_batches()))


def twin_of(
    records: Sequence[tuple[str, str, str]], *, kind: str = "person", day: str = "2026-11-01"
) -> Twin:
    """A twin of (source, key, entity); part `p`, records numbered in order, sources of the borough."""
    sources = sorted({r[0] for r in records})
    return Twin(
        rows={
            ("sources", ""): [(s, "borough", day) for s in sources],
            ("rules", ""): [("link from", None, None, 0.95)],
            ("keys", kind): [(s, k, "p", e, n) for n, (s, k, e) in enumerate(records)],
            ("unit ids", kind): [(n, f"u{n}") for n in range(len(records))],
        }
    )


def write_csv(path: Path, heading: str, rows: Sequence[Sequence[Any]]) -> Path:
    """A truth file."""
    path.write_text("\n".join([heading, *(",".join(map(str, r)) for r in rows)]) + "\n", encoding="utf-8")
    return path


def known_of(rows: Sequence[tuple[Any, Any, str]], connection: Any) -> None:
    """Table `known` of (twin, truth, source)."""
    connection.execute("CREATE OR REPLACE TABLE known (twin INTEGER, truth INTEGER, source VARCHAR)")
    if rows:
        connection.executemany("INSERT INTO known VALUES (?, ?, ?)", [list(r) for r in rows])


@dataclass(frozen=True)
class Making:
    """What tests make, in one place: conftest cannot be imported."""

    twin: Callable[..., Twin] = twin_of
    csv: Callable[..., Path] = write_csv
    known: Callable[..., None] = known_of


@pytest.fixture
def making() -> Making:
    return Making()


@pytest.fixture
def connection() -> Iterator[Any]:
    with duckdb.connect(":memory:") as opened:
        yield opened
