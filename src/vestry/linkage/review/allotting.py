"""How many pairs of a sample are drawn from each stratum. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Final

LEAST: Final = 4
"""Pairs that are drawn from every stratum, if it has them: with one, nobody could tell how much they vary."""


def allotted(sizes: Mapping[str, int], pairs: int) -> dict[str, int]:
    """How many of `pairs` to draw from each stratum: in proportion to the root of its size, and at least `LEAST` if they
    reach so far.

    Between equal shares, which are best for comparing strata, and shares by size, which are best for the whole
    (power allocation with an exponent of a half: Bankier 1988, The American Statistician 42, 174-177).
    """
    least = max(1, min(LEAST, pairs // max(len(sizes), 1)))
    largest = sorted(sizes, key=lambda n: (-sizes[n], n))[:pairs]
    found = {name: min(sizes[name], least) if name in largest else 0 for name in sorted(sizes)}
    while (left := pairs - sum(found.values())) > 0:
        room = {n: sqrt(sizes[n]) for n in sorted(sizes) if found[n] < sizes[n]}
        if not room:
            break
        whole = sum(room.values())
        for name in sorted(room, key=lambda n: (-room[n], n)):
            more = min(max(1, int(left * room[name] / whole)), sizes[name] - found[name])
            found[name] += min(more, pairs - sum(found.values()))
    return found
