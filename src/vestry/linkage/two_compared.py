"""Two records compared outside a build: what comes of it, without the libraries that do it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoCompared:
    """`compared` are (thing, agreement, bits), in the order of the design; `weight` has the odds before comparing too.

    `met`: whether any rule brings the two together in a build, so that it would compare them.
    """

    compared: tuple[tuple[str, str, float], ...]
    prior: float
    weight: float
    probability: float
    met: bool
