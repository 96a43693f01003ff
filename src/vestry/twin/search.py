"""Rows of a release: how they are asked for, and how one is put into words. Part of `twin.reader`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import duckdb

from vestry.errors import MemoryUsedUp


class Rows:
    """A cursor that gives rows as dictionaries, column -> value."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def of(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All the rows of a query; `$1`, `$2` in it stand for `parameters`."""
        with memory_told():
            self._cursor.execute(sql, list(parameters))
            names = [column[0] for column in self._cursor.description]
            return [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]

    def each(
        self, table: str, column: str, values: Sequence[str], columns: str = "*"
    ) -> list[dict[str, Any]]:
        """The rows of a table, in order of `column` but without an index, where that is one of `values`, which may be many.

        Each is looked for by itself: DuckDB then passes over the parts of the table that it cannot be in. One of several it looks
        for in every part. Of more than `_APART`, the table is read through.
        """
        if 1 <= len(values) <= _APART:
            one = (
                f"SELECT {columns} FROM {table} WHERE {column} = ${at}" for at in range(1, len(values) + 1)
            )
            return self.of(" UNION ALL ".join(one), list(values))
        which = f"{column} IN (SELECT unnest($1::VARCHAR[]))"
        return self.of(f"SELECT {columns} FROM {table} WHERE {which}", [list(values)])


_APART: Final = 200
"""So many values are looked for one by one in less time than a table of a county is read through."""


@contextmanager
def memory_told() -> Iterator[None]:
    """A question that needs more memory than a release may take. Raises MemoryUsedUp."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise MemoryUsedUp(
            "The question has used up the memory that a release may take. Nothing was changed.",
            where="the open release",
            fix="give it more, as VESTRY_MEMORY=8GB, or ask for less at once",
        ) from None


FEW: Final = 8
"""So many ids are looked up in an index in less time one by one than joined."""


def among(column: str, ids: Collection[str], few: int = FEW) -> tuple[str, list[Any]]:
    """SQL that holds where `column` is one of `ids`; and its parameters, from $1 on. Up to `few` stand one by one: of a column
    without an index, that is less work for one alone."""
    if 1 <= len(ids) <= few:
        marks = ", ".join(f"${n}" for n in range(1, len(ids) + 1))
        return f"{column} IN ({marks})", list(ids)
    return f"{column} IN (SELECT unnest($1::VARCHAR[]))", [list(ids)]


def text(value: Any) -> str:
    """A value of a release as text: "" for none, lists with commas between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(text(v) for v in value if v is not None)
    return str(value)


def name_of(kind: str, row: Mapping[str, Any]) -> str:
    """What a person would call the entity: a name, or for a property its address."""
    if kind == "person":
        return " ".join(t for t in (text(row.get("given_names")), text(row.get("family_name"))) if t)
    if kind == "organisation":
        return text(row.get("organisation_name"))
    return address_of(row)


def address_of(row: Mapping[str, Any]) -> str:
    """The address lines of an entity, on one line, without its postcode."""
    return text(row.get("address_lines")).replace("\n", ", ")
