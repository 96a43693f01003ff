"""The door that every personal value of a page came through: the gateway, as whoever is in, for the purpose that they chose."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from vestry.errors import SharingRefused
from vestry.office.accounts.arriving import led, members_only, who
from vestry.office.accounts.site import site_of
from vestry.office.pages.urgent import PURPOSE, emergency_in
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.grants import EMERGENCY
from vestry.sharing.purposes import purpose_of

View = Callable[..., HttpResponse]


def asker_in(request: HttpRequest) -> Asker:
    """As whom the request asks. Raises SharingRefused where they are nothing for that organisation any more."""
    asker = who(request).asker()
    if asker is None:
        raise SharingRefused(
            "You are nothing there any more.", where="the office", fix="choose another organisation"
        )
    return asker


def door(request: HttpRequest) -> ByAgreement:
    """The twin as whoever is in may see it, in the emergency that stands, where one does."""
    standing = emergency_in(request)
    return site_of(request).door_for(asker_in(request), standing.emergency if standing else None)


def purpose_in(request: Any) -> str:
    """The purpose that was chosen; "" for none, and for an emergency that has ended."""
    chosen = purpose_of(request.session.get(PURPOSE, ""))
    if chosen is None or (chosen.code == EMERGENCY and emergency_in(request) is None):
        return ""
    return chosen.code


def for_a_purpose(view: View) -> View:
    """The view for who is in and has chosen why they look; the others are asked first, and led back."""

    @wraps(view)
    def asked(request: Any, *arguments: Any, **named: Any) -> HttpResponse:
        if not purpose_in(request):
            back = request.get_full_path() if request.method == "GET" else "/find/"
            return HttpResponseRedirect(f"/purpose/?{urlencode({'next': back})}")
        return view(request, *arguments, **named)

    return members_only(asked)


def roles_only(*roles: str) -> Callable[[View], View]:
    """The view for whoever has one of these roles where they are in. To others it looks as if there were no such page."""

    def guarded(view: View) -> View:
        @wraps(view)
        def asked(request: Any, *arguments: Any, **named: Any) -> HttpResponse:
            if not asker_in(request).roles.intersection(roles):
                raise SharingRefused(
                    "This is not part of your work here.",
                    where=request.path,
                    fix="ask whoever keeps the accounts for the role, if it should be",
                )
            return view(request, *arguments, **named)

        return members_only(asked)

    return guarded


def opening(view: View) -> View:
    """The view of what opens records or lets somebody in (a signature, a role, an invitation), for who has just shown a passkey:
    nobody does that with a screen that was left unlocked. What closes asks for none.

    In a fictional place, which anybody may look round and where most have no passkey, only who has one is asked.
    """

    @wraps(view)
    def asked(request: Any, *arguments: Any, **named: Any) -> HttpResponse:
        site, member = site_of(request), who(request)
        strong = member.is_strong(site.clock.now())
        if not strong and not (site.place.fictional and not member.account.passkeys.exists()):
            return led("/passkey/again/", request, back=request.path)
        return view(request, *arguments, **named)

    return members_only(asked)
