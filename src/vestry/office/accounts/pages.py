"""The pages of signing in, of choosing for whom one acts, and of signing out. Few and plain: the office's own come later."""

from __future__ import annotations

import hmac
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vestry.office.accounts.arriving import POLICY, led, members_only, safe_next, who
from vestry.office.accounts.demo import demo_password
from vestry.office.accounts.errors import SignInRefused
from vestry.office.accounts.locking import refuse_locked, tell_failure
from vestry.office.accounts.lockout import Lockout
from vestry.office.accounts.models import Account
from vestry.office.accounts.openid import begin, finish
from vestry.office.accounts.sessions import choose, sign_in, sign_out
from vestry.office.accounts.site import site_of

_FILES: Final = {"passkey.js": "text/javascript; charset=utf-8", "office.css": "text/css; charset=utf-8"}


@require_safe
@members_only
def first(request: HttpRequest) -> HttpResponse:
    """Who is in, for whom, and the ways on."""
    member, site = who(request), site_of(request)
    return render(
        request,
        "accounts/first.html",
        {
            "place": site.place,
            "member": member,
            "organisation": site.place.organisations.get(member.organisation, member.organisation),
            "strong": member.is_strong(site.clock.now()),
        },
    )


@require_safe
def door(request: Any) -> HttpResponse:
    """The ways in that this place has."""
    site, to = site_of(request), safe_next(request.GET.get("next", "/"))
    if request.signed_in is not None:
        return HttpResponseRedirect(to)
    said = site.place.sign_in
    people = (
        Account.objects.filter(is_system=False, suspended_at=None).order_by("user")
        if site.place.fictional
        else ()
    )
    page = render(
        request,
        "accounts/door.html",
        {"place": site.place, "next": to, "openid": said.issuer, "people": people},
    )
    if said.issuer:
        # The form's answer leads on to the provider, which browsers hold against form-action too.
        parts = urlsplit(said.issuer)
        page.headers["Content-Security-Policy"] = POLICY.format(to=f" {parts.scheme}://{parts.netloc}")
    return page


@require_POST
def to_provider(request: HttpRequest) -> HttpResponse:
    """On to the OpenID Connect provider."""
    site = site_of(request)
    if not site.place.sign_in.issuer:
        raise Http404
    return HttpResponseRedirect(begin(request, site, safe_next(request.POST.get("next", "/"))))


@require_safe
def from_provider(request: HttpRequest) -> HttpResponse:
    """Back from it."""
    site = site_of(request)
    if not site.place.sign_in.issuer:
        raise Http404
    lockout = Lockout(site.clock, "openid")
    refuse_locked(lockout, request, "")
    try:
        account, to = finish(request, site)
    except SignInRefused:
        tell_failure(lockout, request, "")
        raise
    sign_in(request, site, account, "openid")
    return HttpResponseRedirect(safe_next(to))


@require_POST
def demo(request: HttpRequest) -> HttpResponse:
    """In with the password of a fictional place, as anybody. In a real place there is no such door."""
    site = site_of(request)
    if not site.place.fictional:
        raise Http404
    lockout, user = Lockout(site.clock, "demo"), request.POST.get("user", "")
    refuse_locked(lockout, request, "demo")
    account = Account.objects.filter(user=user, is_system=False, suspended_at=None).first()
    given = request.POST.get("password", "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, demo_password(site.place).encode()) or account is None:
        tell_failure(lockout, request, "demo")
        raise SignInRefused(
            "That is not the demo's password.", fix="it is in the place's folder, in keys/demo"
        )
    sign_in(request, site, account, "demo")
    return HttpResponseRedirect(safe_next(request.POST.get("next", "/")))


@require_http_methods(["GET", "POST"])
def organisation(request: Any) -> HttpResponse:
    """Choose for which organisation to act, of those that one works for."""
    if request.signed_in is None:
        return led("/sign-in/", request)
    member, site = request.signed_in, site_of(request)
    place = site.place
    mine = [post.organisation for post in member.user.posts]
    if request.method == "POST":
        wanted = request.POST.get("organisation", "")
        if wanted not in mine:
            raise SignInRefused("You do not work for that organisation.", fix="choose another")
        choose(request, site, member, wanted)
        return HttpResponseRedirect(safe_next(request.POST.get("next", "/")))
    offered = [(one, place.organisations.get(one, one)) for one in mine]
    to = safe_next(request.GET.get("next", "/"))
    return render(
        request,
        "accounts/organisation.html",
        {"place": place, "offered": offered, "next": to, "member": member},
    )


@require_POST
def leave(request: Any) -> HttpResponse:
    """End the session."""
    if request.signed_in is not None:
        sign_out(request, site_of(request), request.signed_in)
    return HttpResponseRedirect("/sign-in/")


@require_safe
def static(_: HttpRequest, name: str) -> HttpResponse:
    """A file that pages load: ours, from the package, and no other."""
    if name not in _FILES:
        raise Http404
    content = (files("vestry.office.accounts") / "static" / name).read_bytes()
    return HttpResponse(content, content_type=_FILES[name], headers={"Cache-Control": "max-age=3600"})
