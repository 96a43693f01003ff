"""Signing in, choosing for whom one acts, and signing out."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vestry.office.accounts.arriving import POLICY, led, safe_next
from vestry.office.accounts.demo import demo_password
from vestry.office.accounts.errors import SignInRefused
from vestry.office.accounts.locking import refuse_locked, tell_failure
from vestry.office.accounts.lockout import Lockout
from vestry.office.accounts.models import Account
from vestry.office.accounts.openid import begin, finish
from vestry.office.accounts.sessions import choose, sign_in, sign_out
from vestry.office.accounts.shown import DoorPage, OrganisationPage, Somebody
from vestry.office.accounts.site import Site, site_of
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.pages.urgent import PURPOSE, emergencies_of, emergency_in, end
from vestry.office.pages.words import listed


@require_safe
def door(request: Any) -> HttpResponse:
    """The ways in that this place has."""
    site, to = site_of(request), safe_next(request.GET.get("next", "/"))
    if request.signed_in is not None:
        return HttpResponseRedirect(to)
    return _door(request, site, to)


def _door(request: HttpRequest, site: Site, to: str, *, status: int = 200, **said: Any) -> HttpResponse:
    """The page of the ways in, with what was `said` of the demo's form."""
    place = site.place
    page = DoorPage(
        next=to,
        openid=bool(place.sign_in.issuer),
        fictional=place.fictional,
        people=_everybody() if place.fictional else (),
        **said,
    )
    answer = shown(request, page, status=status)
    if page.openid:
        # The form's answer leads on to the provider, which browsers hold against form-action too.
        parts = urlsplit(place.sign_in.issuer)
        answer.headers["Content-Security-Policy"] = POLICY.format(to=f" {parts.scheme}://{parts.netloc}")
    return answer


def _everybody() -> tuple[Somebody, ...]:
    """The users of a fictional place, in order of name, and what each does there."""
    accounts = Account.objects.filter(is_system=False, suspended_at=None).prefetch_related("posts")
    found = [
        Somebody(
            user=one.user,
            name=one.name,
            work=listed([post.title or post.organisation for post in one.posts.all()]),
        )
        for one in accounts
    ]
    return tuple(sorted(found, key=lambda one: one.name))


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
        said = {"password": _("That is not the demo's password. It is in the place's folder, in keys/demo")}
        to = safe_next(request.POST.get("next", "/"))
        return _door(request, site, to, status=403, chosen=user, problems=said)
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
    problems = {}
    if request.method == "POST":
        wanted = request.POST.get("organisation", "")
        if wanted and wanted not in mine:
            raise SignInRefused("You do not work for that organisation.", fix="choose another")
        if not wanted:
            problems["organisation"] = _("Choose for whom you act")
        else:
            end(request)
            choose(request, site, member, wanted)
            request.session.pop(PURPOSE, None)
            return HttpResponseRedirect(safe_next(request.POST.get("next", "/")))
    page = OrganisationPage(
        offered=tuple((one, place.organisations.get(one, one)) for one in mine),
        chosen=member.organisation,
        next=safe_next((request.POST if request.method == "POST" else request.GET).get("next", "/")),
        problems=problems,
    )
    return shown(request, page, status=422 if problems else 200)


@require_POST
def leave(request: Any) -> HttpResponse:
    """End the session."""
    member = request.signed_in
    if member is not None:
        standing, asker = emergency_in(request), member.asker()
        sign_out(request, site_of(request), member)
        if standing is not None and standing.emergency.number is not None and asker is not None:
            emergencies_of(request).end(standing.emergency.number, asker)
    return HttpResponseRedirect("/sign-in/")
