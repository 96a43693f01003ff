"""How a release compared one kind, read back: its SQL for keys and levels, its model, and how common values are.

All of it is told by the release, as its build used it. Nothing here knows a field, a comparison or a rule by name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from vestry.errors import MatchUnavailable
from vestry.ids import SEPARATOR
from vestry.linkage.blocks import HASHED, home_key_sql, keys_of, number_key_sql
from vestry.linkage.comparisons import MISSING
from vestry.linkage.design import HOME, HOME_AGREES, Block
from vestry.linkage.known import CHECKED, WITHIN, WRITTEN_BY, rules_used
from vestry.linkage.model import value_digest

BETWEEN: Final = "\x1d"
"""Between the texts of profiles that are compared together."""

_BITS: Final = 4
"""Digits kept of weights, as the build rounds `links` and `link_evidence`; and of probabilities:"""
_CHANCE: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCompared:
    """How one thing compared: a level in words, never a value; `weight` in bits, None where a number decides."""

    field: str
    agreement: str
    weight: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What all comparisons together say: `weight` in bits, the odds before comparing included; `rest` what they say of two whom a
    number would join (`linkage.rest`), None where homes are not told apart."""

    probability: float
    weight: float
    rest: float | None
    compared: tuple[FieldCompared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionsTold:
    """Where companions count: SQL of the key of a profile's `home` and of how its given names begin (`initial`); the place of the
    comparison (`at`), and the number of the `level` that they raise a pair to; and how many profiles may share a home."""

    home: str
    initial: str
    at: int
    level: int
    at_most: int


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one kind was compared, as the release tells it, and how common the values are that are not rare."""

    kind: str
    said: Mapping[str, Any]
    shares: Mapping[str, Mapping[str, float]]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What a profile's text holds, in order."""
        return tuple(name for name, _ in self.said["columns"])

    @cached_property
    def prior(self) -> float:
        """Bits of the odds that two random records match."""
        chance = float(self.said["two_random_records_match"])
        return math.log2(chance / (1 - chance))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The identifiers that decide."""
        return tuple(self.said["numbers"])

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """What is told of an entity."""
        return tuple(self.said["shown"])

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """What is wanted of a new record: the columns of a profile, and the identifiers."""
        return tuple(dict.fromkeys((*self.columns, *self.numbers)))

    @cached_property
    def companions(self) -> CompanionsTold | None:
        """Where companions count; None where they say nothing."""
        told = self.said["companions"]
        if told is None:
            return None
        names = [str(c["output_column_name"]) for c in self.said["comparisons"]]
        return CompanionsTold(
            home=home_key_sql(self.kind, told["homes"][0]), initial=told["initial"],
            at=names.index(told["comparison"]), level=int(told["level"]), at_most=int(told["at_most"]),
        )  # fmt: skip

    def keys_sql(self, table: str) -> str:
        """SQL of the keys of the record in `table` (a text `typed`: what is `asked`, as profiles are kept): those of its blocks,
        then those of its identifiers, and that of its home where companions count; null where it says too little for one."""
        ways = [Block(ways=tuple(tuple(way) for way in block)) for block in self.said["blocks"]]
        blocks = [key for keys in keys_of(self.kind, ways) for key in keys]
        numbers = [number_key_sql(self.kind, number, number) for number in self.numbers]
        homes = (self.companions.home,) if self.companions else ()
        return f"SELECT {', '.join((*blocks, *numbers, *homes))} FROM ({self._typed(table, self.asked)})"

    def levels_sql(self, table: str) -> str:
        """SQL of the level of each comparison between the record in `table` and each profile in its column `met` (their texts,
        `BETWEEN` them): `place` in `met` from 1, the levels in order; and where companions count, of both the key of the
        home and how the given names begin."""
        read = self._read(self.columns)
        l_r = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in self.columns)
        levels = ", ".join(_level_sql(c) for c in self.said["comparisons"])
        if self.companions:
            lives = f"{self.companions.home} AS {{0}}_home, {self.companions.initial} AS {{0}}_initial"
            both = ", mine_home, mine_initial, their_home, their_initial"
            l_r, levels = l_r + both, levels + both
        else:
            lives = "NULL AS {0}_home, NULL AS {0}_initial"
        return (
            f"WITH texts AS (SELECT unnest(string_split(met, '{BETWEEN}')) AS said,"
            f" generate_subscripts(string_split(met, '{BETWEEN}'), 1) AS place FROM {table}),"
            f" l AS (SELECT *, {lives.format('mine')} FROM ({self._typed(table, self.columns)})),"
            f" r AS (SELECT *, {lives.format('their')} FROM"
            f" (SELECT place, {read} FROM (SELECT place, string_split(said, '{SEPARATOR}') AS s FROM texts))),"
            f" sides AS (SELECT r.place, {l_r} FROM l, r)"
            f" SELECT place, {levels} FROM sides"
        )

    def _typed(self, table: str, columns: Sequence[str]) -> str:
        return (
            f"SELECT {self._read(columns)} FROM (SELECT string_split(typed, '{SEPARATOR}') AS s FROM {table})"
        )

    def _read(self, columns: Sequence[str]) -> str:
        """The values of a text that was split as `s`, each under its name."""
        how = dict(self.said["columns"])
        values = ((name, f"nullif(s[{at}], '')") for at, name in enumerate(columns, 1))
        return ", ".join(f"{as_it_was(value, how.get(name, 'one'))} AS {name}" for name, value in values)

    def weighed(self, levels: Sequence[int], mine: Mapping[str, str], theirs: Mapping[str, str]) -> Weighed:
        """The weight of `levels` (Splink's numbers, one for each comparison) between two sets of values.

        As Splink: m over u of each level; where agreement on a common value should count for less, u over the share of
        the value besides (the larger of the two, and no less than the level's floor).
        """
        compared, said, of_home = [], 0.0, 0.0
        home = self.said["home"]
        for comparison, number in zip(self.said["comparisons"], levels, strict=True):
            name = str(comparison["output_column_name"])
            if number < 0:
                if name not in self.said["where_said"]:
                    compared.append(FieldCompared(field=name, agreement=MISSING, weight=0.0))
                continue
            told = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
            level = told[len(told) - 1 - number]
            bits = math.log2(float(level["m_probability"]) / float(level["u_probability"]))
            bits += self._for_rarity(level, mine, theirs)
            said += bits
            if home:
                of_home += bits + float(home["levels"][name][len(told) - 1 - number])
            compared.append(
                FieldCompared(field=name, agreement=str(level["label_for_charts"]), weight=round(bits, _BITS))
            )
        whole, rest = self.prior + said, None
        if home:
            lost = _lost(float(home["prior"]) + of_home)
            whole, rest = whole + lost, round(said + _lost(of_home), _BITS)
            compared.append(FieldCompared(field=HOME, agreement=HOME_AGREES, weight=round(lost, _BITS)))
        return Weighed(
            probability=round(1 / (1 + 2.0 ** min(-whole, 1000.0)), _CHANCE),
            weight=round(whole, _BITS),
            rest=rest,
            compared=tuple(compared),
        )

    def _for_rarity(
        self, level: Mapping[str, Any], mine: Mapping[str, str], theirs: Mapping[str, str]
    ) -> float:
        column = level.get("tf_adjustment_column")
        if not column:
            return 0.0
        shares = [self._share(column, side.get(column, "")) for side in (mine, theirs)]
        told = [share for share in shares if share is not None]
        if not told:
            return 0.0
        divisor = max(*told, float(level.get("tf_minimum_u_value", 0.0)))
        return float(level.get("tf_adjustment_weight", 1.0)) * math.log2(
            float(level["u_probability"]) / divisor
        )

    def _share(self, column: str, value: str) -> float | None:
        """How likely another entity is to share the value; None where there is none."""
        if not value:
            return None
        share = self.shares.get(column, {}).get(value_digest(value))
        return float(self.said["rare"][column]) if share is None else share


def read_recipes(cursor: Any) -> dict[str, Recipe]:
    """The recipe of each kind. `cursor` is DuckDB's, on the release.

    Raises MatchUnavailable where it was built by another Vestry, or an engine that makes other keys.
    """
    tables = cursor.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'match_models'"
    ).fetchone()
    if not tables[0]:
        raise _unavailable("It was built before single records could be matched")
    (here,) = cursor.execute(f"SELECT CAST({HASHED.format('$1')} AS BIGINT)", [CHECKED]).fetchone()
    shares: dict[str, dict[str, dict[str, float]]] = {}
    for kind, column, value, share in cursor.execute(
        "SELECT kind, column_name, value, share FROM match_shares"
    ).fetchall():
        shares.setdefault(kind, {}).setdefault(column, {})[value] = share
    found = {}
    for kind, text, checked in cursor.execute("SELECT kind, recipe, checked FROM match_models").fetchall():
        said = json.loads(text)
        if said["layout"] != WRITTEN_BY or said["rules"] != rules_used(kind):
            raise _unavailable("It was built by another version of Vestry, with other rules")
        if checked != here:
            raise _unavailable("It was built by another version of the engine")
        found[kind] = Recipe(kind=kind, said=said, shares=shares.get(kind, {}))
    return found


def _unavailable(why: str) -> MatchUnavailable:
    return MatchUnavailable(
        f"Single records cannot be matched with this release. {why}.",
        where="the current release",
        fix="vestry build --again",
    )


def _lost(bits: float) -> float:
    """Bits that a pair loses for two of one home, whose odds beside strangers' are so many bits."""
    return -math.log2(1 + 2.0 ** min(bits, 1000.0))


def as_it_was(text: str, how: str) -> str:
    """SQL of a value from its text."""
    if how == "several":
        return f"string_split({text}, '{WITHIN}')"
    return text if how == "one" else f"CAST({text} AS {how})"


def _level_sql(comparison: Mapping[str, Any]) -> str:
    """SQL of the level's number: -1 where nothing can be said, 0 for the last, counting up to the first; as Splink's."""
    told = comparison["comparison_levels"]
    numbers = iter(range(sum(not level.get("is_null_level") for level in told) - 1, -1, -1))
    cases, otherwise = [], "NULL"
    for level in told:
        number = -1 if level.get("is_null_level") else next(numbers)
        if level["sql_condition"].strip().upper() == "ELSE":
            otherwise = str(number)
        else:
            cases.append(f"WHEN {level['sql_condition']} THEN {number}")
    return f"CASE {' '.join(cases)} ELSE {otherwise} END"
