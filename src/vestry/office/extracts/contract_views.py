"""Contracts: the list, one as it is, and drafts that are changed by choosing, tried on a file, and saved as the next version."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vestry.clock import today
from vestry.contracts.contract import Contract, Table
from vestry.contracts.editing import AboutEdit, TableEdit, doubts, edited
from vestry.contracts.reading import check_contracts
from vestry.errors import ContractInvalid, NotFound, VestryError
from vestry.intake.writing import private_folder
from vestry.model import kinds
from vestry.office.accounts.site import Site, site_of
from vestry.office.extracts import drafts
from vestry.office.extracts.contract_page import (
    NOTHING_SAID,
    ContractLine,
    ContractPage,
    ContractsPage,
    EditorPage,
    about_of,
    checks_offered,
    column_edits,
    kinds_offered,
    preview_of,
    table_form,
)
from vestry.office.extracts.drafts import Drafted
from vestry.office.extracts.work_views import work_page
from vestry.office.pages.door import asker_in, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry
from vestry.sharing.receiving import ENGINEER, may_receive
from vestry.standardise.trying import Tried, tried

PURPOSE: Final = "data-quality"
"""For which the rows of a sample are shown: the one that this work has."""

_SOURCE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PART: Final = re.compile(r"[a-z][a-z0-9_]*")


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
        tables=tuple(table_form(table, {}, {}) for table in one.tables),
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
    elif source in _known(site):
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


@require_http_methods(["GET", "POST"])
@roles_only(ENGINEER)
def editor(request: Any, word: str) -> HttpResponse:
    """The editor: keeps what was chosen, shows what rows become, and saves."""
    site, asker = site_of(request), asker_in(request)
    known = _known(site)
    one = drafts.draft(site, asker, word, known)
    if request.method != "POST":
        return shown(request, _page(request, one, request.GET.get("table", ""), {}), purpose=PURPOSE)
    act = request.POST.get("act", "preview")
    if act == "throw":
        drafts.throw_away(site, asker, word)
        say(request, _("The draft was thrown away. The contract is as it was."))
        return HttpResponseRedirect("/extracts/contracts/")
    problems = _changed(request, site, asker, one)
    one = drafts.draft(site, asker, word, known)
    at = request.POST.get("table", "")
    if act == "save" and not problems:
        try:
            made = drafts.save(site, asker, word, known)
        except ContractInvalid as error:
            what = "; ".join(f"{p.what} {p.fix}" for p in error.problems[:5]) or f"{error.what} {error.fix}"
            # What is known of the draft is said at its fields; only what is not is said as a whole.
            told = {} if one.problems else {"save": what}
            return shown(request, _page(request, one, at, told), status=422, purpose=PURPOSE)
        said = _("Version %(version)s of the contract of %(source)s is saved, and holds from now on.")
        say(request, said % {"version": made.version, "source": made.source})
        to = f"/extracts/work/{one.sample_work}/" if one.sample else f"/extracts/contracts/{made.source}/"
        return HttpResponseRedirect(to)
    to = request.POST.get("to", "")
    if act == "table" and not problems and one.contract and to in [t.name for t in one.contract.tables]:
        at = to
    page = _page(request, one, at, problems)
    return shown(request, page, status=422 if problems and act != "preview" else 200, purpose=PURPOSE)


def _changed(request: Any, site: Site, asker: Asker, one: Drafted) -> dict[str, str]:
    """Keep what a form says; what is wrong with how it says it."""
    form, problems = request.POST, dict[str, str]()
    if one.contract is None:
        return problems
    about = AboutEdit(
        title=form.get("title", "").strip() or one.contract.title, article_6=form.get("article_6", "").strip(),
        article_9=form.get("article_9", "").strip(), gateway=form.get("gateway", "").strip(),
        may_link=form.get("may_link") == "yes", extract="changes" if form.get("extract") == "changes" else "full",
    )  # fmt: skip
    table = _table(one.contract, form.get("table", ""))
    text = edited(one.text, about=about)
    if table is not None:
        columns, problems = column_edits(form, table)
        part = _part(form, table, problems)
        text = edited(text, table=TableEdit(table=table.name, columns=columns, part=part))
    drafts.change(site, asker, one.word, text)
    return problems


def _part(form: Mapping[str, str], table: Table, problems: dict[str, str]) -> tuple[str, str] | None:
    """One more thing that rows describe, where one is named."""
    name, kind = form.get("part_name", "").strip(), form.get("part_kind", "")
    if not name:
        return None
    if not _PART.fullmatch(name) or any(p.name == name for p in table.parts):
        problems["part_name"] = _("Name it in small letters, differently from the others: home, partner")
    elif kind not in dict(kinds_offered()):
        problems["part_kind"] = _("Choose what it is")
    else:
        return name, kind
    return None


def _page(request: Any, one: Drafted, at: str, problems: Mapping[str, str]) -> EditorPage:
    site, asker = site_of(request), asker_in(request)
    found = dict(problems)
    of_columns: dict[str, list[str]] = {}
    table = _table(one.contract, at) if one.contract else None
    for placed in one.problems:
        said = f"{placed.problem.what} {placed.problem.fix}".strip()
        if table is not None and placed.table == table.name and placed.column:
            of_columns.setdefault(placed.column, []).append(said)
            where = next((n for n, c in enumerate(table.columns) if c.name == placed.column), None)
            found.setdefault(f"c{where}-to", f"{placed.column}: {said}")
        elif "article_6" in said:
            found.setdefault("article_6", _("Enter the condition of article 6 that the records are held on"))
        elif "article_9" in said or "article 9" in said:
            found.setdefault(
                "article_9", _("Enter the condition of article 9: there are columns of special categories")
            )
        elif "gateway" in said:
            found.setdefault("gateway", _("Enter the statute that opens the gateway"))
        else:
            found.setdefault("save" if "save" not in found else f"save-{len(found)}", said)
    if request.method != "POST":
        found = {}  # what is open is said beside it; it is a problem once somebody wants to go on
    rows, objections, none = _preview(site, asker, one, table)
    contract = one.contract
    return EditorPage(
        draft=one, about=about_of(contract) if contract else NOTHING_SAID,
        table=table_form(table, doubts(one.text), of_columns) if table else None,
        tables=tuple(t.name for t in contract.tables) if contract else (), preview=rows, objections=objections,
        no_preview=none, sample=one.sample.name if one.sample else "", changes=one.changes, version=one.version,
        problems=found, organisation=site.place.organisations.get(one.owner, one.owner), kinds=kinds_offered(),
        checks=checks_offered(),
        part={name: request.POST.get(name, "") for name in ("part_name", "part_kind") if name in problems},
    )  # fmt: skip


def _preview(
    site: Site, asker: Asker, one: Drafted, table: Table | None
) -> tuple[tuple[Any, ...], tuple[str, ...], str]:
    """What the first rows of the sample become, entered before they are read: (rows, why the file is refused, why nothing)."""
    if one.sample is None:
        return (
            (),
            (),
            _("Bring a file, and choose to change this contract with it, to see here what its rows become."),
        )
    if one.contract is None or table is None:
        return (), (), _("The contract cannot be read as it is.")
    if any(part.kind == kinds.SEALED for part in table.parts):
        return (), (), _("Rows of a list of sealed identities are shown to nobody.")
    number = site.twin.log.append(_entry(asker, one, "asked"))
    private_folder(site.place.spool)
    with tempfile.TemporaryDirectory(dir=site.place.spool) as folder:
        try:
            made: Tried = tried(one.contract, table, one.sample, Path(folder), as_at=today(site.clock))
        except VestryError as error:
            return (), (), f"{error.what} {error.fix}".strip()
    site.twin.log.append(_entry(asker, one, "answered", answers=number, count=len(made.rows)))
    return preview_of(made, one.contract), made.objections, ""


def _entry(asker: Asker, one: Drafted, stage: Any, **said: Any) -> AuditEntry:
    return AuditEntry(
        stage=stage, action="contract-preview", user=asker.user, organisation=asker.organisation, purpose=PURPOSE,
        source=one.source, **said,
    )  # fmt: skip


def _table(contract: Contract, name: str) -> Table | None:
    return next(
        (t for t in contract.tables if t.name == name), contract.tables[0] if contract.tables else None
    )


def _known(site: Site) -> Mapping[str, Contract]:
    """The contracts that can be read, whatever is wrong with others."""
    return check_contracts(site.place.contracts, site.place.organisations)[0]


def _contract(site: Site, source: str) -> Contract:
    found = _known(site).get(source)
    if found is None:
        raise NotFound("There is no contract of that source.", where="contracts", fix="look at the list")
    return found
