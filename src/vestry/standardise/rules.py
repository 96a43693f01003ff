"""Every standardising rule by name: what it makes of one text, and its version.

The build runs a rule once on each distinct text and remembers the outcome under the rule's name and version,
so a rule that changes its mind must change its version, or old outcomes stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from vestry.model import identifiers
from vestry.model.dates import parse_date
from vestry.standardise import address_lines, contact, names, organisations, postcodes
from vestry.standardise.text import settled, tidied, upper

Outcome = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its name, what it gives, and the version under which outcomes are remembered.

    `function` takes a text (and, where `takes_formats`, a sequence of date formats) and gives one value for
    each of `outputs`, None where nothing can be said. It is pure and never raises.
    """

    name: str
    outputs: tuple[str, ...]
    function: Callable[..., Outcome]
    version: int = 1
    takes_formats: bool = False


def number(text: str) -> str | None:
    """Plain decimal text (-1234.5) of an amount or a measure; None when it is not a number.

    Takes £, commas between thousands, brackets for a negative amount, and an exponent. Leading and trailing
    zeros go, so that 12.50 and 12.5 are one; nothing is rounded.
    """
    plain = tidied(text).replace(" ", "")
    bracketed = plain.startswith("(") and plain.endswith(")")
    found = _NUMBER.fullmatch(plain[1:-1] if bracketed else plain)
    if not found or len(plain) > 60:
        return None
    digits = (found["whole"] or "").replace(",", "") + (found["fraction"] or "")
    if not digits.strip("."):
        return None
    whole, _, fraction = format(Decimal(digits + (found["exponent"] or "")), "f").partition(".")
    fraction = fraction.rstrip("0")
    size = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    negative = bracketed or "-" in found["sign"]
    return f"-{size}" if negative and size != "0" else size


_NUMBER: Final = re.compile(
    r"(?P<sign>[-+]?£?[-+]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?P<fraction>\.[0-9]*)?(?P<exponent>[eE][-+]?[01]?[0-9])?"
)


def code(text: str) -> str | None:
    """A reference code in capitals without any space; None when empty."""
    return settled(lambda t: upper(t).replace(" ", ""), text) or None


def family_sound(text: str) -> str | None:
    """How a family name sounds, for blocking. None for no name."""
    name = names.family_name(text)
    return names.sound(name) if name else None


def given_sound(text: str) -> str | None:
    """How the first given name sounds in its usual form, for blocking. None for no name."""
    name = names.usual_given(text)
    return names.sound(name) if name else None


def _date(text: str, formats: Sequence[str] = ()) -> Outcome:
    parsed = parse_date(text, formats)
    return (parsed.iso, parsed.accuracy) if parsed else (None, None)


def _one(name: str, function: Callable[[str], Any], version: int = 1) -> Rule:
    def outcome(text: str) -> Outcome:
        return (function(text),)

    return Rule(name=name, outputs=(name,), function=outcome, version=version)


_ALL: Final = (
    Rule(name="date", outputs=("date", "accuracy"), function=_date, takes_formats=True),
    Rule(name="full_name", outputs=("title", "family_name", "given_names"), function=names.full_name),
    _one("nhs_number", identifiers.nhs_number),
    _one("nino", identifiers.nino),
    _one("upn", identifiers.upn),
    _one("other_number", identifiers.other_number),
    _one("uprn", identifiers.uprn),
    _one("usrn", identifiers.usrn),
    _one("company_number", identifiers.company_number),
    _one("title", names.title),
    _one("family_name", names.family_name),
    _one("given_names", names.given_names),
    _one("email", contact.email),
    _one("phone", contact.phone),
    _one("organisation_name", organisations.organisation_name),
    _one("code", code),
    _one("address_lines", address_lines.address_lines),
    _one("postcode", postcodes.postcode),
    _one("number", number),
    _one("family_key", names.family_key),
    _one("family_sound", family_sound),
    _one("given_key", names.usual_given),
    _one("given_sound", given_sound),
    _one("organisation_core", organisations.core_name),
    _one("address_key", address_lines.address_key),
    _one("building_number", address_lines.building_number, version=2),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.name: rule for rule in _ALL})
"""Rule name -> rule: those of `model.fields`, and the keys that `linkage` compares by."""
