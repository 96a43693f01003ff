"""Drafting: a form, or the notation itself. What is kept is the notation, checked by the register as from a file."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from vestry.errors import ReleaseMissing
from vestry.office.accounts.site import site_of
from vestry.office.agreements.acting import OFFICER, check_may
from vestry.office.agreements.draft_page import DraftPage, PastePage, areas_listed, sources_listed
from vestry.office.agreements.drafting import Given, given_of, led_back, plain_of, text_of
from vestry.office.agreements.errors import ChangeRefused
from vestry.office.agreements.views import actor_in, versions_of
from vestry.office.pages.below import problem_told
from vestry.office.pages.door import door, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.agreements.errors import AgreementInvalid
from vestry.sharing.agreements.registered import Kept

LONGEST = 150_000
"""Bytes of a draft."""


@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
def new(request: Any) -> HttpResponse:
    """A new agreement."""
    return _form(
        request,
        "",
        {"about-unknown": ["yes"], "examples-0-trained": ["yes"], "examples-1-trained": ["yes"]},
        1,
    )


@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
def redraft(request: Any, name: str) -> HttpResponse:
    """The next version of one, beginning with the words of the newest; or a draft once more."""
    last = versions_of(site_of(request), name)[-1].agreement
    check_may(actor_in(request), last)
    return _form(request, name, given_of(last), last.version)


def _form(request: Any, name: str, first: Given, version: int) -> HttpResponse:
    if request.method != "POST":
        return shown(request, _page(request, name, first, {}))
    given = {field: values for field, values in request.POST.lists() if field != "csrfmiddlewaretoken"}
    if name:
        given["agreement"] = [name]
    if more := request.POST.get("more", ""):
        return shown(request, _page(request, name, given, {}, more))
    plain, problems = plain_of(given, version)
    text = text_of(plain)
    if not name and "agreement" in plain and _is_there(request, str(plain["agreement"])):
        problems["agreement"] = _(
            "There is an agreement of that name: draft its next version from its own page"
        )
    if problems:
        return shown(request, _page(request, name, given, problems), status=422)
    try:
        kept = _drafted(request, text.encode(), "draft")
    except AgreementInvalid as error:
        return shown(request, _page(request, name, given, led_back(error.problems, text, given)), status=422)
    except ChangeRefused as error:
        return shown(request, _page(request, name, given, {"parties": problem_told(error)}), status=422)
    return _kept(request, kept)


@csrf_exempt  # checked by `_pasted`, once it is said where its file goes: to read the form is to read that
@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
def paste(request: Any) -> HttpResponse:
    """The notation, pasted or from a file, which is held in memory and read at once."""
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _pasted(request)


@csrf_protect
def _pasted(request: Any) -> HttpResponse:
    if request.method != "POST":
        return shown(request, PastePage())
    file = request.FILES.get("file")
    content = file.read(LONGEST + 1) if file else request.POST.get("text", "").encode()
    text = content.decode("utf-8", errors="replace")
    problem = _("Paste a draft, or choose its file") if not content.strip() else ""
    if len(content) > LONGEST:
        text, problem = "", _("It is longer than an agreement can be")
    if problem:
        return shown(request, PastePage(text=text, problems={"text": problem}), status=422)
    try:
        return _kept(request, _drafted(request, content, "draft"))
    except AgreementInvalid as error:
        said = {"text": _("It has problems, each with its line below. Mend them all, and send it again")}
        page = PastePage(text=text, problems=said, lines=tuple(error.problems))
    except ChangeRefused as error:
        page = PastePage(text=text, problems={"text": problem_told(error)})
    return shown(request, page, status=422)


def _drafted(request: Any, content: bytes, name: str) -> Kept:
    areas = frozenset(row["area_code"] for row in _areas(request))
    return site_of(request).twin.register.draft(content, name, actor_in(request), areas=areas)


def _kept(request: Any, kept: Kept) -> HttpResponse:
    said = _("It is kept as a draft. See what it opens, then propose it for signature.")
    say(request, said)
    return HttpResponseRedirect(f"/agreements/{kept.agreement.agreement_id}/")


def _is_there(request: Any, name: str) -> bool:
    register = site_of(request).twin.register
    return name in register.unreadable() or any(k.agreement.agreement_id == name for k in register.newest())


def _page(request: Any, name: str, given: Given, problems: dict[str, str], more: str = "") -> DraftPage:
    site = site_of(request)
    title = versions_of(site, name)[-1].agreement.title if name else ""
    return DraftPage(
        name=name,
        title=title,
        organisations=tuple(sorted(site.place.organisations.items(), key=lambda one: one[1])),
        sources=sources_listed(site.twin.contracts(), site.place.organisations),
        areas=areas_listed(_areas(request)),
        given=given,
        problems=problems,
        more=more,
    )


def _areas(request: Any) -> list[dict[str, str]]:
    """Every area of the current release; none before the first."""
    try:
        stream = door(request).export("areas", purpose=None)
    except ReleaseMissing:
        return []
    return [
        row
        for batch in stream.batches
        for row in batch.select(["area_code", "geography", "name"]).to_pylist()
    ]
