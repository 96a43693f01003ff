"""Where a property is, read of a release: its position, and the areas around it with their outlines. Part of `twin.reader`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from vestry.twin.answers import Outline, Whereabouts
from vestry.twin.search import Rows, among, text


class Locating:
    """Where things are, by one release. `gazetteer`: it keeps where the gazetteer has each UPRN."""

    def __init__(self, rows: Rows, *, gazetteer: bool) -> None:
        self._rows = rows
        self._gazetteer = gazetteer

    def of_property(self, values: Mapping[str, str], record_id: str) -> Whereabouts:
        """Where a property with these `values` is, in the areas of the record that says its address.

        Its position is what a source says, or else where the gazetteer has its UPRN.
        """
        position = _said(values)
        if position is None and self._gazetteer and values.get("uprn"):
            found = self._rows.of(
                "SELECT longitude, latitude FROM address_matches WHERE uprn = $1 AND longitude IS NOT NULL"
                " AND latitude IS NOT NULL LIMIT 1",
                [values["uprn"]],
            )
            position = next(((row["longitude"], row["latitude"]) for row in found), None)
        longitude, latitude = position or (None, None)
        placed = self._rows.of(
            "SELECT area_code, geography, vintage FROM placements WHERE record_id = $1", [record_id]
        )
        within = {_key(row) for row in placed}
        areas = (row for row in _areas(self._rows, {code for code, *_rest in within}) if _key(row) in within)
        return Whereabouts(longitude=longitude, latitude=latitude, areas=_newest(areas))

    def of_areas(self, told: Mapping[str, str]) -> Whereabouts:
        """Where something is of which only areas may be told: those (geography -> "Mill (E05000001)", as `Whom.areas` says one),
        and those that they are in by the reference data alone, whatever lies in them."""
        codes = {one.rpartition("(")[2].rstrip(")") for one in told.values()}
        areas = [row for row in _areas(self._rows, codes) if told.get(row["geography"]) == in_words(row)]
        seen, above = set(codes), {row["parent_code"] for row in areas if row["parent_code"]}
        while above - seen:
            parents = _areas(self._rows, above - seen)
            seen |= above
            areas += parents
            above = {row["parent_code"] for row in parents if row["parent_code"]}
        return Whereabouts(areas=_newest(areas), whole=False)


def in_words(area: Mapping[str, Any]) -> str:
    """ "Mill (E05000001)", or its code alone where nobody names it."""
    name = text(area["name"])
    return f"{name} ({area['area_code']})" if name else str(area["area_code"])


def _said(values: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        return float(values["longitude"]), float(values["latitude"])
    except (KeyError, ValueError):
        return None


def _areas(rows: Rows, codes: Collection[str]) -> list[dict[str, Any]]:
    """Every area of these codes, the oldest boundaries first."""
    if not codes:
        return []
    which, parameters = among("area_code", sorted(codes))
    return rows.of(
        "SELECT area_code, geography, vintage, name, parent_code, boundary FROM areas "
        f"WHERE {which} ORDER BY vintage, area_code",
        parameters,
    )


def _newest(areas: Iterable[Mapping[str, Any]]) -> tuple[Outline, ...]:
    """One of each geography: of several vintages the newest."""
    found = {row["geography"]: row for row in sorted(areas, key=lambda row: str(row["vintage"]))}
    return tuple(
        Outline(
            area_code=row["area_code"],
            geography=row["geography"],
            name=text(row["name"]),
            boundary=text(row["boundary"]),
        )
        for row in found.values()
    )


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["area_code"], row["geography"], row["vintage"]
