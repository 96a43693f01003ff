"""The linkage model that a place has learnt: chances of each level of agreement, and the file they are kept in.

It holds chances only, and no value of any record. A model is of one design: it must not be used for other comparisons.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from vestry.errors import ModelInvalid
from vestry.ids import digest
from vestry.linkage.comparisons import Comparison, Design

SIGNIFICANT: Final = 6
NEVER_MET: Final = 1e-5
"""The chance of an agreement between two different entities that no sampled pair showed."""


MENDING: Final = "make another with vestry model train, then vestry model compare and vestry model adopt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The chance of one level of agreement: `m` between two records of one entity, `u` of two that have nothing to do
    with each other, `home` of two people of one home."""

    m: float
    u: float
    home: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageModel:
    """What was learnt for one design.

    `match` is the chance that two random records are of one entity, `share_a_home` that they are of two people of one
    home (0: not told apart). `comparisons` has the chances of each comparison's levels, in the design's order.
    """

    match: float
    share_a_home: float
    comparisons: Mapping[str, tuple[Chances, ...]]

    @property
    def prior_bits(self) -> float:
        """log2 of the odds that two random records match."""
        return math.log2(self.match / (1 - self.match))

    @property
    def home_bits(self) -> float | None:
        """log2 of the odds that two random records are of two people of one home; None: not told apart."""
        return math.log2(self.share_a_home) if self.share_a_home > 0 else None


def first_beliefs(design: Design, *, match: float, u: Mapping[str, tuple[float, ...]]) -> LinkageModel:
    """What is believed before any learning: the design's own chances, and as many housemates as matches."""
    return LinkageModel(
        match=match,
        share_a_home=match if design.tells_homes_apart else 0.0,
        comparisons={
            c.name: tuple(
                Chances(m=level.m, u=chance, home=level.home)
                for level, chance in zip(c.levels, u[c.name], strict=True)
            )
            for c in design.comparisons
        },
    )


def name_of(design: Design) -> str:
    """A digest of everything compared."""
    return digest(repr(design.comparisons))


def save_model(model: LinkageModel, design: Design, path: Path) -> None:
    """Write it to `path` (JSON), whole or not at all."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    said = {
        "design": name_of(design),
        "two_random_records_match": _short(model.match),
        "two_random_records_share_a_home": _short(model.share_a_home),
        "comparisons": {
            c.name: [
                {"agreement": level.label} | {k: _short(v) for k, v in asdict(chances).items()}
                for level, chances in zip(c.levels, model.comparisons[c.name], strict=True)
            ]
            for c in design.comparisons
        },
    }
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(path)


def read_model(path: Path, design: Design) -> LinkageModel:
    """The model in `path`. Raises ModelInvalid when it cannot be read, or is of another design."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["design"] != name_of(design):
            raise ModelInvalid(
                "The saved linkage model is of another version: it was trained for other comparisons.",
                where=str(path),
                fix=MENDING,
            )
        return LinkageModel(
            match=_chance(said["two_random_records_match"]),
            share_a_home=_chance(said["two_random_records_share_a_home"]),
            comparisons={c.name: _levels(c, said["comparisons"][c.name]) for c in design.comparisons},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelInvalid("The saved linkage model cannot be read.", where=str(path), fix=MENDING) from error


def _levels(comparison: Comparison, said: list[dict[str, Any]]) -> tuple[Chances, ...]:
    return tuple(
        Chances(m=_chance(one["m"]), u=_chance(one["u"]), home=_chance(one["home"]))
        for _, one in zip(comparison.levels, said, strict=True)
    )


def _chance(value: Any) -> float:
    if not 0 <= float(value) < 1:
        raise ValueError("not a chance")
    return float(value)


def _short(value: float) -> float:
    return float(f"{min(value, 0.999999):.{SIGNIFICANT}g}")
