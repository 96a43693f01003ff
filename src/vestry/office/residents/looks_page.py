"""Who else looked: for colleagues by organisation, purpose and day; to auditors, who it was too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from vestry.office.audit.words import OUTCOME
from vestry.office.pages.below import in_language
from vestry.office.pages.words import instant
from vestry.sharing.audit_desk import AboutSomebody
from vestry.sharing.purposes import purpose_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """One look."""

    at: str
    organisation: str
    by: str
    why: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksPage:
    """Looks at one, newest first. `names` whether it says who they were; `more` how many are older than those shown."""

    template: ClassVar[str] = "residents/looks.html"
    heading: str
    path: str
    looks: tuple[LookLine, ...]
    more: int
    names: bool


SHOWN = 100
"""Looks that one page shows."""


def looks_page(
    about: AboutSomebody, *, heading: str, path: str, organisations: Mapping[str, str], names: bool
) -> LooksPage:
    """The page of what the log says. Reports and the log's own searches are no looks."""
    looks = [one for one in about.looks if one.operation in ("consultation", "disclosure", "combination")]
    lines = []
    for one in looks[:SHOWN]:
        purpose = purpose_of(one.purpose)
        lines.append(
            LookLine(
                at=instant(one.at),
                organisation=organisations.get(one.organisation, one.organisation) or "",
                by=one.by if names else "",
                why=in_language(purpose.means) if purpose else one.purpose,
                outcome=str(OUTCOME.get(one.outcome, one.outcome)),
            )
        )
    return LooksPage(
        heading=heading, path=path, looks=tuple(lines), more=max(0, len(looks) - SHOWN), names=names
    )
