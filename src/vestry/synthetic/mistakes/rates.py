"""How often records go wrong, source by source; and the dial from easy to hard.

The reasons are in docs/explanation/the-fictional-county.md.

Rates are shares of entries. Ways with spaces in their names are what a register fails to hear or do; the
register itself asks for them. `CONTACT` is the mean number of days since a source last heard from somebody: what
it holds of them, name and address together, is what was true that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from vestry.synthetic.mistakes.ways import MISTAKES, Entry, Mistake
from vestry.synthetic.names.heritages import ENGLISH

HARDER_NAMES: Final = frozenset({"typing_error", "sound_spelling", "scanning_error", "names_swapped"})
HARDER_BY: Final = 1.8
"""Names that a clerk does not know are misspelt oftener (FACTS, matching): the rates of `HARDER_NAMES` times this."""

CONTACT: Final[Mapping[str, float]] = {
    "council-tax": 40, "benefits": 60, "electoral-register": 135, "housing": 80, "waiting-list": 155,
    "waste": 325, "gp-registrations": 195, "adult-social-care": 80, "children": 40, "school-census": 40,
    "send": 100, "blue-badges": 275, "libraries": 420, "police": 0,
}  # fmt: skip
"""Kind of source -> mean days since it last heard from a person (an exponential distribution)."""

HEARS: Final[Mapping[str, Mapping[str, float]]] = {
    "council-tax": {"a new name": 0.5},
    "benefits": {"a move": 0.85, "a new name": 0.6},
    "electoral-register": {"a new name": 0.4},
    "gp-registrations": {"a move": 0.6, "a new name": 0.6},
    "blue-badges": {"an arrival": 0.7, "a move": 0.4, "a new name": 0.3},
    "libraries": {"an arrival": 0.3, "a move": 0.25, "a new name": 0.15},
    "school-census": {"a departure": 0.9, "a move": 0.7},
    "adult-social-care": {"a move": 0.8},
    "send": {"a move": 0.5},
}
"""Kind of source -> the share of changes that it hears of when they happen; of others in `RATES`, and of the rest always.

