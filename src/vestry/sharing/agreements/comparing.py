"""What users of a place would see of one described resident, side by side: by every agreement as it stands on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vestry.sharing.agreements.describing import Described, subject_of
from vestry.sharing.agreements.folder import Agreements
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.agreements.simulating import SOMEBODY_ELSE, Seen, seen_of
from vestry.sharing.asking import Asker
from vestry.sharing.decision import decide
from vestry.sharing.grants import OWN, Asking, Emergency, Opened, open_grants
from vestry.sharing.holdings import Holdings
from vestry.sharing.refusals import Reason, nearest
from vestry.sharing.subjects import SourceFacts, Subject

_MOST_FIRST = ("look-up", "list", "extract", "notice", "statistics")
"""Ways of use, from what shows most of one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What comes of one user's look at somebody for one purpose: what is `seen`, and where no agreement shows anything, `why`."""

    user: str
    organisation: str
    roles: tuple[str, ...]
    purpose: str
    how: str
    seen: tuple[Seen, ...]
    why: Reason | None = None


def compared(
    askers: Iterable[Asker], described: Described, agreements: Agreements, at: datetime, purpose: str = ""
) -> tuple[Look, ...]:
    """A look for each of `askers` and each purpose that agreements name for them, or for `purpose` alone.

    A passkey was just shown, and in an emergency somebody else was told: what is withheld, is so for other reasons.
    """
    filed = agreements.filed
    found = []
    for asker in askers:
        named = purposes_for(asker, filed)
        for reason, how in [(purpose, named.get(purpose, "look-up"))] if purpose else sorted(named.items()):
            asking = Asking(
                asker=replace(asker, strong_at=at),
                purpose=reason,
                how=how,
                at=at,
                emergency=Emergency(reason_typed=True, told=SOMEBODY_ELSE),
            )
            subject = subject_of(
                described,
                on=asking.on,
                organisation=asker.organisation,
                purpose=reason,
                agreements=agreements.found,
            )
            found.append(looked_at(asking, subject, filed, agreements.sources, agreements.holds))
    return tuple(found)


def looked_at(
    asking: Asking,
    subject: Subject,
    filed: Sequence[Filed],
    sources: Mapping[str, SourceFacts],
    holds: Holdings | None = None,
) -> Look:
    """What `asking` shows of `subject`, of every field and source, own records too."""
    asker = asking.asker
    opened = open_grants(asking, filed, sources)
    roles = tuple(sorted(asker.roles))
    seen = tuple(seen_of(opened, subject, sources, filed, holds or {}, role=", ".join(roles), training=""))
    return Look(
        user=asker.user,
        organisation=asker.organisation,
        roles=roles,
        purpose=asking.purpose,
        how=asking.how,
        seen=seen,
        why=None if any(set(one.rests_on) - {OWN} for one in seen) else _why(opened, subject, sources),
    )


def purposes_for(asker: Asker, filed: Iterable[Filed]) -> dict[str, str]:
    """Purpose -> way of use, that agreements name for the asker's organisation and roles, whether in force or not."""
    found: dict[str, str] = {}
    for one in filed:
        agreement = one.agreement
        if any(u.organisation == asker.organisation and u.roles & asker.roles for u in agreement.users):
            ways = {*agreement.how, *([found[agreement.purpose]] if agreement.purpose in found else [])}
            found[agreement.purpose] = min(ways, key=_MOST_FIRST.index)
    return found


def _why(opened: Opened, subject: Subject, sources: Mapping[str, SourceFacts]) -> Reason:
    """The reason that came nearest to an agreement's showing anything."""
    others = replace(opened, grants=tuple(grant for grant in opened.grants if grant.label != OWN))
    codes = set(others.refused)
    for share in (share for grant in others.grants for share in grant.shares):
        for field, source in ((f, s) for f in share.fields for s in share.sources):
            said = decide(others, subject, field, sources[source]).reason
            codes |= {said.code} if said else set()
    return nearest(codes)
