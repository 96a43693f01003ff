"""Promises that every standardising rule keeps for any text at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestry.model import identifiers
from vestry.model.dates import parse_date
from vestry.standardise import address_lines, contact, names
from vestry.standardise.rules import RULES
from vestry.standardise.text import settled, upper

# ruff: noqa: SIM905 - lists of words read better so than as quoted strings.
WORDS = [
    word
    for line in (
        "mr mrs dr & and the of st saint ltd t/a ta @ c/o o' o brien mc mac van der de smith",
        "john j a jnr obe , . - ' exors late decd baby major lord flat 12 12a 1 2 / high st rd",
        "herts hertfordshire al1 1aa c e of england church jmi ph n b s james johns nfa",
        "unknown test school and nursery co op va uk £ ( ) 1,000 01438 871398 a@b.co é ß ŉ ı",
        "\x00 \u200b \u00a0 \u0301 \u0345 x . 5e3 0 i l",
    )
    for word in line.split(" ")
]
ANY_TEXT = st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
UNHURRIED = settings(deadline=None)
"""A machine busy with other tests is slow without being wrong."""
ONE_OUTPUT = [rule for rule in RULES.values() if len(rule.outputs) == 1]
MADE_FOR_COMPARING = {"family_sound", "given_sound", "building_number"}
"""A sound is not a name, nor a number an address: what is made from them again may be another."""


@pytest.mark.parametrize("name", sorted(RULES))
@UNHURRIED
@given(text=ANY_TEXT)
def test_no_text_makes_a_rule_raise(name: str, text: str) -> None:
    outcome = RULES[name].function(text)
    assert all(value is None or value.strip() == value != "" for value in outcome)
    assert outcome == RULES[name].function(text)


@pytest.mark.parametrize("name", sorted(r.name for r in ONE_OUTPUT if r.name not in MADE_FOR_COMPARING))
@UNHURRIED
@given(text=ANY_TEXT)
def test_a_standard_form_is_its_own_standard_form(name: str, text: str) -> None:
    (once,) = RULES[name].function(text)
    if once is not None:
        assert RULES[name].function(once) == (once,)


@UNHURRIED
@given(text=ANY_TEXT)
def test_the_parts_of_a_whole_name_are_in_standard_form(text: str) -> None:
    _, family, given_ = names.full_name(text)
    assert family is None or names.family_name(family) == family
    assert given_ is None or names.given_names(given_) == given_


def with_check_digit(nine: str) -> str:
    remainder = sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    return nine + str((11 - remainder) % 11)


NHS_NUMBERS = (
    st.text("0123456789", min_size=9, max_size=9)
    .map(with_check_digit)
    .filter(lambda n: len(n) == 10 and len(set(n)) > 1)
)


@UNHURRIED
@given(number=NHS_NUMBERS, place=st.integers(0, 9), change=st.integers(1, 9))
def test_one_changed_digit_is_never_the_same_nhs_number(number: str, place: int, change: int) -> None:
    assert identifiers.nhs_number(number) == number
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    # Modulo 11 with weights below 11 catches every single wrong digit.
    assert identifiers.nhs_number(wrong) is None


@UNHURRIED
@given(number=NHS_NUMBERS, at=st.lists(st.integers(0, 10), max_size=4), gap=st.sampled_from(" -\u2011\t"))
def test_gaps_do_not_change_an_nhs_number(number: str, at: list[int], gap: str) -> None:
    for place in at:
        number = number[:place] + gap + number[place:]
    digits = "".join(c for c in number if c.isdigit())
    assert identifiers.nhs_number(number) == digits


DAYS = st.dates(min_value=date(1930, 1, 1), max_value=date(2029, 12, 31))
FORMATS = {
    "yyyy-MM-dd": "%Y-%m-%d",
    "dd/MM/yyyy": "%d/%m/%Y",
    "yyyyMMdd": "%Y%m%d",
    "dd MMM yyyy": "%d %b %Y",
    "dd MMMM yyyy": "%d %B %Y",
    "dd.MM.yy": "%d.%m.%y",
    "yyyy-MM-dd'T'HH:mm:ss": "%Y-%m-%dT00:00:00",
}


@UNHURRIED
@given(day=DAYS, written=st.sampled_from(sorted(FORMATS)))
def test_a_date_comes_back_from_any_format(day: date, written: str) -> None:
    parsed = parse_date(day.strftime(FORMATS[written]), [written])
    assert parsed is not None
    assert (parsed.iso, parsed.accuracy) == (day.isoformat(), "day")


@UNHURRIED
@given(year=st.integers(1800, 2100), month=st.integers(0, 99), day=st.integers(1, 99))
def test_only_days_of_the_calendar_are_dates(year: int, month: int, day: int) -> None:
    try:
        expected: str | None = date(year, month, day).isoformat()
    except ValueError:
        expected = None
    parsed = parse_date(f"{year:04d}-{month:02d}-{day:02d}")
    assert (parsed.iso if parsed else None) == expected


@UNHURRIED
@given(
    st.lists(
        st.sampled_from(["SMITH", "van", "der", "John", "Ann", "B", "de", "Unknown", "x"]),
        min_size=1,
        max_size=4,
    )
)
def test_plain_names_take_a_short_way_to_the_same_form(words: list[str]) -> None:
    text = " ".join(words)
    # A trailing hyphen stops every short way and means nothing to the long one.
    assert names.family_name(text) == names.family_name(f"{text} -")
    assert names.given_names(text) == names.given_names(f"{text} -")
    assert settled(str.upper, text) == text.upper()


@UNHURRIED
@given(text=ANY_TEXT)
def test_words_without_marks_take_a_short_way_to_the_same_form(text: str) -> None:
    assert names._words(text) == names._words_closely(text)


ADDRESSES = st.tuples(
    st.text("abz09._+-", min_size=1, max_size=70),
    st.sampled_from(
        ["a.co", "x-y.org.uk", "münchen.de", "a..b", "-a.com", "localhost", "test", f"{'a' * 64}.com"]
    )
    | st.text("ab.-1", min_size=1, max_size=70),
).map("@".join)


@UNHURRIED
@given(text=ADDRESSES)
def test_plain_email_addresses_take_a_short_way_to_the_same_form(text: str) -> None:
    assert contact.email(text) in (contact._valid(text.rstrip(".")), None)
    if contact.email(text) is None and not contact._PLACEHOLDER_EMAIL.fullmatch(text):
        assert contact._valid(text.rstrip(".")) is None


STREETS = st.lists(
    st.sampled_from(
        "1 2A 12 A FLAT NO NUMBER ST RD High St. Andrew's CL HERTS Hertford SAINT UNITS 3-4 - & , , N F A NFA HOMELESS "
        "AB1 2CD ROUGH SLEEPER OF University ZZ99 3VZ".split()
    ),
    max_size=9,
).map(" ".join)


@UNHURRIED
@given(text=STREETS | ANY_TEXT)
def test_plain_addresses_take_a_short_way_to_the_same_key(text: str) -> None:
    lines = address_lines.address_lines(text) or ""
    long_way = settled(lambda t: address_lines._lines(address_lines._key(t)), lines)
    homeless = any(address_lines._NO_FIXED.search(upper(said)) for said in (lines, long_way))
    nothing = not long_way or long_way in address_lines._NOTHING or homeless
    assert address_lines.address_key(text) == (None if nothing else long_way)
    assert address_lines.is_no_fixed_address(text) == bool(address_lines._NO_FIXED.search(upper(text)))


@UNHURRIED
@given(words=st.lists(st.sampled_from("A 1 ST HIGH RD CL SAINT ANDREW & UNITS PARK".split())))
def test_lines_without_short_forms_need_not_be_written_out(words: list[str]) -> None:
    # A short form in front stops the short way, and changes nothing of what comes after a number.
    assert address_lines._written_out(["1", *words]) == address_lines._written_out(["RD", "1", *words])[1:]
