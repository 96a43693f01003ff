"""The map: where LSOAs, wards and districts lie, which parts are town and country, which are rich and poor.

LSOAs are cells of one tiling of the whole county; wards are made of LSOAs and districts of wards, so every
geography tiles and nests. Cells are small where people live close together. Deprivation lies in patches, as it
does in life: a few poor quarters in the towns, fading outwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, ceil, cos, exp, hypot, pi, sin
from random import Random
from typing import Final

from vestry.synthetic.ground.land import Area, Point
from vestry.synthetic.ground.tiling import Tiling, in_one_piece, tile
from vestry.synthetic.ground.town_names import place_name
from vestry.synthetic.plan import DistrictPlan

WEST, SOUTH, WIDTH, HEIGHT = 2.30, 53.25, 0.95, 0.56
"""The map's rectangle in degrees: about 63 by 62 kilometres of sea."""

LSOA_RESIDENTS: Final = (150, 1600)
"""Residents of an LSOA in a very small place (so that its map has areas), and the ONS's average."""

LSOAS_TO_A_WARD: Final = 4
_TOWN: Final = 0.06
"""How far a town reaches, in parts of the map."""
_SETTLED: Final = 3
"""Times that each seed is moved to the middle of its cell, so that no cell is a sliver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictMap:
    """One district's areas; LSOAs in the order of their codes."""

    district: Area
    wards: tuple[Area, ...]
    lsoas: tuple[Area, ...]


def draw_map(
    districts: Sequence[DistrictPlan], residents: Mapping[str, int], rng: Random
) -> list[DistrictMap]:
    """The map of the county, district by district. `residents` by organisation says how many LSOAs each needs."""
    outline = _Outline(rng)
    seeds, owner = _seeds(districts, residents, outline, rng)
    land = len(seeds)
    sea = _sea(outline, land, rng)
    for _ in range(_SETTLED):
        calm = tile([*seeds, *sea], land, rng, wander=0)
        seeds = [_middle(calm.straight(cell)) for cell in range(land)]
    tiling = tile([*seeds, *sea], land, rng)
    owner = _joined_up(owner, tiling)
    towns = {d.number: [d.centre, *_villages(d, rng)] for d in districts}
    fields = {d.number: _Deprivation(d, towns[d.number], rng) for d in districts}
    return [_district(d, owner, seeds, tiling, towns[d.number], fields[d.number]) for d in districts]


class _Outline:
    """The shore: a circle that waves. Everything in parts of the map."""

    def __init__(self, rng: Random) -> None:
        self._waves = [(k, rng.uniform(0.02, 0.075) / k**0.7, rng.uniform(0, 2 * pi)) for k in range(2, 8)]

    def depth(self, point: Point) -> float:
        """How far inland a point is; negative in the sea."""
        x, y = point[0] - 0.5, point[1] - 0.5
        angle = atan2(y, x)
        reach = 0.52 + 0.05 * abs(sin(2 * angle)) + sum(a * cos(k * angle + p) for k, a, p in self._waves)
        return float(reach - hypot(x, y))


def _on_map(point: Point) -> Point:
    return round(WEST + WIDTH * point[0], 6), round(SOUTH + HEIGHT * point[1], 6)


def _off_map(point: Point) -> Point:
    return (point[0] - WEST) / WIDTH, (point[1] - SOUTH) / HEIGHT


def _seeds(
    districts: Sequence[DistrictPlan], residents: Mapping[str, int], outline: _Outline, rng: Random
) -> tuple[list[Point], list[int]]:
    small, large = LSOA_RESIDENTS
    seeds: list[Point] = []
    owner: list[int] = []
    for plan in districts:
        people = residents[plan.organisation]
        wanted = max(4, ceil(people / min(large, max(small, people / 12))))
        found = 0
        while found < wanted:
            if rng.random() > plan.rural * 0.7 + 0.15:
                at = rng.gauss(plan.centre[0], _TOWN * 0.8), rng.gauss(plan.centre[1], _TOWN * 0.8)
            else:
                at = rng.random(), rng.random()
            if outline.depth(at) > 0.01 and _nearest(at, districts) == plan.number:
                seeds.append(_on_map(at))
                owner.append(plan.number)
                found += 1
    return seeds, owner


