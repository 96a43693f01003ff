"""Whom a decision is about: since when they may have been born, where they are, who lists them."""

from __future__ import annotations

import ibis
import pytest

from vestry.engines.engine import Engine
from vestry.twin.subjects import subjects
from vestry.twin.tables import BY_NAME

PEOPLE = ("P1", "P2", "P3", "P4", "P5")
BORN = ("1984-02-29", "1984-02", "1983-12", "1984", None)


def _table(name: str, rows: list[dict[str, object]], **types: str) -> ibis.Table:
    schema = BY_NAME[name].schema if name in BY_NAME else ibis.schema(types)
    empty = dict.fromkeys(schema.names)
    return ibis.memtable([empty | row for row in rows], schema=schema)


@pytest.fixture
def made(engine: Engine) -> dict[str, dict[str, object]]:
    people = [
        {
            "entity_id": one,
            "current": True,
            "birth_date": born,
            "death_date": "2020-01-01" if one == "P4" else None,
        }
        for one, born in zip(PEOPLE, BORN, strict=True)
    ]
    said = [
        {"entity_id": "P1", "group_name": group, "record_id": record}
        for group, record in (("address", "r1"), ("position", "r2"))
    ]
    won = _table("won", said, entity_id="string", group_name="string", record_id="string")
    records = [{"record_id": r, "current": r != "r3"} for r in ("r1", "r2", "r3")]
    members = [
        {"entity_id": "P1", "record_id": "r1", "source": "tax"},
        {"entity_id": "P1", "record_id": "r2", "source": "gp"},
        {"entity_id": "P2", "record_id": "r3", "source": "tax"},
    ]
    placements = [
        {"record_id": "r1", "geography": "ward", "area_code": "E05"},
        {"record_id": "r1", "geography": "district", "area_code": "E07"},
        {"record_id": "r2", "geography": "ward", "area_code": "E99"},
    ]
    entities = {
        "people": _table("people", people),
        "organisations": _table("organisations", []),
        "properties": _table("properties", []),
    }
    found = subjects(
        engine, entities, won, _table("records", records), _table("placements", placements), _table("members", members)
    )  # fmt: skip
    return {row["entity_id"]: row for row in engine.fetch(found).to_pylist()}


def test_birth_dates_in_part_are_the_days_that_they_can_be(made: dict[str, dict[str, object]]) -> None:
    assert {one: (made[one]["born_first"], made[one]["born_last"]) for one in PEOPLE} == {
        "P1": ("1984-02-29", "1984-02-29"),
        "P2": ("1984-02-01", "1984-02-29"),
        "P3": ("1983-12-01", "1983-12-31"),
        "P4": ("1984-01-01", "1984-12-31"),
        "P5": (None, None),
    }


def test_where_they_are_and_who_lists_them_now(made: dict[str, dict[str, object]]) -> None:
    """Of the record that the chosen address is of; a source that no longer lists somebody knows them no longer."""
    assert made["P1"]["areas"] == ["E05", "E07"] and made["P2"]["areas"] == []
    assert made["P1"]["known_to"] == ["gp", "tax"] and made["P2"]["known_to"] == []
    assert [made[one]["deceased"] for one in ("P1", "P4")] == [False, True]
