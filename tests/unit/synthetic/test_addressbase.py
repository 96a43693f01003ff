"""The fictional gazetteer is a file as its contract says, and holds what can be told from one."""

from __future__ import annotations

import csv
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from vestry.synthetic.addressbase import former, write_addressbase
from vestry.synthetic.ground.land import (
    BUILDING,
    FARM,
    FLAT,
    HOUSE,
    SHOP,
    Area,
    Ground,
    Postcode,
    Property,
    Street,
)
from vestry.synthetic.plan import DISTRICTS

LSOA = Area(code="E01990000", name="Brackmere 001A", ring=())
UNIT = Postcode(postcode="ZX1 0AA", lsoa=LSOA, longitude=2.6, latitude=53.6)
STREET = Street(
    usrn="90100001", name="Mill Lane", locality="Thrupwold", town="Brackton", longitude=2.6, latitude=53.6
)


def home(uprn: str, form: str = HOUSE, **said: Any) -> Property:
    bare = dict.fromkeys(("sub", "building", "number"), "")
    at = {"usrn": STREET.usrn, "street": STREET.name, "locality": STREET.locality, "town": STREET.town}
    return Property(
        uprn=uprn, form=form, postcode=UNIT, longitude=2.6, latitude=53.6, **{**bare, **at, **said}
    )


HOMES = (
    home("999010000001", number="12A"),
    home("999010000003", FLAT, sub="Flat 1", building="Wynd House", number="3", parent_uprn="999018000001"),
    home("999010000004", FLAT, sub="Flat 2", building="Wynd House", number="3", parent_uprn="999018000001"),
    home("999010000005", FARM, building="Hill Farm", in_gazetteer=False),
    home(str(999010000000 + 211 - 999010000000 % 211), building="Rose Cottage"),
)
SHOPS = (home("999010000002", SHOP, number="5-9", organisation="The Corner Bakery"),)
BLOCK = (home("999018000001", BUILDING, building="Wynd House", number="3"),)
GROUND = Ground(
    plan=DISTRICTS[0], district=LSOA, wards=(), lsoas=(LSOA,), postcodes=(UNIT,), streets=(STREET,), dwellings=HOMES,
    buildings=BLOCK, care_homes=(), halls=(), refuges=(), shops=SHOPS, schools=(), surgeries=(), libraries=(),
)  # fmt: skip


def lines(folder: Path) -> dict[str, list[list[str]]]:
    path = write_addressbase(folder / "a.csv", [GROUND], as_at=date(2026, 1, 1))
    found: dict[str, list[list[str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.reader(file):
            found.setdefault(line[0], []).append(line)
    return found


def test_every_line_is_as_wide_as_its_table(tmp_path: Path) -> None:
    text = (files("vestry.synthetic") / "contracts/eldershire/addressbase.yaml").read_text(encoding="utf-8")
    widths = {}
    for table in yaml.safe_load(text)["schema"]:
        (kind,) = [p["value"]["equals"] for p in table["customProperties"] if p["property"] == "vestry.rows"]
        widths[kind] = len(table["properties"])
    found = lines(tmp_path)
    assert set(widths) <= set(found), "every record type that is read is written"
    assert [line for kind, width in widths.items() for line in found[kind] if len(line) != width] == []


def test_what_is_told(tmp_path: Path) -> None:
    found = lines(tmp_path)
    assert "999010000005" not in {line[3] for line in found["21"]}, "built too lately"
    assert {line[3]: line[7] for line in found["21"]}["999010000003"] == "999018000001"
    assert len([line for line in found["24"] if line[3] == "999018000001"]) == 1, "the building, once"
    assert "999018000001" not in {line[3] for line in found["28"]}, (
        "no post is brought to a building of flats"
    )
    local = {line[3]: line[15:21] for line in found["24"]}
    assert local["999010000001"] == ["", "12", "A", "", "", ""]
    assert local["999010000002"] == ["", "5", "", "9", "", ""]
    assert local["999010000004"] == ["FLAT 2", "3", "", "", "", "WYND HOUSE"]
    post = {line[3]: line[7:10] for line in found["28"]}
    assert post["999010000001"] == ["", "12A", ""], "Royal Mail has it for a building's name"
    assert [(line[3], line[9]) for line in found["30"]] == [(former(HOMES[-1].uprn), HOMES[-1].uprn)]
