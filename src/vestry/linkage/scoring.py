"""Scores pairs of profiles with a trained Splink model, and trains one where the place has none.

Training is four fifths of the time, so it is done once: the model is saved in the place and used again, and a
release names it. Everything here is sorted or rounded where threads could change the last digits.
"""

from __future__ import annotations

import json
import logging
import math
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
from splink import DuckDBAPI, Linker
from splink.internals.exceptions import EMTrainingException

from vestry.engines.engine import Engine
from vestry.errors import ModelInvalid
from vestry.ids import digest
from vestry.linkage.comparisons import DESIGNS, Design, label_of, splink_settings
from vestry.linkage.evidence import Compared, folded
from vestry.linkage.known import Recipe

COPY = "copy_id"
PROFILES = ["left_profile", "right_profile"]
TRAINING_PAIRS = 2_000_000
BLOCK_PAIRS = 10_000_000
"""About so many pairs teach how often two records of one entity agree; in a larger place, of one block in several. People of
one name grow with the square of the place."""
ENOUGH_TO_LEARN = 1_000
"""Fewer profiles than this, and agreement rates are believed rather than learnt."""
NEVER_MET = 1e-5
"""The chance of an agreement between two different entities that no sampled pair showed."""
UNSEEN = 0.5
"""How many others are believed to share a value that only the pair itself has."""
SIGNIFICANT = 6
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
            _save(_train(connection, name, design), model)
        settings = _load(model, design)
        linker = Linker(name, settings, DuckDBAPI(connection=connection), set_up_basic_logging=False)
        frequencies: dict[str, ir.Table] = {}
        for column in sorted(
            {level.common for c in design.comparisons for level in c.levels if level.common}
        ):
            frequencies[column] = engine.keep(f"{kind}_frequency_{column}", _frequency(profiles, column))
            linker.table_management.register_term_frequency_lookup(  # type: ignore[no-untyped-call]
                f"{kind}_frequency_{column}", column
            )
        found = linker.inference.predict(threshold_match_probability=at_least)
        scores = _gathered(engine, found.physical_name, kind, design)
        linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
        engine.forget(copies)
    return replace(scores, recipe=Recipe(design=design, settings=settings, frequencies=frequencies))


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
    said |= {f"bits_{c.name}": "float64" for c in design.comparisons}
    shape = dict.fromkeys(PROFILES, "int64") | {"probability": "float64", "weight": "float64"} | said
    return Scores(
        scored=engine.keep(f"{kind}_scored", ibis.memtable([], schema=ibis.schema(shape))), design=design
    )


def prior_bits(kind: str, model: Path) -> float:
    """log2 of the odds, by the saved model, that two random records of `kind` match; 0 before any model."""
    if not model.exists():
        return 0.0
    chance = float(_load(model, DESIGNS[kind])["probability_two_random_records_match"])
    return math.log2(chance / (1 - chance))


def _copies(profiles: ir.Table) -> ir.Table:
    """Each profile once, and those that several units hold twice, so that they are scored against themselves.

    `copy_id` is twice the number of the profile, and one more for its second copy.
    """
    once = profiles.mutate(**{COPY: profiles.profile_no * 2})
    again = profiles.filter(profiles.units > 1).mutate(**{COPY: ibis._.profile_no * 2 + 1})
    return once.union(again)


def _train(connection: Any, table: str, design: Design) -> dict[str, Any]:
    linker = Linker(
        table,
        splink_settings(design, copy_id=COPY),
        DuckDBAPI(connection=connection),
        set_up_basic_logging=False,
    )
    (profiles,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    if profiles > 1:
        linker.training.estimate_probability_two_random_records_match(list(design.sure), recall=design.recall)
        linker.training.estimate_u_using_random_sampling(max_pairs=TRAINING_PAIRS, seed=SEED)
    if profiles >= ENOUGH_TO_LEARN:
        for block in design.training:
            (pairs,) = connection.execute(block.pairs(table)).fetchone()
            one_in = math.ceil(pairs / BLOCK_PAIRS) or 1
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block.rule(one_in),
                    fix_u_probabilities=True,
                    fix_probability_two_random_records_match=True,
                )
            except EMTrainingException:
                continue  # no pairs under this rule: the first beliefs stand
    settings = linker.misc.save_model_to_json()
    linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    return _learnt(settings, design)


def _learnt(settings: dict[str, Any], design: Design) -> dict[str, Any]:
    """What training found, rounded, by comparison and level.

    What it could not see keeps the first belief: a level never met is rare, not impossible.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for said, comparison in zip(settings["comparisons"], design.comparisons, strict=True):
        levels = [level for level in said["comparison_levels"] if not level.get("is_null_level")]
        found[comparison.name] = [
            {
                "agreement": belief.label,
                "m": _probability(level.get("m_probability"), belief.m),
                "u": _probability(level.get("u_probability"), 0.999 if belief.sql == "ELSE" else NEVER_MET),
            }
            for level, belief in zip(levels, comparison.levels, strict=True)
        ]
    prior = _probability(settings.get("probability_two_random_records_match"), NEVER_MET)
    return {"design": _name_of(design), "two_random_records_match": prior, "comparisons": found}


def _probability(value: object, otherwise: float) -> float:
    if not isinstance(value, int | float) or math.isnan(value) or value <= 0:
        return otherwise
    return float(f"{min(float(value), 0.999):.{SIGNIFICANT}g}")


def _save(learnt: dict[str, Any], model: Path) -> None:
    model.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = model.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(learnt, indent=1) + "\n", encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(model)


def _name_of(design: Design) -> str:
    """A digest of everything compared: a model trained for another design must not be used for this one."""
    return digest(repr(design.comparisons))


def _load(model: Path, design: Design) -> dict[str, Any]:
    """Splink's settings with what was learnt in their places."""
    fix = f"restore it, or remove {model.name} to train again"
    try:
        saved = json.loads(model.read_text(encoding="utf-8"))
        if saved["design"] != _name_of(design):
            raise ModelInvalid(
                "The saved linkage model was trained for other comparisons.", where=str(model), fix=fix
            )
        settings = splink_settings(design, copy_id=COPY)
        settings["probability_two_random_records_match"] = float(saved["two_random_records_match"])
        for said, comparison in zip(settings["comparisons"], design.comparisons, strict=True):
            levels = [level for level in said["comparison_levels"] if not level.get("is_null_level")]
            for level, learnt in zip(levels, saved["comparisons"][comparison.name], strict=True):
                level["m_probability"], level["u_probability"] = float(learnt["m"]), float(learnt["u"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelInvalid("The saved linkage model cannot be read.", where=str(model), fix=fix) from error
    return settings


def _gathered(engine: Engine, physical_name: str, kind: str, design: Design) -> Scores:
    """Splink's predictions, each pair of profiles once."""
    connection = engine.connection()
    names = [c.name for c in design.comparisons]
    said = ", ".join(f"gamma_{n}, round({_bits(n, connection, physical_name)}, 4) AS bits_{n}" for n in names)
    connection.execute(
        f"CREATE OR REPLACE TABLE {kind}_scored AS "
        f"SELECT {COPY}_l // 2 AS left_profile, {COPY}_r // 2 AS right_profile,"
        f" round(match_probability, 6) AS probability, round(match_weight, 4) AS weight, {said} FROM {physical_name}"
    )
    return Scores(scored=engine.table(f"{kind}_scored"), design=design)


def _bits(name: str, connection: Any, table: str) -> str:
    columns = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
    factors = [f"bf_{name}", f"bf_tf_adj_{name}"]
    return " + ".join(f"log2({f})" for f in factors if f in columns)
