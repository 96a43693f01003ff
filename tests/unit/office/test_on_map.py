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
    assert found.features is not None
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
    assert found.features is None and found.position == found.legend == ""
    assert len(found.areas) == len(spoilt)


def test_what_has_no_place_says_why() -> None:
    unseen, unknown, area = (
        on_map(None),
        on_map(Whereabouts()),
        on_map(Whereabouts(whole=False, areas=(outline("ward"),))),
    )
    assert len({unseen.why, unknown.why, area.why}) == 3
    assert unseen.features is None and unknown.features is None and area.features is not None
    assert [one["geometry"]["type"] for one in area.features["features"]] == ["Polygon"]
    point = on_map(Whereabouts(longitude=0.5, latitude=51.0))
    assert point.position.endswith("0.50000° east") and point.areas == ()


def test_the_legend_says_what_is_drawn_and_no_more() -> None:
    areas = (outline("district"), outline("ward"), outline("lsoa", "{"))
    assert on_map(Whereabouts(areas=areas)).legend == "Outlines, from the smallest: WARD, DISTRICT."
    drawn = on_map(Whereabouts(longitude=0.5, latitude=51.0, areas=areas))
    assert drawn.legend == "Red dot: the property. Outlines, from the smallest: WARD, DISTRICT."
    assert on_map(Whereabouts(longitude=0.5, latitude=51.0)).legend == "Red dot: the property."
