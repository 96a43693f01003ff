"""Reports of mistakes: read by those who can have them mended, each reading entered; and what came of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from vestry.errors import NotFound
from vestry.office.accounts.site import Site, site_of
from vestry.office.extracts.mistakes import waiting_for
from vestry.office.extracts.mistakes_page import OUTCOME_SAID, MistakesPage, mistake_line
from vestry.office.pages.door import asker_in, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.residents.reporting import OUTCOMES, deal_with
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry
from vestry.sharing.receiving import ENGINEER


@require_safe
@roles_only(ENGINEER)
def mistakes(request: Any) -> HttpResponse:
    """Those that wait."""
    return shown(request, _page(site_of(request), asker_in(request), {}))


@require_POST
@roles_only(ENGINEER)
def mistake(request: Any, number: int) -> HttpResponse:
    """Say what came of one."""
    site, asker = site_of(request), asker_in(request)
    if number not in {one.number for one in waiting_for(site, asker)}:
        raise NotFound("That report does not wait any more.", where="reports", fix="look at the list again")
    chosen = next((one for one in OUTCOMES if one == request.POST.get("outcome")), None)
    if chosen is None:
        problems = {f"outcome-{number}": _("Choose what came of the report")}
        return shown(request, _page(site, asker, problems), status=422)
    deal_with(site, asker, number, chosen)
    say(request, _("It is entered what came of the report."))
    return HttpResponseRedirect("/extracts/mistakes/")


def _page(site: Site, asker: Asker, problems: dict[str, str]) -> MistakesPage:
    """The reports, whose reading is entered before they are shown: they are about people, and may name some."""
    found = waiting_for(site, asker)
    if found:
        site.twin.log.append(
            AuditEntry(
                stage="answered", action="mistakes", user=asker.user, organisation=asker.organisation, count=len(found),
                entities=tuple(sorted({one.entity_id for one in found})),
            )
        )  # fmt: skip
    return MistakesPage(
        lines=tuple(mistake_line(one, site.place.organisations) for one in found),
        outcomes=tuple((code, str(said)) for code, said in OUTCOME_SAID.items()), problems=problems,
    )  # fmt: skip
