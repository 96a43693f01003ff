"""The pages of the audit log, for governance officers and auditors. Each look into it is entered in it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from vestry.clock import today as day_of
from vestry.errors import ReleaseMissing
from vestry.office.accounts.site import Site, site_of
from vestry.office.audit.asked import asked_said, keep, keep_wanted, kept, wanted_in
from vestry.office.audit.resident_page import ResidentForm, resident_page
from vestry.office.audit.search_page import AT_ONCE, MOST, as_csv, found_page, search_page
from vestry.office.audit.verify_page import verify_page
from vestry.office.pages.door import asker_in, door, roles_only
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.progress import Progress
from vestry.sharing.audit_desk import AuditDesk, Verified, Wanted, ids_of, led_by
from vestry.sharing.door import NOT_AN_ID, id_or_not

READERS: Final = ("governance-officer", "auditor")
LONGEST: Final = 20_000
"""Letters of a checkpoint that is pasted."""


@require_http_methods(["GET", "POST"])
@roles_only(*READERS)
def search(request: Any) -> HttpResponse:
    """The form; and on to what it finds."""
    organisations = site_of(request).place.organisations
    if request.method != "POST":
        return shown(request, search_page(organisations))
    wanted, problems = wanted_in(request.POST, organisations)
    if problems:
        return shown(request, search_page(organisations, request.POST, problems), status=422)
    return HttpResponseRedirect(f"/audit/found/{keep_wanted(request.session, wanted)}/")


@require_safe
@roles_only(*READERS)
def found(request: Any, search: str) -> HttpResponse:
    """What it found, a page of it. A search of another session, or of long ago, is typed anew."""
    said = kept(request.session, search, "search")
    if said is None:
        return HttpResponseRedirect("/audit/")
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 19 else 0
    wanted = Wanted(**said | {"before": number})
    organisations = site_of(request).place.organisations
    page = found_page(
        _desk(request).search(wanted, limit=AT_ONCE),
        word=search,
        asked=asked_said(wanted, organisations),
        organisations=organisations,
        first=not number,
    )
    return shown(request, page)


@require_safe
@roles_only(*READERS)
def entries(request: Any, search: str) -> HttpResponse | StreamingHttpResponse:
    """The same as a file, as far as a file goes."""
    said = kept(request.session, search, "search")
    if said is None:
        return HttpResponseRedirect("/audit/")
    answer = _desk(request).search(Wanted(**said), limit=MOST)
    response = StreamingHttpResponse(as_csv(answer.entries), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit-entries.csv"'
    return response


@require_http_methods(["GET", "POST"])
@roles_only(*READERS)
def resident(request: Any) -> HttpResponse:
    """Of whom it is asked; and on to what the log says."""
    if request.method != "POST":
        return shown(request, ResidentForm())
    entity_id = request.POST.get("entity", "").strip()
    if id_or_not(entity_id) == NOT_AN_ID:
        problems = {"entity": _("Give their id: find them first, it is in the address of their page")}
        return shown(request, ResidentForm(given=request.POST, problems=problems), status=422)
    names = request.POST.get("names") == "yes"
    word = keep(request.session, {"entity": entity_id, "names": names, "is": "about"})
    return HttpResponseRedirect(f"/audit/resident/{word}/")


@require_safe
@roles_only(*READERS)
def about(request: Any, search: str) -> HttpResponse:
    """Who looked at them, to be printed and given to them."""
    said = kept(request.session, search, "about")
    if said is None:
        return HttpResponseRedirect("/audit/resident/")
    site = site_of(request)
    page = resident_page(
        _desk(request).about(ids_of(said["entity"], _led(request))),
        place=site.place.name,
        organisations=site.place.organisations,
        names=bool(said.get("names")),
        today=day_of(site.clock),
    )
    return shown(request, page)


@require_http_methods(["GET", "POST"])
@roles_only(*READERS)
def verify(request: Any) -> HttpResponse:
    """Begin to go through the whole log, and see how far it is and what it came to."""
    site = site_of(request)
    if request.method == "POST":
        note, key = (request.POST.get(name, "").strip() for name in ("checkpoint", "key"))
        if len(note) > LONGEST or len(key) > LONGEST:
            note, key = note[:LONGEST], key[:LONGEST]
        _begin(site, asker_in(request).user, _desk(request), note, key)
        return HttpResponseRedirect("/audit/verify/")
    return shown(request, verify_page(site.checks.newest, key=_desk(request).key()))


def _begin(site: Site, by: str, desk: AuditDesk, note: str, key: str) -> None:
    def work(progress: Progress) -> Verified:
        try:
            with TemporaryDirectory() as folder:
                outside = Path(folder) / "pasted.checkpoint"
                if note:
                    outside.write_bytes(f"{note}\n".replace("\r\n", "\n").encode())
                return desk.verify(outside=[outside] if note else (), key=key, progress=progress)
        finally:
            site.office.close()  # this thread's connection: nobody asks it again

    site.checks.begin(by, site.clock.now, work)


def _desk(request: HttpRequest) -> AuditDesk:
    return site_of(request).twin.audit(asker_in(request))


def _led(request: HttpRequest) -> list[tuple[str, str]]:
    """Ids that lead to others, by the current release; none before the first."""
    try:
        return led_by(door(request).export("identities", purpose=None).batches)
    except ReleaseMissing:
        return []
