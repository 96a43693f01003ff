"""Every request on its way in: sent to a host that is ours, whose session it is, every answer with headers that guard it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from vestry.errors import VestryError
from vestry.office.accounts.sessions import SignedIn, signed_in
from vestry.office.accounts.shown import RefusedPage
from vestry.office.accounts.site import site_of
from vestry.office.migrating import unavailable
from vestry.office.pages.below import in_language
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _, gettext_lazy

View = Callable[..., HttpResponse]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; "
    "form-action 'self'{to}; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy. Pictures within the stylesheet are its only `data:`. `to` is the OpenID Connect provider, where the
form to sign in leads on to."""


class Arrival:
    """Django's middleware for all of that. `request.signed_in` is who is in, or None."""

    def __init__(self, get_response: View) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """The answer, or what is told of a refusal."""
        request.get_host()  # raises DisallowedHost, which is answered with 400
        request.signed_in, site = None, site_of(request)
        with translation.override(site.place.language.lower()):
            try:
                site.office.connection()
                request.signed_in = signed_in(request, site)
                response = self._get_response(request)
            except (VestryError, Error) as error:
                response = told_of(request, error)
        return guarded(response)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A deliberate error, or a database that is gone, as a page, or as JSON for a program."""
        return told_of(request, error) if isinstance(error, (VestryError, Error)) else None


def guarded(response: HttpResponse) -> HttpResponse:
    """The answer with its guards: what it may load, who may show it, and that nobody keeps it."""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(to=""))
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Permissions-Policy"] = (
        "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), geolocation=(), microphone=()"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def told_of(request: HttpRequest, error: VestryError | Error) -> HttpResponse:
    """What may be known of `error`: never where, which is for whoever runs the place, nor what a driver says.

    What is no refusal is entered in the log of the process, for them.
    """
    if isinstance(error, Error):
        error = unavailable(site_of(request).office, error)
    if error.http_status < 500:
        return told(request, error.code, error.what, error.fix, error.http_status)
    structlog.get_logger().warning("request-failed", code=error.code, location=error.where)
    response = told(
        request,
        error.code,
        str(_ABOVE),
        _("try again in a while, or tell whoever runs it"),
        error.http_status,
    )
    response.headers["Retry-After"] = "10"
    return response


def told(request: HttpRequest, code: str, what: str, fix: str, status: int) -> HttpResponse:
    """A refusal as a page, or as JSON for a program."""
    if wants_json(request):
        return JsonResponse({"error": code, "what": what, "fix": fix}, status=status)
    page = RefusedPage(title=_title(code, status), what=in_language(what), fix=in_language(_for_a_page(fix)))
    return shown(request, page, status=status)


def _for_a_page(fix: str) -> str:
    """What somebody can do, without what is typed on the place's own machine: whoever has pages has no terminal."""
    return "; ".join(
        part for part in re.split(r"; (?:or )?", fix) if "vestry " not in part and "--" not in part
    )


def _title(code: str, status: int) -> str:
    """What a refusal is headed with."""
    if status == 404:
        return str(_("There is nothing here that you may see"))
    if code in ("sharing-refused", "purpose-missing"):
        return str(_("That is not open to you"))
    return str(_("That did not work"))


_ABOVE: Final = gettext_lazy("The office cannot answer just now. Nothing was changed, and nothing was shown.")


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks."""
    return bool(request.content_type == "application/json") or request.path.startswith(
        ("/oauth/", "/who-am-i")
    )


def safe_next(path: str) -> str:
    """`path` where it leads to a page of ours; else the first page."""
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"


def who(request: Any) -> SignedIn:
    """Who is in, in a view that `members_only` lets through."""
    found = request.signed_in
    assert isinstance(found, SignedIn)
    return found


def led(to: str, request: HttpRequest, back: str = "/") -> HttpResponse:
    """Led elsewhere first, and back after: to the page that was asked for, or where something was sent, to `back`."""
    back = request.get_full_path() if request.method == "GET" else back
    return HttpResponseRedirect(f"{to}?{urlencode({'next': back})}")


def members_only(view: View) -> View:
    """The view for who is in, and has chosen for which organisation."""

    def guarded_view(request: Any, *arguments: Any, **named: Any) -> HttpResponse:
        if request.signed_in is None:
            return led("/sign-in/", request)
        if not request.signed_in.organisation:
            return led("/organisation/", request)
        return view(request, *arguments, **named)

    return guarded_view


def strong_only(view: View) -> View:
    """The view for who has shown a passkey within the last quarter of an hour."""

    def guarded_view(request: Any, *arguments: Any, **named: Any) -> HttpResponse:
        if not who(request).is_strong(site_of(request).clock.now()):
            return led("/passkey/again/", request)
        return view(request, *arguments, **named)

    return members_only(guarded_view)
