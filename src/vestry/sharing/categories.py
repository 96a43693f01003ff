"""The fields that an agreement may name, by category: the published list, from the common data model.

A field that is of no category can be shared by no agreement; a test holds that every field of the model is of one.
Beside the model's fields stand those of dealings with services (`dealing.status`) and of what ties people to one another.
"""

from __future__ import annotations

from typing import Final

from vestry.model.fields import EPISODE_FIELDS

DEALING: Final = "dealing."
"""Before the field of a dealing with a service (an episode)."""

CATEGORIES: Final[dict[str, tuple[str, ...]]] = {
    "name": ("title", "family_name", "given_names", "known_as", "previous_family_name"),
    "birth": ("birth_date",),
    "death": ("death_date",),
    "sex": ("sex",),
    "identity": ("gender",),
    "ethnicity": ("ethnicity",),
    "nhs-number": ("nhs_number",),
    "nino": ("nino",),
    "upn": ("upn",),
    "other-number": ("other_number",),
    "address": (
        "address_lines", "postcode", "uprn", "usrn", "longitude", "latitude", "postal_address_lines", "postal_postcode",
    ),
    "contact": ("email", "phone"),
    "residence": ("residence",),
    "household": ("household",),
    "relationships": ("relationship",),
    "dealings": ("dealing.service", *(f"{DEALING}{name}" for name in EPISODE_FIELDS)),
    "business": (
        "organisation_name", "organisation_type", "company_number", "ods_code", "school_urn", "fhrs_id",
        "business_reference", "rating", "rated_on", "opened_on", "closed_on",
    ),
}  # fmt: skip
"""Category -> its fields."""

FIELDS: Final = {field: category for category, fields in CATEGORIES.items() for field in fields}
"""Field -> its category."""

LEAD_HOME: Final = frozenset(
    field for category in ("address", "contact", "residence", "household") for field in CATEGORIES[category]
)
"""Fields that could lead somebody to a person's door: withheld of whoever has a protected address."""


def fields_named(names: tuple[str, ...]) -> frozenset[str]:
    """The fields that `names`, each a category or a field, stand for. A name that is neither stands for nothing."""
    return frozenset(
        field for name in names for field in CATEGORIES.get(name, (name,) if name in FIELDS else ())
    )
