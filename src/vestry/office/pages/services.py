"""What a page calls a service, by its number in the Local Government Services List (LGSL). Others are called by their number."""

from __future__ import annotations

from typing import Final

from vestry.office.pages.translating import _, gettext_lazy

SERVICES: Final = {
    "4": gettext_lazy("Free school meals"),
    "9": gettext_lazy("Special educational needs"),
    "55": gettext_lazy("Business rates"),
    "57": gettext_lazy("Council tax"),
    "63": gettext_lazy("Council tax reduction"),
    "69": gettext_lazy("Housing benefit"),
    "92": gettext_lazy("Application for a home, or homelessness"),
    "141": gettext_lazy("Council tenancy"),
    "159": gettext_lazy("Child in care"),
    "160": gettext_lazy("Adoption"),
    "209": gettext_lazy("Social care"),
    "279": gettext_lazy("Blue Badge"),
    "437": gettext_lazy("Library membership"),
    "524": gettext_lazy("Assisted waste collection"),
    "859": gettext_lazy("Clinical waste collection"),
    "860": gettext_lazy("Licence"),
    "870": gettext_lazy("Police incident"),
}


def service_name(number: str, source: str = "") -> str:
    """What a dealing is called: its service's name, its number where it has no name here, or its source where it has neither."""
    if number in SERVICES:
        return str(SERVICES[number])
    return _("Service %(number)s") % {"number": number} if number else source.replace("-", " ").capitalize()
