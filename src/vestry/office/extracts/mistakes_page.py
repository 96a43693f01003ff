"""Reports of mistakes, for those who load the records that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from vestry.office.pages.translating import gettext_lazy
from vestry.office.pages.words import ADDRESS_OF, KINDS, field_name
from vestry.office.residents.reporting import Reported

OUTCOME_SAID: Final = {
    "mended": gettext_lazy("It is mended in the source"),
    "passed-on": gettext_lazy("It was passed on to whoever keeps the source"),
    "no-mistake": gettext_lazy("It is no mistake"),
}
"""What can come of a report, as it is offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeLine:
    """One report that waits. `path` is the page of whom it is about, for whoever may see them."""

    number: int
    kind: str
    about: str
    path: str
    what: str
    by: str
    organisation: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakesPage:
    """The reports that wait, the oldest first; `chosen` is the number of the one that `problems` are of."""

    template: ClassVar[str] = "extracts/mistakes.html"
    lines: tuple[MistakeLine, ...]
    outcomes: tuple[tuple[str, str], ...]
    problems: Mapping[str, str] = field(default_factory=dict)


def mistake_line(one: Reported, names: Mapping[str, str]) -> MistakeLine:
    """The report as it is shown."""
    return MistakeLine(
        number=one.number, kind=str(KINDS.get(one.kind, one.kind)), about=field_name(one.field) if one.field else "",
        path=f"{ADDRESS_OF[one.kind]}{one.entity_id}/" if one.kind in ADDRESS_OF else "", what=one.what, by=one.by,
        organisation=names.get(one.organisation, one.organisation), at=one.at.isoformat(),
    )  # fmt: skip
