"""The contract editor: a draft is changed by choosing, tried on a file, and saved as the next version."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from vestry.clock import today
from vestry.contracts.contract import Contract, Table
from vestry.contracts.editing import doubts, edited
from vestry.errors import ContractInvalid, VestryError
from vestry.intake.writing import private_folder
from vestry.model import kinds
from vestry.office.accounts.site import Site, site_of
from vestry.office.extracts import drafts
from vestry.office.extracts.contract_views import known_contracts
from vestry.office.extracts.drafts import Drafted
from vestry.office.extracts.editor_forms import about_edit, about_of, promised, table_edit, typed_anew
from vestry.office.extracts.editor_page import (
    NOTHING_SAID,
    EditorPage,
    checks_offered,
    preview_of,
    surprises_offered,
    table_form,
)
from vestry.office.extracts.editor_parts import kinds_offered
from vestry.office.extracts.editor_problems import beside, located, summary
from vestry.office.pages.below import in_language, problem_told
from vestry.office.pages.door import asker_in, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry
from vestry.sharing.receiving import ENGINEER
from vestry.standardise.trying import Tried, tried

PURPOSE: Final = "data-quality"
"""For which the rows of a sample are shown: the one that this work has."""

_MORE: Final = frozenset({"part_name", "part_kind"})
"""Fields of one more thing that a row describes."""


@require_http_methods(["GET", "POST"])
@roles_only(ENGINEER)
def editor(request: Any, word: str) -> HttpResponse:
    """The editor: keeps what was chosen, shows what rows become, and saves."""
    site, asker = site_of(request), asker_in(request)
    known = known_contracts(site)
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
            what = " ".join(map(problem_told, error.problems[:5])) or problem_told(error)
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
    form = request.POST
    if one.contract is None:
        return {}
    about, problems = about_edit(form, one.contract)
    text = edited(one.text, about=about)
    table = _table(one.contract, form.get("table", ""))
    if table is not None:
        edit, wrong = table_edit(form, table)
        text = edited(text, table=edit)
        problems = wrong | problems
    drafts.change(site, asker, one.word, text)
    return problems


def _page(request: Any, one: Drafted, at: str, problems: Mapping[str, str]) -> EditorPage:
    site, asker = site_of(request), asker_in(request)
    contract = one.contract
    table = _table(contract, at) if contract else None
    wrong = located(one.problems, table)
    # What is open is said beside it; it is a problem once somebody wants to go on.
    found = summary(wrong, problems) if request.method == "POST" else {}
    rows, objections, none = _preview(site, asker, one, table)
    about = about_of(contract) if contract else NOTHING_SAID
    same = table is not None and request.POST.get("table") == table.name
    typed = typed_anew(request.POST.dict(), problems) if same else {}
    return EditorPage(
        draft=one, about=about, promised=promised(about) | typed,
        table=table_form(table, _doubts(one.text), typed) if table else None,
        tables=tuple(t.name for t in contract.tables) if contract else (), preview=rows, objections=objections,
        no_preview=none, sample=one.sample.name if one.sample else "", changes=one.changes, version=one.version,
        problems=found, beside=beside(wrong, problems), organisation=site.place.organisations.get(one.owner, one.owner),
        kinds=kinds_offered(), checks=checks_offered(),
        surprises=surprises_offered(contract.surprises) if contract else (),
        part={n: request.POST.get(n, "") for n in _MORE if problems.keys() & _MORE},
    )  # fmt: skip


def _doubts(text: str) -> dict[tuple[str, str], str]:
    return {at: in_language(doubt) for at, doubt in doubts(text).items()}


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
            return (), (), problem_told(error)
    site.twin.log.append(_entry(asker, one, "answered", answers=number, count=len(made.rows)))
    return preview_of(made, one.contract, table), tuple(map(in_language, made.objections)), ""


def _entry(asker: Asker, one: Drafted, stage: Any, **said: Any) -> AuditEntry:
    return AuditEntry(
        stage=stage, action="contract-preview", user=asker.user, organisation=asker.organisation, purpose=PURPOSE,
        source=one.source, **said,
    )  # fmt: skip


def _table(contract: Contract, name: str) -> Table | None:
    return next(
        (t for t in contract.tables if t.name == name), contract.tables[0] if contract.tables else None
    )
