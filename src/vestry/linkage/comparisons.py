"""The designs of all kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vestry.linkage.design import MISSING, Comparison, Design, Level
from vestry.linkage.organisations_compared import ORGANISATION
from vestry.linkage.people_compared import PERSON
from vestry.model import kinds

__all__ = ["DESIGNS", "MISSING", "Comparison", "Design", "Level", "label_of"]

DESIGNS: Final[Mapping[str, Design]] = {kinds.PERSON: PERSON, kinds.ORGANISATION: ORGANISATION}


def label_of(comparison: Comparison, gamma: int) -> str:
    """The plain English of Splink's level number: -1 is missing, 0 the last level, counting up to the first."""
    return MISSING if gamma < 0 else comparison.levels[len(comparison.levels) - 1 - gamma].label
