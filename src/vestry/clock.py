"""What the time is: given to whoever asks for it, so that tests and rebuilds can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the instant, always in UTC."""

    def now(self) -> datetime:
        """This instant, with its time zone (UTC)."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """This instant by the machine, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedClock:
    """A clock that always says the same, for tests and for repeating a build."""

    at: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at


def today(clock: Clock) -> date:
    """The calendar day in UTC by `clock`."""
    return clock.now().date()
