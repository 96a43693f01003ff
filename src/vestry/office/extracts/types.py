"""The types that a column of a contract may have, in words."""

from __future__ import annotations

from typing import Final

from vestry.office.pages.translating import gettext_lazy

TYPE: Final = {
    "string": gettext_lazy("text"),
    "date": gettext_lazy("date"),
    "timestamp": gettext_lazy("date and time"),
    "time": gettext_lazy("time of day"),
    "number": gettext_lazy("number"),
    "integer": gettext_lazy("whole number"),
    "boolean": gettext_lazy("yes or no"),
}
"""`contracts.notation.LOGICAL_TYPES` -> what a page calls it."""


def type_said(logical_type: str) -> str:
    """What a page calls a type; one that is not here, as the contract has it."""
    return str(TYPE.get(logical_type, logical_type))
