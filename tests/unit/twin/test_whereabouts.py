"""Where a property is, read of a release; and to whom it is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from vestry.sharing.view import View
from vestry.twin.answers import Entity, Whereabouts
from vestry.twin.search import Rows
from vestry.twin.whereabouts import whereabouts


@pytest.fixture
def rows() -> Rows:
    twin = duckdb.connect()
    twin.execute("CREATE TABLE address_matches (uprn VARCHAR, longitude DOUBLE, latitude DOUBLE)")
    twin.execute("INSERT INTO address_matches VALUES ('1', NULL, NULL), ('1', -0.5, 51.5), ('2', 0.5, NULL)")
    twin.execute(
        "CREATE TABLE areas (area_code VARCHAR, geography VARCHAR, vintage VARCHAR, name VARCHAR, boundary VARCHAR)"
    )
    twin.execute(
        "INSERT INTO areas VALUES ('W1', 'ward', '2016', 'Old', 'x'), ('W2', 'ward', '2024', 'New', 'y'),"
        " ('D', 'district', '2024', NULL, NULL), ('W3', 'ward', '2025', 'Elsewhere', 'z')"
    )
    return Rows(twin)


def test_a_source_is_asked_before_the_gazetteer(rows: Rows) -> None:
    said = {"uprn": "1", "longitude": "-0.1", "latitude": "52"}
    assert (found := whereabouts(rows, said, (), gazetteer=True)).longitude == -0.1 and found.latitude == 52
    found = whereabouts(rows, {"uprn": "1"}, (), gazetteer=True)
    assert (found.longitude, found.latitude) == (-0.5, 51.5)


@pytest.mark.parametrize(
    "values", [{}, {"uprn": "2"}, {"uprn": "3"}, {"longitude": "0.1"}, {"longitude": "x", "latitude": "y"}]
)
def test_half_a_position_is_none(rows: Rows, values: dict[str, str]) -> None:
    assert whereabouts(rows, values, (), gazetteer=True) == Whereabouts()


def test_a_release_of_before_keeps_no_positions(rows: Rows) -> None:
    rows.of("DROP TABLE address_matches")
    assert whereabouts(rows, {"uprn": "1"}, (), gazetteer=False) == Whereabouts()


def test_of_its_areas_the_newest_boundaries(rows: Rows) -> None:
    found = whereabouts(rows, {}, {"W1", "W2", "D"}, gazetteer=True)
    assert {(one.area_code, one.name, one.boundary) for one in found.areas} == {
        ("W2", "New", "y"),
        ("D", "", ""),
    }


@pytest.mark.parametrize(
    ("kind", "values", "precision", "told"),
    [
        ("property", {"address_lines": "1 High Street"}, {}, True),
        ("property", {"ward": "Mill (W2)"}, {"ward": "ward"}, False),
        ("property", {"address_lines": "1 High Street", "ward": "Mill"}, {"ward": "ward"}, False),
        ("property", {"postcode": "ZX1 1AA"}, {"postcode": "postcode"}, False),
        ("property", {}, {}, False),
        ("person", {"address_lines": "1 High Street"}, {}, False),
    ],
)
def test_it_is_told_of_a_property_whose_address_is_seen_whole(
    kind: str, values: dict[str, str], precision: dict[str, str], told: bool
) -> None:
    asked: list[Any] = []

    def read(values: Any, areas: Any) -> Whereabouts:
        asked.append(areas)
        return Whereabouts(longitude=0.0, latitude=51.0)

    subject = SimpleNamespace(areas=frozenset({"W2"}))
    view = View(
        release=SimpleNamespace(whereabouts=read, whom=None),
        sight=SimpleNamespace(subjects=lambda whom, ids: dict.fromkeys(ids, subject)),  # type: ignore[arg-type]
        names={},
        trust=dict,
    )
    entity = Entity(entity_id="R1", kind=kind, current=True, values=values, precision=precision)
    assert (view._whereabouts(entity) is not None) is told
    assert asked == ([frozenset({"W2"})] if told else []), "what is not told is not read either"
