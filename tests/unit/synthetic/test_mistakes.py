"""Each way of going wrong does what it says, and at about the rate of the table."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from vestry.synthetic import mistakes
from vestry.synthetic.mistakes import HARDER_BY, MISTAKES, RATES, Entry, spoil
from vestry.synthetic.names import ENGLISH, POLISH

ENTRY = Entry(
    title="Mrs",
    family_name="Harrington-Thompson",
    given_names=("Margaret", "Anne"),
    born_as="Wells",
    birth_date=date(1951, 7, 3),
    sex="F",
    nhs_number="9990000018",
    nino="ZX123456C",
    phone="0113 496 0123",
    email="m@example.org",
    lines=("Flat 3", "12 Mill Road", "Brackton"),
    postcode="ZX1 2AB",
    uprn="999010000001",
    lately_renamed=True,
)


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("former_name", "family_name", {"Wells"}),
        ("half_of_double_barrelled", "family_name", {"Harrington", "Thompson"}),
        ("nickname", "given_names", {("Maggie", "Anne"), ("Peggy", "Anne"), ("Meg", "Anne")}),
        ("known_by_second_name", "given_names", {("Anne", "Margaret")}),
        ("no_middle_names", "given_names", {("Margaret",)}),
        ("initials_only", "given_names", {("M", "A")}),
        ("names_swapped", "family_name", {"Margaret"}),
        ("swapped_day_and_month", "birth_date", {date(1951, 3, 7)}),
        ("default_date", "birth_date", {date(1900, 1, 1)}),
        ("no_birth_date", "birth_date", {None}),
        ("no_nhs_number", "nhs_number", {""}),
        ("no_nino", "nino", {""}),
        ("no_phone", "phone", {""}),
        ("no_email", "email", {""}),
        ("no_postcode", "postcode", {""}),
        ("no_uprn", "uprn", {""}),
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


@pytest.mark.parametrize("source", ["council-tax", "gp-registrations", "housing-tenancies"])
@pytest.mark.parametrize(
    ("way", "seen"),
    [
        ("no_email", lambda e: not e.email),
        ("no_phone", lambda e: not e.phone),
        ("no_birth_date", lambda e: e.birth_date is None),
        ("default_date", lambda e: e.birth_date == mistakes.DEFAULT_DATE),
        ("no_flat", lambda e: len(e.lines) == 2),
        ("no_nhs_number", lambda e: not e.nhs_number),
    ],
)
def test_rates_are_about_right(source: str, way: str, seen: object) -> None:
    rng, tries = Random(f"{source}/{way}"), 4000
    share = sum(bool(seen(spoil(ENTRY, source, rng))) for _ in range(tries)) / tries  # type: ignore[operator]
    rate = RATES[source].get(way, 0.0)
    if way == "no_birth_date":  # a form fills in its default afterwards
        rate *= 1 - RATES[source].get("default_date", 0.0)
    assert share == pytest.approx(rate, abs=4 * (rate * (1 - rate) / tries) ** 0.5 + 0.001)


def test_names_the_clerk_does_not_know_go_wrong_oftener() -> None:
    def share(heritage: str) -> float:
        entry, rng = Entry(family_name="Jankowska", given_names=("Zuzanna",), heritage=heritage), Random(4)
        return (
            sum(spoil(entry, "adult-social-care", rng).family_name != "Jankowska" for _ in range(20_000))
            / 20_000
        )

    assert share(POLISH) / share(ENGLISH) == pytest.approx(HARDER_BY, abs=0.35)


def test_every_rate_is_a_way_that_exists() -> None:
    for source, rates in RATES.items():
        for way, rate in rates.items():
            assert " " in way or way in MISTAKES, (source, way)
            assert 0 < rate < 1
