"""The first page of whoever is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vestry.clock import today as day_of
from vestry.errors import ContractInvalid, VestryError
from vestry.office.accounts.arriving import members_only, who
from vestry.office.accounts.site import Site, site_of
from vestry.office.agreements.desk import emergencies
from vestry.office.emergencies.telling import may_review
from vestry.office.extracts.jobs import ASKS, jobs, refused
from vestry.office.extracts.mistakes import waiting_for
from vestry.office.pages.below import in_language
from vestry.office.pages.door import asker_in, door
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _, ngettext
from vestry.office.pages.words import listed
from vestry.office.today.page import Task, TodayPage, agreement_tasks, dimensions
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.reviewing_within import REVIEW_PURPOSE, REVIEWER
from vestry.sharing.standing import Fall, what_fell
from vestry.twin.answers import Standing


@require_safe
@members_only
def today(request: HttpRequest) -> HttpResponse:
    """What waits, and how the place stands."""
    site, asker = site_of(request), asker_in(request)
    gateway = door(request)
    release = next((r for r in gateway.releases() if r.is_current), None)
    standing = gateway.standing() if release else None
    engineer = "data-engineer" in asker.roles
    titles = [post.title for post in who(request).user.posts if post.organisation == asker.organisation]
    page = TodayPage(
        name=who(request).user.name,
        work=listed([title for title in titles if title]),
        release=release,
        tasks=_tasks(site, asker, gateway, standing),
        quality=dimensions(standing) if standing else (),
        falls=_falls(site, standing) if standing and engineer else (),
        engineer=engineer,
    )
    return shown(request, page)


def _tasks(site: Site, asker: Asker, gateway: ByAgreement, standing: Standing | None) -> tuple[Task, ...]:
    found: list[Task] = []
    if urgent := sum(may_review(one, asker) for one in emergencies(site.office, site.clock).waiting()):
        said = ngettext("emergency to review", "emergencies to review", urgent)
        found.append(Task(count=urgent, text=said, href="/emergencies/"))
    if REVIEWER in asker.roles and standing:
        try:
            count = gateway.reviews(site.clock).queue(purpose=REVIEW_PURPOSE, limit=0).total
        except VestryError:
            count = 0  # no agreement opens review to them: then nothing waits for them either
        if count:
            said = ngettext("pair to review", "pairs to review", count)
            found.append(Task(count=count, text=said, href="/review/"))
    if "governance-officer" in asker.roles:
        kept = site.twin.register.newest()
        found += agreement_tasks(kept, asker.organisation, day_of(site.clock))
    if "data-engineer" in asker.roles and standing:
        out = sum(line.quarantined for line in standing.ledger)
        if out:
            said = ngettext("row in quarantine", "rows in quarantine", out)
            found.append(Task(count=out, text=said, href="/extracts/quarantine/?extracts=all"))
        if standing.addresses_for_review:
            said = ngettext("address to review", "addresses to review", standing.addresses_for_review)
            found.append(Task(count=standing.addresses_for_review, text=said, href="/review/"))
    if "data-engineer" in asker.roles:
        if asks := len(jobs(site, asker, states=(ASKS,))):
            said = ngettext("extract to accept or refuse", "extracts to accept or refuse", asks)
            found.append(Task(count=asks, text=said, href="/extracts/work/"))
        if failed := refused(site, asker):
            said = ngettext("extract refused", "extracts refused", len(failed))
            href = failed[0].path if len(failed) == 1 else "/extracts/work/"
            found.append(Task(count=len(failed), text=said, href=href))
        if reports := len(waiting_for(site, asker)):
            said = ngettext("mistake reported", "mistakes reported", reports)
            found.append(Task(count=reports, text=said, href="/extracts/mistakes/"))
    return tuple(found)


def _falls(site: Site, standing: Standing) -> tuple[Fall, ...]:
    """What is worse than it was, or than was promised."""
    try:
        every = {name: c.freshness.every_days for name, c in site.twin.contracts().items()}
    except ContractInvalid:
        broken = Fall(
            kind="late", source="", what=_("a contract has problems, so lateness is not known"), fix=""
        )
        return (*_fell(standing, {}, day_of(site.clock)), broken)
    return _fell(standing, every, day_of(site.clock))


def _fell(standing: Standing, every_days: Mapping[str, int | None], on: date) -> tuple[Fall, ...]:
    fell = what_fell(standing, every_days, on)
    return tuple(replace(one, what=in_language(one.what), fix=in_language(one.fix)) for one in fell)
