"""The shape of a linkage model before any training: what is compared, in which levels, and what brings pairs together.

Each comparison is a list of levels from the strongest agreement down; the first whose condition holds is the one that
counts. `m` is the chance of that level between two records of one entity, `home` between two people of one home: first beliefs,
from which training starts. `u`, the chance between strangers, is always measured in the place's own records. After Fellegi
and Sunter (1969), as Splink works it out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

MISSING: Final = "missing"

HOME: Final = "home"
"""The evidence against a pair that two people of one home would agree as well; never for it."""
HOME_AGREES: Final = "two of one home agree too"


MOVED: Final = "somebody lives at both"
"""The agreement of two addresses that differ, where somebody else is known to have lived at both. Two profiles do not show it, so
no condition on them does: `companions`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One degree of agreement. `sql` is a DuckDB condition on `x_l` and `x_r`; `m` and `home` are chances (0 to 1), as the
    module says; `common` is a column whose frequent values should count for less;
    `unlike` what is believed of strangers until any was seen at the level (0: hardly ever)."""

    label: str
    sql: str
    m: float
    home: float = 0.0
    common: str = ""
    unlike: float = field(default=0.0, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One thing compared. `missing` is the condition under which nothing can be said. `tells_housemates_apart`: how two
    people of one home agree in it is known beforehand, and not learnt; else that kind of pair could become any. `where_said`: few
    records have it, so that it is told of only where both do, and a model learnt before there was any is of the design too."""

    name: str
    missing: str
    levels: tuple[Level, ...]
    tells_housemates_apart: bool = False
    where_said: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What brings records together: those that share it are compared.

    `ways` are what one record can share of it, each of them DuckDB expressions on columns of a profile: two records meet
    where what some way makes of the one is what any way makes of the other. A value that more than `at_most` profiles share
    brings nobody together: it stands in for "not known", or is so common that it says nothing, and pairs grow with its square.
    """

    ways: tuple[tuple[str, ...], ...]
    at_most: int = 300


def block(*expressions: str, at_most: int = 300) -> Block:
    """A block of one way: records that agree in every one of `expressions`."""
    return Block(ways=(expressions,), at_most=at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """How those who live with somebody are known, and where they count (`companions`).

    `homes` are DuckDB expressions on columns of a profile: the first is where it lives, and others may know the same home by any
    of them; one that more than `at_most` profiles share is no household. `initial` is how given names begin. A pair that
    companions tell of is at the `level` of the `comparison`.
    """

    homes: tuple[str, ...]
    initial: str
    comparison: str
    level: str
    at_most: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The comparisons for one kind, the blocks that bring pairs together, and the rules that training stands on.

    `sure` are conditions on `l.` and `r.` so strict that pairs meeting them are nearly all matches, `recall` the share of
    all matches that they are believed to find.
    """

    comparisons: tuple[Comparison, ...]
    blocking: tuple[Block, ...]
    sure: tuple[str, ...]
    recall: float
    companions: Companions | None = None

    @property
    def tells_homes_apart(self) -> bool:
        """Whether pairs of two people of one home are a kind of their own."""
        return any(level.home for c in self.comparisons for level in c.levels)


def compared_by_companions(design: Design) -> Comparison:
    """The comparison of which companions tell. Raises StopIteration where they say nothing."""
    return next(c for c in design.comparisons if design.companions and c.name == design.companions.comparison)


def level_at(design: Design) -> int:
    """The place, from 0, of the level that companions raise a pair to, among those of its comparison."""
    labels = [level.label for level in compared_by_companions(design).levels]
    return labels.index(design.companions.level if design.companions else "")


def design_told(design: Design) -> Design:
    """The design by which pairs are compared that a mover tells of."""
    at = level_at(design)
    found = []
    for comparison in design.comparisons:
        if comparison is compared_by_companions(design):
            levels = comparison.levels
            told = (*levels[:at], replace(levels[at], sql="TRUE"))
            comparison = replace(comparison, missing="FALSE", levels=(*told, *levels[at + 1 :]))
        found.append(comparison)
    return replace(design, comparisons=tuple(found))


def either_missing(column: str) -> str:
    """The condition that one of the two does not say it."""
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def same(column: str) -> str:
    """The condition that both say the same."""
    return f"{column}_l = {column}_r"


def alike(column: str, at_least: float) -> str:
    """The condition that both are as similar as this (Jaro and Winkler, 0 to 1), given up as soon as they cannot be."""
    return f"jaro_winkler_similarity({column}_l, {column}_r, {at_least}) >= {at_least}"


def exact_or_not(column: str, *, m: float, home: float | None = None) -> Comparison:
    """A comparison of two levels: `m` and `home` are the chances of being the same."""
    return Comparison(
        name=column,
        missing=either_missing(column),
        levels=(
            Level(label="exact", sql=same(column), m=m, home=home or 0.0),
            Level(label="different", sql="ELSE", m=1 - m, home=0.0 if home is None else 1 - home),
        ),
    )


NUMBER_AND_POSTCODE: Final = f"{same('building_number')} AND {same('postcode')}"
