"""How a page says things: dates, numbers, names of fields and kinds. In plain English, each string ready for translation."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from vestry.model.identifiers import KIND_ENDS
from vestry.office.pages.field_words import FIELD, NUMBER_KIND
from vestry.office.pages.translating import _, gettext_lazy

LONDON: Final = ZoneInfo("Europe/London")
"""Councils live by it; what is kept is UTC."""


def day(value: str | date | datetime | None) -> str:
    """ "3 April 2026" of an ISO date or an instant; of a part of a date, what there is of it ("April 2026", "2026"). Text that is
    none stays as it is."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return str(date_format(value.astimezone(LONDON), "j F Y"))
    if isinstance(value, date):
        return str(date_format(value, "j F Y"))
    parts = value[:10].split("-")
    try:
        if len(parts) == 3:
            return str(date_format(date.fromisoformat(value[:10]), "j F Y"))
        if len(parts) == 2:
            return str(date_format(date(int(parts[0]), int(parts[1]), 1), "F Y"))
    except ValueError:
        return value
    return value


def instant(value: str | datetime) -> str:
    """ "3 April 2026 at 4:05pm", by the clock in London, of an instant or its ISO text."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return _("%(day)s at %(time)s") % {"day": day(at), "time": time_of_day(at)}


def time_of_day(at: datetime) -> str:
    """ "4:05pm", by the clock in London."""
    here = at.astimezone(LONDON)
    return f"{here:%-I:%M}{here:%p}".lower()


def number(value: int | float) -> str:
    """ "12,345", with separators."""
    return f"{value:,}"


def share(value: float) -> str:
    """ "97.5%" of 0.975; never rounded up to a whole that it is not. The command line says the same."""
    shown = min(value * 100, 99.9) if value < 1 else 100.0
    return f"{f'{shown:.1f}'.removesuffix('.0')}%"


def seconds(value: float) -> str:
    """ "3 minutes 20 seconds", or "12 seconds"."""
    minutes, rest = divmod(round(value), 60)
    if not minutes:
        return _("%(n)d seconds") % {"n": rest}
    return _("%(m)d minutes %(n)d seconds") % {"m": minutes, "n": rest}


def course(code: str) -> str:
    """ "information governance" of "information-governance": a course as a page calls it. Places name their own."""
    return code.replace("-", " ")


KINDS: Final = {
    "person": gettext_lazy("Resident"),
    "organisation": gettext_lazy("Business or organisation"),
    "property": gettext_lazy("Property"),
    "household": gettext_lazy("Household"),
}
"""Kinds of entity, as a page calls one."""

ADDRESS_OF: Final = {
    "person": "/residents/",
    "organisation": "/businesses/",
    "property": "/properties/",
    "household": "/households/",
}
"""Where a kind's pages are."""


def field_name(field: str) -> str:
    """What a page calls a field of the model: "Born", "NHS number", "Given names"."""
    plain = field.removeprefix("dealing.")
    said = FIELD.get(plain)
    if said is not None:
        return str(said)
    return plain.replace("_", " ").capitalize()


_DATES: Final = frozenset(
    {
        "as_at", "birth_date", "closed_on", "death_date", "listed_until", "opened_on", "rated_on", "since",
        "valid_from", "valid_to",
    }
)  # fmt: skip


_AS_WRITTEN: Final = frozenset(
    {
        "family_name", "given_names", "known_as", "previous_family_name", "organisation_name", "address_lines",
        "postal_address_lines",
    }
)  # fmt: skip
"""Fields that a release holds in capitals, and a page writes as people do. What a source wrote itself is beside, unchanged."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)
_POSTCODE: Final = re.compile(r"\b[A-Za-z]{1,2}\d[A-Za-z\d]? \d[A-Za-z]{2}\b")
_AFTER: Final = re.compile(r"\b(Mc|O['’]|D['’])([a-z])")


def in_letters(value: str) -> str:
    """ "Anne-Marie O'Neill, 12A Mill Road" of the same in capitals: how names and addresses are written to be read."""
    if not value.isupper():
        return value
    said = _WORD.sub(lambda found: found[0].capitalize(), value)
    said = _AFTER.sub(lambda found: found[1] + found[2].upper(), said)
    said = _POSTCODE.sub(lambda found: found[0].upper(), said)
    return re.sub(r"\b(\d+)([A-Za-z])\b", lambda found: found[1] + found[2].upper(), said)


def number_kind(kind: str) -> str:
    """What a page calls a kind of number that has no field of its own: "Passport number"; one of no list as it is written."""
    said = NUMBER_KIND.get(kind.lower())
    return kind if said is None else str(said)


def value_said(field: str, value: str) -> str:
    """A value as a person reads it: dates in words, an NHS number in threes and four (as the NHS writes it), lines in one."""
    if field in _DATES:
        return day(value)
    if field == "nhs_number" and len(value) == 10:
        return f"{value[:3]} {value[3:6]} {value[6:]}"
    if field == "other_number":
        each = (one.partition(KIND_ENDS) for one in value.split())
        return ", ".join(f"{number_kind(kind)} {number}" for kind, _mark, number in each)
    plain = value.replace("\n", ", ").replace("\x1f", ", ")
    return in_letters(plain) if field in _AS_WRITTEN else plain


def listed(names: Any) -> str:
    """ "a, b and c"."""
    names = [str(name) for name in names]
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
