"""The ground: a map that tiles, deprivation in patches, streets and properties of every form."""

from __future__ import annotations

import statistics
from collections import Counter

import pytest
import shapely

from vestry.synthetic.chance import stream
from vestry.synthetic.ground import land
from vestry.synthetic.ground.land import Area, Ground
from vestry.synthetic.ground.mapping import DistrictMap, draw_map
from vestry.synthetic.ground.survey import Needs, survey
from vestry.synthetic.ground.town_names import place_name
from vestry.synthetic.plan import DISTRICTS, shared_out

RESIDENTS = shared_out(300_000, DISTRICTS)


@pytest.fixture(scope="module")
def county() -> list[DistrictMap]:
    return draw_map(DISTRICTS, RESIDENTS, stream(5, "map"))


@pytest.fixture(scope="module")
def ground(county: list[DistrictMap]) -> Ground:
    needs = Needs(residents=20_000, households=8_300, in_care_homes=94, in_halls=1000)
    return survey(DISTRICTS[2], county[2], needs, stream(5, "ground"))


def outlines(areas: list[Area]) -> list[shapely.Polygon]:
    return [shapely.Polygon(area.ring) for area in areas]


@pytest.mark.parametrize(("residents", "seed"), [(500, 1), (20_000, 2), (300_000, 3), (1_500_000, 4)])
def test_every_geography_tiles_the_same_county(residents: int, seed: int) -> None:
    maps = draw_map(DISTRICTS, shared_out(residents, DISTRICTS), stream(seed, "map"))
    lsoas = outlines([a for m in maps for a in m.lsoas])
    wards = outlines([a for m in maps for a in m.wards])
    districts = outlines([m.district for m in maps])
    for polygons in (lsoas, wards, districts):
        assert all(p.is_valid and p.area > 0 for p in polygons)
    whole = shapely.union_all(districts)
    for polygons in (lsoas, wards, districts):
        assert sum(p.area for p in polygons) == pytest.approx(whole.area, rel=1e-9)
        assert shapely.union_all(polygons).symmetric_difference(whole).area < 1e-9
    assert whole.geom_type == "Polygon"


def test_lsoas_lie_in_their_ward_and_district(county: list[DistrictMap]) -> None:
    for one in county:
        wards = {w.code: shapely.Polygon(w.ring) for w in one.wards}
        district = shapely.Polygon(one.district.ring)
        assert len({a.code for a in one.lsoas}) == len(one.lsoas)
        for area in one.lsoas:
            polygon = shapely.Polygon(area.ring)
            assert polygon.intersection(wards[area.ward]).area == pytest.approx(polygon.area, rel=1e-6)
            assert polygon.intersection(district).area == pytest.approx(polygon.area, rel=1e-6)


def test_districts_have_about_the_lsoas_that_their_people_need(county: list[DistrictMap]) -> None:
    for plan, one in zip(DISTRICTS, county, strict=True):
        assert len(one.lsoas) == pytest.approx(RESIDENTS[plan.organisation] / 1600, rel=0.25, abs=4)


def test_deprivation_clusters(county: list[DistrictMap]) -> None:
    """Moran's I over neighbours that share an edge: 0 when neighbours are no more alike than strangers."""
    areas = [a for m in county for a in m.lsoas]
    polygons = outlines(areas)
    tree = shapely.STRtree(polygons)
    left, right = tree.query(polygons, predicate="touches")
    mean = statistics.mean(a.deprivation for a in areas)
    apart = [a.deprivation - mean for a in areas]
    together = sum(apart[i] * apart[j] for i, j in zip(left, right, strict=True))
    morans_i = len(areas) / len(left) * together / sum(d * d for d in apart)
    assert morans_i > 0.5


def test_town_cells_are_smaller_than_country_ones(county: list[DistrictMap]) -> None:
    areas = sorted((a for m in county for a in m.lsoas), key=lambda a: a.town)
    fifth = len(areas) // 5
    sizes = [shapely.Polygon(a.ring).area for a in areas]
    assert statistics.median(sizes[:fifth]) > 2 * statistics.median(sizes[-fifth:])


def test_every_postcode_and_property_lies_in_its_lsoa(ground: Ground) -> None:
    polygons = {a.code: shapely.Polygon(a.ring) for a in ground.lsoas}
    for unit in ground.postcodes:
        assert polygons[unit.lsoa.code].contains(shapely.Point(unit.longitude, unit.latitude))
    assert len({u.postcode for u in ground.postcodes}) == len(ground.postcodes)


def test_forms_of_dwelling_are_near_the_census(ground: Ground) -> None:
    forms = Counter(h.form for h in ground.dwellings)
    share = {form: n / len(ground.dwellings) for form, n in forms.items()}
    assert 0.68 < share[land.HOUSE] < 0.82
    assert 0.16 < share[land.FLAT] < 0.28
    assert 0.01 < share[land.SUBDIVIDED] < 0.06
    assert forms[land.FARM] and forms[land.PITCH] and ground.refuges and ground.halls and ground.care_homes


def test_flats_have_a_parent_and_farms_no_number(ground: Ground) -> None:
    parents = {b.uprn for b in ground.buildings}
    for home in ground.dwellings:
        assert (home.parent_uprn in parents) == (home.form in (land.FLAT, land.SUBDIVIDED, land.PITCH))
        if home.form == land.FARM:
            assert not home.number and home.building.endswith("Farm")
    new = [h for h in ground.dwellings if not h.in_gazetteer]
    assert 0 < len(new) < 0.06 * len(ground.dwellings)
    whole = {b.uprn: b.in_gazetteer for b in ground.buildings}
    assert all(not whole[h.parent_uprn] for h in new if h.parent_uprn)


def test_no_two_properties_share_a_number_or_an_address(ground: Ground) -> None:
    everything = ground.properties
    assert len({p.uprn for p in everything}) == len(everything)
    addresses = Counter((land.address_lines(p), p.postcode.postcode) for p in everything)
    assert addresses.most_common(1)[0][1] == 1
    assert all(5 <= len(p.uprn) <= 12 and p.usrn in {s.usrn for s in ground.streets} for p in everything[:50])


def test_names_of_places_differ() -> None:
    assert len({place_name(i) for i in range(800)}) == 800
