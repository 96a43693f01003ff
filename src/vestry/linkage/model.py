"""The linkage model that a place has learnt: chances of each level of agreement, how common values are, how often each list
has somebody twice; and the file they are kept in.

It holds chances only, and no value of any record: common values are known by a digest, and of rare ones nothing is kept. All
that a score hangs on besides the two records is here, so that a pair weighs the same whoever else is there. A model is of one
design: it must not be used for other comparisons.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from vestry.errors import ModelInvalid
from vestry.ids import digest
from vestry.linkage.comparisons import Comparison, Design, Level

SIGNIFICANT: Final = 6
NEARLY_SURE: Final = 0.999999
ROUND_ONE: Final = 0.1
"""How far from 1 the chances of all levels of a comparison may add up to, for one entity: what companions tell stands beside the
others."""
NEVER_MET: Final = 1e-5
"""The chance of an agreement between two different entities that no sampled pair showed."""
LAYOUT: Final = 2
"""Of the file. A model of another layout has to be learnt again."""
VALUE_DIGEST: Final = 16

MENDING: Final = "make another with vestry model train, then vestry model compare and vestry model adopt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The chance of one level of agreement: `m` between two records of one entity, `u` of two that have nothing to do
    with each other, `home` of two people of one home."""

    m: float
    u: float
    home: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Commonness:
    """How likely another entity is to share a value of one column (0 to 1): the `shares` of common ones, by `value_digest`, and
    `any_other`."""

    any_other: float
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageModel:
    """What was learnt for one design.

    `match` is the chance that two random records are of one entity, `share_a_home` that they are of two people of one
    home (0: not told apart). `comparisons` has the chances of each comparison's levels, in the design's order; `common`
    how common values are, by column; `listed_twice` of each list (source/table/part), how many times as often two records of
    one entity are both in it as any two are: None until something was linked.
    """

    match: float
    share_a_home: float
    comparisons: Mapping[str, tuple[Chances, ...]]
    common: Mapping[str, Commonness] = field(default_factory=dict)
    listed_twice: Mapping[str, float] | None = None

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


def value_digest(value: str) -> str:
    """The name that a common value goes by: the first 16 hexadecimal letters of its SHA-256."""
    return hashlib.sha256(value.encode()).hexdigest()[:VALUE_DIGEST]


def name_of(design: Design) -> str:
    """A digest of everything compared (but for what few records have), and of how the file is laid out."""
    return digest(repr(tuple(c for c in design.comparisons if not c.where_said)), str(LAYOUT))


def where_unmet(level: Level) -> float:
    """The chance of a level between strangers of whom none has shown it: rare, not impossible."""
    return level.unlike or (0.999 if level.sql == "ELSE" else NEVER_MET)


def save_model(model: LinkageModel, design: Design, path: Path) -> None:
    """Write it to `path` (JSON), whole or not at all."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    said = {
        "design": name_of(design),
        "two_random_records_match": _short(min(model.match, NEARLY_SURE)),
        "two_random_records_share_a_home": _short(min(model.share_a_home, NEARLY_SURE)),
        "comparisons": {
            c.name: [
                {"agreement": level.label}
                | {k: _short(min(v, NEARLY_SURE)) for k, v in asdict(chances).items()}
                for level, chances in zip(c.levels, model.comparisons[c.name], strict=True)
            ]
            for c in design.comparisons
        },
        "common_values": {
            column: {
                "any_other": _short(common.any_other),
                "by_digest": {value: _short(share) for value, share in sorted(common.shares.items())},
            }
            for column, common in sorted(model.common.items())
        },
    }
    said["where_said"] = {c.name: digest(repr(c)) for c in design.comparisons if c.where_said}
    if model.listed_twice is not None:
        said["listed_twice"] = {name: _short(times) for name, times in sorted(model.listed_twice.items())}
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(path)


def read_model(path: Path, design: Design) -> LinkageModel:
    """The model in `path`. Raises ModelInvalid when it cannot be read, or is of another design."""
    try:
        found = _read(path.read_text(encoding="utf-8"), design)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelInvalid("The saved linkage model cannot be read.", where=str(path), fix=MENDING) from error
    if found is None:
        raise ModelInvalid(
            "The saved linkage model is of another version: it was trained for other comparisons, or kept otherwise.",
            where=str(path),
            fix=MENDING,
        )
    return found


@lru_cache(maxsize=4)
def _read(text: str, design: Design) -> LinkageModel | None:
    """The model that a file says, which a build asks for a dozen times; None where it is of another design."""
    said = json.loads(text)
    if said["design"] != name_of(design):
        return None
    return LinkageModel(
        match=_some_chance(said["two_random_records_match"]),
        share_a_home=_chance(said["two_random_records_share_a_home"]),
        comparisons={c.name: _levels(c, said) for c in design.comparisons},
        common={column: _commonness(told) for column, told in said["common_values"].items()},
        listed_twice=_times(said.get("listed_twice")),
    )


def _levels(comparison: Comparison, said: Mapping[str, Any]) -> tuple[Chances, ...]:
    learnt = said.get("where_said", {}).get(comparison.name) == digest(repr(comparison))
    if comparison.where_said and not learnt:  # before there was any, or by other conditions
        return tuple(Chances(m=level.m, u=where_unmet(level), home=level.home) for level in comparison.levels)
    at_home = _some_chance if said["two_random_records_share_a_home"] else _chance
    found = tuple(
        Chances(m=_some_chance(one["m"]), u=_some_chance(one["u"]), home=at_home(one["home"]))
        for _, one in zip(comparison.levels, said["comparisons"][comparison.name], strict=True)
    )
    if abs(sum(level.m for level in found) - 1) > ROUND_ONE:
        raise ValueError("chances of all that could be, which do not add up to one")
    return found


def _commonness(said: dict[str, Any]) -> Commonness:
    shares = {str(value): _chance(share) for value, share in said["by_digest"].items()}
    return Commonness(any_other=_chance(said["any_other"]), shares=shares)


def _times(said: dict[str, Any] | None) -> dict[str, float] | None:
    """Raises ValueError where a number is not one of times."""
    if said is None:
        return None
    found = {str(name): float(times) for name, times in said.items()}
    if not all(0 <= times < math.inf for times in found.values()):
        raise ValueError("not how many times")
    return found


def _chance(value: Any) -> float:
    if not 0 <= float(value) < 1:
        raise ValueError("not a chance")
    return float(value)


def _some_chance(value: Any) -> float:
    """One of which a logarithm can be taken."""
    if not (chance := _chance(value)):
        raise ValueError("no chance at all")
    return chance


def _short(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT}g}")
