"""The ledger: what came of every extract, by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from vestry.clock import today
from vestry.contracts.contract import Contract
from vestry.errors import ContractInvalid, NotFound
from vestry.intake.store import StoredExtract, extracts
from vestry.office.accounts.site import Site, site_of
from vestry.office.extracts import inbox, jobs, mistakes
from vestry.office.extracts.ledger_page import (
    AT_ONCE,
    SHOWN,
    ExtractPage,
    LedgerPage,
    SourceLine,
    SourcePage,
    extract_lines,
    named,
    source_lines,
    those_of,
)
from vestry.office.extracts.quarantine_page import Refusal, refusals_of
from vestry.office.pages.door import asker_in, door, roles_only
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.asking import Asker
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.receiving import ENGINEER, may_build, may_receive
from vestry.twin.answers import LedgerLine


def contracts_of(site: Site) -> tuple[Mapping[str, Contract], str]:
    """The place's contracts, and what is wrong where they cannot be read: then there are none."""
    try:
        return site.twin.contracts(), ""
    except ContractInvalid:
        return {}, _("A contract has problems, so that titles and lateness are not known.")


@require_safe
@roles_only(ENGINEER)
def ledger(request: Any) -> HttpResponse:
    """Every source, and what waits."""
    site, asker, gateway = site_of(request), asker_in(request), door(request)
    release = next((r for r in gateway.releases() if r.is_current), None)
    lines, problem, _ledger, _stored = _sources(site, asker, gateway)
    wanted, name = request.GET.get("organisation", ""), request.GET.get("name", "").strip()[:100]
    organisations = Counter((n.organisation, n.organisation_name) for n in lines if n.organisation)
    if wanted not in {code for code, _name in organisations}:
        wanted = ""
    of = named([n for n in lines if not wanted or n.organisation == wanted], name)
    show = request.GET.get("show", "all")
    show = show if show in SHOWN else "all"
    those = those_of(of, show)
    number = page_asked(request, len(those))
    page = LedgerPage(
        lines=those[(number - 1) * AT_ONCE : number * AT_ONCE], page=number, show=show,
        numbers={one: len(those_of(of, one)) for one in SHOWN}, organisation=wanted, name=name,
        organisations=tuple(sorted(((*o, n) for o, n in organisations.items()), key=lambda n: n[1])),
        waiting=sum(n.waiting for n in lines), gone=sum(n.gone for n in lines), release=release.release_id if release else "",
        built_at=release.built_at if release else "", jobs=jobs.jobs(site, asker, states=jobs.OPEN, limit=10),
        may_build=may_build(site.place, asker), may_receive=any(n.mine for n in lines),
        inbox=len(inbox.waiting(site.place, {n.source for n in lines if n.mine})),
        mistakes=len(mistakes.waiting_for(site, asker)), problem=problem,
    )  # fmt: skip
    return shown(request, page)


def page_asked(request: Any, total: int) -> int:
    """Which page of `total` sources is asked for, from 1; the last where there are fewer."""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    return max(1, min(number, -(-total // AT_ONCE)))


@require_safe
@roles_only(ENGINEER)
def source(request: Any, source: str) -> HttpResponse:
    """One source, and every extract of it."""
    site, asker, gateway = site_of(request), asker_in(request), door(request)
    lines, _problem, ledger, stored = _sources(site, asker, gateway)
    line = next((n for n in lines if n.source == source), None)
    if line is None:
        raise _no_such()
    contracts, _none = contracts_of(site)
    contract = contracts.get(source)
    every = extract_lines(
        [e for e in stored if e.source == source], [n for n in ledger if n.source == source]
    )
    refusals = _refusals(gateway, contracts, source, line.built.extract_id if line.built else "")
    page = SourcePage(
        line=line, extracts=tuple(every), refusals=refusals, version=contract.version if contract else "",
        may_read=asker.organisation == line.organisation,
    )  # fmt: skip
    return shown(request, page)


@require_safe
@roles_only(ENGINEER)
def extract(request: Any, source: str, name: str) -> HttpResponse:
    """One extract: its tables, and what was kept out."""
    site, asker, gateway = site_of(request), asker_in(request), door(request)
    _lines, _problem, ledger, stored = _sources(site, asker, gateway)
    extract_id = f"{source}/{name}"
    tables = [n for n in ledger if n.extract_id == extract_id]
    kept = [e for e in stored if e.extract_id == extract_id]
    if not tables and not kept:
        raise _no_such()
    contracts, _none = contracts_of(site)
    page = ExtractPage(
        source=source, title=contracts[source].title if source in contracts else source,
        line=extract_lines(kept, tables)[0], tables=tuple(tables), stored=kept[0] if kept else None,
        refusals=_refusals(gateway, contracts, source, extract_id) if tables else (),
    )  # fmt: skip
    return shown(request, page)


def _sources(
    site: Site, asker: Asker, gateway: ByAgreement
) -> tuple[tuple[SourceLine, ...], str, list[LedgerLine], list[StoredExtract]]:
    """Every source; what is wrong with the contracts; the ledger of the release, and the extracts that are kept."""
    contracts, problem = contracts_of(site)
    stored = extracts(site.place)
    built = list(gateway.standing().ledger) if any(r.is_current for r in gateway.releases()) else []
    owners = {n.source: n.organisation for n in built} | {e.source: e.organisation for e in stored}
    organisations = {*owners.values(), *(c.organisation for c in contracts.values())}
    mine = {one for one in organisations if may_receive(site.place, asker, one)}
    lines = source_lines(
        contracts, owners, extract_lines(stored, built), site.place.organisations, today(site.clock), mine
    )
    return lines, problem, built, stored


def _refusals(
    gateway: ByAgreement, contracts: Mapping[str, Contract], source: str, extract_id: str
) -> tuple[Refusal, ...]:
    if not extract_id:
        return ()
    groups = [g for g in gateway.quarantine(source=source) if g.extract_id == extract_id]
    return refusals_of(groups, contracts)


def _no_such() -> NotFound:
    return NotFound("There is no such source or extract.", where="extracts", fix="look at the ledger")
