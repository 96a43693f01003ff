"""Groups of people: whose pairs are whose, and how ages and long columns are put into bands."""

from __future__ import annotations

import itertools
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vestry.linkage.evaluation.groups import Group, by_group, load_groups
from vestry.linkage.evaluation.measures import wilson

DAY = "2026-11-01"


def residents(connection: Any, columns: str, *rows: tuple[str, ...]) -> None:
    """`truth_residents` and a number for each."""
    names = ", ".join(f'"{c}" VARCHAR' for c in columns.split())
    connection.execute(f"CREATE OR REPLACE TABLE truth_residents ({names})")
    for row in rows:
        connection.execute(f"INSERT INTO truth_residents VALUES ({', '.join('?' * len(row))})", list(row))
    connection.execute(
        "CREATE OR REPLACE TABLE true_person AS SELECT entity, entity::INTEGER AS truth FROM truth_residents"
    )


def valued(connection: Any, column: str) -> dict[int, str]:
    return dict(connection.execute(f'SELECT truth, "{column}" FROM groups').fetchall())


def test_age_at_the_day_of_the_release(connection: Any) -> None:
    births = {
        "1": "2008-11-01", "2": "2008-11-02", "3": "1946-11-01", "4": "1946-11-02", "5": "", "6": "1984", "7": "2027-01-01",
    }  # fmt: skip
    residents(connection, "entity birth_date", *births.items())
    assert load_groups(connection, DAY) == (["age"], [])
    assert valued(connection, "age") == {
        1: "18-29", 2: "0-17", 3: "80+", 4: "65-79", 5: "not said", 6: "not said", 7: "not said",
    }  # fmt: skip


def test_who_somebody_is_is_no_group(connection: Any) -> None:
    rows = [(str(n), f"name {n}", f"nhs {n}", "F" if n % 2 else "", str(n), f"street {n}") for n in range(50)]
    residents(connection, "entity family_name nhs_number sex years_here street", *rows)
    assert load_groups(connection, DAY) == (["sex", "years_here"], ["street"])
    assert valued(connection, "sex")[2] == "not said"
    years = valued(connection, "years_here")
    assert [years[n] for n in (0, 1, 4, 5, 9, 10, 19, 20, 49)] == [
        "0", "1-4", "1-4", "5-9", "5-9", "10-19", "10-19", "20+", "20+",
    ]  # fmt: skip


def test_a_date_is_years_ago(connection: Any) -> None:
    since = [
        "2026-10-01",
        "2025-11-01",
        "2025-11-02",
        "2000-01-01",
        "",
        *(f"2016-01-{n:02}" for n in range(1, 20)),
    ]
    residents(connection, "entity here_since", *[(str(n), s) for n, s in enumerate(since)])
    assert load_groups(connection, DAY) == (["here_since"], [])
    years = valued(connection, "here_since")
    assert [years[n] for n in range(6)] == ["0", "1-4", "0", "20+", "not said", "10-19"]


def test_a_few_numbers_stay_as_they_are(connection: Any) -> None:
    residents(connection, "entity household_size", *[(str(n), str(n % 6)) for n in range(30)])
    load_groups(connection, DAY)
    assert valued(connection, "household_size")[11] == "5"


def found(connection: Any) -> dict[str, Group]:
    return {g.value: g for g in by_group(connection, "known", ["sex"])}


def test_by_hand(making: Any, connection: Any) -> None:
    """Two women and a man of three records each: one woman whole, the other in two, one of hers with the man."""
    residents(connection, "entity sex", ("1", "F"), ("2", "F"), ("3", "M"))
    load_groups(connection, DAY)
    making.known(
        [(1, 1, "a")] * 3 + [(2, 2, "a")] * 2 + [(3, 2, "a")] + [(3, 3, "a")] * 3 + [(9, 8, "a")] * 2,
        connection,
    )
    groups = found(connection)
    assert list(groups) == ["F", "M", "not said"]
    women, men, others = (groups[v] for v in ("F", "M", "not said"))
    # Women: 3 + 1 of 6 pairs joined; her record makes three wrong pairs with the man's.
    assert (women.score.right, women.score.wrong, women.score.missed) == (4, 3, 2)
    assert (men.score.right, men.score.wrong, men.score.missed) == (3, 3, 0)
    assert (others.score.right, others.people, others.uncertain) == (1, 1, True)
    assert (women.people, women.true_pairs) == (2, 6)
    assert men.recall_interval == wilson(1.0, 1)  # one person is one trial, whatever the pairs
    assert (
        women.recall_interval.high - women.recall_interval.low > wilson(4 / 6, 6).high - wilson(4 / 6, 6).low
    )


def test_a_thousand_true_pairs_are_enough(making: Any, connection: Any) -> None:
    residents(connection, "entity sex", ("1", "F"), ("2", "M"))
    load_groups(connection, DAY)
    making.known([(1, 1, "a")] * 46 + [(2, 2, "a")] * 45, connection)
    groups = found(connection)
    assert [(g.true_pairs, g.uncertain) for g in groups.values()] == [(1035, False), (990, True)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=14))
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pairs_made_one_by_one(making: Any, rows: list[tuple[int, int]]) -> None:
    """Of every group: pairs of its people, and joined pairs with at least one record of theirs."""
    sex = {0: "F", 1: "M", 2: "F", 3: "M", 4: "F"}
    with duckdb.connect(":memory:") as connection:
        residents(connection, "entity sex", *[(str(e), s) for e, s in sex.items()])
        load_groups(connection, DAY)
        making.known([(twin, true, "a") for twin, true in rows], connection)
        groups = found(connection)
    for value, group in groups.items():
        right = wrong = missed = 0
        for one, two in itertools.combinations(rows, 2):
            joined, true = one[0] == two[0], one[1] == two[1]
            if value in (sex[one[1]], sex[two[1]]):
                right, wrong, missed = (
                    right + (joined and true),
                    wrong + (joined > true),
                    missed + (true > joined),
                )
        assert (group.score.right, group.score.wrong, group.score.missed) == (right, wrong, missed)
    assert set(groups) == {sex[true] for _, true in rows}
    assert sum(g.people for g in groups.values()) == len({true for _, true in rows})


@pytest.mark.parametrize("column", ['x" OR "y', "select", "1"])
def test_columns_of_strange_names(making: Any, connection: Any, column: str) -> None:
    residents(connection, "entity sex", ("1", "F"))
    connection.execute(
        f'ALTER TABLE truth_residents RENAME COLUMN sex TO "{column.replace(chr(34), chr(34) * 2)}"'
    )
    assert load_groups(connection, DAY) == ([column], [])
    making.known([(1, 1, "a")], connection)
    assert [g.value for g in by_group(connection, "known", [column])] == ["F"]
