"""Where a property is, as its page tells and draws it."""

from __future__ import annotations

import json

from vestry.office.residents.on_map import LONGEST, on_map
from vestry.twin.answers import Outline, Whereabouts

SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [1, 52], [0, 51]]]})


def outline(geography: str, boundary: str = SQUARE) -> Outline:
    return Outline(area_code=f"E-{geography}", geography=geography, name=geography.upper(), boundary=boundary)


def test_areas_are_told_from_small_to_large_and_drawn_the_other_way_with_the_point_on_top() -> None:
    areas = (outline("district"), outline("police_area"), outline("lsoa"), outline("ward"))
    found = on_map(Whereabouts(longitude=-0.25, latitude=51.5, areas=areas))
    assert found is not None and found.features is not None
    assert [name for _, name, _ in found.areas] == ["LSOA", "WARD", "DISTRICT", "POLICE_AREA"]
    assert found.areas[-1][0] == "Police area", "a geography that has no words here is called by its own name"
    *drawn, point = found.features["features"]
    assert [one["properties"]["name"] for one in drawn] == ["POLICE_AREA", "DISTRICT", "WARD", "LSOA"]
    assert point["geometry"] == {"type": "Point", "coordinates": [-0.25, 51.5]}
    assert found.position == "51.50000° north, 0.25000° west"


def test_what_cannot_be_drawn_is_told_in_words() -> None:
    spoilt = (
        outline("ward", "{"), outline("lsoa", ""), outline("district", '{"type": "Point", "coordinates": [0, 51]}'),
        outline("county", SQUARE + " " * LONGEST), outline("parish", "[]"),
    )  # fmt: skip
    found = on_map(Whereabouts(areas=spoilt))
    assert found is not None and found.features is None and found.position == ""
    assert len(found.areas) == len(spoilt)


def test_of_what_has_no_place_there_is_no_map() -> None:
    assert on_map(None) is None and on_map(Whereabouts()) is None
    point = on_map(Whereabouts(longitude=0.5, latitude=51.0))
    assert point is not None and point.position.endswith("0.50000° east") and point.areas == ()
