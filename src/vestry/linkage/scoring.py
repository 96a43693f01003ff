"""Scores pairs of profiles by the place's linkage model, and learns one where the place has none.

Learning takes longer than scoring, so it is done once: the model is saved in the place and used again, and a
release names it. Everything here is sorted or rounded where threads could change the last digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np

from vestry.engines.engine import Engine
from vestry.linkage.blocks import columns_of, pairs_of
from vestry.linkage.commonness import counted, where_frequency_counts, with_shares
from vestry.linkage.comparisons import DESIGNS, Design, label_of
from vestry.linkage.design import HOME, HOME_AGREES, design_told
from vestry.linkage.evidence import Compared, folded
from vestry.linkage.identifiers import YEARS_APART
from vestry.linkage.known import Recipe
from vestry.linkage.learning import Seen, learnt
from vestry.linkage.model import LinkageModel, first_beliefs, read_model, save_model
from vestry.linkage.people_compared import BIRTH_DATE
from vestry.linkage.splink_sql import (
    LEFT,
    RIGHT,
    factors_of,
    levels_sql,
    measured,
    splink_settings,
    told_of,
    weights_sql,
)
from vestry.model import kinds

PROFILES = ["left_profile", "right_profile"]
LEARNT_FROM = 250_000
"""Of so many profiles all pairs teach; of twice as many, every second pair."""
ENOUGH_TO_LEARN = 500
"""Fewer profiles than this, and agreement rates are believed rather than learnt."""
EXCEPTIONS = 0.02
"""A rule that so large a share of one person's pairs would break is not kept. Birth dates that differ wholly are learnt to be
0.8 to 1.4 in 100 of them in fictional counties, and 3.6 in FEBRL's sets, whose wrong dates are any at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """`scored` has `left_profile, right_profile` (numbers), left before right or the same profile twice, `probability,
    weight`, and how far each comparison of `design` agreed (`gamma_<name>`), with its bits (`bits_<name>`).

    `recipe` is how they were scored; None where nothing could be.
    """

    scored: ir.Table
    design: Design
    recipe: Recipe | None = None

    @property
    def pairs(self) -> ir.Table:
        """`left_profile, right_profile, probability, weight`."""
        return self.scored.select(*PROFILES, "probability", "weight")

    def evidence(self, engine: Engine, pairs: ir.Table, name: str) -> ir.Table:
        """What was compared, `folded`: the ids of `pairs`, `field, agreement, weight` (bits).

        `pairs` has `left_profile, right_profile`; the ids are its other columns. Kept as `name` on the way: numbers, and
        not yet a word for each thing compared.
        """
        ids = [c for c in pairs.columns if c not in PROFILES]
        compared = self.scored.drop("probability", "weight")
        joined = engine.keep(name, pairs.inner_join(compared, PROFILES).drop(*PROFILES))
        said = [
            Compared(
                field=ibis.literal(c.name),
                agreement=joined[f"gamma_{c.name}"].cases(
                    *((gamma, label_of(c, gamma)) for gamma in range(-1, len(c.levels))),
                    else_=ibis.null("string"),
                ),
                weight=joined[f"bits_{c.name}"],
                told=joined[f"gamma_{c.name}"] >= 0 if c.where_said else None,
            )
            for c in self.design.comparisons
        ]
        if self.design.tells_homes_apart:
            lost = joined[f"bits_{HOME}"]
            said.append(Compared(field=ibis.literal(HOME), agreement=ibis.literal(HOME_AGREES), weight=lost))
        return folded(joined, ids, said)


def score(
    engine: Engine, profiles: ir.Table, kind: str, model: Path, *, blocks: ir.Table, at_least: float
) -> Scores:
    """Score every pair that shares a block, and profiles that several units hold against themselves; keep those of
    probability `at_least`.

    `blocks` is as `block_keys` has it. Learns and saves `model` when there is none. Raises ModelInvalid when it cannot be read.
    """
    design = DESIGNS[kind]
    if engine.count(profiles) < 2:
        return _nothing_to_score(engine, kind, design)
    if not model.exists():
        _learn(engine, kind, profiles, model, blocks=blocks)
    pairs = pairs_of(engine, kind, blocks, profiles)
    return score_pairs(engine, kind, profiles, pairs, model, at_least=at_least)


def score_pairs(
    engine: Engine,
    kind: str,
    profiles: ir.Table,
    pairs: ir.Table,
    model: Path,
    *,
    at_least: float,
    told: Design | None = None,
    name: str = "",
) -> Scores:
    """Score `pairs` (as `blocks.pairs_of`) of `profiles` by the saved `model`; keep those of probability `at_least`, in a
    table of that `name`. Where something is `told` of all of them, levels are by the conditions of that design.

    Raises ModelInvalid when it cannot be read.
    """
    design = DESIGNS[kind]
    chances = read_model(model, design)
    compared = _compared(engine, kind, profiles, design, chances)
    scored = _scored(engine, name or f"{kind}_scored", compared, pairs, told or design, chances, at_least)
    engine.forget(compared, pairs)
    ways = [design, design_told(design)] if design.companions else [design]
    recipe = Recipe(
        design=design, model=chances, settings=splink_settings(design, chances),
        composed=told_of([splink_settings(way, chances) for way in ways]),
    )  # fmt: skip
    return Scores(scored=scored, design=design, recipe=recipe)


def _learn(engine: Engine, kind: str, profiles: ir.Table, model: Path, *, blocks: ir.Table) -> None:
    """Learn what `profiles` teach of themselves, and save it as `model`."""
    design = DESIGNS[kind]
    common = counted(engine, profiles, design)
    compared = _compared(engine, kind, profiles, design)
    learnt_now = _learnt(engine, kind, compared, blocks, design)
    save_model(replace(learnt_now, common=common), design, model)
    engine.forget(compared)


def _compared(
    engine: Engine, kind: str, profiles: ir.Table, design: Design, model: LinkageModel | None = None
) -> ir.Table:
    """What comparing and learning read of `profiles`, and how common their values are. Learning does not ask that, and has
    them in the order of their numbers, because it takes a sample."""
    levels = [level for c in design.comparisons for level in c.levels]
    read = [*(c.missing for c in design.comparisons), *(x.sql for x in levels), *(x.common for x in levels)]
    columns = columns_of([*read, *design.sure], profiles.columns)
    if model is not None:
        numbered = ["profile_no", "repeated", *columns]
        found = with_shares(engine, kind, profiles.get_name(), numbered, design, model.common)
        return engine.compute(_name(kind), found)
    unasked = {f"tf_{column}": ibis.null("float64") for column in where_frequency_counts(design)}
    found = profiles.select("profile_no", "repeated", *columns).mutate(**unasked)
    return engine.keep(_name(kind), found.order_by("profile_no"))


def _nothing_to_score(engine: Engine, kind: str, design: Design) -> Scores:
    said = {f"gamma_{c.name}": "int64" for c in design.comparisons}
    said |= {f"bits_{name}": "float64" for name in (*(c.name for c in design.comparisons), HOME)}
    shape = dict.fromkeys(PROFILES, "int64") | {"probability": "float64", "weight": "float64"} | said
    return Scores(
        scored=engine.keep(f"{kind}_scored", ibis.memtable([], schema=ibis.schema(shape))), design=design
    )


def prior_bits(kind: str, model: Path) -> float:
    """log2 of the odds, by the saved model, that two random records of `kind` match; 0 where there is none."""
    return read_model(model, DESIGNS[kind]).prior_bits if kind in DESIGNS and model.exists() else 0.0


def years_apart(kind: str, model: Path) -> int | None:
    """From how many years between their birth dates two people are never joined by a score; None: no number is so many.

    A rule that many true pairs would break is none. By the saved model, it is so where of all pairs of one
    person whose birth dates are both known, `EXCEPTIONS` or more differ wholly.
    """
    if kind != kinds.PERSON:
        return None
    if not model.exists():
        return YEARS_APART
    chances = read_model(model, DESIGNS[kind]).comparisons[BIRTH_DATE.name]
    return YEARS_APART if chances[-1].m < EXCEPTIONS else None


def listed_twice(kind: str, model: Path, learn: Callable[[], Mapping[str, float]]) -> Mapping[str, float]:
    """What the saved model knows of how often each list has somebody twice; where it does not yet, what was linked with it for
    the first time teaches it, and it is saved. Nothing where there is no model."""
    if kind not in DESIGNS or not model.exists():
        return {}
    chances = read_model(model, DESIGNS[kind])
    if chances.listed_twice is None:
        save_model(replace(chances, listed_twice=learn()), DESIGNS[kind], model)
        chances = read_model(model, DESIGNS[kind])
    return chances.listed_twice or {}


def _name(kind: str) -> str:
    """What the table of `_compared` is called: Splink wants it by its plain name."""
    return f"{kind}_compared_by"


def _learnt(engine: Engine, kind: str, compared: ir.Table, blocks: ir.Table, design: Design) -> LinkageModel:
    """What the records themselves teach; of few, little more than how often two strangers agree."""
    match, unlike = measured(engine.connection(), _name(kind), design)
    beliefs = first_beliefs(design, match=match, u=unlike)
    profiles = engine.count(compared)
    if profiles < ENOUGH_TO_LEARN or not design.tells_homes_apart:
        return beliefs
    return learnt(design, beliefs, _seen(engine, kind, compared, blocks, profiles, design))


def _seen(
    engine: Engine, kind: str, compared: ir.Table, blocks: ir.Table, profiles: int, design: Design
) -> Seen:
    """How many pairs agreed in each pattern, of those that share a block."""
    one_in = -(-profiles // LEARNT_FROM)
    pairs = pairs_of(engine, kind, blocks, compared, one_in=one_in)
    levels = ", ".join(f"gamma_{c.name}" for c in design.comparisons)
    found = levels_sql(splink_settings(design), compared.get_name(), pairs.get_name())
    rows = (
        engine.connection()
        .execute(f"{found} SELECT {levels}, count(*) FROM vectors GROUP BY ALL ORDER BY ALL")
        .fetchnumpy()
    )
    engine.forget(pairs)
    columns = [np.asarray(column) for column in rows.values()]
    return Seen(
        levels=np.column_stack(columns[:-1]).astype(np.int64),
        counts=columns[-1].astype(np.float64),
        pairs=profiles * (profiles - 1) / 2 / one_in,
    )


def _scored(
    engine: Engine,
    name: str,
    compared: ir.Table,
    pairs: ir.Table,
    design: Design,
    model: LinkageModel,
    at_least: float,
) -> ir.Table:
    """`Scores.scored`, kept as `name`, after asking of each pair whether it could be two people of one home."""
    found = weights_sql(splink_settings(design, model), compared.get_name(), pairs.get_name())
    names = [c.name for c in design.comparisons]
    gammas = ", ".join(f"gamma_{n}" for n in names)
    bits = ", ".join(
        f"{' + '.join(f'log2({factor})' for factor in factors_of(c))} AS bits_{c.name}"
        for c in design.comparisons
    )
    rounded = ", ".join(f"round(bits_{n}, 4) AS bits_{n}" for n in (*names, HOME))
    chance = "1 / (1 + pow(2.0, -whole))"
    # What homes take away comes after this: whoever is below it already is not asked.
    enough = f" WHERE match_weight >= {math.log2(at_least / (1 - at_least))!r}" if 0 < at_least < 1 else ""
    engine.connection().execute(
        f"CREATE OR REPLACE TABLE {name} AS {found},"
        f" said AS (SELECT {LEFT} AS left_profile, {RIGHT} AS right_profile, match_weight, {gammas}, {bits}"
        f" FROM weighed{enough}),"
        f" beside AS (SELECT *, {home_bits(design, model, before=model.home_bits)} AS bits_{HOME} FROM said),"
        f" every AS (SELECT *, match_weight + bits_{HOME} AS whole FROM beside)"
        f" SELECT left_profile, right_profile, round({chance}, 6) AS probability, round(whole, 4) AS weight,"
        f" {gammas}, {rounded} FROM every WHERE {chance} >= {at_least}"
    )
    return engine.table(name)


def home_bits(design: Design, model: LinkageModel, *, before: float | None) -> str:
    """SQL for what a pair loses because two people of one home, rather than strangers, could agree so.

    Were they not one person, they would be strangers (odds 1) or of one home (odds 2^x): so log2(1 + 2^x) bits. `before` is
    what x is before anything is compared; None where homes are not told apart.
    """
    if before is None:
        return "CAST(0 AS DOUBLE)"
    terms = [repr(before)]
    for c in design.comparisons:
        cases = " ".join(
            f"WHEN {len(c.levels) - 1 - at} THEN bits_{c.name} + {math.log2(level.home / level.m)!r}"
            for at, level in enumerate(model.comparisons[c.name])
        )
        terms.append(f"CASE gamma_{c.name} {cases} ELSE 0 END")
    return f"-log2(1 + pow(2.0, {' + '.join(terms)}))"
