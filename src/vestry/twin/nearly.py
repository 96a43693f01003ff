"""What is only nearly what was typed, and may be meant: a name spelled otherwise or a short form, a birth date mistyped."""

from __future__ import annotations

from datetime import date
from typing import Final

from vestry.standardise.diminutives import forms_of
from vestry.standardise.sound import sound
from vestry.twin.listed import Text
from vestry.twin.search import Rows

_SOUNDING: Final = 0.76
"""How alike two words must look (Jaro-Winkler) that sound alike: Mohammed and Muhammad are at 0.85, Jon and Jean at 0.75."""
_LOOKING: Final = 0.75
"""A word with one letter in five wrong, or two in eight, is at least so alike (Jaro): a sieve before letters are counted."""
_ONE_WRONG: Final = 5
_TWO_WRONG: Final = 8
"""Letters of a word from which on one, or two of them, may be wrong, missing, too many or exchanged."""
_SHORTEST: Final = 3
"""A word of fewer letters is nearly anything."""


def names_near(rows: Rows, word: str) -> list[int]:
    """The numbers in `search_words` of words of names that sound like `word`, are another form of it, or are it with a letter or
    two wrong; itself among them."""
    if len(word) < _SHORTEST:
        return []
    text = Text()
    typed = text.put(word)
    tests = [
        f"word IN (SELECT unnest({text.put([form.lower() for form in sorted(forms_of(word.upper()))])}::VARCHAR[]))"
    ]
    if heard := sound(word):
        tests.append(f"(sound = {text.put(heard)} AND jaro_winkler_similarity(word, {typed}) >= {_SOUNDING})")
    wrong = 2 if len(word) >= _TWO_WRONG else 1 if len(word) >= _ONE_WRONG else 0
    if wrong:
        tests.append(
            f"(abs(length(word) - {len(word)}) <= {wrong} AND jaro_similarity(word, {typed}, {_LOOKING}) >= {_LOOKING} "
            f"AND damerau_levenshtein(word, {typed}) <= {wrong})"
        )
    found = rows.of(
        f"SELECT word_no FROM search_words WHERE field = 'name' AND ({' OR '.join(tests)}) ORDER BY word_no",
        text.parameters,
    )
    return [row["word_no"] for row in found]


def dates_near(born: str) -> tuple[str, ...]:
    """What a birth date may have been meant for (ISO, whole or in part): a year too many or too few, day and month exchanged, or
    no more than a part of it known."""
    year, *rest = born.split("-")
    near = [f"{int(year) + by:04d}" + "".join(f"-{part}" for part in rest) for by in (-1, 1)]
    if len(rest) == 2:
        near.append(f"{year}-{rest[1]}-{rest[0]}")
    parts = [year, f"{year}-{rest[0]}"][: len(rest)] if rest else []
    return tuple(dict.fromkeys(one for one in near if _is_date(one) and one != born)) + tuple(parts)


def _is_date(born: str) -> bool:
    try:
        date.fromisoformat((born + "-01-01")[:10])
    except ValueError:
        return False
    return True
