"""Who may do what with an agreement, and what its acts come to. Pure: rows in, a state or an error out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from vestry.office.agreements.errors import AgreementNotReady, ChangeRefused
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.agreements.registered import Actor, Done, Kept, What

OFFICER: Final = "governance-officer"
"""The role of those who draft, propose, sign and end for their organisation."""

_EVERY: Final[tuple[What, ...]] = ("proposed", "signed", "suspended", "resumed", "ended")


def filed(agreement: Agreement, digest: str, acts: Iterable[Done]) -> Filed:
    """The version as it stands after its acts. Of those that stop it and let it go on, the last holds."""
    proposed, suspended, ended, signatures = False, False, None, dict[str, str]()
    for act in acts:
        if act.what == "proposed":
            proposed = True
        elif act.what == "signed":
            signatures[act.organisation] = act.digest
        elif act.what in ("suspended", "resumed"):
            suspended = act.what == "suspended"
        elif act.what == "ended":
            ended = act.on if ended is None else min(ended, act.on)
    return Filed(
        agreement=agreement,
        digest=digest,
        proposed=proposed,
        signatures=signatures,
        suspended=suspended,
        ended_on=ended,
    )


def check_may(actor: Actor, agreement: Agreement, organisation: str = "") -> None:
    """Raises ChangeRefused where `actor` may not act on `agreement` (for `organisation`, where that is given).

    A governance officer acts for the organisation that they are signed in for, where it is a party. The operator of the place's
    own machine enters what was done on paper, for any party.
    """
    parties = {party.organisation for party in agreement.parties}
    whose = organisation or actor.organisation
    if whose and whose not in parties:
        raise ChangeRefused(
            f"{whose} is no party of {agreement.agreement_id}.",
            where=agreement.label,
            fix=f"act for one of: {', '.join(sorted(parties))}",
        )
    if actor.on_this_machine:
        return
    if OFFICER not in actor.roles or whose != actor.organisation:
        raise ChangeRefused(
            "Only a governance officer of that organisation may do this.",
            where=agreement.label,
            fix="ask them",
        )


def acted_on(what: What, versions: Sequence[Kept], on: date) -> Sequence[Kept]:
    """Which of an agreement's `versions`, the oldest first, `what` is done with on the day `on`: the newest, unless it is to stop
    or to go on. A stop is of what holds: of the version that all have signed, whatever is drafted after it; an end, of every
    version that has not ended."""
    states = [(kept, kept.filed.state(on)) for kept in versions]
    found = {
        "suspended": [kept for kept, state in states if state in ("signed", "in force")][-1:],
        "resumed": [kept for kept, state in states if state == "suspended"][-1:],
        "ended": [kept for kept, state in states if state != "ended"],
    }
    return found.get(what) or versions[-1:]


def check_next(what: What, standing: Filed, on: date, organisation: str = "", digest: str = "") -> None:
    """Raises AgreementNotReady where `what` cannot be done with a version that stands so on the day `on`."""
    state, label = standing.state(on), standing.agreement.label
    if what == "signed":
        _check_signature(standing, on, organisation, digest)
        return
    may: dict[str, Sequence[str]] = {
        "proposed": ("draft",),
        "suspended": ("signed", "in force"),
        "resumed": ("suspended",),
        "ended": ("draft", "proposed", "signed", "in force", "suspended"),
    }
    if state not in may[what]:
        raise AgreementNotReady(
            f"It is {state}, and cannot be {what}.",
            where=label,
            fix=f"that can be done with one that is {' or '.join(may[what])}",
        )


def check_act(
    what: What, actor: Actor, versions: Sequence[Kept], on: date, *, organisation: str = "", digest: str = ""
) -> Sequence[Kept]:
    """Those of `versions` (the oldest first) that `actor` does `what` with on the day `on`. Raises ChangeRefused,
    AgreementNotReady."""
    found = acted_on(what, versions, on)
    for kept in found:
        check_may(actor, kept.agreement, organisation)
        check_next(what, kept.filed, on, organisation, digest)
    return found


def check_said(what: What, label: str, *, title: str, because: str) -> None:
    """Raises AgreementNotReady where a signature has no office, or what stops or resumes an agreement no reason."""
    if what == "signed" and not title.strip():
        raise AgreementNotReady("It is not said in which office they sign.", where=label, fix="say it")
    if what in ("suspended", "resumed", "ended") and not because.strip():
        raise AgreementNotReady(
            "It is not said why.", where=label, fix="say why: whoever asks later reads it"
        )


def open_to(actor: Actor, versions: Sequence[Kept], on: date) -> tuple[What, ...]:
    """What `actor` can do on the day `on` with an agreement of these `versions`: all that `check_act` lets by."""
    found: list[What] = []
    for what in _EVERY:
        try:
            check_act(what, actor, versions, on, organisation=actor.organisation if what == "signed" else "")
        except (ChangeRefused, AgreementNotReady):
            continue
        found.append(what)
    return tuple(found)


def _check_signature(standing: Filed, on: date, organisation: str, digest: str) -> None:
    agreement, state = standing.agreement, standing.state(on)
    where = agreement.label
    if state not in ("proposed", "signed", "in force"):
        raise AgreementNotReady(f"It is {state}, and cannot be signed.", where=where, fix="propose it first")
    if organisation not in agreement.signatories:
        raise AgreementNotReady(
            f"{organisation or 'That organisation'} does not sign it.",
            where=where,
            fix=f"it waits for: {', '.join(standing.unsigned) or 'nobody'}",
        )
    if digest and digest != standing.digest:
        raise AgreementNotReady(
            "What was signed is not what it says now.",
            where=where,
            fix="read it again, and sign what it says",
        )
    if organisation not in standing.unsigned:
        raise AgreementNotReady(
            f"{organisation} has signed it.", where=where, fix="nothing more is to be done"
        )
