"""Every string that a page says, ready to be said in another language; with types, which Django's own have not."""

from __future__ import annotations

from typing import Any

from django.utils import translation


def _(text: str) -> str:
    """The string in the language of the page."""
    return str(translation.gettext(text))


def ngettext(one: str, many: str, count: int) -> str:
    """The string for so many."""
    return str(translation.ngettext(one, many, count))


def gettext_lazy(text: str) -> Any:
    """The string, put into the language of the page when it is shown."""
    return translation.gettext_lazy(text)
