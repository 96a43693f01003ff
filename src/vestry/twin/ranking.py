"""Of rows that something searched for is in, who is found and in which order. Part of `twin.reader`.

A hit is one row in which one criterion or several hold: `entity_id, kind, source, current, dealing` (true: it is a dealing's and
no record's), and for each criterion how well it holds, from `WHOLLY` down to 0 for not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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


def ranked(
    rows: Rows, hits: str, criteria: Criteria, limit: int, text: Text, within: Within | None
) -> tuple[int, dict[str, Hit]]:
    """How many entities are found, and the first `limit` of them: current ones first, then by how well all holds that is searched
    for, then by how many sources say so.

    `hits` is a query as above, its columns for `criteria` named q0, q1 and so on; `text` has its parameters. An entity is found
    when for every criterion one of its rows holds, whichever it is; `within` says of which rows that counts, and what else a row
    holds tells nothing.
    """
    given = searched_by(criteria)
    if not given:
        return 0, {}
    columns = [f"q{at}" for at in range(len(given))]
    head = f"WITH hit AS MATERIALIZED ({hits})"
    counted = f"SELECT entity_id, kind, source, current, {', '.join(columns)} FROM hit"
    if within is not None:
        seen = who(within, text, "b.entity_id IN (SELECT entity_id FROM hit)")
        head += f", who AS ({seen})"
        allowed = ", ".join(
            f"CASE WHEN {_may(criterion, within, text)} THEN h.{column} ELSE 0 END AS {column}"
            for criterion, column in zip(given, columns, strict=True)
        )
        counted = (
            f"SELECT h.entity_id, h.kind, h.source, h.current, {allowed} "
            "FROM hit h JOIN who w USING (entity_id) WHERE w.class <> ''"
        )
    of_kind = f"AND kind = {text.put(criteria.kind)}" if criteria.kind else ""
    best = [f"max({column})" for column in columns]
    found = rows.of(
        f"{head} SELECT entity_id, any_value(kind) AS kind, bool_or(current) AS living, least({', '.join(best)}) AS held, "
        "count(*) OVER () AS total "
        f"FROM ({counted}) WHERE greatest({', '.join(columns)}) > 0 {of_kind} "
        f"GROUP BY entity_id HAVING {' AND '.join(f'{one} > 0' for one in best)} "
        f"ORDER BY living DESC, held DESC, count(DISTINCT source) DESC, entity_id LIMIT {text.put(limit)}",
        text.parameters,
    )
    return (found[0]["total"] if found else 0), {
        row["entity_id"]: Hit(
            kind=row["kind"],
            current=bool(row["living"]),
            matched="nearly" if row["held"] <= NEARLY else "exactly",
        )
        for row in found
    }


def _may(criterion: str, within: Within, text: Text) -> str:
    """Whether a row `h` of somebody of the class `w.class` may be searched by `criterion`."""
    may = text.put(list(within.allowed.get(criterion, ()))) + "::VARCHAR[]"
    if criterion == "name":
        others = text.put(list(within.allowed.get("organisation", ()))) + "::VARCHAR[]"
        may = f"CASE h.kind WHEN 'person' THEN {may} ELSE {others} END"
    if criterion == "reference":
        dealings = text.put(list(within.allowed.get("dealing", ()))) + "::VARCHAR[]"
        may = f"CASE WHEN h.dealing THEN {dealings} ELSE {may} END"
    return f"list_contains({may}, w.class || '|' || h.source)"
