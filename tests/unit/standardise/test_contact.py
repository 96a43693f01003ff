"""Telephone numbers and email addresses."""

from __future__ import annotations

import pytest

from vestry.standardise.contact import email, phone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01438 871398", "+441438871398"),
        ("020 84215224", "+442084215224"),
        ("(01438) 871398 x12", "+441438871398"),
        ("tel: 01438-871398", "+441438871398"),
        ("1438871398", "+441438871398"),
        ("447911123456", "+447911123456"),
        ("+44 (0)20 8421 5224", "+442084215224"),
        ("01438 871398 / 07911123456", "+441438871398"),
        ("home 12, 07911 123456", "+447911123456"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("01234567890", None),
        ("07777777777", None),
        ("00000000000", None),
        ("01438", None),
        ("999", None),
        ("07911 12345", None),
        ("ex-directory", None),
        ("", None),
        ("\x00", None),
    ],
)
def test_phone(text: str, expected: str | None) -> None:
    assert phone(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" A.B@Example.COM ", "a.b@example.com"),
        ("mailto:a@b.co.uk", "a@b.co.uk"),
        ("Jo <jo@x.org>", "jo@x.org"),
        ("a@b.co.uk; c@d.com", "a@b.co.uk"),
        ("a@b.co.uk.", "a@b.co.uk"),
        ("a..b@c.com, c@d.com", "c@d.com"),
        ("a@b", None),
        ("a b.com", None),
        ("none@none.com", None),
        ("noemail@council.gov.uk", None),
        ("", None),
        ("@", None),
    ],
)
def test_email(text: str, expected: str | None) -> None:
    assert email(text) == expected
