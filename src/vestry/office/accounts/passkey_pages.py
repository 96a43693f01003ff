"""The pages of passkeys: coming in with one, showing it again, enrolling one by a link, and keeping one's own.

The browser's script sends JSON and is sent JSON; Django's CSRF check holds it as it does every form.
"""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vestry.office.accounts.arriving import members_only, safe_next, strong_only, who
from vestry.office.accounts.changing import Doer
from vestry.office.accounts.errors import SignInRefused
from vestry.office.accounts.locking import refuse_locked, tell_failure
from vestry.office.accounts.lockout import Lockout
from vestry.office.accounts.models import Account, Invitation, Passkey
from vestry.office.accounts.passkeys import asking, enrol, enrolling, named_in, shown
from vestry.office.accounts.secrecy import digest
from vestry.office.accounts.sessions import showed_passkey, sign_in
from vestry.office.accounts.shown import AgainPage, EnrolPage, PasskeyLine, PasskeysPage
from vestry.office.accounts.site import Site, site_of
from vestry.office.pages.showing import shown as page_shown

_JSON = "application/json"


@require_POST
def come_in_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to show a passkey."""
    return HttpResponse(asking(request, site_of(request)), content_type=_JSON)


@require_POST
def come_in(request: HttpRequest) -> HttpResponse:
    """In with a passkey."""
    account = _proved(request, None)
    sign_in(request, site_of(request), account, "passkey")
    return JsonResponse({"next": safe_next(request.GET.get("next", "/"))})


@require_safe
@members_only
def again(request: HttpRequest) -> HttpResponse:
    """The page that asks for a passkey once more."""
    to = safe_next(request.GET.get("next", "/"))
    member = who(request)
    return page_shown(request, AgainPage(next=to, has_passkey=member.account.passkeys.exists()))


@require_POST
@members_only
def again_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to show one of one's own."""
    return HttpResponse(asking(request, site_of(request), who(request).account), content_type=_JSON)


@require_POST
@members_only
def shown_again(request: HttpRequest) -> HttpResponse:
    """Shown once more: restricted records may be asked for, for a quarter of an hour."""
    site, member = site_of(request), who(request)
    _proved(request, member.account)
    changes = site.changes(Doer(user=member.user.user, organisation=member.organisation))
    with changes.within():
        changes.enter("passkey-shown", member.user.user)
    showed_passkey(request, site.clock.now())
    return JsonResponse({"next": safe_next(request.GET.get("next", "/"))})


@require_safe
def invited(request: HttpRequest, word: str) -> HttpResponse:
    """The page of an invitation."""
    invitation = _invitation(request, word)
    account = invitation.account
    return page_shown(request, EnrolPage(user=account.user, name=account.name))


@require_POST
def invited_options(request: HttpRequest, word: str) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return HttpResponse(
        enrolling(request, site_of(request), _invitation(request, word).account), content_type=_JSON
    )


@require_POST
def invited_enrols(request: HttpRequest, word: str) -> HttpResponse:
    """Enrolled: the invitation is used up, and they are in."""
    site, invitation = site_of(request), _invitation(request, word)
    account: Account = invitation.account
    changes = site.changes(Doer(user=account.user))
    with changes.within():
        used = Invitation.objects.filter(pk=invitation.pk, used_at=None, account__suspended_at=None).update(
            used_at=site.clock.now()
        )
        if not used:
            raise _gone()
        enrol(request, site, account, _body(request))
    sign_in(request, site, account, "passkey")
    return JsonResponse({"next": "/"})


@require_safe
@members_only
def mine(request: HttpRequest) -> HttpResponse:
    """One's own passkeys."""
    member, site = who(request), site_of(request)
    passkeys = tuple(
        PasskeyLine(number=one.pk, added_at=one.added_at, used_at=one.used_at)
        for one in member.account.passkeys.all()
    )
    return page_shown(request, PasskeysPage(passkeys=passkeys, strong=member.is_strong(site.clock.now())))


@require_POST
@strong_only
def another_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make one more: whoever has not just shown one may not."""
    return HttpResponse(enrolling(request, site_of(request), who(request).account), content_type=_JSON)


@require_POST
@strong_only
def another(request: HttpRequest) -> HttpResponse:
    """One more is enrolled."""
    site, member = site_of(request), who(request)
    with site.changes(Doer(user=member.user.user)).within():
        enrol(request, site, member.account, _body(request))
    return JsonResponse({"next": "/passkeys/"})


@require_http_methods(["POST"])
@strong_only
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take away one of one's own, but not the last: one would be locked out."""
    member = who(request)
    changes = site_of(request).changes(Doer(user=member.user.user, organisation=member.organisation))
    with changes.within():
        # Held, so that of two requests at once the second sees what the first left.
        Account.objects.select_for_update().get(pk=member.account.pk)
        others = Passkey.objects.filter(Q(account=member.account) & ~Q(pk=number))
        if not others.exists():
            raise SignInRefused("That is your only passkey.", fix="enrol another first")
        if Passkey.objects.filter(account=member.account, pk=number).delete()[0]:
            changes.enter("passkey-removed", member.user.user)
    return HttpResponseRedirect("/passkeys/")


def _proved(request: HttpRequest, account: Account | None) -> Account:
    """Whose passkey was shown. Raises SignInRefused, LockedOut."""
    site, answer = site_of(request), _body(request)
    lockout, named = Lockout(site.clock, "passkey"), named_in(answer)
    refuse_locked(lockout, request, named)
    try:
        return shown(request, site, answer, account)
    except SignInRefused:
        kept = Passkey.objects.select_related("account").filter(credential=named).first()
        tell_failure(lockout, request, named, kept.account.user if kept else "")
        raise


def _invitation(request: HttpRequest, word: str) -> Invitation:
    """The invitation that `word` belongs to, while it counts. Raises SignInRefused, LockedOut."""
    site: Site = site_of(request)
    lockout = Lockout(site.clock, "invitation")
    refuse_locked(lockout, request, "")
    found: Invitation | None = (
        Invitation.objects.select_related("account")
        .filter(digest=digest(word), used_at=None, until__gt=site.clock.now(), account__suspended_at=None)
        .first()
    )
    if found is None:
        tell_failure(lockout, request, "")
        raise _gone()
    return found


def _gone() -> SignInRefused:
    return SignInRefused("This link no longer counts.", fix="ask for a new one: each counts once, for a day")


def _body(request: HttpRequest) -> str:
    try:
        return str(request.body, "utf-8")
    except UnicodeDecodeError:
        raise SignInRefused("The browser's answer cannot be read.", fix="try again") from None
