"""Identifiers: canonical forms, and what breaks each rule."""

from __future__ import annotations

import pytest

from vestry.model import identifiers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("943 476 5919", "9434765919"),
        ("943-476-5919", "9434765919"),
        ("9434765919", "9434765919"),
        ("4010232137", "4010232137"),
        ("9434765918", None),  # wrong check digit
        ("9434765991", None),  # last two exchanged
        ("1234567890", None),  # remainder 10: never issued
        ("1111111111", None),  # passes the check, but is a way past a form
        ("0000000000", None),
        ("943476591", None),
        ("94347659190", None),
        ("943476591X", None),
        ("٩٤٣٤٧٦٥٩١٩", None),
        ("", None),
    ],
)
def test_nhs_number(text: str, expected: str | None) -> None:
    assert identifiers.nhs_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aa 12 34 56 c", "AA123456C"),
        ("AA123456", "AA123456"),
        ("JG103759A", "JG103759A"),
        ("QQ123456C", None),  # HMRC's own example of what is never issued
        ("AO123456C", None),  # O second
        ("OA123456C", "OA123456C"),
        ("DA123456C", None),
        ("AV123456C", None),
        ("BG123456A", None),
        ("GB123456A", None),
        ("TN123456A", None),
        ("NC010190A", None),  # a pension scheme's stand-in
        ("AA123456E", None),
        ("AA12345C", None),
    ],
)
def test_nino(text: str, expected: str | None) -> None:
    assert identifiers.nino(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uln:4310589627", "ULN:4310589627"),
        (" Uln : 431 058-9627", "ULN:4310589627"),
        ("driving_licence:morga657054sm9ij", "DRIVING_LICENCE:MORGA657054SM9IJ"),
        ("Driving licence: MORGA 657054 SM9IJ", "DRIVING_LICENCE:MORGA657054SM9IJ"),
        ("case:12/945.6", "CASE:12/945.6"),
        ("4310589627", None),  # of what kind?
        (":4310589627", None),
        ("uln:", None),
        ("uln:9999999999", None),  # a way past a form
        ("uln:1234567890", None),
        ("uln:9876543210", None),
        ("uln:0000000001", None),
        ("prison:A1234BC", "PRISON:A1234BC"),
        ("case:1000", "CASE:1000"),
        ("uln:ABCDEF", None),
        ("uln:123", None),
        ("uln:12:34", None),
        ("uln:١٢٣٤", None),
        ("a b!:4310589627", None),
        ("uln:" + "12" * 40, None),
    ],
)
def test_other_number(text: str, expected: str | None) -> None:
    assert identifiers.other_number(text) == expected
    assert expected is None or identifiers.other_number(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B801200005001", "B801200005001"),
        ("b801 2000 0500 1", "B801200005001"),
        ("A801200005001", None),
        ("B801200005002", None),
        ("I801200005001", None),
        ("B80120000500", None),
        ("A80120000501A", "A80120000501A"),  # temporary: 8*2 + 1*4 + 2*5 + 5*10 + 1*12 + 0*13 = 92 = 4*23
        ("P80120000501B", "P80120000501B"),  # its B adds 1*13, and P is thirteenth without I and O
        ("B80120000501B", None),
        ("A80120000501S", None),
    ],
)
def test_upn(text: str, expected: str | None) -> None:
    assert identifiers.upn(text) == expected


@pytest.mark.parametrize(
    ("text", "uprn", "usrn"),
    [
        ("100080012345", "100080012345", None),
        ("000010008001", "10008001", "10008001"),
        ("1", "1", "1"),
        ("0", None, None),
        ("1000800123456", None, None),
        ("12A", None, None),
        ("-", None, None),
    ],
)
def test_property_and_street_references(text: str, uprn: str | None, usrn: str | None) -> None:
    assert identifiers.uprn(text) == uprn
    assert identifiers.usrn(text) == usrn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("445790", "00445790"),
        ("00445790", "00445790"),
        ("sc 1234", "SC001234"),
        ("SC001234", "SC001234"),
        ("OC345678", "OC345678"),
        ("IP12345R", "IP12345R"),
        ("R0000123", "R0000123"),
        ("XX123456", None),
        ("123456789", None),
        ("SC1234567", None),
        ("00000000", None),
        ("SC000000", None),
        ("", None),
    ],
)
def test_company_number(text: str, expected: str | None) -> None:
    assert identifiers.company_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("al11aa", "AL1 1AA"),
        ("SG13 8AB", "SG13 8AB"),
        ("W1A 1AA", "W1A 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("N1P 2AA", "N1P 2AA"),
        ("M1 1AE", "M1 1AE"),
        ("GIR 0AA", "GIR 0AA"),
        ("QL1 1AA", None),
        ("AI1 1AA", None),
        ("AL1 1AC", None),
        ("AL01 1AA", None),
        ("ZZ99 3VZ", None),
        ("AL1", None),
        ("HP1 1A", None),
    ],
)
def test_postcode_form(text: str, expected: str | None) -> None:
    assert identifiers.postcode(text) == expected
