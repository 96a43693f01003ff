"""Whether some groups of people are joined less well than others, by what the truth says of each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from vestry.linkage.evaluation.counting import PAIRS
from vestry.linkage.evaluation.measures import FEW, Interval, Score, Sums, effective_trials, wilson

NOT_GROUPS: Final = frozenset(
    {
        "entity", "title", "family_name", "given_names", "previous_family_name", "known_as", "birth_date",
        "death_date", "gone_on", "nhs_number", "nino", "upn", "other_number", "email", "phone", "address_lines", "postcode",
        "uprn", "usrn", "household",
    }
)  # fmt: skip
"""Columns of residents.csv that say who somebody is, and not of what group."""

AGE: Final = "age"
AGES: Final = ((0, "0-17"), (18, "18-29"), (30, "30-44"), (45, "45-64"), (65, "65-79"), (80, "80+"))
NUMBERS: Final = ((0, "0"), (1, "1-4"), (5, "5-9"), (10, "10-19"), (20, "20+"))
"""Bands of a column of numbers, or of years since a date, that has more values than `AS_THEY_ARE`."""

AS_THEY_ARE: Final = 12
MOST_GROUPS: Final = 40
"""A column of texts with more values than this tells people apart; it is no group."""

UNSAID: Final = "not said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group of true people. `score`: right and missed pairs are those of its own people; wrong pairs are
    those with at least one record of theirs. `uncertain`: it has fewer true pairs than `measures.FEW`."""

    attribute: str
    value: str
    people: int
    score: Score
    recall_interval: Interval
    precision_interval: Interval

    @property
    def true_pairs(self) -> int:
        """Pairs of records that truly belong together."""
        return self.score.right + self.score.missed

    @property
    def uncertain(self) -> bool:
        """Whether it is too small to say much about."""
        return self.true_pairs < FEW


def load_groups(connection: Any, day: str) -> tuple[list[str], list[str]]:
    """(attributes, columns that are no groups); makes `groups` (`truth` and one column for each attribute).

    From `truth_residents` and `true_person`; `day` is the release's, at which ages are reckoned.
    """
    columns = [row[0] for row in connection.execute("DESCRIBE truth_residents").fetchall()]
    made: dict[str, str] = {}
    left: list[str] = []
    for column in columns:
        if column in NOT_GROUPS:
            continue
        quoted = '"' + column.replace('"', '""') + '"'
        said = f"nullif({quoted}, '')"
        values, numbers, dates = connection.execute(
            f"SELECT count(DISTINCT {said}), bool_and(TRY_CAST({said} AS DOUBLE) IS NOT NULL) FILTER ({said} IS NOT NULL), "
            f"bool_and(TRY_CAST({said} AS DATE) IS NOT NULL) FILTER ({said} IS NOT NULL) FROM truth_residents"
        ).fetchone()
        if numbers and values > AS_THEY_ARE:
            made[column] = banded(f"TRY_CAST({said} AS DOUBLE)", NUMBERS)
        elif dates and values > AS_THEY_ARE:
            made[column] = banded(_years(quoted, day), NUMBERS)
        elif values <= MOST_GROUPS:
            made[column] = quoted
        else:
            left.append(column)
    if "birth_date" in columns:
        made = {AGE: banded(_years("birth_date", day), AGES), **made}
    named = ", ".join(
        f"coalesce(nullif({sql}, ''), '{UNSAID}') AS \"{name.replace(chr(34), chr(34) * 2)}\""
        for name, sql in made.items()
    )
    connection.execute(
        f"CREATE TABLE groups AS SELECT truth{', ' if named else ''}{named} "
        "FROM truth_residents JOIN true_person USING (entity)"
    )
    connection.execute("DROP TABLE truth_residents")
    return list(made), left


def _years(column: str, day: str) -> str:
    """SQL for the whole years from a date to `day`; null before it."""
    date = f"TRY_CAST({column} AS DATE)"
    return f"(CASE WHEN {date} <= DATE '{day}' THEN date_sub('year', {date}, DATE '{day}') END)"


