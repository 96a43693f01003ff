"""What a build room may ask of an engine, and no more.

Rooms speak Ibis: they are given tables and give tables back. The engine computes one and keeps it under a
name, so that a later step does not compute it again, and moves Arrow tables in and out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa


@dataclass(slots=True)
class Workbench:
    """What a step leaves when it is done. A table need not be a kept one: it stands on those that it is made from."""

    left: list[ir.Table] = field(default_factory=list)

    def leave(self, *tables: ir.Table) -> None:
        """Keep what these stand on."""
        self.left += tables


class Engine(Protocol):
    """An Ibis connection with a workspace of its own."""

    @property
    def folder(self) -> Path:
        """A folder for files that last no longer than the engine."""
        ...

    def parquet(self, paths: Sequence[Path]) -> ir.Table:
        """Parquet files of one shape, columns matched by name and absent ones null."""
        ...

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """Compute `expr` now and keep it as `name`; the same name again replaces it."""
        ...

    def compute(self, name: str, sql: str) -> ir.Table:
        """Keep what a statement in SQL gives, as `keep` does: for what would take longer to say otherwise than to do."""
        ...

    def run(self, name: str, sql: str) -> str:
        """The same, for other statements in SQL: its name. To be told its columns takes as long as a small statement."""
        ...

    def view(self, name: str, expr: ir.Table) -> ir.Table:
        """`expr` under a name, not computed: said once where many statements read it. What it stands on has to stay till then."""
        ...

    def attach(self, name: str, path: Path) -> None:
        """Let the tables of a DuckDB file be read, each as `<name>_<table>`, until `close`; nothing in it is changed."""
        ...

    def gather(self, name: str, schema: ibis.Schema, parts: Iterable[ir.Table]) -> ir.Table:
        """Keep the rows of all `parts`, one under another, as `name`, with the columns of `schema`.

        Columns go by name; what a part does not have is null. Each is computed on its own: many small ones cost
        far less so than as one union, whose every part would have to spell out every column.
        """
        ...

    def save(self, expr: ir.Table, path: Path) -> None:
        """Compute `expr` and write it to a Parquet file that only its owner may read."""
        ...

    def statement(self, expr: ir.Table) -> str:
        """The SQL by which `connection()` computes `expr`."""
        ...

    def bring(self, name: str, table: pa.Table, *, lasting: bool = False) -> ir.Table:
        """Keep an Arrow table as `name`. One that is `lasting` goes only when it is itself forgotten."""
        ...

    def forget(self, *tables: ir.Table) -> None:
        """Let go of tables that were kept, once nothing that is still to be computed stands on them.

        What is not a kept table is left as it is.
        """
        ...

    def done_with(self, table: ir.Table, still: Iterable[ir.Table]) -> None:
        """Forget the kept tables that `table` stands on, but for those that one of `still` does."""
        ...

    def workbench(self) -> AbstractContextManager[Workbench]:
        """Whatever is kept within is forgotten at the end, but for what the tables `leave` stand on: `Workbench`."""
        ...

    def table(self, name: str) -> ir.Table:
        """The table kept as `name`."""
        ...

    def fetch(self, expr: ir.Table) -> pa.Table:
        """Compute `expr` and take it out as Arrow."""
        ...

    def count(self, expr: ir.Table) -> int:
        """How many rows `expr` has."""
        ...

    def connection(self) -> Any:
        """The library's own connection, for `linkage` (Splink) and `twin.release` (writing the file)."""
        ...

    def close(self) -> None:
        """Let go of the workspace and remove it."""
        ...
