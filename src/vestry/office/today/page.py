"""The first page: the release that everything is read from, how good it is, and what waits for whoever looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from vestry.office.pages.translating import _, gettext_lazy, ngettext
from vestry.sharing.agreements.registered import Kept
from vestry.sharing.standing import Fall
from vestry.twin.answers import QualityFigure, ReleaseSummary, Standing

SOON: Final = timedelta(days=60)
"""An agreement that ends within this should be renewed: signatories take weeks."""
DIMENSION: Final = {
    "accuracy": gettext_lazy("Accuracy"),
    "completeness": gettext_lazy("Completeness"),
    "consistency": gettext_lazy("Consistency"),
    "timeliness": gettext_lazy("Timeliness"),
    "uniqueness": gettext_lazy("Uniqueness"),
    "validity": gettext_lazy("Validity"),
}
"""The six of the Government Data Quality Framework, as `quality` has them -> what a page calls them."""
NOTICED: Final = 0.001
"""The least change of a share that is said to rise or fall: one in a thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits: how many, what, and where it is dealt with."""

    count: int
    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension of quality over all sources: the share that passed (0 to 1), and before; None where it was not measured."""

    name: str
    now: float
    before: float | None

    @property
    def moved(self) -> str:
        """In words: "rising", "falling", "as before", or "" where there was none."""
        if self.before is None:
            return ""
        change = self.now - self.before
        if abs(change) < NOTICED:
            return _("as before")
        points = f"{abs(change) * 100:.1f}"
        return (_("rising, by %(points)s points") if change > 0 else _("falling, by %(points)s points")) % {
            "points": points
        }

    @property
    def said(self) -> str:
        """Its name on the page; one that is not here, as measuring calls it."""
        return str(DIMENSION.get(self.name, self.name.capitalize()))

    @property
    def fell(self) -> bool:
        """Whether it is lower than it was."""
        return self.before is not None and self.before - self.now >= NOTICED


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPage:
    """`release` is None before the first. `tasks` are in order of what somebody's work is."""

    template: ClassVar[str] = "today/today.html"
    name: str
    work: str
    release: ReleaseSummary | None
    tasks: tuple[Task, ...]
    quality: tuple[Dimension, ...] = ()
    falls: tuple[Fall, ...] = ()
    engineer: bool = False

    @property
    def counted(self) -> tuple[tuple[str, int], ...]:
        """What the release holds, in the order that people ask for it."""
        if self.release is None:
            return ()
        named = (
            (_("residents"), "people"), (_("households"), "households"), (_("properties"), "properties"),
            (_("businesses and other organisations"), "organisations"), (_("dealings with services"), "episodes"),
        )  # fmt: skip
        return tuple((said, self.release.counts.get(table, 0)) for said, table in named)


def dimensions(standing: Standing) -> tuple[Dimension, ...]:
    """Quality by dimension over every source, beside the release before."""
    now, before = _shares(standing.quality), _shares(standing.quality_before)
    return tuple(
        Dimension(name=name, now=share, before=before.get(name)) for name, share in sorted(now.items())
    )


def _shares(figures: Sequence[QualityFigure]) -> Mapping[str, float]:
    passed: dict[str, int] = {}
    total: dict[str, int] = {}
    for figure in figures:
        passed[figure.dimension] = passed.get(figure.dimension, 0) + figure.passed
        total[figure.dimension] = total.get(figure.dimension, 0) + figure.total
    return {name: passed[name] / total[name] if total[name] else 1.0 for name in passed}


def agreement_tasks(kept: Sequence[Kept], organisation: str, on: date) -> tuple[Task, ...]:
    """What waits of agreements: for whose signature, and which end soon."""
    unsigned = [
        one for one in kept if organisation in one.filed.unsigned and one.filed.state(on) == "proposed"
    ]
    ending = [
        one
        for one in kept
        if one.filed.state(on) in ("in force", "suspended") and one.agreement.ends - on <= SOON
    ]
    found = []
    if unsigned:
        said = ngettext("agreement to sign", "agreements to sign", len(unsigned))
        found.append(Task(count=len(unsigned), text=said, href="/agreements/?show=to-sign"))
    if ending:
        said = ngettext("agreement ends within 60 days", "agreements end within 60 days", len(ending))
        found.append(Task(count=len(ending), text=said, href="/agreements/?show=ending"))
    return tuple(found)
