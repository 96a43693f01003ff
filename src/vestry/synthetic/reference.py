"""What the fictional place publishes of itself: areas with outlines, postcodes, deprivation."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from vestry.synthetic.addressbase import write_addressbase
from vestry.synthetic.gazetteer import Area, Gazetteer

REFERENCES: Final = ("areas-lsoa", "areas-ward", "areas-district", "postcodes", "addressbase", "deprivation")
"""Sources of the place itself, in the order they are received."""

_CODES: Final = {"lsoa": "LSOA21", "ward": "WD24", "district": "LAD24"}


def write_references(folder: Path, grounds: Sequence[Gazetteer], *, as_at: date) -> list[tuple[str, Path]]:
    """Write every reference source for all districts into `folder`; gives (source, file) in order."""
    lsoas = [area for ground in grounds for area in ground.lsoas]
    written = {
        "areas-lsoa": _areas(folder / "areas-lsoa.geojson", "lsoa", lsoas),
        "areas-ward": _areas(folder / "areas-ward.geojson", "ward", [w for g in grounds for w in g.wards]),
        "areas-district": _areas(
            folder / "areas-district.geojson", "district", [g.district for g in grounds]
        ),
        "postcodes": _postcodes(folder / "postcodes.csv", grounds),
        "addressbase": write_addressbase(
            folder / "addressbase.csv",
            [p for g in grounds for p in (*g.dwellings, *g.care_homes, *g.shops)],
            as_at=as_at,
        ),
        "deprivation": _deprivation(folder / "deprivation.csv", lsoas),
    }
    return [(source, written[source]) for source in REFERENCES]


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


def _postcodes(path: Path, grounds: Sequence[Gazetteer]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("pcds", "lsoa21cd", "wd24cd", "lad24cd", "long", "lat"))
        for ground in grounds:
            writer.writerows(
                (
                    p.postcode,
                    p.lsoa.code,
                    p.lsoa.ward,
                    p.lsoa.district,
                    f"{p.longitude:.6f}",
                    f"{p.latitude:.6f}",
                )
                for p in ground.postcodes
            )
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
