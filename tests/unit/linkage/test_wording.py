"""Evidence in words: every word is held to the number it stands for."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestry.linkage import wording
from vestry.linkage.comparisons import DESIGNS, MISSING
from vestry.linkage.design import HOME
from vestry.linkage.identifiers import DECIDING


def bits(odds: float) -> float:
    return math.log2(odds)


@pytest.mark.parametrize(
    ("weight", "word"),
    [
        (None, "decides"),
        (bits(10_000), "very strong"),
        (bits(9_999), "strong"),
        (bits(1_000), "strong"),
        (bits(999), "fairly strong"),
        (bits(100), "fairly strong"),
        (bits(99), "some"),
        (bits(2), "some"),
        (bits(1.99), "none"),
        (0.0, "none"),
        (bits(0.5), "none"),
        (bits(0.49), "against"),
        (bits(0.01), "against"),
        (bits(0.0099), "strongly against"),
        (-5_000.0, "strongly against"),
        (5_000.0, "very strong"),
    ],
)
def test_strength(weight: float | None, word: str) -> None:
    assert wording.strength_of(weight) == word


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1.0, "1"), (1.94, "1.9"), (2.96, "3"), (9.4, "9"), (9.96, "10"), (12.4, "12"), (99.6, "100"), (123.0, "120"),
        (11_960.0, "12,000"), (999_999.0, "1 million"), (1_240_000.0, "1.2 million"), (44_400_000.0, "44 million"),
        (999_000_000.0, "1,000 million"),
    ],
)  # fmt: skip
def test_figures_are_said_as_people_say_them(number: float, said: str) -> None:
    assert wording.figure(number) == said


@given(st.floats(min_value=1, max_value=9.9e8))
def test_no_figure_is_further_from_the_truth_than_its_rounding(number: float) -> None:
    text = wording.figure(number)
    value = float(text.replace(",", "").replace(" million", "")) * (1e6 if "million" in text else 1)
    assert abs(value - number) <= 0.17 * number if number < 10 else abs(value - number) <= 0.051 * number


def test_what_is_said_of_agreement_and_of_difference() -> None:
    same = wording.statement("person", "birth_date", "exact", bits(12_000))
    assert same.sentence == (
        "The birth date is the same in both."
        " That is about 12,000 times as likely between records of one person as of two people."
    )
    assert (same.strength, round(same.odds or 0)) == ("very strong", 12_000)
    other = wording.statement("person", "given_names", "different", bits(1 / 20))
    assert other.sentence == (
        "The given names are different."
        " That is about 20 times as likely between records of two people as of one person."
    )
    assert other.strength == "against"


def test_what_decides_and_what_says_nothing() -> None:
    assert wording.statement("person", "nhs_number", "exact", None).sentence == (
        "Both hold the same NHS number. Such a number belongs to one person only."
    )
    assert wording.statement("person", "email", MISSING, 0.0).sentence.endswith("That says nothing.")


def test_of_two_of_one_home_it_is_said_how_well_they_would_compare_and_nothing_of_these_two() -> None:
    home = [wording.statement("person", HOME, "agrees", bits_).sentence for bits_ in (-0.2, -4.0)]
    assert home == [
        "Two people of one home seldom compare like this. That makes it hardly weaker.",
        "Two people of one home may well compare like this too. That makes it about 16 times weaker.",
    ]


def test_a_comparison_that_nobody_has_words_for_yet_is_still_told() -> None:
    said = wording.statement("person", "lives_with", "two of them agree", 3.0)
    assert said.sentence.startswith("The lives with: two of them agree. That is about 8 times as likely")


@pytest.mark.parametrize("kind", DESIGNS)
def test_every_level_of_every_comparison_is_a_sentence(kind: str) -> None:
    for comparison in DESIGNS[kind].comparisons:
        for label in (MISSING, *(level.label for level in comparison.levels)):
            said = wording.statement(kind, comparison.name, label, 4.0).sentence
            assert said[0] == "T" and said.endswith(".") and "{" not in said and "_" not in said


def test_every_number_that_decides_has_a_name() -> None:
    for fields in DECIDING.values():
        assert not [f for f in fields if "_" in wording.field_words(f)]


def test_evidence_comes_strongest_first_and_what_is_missing_last() -> None:
    told = wording.statements(
        "person",
        [
            ("sex", "different", -5.0),
            ("email", MISSING, 0.0),
            ("address", "exact", 12.0),
            ("nhs_number", "exact", None),
        ],
    )
    assert [s.field for s in told] == ["nhs_number", "address", "sex", "email"]


def test_the_sum() -> None:
    assert wording.prior_sentence("person", bits(1 / 47_000)) == (
        "Before anything is compared, about 1 in 47,000 pairs of records is of one person."
    )
    assert "about 4,100 times as likely" in wording.total_sentence(12.0)
    assert "about 4,100 times less likely" in wording.total_sentence(-12.0)
    assert "about 1 in 33 of such pairs is wrong" in wording.chance_sentence("person", 5.0)
    assert "about 1 in 33 of such pairs is of one person" in wording.chance_sentence("person", -5.0)
    assert "fewer than 1 in a million of such pairs is wrong" in wording.chance_sentence("person", 30.0)


def test_what_is_missing_to_the_threshold() -> None:
    assert wording.short_by(bits(19), 0.95) == pytest.approx(0)
    assert wording.threshold_sentence(bits(20), 0.95) == (
        "That is enough to join them: 95% likely is needed."
    )
    short = wording.threshold_sentence(bits(19 / 3), 0.95)
    assert short.startswith("That is not enough") and "about 3 times as likely" in short
    assert wording.short_by(50.0, 1.0) == math.inf
    nearly = wording.threshold_sentence(bits(18.9), 0.95)
    assert nearly.startswith("That is not enough") and nearly.endswith(
        "Hardly any further evidence is missing."
    )


@given(st.floats(min_value=-40, max_value=40))
def test_nothing_is_one_times_as_likely(weight: float) -> None:
    said = [wording.statement("person", field, "exact", weight).sentence for field in ("sex", HOME)] + [
        wording.total_sentence(weight),
        wording.threshold_sentence(weight, 0.6),
    ]
    assert not [sentence for sentence in said if re.search(r"about 1(\.\d)? times", sentence)]
