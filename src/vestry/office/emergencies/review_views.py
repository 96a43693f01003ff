"""Reviewing emergencies: for who was told, and the governance officers of whoever looked. To others there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from vestry.office.accounts.arriving import members_only
from vestry.office.accounts.models import Account
from vestry.office.accounts.site import site_of
from vestry.office.agreements.errors import EmergencyUnknown
from vestry.office.emergencies.review_page import (
    FOUND,
    EmergenciesPage,
    EmergencyLine,
    EmergencyPage,
    emergency_line,
    look_lines,
    review_asked,
)
from vestry.office.emergencies.telling import may_review
from vestry.office.pages.door import asker_in
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.pages.urgent import emergencies_of
from vestry.sharing.people_apart import Looked

SHOWN: Final = 20
"""Reviews that are shown of those that were made."""


@require_safe
@members_only
def emergencies(request: Any) -> HttpResponse:
    """Those that wait for whoever is in, and what came of the last ones."""
    desk, asker = emergencies_of(request), asker_in(request)
    waiting = [one for one in desk.waiting() if may_review(one, asker)]
    reviewed = [one for one in desk.reviewed() if may_review(one, asker)][:SHOWN]
    return shown(
        request, EmergenciesPage(waiting=_lines(request, waiting), reviewed=_lines(request, reviewed))
    )


@require_http_methods(["GET", "POST"])
@members_only
def emergency(request: Any, number: int) -> HttpResponse:
    """What was looked at in one, whose reading is entered, and what the review found."""
    desk, asker = emergencies_of(request), asker_in(request)
    one = next((o for o in desk.waiting() if o.number == number and may_review(o, asker)), None)
    if one is None:
        raise EmergencyUnknown(
            "There is no such emergency that you may review.", where="the office", fix="see which ones wait for you"
        )  # fmt: skip
    given: dict[str, Any] = {}
    if request.method == "POST":
        found, words, problems = review_asked(request.POST)
        if found is not None and not problems:
            desk.review(number, by=asker.user, found=found, words=words)
            say(request, _("The review is entered."))
            return HttpResponseRedirect("/emergencies/")
        given = {"found": found or "", "words": words, "problems": problems}
    page = EmergencyPage(
        one=_lines(request, [one])[0],
        looks=look_lines(site_of(request).twin.audit(asker).in_emergency(number)),
        outcomes=tuple((code, str(said)) for code, said in FOUND.items()),
        **given,
    )
    return shown(request, page, status=422 if given else 200)


def _lines(request: Any, looks: Iterable[Looked]) -> tuple[EmergencyLine, ...]:
    site, looks = site_of(request), list(looks)
    users = {user for one in looks for user in (one.user, one.told, one.reviewed_by)}
    names = dict(Account.objects.filter(user__in=users).values_list("user", "name"))
    now = site.clock.now()
    return tuple(
        emergency_line(one, names=names, organisations=site.place.organisations, now=now) for one in looks
    )
