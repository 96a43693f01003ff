"""What can be done with the accounts of a place: its users, and partners' systems.

The office does it (`vestry.office.accounts`); these are the words that are passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from vestry.errors import VestryError
from vestry.sharing.askers import User


class AccountUnknown(VestryError):
    """The place has no account of that user, no organisation or role of that name, or no system of that id. The nearest are
    suggested."""

    code = "account-unknown"
    exit_code = 7
    http_status = 404


class AccountNotChanged(VestryError):
    """That cannot be done with an account as it stands: somebody is there already, a system cannot be invited, a person has no
    secret, who is suspended cannot be let in."""

    code = "account-not-changed"
    exit_code = 6
    http_status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One account as it is kept. `openid` is what the OpenID Connect provider calls them; `passkeys` how many they have."""

    user: User
    openid: str
    passkeys: int
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import came to, by user: `added`, `replaced`, and `differ`: there already, and not as the file has them."""

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    differ: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Where somebody enrols a passkey, once, until then. Whoever has the link can: it is shown once, and kept as a hash."""

    path: str
    until: datetime


class PeopleDesk(Protocol):
    """Keeps the accounts of one place. Every change is entered in the audit log with it, or not made at all.

    All raise DatabaseUnavailable and AuditUnavailable; those that name a user, AccountUnknown.
    """

    def people(self) -> Sequence[Held]:
        """Every account, by id."""
        ...

    def import_people(self, users: Iterable[User], *, replace: bool = False) -> Imported:
        """Add whom the place does not have; with `replace`, have the others as they are given."""
        ...

    def add(self, user: str, name: str, *, openid: str = "") -> None:
        """A new account, which may do nothing yet. Raises AccountNotChanged where it is there already."""
        ...

    def give(self, user: str, organisation: str, roles: Iterable[str], *, title: str = "") -> None:
        """Give roles at one organisation, beside those that they have."""
        ...

    def take(self, user: str, organisation: str, roles: Iterable[str] = ()) -> None:
        """Take these roles, or all, at one organisation."""
        ...

    def train(self, user: str, course: str, until: date) -> None:
        """Enter a course, and the last day on which it counts."""
        ...

    def name_at_provider(self, user: str, openid: str) -> None:
        """What the OpenID Connect provider calls them; "" for nothing. Whoever came in under another is out."""
        ...

    def suspend(self, user: str) -> None:
        """Let them in no more; their sessions and tokens are over."""
        ...

    def restore(self, user: str) -> None:
        """Let them in again."""
        ...

    def invite(self, user: str) -> Invited:
        """A link to enrol a passkey with. Links from before no longer count."""
        ...

    def forget_passkeys(self, user: str) -> int:
        """Take away every passkey, and end their sessions; how many there were."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSystem:
    """One proof of one partner's system. `proof` is "secret" or "key"."""

    user: str
    organisation: str
    client_id: str
    proof: str
    added_at: datetime
    revoked_at: datetime | None
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """What a partner is given for its system. `secret` is shown once, and kept as a hash; "" where it has a key of its own."""

    client_id: str
    secret: str


class SystemsDesk(Protocol):
    """Keeps what partners' systems prove themselves with. Raises as `PeopleDesk`."""

    def systems(self) -> Sequence[HeldSystem]:
        """Every proof of every system."""
        ...

    def connect(self, user: str, *, organisation: str = "", name: str = "", key: bytes = b"") -> Connected:
        """A new proof for a system, made where it is not there yet: its public `key` (PEM or JWK), or else a secret.

        Raises KeyUnusable.
        """
        ...

    def revoke(self, client_id: str) -> None:
        """Let this proof no longer count, nor any token that was given for it."""
        ...


class KeyUnusable(VestryError):
    """What was given as the public key of a partner's system cannot be one: it cannot be read, is private, too short, or of
    another kind than RSA (2,048 bits or more), P-256 or Ed25519."""

    code = "key-unusable"
    exit_code = 2
    http_status = 422
