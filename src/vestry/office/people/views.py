"""The pages of people, roles and training, for governance officers. Whose accounts one may change is the desk's to say."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from vestry.clock import today as day_of
from vestry.office.accounts.changing import Changes, Doer
from vestry.office.accounts.people import People
from vestry.office.accounts.reaching import OFFICER
from vestry.office.accounts.site import Site, site_of
from vestry.office.accounts.systems import Systems
from vestry.office.agreements.errors import ChangeRefused
from vestry.office.agreements.words import role_said
from vestry.office.pages.below import problem_told
from vestry.office.pages.dates import day_asked
from vestry.office.pages.door import asker_in, opening, roles_only
from vestry.office.pages.shell import say
from vestry.office.pages.showing import shown
from vestry.office.pages.translating import _
from vestry.office.people.list_page import is_ours, people_page, person_line
from vestry.office.people.person_page import ACTS, ActPage, AddPage, InvitedPage, PersonPage, offered
from vestry.sharing.accounts_desk import AccountNotChanged, Held
from vestry.sharing.asking import ROLES


@require_safe
@roles_only(OFFICER)
def people(request: Any) -> HttpResponse:
    """Everybody, or those of one's own organisation, or systems."""
    site, asker = site_of(request), asker_in(request)
    page = people_page(
        _desk(request).people(),
        Systems(_changes(request), site.clock, site.place.organisations).systems(),
        show=request.GET.get("show", ""),
        organisation=asker.organisation,
        organisations=site.place.organisations,
        on=day_of(site.clock),
    )
    return shown(request, page)


@require_safe
@roles_only(OFFICER)
def person(request: Any, user: str) -> HttpResponse:
    """One account, and what can be done with it."""
    site, asker = site_of(request), asker_in(request)
    held = _held(request, user)
    acts = offered(
        suspended=held.suspended_at is not None,
        ours=is_ours(held, asker.organisation),
        has_roles=bool(_roles(held, asker.organisation)),
        passkeys=held.passkeys,
        themselves=user == asker.user,
    )
    return shown(
        request,
        PersonPage(
            person=person_line(held, site.place.organisations, day_of(site.clock)),
            openid=held.openid,
            suspended_at=held.suspended_at,
            mine=user == asker.user,
            actions=tuple((f"/people/{user}/{act}/", str(ACTS[act].button), ACTS[act].danger) for act in acts),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
@opening
def add(request: Any) -> HttpResponse:
    """A new account, which may do nothing yet."""
    if request.method != "POST":
        return shown(request, AddPage())
    said = {name: request.POST.get(name, "").strip() for name in ("user", "name", "openid")}
    problems = {}
    if not said["name"]:
        problems["name"] = _("Give their name")
    if not said["user"]:
        problems["user"] = _("Give them an id")
    if not problems:
        try:
            _desk(request).add(said["user"], said["name"], openid=said["openid"])
        except AccountNotChanged as error:
            problems["openid" if "provider" in error.what else "user"] = problem_told(error)
    if problems:
        return shown(request, AddPage(given=said, problems=problems), status=422)
    say(request, _("The account is there. Give it a role, and invite them to enrol a passkey."))
    return HttpResponseRedirect(f"/people/{said['user']}/")  # fmt: skip


@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
def close(request: Any, user: str, act: str) -> HttpResponse:
    """Take roles, suspend, remove passkeys."""
    return _act(request, user, act)


@require_http_methods(["GET", "POST"])
@roles_only(OFFICER)
@opening
def let_in(request: Any, user: str, act: str) -> HttpResponse:
    """Give roles, enter a course, restore, invite: what opens records or lets somebody in asks for a passkey."""
    return _act(request, user, act)


def _act(request: Any, user: str, act: str) -> HttpResponse:
    held = _held(request, user)
    if not is_ours(held, asker_in(request).organisation):
        raise ChangeRefused(
            "That account is another organisation’s.", where="the office", fix="ask its own officer"
        )
    if request.method != "POST":
        return shown(request, _form(request, held, act))
    problems: dict[str, str] = {}
    desk, organisation = _desk(request), asker_in(request).organisation
    roles = [code for code in request.POST.getlist("roles") if code in ROLES]
    if act in ("give", "take") and not roles:
        problems["roles"] = _("Choose at least one role")
    try:
        if act == "train":
            course = request.POST.get("course", "").strip()
            until = day_asked(
                request.POST, "until", problems, _("Give the last day on which the course counts")
            )
            if not course:
                problems["course"] = _("Say which course")
            if not problems and until is not None:
                desk.train(user, course, until)
        elif not problems:
            if act == "invite":
                return _invited(request, held, desk)
            _do(desk, act, user, organisation, roles, request.POST.get("title", "").strip())
    except AccountNotChanged as error:
        problems[{"train": "course", "give": "roles", "take": "roles"}.get(act, "act")] = problem_told(error)
    if problems:
        return shown(request, _form(request, held, act, roles, request.POST, problems), status=422)
    say(request, _told(act, held.user.name))
    # Somebody who took their own last role here is nothing here any more.
    return HttpResponseRedirect(f"/people/{user}/" if user != asker_in(request).user else "/")


def _do(desk: People, act: str, user: str, organisation: str, roles: list[str], title: str) -> None:
    if act == "give":
        desk.give(user, organisation, roles, title=title[:200])
    elif act == "take":
        desk.take(user, organisation, roles)
    elif act == "forget":
        desk.forget_passkeys(user)
    elif act == "suspend":
        desk.suspend(user)
    else:
        desk.restore(user)


def _invited(request: Any, held: Held, desk: People) -> HttpResponse:
    """The link, in the answer itself: it is kept nowhere, and not shown again."""
    invited = desk.invite(held.user.user)
    link = f"{site_of(request).origin(request)}{invited.path}"
    page = InvitedPage(user=held.user.user, name=held.user.name, link=link, until=invited.until)
    return shown(request, page)


def _told(act: str, name: str) -> str:
    return {
        "give": _("%(name)s has the roles now."),
        "take": _("%(name)s no longer has the roles."),
        "train": _("The course of %(name)s is entered."),
        "forget": _("%(name)s has no passkey any more. Invite them to enrol another."),
        "suspend": _("%(name)s is suspended, and let in no more."),
        "restore": _("%(name)s is let in again."),
    }[act] % {"name": name}


def _form(
    request: Any,
    held: Held,
    act: str,
    chosen: Any = (),
    given: Any = None,
    problems: Any = None,
) -> ActPage:
    site, asker = site_of(request), asker_in(request)
    mine = _roles(held, asker.organisation)
    return ActPage(
        user=held.user.user,
        name=held.user.name,
        act=act,
        words=ACTS[act],
        organisation=site.place.organisations.get(asker.organisation, asker.organisation),
        held=tuple((role, role_said(role)) for role in sorted(mine)),
        chosen=tuple(chosen),
        given=given or {},
        problems=problems or {},
    )


def _roles(held: Held, organisation: str) -> frozenset[str]:
    """What they are at `organisation`."""
    return next((post.roles for post in held.user.posts if post.organisation == organisation), frozenset())


def _held(request: HttpRequest, user: str) -> Held:
    """The account of a person. Raises Http404."""
    for one in _desk(request).people():
        if one.user.user == user and not one.user.is_system:
            return one
    raise Http404


def _changes(request: HttpRequest) -> Changes:
    asker = asker_in(request)
    return site_of(request).changes(Doer(user=asker.user, organisation=asker.organisation))


def _desk(request: HttpRequest) -> People:
    """The desk, as whoever is in."""
    site: Site = site_of(request)
    return People(_changes(request), site.clock, site.place.organisations)
