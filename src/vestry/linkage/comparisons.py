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
    home: float = 0.0
    common: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One thing compared. `missing` is the condition under which nothing can be said. `tells_housemates_apart`: how two
    people of one home agree in it is known beforehand, and not learnt; else that kind of pair could become any."""

    name: str
    missing: str
    levels: tuple[Level, ...]
    tells_housemates_apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The comparisons for one kind, the rules that bring pairs together, and the ones that training stands on.

    `blocking` are SQL conditions on `l.` and `r.`; `sure` are conditions so strict that pairs
    meeting them are nearly all matches, `recall` the share of all matches that they are believed to find.
    """

    comparisons: tuple[Comparison, ...]
    blocking: tuple[str, ...]
    sure: tuple[str, ...]
    recall: float

    @property
    def tells_homes_apart(self) -> bool:
        """Whether pairs of two people of one home are a kind of their own."""
        return any(level.home for c in self.comparisons for level in c.levels)


def _either_missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _exact_or_not(column: str, *, m: float, home: float | None = None) -> Comparison:
    return Comparison(
        name=column,
        missing=_either_missing(column),
        levels=(
            Level(label="exact", sql=_same(column), m=m, home=home or 0.0),
            Level(label="different", sql="ELSE", m=1 - m, home=0.0 if home is None else 1 - home),
        ),
    )


_EXCHANGED: Final = "(family_name_l = first_given_r AND family_name_r = first_given_l)"

_SEVERAL_WORDS: Final = "(family_words_l OR family_words_r)"

FAMILY_NAME: Final = Comparison(
    name="family_name",
    missing=_either_missing("family_name"),
    levels=(
        Level(label="exact", sql=_same("family_name"), m=0.8, home=0.74, common="family_name"),
        Level(
            label="an earlier name agrees",
            sql="family_name_l = previous_family_name_r OR family_name_r = previous_family_name_l",
            m=0.03,
            home=0.02,
        ),
        Level(label="exchanged with the given name", sql=_EXCHANGED, m=0.01, home=0.0001),
        Level(label="sounds alike", sql=_same("family_sound"), m=0.04, home=0.03),
        Level(
            label="one is part of the other",
            sql=f"{_SEVERAL_WORDS} AND"
            " list_has_any(string_split_regex(family_name_l, '[ -]'), string_split_regex(family_name_r, '[ -]'))",
            m=0.03,
            home=0.03,
        ),
        Level(
            label="close",
            sql="jaro_winkler_similarity(family_name_l, family_name_r) >= 0.88",
            m=0.05,
            home=0.03,
        ),
        Level(label="different", sql="ELSE", m=0.04, home=0.15),
    ),
)

GIVEN_NAMES: Final = Comparison(
    name="given_names",
    missing=f"{_either_missing('given_names')} OR {_EXCHANGED}",
    levels=(
        Level(label="exact", sql=_same("given_names"), m=0.54, home=0.001, common="given_names"),
        Level(
            label="first name and initials agree",
            sql=f"{_same('given_key')} AND (starts_with(initials_l, initials_r) OR starts_with(initials_r, initials_l))",
            m=0.1,
            home=0.0005,
            common="given_key",
        ),
        Level(
            label="first name agrees",
            sql=f"{_same('given_key')} AND (initials_l IS NULL OR initials_r IS NULL)",
            m=0.18,
            home=0.004,
            common="given_key",
        ),
        Level(
            label="first name agrees, others differ",
            sql=_same("given_key"),
            m=0.005,
            home=0.004,
            common="given_key",
        ),
        Level(
            label="known by that name",
            sql="given_key_l = known_key_r OR given_key_r = known_key_l",
            m=0.02,
            home=0.0005,
        ),
        Level(
            label="one letter apart",
            sql="least(length(first_given_l), length(first_given_r)) >= 4"
            " AND damerau_levenshtein(first_given_l, first_given_r) = 1",
            m=0.03,
            home=0.0015,
        ),
        Level(
            label="another name agrees",
            sql="(initials_l IS NOT NULL OR initials_r IS NOT NULL)"
            " AND list_has_any(list_filter(string_split(given_names_l, ' '), x -> length(x) > 1),"
            " string_split(given_names_r, ' '))",
            m=0.03,
            home=0.01,
        ),
        Level(
            label="initial agrees",
            sql="(length(first_given_l) = 1 OR length(first_given_r) = 1)"
            " AND left(given_names_l, 1) = left(given_names_r, 1)",
            m=0.04,
            home=0.004,
        ),
        Level(
            label="close",
            sql="jaro_winkler_similarity(first_given_l, first_given_r) >= 0.88",
            m=0.03,
            home=0.003,
        ),
        Level(label="different", sql="ELSE", m=0.025, home=0.9715),
    ),
    tells_housemates_apart=True,
)

