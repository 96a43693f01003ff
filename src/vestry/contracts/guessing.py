"""What one column of an unknown file seems to be: type, date formats, code list, blanks, and the doubts left.

A guess holds no value from a row but codes of a code list, and stand-ins for "nothing" that everyone knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from vestry.model import identifiers
from vestry.model.dates import looks_default, parse_date

DATE_FORMATS: Final = (
    *("yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy", "yyyyMMdd", "dd-MM-yyyy", "MM-dd-yyyy", "dd.MM.yyyy"),
    *("yyyy/MM/dd", "dd/MM/yy", "MM/dd/yy", "dd MMM yyyy", "dd-MMM-yyyy", "dd-MMM-yy", "yyyy-MM", "MM/yyyy"),
    *("d/M/yyyy", "M/d/yyyy", "d MMM yyyy", "dd MMMM yyyy"),
    *("yyyy-MM-dd'T'HH:mm:ss[.SSS][X]", "yyyy-MM-dd HH:mm:ss[.SSS][X]"),
    *("dd/MM/yyyy HH:mm[:ss]", "MM/dd/yyyy HH:mm[:ss]"),
)
"""Formats that are tried, the likelier first."""

_TWINS: Final = {
    "dd/MM/yyyy": "MM/dd/yyyy",
    "dd-MM-yyyy": "MM-dd-yyyy",
    "dd/MM/yy": "MM/dd/yy",
    "d/M/yyyy": "M/d/yyyy",
    "dd/MM/yyyy HH:mm[:ss]": "MM/dd/yyyy HH:mm[:ss]",
}
"""Day-first format -> the month-first one that fits the same texts as long as no day is above 12."""

_BLANKS: Final = frozenset(
    {"NK", "N/K", "NOT KNOWN", "UNKNOWN", "NULL", "N/A", "NONE", "NOT STATED", "-", "--", ".", "TBC", "UNK"}
)
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)?(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_CODE: Final = re.compile(r"[A-Z]{0,3}[0-9]{1,4}[A-Z]?|[A-Z]{1,3}|[0-9]", re.IGNORECASE)
"""Text that is a code whatever it stands for: up to three letters, or letters and digits."""
_WORDS_OF_LISTS: Final = frozenset(
    {"yes", "no", "true", "false", "male", "female", "unknown", "other", "none"}
)
_MOST_TRIED: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A column of `rows` rows, `filled` of them not blank, with `distinct` texts among those.

    `codes` are the texts of what may be a code list, given only when they cannot be names; `words` those of a
    list of categories, to be shown only where no person is described. `identifier` names the form that nearly
    all values have (`nhs_number`, `nino`, `postcode`, `email`, `area_code`).
    """

    logical_type: str
    rows: int
    filled: int
    distinct: int
    formats: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    identifier: str = ""
    commas: bool = False
    doubts: tuple[str, ...] = field(default=())

    @property
    def always_filled(self) -> bool:
        """Whether no row leaves it blank."""
        return self.rows > 0 and self.filled == self.rows

    @property
    def unique(self) -> bool:
        """Whether no text comes twice."""
        return self.distinct == self.filled > 0


def guess(values: Sequence[str], *, dated: bool = False) -> Guess:
    """What the texts of one column seem to be; `dated` says that its header speaks of a date."""
    counts = Counter(v for v in values if v)
    filled = sum(counts.values())
    known_blanks = tuple(sorted(v for v in counts if v.upper() in _BLANKS))
    for blank in known_blanks:
        del counts[blank]
    doubts = [f"whether {', '.join(known_blanks)} means that nothing is known"] if known_blanks else []
    told = sum(counts.values())
    tried = Counter(dict(counts.most_common(_MOST_TRIED)))
    formats, stand_ins, date_doubts = _dates(tried, dated)
    identifier = "" if formats else _identifier(tried)
    logical_type = _type(tried, formats, identifier)
    codes, words = ((), ()) if formats or identifier else _lists(counts, told)
    return Guess(
        logical_type=logical_type,
        rows=len(values),
        filled=filled,
        distinct=len(counts) + len(known_blanks),
        formats=formats,
        codes=codes,
        words=words,
        blanks=(*known_blanks, *stand_ins) if known_blanks or stand_ins else (),
        identifier=identifier,
        commas=told > 0 and sum(n for v, n in counts.items() if "," in v) > 0.8 * told,
        doubts=(*doubts, *date_doubts),
    )


