"""What is asked of the office about single people: what sets them apart (`sharing.markers`), and looks for an emergency.

The office keeps both (`vestry.office.agreements`); these are the words that are passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from vestry.sharing.asking import Asker
from vestry.sharing.grants import Emergency
from vestry.sharing.markers import Markers

Finding = Literal["justified", "not-justified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSet:
    """One mark on one entity: since when it has held, by whom and why it was set. `ended_at` is None while it holds."""

    entity_id: str
    marker: str
    of: str
    because: str
    by: str
    at: datetime
    ended_by: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One emergency in which somebody looked. `until` is when it ended, or will; None of a single look on the command line.
    `overdue` is whether its review is late; `words` are those of whoever reviewed it."""

    number: int
    user: str
    organisation: str
    reason: str
    told: str
    at: datetime
    review_by: datetime
    reviewed_by: str
    found: str
    overdue: bool
    until: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An emergency that has not ended: `emergency` is what is asked with."""

    emergency: Emergency
    reason: str
    at: datetime
    until: datetime


class MarksDesk(Markers, Protocol):
    """The marks of one place. Every method raises DatabaseUnavailable; those that change something, MarkUnknown."""

    def listed(self, entity_id: str = "") -> Sequence[MarkSet]:
        """Every mark, those taken back too, on one entity; without one, all that hold. The oldest first."""
        ...

    def mark(self, entity_id: str, marker: str, *, of: str = "", because: str, by: str) -> bool:
        """Set somebody apart. Whether they were not so already."""
        ...

    def take_back(self, entity_id: str, marker: str, *, of: str = "", by: str) -> None:
        """Take a marker away; that it was there is kept."""
        ...


class EmergencyDesk(Protocol):
    """The looks for emergencies of one place. Every method raises DatabaseUnavailable."""

    def begin(self, asker: Asker, *, reason: str, told: str) -> Emergency:
        """Have `told` know of it; only then is there an emergency to ask with. Raises ChangeRefused."""
        ...

    def waiting(self, *, told: str = "") -> Sequence[Looked]:
        """Those that wait for review, the oldest first; those of which `told` was told, where one is named."""
        ...

    def reviewed(self) -> Sequence[Looked]:
        """Those that were reviewed, the newest first."""
        ...

    def review(self, number: int, *, by: str, found: Finding, words: str = "") -> None:
        """Enter what a review found, and in `words` why. Raises EmergencyUnknown, and ChangeRefused of a look of one's own."""
        ...
