"""The first rows of a file nobody has described yet: which format it is, where its rows are, what they hold.

Only `drafting` reads files this way. What is read stays in memory and goes nowhere: a draft holds no values.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from vestry.contracts.contract import Layout
from vestry.errors import FileUnreadable

MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 64_000_000
"""Bytes, unpacked, that are looked at; 20,000 rows of anything but boundaries fit."""

GEOMETRY: Final = "geometry"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTable:
    """Rows as text, "" for nothing, all as wide as `names`. `physical_names` are those in the file."""

    name: str
    names: tuple[str, ...]
    physical_names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    path: str | None = None
    control_total: str | None = None
    equals: str | None = None
    """Text of the first column that marks rows of this type, where types are interleaved."""
    doubts: tuple[str, ...] = ()

    def column(self, at: int) -> list[str]:
        """The values of the column at position `at` (from 0), in row order."""
        return [row[at] for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was seen of a file. `whole` says whether that was all of it."""

    layout: Layout
    tables: tuple[SampleTable, ...]
    whole: bool = True
    doubts: tuple[str, ...] = ()


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked if it is gzip. Raises FileUnreadable."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            yield cast(IO[bytes], gzip.GzipFile(fileobj=plain)) if packed else plain
    except (OSError, EOFError, zlib.error):
        raise FileUnreadable(
            "The file cannot be read.",
            where=str(path),
            fix="give the name of a file that this account may read; gzip must not be cut short",
        ) from None


def first_bytes(path: Path) -> tuple[bytes, bool]:
    """(up to MOST_BYTES of the file, whether that is all)."""
    with opened(path) as file:
        content = file.read(MOST_BYTES + 1)
    return content[:MOST_BYTES], len(content) <= MOST_BYTES


def sample_parquet(path: Path, content: bytes, whole: bool) -> Sample:
    """The first rows of a Parquet file; its footer is at the end, so a large one is read from disk."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content) if whole else path)
        names = [str(n) for n in file.schema_arrow.names]
        batch = next(file.iter_batches(batch_size=MOST_ROWS), None)
    except (pa.ArrowInvalid, OSError):
        raise FileUnreadable(
            "The Parquet file is damaged.", where=str(path), fix="ask for it again"
        ) from None
    columns = [[_text(v) for v in batch.column(i).to_pylist()] for i in range(len(names))] if batch else []
    rows = tuple(zip(*columns, strict=True))
    return Sample(
        layout=Layout(format="parquet"),
        tables=(table_of("rows", names, names, rows),),
        whole=file.metadata.num_rows <= MOST_ROWS,
    )


def sample_geojson(path: Path, content: bytes, whole: bool) -> Sample:
    """The features of a GeoJSON collection: properties as columns, and the geometry as one more."""
    try:
        features = json.loads(content)["features"] if whole else []
        taken = [f for f in features[:MOST_ROWS] if isinstance(f.get("properties"), dict)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        taken = []
    if not taken:
        raise FileUnreadable(
            "The JSON file is no GeoJSON feature collection, or too large to look into.",
            where=str(path),
            fix="give a FeatureCollection of at most 64 MB; a few features are enough for a draft",
        )
    names = list(dict.fromkeys(str(n) for f in taken for n in f["properties"]))
    names = ["id"] * (taken[0].get("id") is not None and "id" not in names) + names
    rows = tuple(
        (*(_text(f["properties"].get(n, f.get("id") if n == "id" else None)) for n in names), GEOMETRY)
        for f in taken
    )
    names.append(GEOMETRY)
    table = table_of("features", names, names, rows)
    return Sample(layout=Layout(format="geojson"), tables=(table,), whole=len(features) <= MOST_ROWS)


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value).strip()


def table_of(
    name: str,
    names: Sequence[str],
    physical_names: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    **more: Any,
) -> SampleTable:
    """A table whose column names are made fit for a contract: none blank, none alike but for capitals."""
    taken: set[str] = {"row_number", "extract_id", "as_at", "source_key"}
    fit = []
    for at, given in enumerate(names, 1):
        base = given.strip() or f"column {at}"
        chosen, number = base, 2
        while chosen.lower() in taken:
            chosen, number = f"{base}_{number}", number + 1
        taken.add(chosen.lower())
        fit.append(chosen)
    return SampleTable(
        name=name, names=tuple(fit), physical_names=tuple(physical_names), rows=tuple(rows), **more
    )
