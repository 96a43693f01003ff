"""Scores pairs of profiles with a trained Splink model, and trains one where the place has none.

Training is four fifths of the time, so it is done once: the model is saved in the place and used again, and a
release names it. Everything here is sorted or rounded where threads could change the last digits.
"""

from __future__ import annotations

import logging
import math
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from splink import DuckDBAPI, Linker

from vestry.engines.engine import Engine
from vestry.linkage.comparisons import DESIGNS, Design, label_of, splink_settings
from vestry.linkage.design import HOME, HOME_AGREES
from vestry.linkage.evidence import Compared, folded
from vestry.linkage.known import Recipe
from vestry.linkage.learning import Seen, learnt
from vestry.linkage.model import NEVER_MET, LinkageModel, first_beliefs, read_model, save_model

COPY = "copy_id"
PROFILES = ["left_profile", "right_profile"]
TRAINING_PAIRS = 2_000_000
LEARNT_FROM = 250_000
"""Of so many profiles all pairs teach; of twice as many, every second pair."""
ENOUGH_TO_LEARN = 1_000
"""Fewer profiles than this, and agreement rates are believed rather than learnt."""
UNSEEN = 0.5
"""How many others are believed to share a value that only the pair itself has."""
SEED = 20260401

logging.getLogger("splink").setLevel(logging.ERROR)


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
            )
            for c in self.design.comparisons
        ]
        if self.design.tells_homes_apart:
            lost = joined[f"bits_{HOME}"]
            said.append(Compared(field=ibis.literal(HOME), agreement=ibis.literal(HOME_AGREES), weight=lost))
        return folded(joined, ids, said)


def score(engine: Engine, profiles: ir.Table, kind: str, model: Path, *, at_least: float) -> Scores:
    """Score every pair that a blocking rule brings together, keeping those of probability `at_least`.

    Trains and saves `model` (Splink's JSON) when there is none. Raises ModelInvalid when it cannot be read.
    """
    design = DESIGNS[kind]
    if engine.count(profiles) < 2:
        return _nothing_to_score(engine, kind, design)
    name = f"{kind}_copies"
    copies = engine.keep(name, _copies(profiles).order_by(COPY))
    connection = engine.connection()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not model.exists():
            save_model(_train(connection, name, design), design, model)
        chances = read_model(model, design)
        settings = _settings(chances, design)
        linker = _linker(connection, name, settings)
        frequencies: dict[str, ir.Table] = {}
        for column in sorted(
            {level.common for c in design.comparisons for level in c.levels if level.common}
        ):
            frequencies[column] = engine.keep(f"{kind}_frequency_{column}", _frequency(profiles, column))
            linker.table_management.register_term_frequency_lookup(  # type: ignore[no-untyped-call]
                f"{kind}_frequency_{column}", column
            )
        found = linker.inference.predict(threshold_match_probability=at_least)
        scores = _gathered(engine, found.physical_name, kind, design, chances, at_least)
        linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
        engine.forget(copies)
    return replace(
        scores, recipe=Recipe(design=design, model=chances, settings=settings, frequencies=frequencies)
    )


def train(engine: Engine, profiles: ir.Table, kind: str, model: Path) -> bool:
    """Learn a model from `profiles` and save it, in place of what was there; not from fewer than two (False)."""
    if engine.count(profiles) < 2:
        return False
    design, name = DESIGNS[kind], f"{kind}_copies"
    copies = engine.keep(name, _copies(profiles).order_by(COPY))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save_model(_train(engine.connection(), name, design), design, model)
    engine.forget(copies)
    return True


def _frequency(profiles: ir.Table, column: str) -> ir.Table:
    """How likely another entity is to share each value of `column`: by the profiles that have it, the pair apart.

    The two that are compared say nothing of how common their value is; in a small place they would make every
    value look common.
    """
    said = profiles.filter(profiles[column].notnull())
    counted = said.group_by(column).aggregate(held=said.count())
    others = ibis.greatest(counted.held - 2, 0) + UNSEEN
    return counted.select(column, **{f"tf_{column}": others / said.count().as_scalar().cast("float64")})


def _nothing_to_score(engine: Engine, kind: str, design: Design) -> Scores:
    said = {f"gamma_{c.name}": "int64" for c in design.comparisons}
    said |= {f"bits_{name}": "float64" for name in (*(c.name for c in design.comparisons), HOME)}
    shape = dict.fromkeys(PROFILES, "int64") | {"probability": "float64", "weight": "float64"} | said
    return Scores(
        scored=engine.keep(f"{kind}_scored", ibis.memtable([], schema=ibis.schema(shape))), design=design
    )


def prior_bits(kind: str, model: Path) -> float:
    """log2 of the odds, by the saved model, that two random records of `kind` match; 0 before any model."""
    return read_model(model, DESIGNS[kind]).prior_bits if model.exists() else 0.0


def _copies(profiles: ir.Table) -> ir.Table:
    """Each profile once, and those that several units hold twice, so that they are scored against themselves.

    `copy_id` is twice the number of the profile, and one more for its second copy.
    """
    once = profiles.mutate(**{COPY: profiles.profile_no * 2})
    again = profiles.filter(profiles.units > 1).mutate(**{COPY: ibis._.profile_no * 2 + 1})
    return once.union(again)


