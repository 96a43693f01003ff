"""Dates as sources write them, turned into ISO 8601 text that never claims more accuracy than was given.

A date known only to its month or year stays so ("2024-03", "2024", ISO 8601-1 reduced precision); nothing
is filled in. Pure and clock-free: a date in the future is a matter for quality rules, not for parsing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Accuracy = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """`iso` is `yyyy-MM-dd`, `yyyy-MM` or `yyyy`, as `accuracy` says."""

    iso: str
    accuracy: Accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    pattern: re.Pattern[str]
    year: int
    month: int
    day: int
    short_year: bool


_DAYS: Final = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS: Final = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY"),
    *("AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"),
)
_MONTH_NUMBER: Final = {
    **{name: n for n, name in enumerate(_MONTHS, 1)},
    **{name[:3]: n for n, name in enumerate(_MONTHS, 1)},
    "SEPT": 9,
}
_YEAR: Final = r"(?P<y>[0-9]{4})"
_SHORT_NAMES: Final = "|".join([m[:3] for m in _MONTHS if m != "SEPTEMBER"] + ["SEPT?"])
_DAY_NAMES: Final = "MON|TUES?|WED|THU(?:RS?)?|FRI|SAT|SUN"
_LETTERS: Final = {
    "yyyy": _YEAR,
    "uuuu": _YEAR,
    "yy": r"(?P<y>[0-9]{2})",
    "uu": r"(?P<y>[0-9]{2})",
    "y": _YEAR,
    "u": _YEAR,
    "MM": r"(?P<m>[0-9]{2})",
    "M": r"(?P<m>[0-9]{1,2})",
    "MMM": rf"(?P<m>{_SHORT_NAMES})",
    "MMMM": rf"(?P<m>{'|'.join(_MONTHS)})",
    "dd": r"(?P<d>[0-9]{2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "HH": r"(?:[01][0-9]|2[0-3])",
    "H": r"(?:1?[0-9]|2[0-3])",
    "hh": r"(?:0[1-9]|1[0-2])",
    "h": r"(?:[1-9]|1[0-2])",
    "mm": r"[0-5][0-9]",
    "ss": r"(?:[0-5][0-9]|60)",
    "a": r"(?:AM|PM)",
    # A fraction of a second comes in any length in practice, whatever the run of S says.
    **{"S" * n: r"[0-9]{1,9}" for n in range(1, 10)},
    **{"E" * n: rf"(?:{_DAY_NAMES})" for n in range(1, 4)},
    "EEEE": r"(?:(?:MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)DAY)",
    **{"X" * n: r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)" for n in range(1, 4)},
    **{"x" * n: r"[+-][0-9]{2}(?::?[0-9]{2})?" for n in range(1, 4)},
}
"""Runs of letters that are understood, as in java.time.format.DateTimeFormatter, which ODCS 3.1 names
(`logicalTypeOptions.format`)."""

_PIECE: Final = re.compile(r"'(?P<quoted>(?:[^']|'')*)'|(?P<letters>([A-Za-z])\3*)|(?P<other>.)", re.DOTALL)

DEFAULT_FORMATS: Final = (
    "yyyy-MM-dd",
    "dd/MM/yyyy",
    "yyyyMMdd",
    "yyyy-MM-dd'T'HH:mm[:ss][.SSS][X]",
    "yyyy-MM-dd HH:mm:ss[.SSS][X]",
)
"""What is accepted when a contract names no format: ISO dates and date-times, dd/MM/yyyy, yyyyMMdd."""


def unknown_letters(date_format: str) -> list[str]:
    """The runs of letters in `date_format` that `parse_date` does not understand, in order, each once.

    `mm` without an hour is reported too: it means minutes, and whoever wrote `dd/mm/yyyy` meant months.
    A literal T need not be quoted.
    """
    runs = [m["letters"] for m in _PIECE.finditer(date_format) if m["letters"] and m["letters"] != "T"]
    timed = any(run[0] in "Hh" for run in runs)
    bad = [run for run in runs if run not in _LETTERS or (run == "mm" and not timed)]
    return list(dict.fromkeys(bad))


def parse_date(text: str, formats: Sequence[str] = ()) -> ParsedDate | None:
    """The date that `text` gives by the first of `formats` that fits, or None when none does.

    Formats use the letters of the JDK's DateTimeFormatter, as ODCS says; names of months and days are
    English, in any case. `yy` is 1930 to 2029, the window of the spreadsheets that write it. A zero day or
    month (00/03/1985) is how many systems write "not known" and lowers the accuracy; an impossible date
    (31/02/1990) is None. A time of day is read past. Without formats, see DEFAULT_FORMATS.
    """
    text = text.strip()
    if not text or len(text) > 64:
        return None
    for name in formats or DEFAULT_FORMATS:
        compiled = _compiled(name)
        found = compiled.pattern.fullmatch(text) if compiled else None
        if found and compiled:
            parsed = _checked(found, compiled)
            if parsed is not None:
                return parsed
    return None


def looks_default(iso: str) -> bool:
    """Whether a system's stand-in for "no date", rather than a date, is likely (1900-01-01, 9999-12-31).

    1970-01-01 is not among them: it is a birthday too, and of many whose day was assigned on arrival.
    """
    return iso in _DEFAULTS or iso.startswith("9999")


_DEFAULTS: Final = frozenset(
    {
        *("0001-01-01", "1111-11-11", "1753-01-01", "1800-01-01", "1880-01-01", "1899-12-30", "1899-12-31"),
        *("1900-01-01", "1900-01-02", "1901-01-01", "1904-01-01", "1900", "1900-01", "1901", "1901-01"),
        *("2049-12-31", "2050-12-31", "2078-12-31", "2079-06-06", "2099-01-01", "2099-12-31", "2100-12-31"),
        *("2199-12-31", "2999-12-31", "3000-01-01", "3000-12-31"),
    }
)


@lru_cache(maxsize=512)
def _compiled(date_format: str) -> _Format | None:
    """The format as a pattern; None when it has unknown letters, no year, or a field twice."""
    if unknown_letters(date_format):
        return None
    out: list[str] = []
    short = False
    for piece in _PIECE.finditer(date_format):
        letters, other = piece["letters"], piece["other"]
        if letters:
            short = short or letters in ("yy", "uu")
            out.append("T" if letters == "T" else _LETTERS[letters])
        elif other in ("[", "]"):
            out.append("(?:" if other == "[" else ")?")
        elif other:
            out.append(re.escape(other))
        else:
            out.append(re.escape(piece["quoted"].replace("''", "'") or "'"))
    try:
        pattern = re.compile("".join(out), re.IGNORECASE | re.ASCII)
    except re.error:
        return None
    groups = pattern.groupindex
    if "y" not in groups or ("d" in groups and "m" not in groups):
        return None
    return _Format(
        pattern=pattern, year=groups["y"], month=groups.get("m", 0), day=groups.get("d", 0), short_year=short
    )


def _checked(found: re.Match[str], form: _Format) -> ParsedDate | None:
    year = int(found[form.year] or 0)
    if form.short_year:
        year += 2000 if year < 30 else 1900
    if year < 1:
        return None
    month = _month(found[form.month]) if form.month else 0
    day = int(found[form.day] or 0) if form.day else 0
    if month == 0:
        return ParsedDate(iso=f"{year:04d}", accuracy="year") if day == 0 else None
    if month > 12 or day > _DAYS[month]:
        return None
    if day == 0:
        return ParsedDate(iso=f"{year:04d}-{month:02d}", accuracy="month")
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return None
    return ParsedDate(iso=f"{year:04d}-{month:02d}-{day:02d}", accuracy="day")


def _month(text: str | None) -> int:
    if text is None:
        return 0
    return int(text) if text.isdigit() else _MONTH_NUMBER[text.upper()]
