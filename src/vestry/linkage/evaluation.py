"""How well records were joined, against a known truth: pairwise precision, recall and F1.

A pair of records is right when both the twin and the truth put them together. Pairs are counted from the
sizes of groups, never made: a group of n records holds n(n-1)/2 of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from vestry.errors import Problem, TruthInvalid

TRUTH_COLUMNS: Final = ("source", "source_key", "part", "entity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Pairs joined by both (`right`), by the twin alone (`wrong`), by the truth alone (`missed`)."""

    name: str
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of the pairs the twin joined, the share that are right; 1 when it joined none."""
        joined = self.right + self.wrong
        return self.right / joined if joined else 1.0

    @property
    def recall(self) -> float:
        """Of the pairs that belong together, the share that the twin joined; 1 when there are none."""
        true = self.right + self.missed
        return self.right / true if true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Scores over every record that both know: all together, by kind, and by source.

    A source's score counts the pairs that at least one of its records is in. `absent` records are in the
    truth but not in the twin (refused, or withheld by their contract): no one can join those, so they are
    counted here and not as missed.
    """

    overall: Score
    by_kind: tuple[Score, ...]
    by_source: tuple[Score, ...]
    records: int
    absent: int


def evaluate(crossref: pa.Table, truth: Path) -> Evaluation:
    """Compare `crossref` (source, source_key, part, kind, entity_id) with a truth file (CSV or Parquet).

    Raises TruthInvalid when the file cannot be read, lacks a column, says two things of one record, or
    names no record of the twin.
    """
    with duckdb.connect(":memory:") as connection:
        connection.register("crossref_given", crossref)
        _load_truth(connection, truth)
        connection.execute(
            "CREATE TABLE known AS SELECT t.source, c.kind, t.entity AS true_id, c.entity_id AS twin_id "
            "FROM truth t JOIN crossref_given c USING (source, source_key, part)"
        )
        records = _number(connection, "SELECT count(*) FROM known")
        if records == 0:
            raise TruthInvalid(
                "The truth names no record of the twin.",
                where=str(truth),
                fix="check that its source, source_key and part are those of: vestry export crossref",
            )
        absent = "SELECT count(*) FROM truth ANTI JOIN crossref_given USING (source, source_key, part)"
        return Evaluation(
            overall=_scores(connection, by="'all'")[0],
            by_kind=_scores(connection, by="kind"),
            by_source=_source_scores(connection),
            records=records,
            absent=_number(connection, absent),
        )


def _load_truth(connection: Any, truth: Path) -> None:
    read = "read_parquet($1)" if truth.suffix.lower() == ".parquet" else "read_csv($1, all_varchar = true)"
    try:
        # The path is a parameter of a table function, so it may not be a prepared one inside CREATE TABLE.
        found = connection.execute(f"SELECT * FROM {read}", [str(truth)]).to_arrow_table()
    except duckdb.Error as error:
        raise TruthInvalid(
            "The truth cannot be read.", where=str(truth), fix="give a CSV or Parquet file"
        ) from error
    missing = [name for name in TRUTH_COLUMNS if name not in found.column_names]
    if missing:
        raise TruthInvalid(
            "The truth lacks columns that it must have.",
            where=str(truth),
            problems=[Problem(what=f"There is no column `{name}`.", fix="add it") for name in missing],
        )
    connection.register("truth_given", found)
    columns = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '') AS {name}" for name in TRUTH_COLUMNS)
    connection.execute(f"CREATE TABLE truth AS SELECT DISTINCT {columns} FROM truth_given")
    twice = _number(connection, "SELECT count(*) - count(DISTINCT (source, source_key, part)) FROM truth")
    if twice:
        raise TruthInvalid(
            f"The truth gives {twice:,} records more than one entity.",
            where=str(truth),
            fix="give each source, source_key and part once",
        )


_PAIRS: Final = "sum(n * (n - 1) // 2)"


def _scores(connection: Any, *, by: str) -> tuple[Score, ...]:
    """Right, joined and true pairs within each value of `by`; a pair lies within when both its records do."""
    rows = connection.execute(
        f"""
        WITH cells AS (SELECT {by} AS name, twin_id, true_id, count(*) AS n FROM known GROUP BY ALL),
        twin AS (SELECT name, twin_id, sum(n) AS n FROM cells GROUP BY ALL),
        true_ AS (SELECT name, true_id, sum(n) AS n FROM cells GROUP BY ALL)
        SELECT name, r, j, t FROM (SELECT name, {_PAIRS} AS r FROM cells GROUP BY name)
        JOIN (SELECT name, {_PAIRS} AS j FROM twin GROUP BY name) USING (name)
        JOIN (SELECT name, {_PAIRS} AS t FROM true_ GROUP BY name) USING (name) ORDER BY name
        """
    ).fetchall()
    return tuple(_score(row) for row in rows)


def _source_scores(connection: Any) -> tuple[Score, ...]:
    """Pairs with at least one record of the source: all pairs of a group, less those wholly outside it."""

    def touching(group: str) -> str:
        pairs, rest = "a.n * (a.n - 1) // 2", "(a.n - s.n) * (a.n - s.n - 1) // 2"
        return (
            f"SELECT s.source, sum({pairs} - {rest}) AS pairs FROM "
            f"(SELECT source, {group}, count(*) AS n FROM known GROUP BY ALL) s JOIN "
            f"(SELECT {group}, count(*) AS n FROM known GROUP BY ALL) a USING ({group}) GROUP BY s.source"
        )

    rows = connection.execute(
        f"SELECT source, r.pairs, j.pairs, t.pairs FROM ({touching('twin_id, true_id')}) r "
        f"JOIN ({touching('twin_id')}) j USING (source) JOIN ({touching('true_id')}) t USING (source) "
        "ORDER BY source"
    ).fetchall()
    return tuple(_score(row) for row in rows)


def _score(row: Sequence[Any]) -> Score:
    name, right, joined, true = str(row[0]), int(row[1]), int(row[2]), int(row[3])
    return Score(name=name, right=right, wrong=joined - right, missed=true - right)


def _number(connection: Any, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])
