"""A key for names that sound alike, for blocking: a first sieve, never evidence by itself.

Made for the names met in English registers rather than for English names: transliterations from Arabic, Urdu,
Bengali and Punjabi differ in vowels, in H after a consonant and in doubled letters; Polish and other
Slavonic ones are written with SZ, CZ, W and J, or with what an English ear made of those.
"""

from __future__ import annotations

import re
from typing import Final

from vestry.standardise.text import without_marks

LENGTH: Final = 6
"""Codes kept of a name; later ones are where spellings wander."""

_BEGINNINGS: Final = (
    (re.compile(r"^(?:MAC(?=[CGKQ])|MC(?=[CGKQ])|MACK(?=[A-Z]{3})|MC|MAC(?=[B-DF-HJ-NP-TV-Z]))"), "MAK"),
    (re.compile(r"^[KGP]N"), "N"),
    (re.compile(r"^WR"), "R"),
    (re.compile(r"^PS"), "S"),
    (re.compile(r"^WH"), "W"),
    (re.compile(r"^X"), "S"),
)
_BEGUN: Final = frozenset("MKGPWX")
"""First letters of those beginnings."""
_SOUNDS: Final = (
    (r"S[CZ]H|SZCZ|SH|SZ|TI(?=ON)", "X"),
    (r"TCH|CZ|CH", "C"),
    (r"DZ|DGE?|J", "J"),
    (r"G(?=[EY])", "J"),
    (r"RZ", "R"),
    (r"(?<=TE)PH(?=[AE]N)", "V"),
    (r"PH", "F"),
    (r"(?<=M)P(?=S)", ""),
    (r"CK|KH|CQ|Q", "K"),
    (r"(?<=[AEIOU])GHT", "T"),
    (r"(?<=[AEIOU])GH(?![AEIOU])", ""),
    (r"GH", "G"),
    (r"C(?=[EIY])", "S"),
    (r"C", "K"),
    (r"X", "KS"),
    (r"Z", "S"),
    (r"W(?=SK)", "V"),
    (r"(?<=[AEO])W(?![AEIOUY])", ""),
    (r"W", "V"),
    (r"[BDFGKLMNPRSTV]", "="),
)
_SOUND: Final = re.compile("|".join(f"({pattern})" for pattern, _ in _SOUNDS))
_CODES: Final = tuple(code for _, code in _SOUNDS)
_DOUBLED: Final = re.compile(r"([A-Z])\1+")
_NOT_A_LETTER: Final = re.compile(r"[^A-Z]+")


def sound(text: str) -> str | None:
    """Up to six codes: MOHAMMED and MUHAMMAD both MMD, CHOUDHURY and CHOWDHRY CDR, NOWAK and NOVAK NVK.

    Vowels are dropped except that an initial one is A, and H is dropped everywhere except at the beginning.
    None when there is no letter of the Latin alphabet.
    """
    letters = _DOUBLED.sub(r"\1", _NOT_A_LETTER.sub("", without_marks(text)))
    if letters[:1] in _BEGUN:
        for pattern, plain in _BEGINNINGS:
            letters = pattern.sub(plain, letters)
    if not letters:
        return None
    codes = letters[0] if letters[0] in "HY" else "A" if letters[0] in "AEIOU" else ""
    before = 0
    for found in _SOUND.finditer(letters):
        code = _CODES[(found.lastindex or 1) - 1]
        code = found[0] if code == "=" else code
        # A repeat counts only when a vowel stood between: MAHMOOD is MMD, but SCHMIDT has one T sound.
        if code and not (codes.endswith(code) and found.start() == before and before):
            codes += code
        before = found.end()
    return codes[:LENGTH]
