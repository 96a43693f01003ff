"""Which area each record is in, how that is known, and why not where it is not.

By its postcode first, then by its coordinates (which polygon holds the point). Outside the place is a fact and
not an error: it is said as such.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import shapely
from shapely.geometry import shape

from vestry.addresses.reference import Reference, split_geography
from vestry.engines.engine import Engine

BY_POSTCODE: Final = "postcode"
BY_COORDINATES: Final = "coordinates"
OUTSIDE: Final = "outside"

NO_ADDRESS: Final = "no postcode, and no coordinates"
NO_POSTCODE: Final = "no postcode"
POSTCODE_UNKNOWN: Final = "postcode is not in the list for this place"
NOT_LOADED: Final = "no postcodes or boundaries of this place are loaded"
OUTSIDE_BY_POSTCODE: Final = "postcode district lies outside this place"
OUTSIDE_BY_COORDINATES: Final = "coordinates lie outside this place"


RECORD: Final = ("record_id", "record_no")
"""A record by its id, as the release names it, and by its number, which is quicker to join by."""


def located(engine: Engine, points: ir.Table, areas: ir.Table, geographies: Sequence[str]) -> ir.Table:
    """The area of each distinct point, in each geography that has boundaries loaded.

    `points` has `longitude, latitude` (degrees, WGS 84). Returns `longitude, latitude, geography, vintage,
    area_code`. A point on a shared edge goes to the area whose code sorts first.
    """
    distinct = points.filter(points.longitude.notnull() & points.latitude.notnull()).distinct()
    table = engine.fetch(distinct.select("longitude", "latitude"))
    pairs = shapely.points(table.column("longitude").to_numpy(), table.column("latitude").to_numpy())
    found: list[pa.Table] = []
    for geography in geographies:
        name, vintage = split_geography(geography)
        bounded = areas.filter(
            (areas.geography == name) & (areas.vintage == vintage) & areas.boundary.notnull()
        )
        shapes = engine.fetch(bounded.order_by("area_code").select("area_code", "boundary"))
        if not shapes.num_rows or not table.num_rows:
            continue
        tree = shapely.STRtree([shape(json.loads(text)) for text in shapes.column("boundary").to_pylist()])
        point_index, area_index = tree.query(pairs, predicate="intersects")
        codes = shapes.column("area_code").take(pa.array(area_index))
        first: dict[int, str] = {}
        for at, code in zip(point_index.tolist(), codes.to_pylist(), strict=True):
            first[at] = min(code, first.get(at, code))
        rows = pa.array(sorted(first), pa.int64())
        found.append(
            pa.table(
                {
                    "longitude": table.column("longitude").take(rows),
                    "latitude": table.column("latitude").take(rows),
                    "geography": pa.array([name] * len(rows), pa.string()),
                    "vintage": pa.array([vintage] * len(rows), pa.string()),
                    "area_code": pa.array([first[i] for i in sorted(first)], pa.string()),
                }
            )
        )
    return engine.bring(
        "located_points", pa.concat_tables(found) if found else _NOTHING_LOCATED.empty_table()
    )


_NOTHING_LOCATED = pa.schema(
    [("longitude", pa.float64()), ("latitude", pa.float64())]
    + [(name, pa.string()) for name in ("geography", "vintage", "area_code")]
)


def place_records(
    engine: Engine, records: ir.Table, known: Reference, geographies: Sequence[str]
) -> tuple[ir.Table, ir.Table]:
    """`records` with `placed_by` and `placed_why`, and `placements`: a row for each record and geography.

    `placements` has `record_id, geography, vintage, area_code, placed_by`, and `record_no`. `placed_by` is `postcode`,
    `coordinates`, `outside` or null; `placed_why` says why a record is outside or not placed.
    """
    at = records.select(
        "record_id",
        "record_no",
        "postcode",
        longitude=records.longitude.try_cast("float64"),
        latitude=records.latitude.try_cast("float64"),
    )
    areas = _one_area_each(known.postcode_areas, geographies)
    by_postcode = at.inner_join(areas, "postcode").select(
        *RECORD, "geography", "vintage", "area_code", placed_by=ibis.literal(BY_POSTCODE)
    )
    by_postcode = engine.keep("placed_by_postcode", by_postcode)
    rest = at.anti_join(by_postcode, "record_no")
    points = located(engine, rest.select("longitude", "latitude"), known.areas, geographies)
    by_point = rest.inner_join(points, ["longitude", "latitude"]).select(
        *RECORD, "geography", "vintage", "area_code", placed_by=ibis.literal(BY_COORDINATES)
    )
    placements = by_postcode.union(engine.keep("placed_by_coordinates", by_point))
    listed = engine.count(known.postcodes) > 0
    drawn = engine.count(known.areas.filter(known.areas.boundary.notnull())) > 0
    explained = _explained(records, at, placements, known, listed=listed, drawn=drawn)
    return explained, placements  # the records are written by who goes on with them


def _one_area_each(postcode_areas: ir.Table, geographies: Sequence[str]) -> ir.Table:
    """Of each postcode and geography (of those wanted, if any) one area: the code that sorts first."""
    wanted = [split_geography(g) for g in geographies]
    if wanted:
        of = postcode_areas
        postcode_areas = of.filter(ibis.or_(*((of.geography == g) & (of.vintage == v) for g, v in wanted)))
    return postcode_areas.group_by("postcode", "geography", "vintage").aggregate(
        area_code=postcode_areas.area_code.min()
    )


def _explained(
    records: ir.Table, at: ir.Table, placements: ir.Table, known: Reference, *, listed: bool, drawn: bool
) -> ir.Table:
    """Why each record is where it is. Nothing is outside a place whose postcodes or boundaries are not loaded."""
    how = placements.group_by("record_no").aggregate(placed_by=placements.placed_by.min())
    inside = known.postcodes.select(outward=_outward(known.postcodes.postcode)).distinct().mutate(inside=True)
    why = at.left_join(how, "record_no").drop("record_no_right").mutate(outward=_outward(at.postcode))
    why = why.left_join(inside, "outward").drop("outward_right")
    has_point = why.longitude.notnull() & why.latitude.notnull()
    reason = ibis.cases(
        (why.placed_by == BY_COORDINATES, ibis.ifelse(why.postcode.isnull(), NO_POSTCODE, POSTCODE_UNKNOWN)),
        (why.placed_by.notnull(), ibis.null("string")),
        (why.postcode.notnull() & why.inside.isnull() & ibis.literal(listed), OUTSIDE_BY_POSTCODE),
        (has_point & ibis.literal(drawn), OUTSIDE_BY_COORDINATES),
        (why.postcode.notnull(), POSTCODE_UNKNOWN if listed else NOT_LOADED),
        (has_point, NOT_LOADED),
        else_=NO_ADDRESS,
    )
    outside = reason.isin([OUTSIDE_BY_POSTCODE, OUTSIDE_BY_COORDINATES])
    why = why.select(
        "record_no",
        placed_by=ibis.ifelse(outside & why.placed_by.isnull(), OUTSIDE, why.placed_by),
        placed_why=reason,
    )
    return records.left_join(why, "record_no").drop("record_no_right")


def _outward(postcode: ir.StringValue) -> ir.StringValue:
    return postcode.split(" ")[0]
