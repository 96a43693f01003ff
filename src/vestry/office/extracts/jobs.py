"""Work that was asked for, as plain values, and what a person may do with it: ask, accept, refuse, begin again, take away.

Whatever is kept is kept in one transaction with its entry in the audit log, where somebody decided something. The work itself is
entered by the process that does it (`working`): before it begins, and when it ends.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from vestry.errors import NotFound, Problem
from vestry.office.accounts.site import Site
from vestry.office.agreements.telling import database_told
from vestry.office.extracts.models import Work
from vestry.office.extracts.saying import (
    ASKS,
    BROUGHT,
    DONE,
    FAILED,
    REFUSED,
    RUNNING,
    WAITING,
    state_said,
    step_said,
)
from vestry.office.extracts.spool import empty, folder_of
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry
from vestry.sharing.receiving import check_may_build, check_may_receive, may_build, may_receive

__all__ = ["ASKS", "BROUGHT", "DONE", "FAILED", "REFUSED", "RUNNING", "WAITING"]

RECEIVE, BUILD = "receive", "build"
OPEN: Final = (BROUGHT, WAITING, RUNNING, ASKS)
"""States of work that is not over."""
AT_WORK: Final = (WAITING, RUNNING)
RECENT: Final = 1000
"""Work that is gone through for what was refused and not mended: a place receives some hundreds of extracts in a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work as it stands. Fields as in `models.Work`."""

    word: str
    kind: str
    state: str
    source: str
    owner: str
    as_at: date | None
    files: tuple[tuple[str, int], ...]
    from_inbox: bool
    anew: bool
    accepted: bool
    accepted_by: str
    by: str
    organisation: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    step: str
    step_at: datetime | None
    far: int
    whole: int | None
    steps: tuple[tuple[str, float], ...]
    code: str
    what: str
    fix: str
    problems: tuple[Problem, ...]
    outcome: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Its page."""
        return f"/extracts/work/{self.word}/"

    @property
    def at_work(self) -> bool:
        """Whether it waits for its turn or is being done."""
        return self.state in AT_WORK

    @property
    def said(self) -> str:
        """Its state in words."""
        return state_said(self.state)[0]

    @property
    def colour(self) -> str:
        """The colour of its state's tag."""
        return state_said(self.state)[1]

    @property
    def step_said(self) -> str:
        """The step at work, in words."""
        return step_said(self.step) if self.step else ""

    @property
    def steps_said(self) -> tuple[tuple[str, float], ...]:
        """The steps that are done, in words, with their seconds."""
        return tuple((step_said(name), seconds) for name, seconds in self.steps)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(size for _, size in self.files)


def job_of(row: Work) -> Job:
    """The row as a value."""
    plain = {name: getattr(row, name) for name in Job.__dataclass_fields__ if name not in _MADE}
    return Job(
        **plain,
        files=tuple((str(name), int(size)) for name, size in json.loads(row.files)),
        steps=tuple((str(name), float(seconds)) for name, seconds in json.loads(row.steps)),
        problems=tuple(
            Problem(what=what, where=where, fix=fix) for what, where, fix in json.loads(row.problems)
        ),
        outcome=json.loads(row.outcome),
    )


_MADE: Final = ("files", "steps", "problems", "outcome")


def jobs(site: Site, asker: Asker, *, states: Sequence[str] = (), limit: int = 50) -> tuple[Job, ...]:
    """What `asker` may see of it, the youngest first: builds, and receipts for organisations that they may receive for."""
    with database_told(site.office):
        rows = Work.objects.order_by("-pk")
        if states:
            rows = rows.filter(state__in=states)
        found = [job_of(row) for row in rows[: limit * 4]]
    return tuple(job for job in found if _may_see(site, asker, job))[:limit]


def refused(site: Site, asker: Asker) -> tuple[Job, ...]:
    """Receipts that failed and that nothing came of since, the youngest of each source first: neither was another extract of
    the source received, nor were the files taken away."""
    newest: dict[str, Job] = {}
    for one in jobs(site, asker, states=(DONE, FAILED), limit=RECENT):
        if one.kind == RECEIVE:
            newest.setdefault(one.source, one)
    return tuple(one for one in newest.values() if one.state == FAILED)


def job(site: Site, asker: Asker, word: str) -> Job:
    """One of them. Raises NotFound where there is none that `asker` may see."""
    with database_told(site.office):
        row = Work.objects.filter(word=word).first()
    found = job_of(row) if row else None
    if found is None or not _may_see(site, asker, found):
        raise _nothing()
    return found


def _may_see(site: Site, asker: Asker, one: Job) -> bool:
    """Files that were brought and not said to be of a source are their bringer's alone."""
    if one.kind == BUILD:
        return True
    if not one.owner:
        return one.by == asker.user and one.organisation == asker.organisation
    return may_receive(site.place, asker, one.owner)


