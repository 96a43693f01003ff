"""A property's page, as the office serves it: as much of where it is as the agreement lets be seen, and who is tied to it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from agreements_by_hand import EVERYTHING, agreement, law_of, share
from vestry.cli.app import run
from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.office.opening import opened
from vestry.office.project import set_up
from vestry.office.serving import site_at
from vestry.place import Place
from vestry.settings import Settings
from vestry.sharing.agreements.agreement import About
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.markers import MarkersGiven
from vestry.wiring import rooms_for

# Before what has tables is imported.
set_up()

from django.test import Client  # noqa: E402

from vestry.office.accounts.demo import demo_password  # noqa: E402
from vestry.office.accounts.site import KEY  # noqa: E402
from vestry.office.twin import Twin  # noqa: E402

PURPOSE = "housing"


@pytest.fixture(scope="module")
def site(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    place: Place = small.copied(tmp_path_factory.mktemp("on-map") / "place")
    assert run(rooms_for(Settings()), ["people", "import", "--place", str(place.folder)]) == 0
    return site_at(opened(place), SystemClock())


@pytest.fixture(scope="module")
def homes(site: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A property with a household, of which the police hold nothing; and one of no area. Read behind the gateway's back."""
    place = site.place
    release = (place.releases / "current").read_text().strip()
    path = tmp_path_factory.mktemp("behind") / "twin.duckdb"
    path.write_bytes((Path(place.releases) / release / "twin.duckdb").read_bytes())
    with duckdb.connect(str(path), read_only=True) as twin:
        home = twin.execute(
            "SELECT p.entity_id, p.address_lines, p.postcode, p.uprn, h.entity_id, m.longitude, m.latitude FROM properties p "
            "JOIN households h ON h.property_id = p.entity_id JOIN address_matches m ON m.uprn = p.uprn "
            "WHERE m.longitude IS NOT NULL AND NOT EXISTS (SELECT 1 FROM members w JOIN members o USING (entity_id) "
            "JOIN household_members i ON i.household_id = h.entity_id "
            "WHERE w.entity_id IN (p.entity_id, i.person_id) AND o.source LIKE 'police%') ORDER BY 1 LIMIT 1"
        ).fetchone()
        nowhere = twin.execute(
            "SELECT entity_id FROM properties JOIN subjects USING (entity_id) "
            "WHERE len(areas) = 0 AND uprn IS NULL AND address_lines IS NOT NULL ORDER BY 1 LIMIT 1"
        ).fetchone()
        within = twin.execute(
            "SELECT geography, area_code, name FROM areas SEMI JOIN (SELECT unnest(areas) AS area_code FROM subjects "
            "WHERE entity_id = $1) USING (area_code)",
            [home[0]] if home else [],
        ).fetchall()
    assert home and nowhere and {geography for geography, *_rest in within} >= {"lsoa", "ward", "district"}
    names = ("property", "address", "postcode", "uprn", "household", "longitude", "latitude")
    areas = {geography: f"{name} {code}" for geography, code, name in within}
    return {**dict(zip(names, home, strict=True)), "nowhere": nowhere[0], "areas": areas}


