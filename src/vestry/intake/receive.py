"""Receives files: each is read once, checked, and appears in the place whole or not at all.

A file is copied and read in a folder beside its place, which is renamed when all is well. Killed at any
moment, this leaves such a folder and nothing else, and the next receipt sweeps it away.
"""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from vestry.clock import Clock, today
from vestry.contracts.contract import Contract, Table
from vestry.contracts.fitting import expects
from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import AsAtInvalid, ExtractRefused, FileUnreadable, PlaceNotWritable, Problem
from vestry.ids import extract_id
from vestry.intake.judging import Broken, judge
from vestry.intake.ledger import LedgerRow
from vestry.intake.readers.reading import READER_VERSION, read_file
from vestry.intake.readers.rows import Found
from vestry.intake.store import (
    DESCRIPTION,
    PIECE,
    RECEIVED,
    UNFINISHED,
    StoredExtract,
    StoredTable,
    extracts,
)
from vestry.intake.structure import Objection, structure_objections, tolerance_objections
from vestry.intake.writing import TableWriter, close_on_disk, new_file, private_folder
from vestry.place import Place
from vestry.progress import Progress, Silent

JUDGED: Final = ".judged"
"""Folder of judgements beside a file that is not received yet."""

_DISK: Final = {
    errno.ENOSPC: "Its disk is full.",
    errno.EDQUOT: "This account has used up its share of the disk.",
    errno.EROFS: "It is read-only.",
    errno.EACCES: "This account may not write there.",
    errno.EPERM: "This account may not write there.",
    errno.ENOTDIR: "A file stands where a folder should be.",
    errno.EEXIST: "A file stands where a folder should be.",
    errno.EFBIG: "It does not take files that large.",
    errno.EIO: "Its disk reports a fault.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one file. `already_received`: the very file was here with that date, and nothing was
    done.

    `ledger` and `broken` (rows quarantined, by table, rule and column) are empty then.
    """

    extract: StoredExtract
    already_received: bool = False
    ledger: tuple[LedgerRow, ...] = ()
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staged:
    """A file that is ready to appear: its receipt, and the folder that it still stands in."""

    receipt: Receipt
    folder: Path | None = None


def receive(
    place: Place,
    contract: Contract,
    files: Sequence[Path],
    *,
    as_at: date,
    clock: Clock,
    accept: bool = False,
    progress: Progress | None = None,
) -> list[Receipt]:
    """Take `files` in as extracts of the contract's source, `as_at` being the day they speak of: all, or
    none.

    `accept` takes an extract that shrank or swelled beyond tolerance, the same file with another date, and
    a file of changes without rows. Raises FileUnreadable, AsAtInvalid, ExtractRefused with every problem,
    PlaceNotWritable, BuildRunning, and ExtractDamaged where what is there already cannot be read.
    """
    for file in files:
        _check_readable(file)
    with place.locked(), _writing_to(place):
        _sweep(place)
        earlier = [e for e in extracts(place) if e.source == contract.source]
        _check_as_at(contract, as_at, earlier, today(clock))
        receiving = _Receiving(place, contract, as_at, clock, accept, progress or Silent())
        try:
            staged = [receiving.stage(file, earlier) for file in files]
            for ready in staged:
                _appear(ready, place.judged)
        finally:
            _sweep(place)
    return [ready.receipt for ready in staged]


def _check_readable(file: Path) -> None:
    try:
        if file.is_file():
            return
        there = file.exists()
    except OSError:
        fault, fix = "The file may not be read by this account.", "give it permission"
    else:
        fault = "That is not a file." if there else "There is no such file."
        fix = "name the file itself, not the folder it is in" if there else "check its name and folder"
    raise FileUnreadable(fault, where=str(file), fix=fix)


def _check_as_at(contract: Contract, as_at: date, earlier: Sequence[StoredExtract], now: date) -> None:
    if as_at > now:
        raise AsAtInvalid(
            "The as-at date lies in the future.",
            where=f"{contract.source}, as at {as_at}",
            fix=f"give the day that the extract speaks of, {now} at the latest",
        )
    last = max((extract.as_at for extract in earlier), default=as_at)
    if as_at < last:
        raise AsAtInvalid(
            f"The as-at date comes before that of the last extract received, {last}.",
            where=f"{contract.source}, as at {as_at}",
            fix="receive the extracts of a source oldest first",
        )


@contextmanager
def _writing_to(place: Place) -> Iterator[None]:
    """Turns what a disk refuses into PlaceNotWritable."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise PlaceNotWritable(
            f"The place's folder cannot be written to. {_DISK[error.errno]}",
            where=str(place.extracts),
            fix="give this account permission to write there, or free some space; nothing was received",
        ) from None


