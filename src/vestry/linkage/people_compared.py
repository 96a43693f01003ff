"""What is compared between two records of people: names, birth date, address, sex, telephone, email, other numbers."""

from __future__ import annotations

from typing import Final

from vestry.linkage.design import (
    MOVED,
    NUMBER_AND_POSTCODE,
    Block,
    Companions,
    Comparison,
    Design,
    Level,
    alike,
    block,
    either_missing,
    exact_or_not,
    same,
)
from vestry.model.identifiers import KIND_ENDS

_EXCHANGED: Final = "(family_name_l = first_given_r AND family_name_r = first_given_l)"

_SEVERAL_WORDS: Final = "(family_words_l OR family_words_r)"

FAMILY_NAME: Final = Comparison(
    name="family_name",
    missing=either_missing("family_name"),
    levels=(
        Level(label="exact", sql=same("family_name"), m=0.8, home=0.74, common="family_name"),
        Level(
            label="an earlier name agrees",
            sql="family_name_l = previous_family_name_r OR family_name_r = previous_family_name_l",
            m=0.03,
            home=0.02,
        ),
        Level(label="exchanged with the given name", sql=_EXCHANGED, m=0.01, home=0.0001),
        Level(label="sounds alike", sql=same("family_sound"), m=0.04, home=0.03),
        Level(
            label="one is part of the other",
            sql=f"{_SEVERAL_WORDS} AND"
            " list_has_any(string_split_regex(family_name_l, '[ -]'), string_split_regex(family_name_r, '[ -]'))",
            m=0.03,
            home=0.03,
        ),
        Level(
            label="close",
            sql=alike("family_name", 0.88),
            m=0.05,
            home=0.03,
        ),
        Level(label="different", sql="ELSE", m=0.04, home=0.15),
    ),
)

