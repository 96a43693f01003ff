"""Two records compared outside a build: what is given and what comes of it, without the libraries that do it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Values = Mapping[str, str]
"""One record: column -> value in standard form; what it does not say is left out."""


class Profiles(Protocol):
    """What is counted in a release: distinct records of one kind, by the columns that are compared."""

    def held(self, kind: str, compared: Sequence[str], column: str, texts: Collection[str]) -> int:
        """How many have one of `texts` in `column`. Raises KeyError for a column that records do not have."""
        ...

    def told(self, kind: str, compared: Sequence[str], column: str, but: Collection[str]) -> int:
        """How many have anything in `column` but one of the texts in `but`."""
        ...

    def texts(self, kind: str, column: str) -> Collection[str]:
        """Every different text in `column`."""
        ...


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
