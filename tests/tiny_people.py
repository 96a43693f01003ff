"""People of tiny places, as columns of an extract: for tests of several files."""

from __future__ import annotations

JANE = {
    "FAMILY": "Smith",
    "GIVEN": "Jane",
    "BORN": "1980-01-02",
    "ADDRESS": "1 High Street",
    "POSTCODE": "AB1 2AD",
}
TOM = {
    "FAMILY": "Jones",
    "GIVEN": "Thomas",
    "BORN": "1971-03-04",
    "ADDRESS": "2 Low Road",
    "POSTCODE": "AB1 2AE",
}
ASHA = {
    "FAMILY": "Patel",
    "GIVEN": "Asha",
    "BORN": "1990-05-06",
    "ADDRESS": "3 Mill Lane",
    "POSTCODE": "AB1 2AF",
}
OMAR = {
    "FAMILY": "Haddad",
    "GIVEN": "Omar",
    "BORN": "1965-07-08",
    "ADDRESS": "4 Mill Lane",
    "POSTCODE": "AB1 2AF",
}
MARY = {
    "FAMILY": "Tremain",
    "GIVEN": "Mary",
    "BORN": "1955-09-10",
    "ADDRESS": "5 Quay",
    "POSTCODE": "AB1 2AG",
}
