"""Contracts: the list, one as it is, and drafts begun from one or from a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from vestry.contracts.contract import Contract
from vestry.contracts.reading import check_contracts
from vestry.errors import NotFound, VestryError
from vestry.office.accounts.site import Site, site_of
from vestry.office.extracts import drafts
from vestry.office.extracts.contract_page import ContractLine, ContractPage, ContractsPage
from vestry.office.extracts.editor_page import table_form
from vestry.office.extracts.work_views import work_page
from vestry.office.pages.door import asker_in, roles_only
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.receiving import ENGINEER, may_receive

_SOURCE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@require_safe
@roles_only(ENGINEER)
def contracts(request: Any) -> HttpResponse:
    """Every contract, and what is wrong with those that have problems."""
    site, asker = site_of(request), asker_in(request)
    found, problems = check_contracts(site.place.contracts, site.place.organisations)
    lines = [
        ContractLine(
            source=c.source, title=c.title, organisation=site.place.organisations.get(c.organisation, c.organisation),
            version=c.version, tables=len(c.tables), may_link=c.may_link,
            mine=may_receive(site.place, asker, c.organisation),
        )
        for c in found.values()
    ]  # fmt: skip
    page = ContractsPage(
        lines=tuple(sorted(lines, key=lambda n: (n.organisation, n.source))), problems=tuple(problems),
        drafts=drafts.drafts(site, asker),
    )  # fmt: skip
    return shown(request, page)


@require_safe
@roles_only(ENGINEER)
def contract(request: Any, source: str) -> HttpResponse:
    """One contract as it is in force."""
    site, asker = site_of(request), asker_in(request)
    one = _contract(site, source)
    earlier = site.place.earlier_contracts / one.organisation
    kept = sorted(earlier.glob(f"{source}-*.yaml"), key=lambda p: p.stat().st_mtime, reverse=True)
    page = ContractPage(
        contract=one, organisation=site.place.organisations.get(one.organisation, one.organisation),
        tables=tuple(table_form(table) for table in one.tables),
        earlier=tuple(p.stem.removeprefix(f"{source}-") for p in kept),
        mine=may_receive(site.place, asker, one.organisation),
    )  # fmt: skip
    return shown(request, page)


@require_POST
@roles_only(ENGINEER)
def begin(request: Any, source: str) -> HttpResponse:
    """Begin a newer version, tried on files that were brought where that is asked for."""
    site = site_of(request)
    word = drafts.begin_from_contract(
        site, asker_in(request), _contract(site, source), sample=request.POST.get("sample", "")
    )
    return HttpResponseRedirect(f"/extracts/contracts/drafts/{word}/")


@require_POST
@roles_only(ENGINEER)
def draft_from(request: Any, word: str) -> HttpResponse:
    """Draft a first contract from files that were brought."""
    site, asker = site_of(request), asker_in(request)
    source, owner = request.POST.get("new_source", "").strip(), request.POST.get("new_owner", "")
    wrong: dict[str, str] = {}
    if not _SOURCE.fullmatch(source) or len(source) > 100:
        wrong["new_source"] = _("Name the source in small letters, digits and hyphens, as food-register")
    elif source in known_contracts(site):
        wrong["new_source"] = _("There is a source of that name. Choose another, or change its contract")
    if owner not in site.place.organisations or not may_receive(site.place, asker, owner):
        wrong["new_owner"] = _("Choose the organisation that sends it")
    if not wrong:
        try:
            made = drafts.begin_from_file(site, asker, word, source=source, owner=owner)
            return HttpResponseRedirect(f"/extracts/contracts/drafts/{made}/")
        except VestryError as error:
            if error.http_status >= 500:
                raise
            wrong["new_source"] = error.what
    return shown(request, work_page(request, word, wrong), status=422)


def known_contracts(site: Site) -> Mapping[str, Contract]:
    """The contracts that can be read, whatever is wrong with others."""
    return check_contracts(site.place.contracts, site.place.organisations)[0]


def _contract(site: Site, source: str) -> Contract:
    found = known_contracts(site).get(source)
    if found is None:
        raise NotFound("There is no contract of that source.", where="contracts", fix="look at the list")
    return found