def _sweep(place: Place) -> None:
    """Remove what receipts that were killed left behind; no other can be at work, for the place is locked."""
    if place.extracts.is_dir():
        for folder in place.extracts.glob(f"{UNFINISHED}*"):
            shutil.rmtree(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _appear(ready: _Staged, judged: Path) -> None:
    """Rename the folder into its place; from then on the extract is received, and until then it is not."""
    if ready.folder is None:
        return
    final = ready.receipt.extract.folder
    _keep_judgements(ready.folder / JUDGED, judged / ready.receipt.extract.extract_id)
    final.parent.mkdir(mode=0o700, exist_ok=True)
    ready.folder.rename(final)
    _sync_folder(final.parent)
    _sync_folder(final.parent.parent)


def _keep_judgements(made: Path, kept: Path) -> None:
    """Move what was judged into the place's memory: beside an extract that is received, it would be a part of it."""
    if made.is_dir():
        shutil.rmtree(kept, ignore_errors=True)
        private_folder(kept.parent)
        made.rename(kept)


class _Receiving:
    """One call of `receive`: what all its files have in common."""

    def __init__(
        self, place: Place, contract: Contract, as_at: date, clock: Clock, accept: bool, progress: Progress
    ) -> None:
        self._place = place
        self._contract = contract
        self._as_at = as_at
        self._clock = clock
        self._accept = accept
        self._progress = progress
        self._staged: list[StoredExtract] = []

    def stage(self, file: Path, earlier: Sequence[StoredExtract]) -> _Staged:
        """Copy, read and check one file in a folder that is not yet an extract."""
        known = [*earlier, *self._staged]
        self._place.extracts.mkdir(mode=0o700, exist_ok=True)
        folder = self._place.extracts / f"{UNFINISHED}{len(self._staged) + 1}"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / RECEIVED).mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        with self._progress.step(f"receive {file.name}"):
            sha256, size = _copy(file, folder / RECEIVED / file.name)
            same = [e for e in known if e.sha256 == sha256]
            again = next((e for e in same if e.as_at == self._as_at), None)
            if again is not None:
                shutil.rmtree(folder)
                return _Staged(receipt=Receipt(extract=again, already_received=True))
            objections = [_same_file(e) for e in same[-1:]]
            extract, found_wrong = self._read(file, folder, sha256, size, known)
            objections += found_wrong
            ledger, broken, judged = self._judge(extract, objections)
            self._settle(file, [*objections, *judged])
            _finish(folder, extract)
        final = dataclasses.replace(extract, folder=self._place.extracts / extract.extract_id)
        self._staged.append(final)
        return _Staged(receipt=Receipt(extract=final, ledger=ledger, broken=broken), folder=folder)

    def _read(
        self, file: Path, folder: Path, sha256: str, size: int, known: Sequence[StoredExtract]
    ) -> tuple[StoredExtract, list[Objection]]:
        tables = _tables_in(self._contract, file.name)
        name = extract_id(self._contract.source, self._as_at.isoformat(), sha256)
        extract = StoredExtract(
            extract_id=name,
            source=self._contract.source,
            organisation=self._contract.organisation,
            as_at=self._as_at,
            sha256=sha256,
            size=size,
            folder=folder,
            file_name=file.name,
            received_at=self._clock.now(),
            sequence=max((e.sequence for e in known), default=0) + 1,
            reader=READER_VERSION,
            contract_version=self._contract.version,
            contract_sha256=self._contract.sha256,
            tables={},
        )
        found = Found()
        stored, objections = self._read_tables(extract, tables, found)
        objections += structure_objections(self._contract, tables, found, stored, file.name) if stored else []
        before = _before(known)
        objections += tolerance_objections(self._contract, stored, before, file.name)
        extract = dataclasses.replace(
            extract, tables=stored, other_rows=found.other_rows, blank_lines=found.blank_lines
        )
        return extract, objections

    def _read_tables(
        self, extract: StoredExtract, tables: Sequence[Table], found: Found
    ) -> tuple[dict[str, StoredTable], list[Objection]]:
        """Read the file into one Parquet for each table; where it cannot be read to its end, why."""
        writers = {
            table.name: TableWriter(
                extract.parquet(table.name), extract.refused_parquet(table.name), extract.extract_id
            )
            for table in tables
        }
        try:
            batches = read_file(extract.file, self._contract.layout, tables, found, self._progress.advance)
            for batch in batches:
                writers[batch.table].write(batch)
            stored = {name: writer.finish(found.totals.get(name)) for name, writer in writers.items()}
        except ExtractRefused as refused:
            where = f"{extract.file_name}, {refused.where}" if refused.where else extract.file_name
            return {}, [Objection(problem=Problem(what=refused.what, where=where, fix=refused.fix))]
        finally:
            for writer in writers.values():
                writer.abandon()
        return stored, []

    def _judge(
        self, extract: StoredExtract, objections: Sequence[Objection]
    ) -> tuple[tuple[LedgerRow, ...], tuple[Broken, ...], list[Objection]]:
        """Check the rows, unless the file is of another shape: then every row would be wrong for one
        reason.
        """
        if any(not objection.acceptable for objection in objections):
            return (), (), []
        engine = DuckDBEngine(extract.folder / "workspace")
        try:
            return judge(engine, self._contract, extract, extract.folder / JUDGED)
        finally:
            engine.close()

    def _settle(self, file: Path, objections: Sequence[Objection]) -> None:
        standing = [o for o in objections if not (o.acceptable and self._accept)]
        if standing:
            refused = ExtractRefused(
                f"{file.name} was not taken in: "
                + ("there is a problem." if len(standing) == 1 else f"there are {len(standing)} problems."),
                where=f"{self._contract.source}, as at {self._as_at}",
                problems=[objection.problem for objection in standing],
            )
            refused.acceptable = all(objection.acceptable for objection in standing)
            raise refused


