"""Splink at work: what it measures in the records, and its comparison of pairs that were brought together elsewhere.

Splink brings pairs together itself, rule by rule, and keeps every column of both sides. Here the pairs come from `blocks`, and
what is wanted of each is its levels and bits; so its steps are composed anew, from the functions that its own `predict`
is made of. This is the one module that knows Splink.
"""

from __future__ import annotations

import json
import logging
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from splink import DuckDBAPI, Linker, SettingsCreator
from splink.internals.comparison_vector_values import compute_comparison_vector_values_from_id_pairs_sqls
from splink.internals.dialects import SplinkDialect
from splink.internals.predict import predict_from_comparison_vectors_sqls
from splink.internals.settings import Settings

from vestry.ids import digest
from vestry.linkage.commonness import RAREST
from vestry.linkage.design import MISSING, Comparison, Design
from vestry.linkage.model import NEVER_MET, LinkageModel, where_unmet

PROFILE: Final = "profile_no"
LEFT, RIGHT = f"{PROFILE}_l", f"{PROFILE}_r"
TRAINING_PAIRS: Final = 2_000_000
SEED: Final = 20260401
_DUCKDB: Final = "duckdb"
_TABLE, _PAIRS = "vestry_profiles_here", "vestry_pairs_here"
"""What stands in a composed statement where its tables are named."""
_composed: Final[dict[str, str]] = {}

logging.getLogger("splink").setLevel(logging.ERROR)


@contextmanager
def quietly() -> Iterator[None]:
    """Without Splink's warnings: it is told what it warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def splink_settings(design: Design, model: LinkageModel | None = None) -> dict[str, Any]:
    """The design as Splink's settings, with what was learnt in its places."""
    settings: dict[str, Any] = {
        "link_type": "dedupe_only",
        "unique_id_column_name": PROFILE,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(c) for c in design.comparisons],
    }
    if model is not None:
        settings["probability_two_random_records_match"] = model.match
        for said, comparison in zip(settings["comparisons"], design.comparisons, strict=True):
            for level, chances in zip(_levels(said), model.comparisons[comparison.name], strict=True):
                level["m_probability"], level["u_probability"] = chances.m, chances.u
    return settings


def measured(connection: Any, table: str, design: Design) -> tuple[float, dict[str, tuple[float, ...]]]:
    """(the chance that two random records match, how often two strangers agree in each level of each comparison).

    `table` has `profile_no` and what the design compares; at least two rows.
    """
    api = DuckDBAPI(connection=connection)
    with quietly():
        linker = Linker(table, splink_settings(design), api, set_up_basic_logging=False)
        linker.training.estimate_probability_two_random_records_match(list(design.sure), recall=design.recall)
        linker.training.estimate_u_using_random_sampling(max_pairs=TRAINING_PAIRS, seed=SEED)
        settings = linker.misc.save_model_to_json()
        linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    match = _probability(settings.get("probability_two_random_records_match"), NEVER_MET)
    return match, _unlike(settings, design)


def levels_sql(settings: Mapping[str, Any], table: str, pairs: str) -> str:
    """SQL that ends in the table `vectors`: of each pair `profile_no_l, profile_no_r, gamma_<comparison>` and shares.

    `table` has `profile_no`, what is compared, and `tf_<column>` for each column whose frequent values count for less;
    `pairs` has `join_key_l, join_key_r`, numbers of profiles.
    """
    return _levels_of(_settings(settings), table, pairs)


def _levels_of(made: Settings, table: str, pairs: str) -> str:
    steps = compute_comparison_vector_values_from_id_pairs_sqls(
        made._columns_to_select_for_blocking,
        made._columns_to_select_for_comparison_vector_values,
        input_tablename_l=table,
        input_tablename_r=table,
        source_dataset_input_column=None,
        unique_id_input_column=made.column_info_settings.unique_id_input_column,
    )
    given = f"WITH __splink__blocked_id_pairs AS (SELECT *, '0' AS match_key FROM {pairs})"
    return ", ".join([given, *_as_ctes(steps), "vectors AS (SELECT * FROM __splink__df_comparison_vectors)"])


