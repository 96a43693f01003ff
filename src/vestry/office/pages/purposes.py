"""Why somebody looks: chosen once, shown on every page, and asked again with a new session or another organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from vestry.office.accounts.arriving import members_only, safe_next
from vestry.office.accounts.site import Site, site_of
from vestry.office.pages.below import in_language
from vestry.office.pages.door import asker_in
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.pages.urgent import PURPOSE, emergency_in, end
from vestry.sharing.asking import Asker
from vestry.sharing.grants import EMERGENCY, OWN, Asking, grants_in_emergency, open_grants
from vestry.sharing.purposes import PURPOSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A purpose, and the agreements under which it stands open."""

    code: str
    means: str
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposePage:
    """The purposes that stand open to somebody: `shared` under agreements, `own` for what their organisation itself sent.
    `urgent`: they may act in an emergency, which has a page of its own; `ended`: the one that they began is over."""

    template: ClassVar[str] = "office/purpose.html"
    shared: tuple[Offered, ...]
    own: tuple[Offered, ...]
    chosen: str
    next: str
    urgent: bool = False
    ended: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_open(self) -> bool:
        """Whether the others are shown at once: where there is nothing else, or one of them was chosen."""
        return not self.shared or any(one.code == self.chosen for one in self.own)


def offered(site: Site, asker: Asker) -> tuple[tuple[Offered, ...], tuple[Offered, ...]]:
    """What stands open to `asker` for a look at one: under agreements, and beside these. Emergencies have a way of their own."""
    law, now = site.twin.law, site.clock.now()
    filed, sources = law.filed(), law.sources()
    shared, own = [], []
    for purpose in PURPOSES:
        if purpose.code == EMERGENCY or (purpose.code == "training" and not site.place.fictional):
            continue
        opened = open_grants(Asking(asker=asker, purpose=purpose.code, how="look-up", at=now), filed, sources)
        under = tuple(grant.label for grant in opened.grants if grant.label != OWN)
        if under:
            shared.append(
                Offered(code=purpose.code, means=in_language(purpose.means), under=site.twin.titles(under))
            )
        elif opened.grants:
            own.append(Offered(code=purpose.code, means=in_language(purpose.means)))
    return tuple(shared), tuple(own)


def urgent_under(site: Site, asker: Asker) -> tuple[str, ...]:
    """What the agreements are called that open something to `asker` in an emergency; none where none does."""
    law = site.twin.law
    grants = grants_in_emergency(asker, site.clock.now(), law.filed(), law.sources())
    return site.twin.titles(grant.label for grant in grants if grant.label != OWN)


@require_http_methods(["GET", "POST"])
@members_only
def purpose(request: Any) -> HttpResponse:
    """Choose why."""
    site, asker = site_of(request), asker_in(request)
    shared, own = offered(site, asker)
    given = request.POST if request.method == "POST" else request.GET
    to = safe_next(given.get("next", "/find/"))
    page = PurposePage(
        shared=shared, own=own, chosen=request.session.get(PURPOSE, ""), next=to,
        urgent=bool(urgent_under(site, asker)),
        ended=request.session.get(PURPOSE) == EMERGENCY and emergency_in(request) is None,
    )  # fmt: skip
    if request.method == "POST":
        wanted = request.POST.get("purpose", "")
        if any(one.code == wanted for one in (*shared, *own)):
            end(request)
            request.session[PURPOSE] = wanted
            return HttpResponseRedirect(to)
        said = {"purpose": _("Choose why you look")}
        return shown(request, replace(page, chosen="", problems=said), status=422)
    return shown(request, page)
