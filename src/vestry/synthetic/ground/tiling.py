"""A tiling of the land: cells round given points, whose edges wander but are the same from both sides.

Cells are those of Voronoi (every point belongs to the nearest seed), found from Delaunay's triangles. An edge is
made once and used by both its neighbours, so areas made of cells tile exactly, without gaps or overlaps.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import atan2
from random import Random
from typing import Final

import shapely

from vestry.synthetic.ground.land import Point, Ring

WANDER: Final = 0.13
"""How far the middle of an edge may stray from straight, as a share of its length."""

_TURNS: Final = 2
"""How often an edge is broken into two."""

Edge = tuple[int, int]
"""Numbers of two triangles that share a side: an edge of the tiling runs from one's centre to the other's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """Cells by the number of their seed: `corners` their vertices in order, anticlockwise, each named by its triangle.

    `points` says where each vertex is; `beside` which cells share an edge with each cell.
    """

    corners: Mapping[int, tuple[int, ...]]
    points: Mapping[int, Point]
    beside: Mapping[int, tuple[int, ...]]
    edges: Mapping[Edge, tuple[Point, ...]]

    def straight(self, cell: int) -> Ring:
        """The cell as a convex polygon, not closed."""
        return tuple(self.points[t] for t in self.corners[cell])

    def outlines(self, cells: Iterable[int]) -> list[Ring]:
        """The closed rings round a set of cells, the longest first; more than one when it has holes or is in parts."""
        sides = {side for cell in set(cells) for side in _sides(self.corners[cell])}
        after = {a: b for a, b in sides if (b, a) not in sides}
        rings: list[Ring] = []
        while after:
            first = here = min(after)
            found: list[Point] = []
            while True:
                there = after.pop(here)
                found += self._along(here, there)[:-1]
                here = there
                if here == first:
                    break
            rings.append((*found, found[0]))
        return sorted(rings, key=lambda ring: (-len(ring), ring))

    def _along(self, a: int, b: int) -> tuple[Point, ...]:
        return self.edges[a, b] if (a, b) in self.edges else self.edges[b, a][::-1]


def _sides(corners: Sequence[int]) -> list[Edge]:
    return list(zip(corners, (*corners[1:], corners[0]), strict=True))


def tile(seeds: Sequence[Point], land: int, rng: Random, *, wander: float = WANDER) -> Tiling:
    """The cells of the first `land` of `seeds`; those after them lie all round and only bound the others."""
    numbers = {point: i for i, point in enumerate(seeds)}
    found = shapely.delaunay_triangles(shapely.multipoints(list(seeds)))
    triangles = sorted(
        tuple(sorted(numbers[x, y] for x, y in piece.exterior.coords[:-1])) for piece in found.geoms
    )
    points = {i: _centre_of(*(seeds[n] for n in triangle)) for i, triangle in enumerate(triangles)}
    around: dict[int, list[int]] = defaultdict(list)
    for i, triangle in enumerate(triangles):
        for seed in triangle:
            around[seed].append(i)
    corners = {
        seed: tuple(sorted(around[seed], key=lambda t: _angle(seeds[seed], points[t])))
        for seed in range(land)
    }
    owners: dict[Edge, list[int]] = defaultdict(list)
    for cell, vertices in corners.items():
        for a, b in _sides(vertices):
            owners[min(a, b), max(a, b)].append(cell)
    beside: dict[int, list[int]] = defaultdict(list)
    for pair in owners.values():
        if len(pair) == 2:
            beside[pair[0]].append(pair[1])
            beside[pair[1]].append(pair[0])
    edges = {edge: _wandering(points[edge[0]], points[edge[1]], rng, wander) for edge in sorted(owners)}
    return Tiling(
        corners=corners,
        points=points,
        beside={cell: tuple(sorted(beside[cell])) for cell in corners},
        edges=edges,
    )


def _centre_of(a: Point, b: Point, c: Point) -> Point:
    """The point as far from each of three others (Euler's circumcentre), to six decimals, a tenth of a metre."""
    (ax, ay), (bx, by), (cx, cy) = a, b, c
    bx, by, cx, cy = bx - ax, by - ay, cx - ax, cy - ay
    twice = 2 * (bx * cy - by * cx)
    b2, c2 = bx * bx + by * by, cx * cx + cy * cy
    return round(ax + (cy * b2 - by * c2) / twice, 6), round(ay + (bx * c2 - cx * b2) / twice, 6)


def _angle(centre: Point, point: Point) -> float:
    return atan2(point[1] - centre[1], point[0] - centre[0])


def _wandering(start: Point, end: Point, rng: Random, wander: float) -> tuple[Point, ...]:
    line = [start, end]
    for _ in range(_TURNS):
        broken = [line[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(line):
            aside = rng.uniform(-wander, wander)
            broken.append(
                (round((ax + bx) / 2 - (by - ay) * aside, 6), round((ay + by) / 2 + (bx - ax) * aside, 6))
            )
            broken.append((bx, by))
        line = broken
        wander /= 1.5
    return tuple(line)


def in_one_piece(cells: Sequence[int], beside: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """`cells` as pieces that hang together, the largest first."""
    left, pieces = set(cells), list[list[int]]()
    while left:
        piece, edge = set[int](), [min(left)]
        while edge:
            cell = edge.pop()
            if cell in left:
                left.discard(cell)
                piece.add(cell)
                edge += beside[cell]
        pieces.append(sorted(piece))
    return sorted(pieces, key=lambda piece: (-len(piece), piece))
