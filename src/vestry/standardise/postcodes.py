"""Postcodes in one form, with the zero and the letter O, and the one and the letters I and L, put right."""

# ruff: noqa: SIM905 - lists of facts read better as words than as quoted strings.
from __future__ import annotations

import re
from typing import Final

from vestry.model import identifiers
from vestry.standardise.text import upper

_NOT_CODE: Final = re.compile(r"[^A-Z0-9]+")
_TO_DIGIT: Final = str.maketrans("OIL", "011")
_TO_LETTER: Final = str.maketrans("01", "OI")

# Royal Mail postcode areas; needed to tell S01 (SO1) from AL01 (AL1).
AREAS: Final = frozenset(
    "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN "
    "DT DY E EC EH EN EX "
    "FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU "
    "M ME MK ML N NE NG "
    "NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA "
    "TD TF TN TQ TR TS "
    "TW UB W WA WC WD WF WN WR WS WV YO ZE".split()
)
"""The letters that a postcode begins with: the 124 areas, BF (the forces) and BX (no place)."""


def postcode(text: str) -> str | None:
    """A whole postcode as `AL1 1AA`, or None when it has not the form of one (see `identifiers.postcode`).

    A text that has the form is never changed. Otherwise O and 0, I, L and 1 are put right by their place:
    the area is letters, the district and the third place from the end begin with digits; a district filled
    with a zero (AL01) loses it.
    """
    letters = _NOT_CODE.sub("", upper(text))
    found = identifiers.postcode(letters)
    if found is not None or not 5 <= len(letters) <= 8:
        return found
    out, inward = letters[:-3], letters[-3].translate(_TO_DIGIT) + letters[-2:]
    for size in (2, 1):
        area = out[:size].translate(_TO_LETTER)
        if area in AREAS and len(out) > size:
            district = out[size:].translate(_TO_DIGIT)
            if len(district) > 1:
                district = district.lstrip("0") or "0"
            found = identifiers.postcode(area + district + inward)
            if found is not None:
                return found
    return None


def outward(text: str) -> str | None:
    """The part before the space (`AL1`), by which post is sorted to an office; None when not a postcode."""
    whole = postcode(text)
    return whole.split(" ")[0] if whole else None
