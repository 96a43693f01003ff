"""Bring files, or take in those that were left in the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from vestry.clock import today
from vestry.contracts.contract import Contract
from vestry.errors import NotFound
from vestry.office.accounts.site import site_of
from vestry.office.extracts import jobs
from vestry.office.extracts.bringing_page import BringingPage, LeftLine
from vestry.office.extracts.describing import day_of, offered_sources
from vestry.office.extracts.inbox import waiting
from vestry.office.extracts.ledger_views import contracts_of
from vestry.office.extracts.letting_in import LARGEST, TOO_LARGE, is_good, word_for
from vestry.office.extracts.spool import empty, made
from vestry.office.extracts.uploading import Spooling
from vestry.office.pages.door import asker_in, roles_only
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.receiving import ENGINEER


@require_safe
@roles_only(ENGINEER)
def receive(request: Any) -> HttpResponse:
    """The form, and the inbox."""
    return shown(request, _page(request))


@csrf_exempt  # checked by `_brought`, once it is said where its files go: to read the form is to read them
@require_POST
@roles_only(ENGINEER)
def bring(request: Any, word: str) -> HttpResponse:
    """Take files: they lie in the spool until somebody says whose they are."""
    if not is_good(word, request.session.session_key or ""):
        again = _("This page was open for too long, or is another's. Choose the files again.")
        return shown(request, _page(request, {"files": again}), status=422)
    if int(request.META.get("CONTENT_LENGTH") or 0) >= LARGEST:
        return shown(request, _page(request, {"files": TOO_LARGE}), status=413)
    name = jobs.new_word()
    place = site_of(request).place
    spooling = Spooling(made(place, name))
    request.upload_handlers = [spooling]
    kept = False
    try:
        answer = _brought(request, name, spooling)
        kept = answer.status_code == 302
        return answer
    finally:
        if not kept:
            empty(place, name)


@csrf_protect
def _brought(request: Any, name: str, spooling: Spooling) -> HttpResponse:
    problems = list(spooling.problems)
    if not spooling.kept and not problems:
        problems = [_("Choose a file")]
    if problems:
        page = _page(request, {"files": problems[0]}, tuple(problems[1:]))
        return shown(request, page, status=422)
    jobs.bring(site_of(request), asker_in(request), name, spooling.kept)
    return HttpResponseRedirect(f"/extracts/work/{name}/")


@require_POST
@roles_only(ENGINEER)
def take(request: Any) -> HttpResponse:
    """Have one file of the inbox taken in."""
    site, asker = site_of(request), asker_in(request)
    contracts, _problem = contracts_of(site)
    source, name = request.POST.get("source", ""), request.POST.get("name", "")
    mine = dict(offered_sources(site, asker, contracts))
    left = next((one for one in waiting(site.place, mine) if (one.source, one.name) == (source, name)), None)
    if left is None:
        raise NotFound(
            "That file is not in the inbox any more.", where="inbox", fix="look at the inbox again"
        )
    typed = request.POST.get("as_at", "")
    as_at, said = day_of(typed, today(site.clock))
    if as_at is None:
        return shown(request, _page(request, wrong_day=(source, name, typed, said)), status=422)
    word = jobs.ask_inbox(
        site, asker, source=source, owner=contracts[source].organisation, as_at=as_at,
        files=[(left.name, left.size)],
    )  # fmt: skip
    site.start_work()
    return HttpResponseRedirect(f"/extracts/work/{word}/")


def _page(
    request: Any,
    problems: Mapping[str, str] | None = None,
    more: tuple[str, ...] = (),
    wrong_day: tuple[str, str, str, str] = ("", "", "", ""),
) -> BringingPage:
    site, asker = site_of(request), asker_in(request)
    contracts: Mapping[str, Contract]
    contracts, _problem = contracts_of(site)
    titles = dict(offered_sources(site, asker, contracts))
    source, name, typed, said = wrong_day
    lines = tuple(
        LeftLine(
            left=one, title=titles[one.source],
            chosen=typed if (one.source, one.name) == (source, name) else one.day.isoformat(),
            problem=said if (one.source, one.name) == (source, name) else "",
        )
        for one in waiting(site.place, titles)
    )  # fmt: skip
    found = dict(problems or {}) | {one.field: one.problem for one in lines if one.problem}
    return BringingPage(
        word=word_for(request.session.session_key or ""), inbox=lines, folder=site.place.inbox.name,
        today=today(site.clock).isoformat(), problems=found, wrong=more,
    )  # fmt: skip
