"""Identifiers of people, places and companies: their canonical form, or None where the rule is broken.

Each function takes text as a source sent it (spaces, hyphens and lower case allowed), never raises and never
repeats the text anywhere. Passing a check shows that a number was not mistyped, not whose it is.
"""

from __future__ import annotations

import re
from operator import mul
from typing import Final

_GAPS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212\x00]+")

KIND_ENDS: Final = ":"
"""Between the kind of a number and the number, where a field says of what kind it is (`other_number`)."""
NUMBER_KIND: Final = re.compile(r"[A-Za-z0-9_]{1,40}")
"""What may be the name of a kind; capitals do not count."""


def _compact(text: str) -> str:
    return _GAPS.sub("", text).upper()


def nhs_number(text: str) -> str | None:
    """Ten digits, such as 9434765919; None when the check digit is wrong or all ten digits are one.

    NHS Data Dictionary, attribute NHS NUMBER: weights 10 to 2 over the first nine digits; eleven less the sum
    modulo 11 is the tenth digit; 11 counts as 0, and 10 means that the number was never issued. Ten like
    digits pass that check but are what people type to get past a form.
    """
    number = _compact(text)
    if not _NHS.fullmatch(number) or number == number[0] * 10:
        return None
    total = sum(map(mul, range(10, 1, -1), map(int, number)))
    return number if (11 - total % 11) % 11 == int(number[9]) else None


_NHS: Final = re.compile(r"[0-9]{10}")

_NINO: Final = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ|CR|MW|NC)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]?"
)


def nino(text: str) -> str | None:
    """Two letters, six digits, and the suffix A to D where it was sent: AA123456A, or AA123456.

    HMRC National Insurance Manual NIM39110: D, F, I, Q, U and V are in neither place of the prefix, O not in
    the second; BG, GB, KN, NK, NT, TN and ZZ are never used; CR, MW and NC are administrative references that
    only look like one. The first eight characters alone identify a person, so compare those.
    """
    number = _compact(text)
    return number if _NINO.fullmatch(number) else None


_UPN: Final = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"


def upn(text: str) -> str | None:
    """A letter and twelve digits, the last a letter in a temporary number: B801200005001.

    DfE, Unique pupil numbers: a guide (annex on the check letter): weights 2 to 13 over characters 2 to 13, a
    final letter counting as its place in the alphabet without I, O and S; the sum modulo 23 is the place of
    the check letter in the same alphabet.
    """
    number = _compact(text)
    if not _UPN.fullmatch(number):
        return None
    last = number[12]
    values = [
        *(int(digit) for digit in number[1:12]),
        int(last) if last.isdigit() else _UPN_LETTERS.index(last),
    ]
    total = sum(weight * value for weight, value in enumerate(values, 2))
    return number if _UPN_LETTERS[total % 23] == number[0] else None


def other_number(text: str) -> str | None:
    """A number of a person with its kind before a colon, in capitals and without gaps: `uln: 431 0589627` as ULN:4310589627.
    A kind of two words becomes one, DRIVING_LICENCE.

    No list says what kinds there are, so no form is asked of the number but that it is one: four letters and digits or more,
    two different digits among them, and six digits or more neither in a row (1234567890) nor noughts but for one: what people
    type to get past a form. None where it is not, or no kind is said: numbers of two kinds must never be compared.
    """
    said, _, rest = text.partition(KIND_ENDS)
    kind, number = _GAPS.sub("_", said.strip()).upper(), _compact(rest)
    digits = "".join(c for c in number if c.isdigit())
    in_a_row = digits in _IN_A_ROW or digits in _IN_A_ROW[::-1] or len(digits.strip("0")) < 2
    stands_in = len(set(digits)) < 2 or (in_a_row and len(digits) >= 6)
    if not NUMBER_KIND.fullmatch(kind) or not _OTHER.fullmatch(number) or stands_in:
        return None
    return f"{kind}{KIND_ENDS}{number}"


_IN_A_ROW: Final = "01234567890123456789"
_OTHER: Final = re.compile(r"[A-Z0-9/.]{4,40}")


def uprn(text: str) -> str | None:
    """One to twelve digits without leading zeros (OS AddressBase; BS 7666-2:2006); zero is None."""
    return _whole(text, 12)


def usrn(text: str) -> str | None:
    """One to eight digits without leading zeros (GeoPlace street data; BS 7666-1:2006); zero is None."""
    return _whole(text, 8)


def _whole(text: str, longest: int) -> str | None:
    number = _compact(text)
    if not number or not number.isascii() or not number.isdigit():
        return None
    number = number.lstrip("0")
    return number if 1 <= len(number) <= longest else None


_COMPANY_PREFIXES: Final = frozenset(
    {
        *(
            "AC",
            "CE",
            "CS",
            "ES",
            "FC",
            "FE",
            "GE",
            "GN",
            "GS",
            "IC",
            "IP",
            "LP",
            "NA",
            "NC",
            "NF",
            "NI",
            "NL",
        ),
        *(
            "NO",
            "NP",
            "NV",
            "NZ",
            "OC",
            "OE",
            "PC",
            "R0",
            "RC",
            "RS",
            "SA",
            "SC",
            "SE",
            "SF",
            "SG",
            "SI",
            "SL",
        ),
        *("SO", "SP", "SR", "SZ", "ZC", "EN"),
    }
)
_COMPANY: Final = re.compile(r"([A-Z][A-Z0])([0-9]{1,6})([A-Z]{0,3})")


def company_number(text: str) -> str | None:
    """Eight characters: eight digits, or a two-letter prefix and six more; short ones filled with zeros.

    Companies House, Uniform Resource Identifiers customer guide, table of prefixes. Registered societies may
    end in letters (IP12345R), and a number all of zeros is None.
    """
    number = _compact(text)
    if number.isascii() and number.isdigit():
        return number.zfill(8) if len(number) <= 8 and number.strip("0") else None
    found = _COMPANY.fullmatch(number)
    if not found or found[1] not in _COMPANY_PREFIXES or len(number) > 8 or not found[2].strip("0"):
        return None
    return found[1] + found[2].zfill(6 - len(found[3])) + found[3]


_POSTCODE: Final = re.compile(
    r"(?P<out>[A-PR-UWYZ](?:[0-9]|[1-9][0-9]|[0-9][A-HJKMNPR-Y]|[A-HK-Y](?:[0-9]|[1-9][0-9]|[0-9][ABEHMNPRV-Y])))"
    r"(?P<inward>[0-9][ABD-HJLNP-UW-Z]{2})"
)


def postcode(text: str) -> str | None:
    """A whole postcode by its form, with one space: AL1 1AA. Whether it was ever issued is another question.

    BS 7666 PostCodeType and GOV.UK "Bulk data transfer: additional validation for CAS upload": Q, V and X do
    not begin one, I, J and Z are not second, C, I, K, M, O and V are not in the last two places. The third
    place of A9A is wider here (M, N, P, R, V, X, Y) because London's W1 used them and old records keep them.
    """
    letters = _compact(text)
    if letters == "GIR0AA":
        return "GIR 0AA"
    found = _POSTCODE.fullmatch(letters)
    return f"{found['out']} {found['inward']}" if found else None
