"""The map of the fictional county as SVG, for the documents. `generate.py` writes it; `county_page` makes the page."""

from __future__ import annotations

from typing import Final

from vestry.synthetic.chance import stream
from vestry.synthetic.ground.land import Area, Point
from vestry.synthetic.ground.mapping import HEIGHT, SOUTH, WEST, WIDTH, draw_map
from vestry.synthetic.plan import DISTRICTS, shared_out

_WIDE, _HIGH, _EDGE = 960, 900, 24
_KEY = _HIGH - _EDGE - 18 * 6
_SHADES: Final = ("#f4f0e6", "#e6dcc0", "#d3bd8a", "#b98f55", "#8f5e2f", "#5f3518")
"""From least to most deprived; in a print without colour they still go from light to dark."""
SEA, SHORE, INK, RIVER = "#dfe9ee", "#5c6f7a", "#1d2b33", "#ffffff"


def map_svg(residents: int = 1_200_000, seed: int = 1) -> str:
    """The county as `vestry synthesise --residents N --seed S` lays it out: LSOAs by deprivation, districts, towns."""
    maps = draw_map(DISTRICTS, shared_out(residents, DISTRICTS), stream(seed, "map"))
    points = [p for m in maps for p in m.district.ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    scale = min((_WIDE - 2 * _EDGE) / (east - west), (_HIGH - 2 * _EDGE) / ((north - south) * WIDTH / HEIGHT))
    left = (_WIDE - scale * (east - west)) / 2

    def at(point: Point) -> str:
        x = left + (point[0] - west) * scale
        y = _HIGH - _EDGE - (point[1] - south) * scale * WIDTH / HEIGHT
        return f"{x:.1f},{y:.1f}"

    def path(area: Area) -> str:
        return "M" + "L".join(at(p) for p in area.ring[:-1]) + "Z"

    lsoas = [a for m in maps for a in m.lsoas]
    order = sorted(a.deprivation for a in lsoas)
    cuts = [order[len(order) * n // len(_SHADES)] for n in range(1, len(_SHADES))]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img"'
        ' aria-labelledby="name what" font-family="Arial, Helvetica, sans-serif">',
        '<title id="name">Eldershire, the fictional county</title>',
        f'<desc id="what">Ten districts and {len(lsoas)} small areas, which lie in the open sea. Darker areas are more '
        "deprived: they cluster in the towns, most in Saltwold and Brackmere.</desc>",
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="{SEA}"/>',
        f'<g stroke="{RIVER}" stroke-width="0.7" stroke-linejoin="round">',
    ]
    out += [f'<path d="{path(a)}" fill="{_SHADES[sum(a.deprivation >= c for c in cuts)]}"/>' for a in lsoas]
    out.append(f'</g><g fill="none" stroke="{INK}" stroke-width="2" stroke-linejoin="round">')
    out += [f'<path d="{path(m.district)}"/>' for m in maps]
    out.append(f'</g><g font-size="17" fill="{INK}" text-anchor="middle">')
    for plan in DISTRICTS:
        x, y = at((WEST + WIDTH * plan.centre[0], SOUTH + HEIGHT * plan.centre[1])).split(",")
        out.append(f'<circle cx="{x}" cy="{y}" r="4" fill="#ffffff" stroke="{INK}" stroke-width="1.6"/>')
        out.append(
            f'<text x="{x}" y="{float(y) - 10:.1f}" stroke="#ffffff" stroke-width="4" stroke-linejoin="round"'
            f' paint-order="stroke" font-weight="bold">{plan.name}</text>'
        )
    out.append('</g><g font-size="13">')
    for place, shade in enumerate(_SHADES):
        out.append(
            f'<rect x="{_EDGE}" y="{_KEY + 18 * place}" width="26" height="18" fill="{shade}" stroke="{SHORE}"/>'
        )
    out.append(f'<text x="{_EDGE + 34}" y="{_KEY + 14}" fill="{INK}">least deprived sixth of areas</text>')
    out.append(
        f'<text x="{_EDGE + 34}" y="{_KEY + 14 + 18 * (len(_SHADES) - 1)}" fill="{INK}">most deprived sixth</text>'
    )
    out.append("</g></svg>")
    return "\n".join(out) + "\n"
