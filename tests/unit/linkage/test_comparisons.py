"""Blocks: the pairs that training looks at, counted beforehand, and the share of them that a large place takes."""

from __future__ import annotations

import itertools
import random

import duckdb
import pytest

from vestry.linkage.comparisons import Block

BLOCK = Block(keys=("{}.family", "left({}.given, 1)"))


@pytest.fixture
def people() -> list[tuple[str | None, str | None]]:
    chance = random.Random(5)
    families = [None, *(f"F{n}" for n in range(60))]
    return [(chance.choice(families), chance.choice([None, "ANN", "AMY", "BEN"])) for _ in range(400)]


@pytest.fixture
def connection(people: list[tuple[str | None, str | None]]) -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("CREATE TABLE people (family VARCHAR, given VARCHAR)")
    made.executemany("INSERT INTO people VALUES (?, ?)", people)
    return made


def joined(connection: duckdb.DuckDBPyConnection, rule: str) -> list[tuple[str, int]]:
    """Block -> how many pairs of it the rule brings together."""
    return connection.execute(
        "WITH n AS (SELECT *, rowid AS id FROM people) SELECT l.family || left(l.given, 1) AS block, count(*)"
        f" FROM n l JOIN n r ON l.id < r.id AND {rule} GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def test_the_pairs_counted_are_those_that_the_rule_joins(
    connection: duckdb.DuckDBPyConnection, people: list[tuple[str | None, str | None]]
) -> None:
    expected = sum(
        one[0] is not None
        and one[0] == other[0]
        and one[1] is not None
        and one[1][:1] == (other[1] or " ")[:1]
        for one, other in itertools.combinations(people, 2)
    )
    assert connection.execute(BLOCK.pairs("people")).fetchall() == [(expected,)]
    assert sum(count for _, count in joined(connection, BLOCK.rule(1))) == expected > 0


def test_of_a_block_all_pairs_are_looked_at_or_none(connection: duckdb.DuckDBPyConnection) -> None:
    whole = joined(connection, BLOCK.rule(1))
    share = joined(connection, BLOCK.rule(4))
    assert set(share) < set(whole)
    assert 0.1 < len(share) / len(whole) < 0.5


def test_nothing_to_pair_counts_as_none() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE people (family VARCHAR, given VARCHAR)")
    assert connection.execute(BLOCK.pairs("people")).fetchall() == [(0,)]
