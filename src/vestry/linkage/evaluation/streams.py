"""How an evaluation gets what the twin says: streams of Arrow batches, by name, from whoever may read a release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import duckdb
import pyarrow as pa

SOURCES: Final = "sources"
RULES: Final = "rules"
KEYS: Final = "keys"
UNIT_IDS: Final = "unit ids"
REPEATS: Final = "repeats"
HELD: Final = "held"
LINKS: Final = "links"
HOUSEHOLDS: Final = "households"
ADDRESSES: Final = "addresses"
"""What may be asked for; the columns of each are in `twin.evaluated`."""


class Stream(Protocol):
    """A table on its way, as Arrow."""

    @property
    def schema(self) -> Any:
        """Its columns."""
        ...

    @property
    def batches(self) -> Iterator[Any]:
        """Its rows, to be read once."""
        ...


class Reading(Protocol):
    """Reads one stream of the release that is evaluated, for one kind of record."""

    def __call__(self, name: str, kind: str) -> Stream:
        """The stream of that name."""
        ...


@contextmanager
def workspace(memory: str | None = None) -> Iterator[Any]:
    """A DuckDB connection in memory that puts nothing on the disk: what is evaluated is about people."""
    with duckdb.connect(":memory:") as connection:
        for setting in (
            "temp_directory = ''",
            "preserve_insertion_order = false",
            "enable_progress_bar = false",
        ):
            connection.execute(f"SET {setting}")
        if memory:
            connection.execute("SET memory_limit = " + "'" + memory.replace("'", "") + "'")
        yield connection


def bring(connection: Any, read: Reading, name: str, kind: str, sql: str) -> None:
    """Run `sql`, in which `given` is the stream of that name."""
    stream = read(name, kind)
    connection.register("given", pa.RecordBatchReader.from_batches(stream.schema, stream.batches))
    try:
        connection.execute(sql)
    finally:
        connection.unregister("given")


def number(connection: Any, sql: str) -> int:
    """The one whole number that a query finds; 0 for none."""
    return int(connection.execute(sql).fetchone()[0] or 0)
