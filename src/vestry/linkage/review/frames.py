"""The frame of a sample that measures a release: which pairs were drawn from, in which strata, and how many there were. Pure.

A cell is pairs of one band (what joined them, or how near they came) and of one pair of kinds of source. Cells that are
large enough are strata of their own; of each band, those that are not are one stratum together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vestry.linkage.review.allotting import allotted

OWN: Final = 10
"""A pair of kinds of source is a stratum of its own where so many of a band's pairs would be drawn of it."""

OTHERS: Final = "other sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCell:
    """`size` pairs of one band, between two kinds of source (in order; both may be the same)."""

    joined: bool
    band: str
    left_kind: str
    right_kind: str
    size: int

    @property
    def kinds(self) -> tuple[str, str]:
        """The pair of kinds."""
        return self.left_kind, self.right_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSize:
    """Of a stratum's pairs, how many touch somebody of one group."""

    attribute: str
    value: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameStratum:
    """Pairs drawn from together. `rate` is the share of its pairs that were counted; sizes are raised to all of them."""

    name: str
    joined: bool
    rate: float
    cells: tuple[FrameCell, ...]
    groups: tuple[GroupSize, ...] = ()

    @property
    def size(self) -> int:
        """Its pairs."""
        return sum(c.size for c in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a sample was drawn from; `kinds` is source -> kind of source, as the strata were made by."""

    kinds: Mapping[str, str]
    strata: tuple[FrameStratum, ...]


def strata_of(cells: Sequence[FrameCell], pairs: int, rates: Mapping[str, float]) -> tuple[FrameStratum, ...]:
    """The strata for a sample of so many pairs. `rates` is by band, 1 where it says nothing."""
    bands: dict[tuple[bool, str], list[FrameCell]] = defaultdict(list)
    for cell in sorted(cells, key=lambda c: (not c.joined, c.band, c.kinds)):
        bands[cell.joined, cell.band].append(cell)
    named = {(joined, band): f"{'joined' if joined else 'apart'}, {band}" for joined, band in bands}
    wanted = allotted({named[key]: sum(c.size for c in of_it) for key, of_it in bands.items()}, pairs)
    found = []
    for key, of_it in bands.items():
        joined, band = key
        whole = sum(c.size for c in of_it)
        own = [c for c in of_it if wanted[named[key]] * c.size >= OWN * whole]
        rest = [c for c in of_it if c not in own]
        if len(rest) == 1:
            own, rest = [*own, *rest], []
        parts = [(" and ".join(c.kinds), [c]) for c in own] + (
            [(OTHERS if own else "", rest)] if rest else []
        )
        found += [
            FrameStratum(
                name=f"{named[key]}{f': {name}' if name and len(of_it) > 1 else ''}",
                joined=joined, rate=rates.get(band, 1.0), cells=tuple(part),
            )
            for name, part in parts
        ]  # fmt: skip
    return tuple(found)


def read_frame(said: Mapping[str, Any]) -> Frame:
    """A frame from what JSON says of it. Raises KeyError, TypeError where it is damaged."""
    return Frame(
        kinds=dict(said["kinds"]),
        strata=tuple(
            FrameStratum(
                **{
                    **s,
                    "cells": tuple(FrameCell(**c) for c in s["cells"]),
                    "groups": tuple(GroupSize(**g) for g in s["groups"]),
                }
            )
            for s in said["strata"]
        ),
    )
