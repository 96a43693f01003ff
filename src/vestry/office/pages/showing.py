"""From a page to an answer. A page is a frozen dataclass that names its template: made without a browser, rendered without a
database."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from django.http import HttpResponse
from django.shortcuts import render

from vestry.office.pages.shell import shell_of


class Page(Protocol):
    """What a template is given as `page`."""

    template: ClassVar[str]
    """The template's name: "today/today.html"."""


def shown(request: Any, page: Page, *, status: int = 200, purpose: str = "") -> HttpResponse:
    """The page, in its frame. `purpose` is that of work which has only one; else it is the one that was chosen."""
    return render(request, page.template, {"page": page, "shell": shell_of(request, purpose)}, status=status)
