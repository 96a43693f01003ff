"""What differs between two linkage models of one design: odds, and chances that changed by more than a factor. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vestry.linkage.comparisons import Design
from vestry.linkage.model import LinkageModel

FACTOR: Final = 1.5
"""A chance that is so many times what it was, or so many times less, is told."""

CHANCES: Final = {"m": "two records of one entity", "u": "strangers", "home": "two of one home"}
"""What the three chances of a level are of, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceChange:
    """One chance (0 to 1) that changed: that records of `of` (`m`, `u` or `home`) agree so in `field`."""

    field: str
    agreement: str
    of: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """`match`: the chance that two random records match, before and after; `share_a_home`: that two people share a home.
    `chances`: the largest change first."""

    match: tuple[float, float]
    share_a_home: tuple[float, float]
    chances: tuple[ChanceChange, ...]


def model_change(design: Design, before: LinkageModel, after: LinkageModel) -> ModelChange:
    """What differs between two models of `design`."""
    changed = sorted(_changes(design, before, after), key=lambda c: (-_times(c), c.field, c.agreement, c.of))
    return ModelChange(
        match=(before.match, after.match),
        share_a_home=(before.share_a_home, after.share_a_home),
        chances=tuple(changed),
    )


def _changes(design: Design, before: LinkageModel, after: LinkageModel) -> Iterator[ChanceChange]:
    for comparison in design.comparisons:
        both = zip(
            comparison.levels,
            before.comparisons[comparison.name],
            after.comparisons[comparison.name],
            strict=True,
        )
        for level, old, new in both:
            for of in CHANCES:
                change = ChanceChange(
                    field=comparison.name, agreement=level.label, of=of,
                    before=getattr(old, of), after=getattr(new, of),
                )  # fmt: skip
                if _times(change) > FACTOR:
                    yield change


def _times(change: ChanceChange) -> float:
    """How many times larger the larger of the two is."""
    small, large = sorted((change.before, change.after))
    if small == large:
        return 1.0
    return large / small if small > 0 else float("inf")