_WHOLE: Final = "length(birth_date_l) = 10 AND length(birth_date_r) = 10"
_DAYS_APART: Final = "abs(birth_day_l - birth_day_r)"

BIRTH_DATE: Final = Comparison(
    name="birth_date",
    missing=_either_missing("birth_date"),
    levels=(
        Level(label="exact", sql=_same("birth_date"), m=0.92, home=0.01),
        Level(
            label="day and month swapped",
            sql=f"{_WHOLE} AND left(birth_date_l, 4) = left(birth_date_r, 4)"
            " AND substr(birth_date_l, 6, 2) = substr(birth_date_r, 9, 2)"
            " AND substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)",
            m=0.01,
            home=0.0001,
        ),
        Level(
            label="agrees as far as it is known",
            sql="starts_with(birth_date_l, birth_date_r) OR starts_with(birth_date_r, birth_date_l)",
            m=0.01,
            home=0.001,
        ),
        Level(label="close", sql="damerau_levenshtein(birth_date_l, birth_date_r) <= 1", m=0.03, home=0.002),
        Level(
            label="two of day, month and year agree",
            sql=f"{_WHOLE} AND (left(birth_date_l, 7) = left(birth_date_r, 7)"
            " OR substr(birth_date_l, 6) = substr(birth_date_r, 6)"
            " OR left(birth_date_l, 4) || right(birth_date_l, 2) = left(birth_date_r, 4) || right(birth_date_r, 2))",
            m=0.01,
            home=0.01,
        ),
        Level(label="within a year", sql=f"{_DAYS_APART} <= 366", m=0.005, home=0.05),
        Level(label="within ten years", sql=f"{_DAYS_APART} <= 3653", m=0.005, home=0.4),
        Level(label="different", sql="ELSE", m=0.01, home=0.5269),
    ),
    tells_housemates_apart=True,
)

_NUMBER_AND_POSTCODE: Final = f"{_same('building_number')} AND {_same('postcode')}"
_UNPLACED: Final = "(at_postcode_l IS NULL OR at_postcode_r IS NULL)"
_WORDS_L, _WORDS_R = "string_split(at_key_l, ' ')", "string_split(at_key_r, ' ')"
_WORDS_SHARED: Final = (
    f"len(list_intersect({_WORDS_L}, {_WORDS_R})) / least(len({_WORDS_L}), len({_WORDS_R}))"
)
_BESIDE: Final = "(beside_l OR beside_r)"

