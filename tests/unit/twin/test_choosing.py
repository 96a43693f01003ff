"""The three that choose among claims (in tables, in plain values, in one query of a list) choose alike."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.model.fields import record_columns
from vestry.twin import shaping
from vestry.twin.answers import Claim
from vestry.twin.choosing import chosen_again, values_of
from vestry.twin.claims import claims
from vestry.twin.entities import entities
from vestry.twin.listed import Within, entities_listed
from vestry.twin.survivorship import chosen

SOURCES = ("board", "college", "gp", "trainer")
ORGANISATIONS = {"board": "one", "college": "one", "gp": "two", "trainer": "three"}
TRUST = {"college": {"other_number": 3}, "gp": {"nhs_number": 8, "name": 6}, "trainer": {"other_number": 7}}
FIELDS = ("other_number", "nhs_number", "family_name")
PEOPLE = 80
SUBJECTS = """
    CREATE TABLE subjects AS SELECT DISTINCT entity_id, 'person' AS kind, []::VARCHAR[] AS areas, NULL::VARCHAR AS born_first,
    NULL::VARCHAR AS born_last, ['board'] AS known_to, false AS deceased FROM claims
"""


def drawn(chance: random.Random) -> dict[str, Any]:
    """A record of a few values: of two kinds of number, one's name begins as the other's does."""
    now, first, last = chance.random() < 0.6, chance.randint(1, 3), chance.randint(3, 6)
    empty = dict.fromkeys(
        (*record_columns(), "postal_address_lines", "postal_postcode", "uprn_given", "uprn_by")
    )
    some = {
        "other_number": f"{chance.choice(('ULN', 'UCI', 'ULN2'))}:{chance.choice(('4310', '7720'))}",
        "nhs_number": chance.choice(("1", "2")),
        "family_name": chance.choice(("A", "B")),
    }
    return {
        **empty, **{name: value for name, value in some.items() if chance.random() < 0.7},
        "record_id": f"r{chance.random():.12f}", "kind": "person", "source": chance.choice(SOURCES), "current": now,
        "first_as_at": f"2026-0{first}-01", "last_as_at": f"2026-0{last}-01",
        "ended_on": None if now or chance.random() < 0.5 else f"2026-0{last}-01",
    }  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_all_choose_alike(engine: DuckDBEngine, seed: int) -> None:
    chance = random.Random(seed)
    said = [
        (drawn(chance), f"P{person:03d}") for person in range(PEOPLE) for _ in range(chance.randint(1, 7))
    ]
    said.sort(key=lambda one: str(one[0]["record_id"]))
    rows = [{**record, "record_no": number} for number, (record, _) in enumerate(said)]
    types = {"current": pa.bool_(), "record_no": pa.int64()}
    shape = pa.schema([(name, types.get(name, pa.string())) for name in rows[0]])
    records = engine.bring("records", pa.Table.from_pylist(rows, schema=shape))
    members = engine.bring(
        "members",
        pa.Table.from_pylist(
            [
                {"record_id": r["record_id"], "entity_id": p, "kind": "person", "source": r["source"]}
                for r, p in said
            ]
        ),
    )
    judged = chosen(engine, claims(engine, records, members), ORGANISATIONS, TRUST)
    won = engine.keep("won", judged.winning())
    built = {
        row["entity_id"]: row
        for row in engine.fetch(entities(engine, won, records, members, "person")).to_pylist()
    }
    every = engine.fetch(judged.all())
    of: dict[str, list[Claim]] = {}
    for row in every.to_pylist():
        of.setdefault(row["entity_id"], []).append(shaping.claim(row | {"extract_id": "", "row_number": 0}))
    assert sum(" " in (row["other_number"] or "") for row in built.values()) > PEOPLE / 4
    for person, told in of.items():
        again = chosen_again(told, ORGANISATIONS, TRUST)
        assert [(c.chosen, c.reason) for c in again] == [(c.chosen, c.reason) for c in told]
        assert values_of("person", again) == {f: built[person][f] for f in FIELDS if built[person][f]}
    with duckdb.connect() as twin:
        listed_alike(twin, every, of)


def listed_alike(twin: duckdb.DuckDBPyConnection, every: pa.Table, of: dict[str, list[Claim]]) -> None:
    """Whichever of the sources may be used."""
    twin.register("told", every)
    twin.execute("CREATE TABLE claims AS FROM told")
    twin.execute(SUBJECTS)
    twin.execute("CREATE TABLE ledger (source VARCHAR, organisation VARCHAR)")
    twin.executemany("INSERT INTO ledger VALUES (?, ?)", list(ORGANISATIONS.items()))
    twin.execute("CREATE TABLE placements (record_id VARCHAR, area_code VARCHAR, geography VARCHAR)")
    for usable in (some for count in range(1, 5) for some in combinations(SOURCES, count)):
        levels = tuple(("seen", field, source, 9) for field in FIELDS for source in usable)
        within = Within(classes="'seen'", parameters=(), marks=(), levels=levels)
        sql, parameters = entities_listed(
            "person", within, FIELDS, on="2026-07-01", trust=TRUST, geographies={}, span=("P000", "P999")
        )
        listed = {person: values for person, *values in twin.execute(sql, parameters).fetchall()}
        for person, told in of.items():
            kept = [claim for claim in told if claim.source in usable]
            values = values_of("person", chosen_again(kept, ORGANISATIONS, TRUST))
            assert listed.get(person, [None] * 3) == [values.get(field) for field in FIELDS]
