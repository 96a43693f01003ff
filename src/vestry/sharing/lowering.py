"""Values made less precise: an age for a birth date, a ward for an address. Pure; `sharing.precision` says what there is."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date

from vestry.sharing.categories import FIELDS
from vestry.sharing.precision import WHOLE, name_of
from vestry.sharing.subjects import age_on

POSTCODE = "postcode"


def lowered(field: str, value: str, level: int, on: date, areas: Mapping[str, str]) -> dict[str, str]:
    """What is shown of `value` at `level` on the day `on`: name -> text; nothing where nothing can be said so precisely.

    A lowered date keeps its field's name. A lowered address is told under the name of its precision ("ward"), from `areas`
    (geography -> area) of the record that says so.
    """
    if level >= WHOLE:
        return {field: value}
    precision = name_of(field, level)
    category = FIELDS.get(field, "")
    if category in ("birth", "death"):
        said = _date(value, precision, on)
        return {field: said} if said else {}
    if category == "address" and precision == POSTCODE:
        return {field: value} if field == POSTCODE else {}
    if category == "address" and precision in areas:
        return {precision: areas[precision]}
    return {}


def _date(value: str, precision: str, on: date) -> str:
    """An ISO date, whole or in part, as a month, a year, an age in whole years or ten years of age."""
    if precision == "month":
        return value[:7]
    if precision == "year":
        return value[:4]
    ages = ages_of(value, on)
    if ages is None:
        return ""
    least, greatest = ages
    if precision == "age-band":
        return f"{least // 10 * 10} to {greatest // 10 * 10 + 9}"
    return str(least) if least == greatest else f"{least} to {greatest}"


def ages_of(value: str, on: date) -> tuple[int, int] | None:
    """The least and greatest age of whoever was born on the ISO date `value`, whole or in part; None where it is no date."""
    pieces = value.split("-")
    try:
        year, *rest = (int(p) for p in pieces)
        first_month, last_month = (rest[0], rest[0]) if rest else (1, 12)
        first_day, last_day = (
            (rest[1], rest[1]) if len(rest) > 1 else (1, calendar.monthrange(year, last_month)[1])
        )
        return (
            age_on(date(year, last_month, last_day), on),
            age_on(date(year, first_month, first_day), on),
        )
    except (ValueError, IndexError, calendar.IllegalMonthError):
        return None
