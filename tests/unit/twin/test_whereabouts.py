"""Where a property is, read of a release; and to whom it is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from vestry.sharing.minimising import Minimised
from vestry.sharing.view import View
from vestry.twin.answers import Whereabouts
from vestry.twin.search import Rows
from vestry.twin.whereabouts import Locating


@pytest.fixture
def rows() -> Rows:
    twin = duckdb.connect()
    twin.execute("CREATE TABLE address_matches (uprn VARCHAR, longitude DOUBLE, latitude DOUBLE)")
    twin.execute("INSERT INTO address_matches VALUES ('1', NULL, NULL), ('1', -0.5, 51.5), ('2', 0.5, NULL)")
    twin.execute(
        "CREATE TABLE areas (area_code VARCHAR, geography VARCHAR, vintage VARCHAR, name VARCHAR, parent_code VARCHAR, "
        "boundary VARCHAR)"
    )
    twin.execute(
        "INSERT INTO areas VALUES ('W1', 'ward', '2016', 'Old', 'D', 'x'), ('W2', 'ward', '2024', 'New', 'D', 'y'),"
        " ('D', 'district', '2024', NULL, 'C', NULL), ('W3', 'ward', '2025', 'Elsewhere', 'D', 'z'),"
        " ('L', 'lsoa', '2021', 'New 001A', 'W2', 'w'), ('C', 'county', '2024', 'Shire', 'C', 'v')"
    )
    twin.execute(
        "CREATE TABLE placements (record_id VARCHAR, geography VARCHAR, vintage VARCHAR, area_code VARCHAR)"
    )
    twin.execute(
        "INSERT INTO placements VALUES ('r', 'ward', '2016', 'W1'), ('r', 'ward', '2024', 'W2'),"
        " ('r', 'district', '2024', 'D'), ('another', 'ward', '2025', 'W3')"
    )
    return Rows(twin)


def test_a_source_is_asked_before_the_gazetteer(rows: Rows) -> None:
    said = {"uprn": "1", "longitude": "-0.1", "latitude": "52"}
    assert (
        found := Locating(rows, gazetteer=True).of_property(said, "")
    ).longitude == -0.1 and found.latitude == 52
    found = Locating(rows, gazetteer=True).of_property({"uprn": "1"}, "")
    assert (found.longitude, found.latitude) == (-0.5, 51.5)


@pytest.mark.parametrize(
    "values", [{}, {"uprn": "2"}, {"uprn": "3"}, {"longitude": "0.1"}, {"longitude": "x", "latitude": "y"}]
)
def test_half_a_position_is_none(rows: Rows, values: dict[str, str]) -> None:
    assert Locating(rows, gazetteer=True).of_property(values, "") == Whereabouts()


def test_a_release_of_before_keeps_no_positions(rows: Rows) -> None:
    rows.of("DROP TABLE address_matches")
    assert Locating(rows, gazetteer=False).of_property({"uprn": "1"}, "") == Whereabouts()


def test_its_areas_are_those_of_the_record_that_says_its_address_by_the_newest_boundaries(rows: Rows) -> None:
    found = Locating(rows, gazetteer=True).of_property({}, "r")
    assert {(one.area_code, one.name, one.boundary) for one in found.areas} == {
        ("W2", "New", "y"),
        ("D", "", ""),
    }


def test_an_area_that_is_told_is_within_those_that_all_of_it_is_in(rows: Rows) -> None:
    found = Locating(rows, gazetteer=True).of_areas({"ward": "New (W2)"})
    assert found.longitude is None and not found.whole
    assert [one.area_code for one in found.areas] == ["W2", "D", "C"], "and a parent of itself ends the way"
    assert [one.area_code for one in Locating(rows, gazetteer=True).of_areas({"district": "D"}).areas] == [
        "D",
        "C",
    ]
    assert Locating(rows, gazetteer=True).of_areas({"ward": "Other (W2)"}).areas == (), (
        "words that no area is called by"
    )
    assert Locating(rows, gazetteer=True).of_areas({"lsoa": "New (W2)"}).areas == ()


WHOLE, AREA = "whole", "area"


@pytest.mark.parametrize(
    ("values", "precision", "asked"),
    [
        ({"address_lines": "1 High Street"}, {}, [(WHOLE, "r")]),
        ({"ward": "Mill (W2)"}, {"ward": "ward"}, [(AREA, {"ward": "Mill (W2)"})]),
        ({"address_lines": "1 High Street", "ward": "Mill"}, {"ward": "ward"}, [(AREA, {"ward": "Mill"})]),
        ({"postcode": "ZX1 1AA"}, {"postcode": "postcode"}, []),
        ({"address_lines": "1 High Street", "postcode": "ZX1 1AA"}, {"postcode": "postcode"}, []),
        ({"uprn": "1", "longitude": "0", "latitude": "51"}, {}, []),
        ({}, {}, []),
    ],
)
def test_as_much_is_asked_as_is_told_of_its_address(
    values: dict[str, str], precision: dict[str, str], asked: list[Any]
) -> None:
    """What is not told is not read either."""
    said: list[Any] = []

    def read(values: Any, record_id: str) -> Whereabouts:
        said.append((WHOLE, record_id))
        return Whereabouts(longitude=0.0, latitude=51.0)

    def area(told: Any) -> Whereabouts:
        said.append((AREA, told))
        return Whereabouts(whole=False)

    view = View(
        release=SimpleNamespace(locating=SimpleNamespace(of_property=read, of_areas=area), whom=None),
        sight=SimpleNamespace(),  # type: ignore[arg-type]
        names={},
        trust=dict,
    )
    seen = Minimised(
        values=values, precision=precision, claims=(), left_out=0, record_of=dict.fromkeys(values, "r")
    )
    assert (view._whereabouts(seen) is not None) is bool(asked)
    assert said == asked
