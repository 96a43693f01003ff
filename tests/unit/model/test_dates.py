"""Dates: what each format accepts, the accuracy it keeps, and what is refused."""

from __future__ import annotations

import pytest

from vestry.model.dates import ParsedDate, looks_default, parse_date, unknown_letters


@pytest.mark.parametrize(
    ("text", "formats", "iso", "accuracy"),
    [
        ("2024-03-05", (), "2024-03-05", "day"),
        (" 05/03/2024 ", (), "2024-03-05", "day"),
        ("20240305", (), "2024-03-05", "day"),
        ("2024-03-05T10:11:12", (), "2024-03-05", "day"),
        ("2024-03-05T23:59:59.123Z", (), "2024-03-05", "day"),
        ("2024-03-05T10:11:12+01:00", (), "2024-03-05", "day"),
        ("2024-03-05 00:00:00", (), "2024-03-05", "day"),
        ("29/02/2000", (), "2000-02-29", "day"),
        ("00/03/1985", (), "1985-03", "month"),
        ("00/00/1985", (), "1985", "year"),
        ("1985-00-00", (), "1985", "year"),
        ("5/3/2024", ("d/M/yyyy",), "2024-03-05", "day"),
        ("05-MAR-2024", ("dd-MMM-yyyy",), "2024-03-05", "day"),
        ("12 sept 2020", ("d MMM yyyy",), "2020-09-12", "day"),
        ("5 March 2024", ("d MMMM yyyy",), "2024-03-05", "day"),
        ("Tuesday 5 March 2024", ("EEEE d MMMM yyyy",), "2024-03-05", "day"),
        ("03/2024", ("dd/MM/yyyy", "MM/yyyy"), "2024-03", "month"),
        ("1985", ("yyyy-MM-dd", "yyyy-MM", "yyyy"), "1985", "year"),
        ("01/02/29", ("dd/MM/yy",), "2029-02-01", "day"),
        ("01/02/30", ("dd/MM/yy",), "1930-02-01", "day"),
        ("2024-03-05T10:11:12", ("yyyy-MM-dd'T'HH:mm:ss",), "2024-03-05", "day"),
        ("2024-03-05T10:11:12", ("yyyy-MM-ddTHH:mm:ss",), "2024-03-05", "day"),
        ("05.03.2024 um 9 o'clock", ("dd.MM.yyyy 'um' H 'o''clock'",), "2024-03-05", "day"),
        ("03/04/2024", ("MM/dd/yyyy", "dd/MM/yyyy"), "2024-03-04", "day"),
        ("13/04/2024", ("MM/dd/yyyy", "dd/MM/yyyy"), "2024-04-13", "day"),
    ],
)
def test_a_date_is_read_with_the_accuracy_it_was_given(
    text: str, formats: tuple[str, ...], iso: str, accuracy: str
) -> None:
    assert parse_date(text, formats) == ParsedDate(iso=iso, accuracy=accuracy)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("31/02/1990", ()),
        ("29/02/1900", ()),
        ("31/04/2024", ()),
        ("2024-13-01", ()),
        ("15/00/1985", ()),
        ("00/00/0000", ()),
        ("2024-03-05T25:00:00", ()),
        ("5/3/2024", ()),
        ("5/3/2024", ("dd/MM/yyyy",)),
        ("2024-03-05", ("dd/MM/yyyy",)),
        ("05/03/2024 or so", ()),
        ("٢٠٢٤-٠٣-٠٥", ()),
        ("", ()),
        ("  ", ()),
        ("NK", ()),
        ("05/03/2024", ("DD/MM/YYYY",)),
        ("05/03", ("dd/MM",)),
        ("05 2024", ("dd yyyy",)),
    ],
)
def test_what_is_no_date_is_none(text: str, formats: tuple[str, ...]) -> None:
    assert parse_date(text, formats) is None


@pytest.mark.parametrize(
    ("date_format", "unknown"),
    [
        ("yyyy-MM-dd'T'HH:mm:ss.SSSX", []),
        ("dd 'of' MMMM uuuu", []),
        ("DD/MM/YYYY", ["DD", "YYYY"]),
        ("dd/mm/yyyy", ["mm"]),
        ("ddd MMMMM yyy", ["ddd", "MMMMM", "yyy"]),
        ("dd/MM/yyyy Q Q", ["Q"]),
    ],
)
def test_letters_that_are_not_understood_are_named(date_format: str, unknown: list[str]) -> None:
    assert unknown_letters(date_format) == unknown


@pytest.mark.parametrize(
    ("iso", "default"),
    [
        ("1900-01-01", True),
        ("1901-01-01", True),
        ("9999-12-31", True),
        ("2099-12-31", True),
        ("1970-01-01", False),
        ("1985-06-17", False),
    ],
)
def test_a_system_default_is_told_from_a_date(iso: str, default: bool) -> None:
    assert looks_default(iso) is default
