"""The extracts of a place as they are kept: listed, found, and held against the hashes they were received
with.

A folder `extracts/<source>/<as-at>-<sha>/` holds `received/<file>` byte for byte, each table as Parquet,
its refused rows, and `extract.json`, which says what they are. Nothing in it changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from vestry.errors import ExtractDamaged
from vestry.ids import ExtractId
from vestry.place import Place

DESCRIPTION: Final = "extract.json"
RECEIVED: Final = "received"
UNFINISHED: Final = ".receiving-"
"""How the folder of a receipt that is not finished begins; the next receipt sweeps those that were killed."""

PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTable:
    """One table of an extract: rows kept as text, rows that could not be read, and the hash of each Parquet
    file.

    `control_total` is the count of rows that the file itself states.
    """

    rows: int
    refused: int
    sha256: str
    refused_sha256: str
    control_total: int | None = None

    @property
    def received(self) -> int:
        """Every row of the table in the file as received."""
        return self.rows + self.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExtract:
    """One file, received once. `size` is in bytes; `sequence` counts the receipts of its source from 1.

    `other_rows` belong to no table of the contract (header and trailer records); `blank_lines` are no rows.
    """

    extract_id: ExtractId
    source: str
    organisation: str
    as_at: date
    sha256: str
    size: int
    folder: Path
    file_name: str
    received_at: datetime
    sequence: int
    reader: str
    contract_version: str
    contract_sha256: str
    tables: Mapping[str, StoredTable]
    other_rows: int = 0
    blank_lines: int = 0

    @property
    def file(self) -> Path:
        """The file as it was received."""
        return self.folder / RECEIVED / self.file_name

    def parquet(self, table: str) -> Path:
        """The rows of a table: `extract_id`, `row_number` and the file's columns as text."""
        return self.folder / f"{table}.parquet"

    def refused_parquet(self, table: str) -> Path:
        """The rows of a table that could not be read: `extract_id, row_number, rule, column_name`."""
        return self.folder / f"{table}.refused.parquet"


def extracts(place: Place) -> list[StoredExtract]:
    """Every extract of the place, by source, as-at date and order of receipt.

    Raises ExtractDamaged when a description is missing or cannot be read.
    """
    return sorted(_found(place), key=lambda e: (e.source, e.as_at, e.sequence))


def _found(place: Place) -> Iterator[StoredExtract]:
    if not place.extracts.is_dir():
        return
    for source in place.extracts.iterdir():
        if not source.is_dir() or source.name.startswith("."):
            continue
        for folder in source.iterdir():
            if folder.is_dir() and not folder.name.startswith("."):
                yield read_description(folder)


def read_description(folder: Path) -> StoredExtract:
    """The extract in `folder`. Raises ExtractDamaged."""
    path = folder / DESCRIPTION
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        tables = {name: StoredTable(**table) for name, table in raw.pop("tables").items()}
        raw["as_at"] = date.fromisoformat(raw["as_at"])
        raw["received_at"] = datetime.fromisoformat(raw["received_at"])
        return StoredExtract(folder=folder, tables=tables, **raw)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise _damaged(path, "is missing or cannot be read") from None


def verify(stored: StoredExtract) -> None:
    """Raises ExtractDamaged unless the file and every Parquet have the hashes they were received with."""
    promised = {stored.file: stored.sha256}
    for name, table in stored.tables.items():
        promised[stored.parquet(name)] = table.sha256
        promised[stored.refused_parquet(name)] = table.refused_sha256
    for path, expected in promised.items():
        try:
            actual = sha256_of(path)
        except OSError:
            raise _damaged(path, "is missing or cannot be read") from None
        if actual != expected:
            raise _damaged(path, "has changed since it was received")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _damaged(path: Path, fault: str) -> ExtractDamaged:
    return ExtractDamaged(
        f"A file of a received extract {fault}.",
        where=str(path),
        fix="restore the place from a backup; Vestry does not build from a file that has changed",
    )
