"""Of rows that something searched for is in, who is found and in which order. Part of `twin.reader`.

A hit is one row in which one criterion or several hold: whose it is, `kind, source, current, dealing` (true: it is a dealing's
and no record's), and for each criterion how well it holds, from `WHOLLY` down to 0 for not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from vestry.twin.answers import Criteria
from vestry.twin.listed import Text, Within, who
from vestry.twin.search import Rows

WHOLLY: Final = 3
"""How well whole words, and anything that is no word, hold."""
BEGUN: Final = 2
"""And words that begin so."""
NEARLY: Final = 1
"""And what is nearly so: a word that is spelled otherwise, a birth date with its day and month exchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entity that was found: `current` by the rows that hold, `matched` as `answers.Found` has it."""

    kind: str
    current: bool
    matched: str


def searched_by(criteria: Criteria) -> tuple[str, ...]:
    """The criteria that rows are held against, in the order of their columns in a hit."""
    return tuple(name for name in criteria.names() if name != "kind")


class Search:
    """One search of one release. Its hits are kept for this request, so that whoever is asked about them need not be all.

    `hits` is a query as above with its `parameters`, its columns for `criteria` named q0, q1 and so on, and whom they are of `by`
    entity_id or subject_no. An entity is a candidate when for every criterion one of its rows holds, whichever it is.
    """

    def __init__(
        self, rows: Rows, criteria: Criteria, hits: str, parameters: Sequence[Any], *, by: str
    ) -> None:
        self._rows = rows
        self._given = searched_by(criteria)
        self._kind = criteria.kind
        self._by = by
        self._asked: Within | None = None
        self._gathered = False
        if self._given:
            self._columns = [f"q{at}" for at in range(len(self._given))]
            self._best = [f"max({column})" for column in self._columns]
            self._every = " AND ".join(f"{one} > 0" for one in self._best)
            rows.of(f"CREATE OR REPLACE TEMP TABLE hit AS {hits}", parameters)

    def ids(self, most: int) -> list[str] | None:
        """The candidates, where there are no more than `most` of them."""
        if not self._given:
            return []
        self._gather()
        (counted,) = self._rows.of("SELECT count(*) AS n FROM candidate")
        if counted["n"] > most:
            return None
        return [row["entity_id"] for row in self._rows.of("SELECT entity_id FROM candidate")]

    def classes(self, within: Within) -> list[str]:
        """Every class that a candidate is of whom something may be seen. `found` goes by what is asked here."""
        if not self._given:
            return []
        self._gather()
        text, by = Text(within.parameters), self._by
        query = who(within, text, by=by, of="candidate")
        self._rows.of(
            f"CREATE OR REPLACE TEMP TABLE seen AS SELECT * FROM ({query}) WHERE class <> ''", text.parameters
        )
        self._asked = within
        return [row["class"] for row in self._rows.of("SELECT DISTINCT class FROM seen ORDER BY class")]

    def _gather(self) -> None:
        """Read the candidates' rows of `subjects`, once, before anything is asked of them: asked in the same query, it would be
        asked of everybody there is."""
        if not self._gathered:
            self._rows.of(
                "CREATE OR REPLACE TEMP TABLE candidate AS SELECT * FROM subjects SEMI JOIN "
                f"(SELECT {self._by} FROM hit GROUP BY {self._by} HAVING {self._every}) USING ({self._by})"
            )
            self._gathered = True

    def found(self, limit: int, within: Within | None) -> tuple[int, dict[str, Hit]]:
        """How many entities are found, and the first `limit` of them: current ones first, then by how well all holds that is
        searched for, then by how many sources say so. `within` says of which rows that counts (None: of every one); what else a
        row holds tells nothing."""
        if not self._given:
            return 0, {}
        text, by = Text(), self._by
        counted = f"SELECT {by}, kind, source, current, {', '.join(self._columns)} FROM hit"
        if within is not None:
            if self._asked is None or self._asked.classes != within.classes:
                self.classes(within)
            counted = (
                f"SELECT h.{by}, h.kind, h.source, h.current, {self._may()} FROM hit h JOIN seen USING ({by}) "
                f"JOIN ({_allowed(self._given, within, text)}) a ON a.whose = seen.class || '|' || h.source"
            )
        of_kind = f"AND kind = {text.put(self._kind)}" if self._kind else ""
        order = f"living DESC, held DESC, sources DESC, {by}"
        query = (
            f"SELECT {by}, any_value(kind) AS kind, bool_or(current) AS living, least({', '.join(self._best)}) AS held, "
            "count(DISTINCT source) AS sources, count(*) OVER () AS total "
            f"FROM ({counted}) WHERE greatest({', '.join(self._columns)}) > 0 {of_kind} "
            f"GROUP BY {by} HAVING {self._every} ORDER BY {order} LIMIT {text.put(limit)}"
        )
        if by != "entity_id":
            named = "candidate" if self._gathered else "subjects"
            query = f"SELECT f.*, s.entity_id FROM ({query}) f JOIN {named} s USING ({by}) ORDER BY {order}"
        rows = self._rows.of(query, text.parameters)
        return (rows[0]["total"] if rows else 0), {
            row["entity_id"]: Hit(
                kind=row["kind"],
                current=bool(row["living"]),
                matched="nearly" if row["held"] <= NEARLY else "exactly",
            )
            for row in rows
        }

    def _may(self) -> str:
        """The columns of a hit, 0 where its row may not be searched by a criterion."""
        held = []
        for at, (criterion, column) in enumerate(zip(self._given, self._columns, strict=True)):
            may = f"a.may{at}"
            if criterion in _ALSO:
                other = "h.kind <> 'person'" if criterion == "name" else "h.dealing"
                may = f"CASE WHEN {other} THEN a.also{at} ELSE {may} END"
            held.append(f"CASE WHEN {may} THEN h.{column} ELSE 0 END AS {column}")
        return ", ".join(held)


_ALSO: Final = {"name": "organisation", "reference": "dealing"}
"""Criterion -> as what else it may be searched: of whoever is no person, and of what is no record."""


def _allowed(given: Sequence[str], within: Within, text: Text) -> str:
    """A query of `whose`, "class|source", and whether its rows may be searched by each criterion (`may0`, ...; `also0`, ...)."""
    sets = {
        f"{word}{at}": frozenset(within.allowed.get(name, ()))
        for at, criterion in enumerate(given)
        for word, name in (("may", criterion), ("also", _ALSO.get(criterion, "")))
        if name
    }
    whose = sorted(frozenset().union(*sets.values()))
    columns = [f"unnest({text.put(whose)}::VARCHAR[]) AS whose"]
    columns += [
        f"unnest({text.put([one in allowed for one in whose])}::BOOLEAN[]) AS {name}"
        for name, allowed in sets.items()
    ]
    return f"SELECT {', '.join(columns)}"
