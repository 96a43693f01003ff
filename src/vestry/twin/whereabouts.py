"""Where a property is, read of a release: its position, and the areas around it with their outlines. Part of `twin.reader`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vestry.twin.answers import Outline, Whereabouts
from vestry.twin.search import Rows, among, text


def whereabouts(
    rows: Rows, values: Mapping[str, str], areas: Collection[str], *, gazetteer: bool
) -> Whereabouts:
    """Of a property with these `values`, in the `areas` of these codes.

    Its position is what a source says, or else where the gazetteer has its UPRN, in a release that keeps that (`gazetteer`).
    """
    position = _said(values)
    if position is None and gazetteer and values.get("uprn"):
        found = rows.of(
            "SELECT longitude, latitude FROM address_matches WHERE uprn = $1 AND longitude IS NOT NULL"
            " AND latitude IS NOT NULL LIMIT 1",
            [values["uprn"]],
        )
        position = next(((row["longitude"], row["latitude"]) for row in found), None)
    longitude, latitude = position or (None, None)
    return Whereabouts(longitude=longitude, latitude=latitude, areas=_outlines(rows, sorted(areas)))


def _said(values: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        return float(values["longitude"]), float(values["latitude"])
    except (KeyError, ValueError):
        return None


def _outlines(rows: Rows, codes: Collection[str]) -> tuple[Outline, ...]:
    """One of each geography: of several vintages the newest."""
    if not codes:
        return ()
    which, parameters = among("area_code", codes)
    newest = {}
    for row in rows.of(
        f"SELECT area_code, geography, name, boundary FROM areas WHERE {which} ORDER BY vintage, area_code",
        parameters,
    ):
        newest[row["geography"]] = Outline(
            area_code=row["area_code"],
            geography=row["geography"],
            name=text(row["name"]),
            boundary=text(row["boundary"]),
        )
    return tuple(newest.values())
