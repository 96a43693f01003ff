"""Days as a form asks for them: three fields, read together. What is wrong is said once, at the first field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from vestry.office.pages.translating import _

PARTS = ("day", "month", "year")


def day_given(form: Mapping[str, str], name: str) -> tuple[date | None, str]:
    """(the day, ""), (None, what is wrong), or (None, "") where nothing is given, of the fields `name-day`, `-month`, `-year`."""
    said = [form.get(f"{name}-{part}", "").strip() for part in PARTS]
    if not any(said):
        return None, ""
    try:
        day, month, year = (int(part) for part in said)
        if year < 1000:
            return None, _("Write the year with four figures")
        return date(year, month, day), ""
    except ValueError:
        return None, _("Give a day that there is, such as 3 4 2027")


def day_asked(form: Mapping[str, str], name: str, problems: dict[str, str], missing: str) -> date | None:
    """The day that has to be given; what is wrong is put into `problems`, `missing` where nothing is given."""
    found, wrong = day_given(form, name)
    if found is None:
        problems[f"{name}-day"] = wrong or missing
    return found


def day_fields(name: str, day: date | None) -> dict[str, str]:
    """The three fields that a day fills in."""
    if day is None:
        return {}
    return {f"{name}-{part}": str(getattr(day, part)) for part in PARTS}
