"""An emergency in a session: which one it is, while it stands. Pages have no other way to ask for life's sake.

The session holds its number alone. Why it was begun, who was told and until when it stands is in the database, and is asked anew
with each request: one that was ended or reviewed elsewhere, or is over, opens nothing.
"""

from __future__ import annotations

from typing import Any, Final

from vestry.office.accounts.site import site_of
from vestry.office.agreements.emergencies import LASTS, Emergencies
from vestry.sharing.asking import Asker
from vestry.sharing.grants import EMERGENCY
from vestry.sharing.people_apart import Standing

PURPOSE: Final = "purpose"
"""Under which the session keeps the purpose that was chosen, and"""
NUMBER: Final = "emergency"
"""the number of the emergency, where that is the purpose."""

_FOUND: Final = "_vestry_emergency"


def emergencies_of(request: Any) -> Emergencies:
    """The place's emergencies."""
    site = site_of(request)
    return Emergencies(site.office, site.log, site.clock)


def emergency_in(request: Any) -> Standing | None:
    """The emergency in which whoever is in looks; None where there is none, or it has ended. Asked once for each request."""
    if not hasattr(request, _FOUND):
        setattr(request, _FOUND, _standing(request))
    found: Standing | None = getattr(request, _FOUND)
    return found


def _standing(request: Any) -> Standing | None:
    member, number = getattr(request, "signed_in", None), request.session.get(NUMBER)
    asker = member.asker() if member is not None else None
    if asker is None or number is None or request.session.get(PURPOSE) != EMERGENCY:
        return None
    return emergencies_of(request).standing(number, asker)


def begin(request: Any, asker: Asker, *, reason: str, told: str) -> None:
    """Begin one, after whatever stood before has ended. Raises ChangeRefused, AuditUnavailable, DatabaseUnavailable."""
    end(request)
    emergency = emergencies_of(request).begin(asker, reason=reason, told=told, lasts=LASTS)
    request.session[PURPOSE], request.session[NUMBER] = EMERGENCY, emergency.number
    delattr(request, _FOUND)


def end(request: Any) -> None:
    """End what stands, and ask anew why somebody looks. Raises AuditUnavailable, DatabaseUnavailable."""
    standing = emergency_in(request)
    if standing is not None and standing.emergency.number is not None:
        emergencies_of(request).end(standing.emergency.number, request.signed_in.asker())
    if request.session.get(PURPOSE) == EMERGENCY:
        request.session.pop(PURPOSE, None)
    request.session.pop(NUMBER, None)
    setattr(request, _FOUND, None)