def weights_sql(settings: Mapping[str, Any], table: str, pairs: str) -> str:
    """SQL that ends in the table `weighed`: pairs as `levels_sql` has them, with `match_weight` and the factors of each
    comparison (`bf_<comparison>`, and `bf_tf_adj_<comparison>` where frequent values count for less)."""
    return composed(settings).replace(_TABLE, table).replace(_PAIRS, pairs)


def composed(settings: Mapping[str, Any]) -> str:
    """What `weights_sql` says, of tables that have no name yet.

    Splink reads each condition some forty times to compose it, which takes as long as scoring a hundred thousand pairs: so it is
    done once in a process, and not at all where `recall` was told of it.
    """
    said = _digest(settings)
    if said not in _composed:
        _composed[said] = _compose(settings)
    return _composed[said]


def recall(statements: Mapping[str, str]) -> None:
    """Know these again: what `told_of` gave, to a program of the same Splink."""
    _composed.update(statements)


def told_of(settings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By a digest of each of the settings what it is `composed` to, for `recall`."""
    return {_digest(one): composed(one) for one in settings}


def _digest(settings: Mapping[str, Any]) -> str:
    return digest(json.dumps(settings, sort_keys=True))


def _compose(settings: Mapping[str, Any]) -> str:
    made = _settings(settings)
    steps = predict_from_comparison_vectors_sqls(
        unique_id_input_columns=made.column_info_settings.unique_id_input_columns,
        core_model_settings=made.core_model_settings,
        sql_dialect=SplinkDialect.from_string(_DUCKDB),
        retain_intermediate_calculation_columns=True,
        training_mode=True,  # which is what keeps the levels
        sql_infinity_expression="cast('infinity' as float8)",
    )
    found = "weighed AS (SELECT * FROM __splink__df_predict)"
    return ", ".join([_levels_of(made, _TABLE, _PAIRS), *_as_ctes(steps), found])


def factors_of(comparison: Comparison) -> list[str]:
    """The columns of `weighed` whose product is the likelihood ratio of one comparison."""
    told = [f"bf_{comparison.name}"]
    return [*told, f"bf_tf_adj_{comparison.name}"] if any(x.common for x in comparison.levels) else told


def _as_ctes(steps: Sequence[Mapping[str, str]]) -> list[str]:
    return [f"{step['output_table_name']} AS ({step['sql']})" for step in steps]


def _settings(settings: Mapping[str, Any]) -> Settings:
    return SettingsCreator.from_path_or_dict(dict(settings)).get_settings(_DUCKDB)


def _comparison(comparison: Comparison) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.missing, "label_for_charts": MISSING, "is_null_level": True}
    ]
    for level in comparison.levels:
        said: dict[str, Any] = {
            "sql_condition": level.sql,
            "label_for_charts": level.label,
            "m_probability": level.m,
        }
        if level.common:
            said |= {
                "tf_adjustment_column": level.common,
                "tf_adjustment_weight": 1.0,
                "tf_minimum_u_value": RAREST,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(said)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _levels(comparison: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]


def _unlike(settings: Mapping[str, Any], design: Design) -> dict[str, tuple[float, ...]]:
    """How often strangers agreed. A level never met is rare, not impossible."""
    return {
        comparison.name: tuple(
            _probability(level.get("u_probability"), where_unmet(belief))
            for level, belief in zip(_levels(said), comparison.levels, strict=True)
        )
        for said, comparison in zip(settings["comparisons"], design.comparisons, strict=True)
    }


def _probability(value: object, otherwise: float) -> float:
    if not isinstance(value, int | float) or math.isnan(value) or value <= 0:
        return otherwise
    return min(float(value), 0.999)
