"""Each way of going wrong does what it says, and at about the rate of the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

import pytest

from vestry.model.identifiers import nhs_number
from vestry.synthetic.mistakes.rates import CONTACT, HARD, HARDER_BY, RATES, habits
from vestry.synthetic.mistakes.ways import DEFAULT_DATES, MISTAKES, Entry
from vestry.synthetic.names.heritages import ENGLISH, POLISH

ENTRY = Entry(
    title="Mrs",
    family_name="Harrington-Thompson",
    given_names=("Margaret", "Anne"),
    born_as="Wells",
    known_as="Peg",
    birth_date=date(1951, 7, 3),
    sex="F",
    nhs_number="9990000018",
    kin_nhs_number="9990000026",
    upn="A999010000001",
    nino="ZX123456C",
    phone="0113 496 0123",
    email="m@example.org",
    lines=("Flat 3", "12 Mill Road", "Brackton"),
    postcode="ZX1 2AB",
    uprn="999010000001",
)


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("name_for_known_as", "given_names", {("Peg", "Anne")}),
        ("half_of_double_barrelled", "family_name", {"Harrington", "Thompson"}),
        ("nickname", "given_names", {("Maggie", "Anne"), ("Peggy", "Anne"), ("Meg", "Anne")}),
        ("known_by_second_name", "given_names", {("Anne", "Margaret")}),
        ("no_middle_names", "given_names", {("Margaret",)}),
        ("initials_only", "given_names", {("M", "A")}),
        ("names_swapped", "family_name", {"Margaret"}),
        ("swapped_day_and_month", "birth_date", {date(1951, 3, 7)}),
        ("default_date", "birth_date", set(DEFAULT_DATES)),
        ("birth_year_only", "birth_date", {date(1951, 1, 1)}),
        ("no_birth_date", "birth_date", {None}),
        ("no_nhs_number", "nhs_number", {""}),
        ("no_nino", "nino", {""}),
        ("no_phone", "phone", {""}),
        ("no_email", "email", {""}),
        ("no_postcode", "postcode", {""}),
        ("no_uprn", "uprn", {""}),
        ("no_upn", "upn", {""}),
        ("no_sex", "sex", {""}),
        ("no_ethnicity", "ethnicity", {"Z"}),
        ("shortened_street", "lines", {("Flt 3", "12 Mill Rd", "Brackton")}),
        ("no_flat", "lines", {("12 Mill Road", "Brackton")}),
    ],
)
def test_a_way_of_going_wrong(name: str, field: str, expected: set[object]) -> None:
    rng = Random(1)
    assert {getattr(MISTAKES[name](ENTRY, rng), field) for _ in range(40)} == expected


@pytest.mark.parametrize("name", ["typing_error", "sound_spelling", "scanning_error"])
def test_a_misspelling_changes_one_name_and_little_of_it(name: str) -> None:
    for seed in range(50):
        wrong = MISTAKES[name](ENTRY, Random(seed))
        changed = (wrong.family_name != ENTRY.family_name) + (wrong.given_names != ENTRY.given_names)
        assert changed <= 1
        assert abs(len(wrong.family_name) - len(ENTRY.family_name)) <= 2
    assert any(MISTAKES[name](ENTRY, Random(seed)) != ENTRY for seed in range(20))


def test_a_wrong_digit_still_leaves_a_date_near_the_true_one() -> None:
    for seed in range(200):
        wrong = MISTAKES["wrong_birth_digit"](ENTRY, Random(seed)).birth_date
        assert wrong is not None and wrong != ENTRY.birth_date
        assert wrong.month == 7


def test_transposed_digits_keep_the_digits() -> None:
    for seed in range(50):
        wrong = MISTAKES["transposed_digits"](ENTRY, Random(seed))
        fields = ("nhs_number", "nino", "phone")
        changed = [f for f in fields if getattr(wrong, f) != getattr(ENTRY, f)]
        assert len(changed) == 1
        assert sorted(getattr(wrong, changed[0])) == sorted(getattr(ENTRY, changed[0]))


def test_a_wrong_nhs_number_passes_its_check_and_is_not_theirs() -> None:
    wrong = {MISTAKES["wrong_nhs_number"](ENTRY, Random(seed)).nhs_number for seed in range(200)}
    assert ENTRY.nhs_number not in wrong
    assert ENTRY.kin_nhs_number in wrong
    assert len(wrong) > 50
    assert all(nhs_number(number) == number for number in wrong - {ENTRY.kin_nhs_number})


@pytest.mark.parametrize(
    "kind", sorted({"council-tax", "gp-registrations", "housing", "libraries", "police"})
)
@pytest.mark.parametrize(
    ("way", "seen"),
    [
        ("no_email", lambda e: not e.email),
        ("no_phone", lambda e: not e.phone),
        ("no_flat", lambda e: len(e.lines) == 2),
        ("no_nhs_number", lambda e: not e.nhs_number),
        ("no_postcode", lambda e: not e.postcode),
    ],
)
def test_rates_are_about_right(kind: str, way: str, seen: Callable[[Entry], bool]) -> None:
    rng, tries, kept = Random(f"{kind}/{way}"), 4000, habits(kind, 1.0)
    share = sum(seen(kept.spoil(ENTRY, rng)) for _ in range(tries)) / tries
    rate = RATES[kind].get(way, 0.0)
    assert share == pytest.approx(rate, abs=4 * (rate * (1 - rate) / tries) ** 0.5 + 0.001)


def test_two_in_a_hundred_nhs_numbers_are_wrong_yet_valid_wherever_they_are_held() -> None:
    assert {RATES[k]["wrong_nhs_number"] for k in RATES if "no_nhs_number" in RATES[k]} == {0.02}
    assert all(
        habits(k, HARD).rates["wrong_nhs_number"] == 0.02 for k in RATES if "no_nhs_number" in RATES[k]
    )


def test_names_the_clerk_does_not_know_go_wrong_oftener() -> None:
    def share(heritage: str) -> float:
        entry, rng = Entry(family_name="Jankowska", given_names=("Zuzanna",), heritage=heritage), Random(4)
        kept, tries = habits("adult-social-care", 1.0), 20_000
        return sum(kept.spoil(entry, rng).family_name != "Jankowska" for _ in range(tries)) / tries

    assert share(POLISH) / share(ENGLISH) == pytest.approx(HARDER_BY, abs=0.35)


def test_the_dial_makes_everything_that_it_may_oftener_and_older() -> None:
    easy, usual, hard = (habits("libraries", dial) for dial in (0.4, 1.0, 2.0))
    assert easy.rates["typing_error"] < usual.rates["typing_error"] < hard.rates["typing_error"]
    assert easy.contact < usual.contact < hard.contact == 2 * CONTACT["libraries"]
    assert max(hard.rates.values()) <= 1


def test_every_rate_is_a_way_that_exists() -> None:
    assert set(CONTACT) <= set(RATES)
    for kind, rates in RATES.items():
        for way, rate in rates.items():
            assert not way.islower() or " " in way or "-" in way or way in MISTAKES or way == "executors", (
                kind,
                way,
            )
            assert 0 < rate <= 1
