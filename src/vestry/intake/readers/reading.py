"""Finds the reader for a contract's format; the one way from a file to its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from vestry.contracts.contract import Layout, Table
from vestry.intake.readers.csv import read_csv
from vestry.intake.readers.geojson import read_geojson
from vestry.intake.readers.parquet import read_parquet
from vestry.intake.readers.rows import Batch, Found, refuse_file
from vestry.intake.readers.xml import read_xml

READER_VERSION: Final = "1"
"""Goes up whenever a reader would make different rows of the same bytes; kept with every extract."""


class Reader(Protocol):
    """From a file to batches of text; fills `found`, and tells `progress` (units behind us, of all)."""

    def __call__(
        self,
        path: Path,
        layout: Layout,
        tables: Sequence[Table],
        found: Found,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[Batch]: ...


READERS: Final[dict[str, Reader]] = {
    "csv": read_csv,
    "geojson": read_geojson,
    "parquet": read_parquet,
    "xml": read_xml,
}
"""Format of a contract's layout -> its reader."""


def read_file(
    path: Path,
    layout: Layout,
    tables: Sequence[Table],
    found: Found,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Batch]:
    """Every row of the file for each of `tables`, as text or as refused.

    Raises ExtractRefused where the file is empty or cannot be read on; KeyError on a format that no
    contract can name.
    """
    if not path.stat().st_size:
        raise refuse_file("The file is empty.", fix="ask for it to be sent again")
    return READERS[layout.format](path, layout, tables, found, progress)
