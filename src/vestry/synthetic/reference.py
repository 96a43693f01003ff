"""What the fictional county publishes of itself: areas with outlines, postcodes, deprivation."""

from __future__ import annotations

import csv
import json
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vestry.synthetic.addressbase import write_addressbase
from vestry.synthetic.ground.land import Area, Ground
from vestry.synthetic.ground.mapping import DistrictMap
from vestry.synthetic.plan import COUNTY

if TYPE_CHECKING:
    from vestry.synthetic.district import Job

CONTRACTS: Final = tuple(
    (COUNTY, name)
    for name in ("areas-lsoa", "areas-ward", "areas-district", "deprivation", "postcodes", "addressbase")
)
"""Organisation and name of each source of the place itself, in the order they are received."""

_CODES: Final = {"lsoa": "LSOA21", "ward": "WD24", "district": "LAD24"}


def write_areas(folder: Path, maps: Sequence[DistrictMap]) -> list[tuple[str, Path]]:
    """Write the areas of every geography and their deprivation into `folder`; gives (source, file) in order."""
    lsoas = [area for one in maps for area in one.lsoas]
    wards = [area for one in maps for area in one.wards]
    return [
        ("areas-lsoa", _areas(folder / "areas-lsoa.geojson", "lsoa", lsoas)),
        ("areas-ward", _areas(folder / "areas-ward.geojson", "ward", wards)),
        ("areas-district", _areas(folder / "areas-district.geojson", "district", [m.district for m in maps])),
        ("deprivation", _deprivation(folder / "deprivation.csv", lsoas)),
    ]


def reference_files(folder: Path, jobs: Sequence[Job]) -> list[tuple[str, Path]]:
    """Write what comes of the ground of every district, one after another; gives (source, file) in order."""
    postcodes = folder / "postcodes.csv"
    with postcodes.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("pcds", "lsoa21cd", "wd24cd", "lad24cd", "long", "lat"))
        for ground in _grounds(jobs):
            for p in ground.postcodes:
                where = (p.lsoa.code, p.lsoa.ward, p.lsoa.district, f"{p.longitude:.6f}", f"{p.latitude:.6f}")
                writer.writerow((p.postcode, *where))
    gazetteer = write_addressbase(folder / "addressbase.csv", _grounds(jobs), as_at=jobs[0].dates[0])
    return [("postcodes", postcodes), ("addressbase", gazetteer)]


def _grounds(jobs: Sequence[Job]) -> Iterator[Ground]:
    for job in jobs:
        with (job.making / f"{job.plan.organisation}.ground").open("rb") as kept:
            yield pickle.load(kept)  # noqa: S301 - what this run itself has just written


def _areas(path: Path, geography: str, areas: Sequence[Area]) -> Path:
    prefix = _CODES[geography]
    features = []
    for area in areas:
        properties = {f"{prefix}CD": area.code, f"{prefix}NM": area.name}
        if geography == "lsoa":
            properties["WD24CD"] = area.ward
        if geography != "district":
            properties["LAD24CD"] = area.district
        outline = {"type": "Polygon", "coordinates": [[list(point) for point in area.ring]]}
        features.append({"type": "Feature", "properties": properties, "geometry": outline})
    lines = ",\n".join(json.dumps(feature) for feature in features)
    path.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8")
    return path


def _deprivation(path: Path, lsoas: Sequence[Area]) -> Path:
    order = sorted(lsoas, key=lambda area: (-area.deprivation, area.code))
    rank = {area.code: place for place, area in enumerate(order, 1)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("lsoa21cd", "score", "rank", "decile"))
        for area in lsoas:
            decile = 1 + (rank[area.code] - 1) * 10 // len(order)
            writer.writerow((area.code, f"{area.deprivation * 80:.1f}", rank[area.code], decile))
    return path
