"""Desks: connections to a release on which the statements of matching are ready.

To plan the comparison of two records takes DuckDB ten times as long as to compare them, and a statement with parameters is
planned each time. So what is asked lies in a table of the connection's own, of one row, and the statements that read it are
planned once for each desk. One desk serves one request at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from vestry.ids import SEPARATOR
from vestry.linkage.recipe import BETWEEN, Recipe, read_recipes

NOTHING: Final = "\u2014"
"""What a desk holds between requests. A plan leans on what a column held when it was made, so this is a text like any that may
come: there is one, and not in ASCII. (Of the pieces that it is split into a plan knows nothing.)"""
WORN_OUT: Final = 5_000
"""After so many requests a desk is replaced: what was asked before leaves a little behind in its memory."""

_MOVERS: Final = (
    "SELECT left_profile, right_profile, right_home, initial FROM match_movers WHERE left_home = $1 UNION ALL"
    " SELECT right_profile, left_profile, left_home, initial FROM match_movers WHERE right_home = $1"
)

Lives = tuple[int | None, str | None]
"""The key of somebody's home, and how the given names begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of a record: of its blocks, of its identifiers, and of its home (None: it has none, or homes say nothing)."""

    blocks: set[int]
    numbers: set[int]
    home: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """How far a record and a profile agree: the number of the level of each comparison; and where both live."""

    numbers: tuple[int, ...]
    mine: Lives
    theirs: Lives


class Desk:
    """One connection, made ready kind by kind. `recipes` are the release's."""

    def __init__(self, cursor: Any, recipes: Mapping[str, Recipe]) -> None:
        self.recipes = recipes
        self.served = 0
        self._cursor = cursor
        self._ready: set[str] = set()

    def close(self) -> None:
        """Let go of the connection, and of what was asked."""
        self._cursor.close()

    def keys(self, recipe: Recipe, values: Mapping[str, str]) -> Keys:
        """Put the record on the desk, and tell its keys."""
        self._make_ready(recipe)
        typed = SEPARATOR.join(values[column] for column in recipe.asked)
        self._cursor.execute("UPDATE asked SET typed = $1", [typed])
        found = self._cursor.execute(f"EXECUTE keys_{recipe.kind}").fetchone()
        *found, home = found if recipe.companions else (*found, None)
        blocks = len(found) - len(recipe.numbers)
        return Keys(blocks=set(found[:blocks]) - {None}, numbers=set(found[blocks:]) - {None}, home=home)

    def levels(self, recipe: Recipe, met: Sequence[str]) -> list[Levels]:
        """The record on the desk against these profiles, in their order: as `Recipe.levels_sql`."""
        if not met:
            return []
        self._cursor.execute("UPDATE asked SET met = $1", [BETWEEN.join(met)])
        rows = self._cursor.execute(f"EXECUTE levels_{recipe.kind}").fetchall()
        found = []
        for _, *told in sorted(rows):
            lives = (None, None, None, None)
            if recipe.companions:
                *told, a, b, c, d = told
                lives = (a, b, c, d)
            found.append(Levels(numbers=tuple(told), mine=lives[:2], theirs=lives[2:]))
        return found

    def rows(
        self, table: str, by: str, columns: Sequence[str], wanted: Sequence[int]
    ) -> list[tuple[Any, ...]]:
        """The rows whose indexed column `by` is one of `wanted`."""
        if not wanted:
            return []
        places = ", ".join(f"${at}" for at in range(1, len(wanted) + 1))
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {by} IN ({places})"
        return list(self._cursor.execute(sql, list(wanted)).fetchall())

    def movers(self, home: int) -> list[tuple[Any, ...]]:
        """Whoever moved from or to the home of that key: a profile there, one elsewhere, the key of that home, and how the given
        names begin."""
        return list(self._cursor.execute(_MOVERS, [home]).fetchall())

    def _make_ready(self, recipe: Recipe) -> None:
        kind = recipe.kind
        if kind in self._ready:
            return
        if not self._ready:
            self._cursor.execute("CREATE TEMP TABLE asked (typed VARCHAR, met VARCHAR)")
            self._cursor.execute("INSERT INTO asked VALUES ($1, $1)", [NOTHING])
        self._cursor.execute(f"PREPARE keys_{kind} AS {recipe.keys_sql('asked')}")
        self._cursor.execute(f"PREPARE levels_{kind} AS {recipe.levels_sql('asked')}")
        self._ready.add(kind)


class Desks:
    """The desks of one release: as many as there are requests at once. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[Desk] = []
        self._recipes: Mapping[str, Recipe] | None = None

    @contextmanager
    def one(self, cursor: Any) -> Iterator[Desk]:
        """A desk to use alone; a new one, on a connection beside `cursor`, where none is free. Raises MatchUnavailable."""
        with self._lock:
            if self._recipes is None:
                self._recipes = read_recipes(cursor)
            desk = self._free.pop() if self._free else Desk(cursor.cursor(), self._recipes)
        try:
            yield desk
        except BaseException:
            desk.close()
            raise
        desk.served += 1
        if desk.served >= WORN_OUT:
            desk.close()
            return
        with self._lock:
            self._free.append(desk)

    def close(self) -> None:
        """Let go of every desk that is free."""
        with self._lock:
            while self._free:
                self._free.pop().close()