def _nearest(at: Point, districts: Sequence[DistrictPlan]) -> int:
    return min((hypot(at[0] - d.centre[0], at[1] - d.centre[1]), d.number) for d in districts)[1]


def _sea(outline: _Outline, land: int, rng: Random) -> list[Point]:
    """Points in the sea all round, about as close to each other as cells of the country are."""
    step = max(0.02, min(0.12, 0.9 / land**0.5))
    found = []
    reach = int(0.55 / step) + 1
    for across in range(-reach, int(1 / step) + reach):
        for up in range(-reach, int(1 / step) + reach):
            at = (across + rng.uniform(0.1, 0.9)) * step, (up + rng.uniform(0.1, 0.9)) * step
            if -0.55 < outline.depth(at) < -step * 0.4:
                found.append(_on_map(at))
    return found


def _middle(corners: Sequence[Point]) -> Point:
    """The centroid of a polygon (shoelace formula)."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        cross = (ax - WEST) * (by - SOUTH) - (bx - WEST) * (ay - SOUTH)
        area += cross
        x += (ax + bx - 2 * WEST) * cross
        y += (ay + by - 2 * SOUTH) * cross
    return round(WEST + x / (3 * area), 6), round(SOUTH + y / (3 * area), 6)


def _joined_up(owner: Sequence[int], tiling: Tiling) -> list[int]:
    """Each cell's district, with pieces cut off from their own, and those it encloses, given to the one all round."""
    mine = list(owner)
    for _ in range(len(mine)):
        changed = False
        for number in sorted(set(mine)):
            cells = [c for c, o in enumerate(mine) if o == number]
            for piece in in_one_piece(cells, tiling.beside)[1:]:
                around = [mine[n] for c in piece for n in tiling.beside[c] if mine[n] != number]
                for cell in piece if around else ():
                    mine[cell] = max(sorted(set(around)), key=around.count)
                    changed = True
        if not changed:
            break
    return mine


def _villages(plan: DistrictPlan, rng: Random) -> list[Point]:
    return [
        (plan.centre[0] + rng.uniform(-0.13, 0.13), plan.centre[1] + rng.uniform(-0.13, 0.13))
        for _ in range(3)
    ]


class _Deprivation:
    """How poor each point of a district is: high round a few poles in its towns, falling off with distance."""

    def __init__(self, plan: DistrictPlan, towns: Sequence[Point], rng: Random) -> None:
        self._base = 0.10 + 0.18 * plan.deprived
        self._poles = [
            (
                (town[0] + rng.uniform(-0.035, 0.035), town[1] + rng.uniform(-0.035, 0.035)),
                rng.uniform(0.5, 1.0) * plan.deprived * weight,
                rng.uniform(0.025, 0.055),
            )
            for town, weight in ((towns[0], 1.0), (towns[0], 0.8), (towns[1], 0.5))
        ]
        self._rng = rng

    def at(self, point: Point) -> float:
        """0 (least) to 1, to three decimals."""
        poor = self._base + self._rng.gauss(0, 0.035)
        for (x, y), strength, reach in self._poles:
            poor += strength * exp(-((point[0] - x) ** 2 + (point[1] - y) ** 2) / (2 * reach * reach))
        return round(min(1.0, max(0.0, poor)), 3)


