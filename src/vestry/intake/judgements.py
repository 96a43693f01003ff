"""What was judged of an extract, kept so that no build judges it again: the work of a build grows with what is new.

Judging a table of an extract depends on that extract, on the contract's word about the table, and on the code that
judges. The latter two are in the name of a judgement: when one changes it is no longer found, and is made again. What
is kept lies under the place's `memory/judged/`, one folder for each extract. It may be deleted at any time: it is only
a cost, never a source.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import vestry
from vestry.contracts.contract import Contract, Table
from vestry.engines.engine import Engine
from vestry.ids import digest
from vestry.intake.check import CheckedTable, check, nothing_quarantined
from vestry.intake.describing import described
from vestry.intake.ledger import LedgerRow
from vestry.intake.readers.texts import EXTRACT_ID
from vestry.intake.store import StoredExtract, sha256_of
from vestry.intake.writing import new_file, private_folder

_CODE: Final = ("intake", "quality/rules.py", "quality/ruled.py", "model", "ids.py")
_LIBRARIES: Final = ("duckdb", "ibis-framework", "phonenumbers", "email-validator")
"""What a judgement depends on beside its inputs: modules of `vestry`, and libraries by version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Every extract of one table: what `check` says of it, and files of what its rows describe.

    Of `described` each has the columns of `describing.described`; None where nothing is kept.
    """

    checked: CheckedTable
    described: Sequence[Path] | None = None


class Judgements:
    """The judgements of one place, in `folder`; None keeps nothing."""

    def __init__(self, engine: Engine, folder: Path | None) -> None:
        self._engine = engine
        self._folder = folder

    def of(self, contract: Contract, table: Table, extracts: Sequence[StoredExtract]) -> Judged:
        """The judgement of `table` in `extracts`, all of which hold it: as kept, or made now and kept.

        Raises LedgerUnbalanced when the rows do not add up.
        """
        if self._folder is None:
            return Judged(checked=check(self._engine, contract, table, extracts))
        kept = {e.extract_id: _Kept(self._folder / e.extract_id, contract, table) for e in extracts}
        missing = [e for e in extracts if not kept[e.extract_id].is_whole()]
        if missing:
            checked = check(self._engine, contract, table, missing)
            for extract in missing:
                kept[extract.extract_id].write(self._engine, checked, extract)
        return self._together(contract, table, extracts, list(kept.values()))

    def forget_all_but(self, extracts: Collection[StoredExtract]) -> None:
        """Remove what was judged of extracts that are no longer there."""
        if self._folder is None or not self._folder.is_dir():
            return
        there = {extract.extract_id for extract in extracts}
        for folder in self._folder.glob("*/*"):
            if f"{folder.parent.name}/{folder.name}" not in there:
                shutil.rmtree(folder)

    def _together(
        self, contract: Contract, table: Table, extracts: Sequence[StoredExtract], kept: Sequence[_Kept]
    ) -> Judged:
        said = [one.read() for one in kept]
        broken = [one.quarantine for one in kept if one.quarantine.exists()]
        ledger = [
            LedgerRow(
                source=contract.source, organisation=contract.organisation, extract_id=e.extract_id,
                table_name=table.name, as_at=e.as_at, received=e.tables[table.name].received,
                loaded=s["loaded"], repeated=s["repeated"], quarantined=s["quarantined"],
            ).balanced()
            for e, s in zip(extracts, said, strict=True)
        ]  # fmt: skip
        checked = CheckedTable(
            rows=self._engine.parquet([one.rows for one in kept]),
            quarantine=self._engine.parquet(broken) if broken else nothing_quarantined(),
            ledger=tuple(ledger),
            kept_rules={
                (e.extract_id, int(at)): (passed, total)
                for e, s in zip(extracts, said, strict=True)
                for at, (passed, total) in s["kept_rules"].items()
            },
        )
        return Judged(checked=checked, described=[path for one in kept for path in one.described()])


def keep_judgement(
    engine: Engine,
    folder: Path,
    contract: Contract,
    table: Table,
    extract: StoredExtract,
    checked: CheckedTable,
) -> None:
    """Keep in `folder` what `check` has just said of `table` in `extract`, whose folder of judgements it will be."""
    _Kept(folder, contract, table).write(engine, checked, extract)


class _Kept:
    """The files of one table of one extract. The one with the counts is written last, and names the others by hash."""

    def __init__(self, folder: Path, contract: Contract, table: Table) -> None:
        self._contract, self._table = contract, table
        self._folder = folder / table.name
        self._name = _judged_by(contract, table)
        self._counts = self._folder / f"{self._name}.json"
        self.rows = self._file("rows")
        self.quarantine = self._file("quarantine")

    def is_whole(self) -> bool:
        """Whether all is there as it was written: a disk that lost power, or a hand, may have taken some of it."""
        try:
            promised: dict[str, str] = self.read()["files"]
            return all(sha256_of(self._folder / name) == hash_ for name, hash_ in promised.items())
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return False

    def read(self) -> Mapping[str, Any]:
        found: dict[str, Any] = json.loads(self._counts.read_text(encoding="utf-8"))
        return found

    def described(self) -> list[Path]:
        return sorted(self._folder.glob(f"{self._name}.described-*.parquet"))

    def write(self, engine: Engine, checked: CheckedTable, extract: StoredExtract) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # judged by another contract, or cut short
        private_folder(self._folder)
        (entry,) = [row for row in checked.ledger if row.extract_id == extract.extract_id]
        written = [self.rows]
        engine.save(checked.rows.filter(checked.rows[EXTRACT_ID] == extract.extract_id), self.rows)
        if entry.quarantined:
            entries = checked.quarantine.filter(checked.quarantine[EXTRACT_ID] == extract.extract_id)
            engine.save(entries, self.quarantine)
            written.append(self.quarantine)
        for at, part in enumerate(described(self._contract, self._table, engine.parquet([self.rows]))):
            written.append(self._file(f"described-{at}"))
            engine.save(part, written[-1])
        said = {
            "loaded": entry.loaded, "repeated": entry.repeated, "quarantined": entry.quarantined,
            "kept_rules": {at: counts for (of, at), counts in checked.kept_rules.items() if of == extract.extract_id},
            "files": {path.name: sha256_of(path) for path in written},
        }  # fmt: skip
        with new_file(self._counts) as counts:
            counts.write(json.dumps(said).encode())

    def _file(self, what: str) -> Path:
        return self._folder / f"{self._name}.{what}.parquet"


def _judged_by(contract: Contract, table: Table) -> str:
    """A digest of all that a judgement depends on beside the extract."""
    return digest(contract.source, repr(contract.surprises), repr(table), _code())


@cache
def _code() -> str:
    home = Path(vestry.__file__).parent
    files = [
        path
        for name in _CODE
        for path in sorted((home / name).rglob("*.py") if "." not in name else [home / name])
    ]
    found = hashlib.sha256()
    for path in files:
        found.update(path.read_bytes())
    return digest(found.hexdigest(), *(version(name) for name in _LIBRARIES))