def _type(tried: Counter[str], formats: Sequence[str], identifier: str) -> str:
    if formats:
        return "timestamp" if any("H" in f for f in formats) else "date"
    if not tried or identifier:
        return "string"
    if {v.lower() for v in tried} <= {"true", "false"}:
        return "boolean"
    if all(_INTEGER.fullmatch(v) for v in tried):
        return "integer"
    if all(_NUMBER.fullmatch(v) and any(c.isdigit() for c in v) for v in tried):
        return "number"
    return "string"


def _dates(tried: Counter[str], dated: bool) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """(formats, stand-ins for no date as written, doubts); no formats when this is no column of dates."""
    first = list(tried)[:50]
    possible = [f for f in DATE_FORMATS if any(parse_date(v, (f,)) for v in first)]
    if not possible:
        return (), (), []
    fits = {f: {v for v in tried if _plausible(v, f)} for f in possible}
    left, chosen = set(tried), list[str]()
    while left:
        best = max(possible, key=lambda f: (sum(tried[v] for v in fits[f] & left), -DATE_FORMATS.index(f)))
        if not fits[best] & left:
            break
        chosen.append(best)
        left -= fits[best]
    total = tried.total()
    unfit = sum(tried[v] for v in left)
    digits_only = chosen[:1] == ["yyyyMMdd"]
    if not chosen or unfit > 0.1 * total or (digits_only and not dated and (unfit or len(tried) < 3)):
        return (), (), []
    doubts = [f"{unfit} of {total} values are in no date format that was tried"] if unfit else []
    for day_first, month_first in _TWINS.items():
        if day_first in chosen and month_first in chosen:
            doubts.append("some values are day first and some month first: which is meant, where both fit?")
        elif day_first in chosen and fits[day_first] <= fits.get(month_first, set()):
            doubts.append("day or month first? No day above 12 was seen to tell dd/MM from MM/dd")
    stand_ins = tuple(sorted(v for v in tried if (d := parse_date(v, chosen)) and looks_default(d.iso)))
    if stand_ins:
        doubts.append(f"whether {', '.join(stand_ins)} means that no date is known")
    return tuple(chosen), stand_ins, doubts


def _plausible(text: str, date_format: str) -> bool:
    found = parse_date(text, (date_format,))
    if found is None:
        return False
    # Eight digits are often a reference; only those of our times are taken for dates.
    return date_format != "yyyyMMdd" or 1850 <= int(found.iso[:4]) <= 2100


def _identifier(tried: Counter[str]) -> str:
    """The form that 9 in 10 of the texts have. Of ten random digits one in eleven is an NHS number."""
    first = list(tried)[:500]
    forms: dict[str, Callable[[str], str | None]] = {
        "nhs_number": identifiers.nhs_number,
        "nino": identifiers.nino,
        "upn": identifiers.upn,
        "postcode": identifiers.postcode,
        "email": lambda v: v if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", v) else None,
        "area_code": lambda v: v if re.fullmatch(r"[ENSW][0-9]{8}", v) else None,
    }
    for name, form in forms.items():
        if first and sum(form(v) is not None for v in first) > 0.9 * len(first):
            return name
    return ""


def _lists(counts: Counter[str], told: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(texts of a code list, texts of a list of categories): few, short, and each used again and again."""
    if not 1 < len(counts) <= 20 or told < 10 or told < 3 * len(counts):
        return (), ()
    texts = tuple(sorted(counts))
    if all(_CODE.fullmatch(t) or t.lower() in _WORDS_OF_LISTS for t in texts):
        return texts, ()
    return ((), texts) if all(len(t) <= 40 for t in texts) and any(t.isascii() for t in texts) else ((), ())
