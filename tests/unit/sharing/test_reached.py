"""How many an agreement would reach: the filter of lists, over subjects in a real DuckDB, to the nearest ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import duckdb

from agreements_by_hand import agreement, share
from vestry.sharing.agreements.agreement import About
from vestry.sharing.markers import Marked
from vestry.sharing.reached import reached
from vestry.sharing.subjects import SourceFacts
from vestry.twin.open_release import OpenRelease

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOURCES = {"tax": SourceFacts(name="tax", organisation="eldershire")}


class Markers:
    """So many are marked as restricted."""

    def __init__(self, ids: Sequence[str] = ()) -> None:
        self.marked = [Marked(entity_id=one, marker="restricted", of="") for one in ids]

    def on(self, entity_ids: Any) -> Sequence[Marked]:
        return [one for one in self.marked if one.entity_id in entity_ids]

    def all(self) -> Sequence[Marked]:
        return self.marked


class Release:
    """33 adults, 24 of them known to tax; 12 children; 40 properties."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(
            "CREATE TABLE subjects AS SELECT 'p' || i AS entity_id, CASE WHEN i < 45 THEN 'person' ELSE 'property' END AS kind, "
            "[]::VARCHAR[] AS areas, CASE WHEN i < 33 THEN '1980-01-01' ELSE '2020-01-01' END AS born_first, "
            "CASE WHEN i < 33 THEN '1980-01-01' ELSE '2020-01-01' END AS born_last, false AS deceased, "
            "CASE WHEN i < 24 THEN ['tax'] ELSE [] END AS known_to FROM range(85) t(i)"
        )
        self._rows = SimpleNamespace(of=self.of)
        self.whom = SimpleNamespace(led_from=lambda ids: [(one, one, False) for one in ids])

    def of(self, sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
        found = self.connection.execute(sql, parameters)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    people_by_class = OpenRelease.people_by_class


def counted(about: About, marked: Sequence[str] = (), now: datetime = NOW) -> int:
    made = agreement("debt", share(["tax"], "name"), about=about)
    return reached(made, Release(), SOURCES, Markers(marked), now)


def test_people_and_nobody_else_to_the_nearest_ten() -> None:
    assert counted(About()) == 30
    assert counted(About(age_from=0)) == 40
    assert counted(About(known_to=frozenset({"tax"}))) == 20


def test_fewer_than_ten_are_none() -> None:
    restricted = [f"p{i}" for i in range(16)]
    assert counted(About(known_to=frozenset({"tax"})), restricted) == 0
    assert counted(About(known_to=frozenset({"tax"}), restricted=True), restricted) == 20
    assert counted(About(age_from=10, age_to=17)) == 0


def test_before_it_begins_and_after_it_ended_a_day_of_its_term_counts() -> None:
    for year in (2020, 2040):
        assert counted(About(), now=NOW.replace(year=year)) == 30


def test_nobody_uses_it_nobody_is_reached() -> None:
    made = replace(agreement("debt", share(["tax"], "name"), about=About()), users=())
    assert reached(made, Release(), SOURCES, Markers(), NOW) == 0