ADDRESS: Final = Comparison(
    name="address",
    missing="coalesce(at_postcode_l, at_key_l) IS NULL OR coalesce(at_postcode_r, at_key_r) IS NULL",
    levels=(
        Level(
            label="exact",
            sql=f"{_same('address_key')} OR {_same('uprn')}",
            m=0.48,
            home=0.85,
            common="address_key",
        ),
        Level(label="number and postcode agree", sql=_NUMBER_AND_POSTCODE, m=0.05, home=0.05),
        Level(
            label="that of somebody beside agrees",
            sql=f"{_BESIDE} AND ({_same('at_key')} OR {_same('at_uprn')} OR {_same('at_postcode')})",
            m=0.05,
            home=0.05,
        ),
        Level(label="that of somebody beside differs", sql=_BESIDE, m=0.05, home=0.03),
        Level(label="postcode agrees", sql=_same("postcode"), m=0.05, home=0.01, common="postcode"),
        Level(
            label="town agrees",
            sql="split_part(postcode_l, ' ', 1) = split_part(postcode_r, ' ', 1)",
            m=0.09,
            home=0.005,
        ),
        Level(
            label="most of its words agree",
            sql=f"{_UNPLACED} AND {_WORDS_SHARED} >= 0.75",
            m=0.05,
            home=0.004,
        ),
        Level(
            label="half of its words agree", sql=f"{_UNPLACED} AND {_WORDS_SHARED} >= 0.5", m=0.05, home=0.002
        ),
        Level(
            label="much the same letters",
            sql=f"{_UNPLACED} AND jaro_winkler_similarity(at_key_l, at_key_r) >= 0.88",
            m=0.03,
            home=0.002,
        ),
        Level(
            label="a third of its words agree",
            sql=f"{_UNPLACED} AND {_WORDS_SHARED} >= 0.33",
            m=0.03,
            home=0.002,
        ),
        Level(label="different", sql="ELSE", m=0.07, home=0.005),
    ),
)

_PHONES: Final = " OR ".join(f"phone_{a}_l = phone_{b}_r" for a in (1, 2) for b in (1, 2))
PHONE: Final = Comparison(
    name="phone",
    missing=_either_missing("phone"),
    levels=(
        Level(label="a number agrees", sql=_PHONES, m=0.6, home=0.4),
        Level(label="different", sql="ELSE", m=0.4, home=0.6),
    ),
)

EMAIL: Final = Comparison(
    name="email",
    missing=_either_missing("email"),
    levels=(
        Level(label="exact", sql=_same("email"), m=0.6, home=0.2),
        Level(
            label="the name in it agrees",
            sql="split_part(email_l, '@', 1) = split_part(email_r, '@', 1)",
            m=0.05,
            home=0.01,
        ),
        Level(
            label="much the same letters",
            sql="jaro_winkler_similarity(email_l, email_r) >= 0.9",
            m=0.05,
            home=0.01,
        ),
        Level(label="different", sql="ELSE", m=0.3, home=0.78),
    ),
)

PERSON: Final = Design(
    comparisons=(
        FAMILY_NAME,
        GIVEN_NAMES,
        BIRTH_DATE,
        ADDRESS,
        _exact_or_not("sex", m=0.98, home=0.45),
        PHONE,
        EMAIL,
    ),
    blocking=(
        "l.birth_date = r.birth_date AND left(l.family_name, 1) = left(r.family_name, 1)",
        "l.birth_date = r.birth_date AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.birth_date = r.birth_date AND l.at_postcode = r.at_postcode",
        "l.birth_date = r.birth_date AND l.at_key = r.at_key",
        "l.at_postcode = r.at_postcode AND l.given_key = r.given_key",
        "l.at_postcode = r.at_postcode AND l.family_sound = r.family_sound",
        "l.family_sound = r.family_sound AND l.given_key = r.given_key",
        "l.address_key = r.address_key AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.phone_1 = r.phone_1 AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.phone_1 = r.phone_2 AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.phone_2 = r.phone_1 AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.phone_2 = r.phone_2 AND left(l.given_key, 1) = left(r.given_key, 1)",
        "l.email = r.email",
        "l.family_name = r.first_given AND l.first_given = r.family_name",
        "l.number_and_end = r.number_and_end",
        "l.birth_date = r.birth_date AND l.family_sound = r.given_sound",
        "l.birth_date = r.birth_date AND l.given_sound = r.family_sound",
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
    sure=("l.organisation_core = r.organisation_core AND l.postcode = r.postcode",),
    recall=0.8,
)

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
