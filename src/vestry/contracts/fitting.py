"""Which contracts a file fits, by its name, its format and its columns: a first guess of whose it is, which a receipt checks."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from vestry.contracts.contract import Contract, Table
from vestry.contracts.drafting import look_into
from vestry.contracts.sampling import Sample


def fitting(contracts: Iterable[Contract], file: Path) -> list[str]:
    """The sources whose contract the first rows of `file` fit: every column of a table that it may hold is there.

    Raises FileUnreadable where nothing can be read of it.
    """
    sample = look_into(file)
    return sorted(c.source for c in contracts if _fits(c, sample, file.name))


def expects(table: Table, file_name: str) -> bool:
    """Whether a file of that name may hold the table; `.gz` counts or not."""
    name = file_name.lower()
    return table.files is None or any(
        fnmatchcase(n, table.files.lower()) for n in (name, name.removesuffix(".gz"))
    )


def _fits(contract: Contract, sample: Sample, file_name: str) -> bool:
    if contract.layout.format != sample.layout.format:
        return False
    tables = [table for table in contract.tables if expects(table, file_name)]
    if contract.layout.format == "csv" and not contract.layout.header:
        return False  # without a heading nothing says whose it is
    held = [frozenset(table.physical_names) for table in sample.tables]
    return any(_has(table, names) for table in tables for names in held)


def _has(table: Table, names: frozenset[str]) -> bool:
    return all(
        column.physical_name in names or not names.isdisjoint(column.earlier_names)
        for column in table.columns
    )
