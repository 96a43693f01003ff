"""Where two texts differ, so that a reviewer sees it at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

Piece = tuple[str, bool]
"""A piece of a text, and whether the other has it differently."""

_WORDS: Final = re.compile(r"\w+|\W+")


def marked(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces: by words, or by letters where each is one word. Where one is empty, nothing differs."""
    if not left or not right or left == right:
        return ((left, False),), ((right, False),)
    words = _WORDS.findall(left), _WORDS.findall(right)
    mine, theirs = words if max(map(len, words)) > 1 else (list(left), list(right))
    found = SequenceMatcher(a=mine, b=theirs, autojunk=False).get_opcodes()
    same = sum(a2 - a1 for tag, a1, a2, *_rest in found if tag == "equal")
    if same * 3 < max(len(mine), len(theirs)):
        return ((left, True),), ((right, True),)
    return (
        _pieces([(mine[a1:a2], tag != "equal") for tag, a1, a2, _b1, _b2 in found]),
        _pieces([(theirs[b1:b2], tag != "equal") for tag, _a1, _a2, b1, b2 in found]),
    )


def _pieces(found: Sequence[tuple[Sequence[str], bool]]) -> tuple[Piece, ...]:
    return tuple(("".join(words), differs) for words, differs in found if words)
