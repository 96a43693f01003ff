"""Headers as systems write them, and what they are taken for."""

from __future__ import annotations

import pytest

from vestry.contracts.recognising import NUMBERS, normalise, recognise
from vestry.model.fields import NUMBER_KINDS
from vestry.office.pages.field_words import NUMBER_KIND


@pytest.mark.parametrize(
    ("header", "thing", "field", "index"),
    [
        ("Middle name or middle initial", "person", "given_names", None),
        ("Surname of other liable person", "partner", "family_name", None),
        ("SURNAME2", "partner", "family_name", None),
        ("Unique property reference number (UPRN)", "property", "uprn", None),
        ("Council Tax account reference", "episode", "reference", None),
        ("Billing address 1 (and following lines)", "billing", "address_lines", 1),
        ("National insurance number (and following fields)", "person", "nino", None),
        ("NHS_NO", "person", "nhs_number", None),
        ("AddressLine3", "property", "address_lines", 3),
        ("Add6", "property", "address_lines", 6),
        ("POST_TOWN", "property", "address_lines", 8),
        ("ETHNIC", "person", "ethnicity", None),
        ("DECOM", "episode", "opened_on", None),
        ("PersonBirthDate", "person", "birth_date", None),
        ("LocalAuthorityBusinessID", "organisation", "business_reference", None),
        ("PL_POST", "placement", "postcode", None),
        ("Unique Learner Number", "person", "other_number", "uln"),
        ("ULN", "person", "other_number", "uln"),
        ("DrivingLicenceNumber", "person", "other_number", "driving_licence"),
        ("PassportNo", "person", "other_number", "passport"),
        ("ULN No", "person", "other_number", "uln"),
        ("Driver's licence", "person", "other_number", "driving_licence"),
        ("Prison number", "person", "other_number", "prison"),
    ],
)
def test_recognised(header: str, thing: str, field: str, index: int | str | None) -> None:
    meaning = recognise(header)
    assert meaning is not None
    assert (meaning.thing, meaning.field, meaning.index) == (thing, field, index)


@pytest.mark.parametrize(
    "header",
    [
        "PollingStationAddress1",
        "Previous address 1",
        "MC_DOB",
        "LocalAuthorityName",
        "Council Tax band",
        "Prison",
        "Passport",
        "",
    ],
)
def test_not_recognised(header: str) -> None:
    assert recognise(header) is None


def test_normalised() -> None:
    assert {normalise(h) for h in ("AddressLine1", "ADDRESS_LINE_1", "Address line 1:")} == {"address line 1"}


def test_every_kind_of_number_that_is_offered_is_known_by_a_header_and_has_a_name_on_a_page() -> None:
    assert tuple(kind for _, kind in NUMBERS) == NUMBER_KINDS == tuple(NUMBER_KIND)
