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
    "council-tax": 60, "benefits": 90, "electoral-register": 210, "housing": 120, "waiting-list": 240,
    "waste": 500, "gp-registrations": 300, "adult-social-care": 120, "children": 60, "school-census": 60,
    "send": 150, "blue-badges": 420, "libraries": 650, "police": 0,
}  # fmt: skip
"""Kind of source -> mean days since it last heard from a person (an exponential distribution)."""

RATES: Final[Mapping[str, Mapping[str, float]]] = {
    "council-tax": {
        "half_of_double_barrelled": 0.3, "nickname": 0.03, "known_by_second_name": 0.01, "no_middle_names": 0.4,
        "initials_only": 0.03, "names_swapped": 0.004, "sound_spelling": 0.015, "typing_error": 0.02,
        "no_birth_date": 0.8, "default_date": 0.03, "transposed_digits": 0.004, "no_phone": 0.6,
        "no_email": 0.6, "no_postcode": 0.01, "no_uprn": 0.04, "no_flat": 0.01, "shortened_street": 0.1,
        "not told of a move": 0.02, "dead still listed": 0.25, "gone still listed": 0.12,
        "landlord pays": 0.25, "billed elsewhere": 0.04, "executors": 0.5, "re-keyed": 0.02,
    },
    "benefits": {
        "half_of_double_barrelled": 0.2, "nickname": 0.03, "known_by_second_name": 0.01, "no_middle_names": 0.45,
        "names_swapped": 0.004, "sound_spelling": 0.012, "typing_error": 0.015, "scanning_error": 0.008,
        "swapped_day_and_month": 0.005, "wrong_birth_digit": 0.006, "no_nino": 0.02, "transposed_digits": 0.01,
        "no_phone": 0.3, "no_email": 0.5, "no_uprn": 0.1, "no_flat": 0.015, "street_mistyped": 0.01,
        "dead still listed": 0.1, "gone still listed": 0.05, "shared phone": 0.1,
    },
    "electoral-register": {
        "half_of_double_barrelled": 0.1, "nickname": 0.005, "no_middle_names": 0.3, "names_swapped": 0.008,
        "sound_spelling": 0.008, "typing_error": 0.01, "scanning_error": 0.01, "no_postcode": 0.002,
        "no_uprn": 0.1, "no_flat": 0.005, "street_mistyped": 0.005, "dead still listed": 0.2,
        "gone still listed": 0.35, "not registered": 0.1, "not registered after a move": 0.35,
    },
    "housing": {
        "half_of_double_barrelled": 0.25, "name_for_known_as": 0.1, "nickname": 0.04, "no_middle_names": 0.5,
        "initials_only": 0.03, "names_swapped": 0.006, "sound_spelling": 0.025, "typing_error": 0.03,
        "scanning_error": 0.01, "swapped_day_and_month": 0.01, "wrong_birth_digit": 0.01,
        "no_birth_date": 0.05, "default_date": 0.04, "no_nino": 0.2, "transposed_digits": 0.01,
        "no_phone": 0.15, "no_email": 0.4, "no_postcode": 0.01, "no_flat": 0.02, "dead still listed": 0.15,
        "gone still listed": 0.1, "shared phone": 0.2,
    },
    "waiting-list": {
        "name_for_known_as": 0.15, "nickname": 0.05, "no_middle_names": 0.6, "names_swapped": 0.008,
        "sound_spelling": 0.025, "typing_error": 0.03, "swapped_day_and_month": 0.012, "wrong_birth_digit": 0.01,
        "no_birth_date": 0.02, "no_nino": 0.3, "transposed_digits": 0.01, "no_phone": 0.05, "no_email": 0.2,
        "no_postcode": 0.02, "no_uprn": 0.6, "no_flat": 0.03, "shortened_street": 0.3, "street_mistyped": 0.03,
        "still waiting": 0.3,
    },
    "waste": {
        "nickname": 0.06, "no_middle_names": 0.85, "initials_only": 0.12, "sound_spelling": 0.025,
        "typing_error": 0.03, "no_birth_date": 1.0, "no_phone": 0.2, "no_email": 0.7, "no_postcode": 0.04,
        "no_uprn": 0.15, "no_flat": 0.02, "shortened_street": 0.3, "street_mistyped": 0.03,
        "dead still listed": 0.45, "gone still listed": 0.5,
    },
    "gp-registrations": {
        "half_of_double_barrelled": 0.15, "name_for_known_as": 0.05, "nickname": 0.01,
        "known_by_second_name": 0.01, "no_middle_names": 0.2, "names_swapped": 0.006, "sound_spelling": 0.012,
        "typing_error": 0.012, "swapped_day_and_month": 0.006, "wrong_birth_digit": 0.004,
        "default_date": 0.0005, "no_ethnicity": 0.12, "no_nhs_number": 0.015, "wrong_nhs_number": 0.02,
        "transposed_digits": 0.002, "no_phone": 0.2, "no_postcode": 0.01, "no_flat": 0.03,
        "shortened_street": 0.35, "street_mistyped": 0.02, "dead still listed": 0.06, "gone still listed": 0.25,
        "shared phone": 0.25, "registered twice": 0.008, "not registered": 0.025,
    },
    "adult-social-care": {
        "half_of_double_barrelled": 0.3, "name_for_known_as": 0.3, "nickname": 0.08,
        "known_by_second_name": 0.02, "no_middle_names": 0.7, "names_swapped": 0.01, "sound_spelling": 0.03,
        "typing_error": 0.035, "scanning_error": 0.01, "swapped_day_and_month": 0.015,
        "wrong_birth_digit": 0.015, "no_birth_date": 0.03, "default_date": 0.02, "no_ethnicity": 0.15,
        "no_nhs_number": 0.3, "wrong_nhs_number": 0.02, "transposed_digits": 0.01, "no_phone": 0.2,
        "no_postcode": 0.05, "no_flat": 0.04, "shortened_street": 0.3, "street_mistyped": 0.03,
        "dead still listed": 0.2, "gone still listed": 0.2, "shared phone": 0.3,
    },
    "children": {
        "half_of_double_barrelled": 0.3, "name_for_known_as": 0.1, "no_middle_names": 0.5, "names_swapped": 0.01,
        "sound_spelling": 0.03, "typing_error": 0.03, "swapped_day_and_month": 0.012, "wrong_birth_digit": 0.012,
        "no_ethnicity": 0.06, "no_nhs_number": 0.4, "wrong_nhs_number": 0.02, "no_upn": 0.2,
        "no_postcode": 0.05, "no_flat": 0.03, "street_mistyped": 0.03,
    },
    "school-census": {
        "half_of_double_barrelled": 0.1, "no_middle_names": 0.3, "names_swapped": 0.003, "sound_spelling": 0.008,
        "typing_error": 0.01, "swapped_day_and_month": 0.002, "wrong_birth_digit": 0.003, "no_upn": 0.003,
        "no_ethnicity": 0.03, "no_postcode": 0.005, "no_uprn": 0.5, "no_flat": 0.02, "shortened_street": 0.15,
        "street_mistyped": 0.015, "at school elsewhere": 0.09,
    },
    "send": {
        "name_for_known_as": 0.1, "no_middle_names": 0.6, "names_swapped": 0.006, "sound_spelling": 0.02,
        "typing_error": 0.025, "swapped_day_and_month": 0.01, "wrong_birth_digit": 0.01, "no_upn": 0.12,
        "no_nhs_number": 0.55, "wrong_nhs_number": 0.02, "no_phone": 0.2, "no_postcode": 0.03,
        "no_flat": 0.03, "shortened_street": 0.2, "street_mistyped": 0.02,
    },
    "blue-badges": {
        "half_of_double_barrelled": 0.15, "no_middle_names": 0.35, "sound_spelling": 0.012, "typing_error": 0.015,
        "scanning_error": 0.02, "swapped_day_and_month": 0.008, "wrong_birth_digit": 0.006, "no_nino": 0.15,
        "transposed_digits": 0.01, "no_phone": 0.15, "no_email": 0.4, "no_postcode": 0.01, "no_flat": 0.02,
        "street_mistyped": 0.01, "dead still listed": 0.5, "gone still listed": 0.6,
    },
    "libraries": {
        "half_of_double_barrelled": 0.2, "name_for_known_as": 0.4, "nickname": 0.15, "no_middle_names": 0.9,
        "names_swapped": 0.008, "sound_spelling": 0.02, "typing_error": 0.03, "swapped_day_and_month": 0.01,
        "wrong_birth_digit": 0.01, "birth_year_only": 0.02, "no_birth_date": 0.25, "default_date": 0.03,
        "no_phone": 0.3, "no_email": 0.15, "no_postcode": 0.03, "no_flat": 0.03, "shortened_street": 0.35,
        "street_mistyped": 0.03, "dead still listed": 0.7, "gone still listed": 0.75, "joined twice": 0.03,
    },
    "police": {
        "half_of_double_barrelled": 0.3, "name_for_known_as": 0.35, "nickname": 0.1, "no_middle_names": 0.65,
        "names_swapped": 0.015, "sound_spelling": 0.045, "typing_error": 0.045, "swapped_day_and_month": 0.015,
        "wrong_birth_digit": 0.02, "no_birth_date": 0.15, "birth_year_only": 0.02, "no_ethnicity": 0.25,
        "no_phone": 0.35, "no_postcode": 0.15, "no_flat": 0.06, "shortened_street": 0.3,
        "street_mistyped": 0.05,
    },
    "business-rates": {
        "stale name": 0.1, "typing_error": 0.02, "no company number": 0.15, "closed still listed": 0.15,
        "no_uprn": 0.05,
    },
    "food-register": {
        "typing_error": 0.02, "closed still listed": 0.25, "no postcode": 0.08, "not registered": 0.05,
    },
    "licensing": {
        "typing_error": 0.025, "closed still listed": 0.35, "no postcode": 0.06, "not registered": 0.08,
        "no_middle_names": 0.3, "sound_spelling": 0.02,
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
    }
)
"""Ways that are not made harder or easier: they are how such systems are, or an agreed share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How one kind of source goes wrong at one setting of the dial."""

    kind: str
    contact: float
    rates: Mapping[str, float]
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
    return Habits(kind=kind, contact=CONTACT.get(kind, 0) * dial, rates=rates, ways=ways)
