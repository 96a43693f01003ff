"""A record as typed: the standard forms of the build, or a problem named by its field and never by what was typed."""

from __future__ import annotations

from datetime import date

import pytest

from vestry.errors import RecordUnreadable
from vestry.linkage.typed import fields_of_a_record, standard_record


def test_a_person_has_the_standard_forms_and_keys_of_the_build() -> None:
    record = standard_record(
        "person",
        {
            "family_name": "o’brien", "given_names": "Zoë  Bess", "birth_date": "31/05/1984", "sex": "F",
            "address_lines": ["Flat 2", "12 High St"], "postcode": "al11aa", "phone": ["01632 960001", "01632 960002"],
            "nhs_number": "943 476 5919",
        },
    )  # fmt: skip
    said = {
        "family_name": "O'BRIEN", "birth_date": "1984-05-31", "sex": "female", "postcode": "AL1 1AA",
        "phone": "+441632960001 +441632960002", "nhs_number": "9434765919", "known_as": "", "upn": "",
    }  # fmt: skip
    assert {name: record.value(name) for name in said} == said
    assert record.value("given_names").split() == ["ZOË", "BESS"]
    assert record.value("family_sound")
    assert record.value("given_key")
    assert record.value("address_key")
    assert record.value("building_number"), "a key that is made of another key"


@pytest.mark.parametrize(
    ("typed", "iso"),
    [("1984-05-31", "1984-05-31"), ("1/5/1984", "1984-05-01"), ("1984-05", "1984-05"),
     ("1984", "1984"), ("31 May 1984", "1984-05-31")],
)  # fmt: skip
def test_birth_dates_whole_and_in_part(typed: str, iso: str) -> None:
    assert standard_record("person", {"birth_date": typed}).value("birth_date") == iso


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("1849-12-31", "before 1850"), ("0984", "before 1850"), ("2026-11-30", "in the future"), ("2026-12", "in the future"),
        ("2027", "in the future"), ("1850", ""), ("2026-11-29", ""), ("2026-11", ""), ("2026", ""),
    ],
)  # fmt: skip
def test_birth_dates_of_nobody(typed: str, what: str) -> None:
    today = date(2026, 11, 29)
    if not what:
        assert standard_record("person", {"birth_date": typed}, today).value("birth_date") == typed
        return
    with pytest.raises(RecordUnreadable) as raised:
        standard_record("person", {"birth_date": typed}, today)
    (problem,) = raised.value.problems
    assert (problem.where, problem.what) == ("birth_date", f"birth_date is {what}.")
    assert typed not in raised.value.text()


@pytest.mark.parametrize(
    ("typed", "fix"),
    [("9990900753", "does not fit"), ("999 090 0753", "does not fit"), ("999090075", "give all ten digits")],
)
def test_an_nhs_number_of_ten_digits_is_not_told_to_have_ten(typed: str, fix: str) -> None:
    with pytest.raises(RecordUnreadable) as raised:
        standard_record("person", {"nhs_number": typed})
    (problem,) = raised.value.problems
    assert fix in problem.fix and "0753" not in raised.value.text()


@pytest.mark.parametrize("field", ["company_number", "organisation_name"])
def test_a_field_of_another_kind_is_told_with_the_kind(field: str) -> None:
    with pytest.raises(RecordUnreadable) as raised:
        standard_record("person", {field: "123"})
    assert raised.value.problems[0].fix == "a record of kind organisation has: --kind organisation"


def test_a_whole_name_is_taken_apart_and_parts_stand_above_it() -> None:
    record = standard_record("person", {"full_name": "SMITH, John", "family_name": "Smythe"})
    assert (record.value("family_name"), record.value("given_names")) == ("SMYTHE", "JOHN")


def test_every_problem_is_named_and_nothing_typed_is_repeated() -> None:
    typed = {
        "birth_date": "31/02/1984", "nhs_number": "ZZMARK1", "nino": "ZZMARK2", "postcode": "ZZMARK3", "phone": "ZZMARK4",
        "email": "ZZMARK5", "uprn": "ZZMARK6", "sex": "ZZMARK7", "x": "ZZMARK8", "family_name": "ZZMARK9",
    }  # fmt: skip
    with pytest.raises(RecordUnreadable) as raised:
        standard_record("person", typed)
    assert {p.where for p in raised.value.problems} == {
        "", "birth_date", "nhs_number", "nino", "postcode", "phone", "email", "uprn", "sex",
    }  # fmt: skip
    assert all(p.fix for p in raised.value.problems)
    assert "ZZMARK" not in raised.value.text()
    assert "1984" not in raised.value.text().replace("1990", "")


@pytest.mark.parametrize("typed", [{}, {"family_name": " "}, {"family_name": "N/A"}, {"phone": []}])
def test_a_record_that_says_nothing_is_refused(typed: dict[str, str]) -> None:
    with pytest.raises(RecordUnreadable, match="cannot be matched"):
        standard_record("person", typed)


def test_kinds_have_their_own_fields() -> None:
    assert "nhs_number" not in fields_of_a_record("organisation")
    assert {"organisation_name", "company_number"} <= set(fields_of_a_record("organisation"))
    with pytest.raises(RecordUnreadable):
        fields_of_a_record("property")


@pytest.mark.parametrize(
    ("typed", "standard"),
    [("F", "female"), (" Male ", "male"), ("2", "female"), ("0", ""), ("not known", ""), ("9", "")],
)
def test_codes_of_sex(typed: str, standard: str) -> None:
    assert standard_record("person", {"family_name": "Smith", "sex": typed}).value("sex") == standard


@pytest.mark.parametrize("field", ["sex", "phone", "email"])
def test_what_is_no_value_of_its_field_is_not_passed_over(field: str) -> None:
    """Also beside one that is, and beside a name that says enough to go by."""
    good = {"sex": [], "phone": ["01632 960001"], "email": ["a@example.org"]}[field]
    with pytest.raises(RecordUnreadable) as raised:
        standard_record("person", {"family_name": "Smith", field: [*good, "maybe"]})
    (problem,) = raised.value.problems
    assert (problem.where, problem.what) == (field, f"{field} cannot be read.")
    assert "or none" in problem.fix


def test_a_field_that_does_not_exist_is_named_and_the_nearest() -> None:
    typed = {"Family name": "Smith", "shoe-size": "9", "\x1b[2J": "x", "given_names": "Jo"}
    with pytest.raises(RecordUnreadable) as raised:
        standard_record("person", typed)
    family, shoe, odd = raised.value.problems
    assert family.what == "A record of kind person has no such field: Family name."
    assert family.fix.startswith("did you mean family_name")
    assert "shoe-size" in shoe.what and shoe.fix.startswith("choose from: full_name, ")
    assert "\x1b" not in raised.value.text() and odd.what.endswith("one whose name is none.")


@pytest.mark.parametrize("value", [5, 1983.5, None, ["A", 5], {"a": "b"}, b"Ash"])
def test_what_is_no_text_is_refused_by_its_name(value: object) -> None:
    with pytest.raises(RecordUnreadable) as refused:
        standard_record("person", {"family_name": value, "postcode": "AL1 1AA"})  # type: ignore[dict-item]
    assert [p.where for p in refused.value.problems] == ["family_name"]
