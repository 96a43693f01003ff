"""Why a row was kept out, in words: each rule that the house has, and any that a contract makes itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vestry.contracts.contract import Contract
from vestry.office.pages.translating import _, gettext_lazy

_WORDS: Final = {
    "key-repeated": gettext_lazy("The key is in the file more than once, with different contents."),
    "unknown-code": gettext_lazy("The code is none that the contract lists."),
    "required": gettext_lazy("A value is missing that every row has to have."),
    "not-a-date": gettext_lazy("The value is no date in any format that the contract names."),
    "not-a-number": gettext_lazy("The value is no number."),
    "not-an-integer": gettext_lazy("The value is no whole number."),
    "not-a-boolean": gettext_lazy("The value is neither true nor false."),
    "row-ragged": gettext_lazy("The row has more or fewer values than there are columns."),
    "row-quoting": gettext_lazy("A quotation mark is opened in the row and never closed, or stands where none may."),
    "row-nul": gettext_lazy("The row holds a character that is no text."),
    "row-encoding": gettext_lazy("The row is not in the encoding that the contract names."),
    "row-too-long": gettext_lazy("The row is longer than any row can be."),
    "row-not-a-feature": gettext_lazy("The row is no feature of a map."),
    "nullValues": gettext_lazy("A value is missing that the contract asks for."),
    "missingValues": gettext_lazy("The value is a text that stands for nothing."),
    "invalidValues": gettext_lazy("The value is none that the contract allows."),
    "duplicateValues": gettext_lazy("The value is in another row too, and may be in one alone."),
    "nhs-number-check-digit": gettext_lazy("The NHS number is not one: its check digit is wrong."),
    "nino-form": gettext_lazy("The National Insurance number does not have the form of one."),
    "postcode-form": gettext_lazy("The postcode does not have the form of one."),
    "uprn-form": gettext_lazy("The UPRN does not have the form of one."),
    "email-form": gettext_lazy("The email address does not have the form of one."),
    "phone-form": gettext_lazy("The telephone number is none that could have been given out."),
    "date-not-after-extract": gettext_lazy("The date is later than the day of the extract."),
}  # fmt: skip
"""Rule or check -> what it found wrong."""


def reason_said(rule: str, contract: Contract | None = None) -> str:
    """What a rule found wrong. `contract` knows what is behind the name that it gave to a rule of its own."""
    if rule in _WORDS:
        return str(_WORDS[rule])
    check = _checks(contract).get(rule, "") if contract else ""
    if check in _WORDS:
        return str(_WORDS[check])
    return _("The row breaks the contract's rule %(rule)s.") % {"rule": rule}


def _checks(contract: Contract) -> Mapping[str, str]:
    return {rule.name: rule.check for table in contract.tables for rule in table.rules}
