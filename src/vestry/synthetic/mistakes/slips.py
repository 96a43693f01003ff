"""Slips on the level of letters: of the fingers, the ear, the eye of a scanner."""

from __future__ import annotations

from random import Random
from typing import Final

_NEIGHBOURS: Final = {
    "a": "sqz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy",
    "i": "uok", "j": "hku", "k": "jli", "l": "ko", "m": "n", "n": "bm", "o": "ipl", "p": "ol", "q": "wa",
    "r": "etf", "s": "adw", "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh",
    "z": "xa",
}  # fmt: skip
SCANS: Final = (
    ("rn", "m"),
    ("m", "rn"),
    ("l", "1"),
    ("o", "0"),
    ("cl", "d"),
    ("i", "l"),
    ("vv", "w"),
    ("h", "b"),
    ("e", "c"),
)
SOUNDS: Final = (
    ("ph", "f"), ("ck", "k"), ("ie", "y"), ("ey", "y"), ("mc", "mac"), ("ll", "l"), ("tt", "t"), ("ss",
    "s"), ("nn", "n"), ("ough", "uff"), ("ee", "ea"), ("ks", "x"), ("kh", "k"), ("sz", "sh"), ("w", "v"),
    ("ski", "sky"), ("y", "i"), ("c", "k"), ("er", "ar"), ("s", "z"), ("au", "o"), ("u", "oo"), ("e", ""),
)  # fmt: skip


def mistype(text: str, rng: Random) -> str:
    """One slip of the fingers: a neighbouring key, a letter dropped, doubled, or swapped with the next."""
    if len(text) < 3:
        return text
    at = rng.randrange(1, len(text) - 1)
    letter, slip = text[at], rng.randrange(4)
    if slip == 0:
        return text[:at] + rng.choice(_NEIGHBOURS.get(letter.lower(), letter)) + text[at + 1 :]
    if slip == 1:
        return text[:at] + text[at + 1 :]
    if slip == 2:
        return text[:at] + letter + text[at:]
    return text[:at] + text[at + 1] + letter + text[at + 2 :]


def transpose_digits(text: str, rng: Random) -> str:
    """Two neighbouring digits change places; unchanged when there are none that differ."""
    pairs = [
        i
        for i in range(len(text) - 1)
        if text[i].isdigit() and text[i + 1].isdigit() and text[i] != text[i + 1]
    ]
    if not pairs:
        return text
    at = rng.choice(pairs)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def respell(text: str, rng: Random, table: tuple[tuple[str, str], ...]) -> str:
    """The first rule of `table`, from a place drawn by chance, that fits `text` after its first letter."""
    low, start = text.lower(), rng.randrange(len(table))
    for heard, written in (*table[start:], *table[:start]):
        at = low.find(heard, 1)
        if at > 0:
            return text[:at] + written + text[at + len(heard) :]
    return text


_SHORT: Final = (
    (" Road", " Rd"), (" Street", " St"), (" Avenue", " Ave"), (" Close", " Cl"), (" Lane", " Ln"),
    (" Drive", " Dr"), (" Crescent", " Cres"), (" Gardens", " Gdns"), (" Grove", " Gr"), (" Court", " Ct"),
    (" Place", " Pl"),
)  # fmt: skip


def shortened(line: str) -> str:
    """`Station Road` as `Station Rd`, `Flat 3` as `Flt 3`."""
    if line.startswith("Flat "):
        return f"Flt {line[5:]}"
    for long, short in _SHORT:
        if line.endswith(long):
            return line.removesuffix(long) + short
    return line
