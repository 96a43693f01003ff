"""What is compared between two profiles, and how: the shape of the linkage model, before any training.

Each comparison is a list of levels from the strongest agreement down; the first whose condition holds is the
one that counts. `m` is the chance of that level between two records of one entity: a first belief, from which
training starts. `u`, the chance between two different ones, is always measured in the place's own records.
After Fellegi and Sunter (1969), as Splink works it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vestry.model import kinds

MISSING: Final = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One degree of agreement. `sql` is a DuckDB condition on `x_l` and `x_r`; `common` a column whose frequent
    values should count for less."""

    label: str
    sql: str
    m: float
    common: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One thing compared. `missing` is the condition under which nothing can be said."""

    name: str
    missing: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Profiles that are alike in all of `keys`: SQL expressions, with `{}` for the table."""

    keys: tuple[str, ...]

    def pairs(self, table: str) -> str:
        """SQL that counts the pairs of profiles of `table` that share a block."""
        keys = [key.format("p") for key in self.keys]
        given = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        counted = f"SELECT count(*) AS held FROM {table} p WHERE {given} GROUP BY {', '.join(keys)}"
        return f"SELECT CAST(coalesce(sum(held * (held - 1) / 2), 0) AS BIGINT) FROM ({counted})"

    def rule(self, one_in: int) -> str:
        """The condition on `l.` and `r.` of being in one block, of one block in so many."""
        same = " AND ".join(f"{key.format('l')} = {key.format('r')}" for key in self.keys)
        if one_in == 1:
            return same
        return f"{same} AND hash({', '.join(key.format('l') for key in self.keys)}) % {one_in} = 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The comparisons for one kind, the rules that bring pairs together, and the ones that training stands on.

    `blocking` are SQL conditions on `l.` and `r.`; `sure` are conditions so strict that pairs
    meeting them are nearly all matches, `recall` the share of all matches that they are believed to find.
    """

    comparisons: tuple[Comparison, ...]
    blocking: tuple[str, ...]
    training: tuple[Block, ...]
    sure: tuple[str, ...]
    recall: float


def _either_missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _exact_or_not(column: str, *, m: float) -> Comparison:
    return Comparison(
        name=column,
        missing=_either_missing(column),
        levels=(Level(label="exact", sql=_same(column), m=m), Level(label="different", sql="ELSE", m=1 - m)),
    )


FAMILY_NAME: Final = Comparison(
    name="family_name",
    missing=_either_missing("family_name"),
    levels=(
        Level(label="exact", sql=_same("family_name"), m=0.82, common="family_name"),
        Level(
            label="an earlier name agrees",
            sql="family_name_l = previous_family_name_r OR family_name_r = previous_family_name_l",
            m=0.03,
        ),
        Level(label="sounds alike", sql=_same("family_sound"), m=0.04),
        Level(
            label="one is part of the other",
            sql="list_has_any(string_split_regex(family_name_l, '[ -]'), string_split_regex(family_name_r, '[ -]'))",
            m=0.03,
        ),
        Level(label="close", sql="jaro_winkler_similarity(family_name_l, family_name_r) >= 0.88", m=0.04),
        Level(label="different", sql="ELSE", m=0.04),
    ),
)

GIVEN_NAMES: Final = Comparison(
    name="given_names",
    missing=_either_missing("given_names"),
    levels=(
        Level(label="exact", sql=_same("given_names"), m=0.62, common="given_names"),
        Level(label="first name agrees", sql=_same("given_key"), m=0.22, common="given_key"),
        Level(
            label="known by that name", sql="given_key_l = known_key_r OR given_key_r = known_key_l", m=0.02
        ),
        Level(
            label="initial agrees",
            sql="(length(split_part(given_names_l, ' ', 1)) = 1 OR length(split_part(given_names_r, ' ', 1)) = 1)"
            " AND left(given_names_l, 1) = left(given_names_r, 1)",
            m=0.04,
        ),
        Level(
            label="close",
            sql="jaro_winkler_similarity(split_part(given_names_l, ' ', 1), split_part(given_names_r, ' ', 1)) >= 0.88",
            m=0.05,
        ),
        Level(label="different", sql="ELSE", m=0.05),
    ),
)

BIRTH_DATE: Final = Comparison(
    name="birth_date",
    missing=_either_missing("birth_date"),
    levels=(
        Level(label="exact", sql=_same("birth_date"), m=0.92),
        Level(
            label="day and month swapped",
            sql="length(birth_date_l) = 10 AND length(birth_date_r) = 10 AND left(birth_date_l, 4) = left(birth_date_r, 4)"
            " AND substr(birth_date_l, 6, 2) = substr(birth_date_r, 9, 2)"
            " AND substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)",
            m=0.01,
        ),
        Level(
            label="agrees as far as it is known",
            sql="starts_with(birth_date_l, birth_date_r) OR starts_with(birth_date_r, birth_date_l)",
            m=0.01,
        ),
        Level(label="close", sql="damerau_levenshtein(birth_date_l, birth_date_r) <= 1", m=0.04),
        Level(label="different", sql="ELSE", m=0.02),
    ),
)

_NUMBER_AND_POSTCODE: Final = f"{_same('building_number')} AND {_same('postcode')}"

ADDRESS: Final = Comparison(
    name="address",
    missing="coalesce(postcode_l, address_key_l) IS NULL OR coalesce(postcode_r, address_key_r) IS NULL",
    levels=(
        Level(label="exact", sql=f"{_same('address_key')} OR {_same('uprn')}", m=0.55, common="address_key"),
        Level(label="number and postcode agree", sql=_NUMBER_AND_POSTCODE, m=0.1),
        Level(label="postcode agrees", sql=_same("postcode"), m=0.05, common="postcode"),
        Level(
            label="town agrees", sql="split_part(postcode_l, ' ', 1) = split_part(postcode_r, ' ', 1)", m=0.1
        ),
        Level(label="different", sql="ELSE", m=0.2),
    ),
)

PERSON: Final = Design(
    comparisons=(
        FAMILY_NAME,
        GIVEN_NAMES,
        BIRTH_DATE,
        ADDRESS,
        _exact_or_not("sex", m=0.98),
        _exact_or_not("phone", m=0.6),
        _exact_or_not("email", m=0.6),
    ),
    blocking=(
        "l.birth_date = r.birth_date AND l.family_sound = r.family_sound",
        "l.birth_date = r.birth_date AND l.given_key = r.given_key",
        "l.postcode = r.postcode AND l.given_key = r.given_key",
        "l.postcode = r.postcode AND l.family_sound = r.family_sound",
        "l.family_sound = r.family_sound AND l.given_key = r.given_key AND left(l.birth_date, 4) = left(r.birth_date, 4)",
        "l.address_key = r.address_key AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.phone = r.phone AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.email = r.email",
    ),
    training=(
        Block(keys=("{}.birth_date", "left({}.given_key, 1)")),
        Block(keys=("{}.family_name", "{}.given_key")),
    ),
    sure=(
        "l.birth_date = r.birth_date AND l.family_name = r.family_name AND l.given_key = r.given_key",
        "l.postcode = r.postcode AND l.family_name = r.family_name AND l.given_names = r.given_names",
    ),
    recall=0.8,
)

_TOKENS: Final = "string_split(organisation_core_{0}, ' ')"
_SHARED: Final = f"len(list_intersect({_TOKENS.format('l')}, {_TOKENS.format('r')}))"
_SMALLER: Final = f"least(len({_TOKENS.format('l')}), len({_TOKENS.format('r')}))"

ORGANISATION_NAME: Final = Comparison(
    name="organisation_name",
    missing=_either_missing("organisation_core"),
    levels=(
        Level(label="exact", sql=_same("organisation_core"), m=0.7, common="organisation_core"),
        Level(label="one holds the other", sql=f"{_SHARED} = {_SMALLER} AND {_SMALLER} >= 2", m=0.12),
        Level(
            label="close",
            sql="jaro_winkler_similarity(organisation_core_l, organisation_core_r) >= 0.92",
            m=0.06,
        ),
        Level(label="most words agree", sql=f"{_SHARED} >= 2 AND {_SHARED} >= 0.6 * {_SMALLER}", m=0.05),
        Level(label="a word agrees", sql=f"{_SHARED} >= 1", m=0.04),
        Level(label="different", sql="ELSE", m=0.03),
    ),
)

ORGANISATION_ADDRESS: Final = Comparison(
    name="address",
    missing="coalesce(postcode_l, address_key_l) IS NULL OR coalesce(postcode_r, address_key_r) IS NULL",
    levels=(
        Level(label="exact", sql=_same("address_key"), m=0.5, common="address_key"),
        Level(label="number and postcode agree", sql=_NUMBER_AND_POSTCODE, m=0.2),
        Level(label="postcode agrees", sql=_same("postcode"), m=0.22, common="postcode"),
        Level(
            label="town agrees", sql="split_part(postcode_l, ' ', 1) = split_part(postcode_r, ' ', 1)", m=0.05
        ),
        Level(label="different", sql="ELSE", m=0.03),
    ),
)

INSPECTION: Final = Comparison(
    name="inspection",
    missing=_either_missing("rated_on"),
    levels=(
        Level(label="exact", sql=f"{_same('rated_on')} AND {_same('rating')}", m=0.78),
        Level(label="date agrees", sql=_same("rated_on"), m=0.02),
        Level(label="inspected again", sql="ELSE", m=0.2),
    ),
)
"""A new inspection says little against a pair; the same day and outcome says much for it."""

ORGANISATION: Final = Design(
    comparisons=(
        ORGANISATION_NAME,
        ORGANISATION_ADDRESS,
        _exact_or_not("organisation_type", m=0.9),
        INSPECTION,
        _exact_or_not("phone", m=0.7),
        _exact_or_not("email", m=0.7),
    ),
    blocking=(
        "l.organisation_core = r.organisation_core",
        "l.postcode = r.postcode",
        "l.address_key = r.address_key",
        "l.phone = r.phone",
        "l.rated_on = r.rated_on AND left(l.organisation_core, 4) = left(r.organisation_core, 4)",
    ),
    training=(),
    sure=("l.organisation_core = r.organisation_core AND l.postcode = r.postcode",),
    recall=0.8,
)

DESIGNS: Final[Mapping[str, Design]] = {kinds.PERSON: PERSON, kinds.ORGANISATION: ORGANISATION}


def splink_settings(design: Design, *, copy_id: str) -> dict[str, Any]:
    """The design as Splink's settings, keeping what it works out for each comparison (the evidence).

    `copy_id` is even for the first copy of a profile; a second one has the next number, and is compared with the first
    and with no other.
    """
    first = f"l.{copy_id} % 2 = 0"
    once = f"{first} AND (r.{copy_id} % 2 = 0 OR r.{copy_id} = l.{copy_id} + 1)"
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
