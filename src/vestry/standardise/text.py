"""What every standardising rule does to text first: one form of Unicode, one kind of space, upper case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

_SPACES: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_UNSEEN: Final = re.compile(
    r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ufff9-\ufffd]"
)
_SAME_MARK: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u02bb\u2032\u00b4\u0060\uff07", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033\uff02", '"'),
        "\uff06": "&",
    }
)
_LETTERS_WITHOUT_PARTS: Final = str.maketrans(
    {
        "Ł": "L",
        "Ø": "O",
        "Đ": "D",
        "Ð": "D",
        "Æ": "AE",
        "Œ": "OE",
        "Þ": "TH",
        "Ħ": "H",
        "Ŧ": "T",
        "Ŋ": "N",
        "ẞ": "SS",
    }
)
"""Capitals that Unicode does not take apart into a letter and a mark."""


def tidied(text: str) -> str:
    """Straight quotes and hyphens, no control or unseen characters, single spaces, NFC; case as it was."""
    if text.isascii():
        if text.isprintable():
            return " ".join(text.split())
    else:
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).translate(_SAME_MARK)
    return " ".join(_SPACES.sub(" ", text).split())


def upper(text: str) -> str:
    """`tidied`, in capitals. The same again when given its own result."""
    text = tidied(text).upper()
    # Capitals of a few letters are letters with loose marks, which NFC must join once more.
    return text if text.isascii() else tidied(unicodedata.normalize("NFC", text).upper())


def without_marks(text: str) -> str:
    """Capitals without accents: ZOË becomes ZOE, ŁUKASZ LUKASZ. Other alphabets keep their own letters."""
    if text.isascii():
        return text.upper()
    parts = unicodedata.normalize("NFKD", text.upper().translate(_LETTERS_WITHOUT_PARTS))
    bare = "".join(c for c in parts if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).upper().translate(_LETTERS_WITHOUT_PARTS)


def settled(once: Callable[[str], str], text: str) -> str:
    """`once` again and again until the text stays the same, so that a rule given its own result keeps it."""
    for _ in range(12):
        again = once(text)
        if again == text:
            break
        text = again
    return text
