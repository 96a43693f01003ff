"""What is typed into Find, and how those who were found are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from vestry.office.project import set_up

set_up()

from vestry.office.residents import searches  # noqa: E402
from vestry.office.residents.find_page import asked_words, criteria_of, listed_lines  # noqa: E402
from vestry.twin.answers import Criteria, Found, FoundPage  # noqa: E402


@pytest.mark.parametrize(
    ("day", "month", "year", "born"),
    [
        ("31", "5", "1984", "1984-05-31"),
        ("", "5", "1984", "1984-05"),
        ("", "", "1984", "1984"),
        ("", "", "", ""),
    ],
)
def test_a_date_of_birth_may_be_a_part_of_one(day: str, month: str, year: str, born: str) -> None:
    criteria, problems = criteria_of({"name": "x", "born-day": day, "born-month": month, "born-year": year})
    assert not problems and criteria is not None and criteria.born == born


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({}, "name"), ({"name": "  "}, "name"), ({"born-day": "31", "born-month": "2", "born-year": "1984"}, "born-day"),
        ({"born-day": "3", "born-year": "1984"}, "born-day"), ({"born-year": "84"}, "born-day"),
        ({"born-year": "19x4"}, "born-day"), ({"nhs_number": "12"}, "nhs_number"), ({"uprn": "ten"}, "uprn"),
        ({"address": "x" * 201}, "address"), ({"nhs_number": "٩٤٣٤٧٦٥٩١٩"}, "nhs_number"), ({"born-year": "٢٠٢٠"}, "born-day"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(given: dict[str, str], where: str) -> None:
    criteria, problems = criteria_of(given)
    assert criteria is None and list(problems) == [where]


def test_an_nhs_number_may_have_spaces() -> None:
    criteria, _ = criteria_of({"nhs_number": "943 476 5919"})
    assert criteria is not None and criteria.nhs_number == "9434765919"


def found(entity_id: str, **said: Any) -> Found:
    return Found(
        **{
            "entity_id": entity_id, "kind": "person", "name": "JANE SMITH", "born": "", "address": "", "postcode": "",
            "sources": 1, "records": 1, "current": True, **said,
        }
    )  # fmt: skip


def test_two_alike_are_told_apart_by_what_differs() -> None:
    lines = listed_lines(
        FoundPage(
            release_id="r", total=4,
            found=(
                found("P1", born="1984-05-31"), found("P2", born="1990-01-02"), found("P3", name="JOHN SMITH"),
                found("P4", name="A", postcode="AB1 2CD"), found("P5", name="A", postcode="AB1 2CD"),
            ),
        )
    )  # fmt: skip
    assert [line.apart for line in lines] == [
        "the only one born 31 May 1984", "the only one born 2 January 1990", "",
        "alike in all that you may see: they may be one, or two", "alike in all that you may see: they may be one, or two",
    ]  # fmt: skip
    assert lines[0].href == "/residents/P1/" and lines[0].name == "Jane Smith"


def test_a_search_is_kept_under_a_word_of_chance_and_the_oldest_forgotten() -> None:
    session: dict[str, Any] = {}
    words = [searches.keep(session, Criteria(name=f"n{at}")) for at in range(searches.KEPT + 2)]
    assert len(set(words)) == len(words) and searches.kept(session, words[0]) is None
    assert searches.kept(session, words[-1]) == Criteria(name=f"n{searches.KEPT + 1}")
    assert searches.kept({}, words[-1]) is None, "in another session it stands for nothing"
    assert asked_words(Criteria(name="x", born="1984-05")) == (("Name", "x"), ("Born", "May 1984"))
