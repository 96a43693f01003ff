"""DuckDB: the engine of one machine. Its workspace is in memory, and spills into a folder that may be thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.util import gen_name

from vestry.engines.engine import Workbench

DISK_ERRORS = (duckdb.IOException, duckdb.TransactionException, OSError)
"""What is raised when the workspace or a file beside it cannot be written (a commit that fails is a
TransactionException: nothing here has a second writer), or the disk is full."""


def ran_out(error: BaseException | None) -> bool:
    """Whether `error`, or what it was raised for, is that memory and spill are used up: Splink wraps what it meets."""
    while error is not None:
        if isinstance(error, duckdb.OutOfMemoryException):
            return True
        error = error.__cause__ or error.__context__
    return False


def stands_on(table: ir.Table) -> set[str]:
    """The names of the tables from which `table` is made, its own among them if it is kept."""
    return {kept.name for kept in table.op().find(ops.DatabaseTable)}


class DuckDBEngine:
    """A DuckDB database in memory, which spills into `folder`; it makes that, and removes it when closed.

    A database in a file would write and sync every table that a step keeps, for nobody: a build took half as long
    again. `threads` and `memory` ("8GB"; half of the machine's, if not said) cap what it takes of the machine. Spill
    to disk is capped too, at three quarters of what is free: a bad blocking rule must not fill it. Nothing is
    downloaded: extension installation is off.
    """

    def __init__(self, folder: Path, *, threads: int | None = None, memory: str | None = None) -> None:
        self._folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._kept: set[str] = set()
        self._ibis = ibis.duckdb.connect()
        options = {
            "autoinstall_known_extensions": "false",
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": f"{shutil.disk_usage(folder).free * 3 // 4 >> 20}MiB",
            "enable_progress_bar": "false",
            "preserve_insertion_order": "false",
            "wal_autocheckpoint": "1TB",  # a checkpoint of what is in memory would compress it, which takes longer
        }
        if threads is not None:
            options["threads"] = str(threads)
        options["memory_limit"] = memory or self._half_of_memory()
        for name, value in options.items():
            self._ibis.con.execute(f"SET {name} = '{value.replace(chr(39), chr(39) * 2)}'")

    @property
    def folder(self) -> Path:
        """The folder into which it spills."""
        return self._folder

    def _half_of_memory(self) -> str:
        """Half of the machine's memory. DuckDB itself would take four fifths, and Python's part comes on top of it."""
        (allowed,) = self._ibis.con.execute("SELECT current_setting('memory_limit')").fetchone() or ("4 GiB",)
        amount, unit = str(allowed).split()
        return f"{float(amount) * 5 / 8:.1f}{unit}"

    def parquet(self, paths: Sequence[Path]) -> ir.Table:
        """See `Engine.parquet`."""
        if len(paths) > 1:
            return self._ibis.read_parquet([str(p) for p in paths], union_by_name=True)
        # One file says its own columns: Ibis would open it three times to be told them.
        name = gen_name("one_parquet")
        location = str(paths[0]).replace("'", "''")
        self._ibis.con.execute(f"CREATE TEMP VIEW \"{name}\" AS SELECT * FROM read_parquet('{location}')")
        return self._named(name, ibis.Schema.from_pyarrow(pq.read_schema(paths[0])), ops.Namespace())

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """See `Engine.keep`."""
        if name in stands_on(expr):  # it is read while it is replaced
            self._kept.add(name)
            return self._ibis.create_table(name, expr, overwrite=True)
        # Ibis's own create_table would copy the whole statement, and ask the engine six things besides.
        table = self._made(name, expr.schema())
        columns = ", ".join(f'"{column}"' for column in expr.columns)
        self._ibis.con.execute(f'INSERT INTO "{name}" ({columns}) {self.statement(expr)}')
        return table

    def _made(self, name: str, schema: ibis.Schema) -> ir.Table:
        """An empty table of this shape, in place of any of that name."""
        self._kept.add(name)
        columns = ", ".join(column.sql("duckdb") for column in schema.to_sqlglot_column_defs("duckdb"))
        self._ibis.con.execute(f'CREATE OR REPLACE TABLE "{name}" ({columns})')
        return self._named(name, schema, ops.Namespace(catalog="memory", database="main"))

    def _named(self, name: str, schema: ibis.Schema, at: ops.Namespace) -> ir.Table:
        return ops.DatabaseTable(name=name, schema=schema, source=self._ibis, namespace=at).to_expr()

    def compute(self, name: str, sql: str) -> ir.Table:
        """See `Engine.compute`."""
        return self.table(self.run(name, sql))

    def run(self, name: str, sql: str) -> str:
        """See `Engine.run`."""
        self._kept.add(name)
        self._ibis.con.execute(f'CREATE OR REPLACE TABLE "{name}" AS {sql}')
        return name

    def view(self, name: str, expr: ir.Table) -> ir.Table:
        """See `Engine.view`."""
        self._ibis.con.execute(f'CREATE OR REPLACE VIEW "{name}" AS {self.statement(expr)}')
        return self._named(name, expr.schema(), ops.Namespace(catalog="memory", database="main"))

    def attach(self, name: str, path: Path) -> None:
        """See `Engine.attach`."""
        connection = self._ibis.con
        location = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{location}' AS \"{name}\" (READ_ONLY)")
        held = "SELECT table_name FROM duckdb_tables() WHERE database_name = ?"
        for (table,) in connection.execute(held, [name]).fetchall():
            connection.execute(f'CREATE VIEW "{name}_{table}" AS SELECT * FROM "{name}".main."{table}"')

    def gather(self, name: str, schema: ibis.Schema, parts: Iterable[ir.Table]) -> ir.Table:
        """See `Engine.gather`."""
        table = self._made(name, schema)
        for part in parts:
            # Ibis's own insert would read and parse the columns of the whole table for each part.
            self._ibis.con.execute(f'INSERT INTO "{name}" BY NAME {self.statement(part)}')
        return table

    def save(self, expr: ir.Table, path: Path) -> None:
        """See `Engine.save`."""
        location = str(path).replace("'", "''")
        self._ibis.con.execute(
            f"COPY ({self.statement(expr)}) TO '{location}' (FORMAT parquet, COMPRESSION zstd)"
        )
        path.chmod(0o600)

    def statement(self, expr: ir.Table) -> str:
        """See `Engine.statement`."""
        for held in expr.op().find(ops.InMemoryTable):
            self._ibis.con.register(held.name, held.data.to_pyarrow(held.schema))
        return str(self._ibis.compile(expr))

    def bring(self, name: str, table: pa.Table, *, lasting: bool = False) -> ir.Table:
        """See `Engine.bring`."""
        if not lasting:
            self._kept.add(name)
        # Ibis's own create_table makes a table beside it and renames that, and asks the engine six things besides.
        brought = gen_name("brought")
        self._ibis.con.register(brought, table)
        try:
            self._ibis.con.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM "{brought}"')
        finally:
            self._ibis.con.unregister(brought)
        return self._named(
            name, ibis.Schema.from_pyarrow(table.schema), ops.Namespace(catalog="memory", database="main")
        )

    def forget(self, *tables: ir.Table) -> None:
        """See `Engine.forget`."""
        for table in tables:
            kept = table.op()
            if isinstance(kept, ops.DatabaseTable):
                self._drop(kept.name)

    def _drop(self, name: str) -> None:
        self._ibis.drop_table(name)
        self._kept.discard(name)

    def done_with(self, table: ir.Table, still: Iterable[ir.Table]) -> None:
        """See `Engine.done_with`."""
        wanted = {name for other in still for name in stands_on(other)}
        for name in stands_on(table) & self._kept - wanted:
            self._drop(name)

    @contextmanager
    def workbench(self) -> Iterator[Workbench]:
        """See `Engine.workbench`."""
        before = set(self._kept)
        bench = Workbench()
        yield bench
        left = {name for table in bench.left for name in stands_on(table)}
        for name in self._kept - before - left:
            self._drop(name)

    def table(self, name: str) -> ir.Table:
        """See `Engine.table`."""
        # Ibis asks the catalogue, which takes longer than to read no row of it.
        shape = self._ibis.con.execute(f'SELECT * FROM "{name}" LIMIT 0').to_arrow_table().schema
        return self._named(name, ibis.Schema.from_pyarrow(shape), ops.Namespace())

    def fetch(self, expr: ir.Table) -> pa.Table:
        """See `Engine.fetch`."""
        return self._ibis.to_pyarrow(expr)

    def count(self, expr: ir.Table) -> int:
        """See `Engine.count`."""
        return int(self._ibis.execute(expr.count()))

    def connection(self) -> Any:
        """The `duckdb.DuckDBPyConnection` itself."""
        return self._ibis.con

    def close(self) -> None:
        """Disconnect and remove the workspace."""
        self._ibis.disconnect()
        shutil.rmtree(self._folder, ignore_errors=True)