Who pays by it is told most (benefits), who sees people daily soon (schools), and nobody tells a library that they married.
"""

RATES: Final[Mapping[str, Mapping[str, float]]] = {
    "council-tax": {
        "half_of_double_barrelled": 0.18, "nickname": 0.018, "known_by_second_name": 0.006, "no_middle_names": 0.4,
        "initials_only": 0.03, "names_swapped": 0.0024, "sound_spelling": 0.009, "typing_error": 0.012,
        "no_birth_date": 0.7, "default_date": 0.018, "transposed_digits": 0.0024, "no_phone": 0.6,
        "no_email": 0.6, "no_postcode": 0.01, "no_uprn": 0.04, "no_flat": 0.01, "shortened_street": 0.06,
        "not told of a move": 0.012, "dead still listed": 0.25, "gone still listed": 0.072,
        "landlord pays": 0.25, "billed elsewhere": 0.024, "executors": 0.5,
    },
    "benefits": {
        "half_of_double_barrelled": 0.12, "nickname": 0.018, "known_by_second_name": 0.006, "no_middle_names": 0.45,
        "names_swapped": 0.0024, "sound_spelling": 0.0072, "typing_error": 0.009, "scanning_error": 0.0048,
        "swapped_day_and_month": 0.003, "wrong_birth_digit": 0.0036, "no_nino": 0.02, "transposed_digits": 0.006,
        "no_phone": 0.3, "no_email": 0.5, "no_uprn": 0.1, "no_flat": 0.015, "street_mistyped": 0.006,
        "dead still listed": 0.06, "gone still listed": 0.03, "shared phone": 0.08,
    },
    "electoral-register": {
        "half_of_double_barrelled": 0.06, "nickname": 0.003, "no_middle_names": 0.3, "names_swapped": 0.0048,
        "sound_spelling": 0.0048, "typing_error": 0.006, "scanning_error": 0.006, "no_postcode": 0.002,
        "no_uprn": 0.1, "no_flat": 0.005, "street_mistyped": 0.003, "dead still listed": 0.12,
        "gone still listed": 0.21, "not registered": 0.1, "not registered after a move": 0.21, "old number kept": 0.3,
    },
    "housing": {
        "half_of_double_barrelled": 0.15, "name_for_known_as": 0.06, "nickname": 0.024, "no_middle_names": 0.5,
        "initials_only": 0.03, "names_swapped": 0.0036, "sound_spelling": 0.015, "typing_error": 0.018,
        "scanning_error": 0.006, "swapped_day_and_month": 0.006, "wrong_birth_digit": 0.006,
        "no_birth_date": 0.05, "default_date": 0.024, "no_nino": 0.2, "transposed_digits": 0.006,
        "no_phone": 0.15, "no_email": 0.4, "no_postcode": 0.01, "no_flat": 0.02, "dead still listed": 0.09,
        "gone still listed": 0.06, "shared phone": 0.08,
    },
    "waiting-list": {
        "name_for_known_as": 0.09, "nickname": 0.03, "no_middle_names": 0.6, "names_swapped": 0.0048,
        "sound_spelling": 0.015, "typing_error": 0.018, "swapped_day_and_month": 0.0072, "wrong_birth_digit": 0.006,
        "no_birth_date": 0.02, "no_nino": 0.3, "transposed_digits": 0.006, "no_phone": 0.05, "no_email": 0.2,
        "no_postcode": 0.02, "no_uprn": 0.6, "no_flat": 0.03, "shortened_street": 0.18, "street_mistyped": 0.018,
        "still waiting": 0.3,
    },
    "waste": {
        "nickname": 0.036, "no_middle_names": 0.85, "initials_only": 0.12, "sound_spelling": 0.015,
        "typing_error": 0.018, "no_birth_date": 1.0, "no_phone": 0.2, "no_email": 0.7, "no_postcode": 0.04,
        "no_uprn": 0.15, "no_flat": 0.02, "shortened_street": 0.18, "street_mistyped": 0.018,
        "dead still listed": 0.27, "gone still listed": 0.3,
    },
    "gp-registrations": {
        "half_of_double_barrelled": 0.09, "name_for_known_as": 0.03, "nickname": 0.006,
        "known_by_second_name": 0.006, "no_middle_names": 0.2, "names_swapped": 0.0036, "sound_spelling": 0.0072,
        "typing_error": 0.0072, "swapped_day_and_month": 0.0036, "wrong_birth_digit": 0.0024,
        "default_date": 0.0003, "no_ethnicity": 0.12, "no_nhs_number": 0.015, "wrong_nhs_number": 0.02,
        "transposed_digits": 0.0012, "no_phone": 0.2, "no_postcode": 0.01, "no_flat": 0.03,
        "shortened_street": 0.21, "street_mistyped": 0.012, "dead still listed": 0.036, "gone still listed": 0.15,
        "newcomer not registered": 0.2, "not named yet": 0.25, "number not known again": 0.6,
        "shared phone": 0.08, "registered twice": 0.0048, "not registered": 0.025,
    },
    "adult-social-care": {
        "half_of_double_barrelled": 0.18, "name_for_known_as": 0.18, "nickname": 0.048,
        "known_by_second_name": 0.012, "no_middle_names": 0.7, "names_swapped": 0.006, "sound_spelling": 0.018,
        "typing_error": 0.021, "scanning_error": 0.006, "swapped_day_and_month": 0.009,
        "wrong_birth_digit": 0.009, "no_birth_date": 0.03, "default_date": 0.012, "no_ethnicity": 0.15,
        "no_nhs_number": 0.3, "wrong_nhs_number": 0.02, "transposed_digits": 0.006, "no_phone": 0.2,
        "no_postcode": 0.05, "no_flat": 0.04, "shortened_street": 0.18, "street_mistyped": 0.018,
        "dead still listed": 0.12, "gone still listed": 0.12, "shared phone": 0.08,
    },
    "children": {
        "half_of_double_barrelled": 0.18, "name_for_known_as": 0.06, "no_middle_names": 0.5, "names_swapped": 0.006,
        "sound_spelling": 0.018, "typing_error": 0.018, "swapped_day_and_month": 0.0072, "wrong_birth_digit": 0.0072,
        "no_ethnicity": 0.06, "no_nhs_number": 0.4, "wrong_nhs_number": 0.02, "no_upn": 0.2,
        "no_postcode": 0.05, "no_flat": 0.03, "street_mistyped": 0.018,
    },
    "school-census": {
        "half_of_double_barrelled": 0.06, "no_middle_names": 0.3, "names_swapped": 0.0018, "sound_spelling": 0.0048,
        "typing_error": 0.006, "swapped_day_and_month": 0.0012, "wrong_birth_digit": 0.0018, "no_upn": 0.003,
        "no_ethnicity": 0.03, "no_postcode": 0.005, "no_uprn": 0.5, "no_flat": 0.02, "shortened_street": 0.09,
        "street_mistyped": 0.009, "at school elsewhere": 0.09,
    },
    "send": {
        "name_for_known_as": 0.06, "no_middle_names": 0.6, "names_swapped": 0.0036, "sound_spelling": 0.012,
        "typing_error": 0.015, "swapped_day_and_month": 0.006, "wrong_birth_digit": 0.006, "no_upn": 0.12,
        "no_nhs_number": 0.55, "wrong_nhs_number": 0.02, "no_phone": 0.2, "no_postcode": 0.03,
        "no_flat": 0.03, "shortened_street": 0.12, "street_mistyped": 0.012,
    },
    "blue-badges": {
        "half_of_double_barrelled": 0.09, "no_middle_names": 0.35, "sound_spelling": 0.0072, "typing_error": 0.009,
        "scanning_error": 0.012, "swapped_day_and_month": 0.0048, "wrong_birth_digit": 0.0036, "no_nino": 0.15,
        "transposed_digits": 0.006, "no_phone": 0.15, "no_email": 0.4, "no_postcode": 0.01, "no_flat": 0.02,
        "street_mistyped": 0.006, "dead still listed": 0.3, "gone still listed": 0.36,
    },
    "libraries": {
        "half_of_double_barrelled": 0.12, "name_for_known_as": 0.24, "nickname": 0.09, "no_middle_names": 0.9,
        "names_swapped": 0.0048, "sound_spelling": 0.012, "typing_error": 0.018, "swapped_day_and_month": 0.006,
        "wrong_birth_digit": 0.006, "birth_year_only": 0.012, "no_birth_date": 0.25, "default_date": 0.018,
        "no_phone": 0.3, "no_email": 0.15, "no_postcode": 0.03, "no_flat": 0.03, "shortened_street": 0.21,
        "street_mistyped": 0.018, "dead still listed": 0.42, "gone still listed": 0.45, "joined twice": 0.018,
    },
    "police": {
        "half_of_double_barrelled": 0.18, "name_for_known_as": 0.21, "nickname": 0.06, "no_middle_names": 0.65,
        "names_swapped": 0.009, "sound_spelling": 0.027, "typing_error": 0.027, "swapped_day_and_month": 0.009,
        "wrong_birth_digit": 0.012, "no_birth_date": 0.15, "birth_year_only": 0.012, "no_ethnicity": 0.25,
        "no_phone": 0.35, "no_postcode": 0.15, "no_flat": 0.06, "shortened_street": 0.18,
        "street_mistyped": 0.03,
    },
    "business-rates": {
        "stale name": 0.06, "typing_error": 0.012, "no company number": 0.09, "closed still listed": 0.09,
        "no_uprn": 0.05,
    },
    "food-register": {
        "typing_error": 0.012, "closed still listed": 0.15, "no postcode": 0.048, "not registered": 0.05,
    },
    "licensing": {
        "typing_error": 0.015, "closed still listed": 0.21, "no postcode": 0.036, "not registered": 0.08,
        "no_middle_names": 0.3, "sound_spelling": 0.012,
    },
}  # fmt: skip

EASY, DEFAULT, HARD = 0.4, 1.0, 2.0
"""Settings of the dial: what every rate and every age of a contact is multiplied by."""

_FIXED: Final = frozenset(
    {
        "wrong_nhs_number",
        "not registered",
        "landlord pays",
        "at school elsewhere",
        "executors",
        "still waiting",
        "old number kept",
        "newcomer not registered",
        "not named yet",
        "number not known again",
    }
)
"""Ways that are not made harder or easier: they are how such systems are, or an agreed share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How one kind of source goes wrong at one setting of the dial."""

    kind: str
    contact: float
    rates: Mapping[str, float]
    hears: Mapping[str, float]
    ways: tuple[tuple[Mistake, float, float], ...]
    """`(mistake, rate, rate for names that a clerk does not know)`."""

    def chance(self, way: str, rng: Random) -> bool:
        """Whether it goes wrong this way this time."""
        return rng.random() < self.rates[way]

    def spoil(self, entry: Entry, rng: Random) -> Entry:
        """The entry as the source will hold it, each way of going wrong tried once at its rate."""
        unknown = entry.heritage != ENGLISH
        for mistake, rate, harder in self.ways:
            if rng.random() < (harder if unknown else rate):
                entry = mistake(entry, rng)
        return entry


def habits(kind: str, dial: float) -> Habits:
    """The habits of a kind of source when the dial stands at `dial`: 1 as documented, 0.4 easy, 2 hard."""
    rates = {
        way: rate if way in _FIXED or rate >= 1 else min(0.97, rate * dial)
        for way, rate in RATES[kind].items()
    }
    ways = tuple(
        (mistake, rates[name], min(0.97, rates[name] * HARDER_BY) if name in HARDER_NAMES else rates[name])
        for name, mistake in MISTAKES.items()
        if rates.get(name)
    )
    return Habits(
        kind=kind, contact=CONTACT.get(kind, 0) * dial, rates=rates, hears=HEARS.get(kind, {}), ways=ways
    )
