"""The form with which an emergency begins: why, who is told, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from vestry.office.agreements.emergencies import LASTS, REVIEWED_WITHIN
from vestry.office.emergencies.telling import Told
from vestry.office.pages.translating import _
from vestry.sharing.grants import STRONG_FOR

LONGEST: Final = 500
"""Letters of a reason: it stands on every page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginPage:
    """`under` are the agreements that open something, `people` who may be told, the likeliest first; `chosen` is the user who was
    named. `passkey`: they have one, and showed it; without one restricted records stay closed."""

    template: ClassVar[str] = "emergencies/begin.html"
    under: tuple[str, ...]
    people: tuple[Told, ...]
    next: str
    passkey: bool
    chosen: str = ""
    why: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int(LASTS.total_seconds() // 60)

    @property
    def days(self) -> int:
        """Within how many it is reviewed."""
        return REVIEWED_WITHIN.days

    @property
    def strong_minutes(self) -> int:
        """How long a passkey that was shown opens restricted records."""
        return int(STRONG_FOR.total_seconds() // 60)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """(user, what they are called) of everybody who may be told."""
        return tuple(
            (
                one.user,
                ", ".join(
                    said for said in (one.name, one.title, "" if one.ours else one.organisation) if said
                ),
            )
            for one in self.people
        )


def begin_asked(given: Mapping[str, str], people: Sequence[Told]) -> tuple[str, str, dict[str, str]]:
    """(why, the user who is told, field -> what is wrong) of the form as it was sent."""
    why = " ".join(given.get("why", "").replace("\0", "").split())
    told = given.get("told", "")
    problems: dict[str, str] = {}
    if not why:
        problems["why"] = _("Say why you have to look")
    elif len(why) > LONGEST:
        problems["why"] = _("Say it in fewer than %(n)d letters") % {"n": LONGEST}
    if told not in {one.user for one in people}:
        problems["told"] = _("Choose who is told")
    return why, told, problems