def _train(connection: Any, table: str, design: Design) -> LinkageModel:
    """What the records themselves teach; of few, little more than how often two strangers agree."""
    linker = _linker(connection, table, splink_settings(design, copy_id=COPY))
    (profiles,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    if profiles > 1:
        linker.training.estimate_probability_two_random_records_match(list(design.sure), recall=design.recall)
        linker.training.estimate_u_using_random_sampling(max_pairs=TRAINING_PAIRS, seed=SEED)
    settings = linker.misc.save_model_to_json()
    beliefs = first_beliefs(
        design,
        match=_probability(settings.get("probability_two_random_records_match"), NEVER_MET),
        u=_unlike(settings, design),
    )
    linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    if profiles < ENOUGH_TO_LEARN or not design.tells_homes_apart:
        return beliefs
    return learnt(design, beliefs, _seen(connection, table, profiles, design))


def _seen(connection: Any, table: str, profiles: int, design: Design) -> Seen:
    """How many pairs agreed in each pattern, of those that a blocking rule brings together."""
    one_in = -(-profiles // LEARNT_FROM)
    linker = _linker(connection, table, splink_settings(design, copy_id=COPY, one_in=one_in))
    found = linker.inference.predict()
    levels = ", ".join(f"gamma_{c.name}" for c in design.comparisons)
    rows = connection.execute(
        f"SELECT {levels}, count(*) FROM {found.physical_name} GROUP BY ALL ORDER BY ALL"
    ).fetchnumpy()
    linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    columns = [np.asarray(column) for column in rows.values()]
    return Seen(
        levels=np.column_stack(columns[:-1]).astype(np.int64),
        counts=columns[-1].astype(np.float64),
        pairs=profiles * (profiles - 1) / 2 / one_in,
    )


def _linker(connection: Any, table: str, settings: dict[str, Any]) -> Linker:
    return Linker(table, settings, DuckDBAPI(connection=connection), set_up_basic_logging=False)


def _unlike(settings: dict[str, Any], design: Design) -> dict[str, tuple[float, ...]]:
    """How often strangers agreed. A level never met is rare, not impossible."""
    found: dict[str, tuple[float, ...]] = {}
    for said, comparison in zip(settings["comparisons"], design.comparisons, strict=True):
        levels = [level for level in said["comparison_levels"] if not level.get("is_null_level")]
        found[comparison.name] = tuple(
            _probability(level.get("u_probability"), 0.999 if belief.sql == "ELSE" else NEVER_MET)
            for level, belief in zip(levels, comparison.levels, strict=True)
        )
    return found


def _probability(value: object, otherwise: float) -> float:
    if not isinstance(value, int | float) or math.isnan(value) or value <= 0:
        return otherwise
    return min(float(value), 0.999)


def _settings(model: LinkageModel, design: Design) -> dict[str, Any]:
    """Splink's settings with what was learnt in their places."""
    settings = splink_settings(design, copy_id=COPY)
    settings["probability_two_random_records_match"] = model.match
    for said, comparison in zip(settings["comparisons"], design.comparisons, strict=True):
        levels = [level for level in said["comparison_levels"] if not level.get("is_null_level")]
        for level, chances in zip(levels, model.comparisons[comparison.name], strict=True):
            level["m_probability"], level["u_probability"] = chances.m, chances.u
    return settings


def _gathered(
    engine: Engine, physical_name: str, kind: str, design: Design, model: LinkageModel, at_least: float
) -> Scores:
    """Splink's predictions, each pair of profiles once, after asking whether they could be two people of one home."""
    connection = engine.connection()
    names = [c.name for c in design.comparisons]
    bits = ", ".join(f"{_bits(n, connection, physical_name)} AS bits_{n}" for n in names)
    gammas = ", ".join(f"gamma_{n}" for n in names)
    rounded = ", ".join(f"round(bits_{n}, 4) AS bits_{n}" for n in names)
    connection.execute(
        f"CREATE OR REPLACE TABLE {kind}_scored AS "
        f"WITH said AS (SELECT {COPY}_l // 2 AS left_profile, {COPY}_r // 2 AS right_profile, match_weight, {gammas}, {bits}"
        f" FROM {physical_name}), "
        f"beside AS (SELECT *, {_home_bits(design, model)} AS bits_{HOME} FROM said), "
        f"weighed AS (SELECT *, match_weight + bits_{HOME} AS whole FROM beside) "
        f"SELECT left_profile, right_profile, round(1 / (1 + pow(2.0, -whole)), 6) AS probability, round(whole, 4) AS weight,"
        f" {gammas},"
        f" {rounded}, round(bits_{HOME}, 4) AS bits_{HOME} FROM weighed WHERE 1 / (1 + pow(2.0, -whole)) >= {at_least}"
    )
    return Scores(scored=engine.table(f"{kind}_scored"), design=design)


def _home_bits(design: Design, model: LinkageModel) -> str:
    """SQL for what a pair loses because two people of one home, rather than strangers, could agree so.

    Were they not one person, they would be strangers (odds 1) or of one home (odds 2^x): so log2(1 + 2^x) bits.
    """
    if model.home_bits is None:
        return "CAST(0 AS DOUBLE)"
    terms = [repr(model.home_bits)]
    for c in design.comparisons:
        cases = " ".join(
            f"WHEN {len(c.levels) - 1 - at} THEN bits_{c.name} + {math.log2(level.home / level.m)!r}"
            for at, level in enumerate(model.comparisons[c.name])
        )
        terms.append(f"CASE gamma_{c.name} {cases} ELSE 0 END")
    return f"-log2(1 + pow(2.0, {' + '.join(terms)}))"


def _bits(name: str, connection: Any, table: str) -> str:
    columns = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
    factors = [f"bf_{name}", f"bf_tf_adj_{name}"]
    return " + ".join(f"log2({f})" for f in factors if f in columns)
