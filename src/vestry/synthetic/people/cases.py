"""What the county's services do for a child: being in need, being looked after, help at school. Values only.

Codes are those of the Department for Education's returns (SSDA903 and the children in need census).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from vestry.synthetic.ground.land import Property


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One time for which a child was in need, from referral to closure (`why`: reason for closure, RC1 to RC9).

    `plan_since` of a child in need plan; `protected_since` of a child protection plan, for the abuse named.
    """

    referred: date
    source: str
    assessed: date | None = None
    plan_since: date | None = None
    protected_since: date | None = None
    abuse: str = ""
    closed: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One episode of being looked after: where, under which law, why it began and (`ended`, `moved`) why it ended.

    `home` is None where the return does not say, as of a child who is placed for adoption.
    """

    since: date
    place: str
    provider: str
    legal: str
    began: str
    home: Property | None
    household: str = ""
    until: date | None = None
    ended: str = ""
    moved: str = ""


@dataclass(slots=True, kw_only=True)
class Case:
    """One child whom the council knows: `number` is the one that all its systems use. `need` is N1 to N8.

    `parent` and `home` (a household) are whom the child was taken from; `left` is where that was. `alone`: an
    unaccompanied child who seeks asylum. `placements` in the order of time; several periods may follow each other.
    """

    number: str
    child: str
    need: str
    opened: date
    parent: str = ""
    home: str = ""
    left: Property | None = None
    alone: bool = False
    needs: list[Need] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)

    @property
    def looked_after(self) -> bool:
        """Whether the child is looked after now."""
        return bool(self.placements) and self.placements[-1].until is None

    @property
    def closed(self) -> date | None:
        """The day on which the council's part ended; None while anything is open."""
        if self.looked_after or any(need.closed is None for need in self.needs):
            return None
        ends = [n.closed for n in self.needs if n.closed] + [p.until for p in self.placements if p.until]
        return max(ends) if ends else None

    def cease(self, on: date, reason: str) -> None:
        """The child is looked after no longer, for a reason of the return (E...)."""
        self.placements[-1] = replace(self.placements[-1], until=on, ended=reason)

    def close(self, on: date, why: str) -> None:
        """Every open need is closed, none before it was assessed."""
        self.needs = [
            n if n.closed else replace(n, closed=max(on, n.assessed or n.referred), why=why)
            for n in self.needs
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What a pupil with special needs has: `level` E (a plan) or K (support at school), for a primary need."""

    level: str
    need: str
    since: date
