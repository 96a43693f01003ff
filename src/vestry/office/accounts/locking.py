"""Lock-out at the doors: refuses who failed too often, counts failures, and tells the audit log of each, and of the lock."""

from __future__ import annotations

from django.http import HttpRequest

from vestry.office.accounts.changing import Doer
from vestry.office.accounts.errors import LockedOut
from vestry.office.accounts.lockout import Lockout
from vestry.office.accounts.site import site_of


def address_of(request: HttpRequest) -> str:
    """From where a request came: whoever spoke to us, or to the proxy on this machine that `serving` trusts."""
    return str(request.META.get("REMOTE_ADDR", ""))


def refuse_locked(lockout: Lockout, request: HttpRequest, named: str) -> None:
    """Raises LockedOut where too much failed."""
    if lockout.is_locked(named, address_of(request)):
        raise LockedOut("Too many tries failed.", fix="wait a quarter of an hour, and try again")


def tell_failure(lockout: Lockout, request: HttpRequest, named: str, user: str = "") -> None:
    """Count and enter a failure of `named`, whose account is `user` where that is known."""
    locks = lockout.failed(named, address_of(request))
    changes = site_of(request).changes(Doer())
    with changes.within():
        changes.enter("sign-in-refused", user, said=(lockout.kind,))
        if locks:
            changes.enter("locked-out", user, said=(lockout.kind,))
