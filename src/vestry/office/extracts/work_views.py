"""Work that was asked for: the list, how far each is, and what a person decides of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from vestry.clock import today
from vestry.contracts.contract import Contract
from vestry.office.accounts.site import Site, site_of
from vestry.office.extracts import jobs
from vestry.office.extracts.describing import day_of, likely_sources, offered_sources
from vestry.office.extracts.inbox import day_in
from vestry.office.extracts.jobs import Job
from vestry.office.extracts.ledger_views import contracts_of
from vestry.office.extracts.work_page import (
    WorkListPage,
    WorkPage,
    heading_of,
    problems_said,
    taken_of,
    what_said,
)
from vestry.office.extracts.working import look_after, paths_of
from vestry.office.pages.door import asker_in, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.asking import Asker
from vestry.sharing.receiving import ENGINEER, may_build, may_receive


@require_safe
@roles_only(ENGINEER)
def work_list(request: Any) -> HttpResponse:
    """What was asked for, the youngest first."""
    site, asker = site_of(request), asker_in(request)
    look_after(site.office, site.clock, site.start_work)
    page = WorkListPage(jobs=jobs.jobs(site, asker), may_build=may_build(site.place, asker))
    return shown(request, page)


@require_safe
@roles_only(ENGINEER)
def work(request: Any, word: str) -> HttpResponse:
    """One piece of work, as it stands."""
    site = site_of(request)
    look_after(site.office, site.clock, site.start_work)
    return shown(request, _page(request, jobs.job(site, asker_in(request), word)))


@require_POST
@roles_only(ENGINEER)
def build(request: Any) -> HttpResponse:
    """Ask for a build, and on to its page."""
    site = site_of(request)
    word = jobs.ask_build(site, asker_in(request), anew=request.POST.get("anew") == "yes")
    site.start_work()
    return HttpResponseRedirect(f"/extracts/work/{word}/")


@require_POST
@roles_only(ENGINEER)
def receive(request: Any, word: str) -> HttpResponse:
    """Say of what source and day files are that were brought, and have them taken in."""
    site, asker = site_of(request), asker_in(request)
    one = jobs.job(site, asker, word)
    contracts, _problem = contracts_of(site)
    source, day = request.POST.get("source", ""), request.POST.get("as_at", "")
    wrong: dict[str, str] = {}
    if source not in dict(offered_sources(site, asker, contracts)):
        wrong["source"] = _("Choose the source that sent them")
    as_at, said = day_of(day, today(site.clock))
    if as_at is None:
        wrong["as_at"] = said
    if wrong or as_at is None:
        return shown(request, _page(request, one, source, day, wrong), status=422)
    jobs.ask_receive(site, asker, word, source=source, owner=contracts[source].organisation, as_at=as_at)
    site.start_work()
    return HttpResponseRedirect(one.path)


@require_POST
@roles_only(ENGINEER)
def accept(request: Any, word: str) -> HttpResponse:
    """Take what a tolerance refused all the same."""
    return _decided(request, word, jobs.accept, starts=True)


@require_POST
@roles_only(ENGINEER)
def again(request: Any, word: str) -> HttpResponse:
    """Begin what failed once more."""
    return _decided(request, word, jobs.again, starts=True)


@require_POST
@roles_only(ENGINEER)
def refuse(request: Any, word: str) -> HttpResponse:
    """Refuse what was brought."""
    answer = _decided(request, word, jobs.turn_away, starts=False)
    say(request, _("Refused. The files were taken away; nothing of them was kept."))
    return answer


def _decided(request: HttpRequest, word: str, act: Callable[..., None], *, starts: bool) -> HttpResponse:
    site = site_of(request)
    act(site, asker_in(request), word)
    if starts:
        site.start_work()
    return HttpResponseRedirect(f"/extracts/work/{word}/")


def work_page(request: HttpRequest, word: str, wrong: Mapping[str, str]) -> WorkPage:
    """The page of one piece of work, with what is wrong with what was said of it. Raises NotFound."""
    return _page(request, jobs.job(site_of(request), asker_in(request), word), wrong=wrong)


def _page(
    request: HttpRequest, one: Job, source: str = "", day: str = "", wrong: Mapping[str, str] | None = None
) -> WorkPage:
    site, asker = site_of(request), asker_in(request)
    contracts, _problem = contracts_of(site)
    title = contracts[one.source].title if one.source in contracts else one.source
    folder = str(site.place.folder)
    now = site.clock.now()
    offered, likely = _offer(site, asker, one, contracts)
    said = [found for name, _size in one.files if (found := day_in(name))]
    return WorkPage(
        job=one, heading=heading_of(one, title), title=title,
        organisation=site.place.organisations.get(one.organisation, one.organisation),
        may_decide=jobs.may_decide(site, asker, one), files_there=jobs.files_are_there(site, one),
        what=what_said(one, folder), problems=problems_said(one, folder), taken=taken_of(one),
        seconds=((one.ended_at or now) - one.begun_at).total_seconds() if one.begun_at else 0.0,
        may_build=may_build(site.place, asker), now=now, offered=offered, likely=likely,
        chosen=source or (likely[0] if len(likely) == 1 else ""),
        day=day or (max(said).isoformat() if said else ""), wrong=wrong or {}, owners=_owners(site, asker),
        new_source=request.POST.get("new_source", ""), new_owner=request.POST.get("new_owner", ""),
    )  # fmt: skip


def _owners(site: Site, asker: Asker) -> tuple[tuple[str, str], ...]:
    """The organisations for which `asker` may draft a contract."""
    names = site.place.organisations.items()
    return tuple((code, name) for code, name in names if may_receive(site.place, asker, code))


def _offer(
    site: Site, asker: Asker, one: Job, contracts: Mapping[str, Contract]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The sources that files which were brought may be of, and those whose contract they fit."""
    if one.state != jobs.BROUGHT:
        return (), ()
    offered = offered_sources(site, asker, contracts)
    mine = {source: contracts[source] for source, _title in offered}
    return offered, likely_sources(mine, paths_of(site.place, one))
