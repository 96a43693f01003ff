"""Writes the rows that a reader yields to Parquet, owner only, and sees that each file is on the disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from vestry.intake.readers.rows import Batch, Refusal
from vestry.intake.readers.texts import EXTRACT_ID, ROW_NUMBER
from vestry.intake.store import StoredTable, sha256_of

GROUP_ROWS: Final = 120_000
GROUP_BYTES: Final = 64_000_000
"""A row group is written when it has this many rows or bytes: what one thread of the engine reads at once."""

REFUSED: Final = pa.schema(
    [(EXTRACT_ID, pa.string()), (ROW_NUMBER, pa.int64()), ("rule", pa.string()), ("column_name", pa.string())]
)
_ALWAYS: Final = [pa.field(EXTRACT_ID, pa.string()), pa.field(ROW_NUMBER, pa.int64())]


def new_file(path: Path) -> BinaryIO:
    """A new file that only its owner may read; never in place of another."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are not there yet, so that only their owner may look inside."""
    for folder in (*reversed(path.parents), path):
        folder.mkdir(mode=0o700, exist_ok=True)


def close_on_disk(file: BinaryIO) -> None:
    """Close `file` once the disk has it all."""
    with file:
        file.flush()
        os.fsync(file.fileno())


class TableWriter:
    """Writes one table of one extract. A file whose columns become known as it is read makes several parts,
    which are joined when it ends."""

    def __init__(self, parquet: Path, refused: Path, extract_id: str) -> None:
        self.rows = 0
        self.refused = 0
        self.refusals: dict[tuple[str, str | None], tuple[int, int]] = {}
        """(rule, column) -> (rows refused by it, the first of them)."""
        self._parquet = parquet
        self._refused_path = refused
        self._extract_id = extract_id
        self._parts: list[_Part] = []
        self._refused: list[Refusal] = []
        self._refused_part = _Part(refused, REFUSED)

    def write(self, batch: Batch) -> None:
        """Take in a batch of this table."""
        if batch.rows is not None and batch.rows.num_rows:
            self.rows += batch.rows.num_rows
            names = [EXTRACT_ID, *batch.rows.schema.names]
            stamp = pa.repeat(pa.scalar(self._extract_id), batch.rows.num_rows)
            rows = pa.RecordBatch.from_arrays([stamp, *batch.rows.columns], names=names)
            if not self._parts or self._parts[-1].schema != rows.schema:
                self._next_part(rows.schema)
            self._parts[-1].write(rows)
        self._refuse(batch.refused)

    def finish(self, control_total: int | None) -> StoredTable:
        """Complete both files; what the extract's description says of this table."""
        for part in (*self._parts, self._refused_part):
            part.close()
        if len(self._parts) == 1:
            self._parts[0].path.rename(self._parquet)
        else:
            self._join()
        return StoredTable(
            rows=self.rows,
            refused=self.refused,
            sha256=sha256_of(self._parquet),
            refused_sha256=sha256_of(self._refused_path),
            control_total=control_total,
        )

    def abandon(self) -> None:
        """Let go of the files, whatever state they are in."""
        for part in (*self._parts, self._refused_part):
            part.drop()

    def _refuse(self, refused: Sequence[Refusal]) -> None:
        self.refused += len(refused)
        for refusal in refused:
            times, first = self.refusals.get((refusal.rule, refusal.column), (0, refusal.row_number))
            self.refusals[refusal.rule, refusal.column] = (times + 1, first)
        if refused:
            columns = [
                pa.repeat(pa.scalar(self._extract_id), len(refused)),
                pa.array([r.row_number for r in refused], pa.int64()),
                pa.array([r.rule for r in refused], pa.string()),
                pa.array([r.column for r in refused], pa.string()),
            ]
            self._refused_part.write(pa.RecordBatch.from_arrays(columns, schema=REFUSED))

    def _next_part(self, schema: pa.Schema) -> None:
        if self._parts:
            self._parts[-1].close()
        path = self._parquet.with_name(f"{self._parquet.name}.part{len(self._parts)}")
        self._parts.append(_Part(path, schema))

    def _join(self) -> None:
        """One file out of several parts (or none), the columns that a part does not have being null in it."""
        fields = {field.name: field for field in _ALWAYS}
        for part in self._parts:
            fields |= {field.name: field for field in part.schema}
        whole = _Part(self._parquet, pa.schema(list(fields.values())))
        try:
            for part in self._parts:
                with pq.ParquetFile(part.path) as file:
                    for batch in file.iter_batches():
                        whole.write(_widened(batch, whole.schema))
                part.path.unlink()
            whole.close()
        finally:
            whole.drop()


def _widened(batch: Any, schema: pa.Schema) -> Any:
    have = set(batch.schema.names)
    columns = [
        batch.column(field.name) if field.name in have else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


class _Part:
    """A Parquet file being written, in row groups of a good size."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.schema = schema
        self._file: BinaryIO | None = new_file(path)
        self._writer = pq.ParquetWriter(self._file, schema, compression="zstd")
        self._waiting: list[Any] = []
        self._rows = 0
        self._bytes = 0

    def write(self, batch: Any) -> None:
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self.schema), self._rows)
        self._waiting, self._rows, self._bytes = [], 0, 0

    def close(self) -> None:
        """Complete the file; nothing more happens the second time."""
        if self._file is not None:
            self._flush()
            self._writer.close()
            close_on_disk(self._file)
            self._file = None

    def drop(self) -> None:
        """Close the file as it stands, because what writes it has failed; nothing happens to a complete
        one.
        """
        if self._file is None:
            return
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self._writer.is_open = False  # or it would try again when it is collected
        with suppress(OSError):
            self._file.close()
        self._file = None
