"""Two records compared outside a build: what comes of it, without the libraries that do it."""

from __future__ import annotations

from dataclasses import dataclass

Known = frozenset[tuple[str, str]]
"""Whom records are of, and of which sources these are: entity and source of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """Somebody who tells of two records, having surely moved between their homes: by which records it is known that they live
    `here`, at the home of the first, and `there`. Of either any will do."""

    here: Known
    there: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoCompared:
    """`compared` are (thing, agreement, bits), in the order of the design; `weight` has the odds before comparing too.

    `met`: whether any rule brings the two together in a build, so that it would compare them. `rests_on_others`: whether part of
    it is what is known of those who live with the two.
    """

    compared: tuple[tuple[str, str, float], ...]
    prior: float
    weight: float
    probability: float
    met: bool
    rests_on_others: bool