GIVEN_NAMES: Final = Comparison(
    name="given_names",
    missing=f"{either_missing('given_names')} OR {_EXCHANGED}",
    levels=(
        Level(label="exact", sql=same("given_names"), m=0.54, home=0.001, common="given_names"),
        Level(
            label="first name and initials agree",
            sql=f"{same('given_key')} AND (starts_with(initials_l, initials_r) OR starts_with(initials_r, initials_l))",
            m=0.1,
            home=0.0005,
            common="given_key",
        ),
        Level(
            label="first name agrees",
            sql=f"{same('given_key')} AND (initials_l IS NULL OR initials_r IS NULL)",
            m=0.18,
            home=0.004,
            common="given_key",
        ),
        Level(
            label="first name agrees, others differ",
            sql=same("given_key"),
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
            sql="length(first_given_l) >= 4 AND length(first_given_r) >= 4"
            " AND (left(first_given_l, 1) = left(first_given_r, 1) OR right(first_given_l, 1) = right(first_given_r, 1))"
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
            sql=alike("first_given", 0.88),
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
    missing=either_missing("birth_date"),
    levels=(
        Level(label="exact", sql=same("birth_date"), m=0.92, home=0.01),
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
        Level(
            label="close",
            sql="(left(birth_date_l, 4) = left(birth_date_r, 4) OR substr(birth_date_l, 6) = substr(birth_date_r, 6))"
            " AND damerau_levenshtein(birth_date_l, birth_date_r) <= 1",
            m=0.03,
            home=0.002,
        ),
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

_UNPLACED: Final = "(at_postcode_l IS NULL OR at_postcode_r IS NULL)"
_WORDS_L, _WORDS_R = "string_split(at_key_l, ' ')", "string_split(at_key_r, ' ')"
_WORDS_SHARED: Final = (
    f"len(list_intersect({_WORDS_L}, {_WORDS_R})) / least(len({_WORDS_L}), len({_WORDS_R}))"
)
_BESIDE: Final = "(beside_l OR beside_r)"
_BY_ADDRESS: Final = "address_key || ' ' || postcode"
_HOME: Final = f"coalesce(uprn, {_BY_ADDRESS})"

ADDRESS: Final = Comparison(
    name="address",
    missing="coalesce(at_postcode_l, at_key_l) IS NULL OR coalesce(at_postcode_r, at_key_r) IS NULL",
    levels=(
        Level(
            label="exact",
            sql=f"{same('address_key')} OR {same('uprn')}",
            m=0.48,
            home=0.85,
            common="address_key",
        ),
        Level(label="number and postcode agree", sql=NUMBER_AND_POSTCODE, m=0.05, home=0.05),
        Level(
            label="that of somebody beside agrees",
            sql=f"{_BESIDE} AND ({same('at_key')} OR {same('at_uprn')} OR {same('at_postcode')})",
            m=0.05,
            home=0.05,
        ),
        Level(label="that of somebody beside differs", sql=_BESIDE, m=0.05, home=0.03),
        Level(label=MOVED, sql="FALSE", m=0.02, home=0.005),
        Level(label="postcode agrees", sql=same("postcode"), m=0.05, home=0.01, common="postcode"),
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
            sql=f"{_UNPLACED} AND {alike('at_key', 0.88)}",
            m=0.03,
            home=0.002,
        ),
        Level(
            label="a third of its words agree",
            sql=f"{_UNPLACED} AND {_WORDS_SHARED} >= 0.33",
            m=0.03,
            home=0.002,
        ),
        Level(label="different", sql="ELSE", m=0.05, home=0.005),
    ),
)

_PHONES: Final = " OR ".join(f"phone_{a}_l = phone_{b}_r" for a in (1, 2) for b in (1, 2))
PHONE: Final = Comparison(
    name="phone",
    missing=either_missing("phone"),
    levels=(
        Level(label="a number agrees", sql=_PHONES, m=0.6, home=0.4),
        Level(label="different", sql="ELSE", m=0.4, home=0.6),
    ),
)

EMAIL: Final = Comparison(
    name="email",
    missing=either_missing("email"),
    levels=(
        Level(label="exact", sql=same("email"), m=0.6, home=0.2),
        Level(
            label="the name in it agrees",
            sql="split_part(email_l, '@', 1) = split_part(email_r, '@', 1)",
            m=0.05,
            home=0.01,
        ),
        Level(
            label="much the same letters",
            sql=alike("email", 0.9),
            m=0.05,
            home=0.01,
        ),
        Level(label="different", sql="ELSE", m=0.3, home=0.78),
    ),
)

_KIND: Final = f"split_part(other_number_{{}}, '{KIND_ENDS}', 1)"
_SLIPS: Final = (
    "CASE WHEN length(other_number_l) = length(other_number_r) THEN hamming(other_number_l, other_number_r)"
    " ELSE damerau_levenshtein(other_number_l, other_number_r) END"
)
"""Numbers of one kind are mostly of one length, and strangers' have to be told apart by the million."""
_LONG: Final = (
    f"least(length(other_number_l), length(other_number_r)) - instr(other_number_l, '{KIND_ENDS}') >= 7"
)
"""Of shorter numbers many are a slip apart, and those that were given one after the other are; so may be those of one family."""
OTHER_NUMBER: Final = Comparison(
    name="other_number",
    missing=f"{either_missing('other_number')} OR {_KIND.format('l')} <> {_KIND.format('r')}",
    levels=(
        Level(label="exact", sql=same("other_number"), m=0.9, home=0.001),
        Level(label="one character apart", sql=f"{_LONG} AND ({_SLIPS}) = 1", m=0.04, home=0.03, unlike=1e-4),
        Level(
            label="two characters apart", sql=f"{_LONG} AND ({_SLIPS}) = 2", m=0.01, home=0.03, unlike=2e-3
        ),
        Level(label="different", sql="ELSE", m=0.05, home=0.939),
    ),
    tells_housemates_apart=True,
    where_said=True,
)
_KIND_LENGTH: Final = f"instr(other_number, '{KIND_ENDS}')"
_NUMBER_LENGTH: Final = f"(length(other_number) - {_KIND_LENGTH})"
_HALF_OF: Final = f"CASE WHEN {_NUMBER_LENGTH} >= 6 THEN {{}} END"
_FIRST_HALF: Final = _HALF_OF.format(f"left(other_number, {_KIND_LENGTH} + {_NUMBER_LENGTH} // 2)")
_LAST_HALF: Final = _HALF_OF.format(f"right(other_number, ({_NUMBER_LENGTH} + 1) // 2)")
"""A slip is in one half only. Half of a shorter number is anybody's."""

_FAMILY_INITIAL: Final = "left(family_name, 1)"
_GIVEN_INITIAL: Final = "left(given_key, 1)"
NAMESAKES: Final = 12
"""Where more profiles share both names, these alone bring nobody together: something of birth date or place must agree too."""

PERSON: Final = Design(
    comparisons=(
        FAMILY_NAME,
        GIVEN_NAMES,
        BIRTH_DATE,
        ADDRESS,
        exact_or_not("sex", m=0.98, home=0.45),
        PHONE,
        EMAIL,
        OTHER_NUMBER,
    ),
    blocking=(
        block("birth_date", _FAMILY_INITIAL),
        block("birth_date", _GIVEN_INITIAL),
        block("birth_date", "at_postcode"),
        block("birth_date", "at_key"),
        block("at_postcode", "given_key"),
        block("at_postcode", "family_sound", "left(birth_date, 4)"),
        Block(
            ways=tuple(
                ("at_postcode", "family_sound", x)
                for x in (_GIVEN_INITIAL, "left(initials, 1)", "left(known_key, 1)")
            )
        ),
        block("family_sound", "given_key", at_most=NAMESAKES),
        block("family_sound", "given_key", "left(birth_date, 4)"),
        block("family_sound", "given_key", "nullif(substr(birth_date, 6), '')"),
        block("family_sound", "given_key", "split_part(at_postcode, ' ', 1)"),
        block("address_key", _GIVEN_INITIAL),
        block(_HOME, _GIVEN_INITIAL),
        Block(ways=(("phone_1", _GIVEN_INITIAL), ("phone_2", _GIVEN_INITIAL))),
        block("email"),
        Block(ways=(("family_name", "first_given"), ("first_given", "family_name")), at_most=NAMESAKES),
        block("number_and_end"),
        block("number_and_street"),
        Block(ways=(("birth_date", "family_sound"), ("birth_date", "given_sound"))),
        block("other_number"),
        block(_FIRST_HALF, _GIVEN_INITIAL),
        block(_LAST_HALF, _GIVEN_INITIAL),
    ),
    sure=(
        "l.birth_date = r.birth_date AND l.family_name = r.family_name AND l.given_key = r.given_key",
        "l.postcode = r.postcode AND l.family_name = r.family_name AND l.given_names = r.given_names",
    ),
    recall=0.8,
    companions=Companions(
        homes=(_HOME, _BY_ADDRESS),
        initial=_GIVEN_INITIAL,
        comparison=ADDRESS.name,
        level=MOVED,
    ),
)
