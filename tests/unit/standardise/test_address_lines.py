"""Address text: what is dropped, what is written out, and which spellings are one address."""

from __future__ import annotations

import pytest

from vestry.standardise.address_lines import address_key, address_lines, building_number, is_no_fixed_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("44a St andrews Street, Hertford, Hertfordshire", "44A ST ANDREWS STREET, HERTFORD"),
        (
            "Unit 3, 1 Avenue One,  , Letchworth Garden City, Herts",
            "UNIT 3, 1 AVENUE ONE, LETCHWORTH GARDEN CITY",
        ),
        ("27 MANOR WAY, BOREHAMWOOD, HERTFORDSHIRE, HERTFORDSHIRE", "27 MANOR WAY, BOREHAMWOOD"),
        ("Broxbourne, BROXBOURNE", "BROXBOURNE"),
        ("1, HIGH ST, WARE, HERTS SG12 9AL", "1 HIGH ST, WARE"),
        ("10 Downing St\nLondon\r\nSW1A 2AA, UK", "10 DOWNING ST, LONDON"),
        ("ROYSTON HERTS", "ROYSTON"),
        ("5 Hertfordshire Road, Ware", "5 HERTFORDSHIRE ROAD, WARE"),
        ("University of Hertfordshire", "UNIVERSITY OF HERTFORDSHIRE"),
        ("Kent", "KENT"),
        ("ST.PETERS STREET,ST.ALBANS", "ST PETERS STREET, ST ALBANS"),
        (", , ,", None),
        ("AL1 1AA", None),
        ("Unknown", None),
        ("", None),
    ],
)
def test_address_lines(text: str, expected: str | None) -> None:
    assert address_lines(text) == expected


@pytest.mark.parametrize(
    "same",
    [
        ("12 A High St Hitchin", "12A High Street, Hitchin, Herts", "12a, HIGH STREET, HITCHIN SG5 1AT"),
        ("Flat No. 3 St Mary's Ct, Ware", "FLAT 3, ST MARYS COURT, WARE", "Apt 3 Saint Mary's Court, Ware"),
        ("109 - 111 High Street, Watford", "109-111 HIGH ST, WATFORD", "109/111 High Street Watford"),
        ("52A ST.ANDREW STREET,HERTFORD", "52a St Andrew St, Hertford, Hertfordshire"),
        ("Unit 14a, Silk Mill Ind. Est.", "UNIT 14A SILK MILL INDUSTRIAL ESTATE"),
        ("1st Flr, 4 London Rd, Ware", "First Floor 4 London Road, Ware"),
        ("2 Élan Cl, Ware", "2 Elan Close, Ware"),
    ],
)
def test_spellings_of_one_address_have_one_key(same: tuple[str, ...]) -> None:
    assert len({address_key(text) for text in same}) == 1
    assert address_key(same[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 High Street, Ware", "11 High Street, Ware"),
        ("Flat 1, 2 High Street", "Flat 2, 1 High Street"),
        ("1 High Street, Ware", "1 High Road, Ware"),
        ("12A High Street", "12 High Street"),
    ],
)
def test_different_addresses_keep_apart(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


def test_a_saint_is_not_a_street() -> None:
    assert address_key("4 St Albans Rd") == "4 ST ALBANS ROAD"
    assert address_key("4 Church St, St Albans") == "4 CHURCH STREET ST ALBANS"
    assert address_key("4 Dr Johnson Dr") == "4 DR JOHNSON DRIVE"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 High Street", "12"),
        ("44a St Andrews Street", "44A"),
        ("Flat 3, 12 High Street", "12"),
        ("FLAT A 12 HIGH ST", "12"),
        ("Unit 5, 40 Coldharbour Lane", "40"),
        ("First Floor, 4 High St", "4"),
        ("109 - 111 High Street", "109-111"),
        ("Flat 3 Rose Court", None),
        ("The Green Man, Leverstock Green Road", None),
        ("", None),
    ],
)
def test_building_number(text: str, expected: str | None) -> None:
    assert building_number(address_key(text) or "") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NFA", True),
        ("N.F.A.", True),
        ("nfa, Stevenage", True),
        ("No Fixed Abode", True),
        ("Of no fixed address", True),
        ("Homeless", True),
        ("c/o hostel, sofa surfing", True),
        ("ZZ99 3VZ", True),
        ("NFA Farm, Ware", False),
        ("Homeless Shelter, 4 High Street", False),
        ("12 High Street", False),
        ("", False),
    ],
)
def test_no_fixed_address(text: str, expected: bool) -> None:
    assert is_no_fixed_address(text) is expected
    if expected:
        assert address_key(text) is None
