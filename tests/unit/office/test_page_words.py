"""How pages say things."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from vestry.office.project import set_up

set_up()

from vestry.office.pages.words import day, field_name, in_letters, instant, listed, number, share, value_said  # noqa: E402
from vestry.office.reviewing.marking import marked  # noqa: E402


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-04-03", "3 April 2026"), ("2026-04", "April 2026"), ("2026", "2026"), ("", ""), (None, ""),
        ("age 40 to 49", "age 40 to 49"), ("2026-13-01", "2026-13-01"), (date(2026, 4, 3), "3 April 2026"),
        ("2026-03-31T23:30:00+00:00", "31 March 2026"), (datetime(2026, 3, 31, 23, 30, tzinfo=UTC), "1 April 2026"),
    ],
)  # fmt: skip
def test_days(value: object, said: str) -> None:
    assert day(value) == said  # type: ignore[arg-type]


def test_instants_are_by_the_clock_in_london() -> None:
    assert instant("2026-04-03T15:05:00+00:00") == "3 April 2026 at 4:05pm"
    assert instant(datetime(2026, 1, 3, 15, 5, tzinfo=UTC)) == "3 January 2026 at 3:05pm"


def test_numbers() -> None:
    assert number(1234567) == "1,234,567"
    assert (share(0.975), share(1.0), share(0.9999), share(0.5)) == ("97.5%", "100%", "99.9%", "50%")
    assert (share(88 / 99), share(0.29), share(0.0)) == ("88.9%", "29%", "0%")


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("ANNE-MARIE O'NEILL", "Anne-Marie O'Neill"), ("IAN MCDONALD", "Ian McDonald"), ("12A MILL ROAD", "12A Mill Road"),
        ("ST JOHN'S COURT", "St John's Court"), ("1 HIGH STREET, AB1 2CD", "1 High Street, AB1 2CD"),
        ("Already Written", "Already Written"), ("ZOË", "Zoë"),
    ],
)  # fmt: skip
def test_what_is_held_in_capitals_is_written_as_people_do(held: str, said: str) -> None:
    assert in_letters(held) == said


def test_values() -> None:
    assert value_said("nhs_number", "9434765919") == "943 476 5919"
    assert value_said("birth_date", "1984-05-31") == "31 May 1984"
    assert value_said("address_lines", "1 HIGH STREET\nMIDTOWN") == "1 High Street, Midtown"
    assert value_said("upn", "A999") == "A999"
    assert value_said("other_number", "ULN:4310589627") == "Unique learner number 4310589627"
    said = "Unique learner number 4310589627, CASE 12/345"
    assert value_said("other_number", "ULN:4310589627 CASE:12/345") == said, "of several kinds"
    assert value_said("other_number", "CASE:12/345") == "CASE 12/345", "of a kind that only the place knows"


def test_fields_and_lists() -> None:
    assert (field_name("nhs_number"), field_name("dealing.status"), field_name("given_names")) == (
        "NHS number", "Status", "Given names",
    )  # fmt: skip
    assert (listed([]), listed(["a"]), listed(["a", "b"]), listed("abc")) == (
        "",
        "a",
        "a and b",
        "a, b and c",
    )


def test_what_differs_is_marked() -> None:
    left, right = marked("21 Beech Court, Ruddcombe", "21 Beech Ct, Ruddcombe")
    assert left == (("21 Beech ", False), ("Court", True), (", Ruddcombe", False))
    assert right == (("21 Beech ", False), ("Ct", True), (", Ruddcombe", False))
    assert marked("Smith", "Smyth")[0] == (("Sm", False), ("i", True), ("th", False))
    assert marked("Ann", "Xerxes") == ((("Ann", True),), (("Xerxes", True),))
    assert marked("Ann", "") == ((("Ann", False),), (("", False),)), "of nothing nothing differs"
