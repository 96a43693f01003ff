"""The designs of all kinds, and a design as Splink's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vestry.linkage.design import MISSING, Comparison, Design, Level
from vestry.linkage.organisations_compared import ORGANISATION
from vestry.linkage.people_compared import PERSON
from vestry.model import kinds

__all__ = ["DESIGNS", "MISSING", "Comparison", "Design", "Level", "label_of", "splink_settings"]

DESIGNS: Final[Mapping[str, Design]] = {kinds.PERSON: PERSON, kinds.ORGANISATION: ORGANISATION}


def splink_settings(design: Design, *, copy_id: str, one_in: int = 1) -> dict[str, Any]:
    """The design as Splink's settings, keeping what it works out for each comparison (the evidence).

    `copy_id` is even for the first copy of a profile; a second one has the next number, and is compared with the first
    and with no other. Of all pairs that a rule brings together, one in so many is compared.
    """
    first = f"l.{copy_id} % 2 = 0"
    once = f"{first} AND (r.{copy_id} % 2 = 0 OR r.{copy_id} = l.{copy_id} + 1)"
    if one_in > 1:
        once += f" AND hash(l.{copy_id}, r.{copy_id}) % {one_in} = 0"
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": copy_id,
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
        "em_convergence": 0.001,
        "blocking_rules_to_generate_predictions": [f"{rule} AND {once}" for rule in design.blocking],
        "comparisons": [_splink_comparison(c) for c in design.comparisons],
    }


def _splink_comparison(comparison: Comparison) -> dict[str, Any]:
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
                "tf_minimum_u_value": 1e-5,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(said)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def label_of(comparison: Comparison, gamma: int) -> str:
    """The plain English of Splink's level number: -1 is missing, 0 the last level, counting up to the first."""
    return MISSING if gamma < 0 else comparison.levels[len(comparison.levels) - 1 - gamma].label
