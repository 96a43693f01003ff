"""What stands open to one asker for one purpose, before anybody is looked at: the agreements' clauses as grants. Pure.

A grant is one agreement that is in force for this organisation, role, training, purpose and way of use. Beside those stands
an organisation's right to its own records. What a grant says of people and of fields is asked of it afterwards, once for a
single look (`decision`) and in sets for a list (`row_filter`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from vestry.sharing.agreements.agreement import About, Agreement, Share, Users
from vestry.sharing.agreements.lifecycle import Filed, day_of
from vestry.sharing.asking import Asker
from vestry.sharing.categories import FIELDS
from vestry.sharing.purposes import Purpose, purpose_of
from vestry.sharing.subjects import SourceFacts

EMERGENCY: Final = "emergency"
"""The purpose that asks for more than a purpose."""

STRONG_FOR: Final = timedelta(minutes=15)
"""How long a passkey that was shown opens restricted records."""

OWN: Final = "own records"
"""What reasons and the audit log say instead of an agreement, where an organisation looks at what it sent itself."""

OWN_USES: Final = frozenset({"look-up", "list", "extract"})
_ALL_FIELDS: Final = frozenset(FIELDS)
_EVERYBODY: Final = About(age_from=0, deceased=True, restricted=True, staff=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What an emergency asks for beyond its purpose: that a reason was typed, and which other user is told of it at once.

    `number` is that of the look, under which the office keeps the reason: each entry of the audit log names it.
    """

    reason_typed: bool
    told: str
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request, as far as it hangs on nobody in particular. `at` is an instant with its time zone."""

    asker: Asker
    purpose: str
    how: str
    at: datetime
    emergency: Emergency | None = None

    @property
    def on(self) -> date:
        """The day in London."""
        return day_of(self.at)

    @property
    def strong(self) -> bool:
        """Whether a passkey was shown lately enough for restricted records."""
        shown = self.asker.strong_at
        return shown is not None and timedelta(0) <= self.at - shown <= STRONG_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Something that stands open. `label` names the agreement and its version; `part_3`: law-enforcement records are not kept
    from it."""

    label: str
    shares: tuple[Share, ...]
    about: About
    part_3: bool
    consent: str = ""
    """The agreement that each person must have said yes to; "" where none need."""

    def level(self, field: str, source: str) -> int:
        """The finest level at which it shares `field` from `source`."""
        return max((share.level(field, source) for share in self.shares), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What stands open to a request, and why what does not is closed: reasons, by code."""

    asking: Asking
    purpose: Purpose | None
    grants: tuple[Grant, ...] = ()
    refused: frozenset[str] = frozenset()

    def kept_from(self, entity_ids: Iterable[str]) -> Opened:
        """The same for whoever may look at none of these either: themselves and their family."""
        asker = self.asking.asker
        asker = replace(asker, entity_ids=asker.entity_ids.union(entity_ids))
        return replace(self, asking=replace(self.asking, asker=asker))


def open_grants(asking: Asking, filed: Iterable[Filed], sources: Mapping[str, SourceFacts]) -> Opened:
    """The grants that stand open to `asking`, in order of agreement. Silence is refusal.

    `filed` holds any number of versions of any number of agreements; those not in force open nothing, and once a version has
    been signed by all and has begun, nothing comes of those before it, even while it is suspended or after it has ended.
    """
    purpose = purpose_of(asking.purpose)
    if purpose is None:
        code = "purpose-unknown" if asking.purpose else "purpose-missing"
        return Opened(asking=asking, purpose=None, refused=frozenset({code}))
    if asking.purpose == EMERGENCY and not _told(asking):
        return Opened(asking=asking, purpose=purpose, refused=frozenset({"emergency-not-told"}))
    grants, refused = [], {"no-agreement"}
    for one in _not_replaced(tuple(filed), asking.on):
        if one.agreement.purpose == asking.purpose:
            code = _closed(one, asking)
            if code:
                refused.add(code)
            else:
                grants.append(_grant(one.agreement, purpose))
    grants.sort(key=lambda grant: grant.label)
    own = _own(asking, purpose, sources)
    return Opened(
        asking=asking,
        purpose=purpose,
        grants=(*grants, *((own,) if own else ())),
        refused=frozenset(refused),
    )


def grants_in_emergency(
    asker: Asker, at: datetime, filed: Iterable[Filed], sources: Mapping[str, SourceFacts]
) -> tuple[Grant, ...]:
    """What would stand open to `asker` for a look, were there an emergency of which somebody else was told."""
    told = Emergency(reason_typed=True, told="somebody else")
    asking = Asking(asker=asker, purpose=EMERGENCY, how="look-up", at=at, emergency=told)
    return open_grants(asking, filed, sources).grants


def _not_replaced(filed: tuple[Filed, ...], on: date) -> list[Filed]:
    """Every version but those that a later one, signed and begun, has taken the place of."""
    newest: dict[str, int] = {}
    for one in filed:
        agreement = one.agreement
        if one.proposed and not one.unsigned and agreement.starts <= on:
            newest[agreement.agreement_id] = max(newest.get(agreement.agreement_id, 0), agreement.version)
    return [one for one in filed if one.agreement.version >= newest.get(one.agreement.agreement_id, 0)]


def _told(asking: Asking) -> bool:
    said = asking.emergency
    return said is not None and said.reason_typed and said.told not in ("", asking.asker.user)


def _closed(filed: Filed, asking: Asking) -> str:
    """Why the agreement is closed to `asking`; "" where it stands open."""
    agreement, asker = filed.agreement, asking.asker
    if not any(p.organisation == asker.organisation for p in agreement.parties):
        return "not-a-user"
    mine = [u for u in agreement.users if u.organisation == asker.organisation]
    if not mine:
        return "not-a-user"
    state = filed.state(asking.on)
    if state != "in force":
        return {
            "draft": "not-proposed",
            "proposed": "not-signed",
            "signed": "not-begun",
            "suspended": "suspended",
        }.get(state, "ended")
    mine = [u for u in mine if u.roles & asker.roles]
    if not mine:
        return "role"
    if not any(_trained(u, asker, asking.on) for u in mine):
        return "training"
    return "" if asking.how in agreement.how else "how"


def _trained(users: Users, asker: Asker, on: date) -> bool:
    until = asker.training.get(users.training)
    return not users.training or (until is not None and on <= until)


def _grant(agreement: Agreement, purpose: Purpose) -> Grant:
    return Grant(
        label=agreement.label,
        shares=agreement.shares,
        about=agreement.about,
        part_3=purpose.enforces_law or bool(agreement.basis.part_3),
        consent=agreement.agreement_id if agreement.rests_on_consent else "",
    )


def _own(asking: Asking, purpose: Purpose, sources: Mapping[str, SourceFacts]) -> Grant | None:
    """The asker's organisation's right to what it sent itself; None for uses that are no look."""
    mine = frozenset(s.name for s in sources.values() if s.organisation == asking.asker.organisation)
    if asking.how not in OWN_USES or not asking.asker.roles:
        return None
    return Grant(
        label=OWN,
        shares=(Share(fields=_ALL_FIELDS, sources=mine),),
        about=_EVERYBODY,
        part_3=purpose.enforces_law,
    )
