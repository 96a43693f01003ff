"""The pages of accounts: what each shows. Built without a browser, rendered without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A user of a fictional place, whom one may be."""

    user: str
    name: str
    work: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPage:
    """The ways in that a place has."""

    template: ClassVar[str] = "accounts/door.html"
    next: str
    openid: bool
    fictional: bool
    people: tuple[Somebody, ...] = ()
    chosen: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage:
    """For which organisation somebody acts: `offered` as (code, name)."""

    template: ClassVar[str] = "accounts/organisation.html"
    offered: tuple[tuple[str, str], ...]
    chosen: str
    next: str
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPage:
    """What could not be done, and what somebody can do about it."""

    template: ClassVar[str] = "accounts/refused.html"
    title: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPage:
    """A passkey is asked for once more."""

    template: ClassVar[str] = "accounts/again.html"
    next: str
    has_passkey: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolPage:
    """Somebody was invited to enrol a passkey."""

    template: ClassVar[str] = "accounts/enrol.html"
    user: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyLine:
    """One passkey of somebody's own."""

    number: int
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeysPage:
    """Somebody's own passkeys. `strong`: one was shown within the last quarter of an hour."""

    template: ClassVar[str] = "accounts/passkeys.html"
    passkeys: tuple[PasskeyLine, ...]
    strong: bool

    @property
    def removable(self) -> bool:
        """Whether one may be taken away: never the last."""
        return self.strong and len(self.passkeys) > 1
