"""Postcodes: what is put right, and what is left as not a postcode."""

from __future__ import annotations

import pytest

from vestry.standardise.postcodes import AREAS, outward, postcode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("al1 1aa", "AL1 1AA"),
        ("HP27QH", "HP2 7QH"),
        ("SG1  2DT.", "SG1 2DT"),
        ("\uff21\uff2c1 1AA", None),  # full-width letters are not typed by anyone who knows a postcode
        ("ALI 1AA", "AL1 1AA"),
        ("WDl 1AA", "WD1 1AA"),
        ("AL1 IAA", "AL1 1AA"),
        ("AL1 OAA", "AL1 0AA"),
        ("0X1 1AA", "OX1 1AA"),
        ("1P1 1AA", "IP1 1AA"),
        ("S01 1AA", "SO1 1AA"),
        ("0A1 1AA", None),  # there is no area OA
        ("SGI3 8AB", "SG13 8AB"),
        ("W1O 1AA", "W10 1AA"),
        ("AL01 1AA", "AL1 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("gir 0aa", "GIR 0AA"),
        ("HP1 1A", None),
        ("AL1", None),
        ("ZZ99 3VZ", None),
        ("not known", None),
        ("", None),
    ],
)
def test_postcode(text: str, expected: str | None) -> None:
    assert postcode(text) == expected


def test_outward() -> None:
    assert outward("sg138ab") == "SG13"
    assert outward("SG13") is None


def test_areas() -> None:
    assert {"AL", "SG", "WD", "W", "GY"} <= AREAS
    assert len(AREAS) == 124 + 2
