"""Chance that can be repeated: named streams of random numbers, and weighted draws from lists of facts.

Every room of the fictional place draws from a stream of its own name, so that a change to one does not
disturb another, and nothing depends on the order of a set or on `hash()`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def stream(seed: int, *names: str) -> Random:
    """The random numbers of one room: the same seed and names always give the same sequence.

    `random.Random` seeds itself from text by SHA-512, which is the same on every machine and Python 3.
    """
    return Random(f"{seed}/{'/'.join(names)}")  # noqa: S311 (to be repeated, not to be secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted(Generic[T]):
    """Items with running totals of their weights, ready to draw from."""

    items: tuple[T, ...]
    totals: tuple[float, ...]

    def draw(self, rng: Random) -> T:
        """One item, as often as its weight says."""
        return self.items[bisect_right(self.totals, rng.random() * self.totals[-1], 0, len(self.items) - 1)]


def weighted(pairs: Iterable[tuple[T, float]]) -> Weighted[T]:
    """`(item, weight)` pairs as something to draw from; weights need not add up to anything."""
    pairs = tuple(pairs)
    return Weighted(items=tuple(i for i, _ in pairs), totals=tuple(accumulate(w for _, w in pairs)))


def ranked(text: str) -> Weighted[str]:
    """Words of `text`, commonest first, the n-th with a weight of 1/(n + 6): near to how names are spread."""
    return weighted((word, 1 / (place + 6)) for place, word in enumerate(text.split()))


def words(text: str) -> tuple[str, ...]:
    """The words of a list of facts that is written as running text."""
    return tuple(text.split())
