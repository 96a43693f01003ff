"""Where an agreement stands: draft, proposed, signed, in force, suspended or ended. Pure; the office keeps what it rests on.

A signature is of one version, to the letter: it names the digest of what was signed, so that a version edited afterwards
has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from vestry.sharing.agreements.agreement import Agreement

State = Literal["draft", "proposed", "signed", "in force", "suspended", "ended"]

LONDON: Final = ZoneInfo("Europe/London")


def day_of(at: datetime) -> date:
    """The calendar day in London at the instant `at`: an agreement ends at midnight there, summer time or not."""
    return at.astimezone(LONDON).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One version of an agreement and what has been done with it.

    `digest` is of what it says (`agreements.writing.digest`); `signatures` organisation -> the digest that it signed;
    `ended_on` the first day on which it no longer holds, where it was ended before its time.
    """

    agreement: Agreement
    digest: str
    proposed: bool = False
    signatures: Mapping[str, str] = field(default_factory=dict)
    suspended: bool = False
    ended_on: date | None = None

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The signatories who have not signed this version as it is."""
        return tuple(o for o in self.agreement.signatories if self.signatures.get(o) != self.digest)

    def state(self, on: date) -> State:
        """Where it stands on the day `on`."""
        if on > self.agreement.ends or (self.ended_on is not None and on >= self.ended_on):
            return "ended"
        if not self.proposed:
            return "draft"
        if self.unsigned or not self.agreement.signatories:
            return "proposed"
        if self.suspended:
            return "suspended"
        return "signed" if on < self.agreement.starts else "in force"