def _district(
    plan: DistrictPlan,
    owner: Sequence[int],
    seeds: Sequence[Point],
    tiling: Tiling,
    towns: Sequence[Point],
    deprivation: _Deprivation,
) -> DistrictMap:
    cells = [c for c, o in enumerate(owner) if o == plan.number]
    ward_of = _wards(cells, seeds, tiling)
    order = sorted(cells, key=lambda c: (ward_of[c], seeds[c]))
    wards: list[Area] = []
    lsoas: list[Area] = []
    for cell in order:
        if ward_of[cell] == len(wards):
            members = [c for c in cells if ward_of[c] == len(wards)]
            wards.append(
                Area(
                    code=f"E05{990000 + plan.number * 500 + len(wards):06}",
                    name=place_name(plan.number * 23 + len(wards) * 3),
                    ring=tiling.outlines(members)[0],
                    district=plan.code,
                )
            )
        at = _off_map(seeds[cell])
        ward = wards[-1]
        lsoas.append(
            Area(
                code=f"E01{990000 + plan.number * 900 + len(lsoas):06}",
                name=f"{plan.name} {len(wards):03}{chr(65 + sum(x.ward == ward.code for x in lsoas))}",
                ring=tiling.outlines([cell])[0],
                ward=ward.code,
                district=plan.code,
                centre=seeds[cell],
                corners=tiling.straight(cell),
                deprivation=deprivation.at(at),
                town=round(max(exp(-hypot(at[0] - x, at[1] - y) / _TOWN) for x, y in towns), 3),
            )
        )
    whole = Area(code=plan.code, name=plan.name, ring=tiling.outlines(cells)[0], district=plan.code)
    return DistrictMap(district=whole, wards=tuple(wards), lsoas=tuple(lsoas))


def _wards(cells: Sequence[int], seeds: Sequence[Point], tiling: Tiling) -> dict[int, int]:
    """Cell -> ward, from 0 up: grown outwards from cells far apart, one cell a turn, so that each hangs together."""
    wanted = max(2, round(len(cells) / LSOAS_TO_A_WARD))
    starts = [min(cells)]
    while len(starts) < wanted:
        starts.append(max(cells, key=lambda c: (min(hypot(*_apart(seeds[c], seeds[s])) for s in starts), -c)))
    ward_of = {start: ward for ward, start in enumerate(starts)}
    edge = {ward: [start] for ward, start in enumerate(starts)}
    inside = set(cells)
    while len(ward_of) < len(cells):
        grown = False
        for ward, reached in edge.items():
            free = sorted(
                {n for c in reached for n in tiling.beside[c] if n in inside and n not in ward_of},
                key=lambda n: (hypot(*_apart(seeds[n], seeds[starts[ward]])), n),
            )
            if free:
                ward_of[free[0]] = ward
                reached.append(free[0])
                grown = True
        if not grown:
            break
    return _without_holes(ward_of, tiling)


def _apart(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1]


def _without_holes(ward_of: dict[int, int], tiling: Tiling) -> dict[int, int]:
    """Wards that another wholly surrounds are joined to it; numbers close up."""
    for ward in sorted(set(ward_of.values())):
        cells = [c for c, w in ward_of.items() if w == ward]
        around = {ward_of.get(n, -1) for c in cells for n in tiling.beside[c]} - {ward}
        at_sea = any(len(tiling.beside[c]) < len(tiling.corners[c]) for c in cells)
        if len(around) == 1 and not at_sea and around != {-1}:
            ward_of |= dict.fromkeys(cells, around.pop())
    closed = {ward: i for i, ward in enumerate(sorted(set(ward_of.values())))}
    return {cell: closed[ward] for cell, ward in ward_of.items()}


def inside(area: Area, rng: Random) -> Point:
    """A point well inside an area: somewhere in a triangle between its centre and two corners next to each other."""
    corners = area.corners
    at = rng.randrange(len(corners))
    (ax, ay), (bx, by) = corners[at], corners[(at + 1) % len(corners)]
    u, v = rng.random(), rng.random()
    if u + v > 1:
        u, v = 1 - u, 1 - v
    u, v = u * 0.72, v * 0.72
    cx, cy = area.centre
    return round(cx + u * (ax - cx) + v * (bx - cx), 6), round(cy + u * (ay - cy) + v * (by - cy), 6)
