"""Contracts, files and places made in a line, for tests of the intake room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from vestry.clock import FixedClock
from vestry.contracts.contract import Column, Contract, LawfulBasis, Layout, Table
from vestry.engines.duckdb import DuckDBEngine
from vestry.intake.check import CheckedTable, check
from vestry.intake.readers.reading import read_file
from vestry.intake.readers.rows import Found
from vestry.intake.receive import Receipt, receive
from vestry.intake.store import extracts
from vestry.place import Place


def column(name: str, **said: Any) -> Column:
    """A column of that name; `key=1` puts it in the key."""
    key = said.pop("key", None)
    physical = said.pop("physical_name", name)
    required = said.pop("required", key is not None)
    return Column(name=name, physical_name=physical, key_position=key, required=required, **said)


def table(*columns: str | Column, name: str = "people", **said: Any) -> Table:
    """A table of those columns; the first is its key when none is."""
    made = [column(c) if isinstance(c, str) else c for c in columns]
    if made and not said.get("each_row_counts") and not any(c.key_position for c in made):
        made[0] = column(made[0].name, key=1, physical_name=made[0].physical_name)
    return Table(name=name, columns=tuple(made), parts=(), **said)


def contract(*tables: Table, layout: Layout | None = None, **said: Any) -> Contract:
    """A contract for the source `register`."""
    return Contract(
        source="register",
        organisation="borough",
        title="Register",
        version="1.0.0",
        path=Path("contracts/borough/register.yaml"),
        sha256="0" * 64,
        lawful_basis=LawfulBasis(article_6="6(1)(e)"),
        layout=layout or Layout(format="csv"),
        tables=tables,
        **said,
    )


@dataclass
class Seen:
    """All that a reader gave: rows as mappings, refused rows as (number, rule), and what it found."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    by_table: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    found: Found = field(default_factory=Found)

    @property
    def numbers(self) -> list[int]:
        return [row["row_number"] for row in self.rows]

    def texts(self) -> list[list[str]]:
        return [[v for k, v in row.items() if k != "row_number"] for row in self.rows]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Seen]:
    """Reads bytes by a layout: `read(content, layout, *tables)`."""

    def run(content: bytes, layout: Layout, *tables: Table) -> Seen:
        path = tmp_path / "file"
        path.write_bytes(content)
        seen = Seen()
        for batch in read_file(path, layout, tables or (table(),), seen.found):
            rows = batch.rows.to_pylist() if batch.rows is not None else []
            seen.rows += rows
            seen.by_table.setdefault(batch.table, []).extend(rows)
            seen.refused += [(r.row_number, r.rule) for r in batch.refused]
        return seen

    return run


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "place"
    folder.mkdir()
    return Place(folder=folder, name="Test")


@dataclass
class Desk:
    """A place with someone at its desk who receives texts as files."""

    place: Place
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC)))

    def file(self, content: str | bytes, name: str = "register.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def receive(
        self, agreed: Contract, *contents: str | bytes, as_at: str = "2026-11-01", **said: Any
    ) -> list[Receipt]:
        names = said.pop("names", [f"register{i}.csv" for i in range(len(contents))])
        files = [self.file(content, name) for content, name in zip(contents, names, strict=True)]
        return receive(self.place, agreed, files, as_at=date.fromisoformat(as_at), clock=self.clock, **said)


@pytest.fixture
def desk(place: Place, tmp_path: Path) -> Desk:
    folder = tmp_path / "sent"
    folder.mkdir()
    return Desk(place=place, folder=folder)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "workspace", threads=1, memory="1GB")
    yield made
    made.close()


@dataclass
class Outcome:
    """What `check` said, taken out of the engine."""

    rows: list[dict[str, Any]]
    quarantine: set[tuple[int, str, str | None]]
    checked: CheckedTable

    def keys(self) -> list[str]:
        return sorted(row["source_key"] for row in self.rows)

    def counts(self) -> list[tuple[int, int, int, int]]:
        return [(r.received, r.loaded, r.repeated, r.quarantined) for r in self.checked.ledger]


@pytest.fixture
def outcome(engine: DuckDBEngine, desk: Desk) -> Callable[..., Outcome]:
    """Checks everything received so far against a contract's first table."""

    def run(agreed: Contract) -> Outcome:
        checked = check(engine, agreed, agreed.tables[0], extracts(desk.place))
        entries = engine.fetch(checked.quarantine).to_pylist()
        return Outcome(
            rows=sorted(
                engine.fetch(checked.rows).to_pylist(), key=lambda r: (r["extract_id"], r["row_number"])
            ),
            quarantine={(e["row_number"], e["rule"], e["column_name"]) for e in entries},
            checked=checked,
        )

    return run


@pytest.fixture
def make() -> Any:
    """The builders, for test modules: `make.table(...)`, `make.column(...)`, `make.contract(...)`."""

    class Make:
        pass

    Make.table, Make.column, Make.contract = staticmethod(table), staticmethod(column), staticmethod(contract)
    return Make
