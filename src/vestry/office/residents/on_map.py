"""Where a property is, on its page: in words, and as GeoJSON for the map that a browser may draw of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from vestry.office.pages.translating import _, gettext_lazy
from vestry.twin.answers import Outline, Whereabouts

GEOGRAPHIES: Final = {
    "lsoa": gettext_lazy("Neighbourhood (LSOA)"),
    "msoa": gettext_lazy("Neighbourhood (MSOA)"),
    "ward": gettext_lazy("Ward"),
    "parish": gettext_lazy("Parish"),
    "district": gettext_lazy("District"),
    "county": gettext_lazy("County"),
}
"""What a page calls a geography, from small to large; another is called by its own name, after these."""

LONGEST: Final = 200_000
"""Letters of an outline. A longer one would make the page slow, and stays away; the area is told in words all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMap:
    """`position` in words ("" where nobody says, or may say); `areas` (what it is, its name, its code), the smallest first; `why`
    there is no position. `features`, what the map draws: a GeoJSON FeatureCollection, the largest area first, the point last;
    None where there is nothing to draw. `legend` says in words what they are."""

    position: str
    areas: tuple[tuple[str, str, str], ...]
    why: str
    features: Mapping[str, Any] | None
    legend: str


def on_map(where: Whereabouts | None) -> OnMap:
    """The part of a property's page; of None, not as much of its address may be seen as has a place on a map."""
    if where is None:
        why = _(
            "Not to be seen: for this purpose its address may not be seen, or not as much of it as a map tells"
        )
        return OnMap(position="", areas=(), why=why, features=None, legend="")
    areas = sorted(where.areas, key=lambda one: (_size(one.geography), one.geography))
    drawn = [(one, feature) for one in areas if (feature := _outline(one)) is not None]
    features = [feature for _one, feature in reversed(drawn)]
    legend = (
        [_("Outlines, from the smallest: %(areas)s.") % {"areas": _listed(one for one, _f in drawn)}]
        if drawn
        else []
    )
    if where.longitude is not None and where.latitude is not None:
        point = {"type": "Point", "coordinates": [where.longitude, where.latitude]}
        features.append({"type": "Feature", "properties": {"what": "point"}, "geometry": point})
        legend.insert(0, _("Red dot: the property."))
    return OnMap(
        position=_position(where),
        areas=tuple((_called(one.geography), one.name, one.area_code) for one in areas),
        why=_("Not known: neither its sources nor a gazetteer say where it is in this release")
        if where.whole
        else _("Not to be seen: for this purpose no more may be seen than the area"),
        features={"type": "FeatureCollection", "features": features} if features else None,
        legend=" ".join(legend),
    )


def _listed(areas: Iterable[Outline]) -> str:
    return ", ".join(one.name or one.area_code for one in areas)


def _size(geography: str) -> int:
    order = list(GEOGRAPHIES)
    return order.index(geography) if geography in order else len(order)


def _called(geography: str) -> str:
    return str(GEOGRAPHIES.get(geography, geography.replace("_", " ").capitalize()))


def _position(where: Whereabouts) -> str:
    """As "53.51976° north, 2.64455° west": five places are about a metre."""
    if where.longitude is None or where.latitude is None:
        return ""
    said = (
        _("%(latitude)s° north, %(longitude)s° east")
        if where.longitude >= 0
        else _("%(latitude)s° north, %(longitude)s° west")
    )
    return said % {"latitude": f"{where.latitude:.5f}", "longitude": f"{abs(where.longitude):.5f}"}


def _outline(area: Outline) -> dict[str, Any] | None:
    if not area.boundary or len(area.boundary) > LONGEST:
        return None
    try:
        geometry = json.loads(area.boundary)
    except ValueError:
        return None
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    return {"type": "Feature", "properties": {"what": "area", "name": area.name}, "geometry": geometry}
