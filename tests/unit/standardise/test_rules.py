"""The list of rules: every rule the model names is there, and gives as many values as it says."""

from __future__ import annotations

import pytest

from vestry.model import fields, kinds
from vestry.standardise.rules import RULES, code, number


def test_every_rule_of_the_model_is_there() -> None:
    wanted = {rule for kind in kinds.RECORD_KINDS for rule in fields.fields_of(kind).values()}
    wanted |= set(fields.EPISODE_FIELDS.values())
    assert wanted - {""} <= set(RULES)


def test_every_key_of_linkage_is_there() -> None:
    assert {"family_key", "given_key", "organisation_core", "address_key"} <= set(RULES)


def test_a_rule_gives_as_many_values_as_it_says() -> None:
    for name, rule in RULES.items():
        assert rule.name == name
        assert rule.version >= 1
        arguments = (["dd/MM/yyyy"],) if rule.takes_formats else ()
        for text in ("", "Smith, John", "05/03/2024", "12"):
            assert len(rule.function(text, *arguments)) == len(rule.outputs)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("full_name", "SMITH, Mr John", ("MR", "SMITH", "JOHN")),
        ("nhs_number", "943 476 5919", ("9434765919",)),
        ("family_key", "Mr O'Brien", ("OBRIEN",)),
        ("family_key", "Unknown", (None,)),
        ("given_key", "Bob", ("ROBERT",)),
        ("family_sound", "Chowdhury", ("CDR",)),
        ("given_sound", "Mohd", ("MMD",)),
        ("organisation_core", "The Crown Ltd", ("CROWN",)),
        ("address_key", "1 High St", ("1 HIGH STREET",)),
    ],
)
def test_rules_by_name(name: str, text: str, expected: tuple[str | None, ...]) -> None:
    assert RULES[name].function(text) == expected


def test_the_date_rule_takes_formats() -> None:
    rule = RULES["date"]
    assert rule.takes_formats
    assert rule.outputs == ("date", "accuracy")
    assert rule.function("03/2024", ("dd/MM/yyyy", "MM/yyyy")) == ("2024-03", "month")
    assert rule.function("31/02/1990", ("dd/MM/yyyy",)) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£1,234.50", "1234.5"),
        ("-£12.00", "-12"),
        ("(12.50)", "-12.5"),
        ("-0.123456789012345678901", "-0.123456789012345678901"),
        ("-6.8e-05", "-0.000068"),
        (" 1 234 ", "1234"),
        ("1,234,567", "1234567"),
        ("00012", "12"),
        (".5", "0.5"),
        ("-0.0", "0"),
        ("1,5", None),
        ("12,34", None),
        ("NaN", None),
        ("1e999", None),
        ("12.5.6", None),
        ("(12", None),
        ("-", None),
        (".", None),
        ("", None),
    ],
)
def test_number(text: str, expected: str | None) -> None:
    assert number(text) == expected


def test_code() -> None:
    assert code(" e8 2630 ") == "E82630"
    assert code("00123") == "00123"
    assert code(" ") is None
