"""Sessions of people: begun anew when somebody comes in, for one of their organisations, and over in time.

The cookie holds a word of chance and nothing else; what it stands for is in the database, and is looked up with each request, the
account's roles too. Nothing outlasts a suspension or a role that was taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from vestry.office.accounts.asking import asker_of
from vestry.office.accounts.changing import Doer
from vestry.office.accounts.kept_sessions import SessionStore
from vestry.office.accounts.models import Account
from vestry.office.accounts.site import Site
from vestry.office.accounts.users import user_of
from vestry.sharing.askers import User
from vestry.sharing.asking import Asker
from vestry.sharing.grants import STRONG_FOR

IDLE: Final = timedelta(minutes=30)
"""After so long without a click somebody has to come in again, and"""
LONGEST: Final = timedelta(hours=12)
"""after so long in any case: a working day, and no night."""

_NOTED: Final = timedelta(minutes=1)
"""How often it is written down that somebody is still there."""

How = Literal["passkey", "openid", "demo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is in, and for which organisation: "" until they have chosen one of several."""

    account: Account
    user: User
    organisation: str
    signed_in_at: datetime
    strong_at: datetime | None

    def is_strong(self, at: datetime) -> bool:
        """Whether a passkey was shown within the last quarter of an hour, as restricted records ask."""
        return self.strong_at is not None and timedelta(0) <= at - self.strong_at <= STRONG_FOR

    def asker(self) -> Asker | None:
        """As whom they ask; None until they have chosen an organisation."""
        return asker_of(
            self.user,
            self.organisation,
            signed_in_at=self.signed_in_at,
            strong_at=self.strong_at,
        )


def sign_in(request: HttpRequest, site: Site, account: Account, how: How) -> None:
    """Begin a session of `account`, under a new word; what the one before it held is gone. Raises AuditUnavailable."""
    now = site.clock.now()
    posts = list(account.posts.values_list("organisation", flat=True))
    organisation = posts[0] if len(posts) == 1 else ""
    changes = site.changes(Doer(user=account.user, organisation=organisation))
    with changes.within():
        changes.enter("signed-in", account.user, said=(how,))
    SessionStore.clear_expired()
    request.session.flush()
    request.session.update(
        {
            "user": account.user,
            "organisation": organisation,
            "signed_in_at": now.isoformat(),
            "seen_at": now.isoformat(),
            "strong_at": now.isoformat() if how == "passkey" else "",
        }
    )
    request.session.set_expiry(LONGEST)
    rotate_token(request)


def sign_out(request: HttpRequest, site: Site, member: SignedIn) -> None:
    """End the session: its word stands for nothing from now on, whoever else has it, and whatever the log says."""
    request.session.flush()
    changes = site.changes(Doer(user=member.user.user, organisation=member.organisation))
    with changes.within():
        changes.enter("signed-out", member.user.user)


def choose(request: HttpRequest, site: Site, member: SignedIn, organisation: str) -> None:
    """Act for that organisation from now on, under a new word. Raises AuditUnavailable."""
    changes = site.changes(Doer(user=member.user.user, organisation=organisation))
    with changes.within():
        changes.enter("organisation-chosen", member.user.user)
    request.session.cycle_key()
    request.session["organisation"] = organisation


def showed_passkey(request: HttpRequest, at: datetime) -> None:
    """Remember that a passkey was shown just now, under a new word."""
    request.session.cycle_key()
    request.session["strong_at"] = at.isoformat()


def signed_in(request: HttpRequest, site: Site) -> SignedIn | None:
    """Who is in; None where nobody is, or is no longer: the session is then ended."""
    said: Any = request.session
    if "user" not in said:
        return None
    now = site.clock.now()
    began, seen = (datetime.fromisoformat(said[name]) for name in ("signed_in_at", "seen_at"))
    account = Account.objects.filter(user=said["user"], suspended_at=None, is_system=False).first()
    if (
        account is None
        or (account.out_before is not None and began <= account.out_before)
        or now - began >= LONGEST
        or now - seen >= IDLE
    ):
        request.session.flush()
        return None
    if now - seen >= _NOTED:
        said["seen_at"] = now.isoformat()
    user = user_of(account)
    organisation = said["organisation"]
    return SignedIn(
        account=account,
        user=user,
        organisation=organisation if any(p.organisation == organisation for p in user.posts) else "",
        signed_in_at=began,
        strong_at=datetime.fromisoformat(said["strong_at"]) if said["strong_at"] else None,
    )
