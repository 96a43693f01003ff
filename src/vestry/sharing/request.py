"""What is asked of the twin, and whether it may be: plain values, so that they can be decided on, kept and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Action = Literal[
    "find",
    "match",
    "show",
    "explain",
    "explain-pair",
    "status",
    "quarantine",
    "quarantine-rows",
    "export",
    "evaluate",
    "example",
    "review-queue",
    "review-look",
    "review-decide",
    "review-status",
    "review-sample",
    "agreement-count",
]

OPEN_TABLES: Final = frozenset(
    {
        "ledger",
        "quarantine",
        "quality",
        "areas",
        "area_measures",
        "identities",
        "area_within",
        "linkage_rules",
    }
)
"""Tables that hold no person's details. Every other needs a purpose, those yet to be invented included."""

OPEN_ACTIONS: Final = frozenset({"status", "quarantine"})
"""Actions that read only open tables."""

HOW: Final[Mapping[str, str]] = {
    "find": "look-up",
    "match": "look-up",
    "show": "look-up",
    "explain": "look-up",
    "explain-pair": "look-up",
    "example": "look-up",
    "export": "extract",
    "review-queue": "look-up",
    "review-look": "look-up",
    "review-decide": "look-up",
    "quarantine-rows": "extract",
}
"""Action -> the way of use that an agreement must allow for it (`agreements.agreement.HOW`). Any other is of the place's own
machine alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: metadata only, so that it can be kept. `criteria` are names, never values; `emergency` is the number of
    the one that it is for."""

    action: Action
    purpose: str | None = None
    table: str = ""
    criteria: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    emergency: int | None = None

    @property
    def holds_no_people(self) -> bool:
        """Whether only tables are read that hold no person's details."""
        return self.action in OPEN_ACTIONS or (self.action == "export" and self.table in OPEN_TABLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Permit or refuse the request as a whole, with a reason either way; `fix` says what would change a refusal."""

    permitted: bool
    reason: str
    fix: str = ""
