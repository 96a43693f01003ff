"""Identifiers of fictional people, from ranges that are not in use, none given twice."""

from __future__ import annotations

from random import Random
from typing import Final

NHS_WEIGHTS: Final = (10, 9, 8, 7, 6, 5, 4, 3, 2)
"""NHS Data Dictionary: nine digits, each times its weight; 11 less the remainder by 11 is the tenth."""

UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""DfE, unique pupil numbers: the sum of digit times place (2 to 13), modulo 23, is this letter."""

PHONES: Final = 100_000
"""Telephones of one district, all of 01632, which Ofcom keeps for drama: they ring nowhere."""

MOVERS: Final = 900_000
"""From this number up, of a million, those of a district are for people who move between districts."""


def check_digit(nine: str) -> str:
    """The tenth digit of an NHS number; blank when the nine digits may not be used (it would be ten)."""
    rest = 11 - sum(int(d) * w for d, w in zip(nine, NHS_WEIGHTS, strict=True)) % 11
    return "" if rest == 10 else "0" if rest == 11 else str(rest)


class Numbers:
    """Gives out identifiers of one district: NHS numbers, NINOs, UPNs, telephones, company numbers.

    NHS numbers begin 999 (kept for testing) in the first district, then 998, 997, ..., which are not issued;
    NINOs begin Z; telephones begin 01632 and repeat after 100,000 in a district, as numbers do that are given out again.
    """

    def __init__(self, district: int, rng: Random, *, movers: bool = False) -> None:
        self._district = district
        self._low, self._size = (MOVERS, 1_000_000 - MOVERS) if movers else (0, MOVERS)
        self._next = dict.fromkeys(("nhs", "nino", "upn", "phone", "company"), rng.randrange(1_000_000))

    def _step(self, name: str, stride: int) -> int:
        self._next[name] += stride
        return self._low + self._next[name] % self._size

    def nhs_number(self) -> str:
        """The next valid NHS number."""
        while True:
            nine = f"{1000 - self._district}{self._step('nhs', 7919):06}"
            if check := check_digit(nine):
                return nine + check

    def nino(self) -> str:
        """The next National Insurance number: 400,000 to a district."""
        number = self._step("nino", 100_003)
        return f"Z{'XYWTSRPNME'[self._district - 1]}{number:06}{'ABCD'[number % 4]}"

    def upn(self) -> str:
        """The next unique pupil number: check letter, local authority 999 (none), district and serial."""
        digits = f"999{self._district:02}{self._step('upn', 3_001):07}"
        return UPN_LETTERS[sum(int(d) * w for d, w in zip(digits, range(2, 14), strict=True)) % 23] + digits

    def phone(self) -> str:
        """The next telephone number, as it is printed."""
        number = (self._district - 1) * PHONES + self._step("phone", 4_999) % PHONES
        return f"01632 {number:06}"

    def company_number(self) -> str:
        """The next Companies House number, eight digits from a range that is not reached."""
        return f"99{(self._district * 100_000 + self._step('company', 7919)) % 1_000_000:06}"


def another_valid(number: str, rng: Random) -> str:
    """An NHS number with two of its digits wrong whose check digit is right all the same."""
    while True:
        digits = list(number[:9])
        for at in rng.sample(range(3, 9), 2):
            digits[at] = str((int(digits[at]) + rng.randint(1, 9)) % 10)
        nine = "".join(digits)
        if check := check_digit(nine):
            return nine + check
