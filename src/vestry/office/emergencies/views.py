"""Beginning an emergency, and ending it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from vestry.errors import SharingRefused
from vestry.office.accounts.arriving import led, members_only, safe_next, who
from vestry.office.accounts.site import site_of
from vestry.office.emergencies.begin_page import BeginPage, begin_asked
from vestry.office.emergencies.telling import may_be_told
from vestry.office.pages import urgent
from vestry.office.pages.door import asker_in
from vestry.office.pages.purposes import urgent_under
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _


@require_http_methods(["GET", "POST"])
@members_only
def begin(request: Any) -> HttpResponse:
    """Begin one: for whoever an agreement opens something to in an emergency. Whoever has a passkey shows it first: nobody does
    this with a screen that was left unlocked, and restricted records open to nobody else."""
    site, asker, member = site_of(request), asker_in(request), who(request)
    under = urgent_under(site, asker)
    if not under:
        raise SharingRefused(
            "This is not part of your work here.",
            where=request.path,
            fix="ask whoever keeps the accounts for the role, if it should be",
        )
    passkey = member.account.passkeys.exists()
    if passkey and not member.is_strong(site.clock.now()):
        return led("/passkey/again/", request, back=request.path)
    given = request.POST if request.method == "POST" else request.GET
    people, to = may_be_told(site, asker), safe_next(given.get("next", "/find/"))
    if request.method != "POST":
        first = people[0].user if people else ""
        page = BeginPage(under=under, people=people, next=to, passkey=passkey, chosen=first)
        return shown(request, page)
    why, told, problems = begin_asked(request.POST, people)
    if problems:
        page = BeginPage(
            under=under, people=people, next=to, passkey=passkey, chosen=told, why=request.POST.get("why", ""),
            problems=problems,
        )  # fmt: skip
        return shown(request, page, status=422)
    urgent.begin(request, asker, reason=why, told=told)
    return HttpResponseRedirect(to)


@require_POST
@members_only
def end(request: Any) -> HttpResponse:
    """End the one that stands."""
    stood = urgent.emergency_in(request) is not None
    urgent.end(request)
    if stood:
        say(request, _("The emergency has ended. Say why you look before you go on."))
    return HttpResponseRedirect("/")
