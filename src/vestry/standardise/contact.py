"""Telephone numbers as E.164 and email addresses in lower case; what cannot be one is None."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from vestry.standardise.text import tidied

REGION: Final = "GB"
_SEVERAL: Final = re.compile(r"\s*(?:[/;,|]|\bOR\b|\bAND\b|&)\s*", re.IGNORECASE)
_DIGITS: Final = re.compile(r"[^0-9]+")
_PLACEHOLDER_PHONE: Final = re.compile(r"0?1234567890?|0?7123456789|(?:44|0)?7?([0-9])\1{8,}")
_FICTIONAL: Final = re.compile(r"(?:44|0)(1632[0-9]{6})")
_PLACEHOLDER_EMAIL: Final = re.compile(
    r"(?:none|na|n\.a|nil|noemail|no\.email|no-email|noreply|no-reply|test|unknown|notgiven|x+)@.*"
)
LONGEST: Final = 320
"""Letters of the longest email address there can be (RFC 3696 erratum 1690: 64 + 1 + 255)."""


def phone(text: str) -> str | None:
    """The first valid number in `text` as E.164 (+441438871398), numbers without a country being British.

    Valid as `phonenumbers` (Google's numbering plans) has it, extension dropped. Runs that people type to get
    past a form (01234 567890, 07777 777777) are None. Numbers of 01632 count: Ofcom keeps that code for drama, no
    telephone has it, and fictional places have theirs from it.
    """
    text = tidied(text)
    if len(text) > LONGEST:
        return None
    for piece in _pieces(text):
        digits = _DIGITS.sub("", piece)
        if len(digits) < 9 or _PLACEHOLDER_PHONE.fullmatch(digits):
            continue
        if fictional := _FICTIONAL.fullmatch(digits):
            return f"+44{fictional[1]}"
        try:
            number = phonenumbers.parse(piece, REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def _pieces(text: str) -> Iterator[str]:
    """The text itself, and then each of several numbers in it."""
    yield text
    yield from _SEVERAL.split(text)


def email(text: str) -> str | None:
    """The first valid address in `text`, in lower case; None when there is none.

    Syntax by `email_validator` (RFC 5322 and 6531 as the web uses them); the domain is not looked up.
    Lower case though the part before the @ may by right be case-sensitive: in registers it never is.
    """
    for piece in re.split(r"[\s;,<>]+", tidied(text)[: 4 * LONGEST]):
        candidate = piece.lower().removeprefix("mailto:").rstrip(".")
        if "@" not in candidate or len(candidate) > LONGEST or _PLACEHOLDER_EMAIL.fullmatch(candidate):
            continue
        local, _, domain = candidate.rpartition("@")
        plain = len(candidate) <= SHORT and _PLAIN_LOCAL.fullmatch(local)
        if plain and (known := _domain(domain)):
            return f"{local}@{known}"
        if found := _valid(candidate):
            return found
    return None


def _valid(candidate: str) -> str | None:
    try:
        return validate_email(candidate, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


_PLAIN_LOCAL: Final = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*")
SHORT: Final = 60
"""Letters of an address that no limit of length is near (64 before the @)."""


@lru_cache(maxsize=1 << 14)
def _domain(domain: str) -> str | None:
    """A domain as `email_validator` writes it, None for one that it does not take. People in their thousands share a few."""
    found = _valid(f"a@{domain}")
    return found.removeprefix("a@") if found else None
