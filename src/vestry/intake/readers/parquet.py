"""Reads Parquet: every column as text, numbers as people write them, nested values as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vestry.contracts.contract import Layout, Table
from vestry.errors import ExtractRefused
from vestry.intake.readers.rows import (
    BATCH_ROWS,
    COLUMNS_AT_MOST,
    ROW_NUL,
    Batch,
    Found,
    Refusal,
    refuse_file,
)
from vestry.intake.readers.texts import ROW_NUMBER, repeated_names, text_of, told_apart
from vestry.intake.readers.unpacking import is_gzip

_UNREADABLE: Final = (pa.ArrowException, OSError, ValueError, OverflowError)


def read_parquet(
    path: Path,
    layout: Layout,
    tables: Sequence[Table],
    found: Found,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Batch]:
    """Every row of the file, once for each of `tables`; `row_number` counts from 1.

    Whole numbers have no `.0`; dates and instants are ISO 8601; lists and structs are JSON. Raises
    ExtractRefused where the file is packed again, damaged or cut short.
    """
    with _opened(path) as file:
        names = [name.strip() for name in file.schema_arrow.names]
        if len(names) > COLUMNS_AT_MOST:
            raise refuse_file(
                f"The file has more than {COLUMNS_AT_MOST:,} columns.", fix="check that it is the right one"
            )
        for table in tables:
            found.columns[table.name] = names
            found.repeated_columns[table.name] = repeated_names(names)
        total, behind = file.metadata.num_rows, 0
        for raw in _batches(file):
            columns, faulty = _as_text(raw)
            numbers = pa.array(range(behind + 1, behind + raw.num_rows + 1), pa.int64())
            refused = tuple(Refusal(row_number=n, rule=ROW_NUL) for n in numbers.filter(faulty).to_pylist())
            behind += raw.num_rows
            if progress is not None:
                progress(behind, total)
            for table in tables:
                stored = told_apart(names, [column.physical_name for column in table.columns])
                rows = pa.RecordBatch.from_arrays([numbers, *columns], names=[ROW_NUMBER, *stored])
                yield Batch(table=table.name, rows=rows.filter(pc.invert(faulty)), refused=refused)


def _opened(path: Path) -> pq.ParquetFile:
    if is_gzip(path):
        raise refuse_file(
            "The Parquet file is packed with gzip.", fix="send it as it is: Parquet is packed inside"
        )
    try:
        return pq.ParquetFile(path)
    except _UNREADABLE:
        raise _damaged() from None


def _damaged() -> ExtractRefused:
    return refuse_file("The Parquet file is damaged or cut short.", fix="ask for it to be sent again")


def _batches(file: pq.ParquetFile) -> Iterator[Any]:
    batches = file.iter_batches(batch_size=BATCH_ROWS)
    while True:
        try:
            batch = next(batches)
        except StopIteration:
            return
        except _UNREADABLE:
            raise _damaged() from None
        yield batch


def _as_text(raw: Any) -> tuple[list[Any], Any]:
    """The columns as text, and which rows hold a NUL."""
    faulty = pa.array([False] * raw.num_rows, pa.bool_())
    columns = []
    try:
        raw.validate(full=True)
        for column in raw.columns:
            texts = _text_column(column)
            faulty = pc.or_(faulty, pc.fill_null(pc.match_substring(texts, "\x00"), False))
            columns.append(texts)
    except _UNREADABLE:
        raise _damaged() from None
    return columns, faulty


def _text_column(column: Any) -> Any:
    """The column as text, each distinct value written once."""
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_float16(column.type) or pa.types.is_float32(column.type):
        # By way of its shortest text: as a double, 0.1 would show digits that nobody wrote.
        column = column.cast(pa.string()).cast(pa.float64())
    if pa.types.is_nested(column.type):
        return pa.array([text_of(value) for value in column.to_pylist()], pa.string())
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    texts = pa.array([text_of(value) for value in coded.dictionary.to_pylist()], pa.string())
    return texts.take(coded.indices)