def banded(number: str, bands: Sequence[tuple[int, str]]) -> str:
    """SQL that gives the name of the last of `bands` whose first number `number` reaches; null below the first."""
    cases = " ".join(f"WHEN {number} >= {first} THEN '{name}'" for first, name in reversed(bands))
    return f"CASE {cases} END"


def by_group(connection: Any, known: str, attributes: Sequence[str]) -> tuple[Group, ...]:
    """Every value of every attribute of `groups`, of the records in `known` (`twin, truth`)."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cells AS SELECT twin, truth, count(*) AS n FROM {known} GROUP BY twin, truth"
    )
    found: list[Group] = []
    for attribute in attributes:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE grouped AS SELECT c.*, "
            f"coalesce(g.\"{attribute.replace(chr(34), chr(34) * 2)}\", '{UNSAID}') AS value "
            "FROM cells c LEFT JOIN groups g USING (truth)"
        )
        recalls, precisions = _recalls(connection), _precisions(connection)
        found += [
            _group(attribute, value, recalls[value], precisions[value])
            for value in sorted(recalls, key=_in_order)
        ]
    for table in ("cells", "grouped"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    return tuple(found)


def _in_order(value: str) -> tuple[bool, float, str]:
    """As a person would list them: bands and numbers by size, words by letter, what is not said last."""
    first = value.split("-", maxsplit=1)[0].rstrip("+")
    return value == UNSAID, float(first) if first.isdecimal() else 0.0, value


def _group(attribute: str, value: str, recall: tuple[int, Sums], precision: Sums) -> Group:
    people, true = recall
    score = Score(right=true.right, wrong=precision.total - precision.right, missed=true.total - true.right)
    return Group(
        attribute=attribute,
        value=value,
        people=people,
        score=score,
        recall_interval=wilson(score.recall, effective_trials(true)),
        precision_interval=wilson(score.precision, effective_trials(precision)),
    )


_SUMS: Final = (
    "count(*) FILTER (total > 0), coalesce(sum(correct), 0), coalesce(sum(total), 0), "
    "coalesce(sum(correct * correct), 0), coalesce(sum(correct * total), 0), coalesce(sum(total * total), 0)"
)


def _recalls(connection: Any) -> dict[str, tuple[int, Sums]]:
    """Value -> (people, sums over its people): pairs within a true person, and those of them that were joined."""
    rows = connection.execute(
        f"""
        SELECT value, count(*), {_SUMS}
        FROM (SELECT value, sum({PAIRS})::HUGEINT AS correct, (sum(n) * (sum(n) - 1) // 2)::HUGEINT AS total
              FROM grouped GROUP BY value, truth) GROUP BY value
        """
    ).fetchall()
    return {value: (int(people), _sums(sums)) for value, people, *sums in rows}


def _precisions(connection: Any) -> dict[str, Sums]:
    """Value -> sums over the twin's entities: joined pairs that touch the group, and those that are right."""
    rows = connection.execute(
        f"""
        WITH whole AS (SELECT twin, sum(n) AS all_of_it FROM grouped GROUP BY twin),
        own AS (SELECT value, twin, sum(n) AS n, sum({PAIRS})::HUGEINT AS correct FROM grouped GROUP BY value, twin)
        SELECT value, {_SUMS}
        FROM (SELECT value, correct, (all_of_it * (all_of_it - 1) // 2
              - (all_of_it - n) * (all_of_it - n - 1) // 2)::HUGEINT AS total FROM own JOIN whole USING (twin))
        GROUP BY value
        """
    ).fetchall()
    return {value: _sums(sums) for value, *sums in rows}


def _sums(sums: Sequence[Any]) -> Sums:
    return Sums(**{n: int(v) for n, v in zip(Sums.__dataclass_fields__, sums, strict=True)})