@pytest.fixture
def look(site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A police officer's look at an address, under one agreement that shares addresses so precisely."""

    def looked(path: str, *, precision: str = "whole", categories: tuple[str, ...] = EVERYTHING) -> str:
        contracts = read_contracts(site.place)
        shared = share(sorted(contracts), *categories, precision={"address": precision})
        made = agreement("shares", shared, purpose=PURPOSE, about=About(age_from=0, deceased=True))
        now = site.clock.now().date()
        made = replace(made, starts=now, ends=now.replace(year=now.year + 1))
        law = law_of(site.place, contracts, (as_if_in_force(made),), MarkersGiven())
        monkeypatch.setattr(Twin, "law", property(lambda self: law))
        client = Client(raise_request_exception=False, HTTP_HOST="localhost", **{KEY: site})
        said = {"user": "police-officer", "password": demo_password(site.place)}
        assert client.post("/sign-in/demo/", said).status_code == 302
        assert client.post("/purpose/", {"purpose": PURPOSE, "next": "/"}).status_code == 302
        answer = client.get(path)
        assert answer.status_code == 200, answer.content.decode()[-900:]
        return answer.content.decode()

    return looked


def drawn(html: str) -> list[dict[str, Any]]:
    """The features that the page has drawn."""
    found = re.search(r'<script type="application/json" id="on-map"[^>]*>(.*?)</script>', html, re.DOTALL)
    return json.loads(found[1])["features"] if found else []


def words(html: str) -> str:
    """The page's words, without what is drawn."""
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_seen_whole_it_is_a_point_within_its_areas_and_the_same_in_words(look: Any, homes: Any) -> None:
    html = look(f"/properties/{homes['property']}/")
    *areas, point = drawn(html)
    assert point["geometry"] == {"type": "Point", "coordinates": [homes["longitude"], homes["latitude"]]}
    names = [f"{one['properties']['name']} " for one in areas]
    told = [homes["areas"][geography] for geography in ("district", "ward", "lsoa")]
    assert len(names) == len(told) and all(at.startswith(name) for at, name in zip(told, names, strict=True))
    assert f"Position {homes['latitude']:.5f}° north" in words(html)
    assert all(at in words(html) for at in told)


@pytest.mark.parametrize("precision", ["lsoa", "ward", "district"])
def test_lowered_to_an_area_it_is_that_area_and_nothing_finer(look: Any, homes: Any, precision: str) -> None:
    html = look(f"/properties/{homes['property']}/", precision=precision)
    finer = {"lsoa": (), "ward": ("lsoa",), "district": ("lsoa", "ward")}[precision]
    features, said = drawn(html), words(html)
    assert features and {one["geometry"]["type"] for one in features} <= {"Polygon", "MultiPolygon"}
    for geography, area in homes["areas"].items():
        name, code = area.rsplit(" ", 1)
        assert (code in html) is (geography not in finer), f"{geography} under {precision}"
        assert (name in [one["properties"]["name"] for one in features]) is (geography not in finer)
    assert f"({homes['areas'][precision].rsplit(' ', 1)[1]})" in said, "said among its values too"
    assert "for this purpose no more may be seen than the area" in said and "° north" not in said
    for withheld in ("address", "postcode", "uprn"):
        assert homes[withheld] not in html.upper(), withheld
    for number in (homes["longitude"], homes["latitude"]):
        assert f"{number:.4f}"[:-1] not in said and str(number) not in html


def test_lowered_to_a_postcode_it_has_no_place(look: Any, homes: Any) -> None:
    html = look(f"/properties/{homes['property']}/", precision="postcode")
    assert homes["postcode"] in html and homes["uprn"] not in html
    assert not drawn(html) and "on-map" not in html, "no script, and no box, of what is not drawn"
    assert "Position Not to be seen" in words(html)
    assert not any(area.rsplit(" ", 1)[1] in html for area in homes["areas"].values())


def test_what_nobody_places_is_said_to_be_nowhere(look: Any, homes: Any) -> None:
    html = look(f"/properties/{homes['nowhere']}/")
    assert not drawn(html) and "Position Not known: neither its sources nor a gazetteer say" in words(html)


def test_a_household_and_its_home_lead_to_each_other_where_both_may_be_seen(look: Any, homes: Any) -> None:
    home, household = f"/properties/{homes['property']}/", f"/households/{homes['household']}/"
    assert f'href="{household}"' in look(home)
    assert f'href="{home}"' in look(household)
    without = {one: tuple(c for c in EVERYTHING if c != one) for one in ("household", "residence")}
    for categories in without.values():
        assert household not in look(home, categories=categories)
    assert home not in look(household, categories=without["residence"]), "who lives together is not yet where"
    assert home not in look(household, categories=("name", "household", "residence"))
