"""The pages of agreements. Who may do what is the register's to say; a page offers what it would let by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from vestry.clock import today as day_of
from vestry.errors import ReleaseMissing
from vestry.office.accounts.arriving import who
from vestry.office.accounts.models import Account
from vestry.office.accounts.site import Site, site_of
from vestry.office.agreements.act_page import FORMS, ActPage, Said, said_in
from vestry.office.agreements.acting import OFFICER, check_act, check_may, open_to
from vestry.office.agreements.errors import ChangeRefused
from vestry.office.agreements.list_page import list_page
from vestry.office.agreements.one_page import agreement_page
from vestry.office.agreements.simulate_page import simulate_page
from vestry.office.agreements.telling import database_told
from vestry.office.agreements.worded import Names, worded
from vestry.office.agreements.words import whom_said
from vestry.office.pages.dates import day_fields
from vestry.office.pages.door import asker_in, door, opening, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.errors import AgreementUnknown
from vestry.sharing.agreements.examples import outcomes
from vestry.sharing.agreements.registered import Actor, Kept, What
from vestry.sharing.agreements.simulating import held_by_none, simulated
from vestry.sharing.holdings import holdings

READERS: Final = (OFFICER, "auditor")
_WHAT: Final[dict[str, What]] = {
    "propose": "proposed",
    "sign": "signed",
    "suspend": "suspended",
    "resume": "resumed",
    "end": "ended",
}


@require_safe
@roles_only(*READERS)
def agreements(request: Any) -> HttpResponse:
    """All, or those that wait."""
    site, asker = site_of(request), asker_in(request)
    register = site.twin.register
    kept = register.every()
    page = list_page(
        kept,
        register.unreadable(),
        show=request.GET.get("show", ""),
        organisation=asker.organisation,
        organisations=site.place.organisations,
        on=day_of(site.clock),
        may_draft=OFFICER in asker.roles,
        in_files=not register.holds_any() and any(site.place.agreements.rglob("*.y*ml")),
    )
    return shown(request, page)


@require_safe
@roles_only(*READERS)
def one(request: Any, name: str) -> HttpResponse:
    """What it says, where it stands, and what can be done with it."""
    site, actor = site_of(request), actor_in(request)
    versions = versions_of(site, name)
    on, number = day_of(site.clock), request.GET.get("version", "")
    try:
        page = agreement_page(
            versions,
            int(number) if number.isdecimal() else None,
            names=names_in(request, *(kept.agreement for kept in versions)),
            organisation=actor.organisation,
            on=on,
            can=open_to(actor, versions, on),
            may_draft=may_draft(actor, versions[-1].agreement),
            people=_people(site, versions),
        )
    except StopIteration:
        raise Http404 from None
    return shown(request, page)


@require_safe
@roles_only(*READERS)
def text(request: Any, name: str, number: int) -> HttpResponse:
    """A version as the register keeps it, as YAML: to be sent to a party, or drafted from."""
    for kept in versions_of(site_of(request), name):
        if kept.agreement.version == number:
            response = HttpResponse(kept.text, content_type="application/yaml; charset=utf-8")
            response.headers["Content-Disposition"] = f'attachment; filename="{name}-{number}.yaml"'
            return response
    raise Http404


@require_safe
@roles_only(*READERS)
def simulate(request: Any, name: str) -> HttpResponse:
    """What the newest version would open, of how many, and what its examples come to."""
    site = site_of(request)
    agreement = versions_of(site, name)[-1].agreement
    names, law = names_in(request, agreement), site.twin.law
    sources, holds = law.sources(), holdings(names.contracts)
    try:
        people = door(request).people_reached(agreement)
    except ReleaseMissing:
        people = None
    page = simulate_page(
        agreement,
        people=people,
        whom=whom_said(agreement, names.contracts, names.areas),
        seen=simulated(agreement, sources, holds),
        outcomes=outcomes(agreement, sources),
        idle=held_by_none(agreement, holds),
        names=names,
    )
    return shown(request, page)


@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
def act(request: Any, name: str, act: str) -> HttpResponse:
    """Propose, suspend, end or renew."""
    return _act(request, name, act)


@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
@opening
def act_that_opens(request: Any, name: str, act: str) -> HttpResponse:
    """Sign or resume: what opens records asks for a passkey."""
    return _act(request, name, act)


def _act(request: Any, name: str, act: str) -> HttpResponse:
    site, actor = site_of(request), actor_in(request)
    versions, on = versions_of(site, name), day_of(site.clock)
    _check_offered(act, actor, versions, site)
    if request.method != "POST":
        return shown(request, _form(request, act, versions, actor))
    said, problems = said_in(act, request.POST, on)
    if problems:
        again = _form(request, act, versions, actor, given=request.POST, problems=problems)
        return shown(request, again, status=422)
    kept = _done(site, act, name, actor, said)
    say(request, _told(act, kept, site))
    return HttpResponseRedirect(f"/agreements/{name}/")


def _check_offered(act: str, actor: Actor, versions: tuple[Kept, ...], site: Site) -> None:
    """Raises ChangeRefused and AgreementNotReady before anybody fills in a form for nothing."""
    if act == "renew":
        check_may(actor, versions[-1].agreement)
        return
    organisation = actor.organisation if act == "sign" else ""
    check_act(_WHAT[act], actor, versions, day_of(site.clock), organisation=organisation)


def _done(site: Site, act: str, name: str, actor: Actor, said: Said) -> Kept:
    register = site.twin.register
    if act == "propose":
        return register.propose(name, actor, because=said.because)
    if act == "sign":
        return register.sign(
            name, actor, organisation=actor.organisation, title=said.title, signed=said.digest or "nothing"
        )
    if act == "suspend":
        return register.suspend(name, actor, because=said.because)
    if act == "resume":
        return register.resume(name, actor, because=said.because)
    if act == "end":
        return register.end(name, actor, because=said.because, on=said.days["on"])
    days = said.days
    return register.renew(name, starts=days["starts"], ends=days["ends"], review=days["review"], by=actor)


def _told(act: str, kept: Kept, site: Site) -> str:
    """What was done, and where it stands now."""
    state = kept.filed.state(day_of(site.clock))
    said = {
        "propose": _("It waits for signatures now."),
        "suspend": _("It is suspended: nothing is shown by it from now on."),
        "resume": _("It is resumed, and is in force again."),
        "end": _("It is ended."),
        "renew": _("Version %(n)d is drafted for its new term. Propose it for signature when it is right.")
        % {"n": kept.agreement.version},
    }
    if act == "sign":
        return {
            "in force": _("You have signed it. All have, and it is in force."),
            "signed": _("You have signed it. All have, and it begins on its first day."),
        }.get(state, _("You have signed it. It waits for the others."))
    if act == "end" and state != "ended":
        return _("It will end on the day that you gave.")
    return said[act]


def _form(
    request: Any,
    act: str,
    versions: tuple[Kept, ...],
    actor: Actor,
    given: Any = None,
    problems: Any = None,
) -> ActPage:
    site, kept = site_of(request), versions[-1]
    agreement = kept.agreement
    signs = act == "sign"
    return ActPage(
        name=agreement.agreement_id,
        title=agreement.title,
        label=agreement.label,
        act=act,
        form=FORMS[act],
        organisation=site.place.organisations.get(actor.organisation, actor.organisation),
        words=worded(agreement, names_in(request, agreement)) if signs else None,
        digest=kept.filed.digest if signs else "",
        text=kept.text if signs else "",
        given=given if given is not None else _at_first(act, request, agreement),
        problems=problems or {},
    )


def _at_first(act: str, request: Any, agreement: Agreement) -> dict[str, str]:
    """What a form is filled in with: the office that somebody holds, the day after the term and a term as long."""
    if act == "sign":
        posts = who(request).user.posts
        return {
            "title": next((p.title for p in posts if p.organisation == asker_in(request).organisation), "")
        }
    if act == "renew":
        starts = agreement.ends + (agreement.starts.resolution)
        ends = starts + (agreement.ends - agreement.starts)
        return {
            **day_fields("starts", starts),
            **day_fields("ends", ends),
            **day_fields("review", starts + (ends - starts) / 2),
        }
    return {}  # fmt: skip


def actor_in(request: HttpRequest) -> Actor:
    """Who acts: whoever is in, for the organisation that they are in for."""
    asker = asker_in(request)
    return Actor(user=asker.user, organisation=asker.organisation, roles=asker.roles)


def may_draft(actor: Actor, agreement: Agreement) -> bool:
    """Whether they may write its next version."""
    try:
        check_may(actor, agreement)
    except ChangeRefused:
        return False
    return True


def versions_of(site: Site, name: str) -> tuple[Kept, ...]:
    """Every version of it, the oldest first. Raises Http404 where there is none."""
    try:
        return site.twin.register.versions(name)
    except AgreementUnknown:
        raise Http404 from None


def _people(site: Site, versions: Sequence[Kept]) -> dict[str, str]:
    """User -> name of the accounts of those who did something with these versions."""
    users = {act.by for kept in versions for act in kept.acts} | {kept.drafted_by for kept in versions}
    with database_told(site.office):
        return dict(Account.objects.filter(user__in=users).values_list("user", "name"))


def names_in(request: HttpRequest, *agreements: Agreement) -> Names:
    """What the place calls what these agreements name. Areas are asked for where one names any."""
    site = site_of(request)
    return Names(
        organisations=site.place.organisations,
        contracts=site.twin.contracts(),
        areas=areas_in(request) if any(one.about.areas for one in agreements) else {},
    )


def areas_in(request: HttpRequest) -> dict[str, str]:
    """Code -> name of every area of the current release; none before the first."""
    try:
        stream = door(request).export("areas", purpose=None)
    except ReleaseMissing:
        return {}
    return {
        row["area_code"]: row["name"] or row["area_code"]
        for batch in stream.batches
        for row in batch.select(["area_code", "name"]).to_pylist()
    }
