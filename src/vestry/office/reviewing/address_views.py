"""Addresses that lead to no property for certain: what each may be, and a person's word on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from vestry.addresses.decided import IS, NOWHERE, WITHDRAWN
from vestry.errors import AddressNotReviewable
from vestry.office.accounts.site import site_of
from vestry.office.pages.below import problem_told
from vestry.office.pages.door import door, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.reviewing.address_page import addresses_page
from vestry.sharing.reviewing_addresses import AddressDesk
from vestry.sharing.reviewing_within import REVIEW_PURPOSE, REVIEWER

SHOWN = 10
"""Addresses on one page: a person decides them one by one."""


@require_safe
@roles_only(REVIEWER)
def waiting(request: Any) -> HttpResponse:
    """Those that wait, what most records write first."""
    return _page(request, {})


@require_POST
@roles_only(REVIEWER)
def decide(request: Any) -> HttpResponse:
    """A word on one: this property, none, or taken back."""
    record, chosen = request.POST.get("record", ""), request.POST.get("uprn", "")
    uprn = request.POST.get("other", "").strip() if chosen == "other" else chosen
    if not chosen or (chosen == "other" and not uprn):
        return _page(request, {record: _("Choose a property, or none")})
    word = NOWHERE if chosen == "none" else WITHDRAWN if chosen == "undo" else IS
    try:
        told = _desk(request).decide(record, word, uprn=uprn if word == IS else "", purpose=REVIEW_PURPOSE)
    except AddressNotReviewable as error:
        return _page(request, {record: problem_told(error)})
    request.session["address-last"] = "" if word == WITHDRAWN else record
    said = {
        IS: _("Written down: it is the property %(uprn)s, for %(n)s records that write it so."),
        NOWHERE: _("Written down: it is no property of the gazetteer, for %(n)s records that write it so."),
        WITHDRAWN: _("Taken back: it is open again."),
    }[word]
    say(request, said % {"uprn": told.uprn, "n": told.records} if "%" in said else said)
    return HttpResponseRedirect("/review/addresses/")


def _page(request: Any, problems: dict[str, str]) -> HttpResponse:
    found = _desk(request).waiting(purpose=REVIEW_PURPOSE, limit=SHOWN)
    page = addresses_page(found, problems, request.session.get("address-last", ""))
    if problems and not page.problems:
        raise AddressNotReviewable(
            _("That address does not wait any more."), where="review", fix=_("look at the list again")
        )
    return shown(request, page, status=422 if problems else 200, purpose=REVIEW_PURPOSE)


def _desk(request: Any) -> AddressDesk:
    return door(request).address_reviews(site_of(request).clock)
