"""What the first rows of a file become under a contract that is not saved yet: by the very steps of a receipt and a build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from vestry.contracts.contract import Contract, Table
from vestry.engines.duckdb import DuckDBEngine
from vestry.ids import ExtractId
from vestry.intake.check import check
from vestry.intake.describing import INPUT_FIELDS, raw_values
from vestry.intake.loading import Received
from vestry.intake.readers.reading import READER_VERSION, read_file
from vestry.intake.readers.rows import Batch, Found
from vestry.intake.store import StoredExtract, StoredTable
from vestry.intake.structure import structure_objections
from vestry.intake.writing import TableWriter
from vestry.model import kinds
from vestry.model.fields import MARK, record_columns
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered

ROWS: Final = 5
"""Rows that are tried."""
_EXTRACT: Final = ExtractId("sample/sample")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedPart:
    """One thing that a row describes: field -> standard form, empty ones left out; for an address or a dealing, as sent."""

    part: str
    kind: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRow:
    """One row: what it describes, or (rule, column) of each rule that keeps it out."""

    number: int
    parts: tuple[TriedPart, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The first rows of one table; `objections` are why the file as it is would be refused whole."""

    rows: tuple[TriedRow, ...]
    objections: tuple[str, ...] = field(default=())


def tried(
    contract: Contract, table: Table, file: Path, folder: Path, *, as_at: date, rows: int = ROWS
) -> Tried:
    """The first `rows` rows of `table` in `file`, in an empty `folder`. `as_at` is the day of the file.

    Raises ExtractRefused where the file cannot be read.
    """
    found = Found()
    stored = _first(contract, table, file, folder, rows, found)
    objections = structure_objections(contract, [table], found, {table.name: stored}, file.name)
    extract = StoredExtract(
        extract_id=_EXTRACT, source=contract.source, organisation=contract.organisation, as_at=as_at, sha256="",
        size=0, folder=folder, file_name=file.name, received_at=datetime(as_at.year, as_at.month, as_at.day, tzinfo=UTC),
        sequence=1, reader=READER_VERSION, contract_version=contract.version, contract_sha256=contract.sha256,
        tables={table.name: stored},
    )  # fmt: skip
    engine = DuckDBEngine(folder / "work", threads=1, memory="512MB")
    try:
        return Tried(
            rows=tuple(_rows(engine, contract, table, extract)),
            # A file that goes on has no count that could agree.
            objections=tuple(
                o.problem.what for o in objections if not o.acceptable and "column" in o.problem.what
            ),
        )
    finally:
        engine.close()


def _first(
    contract: Contract, table: Table, file: Path, folder: Path, rows: int, found: Found
) -> StoredTable:
    writer = TableWriter(folder / f"{table.name}.parquet", folder / f"{table.name}.refused.parquet", _EXTRACT)
    try:
        for batch in read_file(file, contract.layout, [table], found):
            writer.write(_cut(batch, rows))
            if writer.rows + writer.refused >= rows:
                break
        return writer.finish(None)
    finally:
        writer.abandon()


def _cut(batch: Batch, rows: int) -> Batch:
    """The first rows of a batch, those among them that could not be read too."""
    read = batch.rows.column("row_number").to_pylist() if batch.rows is not None else []
    numbers = sorted([*read, *(one.row_number for one in batch.refused)])[:rows]
    last = numbers[-1] if numbers else 0
    return Batch(
        table=batch.table,
        rows=batch.rows.slice(0, sum(n <= last for n in read)) if batch.rows is not None else None,
        refused=tuple(one for one in batch.refused if one.row_number <= last),
    )


def _rows(
    engine: DuckDBEngine, contract: Contract, table: Table, extract: StoredExtract
) -> Iterator[TriedRow]:
    checked = check(engine, contract, table, [extract])
    broken: dict[int, list[tuple[str, str]]] = {}
    for entry in engine.fetch(checked.quarantine).to_pylist():
        broken.setdefault(entry["row_number"], []).append((entry["rule"], entry["column_name"] or ""))
    parts: dict[int, list[TriedPart]] = {}
    received = Received(
        contract=contract, table=table, rows=checked.rows, latest_as_at=extract.as_at.isoformat()
    )
    if any(part.kind in kinds.RECORD_KINDS for part in table.parts):
        made = standardise(engine, [received], Remembered(engine, None)).records
        for one in engine.fetch(made).to_pylist():
            values = {n: _plain(one[n]) for n in record_columns() if one.get(n) and not n.endswith("_raw")}
            parts.setdefault(one["row_number"], []).append(
                TriedPart(part=one["part"], kind=one["kind"], values=values)
            )
    for part in table.parts:
        if part.kind not in kinds.RECORD_KINDS and (own := raw_values(table, part, checked.rows)):
            for one in engine.fetch(checked.rows.select("row_number", **own)).to_pylist():
                values = {name: _sent(name, one[name]) for name in own if one[name]}
                if values:
                    parts.setdefault(one["row_number"], []).append(
                        TriedPart(part=part.name, kind=part.kind, values=values)
                    )
    order = {part.name: at for at, part in enumerate(table.parts)}
    every = {
        *broken,
        *parts,
        *(r["row_number"] for r in engine.fetch(checked.rows.select("row_number")).to_pylist()),
    }
    for number in sorted(every):
        yield TriedRow(
            number=number, broken=tuple(broken.get(number, ())),
            parts=tuple(sorted(parts.get(number, ()), key=lambda p: order.get(p.part, 0))),
        )  # fmt: skip


def _plain(value: object) -> str:
    return str(value).replace(MARK, ", ")


def _sent(field: str, value: str) -> str:
    """A text as it was sent: before a date stand the formats that it may have."""
    known = INPUT_FIELDS.get(field)
    return value.rpartition(MARK)[2] if known is not None and known.rule == "date" else _plain(value)
