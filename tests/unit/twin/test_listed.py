"""Lists under agreements: what they cost as they grow, and one span of people after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import duckdb
import pytest

from vestry.twin.listed import Within, rows_listed

PEOPLE, TIES = 20_000, 60_000
CLASSES = ["".join(bits) for bits in product("01", repeat=4)]
"""As of two grants: opted out, protected, and whether each is about them."""


@pytest.fixture(scope="module")
def tied() -> Iterator[duckdb.DuckDBPyConnection]:
    """People who are tied to one another, by forty sources, and dealings with them."""
    with duckdb.connect(config={"memory_limit": "200MB", "threads": "2"}) as twin:
        twin.execute("SET temp_directory = ''")
        for sql in (
            "CREATE TABLE subjects AS SELECT 'P' || i AS entity_id, 'person' AS kind, []::VARCHAR[] AS areas, "
            "'1980-01-01' AS born_first, '1980-01-01' AS born_last, []::VARCHAR[] AS known_to, false AS deceased, "
            f"substr(bin(16 + i % 16), 2) AS class FROM range({PEOPLE}) t(i)",
            "CREATE TABLE records AS SELECT 'R' || i AS record_id, 'S' || i % 40 AS source, 'K' || i AS source_key, "
            f"'person' AS part, 'person' AS kind, true AS current, '2026-01-01' AS last_as_at FROM range({TIES}) t(i)",
            f"CREATE TABLE members AS SELECT 'R' || i AS record_id, 'P' || i % {PEOPLE} AS entity_id FROM range({TIES}) t(i)",
            f"CREATE TABLE residences AS SELECT 'P' || i % {PEOPLE} AS entity_id, 'A' || i AS property_id, "
            f"'2020-01-01' AS valid_from, NULL::VARCHAR AS valid_to, 'R' || i AS record_id FROM range({TIES}) t(i)",
            f"CREATE TABLE relationships AS SELECT 'P' || i % {PEOPLE} AS from_entity, 'P' || (7 * i + 1) % {PEOPLE} "
            f"AS to_entity, 'parent' AS kind, 'R' || i AS record_id FROM range({TIES}) t(i)",
            "CREATE TABLE episodes AS SELECT 'E' || i AS episode_id, 'care' AS service, 'county' AS organisation, "
            "'S' || i % 40 AS source, true AS current, 'visit' AS kind, 'open' AS status, '2026-01-01' AS opened_on, "
            f"NULL::VARCHAR AS closed_on, NULL::VARCHAR AS amount, 'K' || i AS reference FROM range({TIES}) t(i)",
            f"CREATE TABLE episode_entities AS SELECT 'E' || i AS episode_id, 'P' || i % {PEOPLE} AS entity_id, "
            f"'subject' AS role FROM range({TIES}) t(i)",
        ):
            twin.execute(sql)
        yield twin


@pytest.mark.parametrize(
    ("table", "fields", "rows"),
    [
        # Whoever the second grant is about, and no other: every second person; of a tie, both.
        ("residences", ("residence",), TIES // 2),
        ("relationships", ("relationship",), None),
        ("episodes", ("dealing.service", "dealing.type", "dealing.status", "dealing.reference"), TIES // 2),
        ("crossref", ("dealing.reference",), TIES // 2),
    ],
)
def test_a_list_costs_what_its_rows_cost_whatever_classes_there_are(
    tied: duckdb.DuckDBPyConnection, tmp_path: Path, table: str, fields: tuple[str, ...], rows: int | None
) -> None:
    """A list that joined by source alone would first hold each row with every class."""
    levels = tuple(
        (c, field, f"S{n}", 9) for c in CLASSES if c[3] == "1" for n in range(40) for field in fields
    )
    within = Within(
        classes="(SELECT class FROM subjects c WHERE c.entity_id = s.entity_id)",
        parameters=(),
        marks=(),
        levels=levels,
    )
    sql, parameters = rows_listed(table, within)
    profile = tmp_path / "profile.json"
    tied.execute(f"SET enable_profiling = 'json'; SET profiling_output = '{profile}'")
    found = tied.execute(sql, parameters).fetchall()
    tied.execute("SET enable_profiling = 'no_output'")
    passed = json.loads(profile.read_text())["cumulative_cardinality"]
    assert passed < 15 * TIES
    if rows is None:
        (rows,) = tied.execute(
            "SELECT count(*) FROM relationships WHERE substr(from_entity, 2)::INT % 2 = 1 AND substr(to_entity, 2)::INT % 2 = 1"
        ).fetchone() or (0,)
    assert len(found) == rows
