"""Names of organisations, by the spellings that real registers use for one and the same."""

from __future__ import annotations

import pytest

from vestry.standardise.organisations import core_name, host_name, name_tokens, organisation_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Tesco   Express ", "TESCO EXPRESS"),
        ("Domino\u2019s Pizza,", "DOMINO'S PIZZA"),
        ("N/A", None),
        ("unknown", None),
        ("--", None),
        ("", None),
    ],
)
def test_organisation_name(text: str, expected: str | None) -> None:
    assert organisation_name(text) == expected


@pytest.mark.parametrize(
    "same",
    [
        ("McDonald's Restaurants Ltd", "McDonalds Restaurant", "MCDONALD\u2019S RESTAURANT LIMITED"),
        (
            "St Mary's Church of England (VA) Primary School",
            "St Marys C Of E JMI School",
            "ST. MARYS COFE PRIM SCH",
            "Saint Mary's CE Junior Mixed and Infant School",
            "St Mary's Cof E Voluntary Aided Primary School and Nursery",
        ),
        ("HORMEAD CHURCH OF ENGLAND (VA) SCHOOL", "Hormead C Of E (V A) School"),
        ("St Thomas More Roman Catholic Primary School", "St Thomas More RC Primary School"),
        ("St John Catholic Primary School", "St Johns Catholic Primary School"),
        ("Merry Hill Infant School and Nursery", "Merry Hill Infants School"),
        ("The Crown Ph", "THE CROWN PUBLIC HOUSE"),
        ("D. J. Rover", "D J ROVER", "DJ Rover"),
        ("CASSIO SURGERY - E82630", "Cassio Surgery"),
        ("SOUTH WEST HERTS HLTH CTR", "South West Hertfordshire Health Centre"),
        ("Simmons (Bakers) Ltd", "SIMMONS BAKERS"),
        ("The Co-Operative Food", "Co-op Food", "Cooperative Food"),
        ("Fish & Chips", "Fish 'n' Chips", "Fish and Chips", "Fish n Chips"),
        ("Café Nero", "CAFFE NERO"),
        ("Sainsbury's Plc", "SAINSBURYS"),
        ("Yellow Sunshine (UK) Ltd", "Yellow Sunshine"),
        ("St Albans& St Stephens Infant School", "Saint Alban and St Stephen Infants' School"),
        ("Kebab Bros Ltd T/A Crystal Kebab", "Crystal Kebab", "J Smith trading as Crystal Kebab"),
        ("CUFFLEY & GOFFS OAK M/PRA", "Cuffley and Goffs Oak Medical Practice"),
    ],
)
def test_spellings_of_one_organisation_have_one_core(same: tuple[str, ...]) -> None:
    assert len({core_name(name) for name in same}) == 1
    assert core_name(same[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hobletts Manor Infants' School", "Hobletts Manor Junior School"),
        ("HCL @ Greenfield JMI School", "Greenfield JMI School"),
        ("4 MOT", "5 MOT"),
        ("St James Church", "St John's Church"),
        ("York Road Nursery School", "York Road School"),
        ("DERMATOLOGY SERVICES E&N", "DERMATOLOGY SERVICES E"),
    ],
)
def test_different_organisations_keep_apart(one: str, other: str) -> None:
    assert core_name(one) != core_name(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Church St Surgery", "CHURCH STREET SURGERY"),
        ("ST.NICHOLAS HEALTH CENTRE", "SAINT NICHOLAS HEALTH CENTRE"),
        ("St James's Hall", "SAINT JAMES HALL"),
        ("Ltd", "LTD"),
        ("The", "THE"),
        ("Unknown Ltd", None),
        ("138 HIGH STREET", "138 HIGH STREET"),
    ],
)
def test_core_name(text: str, expected: str | None) -> None:
    assert core_name(text) == expected


def test_host_name() -> None:
    assert host_name("HCL@Broxbourne C E Primary School") == core_name("Broxbourne CofE Primary School")
    assert host_name("Little Ones C/O Ware Football Club") == "WARE FOOTBALL CLUB"
    assert host_name("Dolce @") is None
    assert host_name("Tesco") is None


def test_name_tokens_are_sorted_and_distinct() -> None:
    assert name_tokens("The Bull & The Bull Pen Ltd") == ("AND", "BULL", "PEN", "THE")
    assert name_tokens("N/A") == ()
