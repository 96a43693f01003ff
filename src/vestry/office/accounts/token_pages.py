"""The addresses for partners' systems: a token, its end, and whose it is. JSON in every case, and no cookie."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from joserfc import jws
from joserfc.errors import JoseError

from vestry.office.accounts.granting import Server
from vestry.office.accounts.locking import address_of, tell_failure
from vestry.office.accounts.lockout import WITHIN, Lockout
from vestry.office.accounts.models import Credential
from vestry.office.accounts.site import site_of
from vestry.office.accounts.tokens import token_shown


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for whoever proves to be a partner's system (RFC 6749, 4.4)."""
    return _heard(request, lambda server: server.create_token_response(request))


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """A token's end, asked for by whom it was given (RFC 7009)."""
    return _heard(request, lambda server: server.create_endpoint_response("revocation", request))


@require_safe
def who_am_i(request: HttpRequest) -> HttpResponse:
    """Whose token is shown (RFC 6750), for a partner to see that it works."""
    site = site_of(request)
    scheme, _, word = request.headers.get("Authorization", "").partition(" ")
    shown = token_shown(site.office, word, site.clock) if scheme.lower() == "bearer" and word else None
    if shown is None:
        challenge = 'Bearer error="invalid_token"' if word else "Bearer"
        return JsonResponse({"error": "invalid_token"}, status=401, headers={"WWW-Authenticate": challenge})
    return JsonResponse(
        {
            "user": shown.asker.user,
            "organisation": shown.asker.organisation,
            "roles": sorted(shown.asker.roles),
            "client_id": shown.client_id,
            "until": shown.until.isoformat(),
        }
    )


def _heard(request: HttpRequest, answer: Any) -> HttpResponse:
    if request.GET:
        said = {"error": "invalid_request", "error_description": "Nothing belongs in the address."}
        return JsonResponse(said, status=400)
    site, named = site_of(request), _named(request)
    lockout = Lockout(site.clock, "system")
    if lockout.is_locked(named, address_of(request)):
        said = {"error": "invalid_client", "error_description": "Too many tries failed. Wait."}
        return JsonResponse(said, status=429, headers={"Retry-After": str(int(WITHIN.total_seconds()))})
    response: HttpResponse = answer(Server(site, site.origin(request)))
    if response.status_code >= 400 and json.loads(response.content).get("error") == "invalid_client":
        known = Credential.objects.select_related("account").filter(client_id=named).first()
        tell_failure(lockout, request, named, known.account.user if known else "")
    elif response.status_code == 200:
        lockout.succeeded(named, address_of(request))
    return response


def _named(request: HttpRequest) -> str:
    """The client that a request names, unproved."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return unquote(base64.b64decode(given, validate=True).decode("utf-8").partition(":")[0])
        except (binascii.Error, ValueError):
            return ""
    assertion = request.POST.get("client_assertion", "")
    if assertion:
        try:
            said = json.loads(jws.extract_compact(assertion.encode("utf-8", "surrogatepass")).payload)
            return str(said.get("sub", "")) if isinstance(said, dict) else ""
        except (JoseError, ValueError):
            return ""
    return str(request.POST.get("client_id", ""))
