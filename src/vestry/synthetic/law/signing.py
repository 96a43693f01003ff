"""Who signed the county's agreements, and when: each by the digest of what it says, as any place's signatures are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Final

from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.filing import Filing, Signature, Stop
from vestry.sharing.agreements.writing import digest
from vestry.synthetic.plan import COUNTY, NHS, POLICE

UNSIGNED: Final = "blue-badge-residence"
"""Proposed to everybody, and not signed by the last of them."""

SUSPENDED: Final = {
    "electoral-registration": Stop(
        day=date(2025, 6, 16),
        because="two registration officers have left, and the written agreement must name who follows them",
    )
}

_OFFICES: Final = {
    COUNTY: "Senior Information Risk Owner",
    NHS: "Caldicott Guardian",
    POLICE: "Assistant Chief Constable",
    "brackton-surgery": "Senior Partner",
    "carers-centre": "Chief Executive",
    "fire": "Assistant Chief Fire Officer",
    "hospitals": "Caldicott Guardian",
    "marram-audit": "Engagement Partner",
    "wendmere": "Monitoring Officer",
}
_DISTRICTS: Final = "Monitoring Officer"
_CARE: Final = ("safeguarding", "direct-care", "service-delivery")
"""Purposes for which the county's Caldicott Guardian signs, where care records are in it."""

_PROPOSED: Final = 84
"""Days before its first that an agreement is proposed; everybody signs between four and eleven weeks before it."""


def signed(agreements: Iterable[Agreement], rng: Random) -> tuple[Filing, ...]:
    """What was done with each agreement, in their order."""
    return tuple(_filing(agreement, rng) for agreement in agreements)


def _filing(agreement: Agreement, rng: Random) -> Filing:
    name = agreement.agreement_id
    signatories = agreement.signatories[:-1] if name == UNSIGNED else agreement.signatories
    said = digest(agreement)
    return Filing(
        agreement_id=name,
        version=agreement.version,
        proposed_on=agreement.starts - timedelta(days=_PROPOSED),
        signatures=tuple(
            Signature(
                organisation=organisation,
                by=_office(organisation, agreement.purpose),
                day=agreement.starts - timedelta(days=rng.randint(28, 77)),
                digest=said,
            )
            for organisation in signatories
        ),
        suspended=SUSPENDED.get(name),
    )


def _office(organisation: str, purpose: str) -> str:
    if organisation == COUNTY and purpose in _CARE:
        return "Caldicott Guardian"
    return _OFFICES.get(organisation, _DISTRICTS)