def _copy(file: Path, to: Path) -> tuple[str, int]:
    """Copy byte for byte; the SHA-256 and the size of what was copied, which is what is then read."""
    digest, size = hashlib.sha256(), 0
    try:
        source = file.open("rb")
    except OSError:
        raise FileUnreadable(
            "The file may not be read by this account.", where=str(file), fix="give it permission"
        ) from None
    copy = new_file(to)
    with source, copy:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            copy.write(piece)
        close_on_disk(copy)
    return digest.hexdigest(), size


def _same_file(earlier: StoredExtract) -> Objection:
    problem = Problem(
        what=f"The very same file was received before, as at {earlier.as_at}.",
        where=earlier.extract_id,
        fix="check that the right file was sent; if nothing has changed since, take it with --accept",
    )
    return Objection(problem=problem, acceptable=True)


def _tables_in(contract: Contract, file_name: str) -> list[Table]:
    """The tables that a file of that name holds; `.gz` counts or not."""
    tables = [table for table in contract.tables if expects(table, file_name)]
    if not tables:
        patterns = sorted({table.files for table in contract.tables if table.files})
        raise ExtractRefused(
            f"{file_name} is not a file that the contract of {contract.source} expects.",
            where=contract.source,
            fix=f"its files are named: {', '.join(patterns)}",
        )
    return tables


def _before(known: Sequence[StoredExtract]) -> dict[str, StoredTable]:
    """Each table as it was in the last extract that held it."""
    tables: dict[str, StoredTable] = {}
    for extract in sorted(known, key=lambda e: (e.as_at, e.sequence)):
        tables |= extract.tables
    return tables


def _finish(folder: Path, extract: StoredExtract) -> None:
    """Write the description, make everything read-only, and see that the disk has it."""
    said = {f.name: getattr(extract, f.name) for f in dataclasses.fields(extract) if f.name != "folder"}
    said["tables"] = {name: dataclasses.asdict(table) for name, table in extract.tables.items()}
    said["as_at"] = extract.as_at.isoformat()
    said["received_at"] = extract.received_at.isoformat()
    description = new_file(folder / DESCRIPTION)
    description.write(json.dumps(said, indent=2, ensure_ascii=False).encode())
    close_on_disk(description)
    for path in (p for p in folder.rglob("*") if JUDGED not in p.relative_to(folder).parts):
        path.chmod(0o700 if path.is_dir() else 0o400)
    for path in (folder / RECEIVED, folder):
        _sync_folder(path)
