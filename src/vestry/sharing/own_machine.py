"""May the operator of the place's own machine do this, for this purpose? A pure decision: values in, permit or refuse out.

Whoever builds the twin on that machine holds its files, and sees everything for a purpose from the list. Everybody else sees
what agreements allow (`sharing.decision`). Silence is refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vestry.sharing.purposes import nearest_purpose, purpose_of
from vestry.sharing.request import Permission, Request

PURPOSE_ACTIONS: Final = frozenset(
    {"find", "match", "show", "explain", "explain-pair", "quarantine-rows", "export", "evaluate", "example"}
)


REVIEW_ACTIONS: Final = frozenset(
    {"review-queue", "review-look", "review-decide", "review-status", "review-sample"}
)

REVIEW_PURPOSES: Final = frozenset({"matching-review", "training"})
"""Why somebody may look at what waits for review, and decide it. No other purpose needs these pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who asks. `account` is the operating system's word; `stated` what they call themselves (no proof)."""

    account: str
    on_this_machine: bool
    stated: str = ""

    @property
    def signature(self) -> str:
        """How they sign what they decide."""
        return f"{self.account}/{self.stated}" if self.stated else self.account


def decide(request: Request, operator: Operator) -> Permission:
    """The decision on `request`. Refuses whatever no line here permits."""
    if not operator.on_this_machine:
        return Permission(
            permitted=False,
            reason="not on the place's own machine",
            fix="sign in to the machine that holds the place",
        )
    if request.holds_no_people:
        return Permission(permitted=True, reason="holds no people")
    if request.action not in PURPOSE_ACTIONS | REVIEW_ACTIONS:
        return Permission(permitted=False, reason="no agreement covers this", fix="ask for an agreement")
    if (
        request.action in REVIEW_ACTIONS
        and purpose_of(request.purpose)
        and request.purpose not in REVIEW_PURPOSES
    ):
        return Permission(
            permitted=False,
            reason="not a purpose for which pairs are reviewed",
            fix=f"use one of: {', '.join(sorted(REVIEW_PURPOSES))}",
        )
    if purpose_of(request.purpose) is not None:
        return Permission(permitted=True, reason="operator with a purpose")
    if not request.purpose:
        return Permission(
            permitted=False, reason="no purpose", fix="add --purpose with one from: vestry purposes"
        )
    nearest = nearest_purpose(request.purpose)
    meant = f"did you mean {nearest}? " if nearest else ""
    return Permission(
        permitted=False,
        reason="purpose not on the list",
        fix=f"{meant}see the list: vestry purposes",
    )


def usable_sources(request: Request, operator: Operator, sources: frozenset[str]) -> frozenset[str]:
    """Of the sources of a release, those whose records may be used to answer a request that `decide` permits.

    An operator on the place's own machine may use all. Agreements come to stand behind this, source by source.
    """
    return sources if decide(request, operator).permitted else frozenset()
