"""Tables as files that people open: Parquet, CSV and XLSX. Text that a spreadsheet would run is made
harmless.

A file appears whole or not at all, readable by its owner alone.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from vestry.errors import PlaceNotWritable
from vestry.sharing.spreadsheet import write_worksheet
from vestry.twin.answers import TableStream

_FORMULA: Final = re.compile(r"(^|[\r\n])([=+\-@\t\x00＝＋－＠])")


def harmless(text: str) -> str:
    """`text` that no spreadsheet takes for a formula: an apostrophe before what would start one.

    OWASP ASVS 5.0, 1.2.10; also the full-width forms, and after every line break inside the text.
    """
    return _FORMULA.sub(r"\1'\2", text)


def endings() -> tuple[str, ...]:
    """The file name endings that can be written."""
    return tuple(_WRITERS)


def write_table(stream: TableStream, path: Path) -> None:
    """Write the whole of `stream` to `path` in the format of its ending (one of `endings()`).

    Replaces what is there: refuse before, if that is not wanted. Raises PlaceNotWritable.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        _WRITERS[path.suffix.lower()](stream, beside)
        beside.replace(path)
    except OSError as error:
        raise PlaceNotWritable(
            "The file cannot be written.", where=str(path), fix="choose another folder, or free some space"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _write_parquet(stream: TableStream, path: Path) -> None:
    with pq.ParquetWriter(path, stream.schema, compression="zstd") as writer:
        for batch in stream.batches:
            writer.write_batch(batch)


def _write_csv(stream: TableStream, path: Path) -> None:
    # The mark at the start tells spreadsheets that the text is UTF-8; without it Zoë becomes ZoÃ«.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(name) for name in stream.schema.names])
        for row in _rows(stream):
            writer.writerow([harmless(v) if isinstance(v, str) else v for v in row])


def _write_xlsx(stream: TableStream, path: Path) -> None:
    heading = [harmless(name) for name in stream.schema.names]
    rows = ([harmless(v) if isinstance(v, str) else v for v in row] for row in _rows(stream))
    write_worksheet(path, stream.name, chain([heading], rows))


_WRITERS: Final[dict[str, Callable[[TableStream, Path], None]]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
}


def _rows(stream: TableStream) -> Iterator[list[Any]]:
    for batch in stream.batches:
        columns = [_plain_column(column) for column in batch.columns]
        yield from (list(row) for row in zip(*columns, strict=True))


def _plain_column(column: pa.Array) -> list[Any]:
    return [_plain(value) for value in column.to_pylist()]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value if v is not None)
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