def ask_build(site: Site, asker: Asker, *, anew: bool = False) -> str:
    """Ask for a build; the word of it, or of the one that waits already. Raises SharingRefused."""
    check_may_build(site.place, asker)
    with database_told(site.office), transaction.atomic():
        there = Work.objects.filter(kind=BUILD, state__in=AT_WORK).order_by("pk").first()
        if there is not None:
            return str(there.word)
        return str(_made(site, asker, kind=BUILD, state=WAITING, anew=anew).word)


def bring(site: Site, asker: Asker, word: str, files: Sequence[tuple[str, int]]) -> None:
    """Keep that files were brought: they lie in the spool under `word`, and nothing is done with them yet."""
    with database_told(site.office), transaction.atomic():
        _made(site, asker, word=word, kind=RECEIVE, state=BROUGHT, files=json.dumps(files))


def ask_receive(site: Site, asker: Asker, word: str, *, source: str, owner: str, as_at: date) -> None:
    """Say of what source and day the files are that were brought, and have them taken in. Raises SharingRefused, NotFound."""
    check_may_receive(site.place, asker, owner)
    with _held(site, asker, word, (BROUGHT,)) as row:
        row.source, row.owner, row.as_at, row.state = source, owner, as_at, WAITING
        row.save()


def ask_inbox(
    site: Site, asker: Asker, *, source: str, owner: str, as_at: date, files: Sequence[tuple[str, int]]
) -> str:
    """Have files of the inbox taken in; the word of the work. Raises SharingRefused."""
    check_may_receive(site.place, asker, owner)
    with database_told(site.office), transaction.atomic():
        row = _made(
            site, asker, kind=RECEIVE, state=WAITING, source=source, owner=owner, as_at=as_at,
            files=json.dumps(files), from_inbox=True,
        )  # fmt: skip
        return str(row.word)


def accept(site: Site, asker: Asker, word: str) -> None:
    """Take what was refused by a tolerance all the same. Raises NotFound, SharingRefused."""
    with _held(site, asker, word, (ASKS,)) as row:
        row.state, row.accepted, row.accepted_by = WAITING, True, asker.user
        _begin_again(row)
        _enter(site, asker, "extract-accepted", row)


def turn_away(site: Site, asker: Asker, word: str) -> None:
    """Refuse what was brought: its files are taken out of the spool. Raises NotFound, SharingRefused."""
    with _held(site, asker, word, (ASKS, FAILED, BROUGHT)) as row:
        row.state, row.ended_at = REFUSED, site.clock.now()
        row.save()
        _enter(site, asker, "extract-turned-away", row)
    empty(site.place, word)


def again(site: Site, asker: Asker, word: str) -> None:
    """Do what failed once more. Raises NotFound, SharingRefused."""
    with _held(site, asker, word, (FAILED,)) as row:
        if row.kind == BUILD:
            check_may_build(site.place, asker)
        row.state = WAITING
        _begin_again(row)
        _enter(site, asker, "work-again", row)


def may_decide(site: Site, asker: Asker, one: Job) -> bool:
    """Whether `asker` may accept, refuse or begin it again."""
    return may_build(site.place, asker) if one.kind == BUILD else _may_see(site, asker, one)


def files_are_there(site: Site, one: Job) -> bool:
    """Whether the files of a receipt are where they were left."""
    folder = folder_of(site.place, one.word) if not one.from_inbox else site.place.inbox / one.source
    return all((folder / name).is_file() for name, _ in one.files)


@contextmanager
def _held(site: Site, asker: Asker, word: str, states: Sequence[str]) -> Iterator[Work]:
    """The row of work in one of `states` that `asker` may see, held until the transaction within ends. Raises NotFound."""
    with database_told(site.office), transaction.atomic():
        row = Work.objects.select_for_update().filter(word=word, state__in=states).first()
        if row is None or not _may_see(site, asker, job_of(row)):
            raise _nothing()
        yield row


def _made(site: Site, asker: Asker, *, word: str = "", **said: Any) -> Work:
    made: Work = Work.objects.create(
        word=word or new_word(), by=asker.user, organisation=asker.organisation, asked_at=site.clock.now(), **said
    )  # fmt: skip
    return made


def new_word() -> str:
    """A word by which work is named: of chance, and saying nothing."""
    return secrets.token_hex(12)


def _begin_again(row: Work) -> None:
    row.code, row.what, row.fix, row.problems, row.steps = "", "", "", "[]", "[]"
    row.step, row.step_at, row.far, row.whole = "", None, 0, None
    row.begun_at, row.ended_at = None, None
    row.save()


def _enter(site: Site, asker: Asker, action: str, row: Work) -> None:
    site.log.append_within(
        AuditEntry(
            stage="changed", action=action, user=asker.user, organisation=asker.organisation, source=row.source,
        )
    )  # fmt: skip


def _nothing() -> NotFound:
    return NotFound(
        "There is no such work, or it is over.", where="extracts", fix="look at the list of what was done"
    )
