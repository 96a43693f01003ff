"""What is asked of the register of agreements, and what it answers.

The office keeps it (`vestry.office.agreements`); these are the words that are passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from vestry.errors import Problem
from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.filing import Filing, Signature, Stop
from vestry.sharing.agreements.lifecycle import Filed

What = Literal["proposed", "signed", "suspended", "resumed", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something with an agreement: a user, for an organisation, in a role; or the place's own machine's operator."""

    user: str
    organisation: str = ""
    roles: frozenset[str] = frozenset()
    on_this_machine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One act on one version. `at` is when it was entered, `on` the day from which it holds."""

    what: str
    on: date
    by: str
    at: datetime
    organisation: str = ""
    title: str = ""
    digest: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One version as the register has it: where it stands, and everything that was done with it."""

    filed: Filed
    text: str
    drafted_by: str
    drafted_at: datetime
    acts: tuple[Done, ...]

    @property
    def agreement(self) -> Agreement:
        """What it says."""
        return self.filed.agreement

    @property
    def filing(self) -> Filing | None:
        """What was done with it, as `signatures.yaml` says it; None of a draft."""
        proposed = next((act.on for act in self.acts if act.what == "proposed"), None)
        if proposed is None:
            return None
        return Filing(
            agreement_id=self.agreement.agreement_id,
            version=self.agreement.version,
            proposed_on=proposed,
            signatures=tuple(
                Signature(organisation=act.organisation, by=act.title, day=act.on, digest=act.digest)
                for act in self.acts
                if act.what == "signed"
            ),
            suspended=self._stop("suspended") if self.filed.suspended else None,
            ended=self._stop("ended"),
        )

    def _stop(self, what: What) -> Stop | None:
        stops = [act for act in self.acts if act.what == what]
        return Stop(day=stops[-1].on, because=stops[-1].because) if stops else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import of files came to, by name of agreement: taken in, there already as they are, and those that `differ`."""

    added: tuple[str, ...]
    same: tuple[str, ...]
    differ: tuple[str, ...]


class Register(Protocol):
    """The agreements of one place, every version of each. Decisions go by it as soon as it holds any.

    Every method raises DatabaseUnavailable; what changes it, AuditUnavailable too, and then nothing is changed; what names an
    agreement, AgreementUnknown.
    """

    def holds_any(self) -> bool:
        """Whether it holds any agreement."""
        ...

    def filed(self) -> tuple[Filed, ...]:
        """Every version that can be read, as it stands."""
        ...

    def unreadable(self) -> Mapping[str, Sequence[Problem]]:
        """Agreements that name what the place no longer has -> what that is."""
        ...

    def newest(self) -> tuple[Kept, ...]:
        """The newest version of each, by name."""
        ...

    def versions(self, name: str) -> tuple[Kept, ...]:
        """Every version of one, the oldest first."""
        ...

    def take_in(
        self, agreements: Mapping[str, Agreement], filings: Mapping[str, Filing], by: Actor
    ) -> Imported:
        """Take agreements in from files, with what was done with each; those that it holds stay as they are."""
        ...

    def draft(self, content: bytes, name: str, by: Actor, *, areas: frozenset[str] = frozenset()) -> Kept:
        """Keep what a file says as the next version, or in place of one that is a draft still."""
        ...

    def renew(self, name: str, *, starts: date, ends: date, review: date, by: Actor) -> Kept:
        """The same words for another term, to be proposed and signed anew."""
        ...

    def propose(self, name: str, by: Actor, *, because: str = "") -> Kept:
        """Put the newest version to its signatories."""
        ...

    def sign(self, name: str, by: Actor, *, organisation: str, title: str, signed: str = "") -> Kept:
        """Enter a signature on the newest version."""
        ...

    def suspend(self, name: str, by: Actor, *, because: str) -> Kept:
        """Nothing comes of it from now on, until it is resumed."""
        ...

    def resume(self, name: str, by: Actor, *, because: str) -> Kept:
        """Take the suspension away."""
        ...

    def end(self, name: str, by: Actor, *, because: str, on: date | None = None) -> Kept:
        """End it before its time."""
        ...
