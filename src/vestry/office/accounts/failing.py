"""What is answered where a request is not understood, leads nowhere, or fails: never a traceback, nor what was sent."""

from __future__ import annotations

import sys
from typing import Any, Final

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponse

from vestry.errors import VestryError
from vestry.office.accounts.arriving import guarded, told, told_of


def not_understood(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: a host that is not ours, or more than is read."""
    return guarded(told(request, "not-understood", "That was not understood.", "begin anew", 400))


def not_allowed(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    return guarded(told(request, "refused", "That is not open to you.", "begin anew", 403))


def not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that another site's page sent, or one from before somebody came in or went."""
    return guarded(told(request, "refused", "This form is not ours, or is from before.", _ANEW, 403))


def not_there(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404."""
    return guarded(told(request, "not-found", "There is no such page.", "begin at the first", 404))


def failed(request: HttpRequest) -> HttpResponse:
    """503 where the database is gone, 500 for what nobody thought of. Called where the error is still at hand."""
    error = sys.exc_info()[1]
    if isinstance(error, (VestryError, Error)):
        return guarded(told_of(request, error))
    structlog.get_logger().error("request-failed", code="unexpected", error_type=type(error).__name__)
    return guarded(told(request, "unexpected", "Something went wrong here.", "tell whoever runs it", 500))


_ANEW: Final = "go back, load the page again, and send it once more"
