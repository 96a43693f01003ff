"""What was asked for, and how far it is: the list, and the page of one, which is asked for again and again while it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from vestry.errors import Problem
from vestry.office.extracts import jobs
from vestry.office.extracts.jobs import Job
from vestry.office.extracts.reasons import reason_said
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _, gettext_lazy

EVERY: Final = 3
"""Seconds between two looks of a page at work that goes on."""

_FAILED_SAID: Final = {
    "work-ended": gettext_lazy(
        "The process that did this ended before it was done. Nothing of it was kept, and nothing was changed."
    ),
    "work-too-old": gettext_lazy(
        "Nobody said for a week what should become of these files: they were taken away."
    ),
    "vestry-failed": gettext_lazy(
        "Something in Vestry itself failed. Nothing of it was kept. Tell whoever runs it, with the time."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkListPage:
    """What was asked for, the youngest first."""

    template: ClassVar[str] = "extracts/work_list.html"
    jobs: tuple[Job, ...]
    may_build: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Rows of one table that one rule keeps out of an extract that was received."""

    table: str
    says: str
    column: str
    rows: int
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One extract that came of a receipt: `tables` are (name, received, loaded, repeated, quarantined)."""

    extract: str
    already: bool
    tables: tuple[tuple[str, int, int, int, int], ...]
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """One piece of work. `problems` are what an engineer can mend; `may_decide` whether they may accept, refuse, begin again."""

    template: ClassVar[str] = "extracts/work.html"
    job: Job
    heading: str
    title: str
    organisation: str
    may_decide: bool
    files_there: bool
    what: str
    problems: tuple[Problem, ...]
    taken: tuple[Taken, ...]
    seconds: float
    may_build: bool
    now: datetime
    offered: tuple[tuple[str, str], ...] = ()
    likely: tuple[str, ...] = ()
    chosen: str = ""
    day: str = ""
    wrong: Mapping[str, str] | None = None
    owners: tuple[tuple[str, str], ...] = ()
    new_source: str = ""
    new_owner: str = ""

    @property
    def every(self) -> int:
        """Seconds until the page is asked for again; 0: it is not."""
        return EVERY if self.job.at_work else 0


def heading_of(job: Job, title: str) -> str:
    """What a piece of work is called."""
    if job.kind == jobs.BUILD:
        return _("Build a release")
    if job.state == jobs.BROUGHT:
        return _("Files that you brought")
    return _("Receive %(source)s") % {"source": title or job.source}


def what_said(job: Job, folder: str) -> str:
    """What went wrong as a whole; "" where nothing did. The place's `folder` is in no page."""
    if job.code in _FAILED_SAID:
        return str(_FAILED_SAID[job.code])
    return in_language(without(job.what, folder))


def problems_said(job: Job, folder: str) -> tuple[Problem, ...]:
    """Each thing to mend, as a page says it: what can be typed at a command line is a button here."""
    found = [
        Problem(what=in_language(p.what), where=without(p.where, folder), fix=in_language(_fix(p.fix)))
        for p in job.problems
    ]
    if not found and job.fix:
        found = [Problem(what="", fix=in_language(_fix(job.fix)))]
    return tuple(found)


_TYPED: Final = (("take it with --accept", "accept it"), ("take it in with --accept", "accept it"))


def _fix(fix: str) -> str:
    for typed, pressed in _TYPED:
        fix = fix.replace(typed, pressed)
    return fix


def without(text: str, folder: str) -> str:
    """`text` without where the place lies on its machine."""
    return text.replace(f"{folder}/", "").replace(folder, "")


def taken_of(job: Job) -> tuple[Taken, ...]:
    """The extracts that came of a receipt."""
    return tuple(
        Taken(
            extract=one["extract"], already=one["already"], tables=tuple(tuple(n) for n in one["ledger"]),
            broken=tuple(
                Broken(table=table, says=reason_said(rule), column=column, rows=rows, first=first)
                for table, rule, column, rows, first in one["broken"]
            ),
        )
        for one in job.outcome.get("extracts", ())
    )  # fmt: skip
