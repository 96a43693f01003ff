"""What a table of a release is: its name, what one row of it is, its columns."""

from __future__ import annotations

from dataclasses import dataclass

import ibis


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDefinition:
    """A column: its DuckDB type, and what it says."""

    name: str
    type: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDefinition:
    """A table of `twin.duckdb`, and what one row of it is. `indexed_by` are the columns by
    which single rows are looked up, one index for each: a look at somebody must not cost more in a larger place."""

    name: str
    one_row_is: str
    columns: tuple[ColumnDefinition, ...]
    indexed_by: tuple[str, ...] = ()

    @property
    def schema(self) -> ibis.Schema:
        """The table's columns and types, in order."""
        return ibis.schema({c.name: c.type for c in self.columns})


def table(
    name: str,
    one_row_is: str,
    *columns: tuple[str, str] | tuple[str, str, str],
    indexed_by: tuple[str, ...] = (),
) -> TableDefinition:
    """A table of columns, each (name, what it says, DuckDB type: string where there is none)."""
    made = []
    for column in columns:
        column_name, says, kind = (*column, "string")[:3]
        made.append(ColumnDefinition(name=column_name, type=kind, says=says))
    return TableDefinition(name=name, one_row_is=one_row_is, columns=tuple(made), indexed_by=indexed_by)
