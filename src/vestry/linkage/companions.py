"""Companions: what is known of those who live with the two that are compared. A household that moved together has two addresses.

Two addresses that differ speak against a pair. Where somebody else is known to have lived at both, the household most likely
moved, and whoever was at the one and is at the other moved with it. So pairs of people are scored twice at most. The first time
shows the *movers*: pairs of `SURE_BITS` of which the addresses differ. The second time, pairs between the two homes of a mover
whose given names begin alike, and not as the mover's do, are at a level of the address that says so, in place of what
their addresses say: nothing counts twice. Whoever is joined only by this second score is no mover. How likely the level is for
one person, for strangers and for two of one home is counted once, in what the first score found, and kept in the model.

Nobody counts who is sealed or may not be linked: such records are taken out before anything is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.blocks import home_key_sql
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.design import Companions, compared_by_companions, design_told, level_at
from vestry.linkage.learning import BELIEVED
from vestry.linkage.model import Chances, LinkageModel, read_model, save_model
from vestry.linkage.scoring import ENOUGH_TO_LEARN, PROFILES, Scores, score_pairs

SURE_BITS: Final = 12.0
"""A pair from here on (odds of 4,000 to 1) tells of others: it is neither weighed against rivals nor taken for a weak bridge."""
STRANGERS: Final = 1e-4
"""How likely the level is believed to be for two strangers, and how many pairs of them that is worth:"""
STRANGERS_BELIEVED: Final = 10_000.0

MOVERS: Final = ("left_profile", "right_profile", "left_home", "right_home", "initial")
"""Columns of a table of movers: two profiles of one person (the lower number on the left), the keys of their homes, and how
the given names of both begin."""


def homes_sql(kind: str, profiles: str) -> str:
    """SQL of those in the table `profiles` that have a home: `profile_no, home, initial`, and all keys it is `known` by."""
    told = _told(kind)
    keys = [home_key_sql(kind, home) for home in told.homes]
    return (
        f"SELECT profile_no, {keys[0]} AS home, {told.initial} AS initial, list_distinct([{', '.join(keys)}]) AS known"
        f" FROM {profiles} WHERE ({told.homes[0]}) IS NOT NULL"
    )


def movers_sql(kind: str, sure: str, homes: str, profiles: str) -> str:
    """SQL of `MOVERS` among sure pairs (SQL of `one, other`) of those in the table `profiles`, whose `homes` are in another."""
    design = DESIGNS[kind]
    address = compared_by_companions(design)
    one_place = " OR ".join(f"({level.sql})" for level in address.levels[: level_at(design)])

    def said(side: str) -> str:
        columns = f"COLUMNS(c -> c <> 'profile_no') AS '\\0_{side[0]}'"
        return f"(SELECT profile_no AS {side}_profile, {columns} FROM {profiles}) USING ({side}_profile)"

    return (
        f"SELECT {', '.join(MOVERS)} FROM"
        f" (SELECT DISTINCT least(one, other) AS left_profile, greatest(one, other) AS right_profile FROM ({sure}))"
        f" JOIN (SELECT profile_no AS left_profile, home AS left_home, initial FROM {homes}) USING (left_profile)"
        f" JOIN (SELECT profile_no AS right_profile, home AS right_home, initial FROM {homes}) USING (right_profile, initial)"
        f" JOIN {said('left')} JOIN {said('right')} WHERE left_home <> right_home AND NOT coalesce({one_place}, false)"
    )


def ways_sql(movers: str) -> str:
    """SQL of the homes between which somebody moved, both ways: `home, other_home`, and the `initials` of whoever did, each once.
    `movers` is SQL."""
    both = " UNION ALL ".join(
        f"SELECT {a}_home AS home, {b}_home AS other_home, initial FROM ({movers})"
        for a, b in (("left", "right"), ("right", "left"))
    )
    return f"SELECT home, other_home, list_sort(list(DISTINCT initial)) AS initials FROM ({both}) GROUP BY home, other_home"


def another(initials: str, initial: str) -> str:
    """SQL: whether of those who went a way, with these `initials`, somebody has another than `initial`."""
    return f"(len({initials}) > 1 OR {initials}[1] <> {initial})"


def with_companions(
    engine: Engine,
    kind: str,
    profiles: ir.Table,
    scores: Scores,
    apart: ir.Table,
    model: Path,
    *,
    at_least: float,
) -> tuple[Scores, ir.Table | None]:
    """`scores` (of all pairs of `profiles`, a kept table) after scoring those again that a mover tells of; and the movers.

    `apart` are profiles (`one, other`) of two whom a reviewer told apart. While the model is being learnt, so is how likely the
    level is, and it is saved. Movers are None where companions of `kind` say nothing.
    """
    if DESIGNS[kind].companions is None or scores.recipe is None:
        return scores, None
    scored = scores.scored.get_name()
    homes = engine.run(f"{kind}_homes", homes_sql(kind, profiles.get_name()))
    sure = (
        f"SELECT left_profile AS one, right_profile AS other FROM {scored} WHERE weight >= {SURE_BITS}"
        f" EXCEPT ({_both_ways(engine.statement(apart))})"
    )
    movers = engine.compute(f"{kind}_movers", movers_sql(kind, sure, homes, profiles.get_name()))
    told = _told_of(engine, kind, homes, movers.get_name())
    if read_model(model, DESIGNS[kind]).listed_twice is None:
        counted = _Counted.of(engine, kind, scored, told.get_name(), homes)
        save_model(
            _learnt(kind, model, counted, few=engine.count(profiles) < ENOUGH_TO_LEARN), DESIGNS[kind], model
        )
    others = engine.compute(
        f"{kind}_scored_once",
        f"SELECT * FROM {scored} ANTI JOIN (SELECT join_key_l AS left_profile, join_key_r AS right_profile"
        f" FROM {told.get_name()}) USING ({', '.join(PROFILES)})",
    )
    again = score_told(engine, kind, profiles, told, model, at_least=at_least)
    both = engine.compute(
        f"{kind}_scored_twice",
        f"SELECT * FROM {others.get_name()} UNION ALL BY NAME SELECT * FROM {again.scored.get_name()}",
    )
    engine.forget(scores.scored, others, again.scored)
    return replace(again, scored=both), movers


def score_told(
    engine: Engine, kind: str, profiles: ir.Table, pairs: ir.Table, model: Path, *, at_least: float
) -> Scores:
    """As `score_pairs`, of pairs that a mover tells of: at that level, or at one above it."""
    some = engine.compute(
        f"{kind}_profiles_told",
        f"SELECT * FROM {profiles.get_name()} SEMI JOIN (SELECT unnest([join_key_l, join_key_r]) AS profile_no"
        f" FROM {pairs.get_name()}) USING (profile_no)",
    )
    return score_pairs(
        engine, kind, some, pairs, model, at_least=at_least, told=design_told(DESIGNS[kind]), name=f"{kind}_scored_told"
    )  # fmt: skip


def _told(kind: str) -> Companions:
    told = DESIGNS[kind].companions
    if told is None:
        raise ValueError("companions say nothing of this kind")
    return told


def _both_ways(pairs: str) -> str:
    return f"SELECT one, other FROM ({pairs}) UNION ALL SELECT other, one FROM ({pairs})"


def _told_of(engine: Engine, kind: str, homes: str, movers: str) -> ir.Table:
    """`join_key_l, join_key_r`: the pairs that a mover tells of. Keeps the ways between homes that are not crowded."""
    crowded = engine.run(
        f"{kind}_crowded",
        f"SELECT home FROM (SELECT unnest(known) AS home FROM {homes}) GROUP BY home HAVING count(*) > {_told(kind).at_most}",
    )
    ways = engine.run(
        f"{kind}_ways",
        f"SELECT * FROM ({ways_sql(f'FROM {movers}')}) WHERE home NOT IN (FROM {crowded}) AND other_home NOT IN (FROM {crowded})",
    )
    return engine.compute(
        f"{kind}_told_of",
        f"SELECT l.profile_no AS join_key_l, r.profile_no AS join_key_r FROM {ways} w JOIN {homes} l ON l.home = w.home"
        f" JOIN {homes} r ON r.home = w.other_home AND r.initial = l.initial"
        f" WHERE l.profile_no < r.profile_no AND {another('w.initials', 'l.initial')}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """What the first score found, in pairs of profiles that have homes.

    Of two whose given names begin alike: how many are `sure`, and of how many of these a mover tells (`sure_told`); how many
    there are in all, nearly all of `strangers`, and of how many a mover tells that the score does not join (`unsure_told`).
    Of two of one home whose names begin otherwise: how many, and how many are at two homes and another mover tells of them.
    """

    sure: float
    sure_told: float
    strangers: float
    unsure_told: float
    home: float
    home_told: float

    @classmethod
    def of(cls, engine: Engine, kind: str, scored: str, told_of: str, homes: str) -> _Counted:
        """Count in the tables of these names."""

        def one(sql: str) -> tuple[float, ...]:
            return tuple(float(n or 0) for n in engine.connection().execute(sql).fetchone())

        told = f"SELECT join_key_l AS left_profile, join_key_r AS right_profile, true AS told FROM {told_of}"
        ids = f"({', '.join(PROFILES)})"
        sure, sure_told = one(
            f"SELECT count(*), count(told) FROM {scored} LEFT JOIN ({told}) USING {ids}"
            f" JOIN {homes} l ON l.profile_no = left_profile JOIN {homes} r ON r.profile_no = right_profile"
            f" WHERE weight >= {SURE_BITS} AND left_profile <> right_profile AND l.initial = r.initial"
        )
        (strangers,) = one(
            f"SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM {homes} WHERE initial IS NOT NULL GROUP BY initial)"
        )
        (unsure_told,) = one(
            f"SELECT count(*) FROM ({told}) ANTI JOIN (SELECT * FROM {scored} WHERE probability >= 0.5) USING {ids}"
        )
        (together,) = one(
            "SELECT sum(n * n - alike) / 2 FROM (SELECT sum(n) AS n, sum(n * n) AS alike FROM (SELECT home, count(*) AS n"
            f" FROM {homes} WHERE initial IS NOT NULL GROUP BY home, initial) GROUP BY home)"
        )
        moved = " UNION ".join(
            f"SELECT {a}_profile AS profile_no, initial, {a}_home AS home, {b}_home AS other_home FROM {kind}_movers"
            for a, b in (("left", "right"), ("right", "left"))
        )
        elsewhere, home_told = one(
            "SELECT count(*), count(*) FILTER (len(w.initials) - list_contains(w.initials, r.initial)::INTEGER > 1)"
            f" FROM ({moved}) l JOIN {kind}_ways w USING (home, other_home)"
            f" JOIN {homes} r ON r.home = w.other_home AND r.initial <> l.initial"
        )
        return cls(
            sure=sure, sure_told=sure_told, strangers=strangers, unsure_told=unsure_told,
            home=together + elsewhere, home_told=home_told,
        )  # fmt: skip


def _learnt(kind: str, model: Path, counted: _Counted, *, few: bool) -> LinkageModel:
    """The model with how likely the level is, as `counted`; of `few` profiles, for strangers only."""
    design = DESIGNS[kind]
    at, compared = level_at(design), compared_by_companions(design)
    believed = compared.levels[at]
    u = (counted.unsure_told + STRANGERS_BELIEVED * STRANGERS) / (counted.strangers + STRANGERS_BELIEVED)
    m, home = believed.m, believed.home
    if not few:
        m = (counted.sure_told + BELIEVED * m) / (counted.sure + BELIEVED)
        home = (counted.home_told + BELIEVED * home) / (counted.home + BELIEVED)
    chances = read_model(model, design)
    levels = list(chances.comparisons[compared.name])
    levels[at] = Chances(m=m, u=u, home=home)
    return replace(chances, comparisons={**chances.comparisons, compared.name: tuple(levels)})
