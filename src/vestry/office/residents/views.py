"""A look at one resident, household, property or business, and at what stands behind it: all of it through the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from vestry.errors import NotFound, SourcesWithheld
from vestry.office.accounts.site import Site, site_of
from vestry.office.pages.door import asker_in, door, for_a_purpose, purpose_in
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.pages.urgent import emergency_in
from vestry.office.pages.words import ADDRESS_OF
from vestry.office.residents import reporting
from vestry.office.residents.entity_page import Entity, entity_page
from vestry.office.residents.looks_page import looks_page
from vestry.office.residents.mistake_page import MistakePage
from vestry.office.residents.several_page import SeveralPage, several_page
from vestry.office.residents.sources_page import no_sources_page, sources_page
from vestry.sharing.categories import FIELDS
from vestry.sharing.grants import OWN, Asking, open_grants
from vestry.twin.answers import Shown

AUDITORS = frozenset({"auditor", "governance-officer"})


@require_safe
@for_a_purpose
def entity(request: Any, entity_id: str) -> HttpResponse:
    """The page. An id that was merged leads on to what it is now; one that was split says into which."""
    site = site_of(request)
    looked = door(request).show(entity_id, purpose=purpose_in(request), naming=True)
    led_on = _led_on(request, looked)
    if led_on is not None:
        return led_on
    page = entity_page(looked, site.place.organisations, _owners(site), site.twin.titles(looked.agreements))
    return shown(request, page)


@require_safe
@for_a_purpose
def sources(request: Any, entity_id: str, field: str = "") -> HttpResponse:
    """Who said it, why it won, and why the records were matched."""
    if field and field not in FIELDS:
        raise Http404
    site = site_of(request)
    under = _under(request)
    how: dict[str, Any] = {"agreements": site.twin.titles(under), "own": OWN in under, "field": field}
    try:
        told = door(request).explain(entity_id, purpose=purpose_in(request))
    except SourcesWithheld as nothing:
        # Of a household its page may say who lives in it, though no source says anything of itself that may be used.
        page = _seen(request, entity_id)
        return shown(request, no_sources_page(nothing.what, heading=page.heading, path=page.path, **how))
    if told.entity is None:
        raise _nothing()
    page = _headed(Shown(release_id=told.release_id, resolution=told.resolution, entity=told.entity), site)
    return shown(
        request,
        sources_page(
            told, heading=page.heading, path=page.path, organisations=site.place.organisations, owners=_owners(site), **how
        ),
    )  # fmt: skip


@require_safe
@for_a_purpose
def looks(request: Any, entity_id: str) -> HttpResponse:
    """Who else looked, for whoever may look themselves."""
    site, asker = site_of(request), asker_in(request)
    page = _seen(request, entity_id)
    about = site.twin.audit(asker).about((page.entity_id,))
    return shown(
        request,
        looks_page(
            about, heading=page.heading, path=page.path, organisations=site.place.organisations,
            names=bool(asker.roles & AUDITORS),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@for_a_purpose
def mistake(request: Any, entity_id: str) -> HttpResponse:
    """Report that something shown is wrong."""
    site, asker = site_of(request), asker_in(request)
    page = _seen(request, entity_id)
    fields = tuple(
        (value.field, value.label, value.value)
        for group in page.groups
        for value in group.values
        if not value.withheld
    )
    form = MistakePage(heading=page.heading, path=page.path, fields=fields)
    if request.method != "POST":
        return shown(request, form)
    what, about = request.POST.get("what", "").replace("\0", "").strip(), request.POST.get("field", "")
    problems = {}
    if not what:
        problems["what"] = _("Say what is wrong")
    elif len(what) > reporting.LONGEST:
        problems["what"] = _("Say it in fewer than %(n)d letters") % {"n": reporting.LONGEST}
    if about and about not in {code for code, *_rest in fields}:
        about = ""
    if problems:
        again = MistakePage(
            heading=page.heading, path=page.path, fields=fields, chosen=about, what=what, problems=problems
        )
        return shown(request, again, status=422)
    reporting.report(
        site, asker, entity_id=page.entity_id, kind=page.kind, field=about, what=what,
        purpose=purpose_in(request), release=site.twin.gateway.releases()[0].release_id,
    )  # fmt: skip
    say(
        request,
        _("Your report was passed on to those who load the records. They mend it where it came from."),
    )
    return HttpResponseRedirect(page.path)


def _led_on(request: Any, looked: Shown) -> HttpResponse | None:
    """Where the id stands for something else now, or for several, or its address names another kind."""
    now = looked.resolution.now
    if looked.entity is None:
        page: SeveralPage = several_page(looked)
        return shown(request, page)
    wanted = f"{ADDRESS_OF[looked.entity.kind]}{now[0]}/"
    return None if request.path == wanted else HttpResponseRedirect(wanted)


def _seen(request: HttpRequest, entity_id: str) -> Entity:
    """The page of what may be seen of it. Raises NotFound where nothing may."""
    looked = door(request).show(entity_id, purpose=purpose_in(request))
    if looked.entity is None:
        raise _nothing()
    return _headed(looked, site_of(request))


def _headed(looked: Shown, site: Site) -> Entity:
    return entity_page(looked, site.place.organisations, {}, ())


def _nothing() -> NotFound:
    return NotFound("There is nothing of that id that you may see.", where="the office", fix="find it anew")


def _owners(site: Site) -> Mapping[str, str]:
    """Source -> the organisation that sends it."""
    return {source: facts.organisation for source, facts in site.twin.law.sources().items()}


def _under(request: Any) -> tuple[str, ...]:
    """Under what the purpose stands open to whoever asks."""
    site = site_of(request)
    law = site.twin.law
    standing = emergency_in(request)
    asking = Asking(
        asker=asker_in(request), purpose=purpose_in(request), how="look-up", at=site.clock.now(),
        emergency=standing.emergency if standing else None,
    )  # fmt: skip
    return tuple(grant.label for grant in open_grants(asking, law.filed(), law.sources()).grants)
