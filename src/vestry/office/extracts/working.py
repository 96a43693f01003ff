"""The process that does what was asked for: one thing after another, each entered in the audit log as whoever asked for it.

It holds a lock of the place while it works. Where that lock is free and work is said to be going on, the process that did it has
died, and the work is told as failed: a release is published whole or not at all, and so is an extract.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol

import structlog
from django.db import Error

from vestry.clock import Clock
from vestry.contracts.reading import read_contracts
from vestry.errors import BuildRunning, ExtractRefused, SourceUnknown, VestryError
from vestry.office.agreements.telling import database_told
from vestry.office.extracts import jobs
from vestry.office.extracts.jobs import Job, job_of
from vestry.office.extracts.models import Work
from vestry.office.extracts.spool import KEPT_DAYS, empty, folder_of, nobody_works, turn
from vestry.office.project import Office
from vestry.place import Place
from vestry.sharing.audit import AuditEntry
from vestry.sharing.door import AuditLog
from vestry.sharing.recording import build_recorded, receipt_recorded

WRITTEN_EVERY: Final = 0.5
"""Seconds between two words on how far the work is."""
TRIED_EVERY: Final = 2.0
"""Seconds between two tries where another build or receipt, begun elsewhere, holds the place."""

ENDED: Final = "work-ended"
FAULT: Final = "vestry-failed"


class Rooms(Protocol):
    """What is done: `intake.receive.receive`, and `build.build` with its caps; given by `wiring`."""

    @property
    def receive(self) -> Callable[..., Any]:
        """Takes files in."""
        ...

    @property
    def build(self) -> Callable[..., Any]:
        """Makes a release."""
        ...


@dataclass(kw_only=True)
class Worker:
    """Works off what waits in one place."""

    office: Office
    clock: Clock
    log: AuditLog
    rooms: Rooms
    pause: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def work(self) -> int:
        """Do everything that waits, oldest first; how many things were done. None where another process waits to do it."""
        done = 0
        with turn(self.office.place) as mine:
            if not mine:
                return 0
            dead(self.office, self.clock)
            self._sweep()
            while (one := self._next()) is not None:
                self._do(one)
                done += 1
        return done

    def _next(self) -> Job | None:
        """The oldest that waits, begun."""
        with database_told(self.office):
            row = Work.objects.filter(state=jobs.WAITING).order_by("pk").first()
            if row is None:
                return None
            now = self.clock.now()
            changed = Work.objects.filter(pk=row.pk, state=jobs.WAITING).update(
                state=jobs.RUNNING, begun_at=now, step_at=now
            )
            row.refresh_from_db()
            return job_of(row) if changed else self._next()

    def _do(self, one: Job) -> None:
        progress = Written(self.office, self.clock, one.word, self.monotonic)
        try:
            outcome = self._waiting_for_the_place(one, progress)
        except VestryError as error:
            self._failed(one, error, progress)
        except Exception as error:
            # Nothing may leave work that seems to go on; what went wrong is for the log, and no value is in its kind.
            structlog.get_logger().error("work-failed", code=type(error).__name__)
            self._end(one, progress, state=jobs.FAILED, code=FAULT)
        else:
            self._end(one, progress, state=jobs.DONE, outcome=json.dumps(outcome))
            if one.kind == jobs.RECEIVE:
                self._clear(one)

    def _waiting_for_the_place(self, one: Job, progress: Written) -> Mapping[str, Any]:
        while True:
            try:
                return self._build(one, progress) if one.kind == jobs.BUILD else self._receive(one, progress)
            except BuildRunning:
                progress.say("wait for another build or receipt")
                self.pause(TRIED_EVERY)

    def _build(self, one: Job, progress: Written) -> Mapping[str, Any]:
        place = self.office.place
        before = _current(place)
        manifest = build_recorded(
            self.log, _asked(one),
            lambda: self.rooms.build(place, clock=self.clock, progress=progress, again=one.anew),
        )  # fmt: skip
        return {
            "release": manifest.release_id,
            "unchanged": manifest.release_id == before,
            "counts": dict(manifest.counts),
        }

    def _receive(self, one: Job, progress: Written) -> Mapping[str, Any]:
        place = self.office.place
        contracts = read_contracts(place)
        contract = contracts.get(one.source)
        if contract is None or contract.organisation != one.owner:
            raise SourceUnknown(
                "No contract describes that source any more.", where=one.source, fix="save its contract first"
            )
        assert one.as_at is not None
        as_at = one.as_at
        receipts = receipt_recorded(
            self.log, _asked(one),
            lambda: self.rooms.receive(
                place, contract, paths_of(place, one), as_at=as_at, clock=self.clock, accept=one.accepted,
                progress=progress,
            ),
        )  # fmt: skip
        return {"extracts": [_receipt(receipt) for receipt in receipts]}

    def _failed(self, one: Job, error: VestryError, progress: Written) -> None:
        acceptable = isinstance(error, ExtractRefused) and error.acceptable
        self._end(
            one, progress, state=jobs.ASKS if acceptable else jobs.FAILED, code=error.code, what=error.what, fix=error.fix,
            problems=json.dumps([[p.what, p.where, p.fix] for p in error.problems]),
        )  # fmt: skip

    def _end(self, one: Job, progress: Written, **said: Any) -> None:
        with database_told(self.office):
            Work.objects.filter(word=one.word).update(
                ended_at=self.clock.now(),
                step="",
                steps=json.dumps(progress.steps),
                far=0,
                whole=None,
                **said,
            )

    def _clear(self, one: Job) -> None:
        """What is received is in `extracts/`, byte for byte."""
        if not one.from_inbox:
            empty(self.office.place, one.word)
            return
        for path in paths_of(self.office.place, one):
            with suppress(OSError):
                path.unlink()

    def _sweep(self) -> None:
        """Take away files of which nobody has said for days what should become."""
        long_ago = self.clock.now() - timedelta(days=KEPT_DAYS)
        left = (jobs.BROUGHT, jobs.ASKS, jobs.FAILED)
        with database_told(self.office):
            rows = list(
                Work.objects.filter(
                    kind=jobs.RECEIVE, state__in=left, asked_at__lt=long_ago, from_inbox=False
                )
            )
            for row in rows:
                empty(self.office.place, row.word)
                Work.objects.filter(pk=row.pk, state__in=left).update(state=jobs.REFUSED, code="work-too-old")


def dead(office: Office, clock: Clock) -> bool:
    """Have work told as failed that no process does any more. To be called by whoever has the turn, or has made sure that nobody
    has."""
    with database_told(office):
        return bool(
            Work.objects.filter(state=jobs.RUNNING).update(
                state=jobs.FAILED, ended_at=clock.now(), code=ENDED, step=""
            )
        )


def look_after(office: Office, clock: Clock, start: Callable[[], None]) -> None:
    """Have what nobody does any more told as failed, and what waits begun. To be called whenever somebody looks."""
    with database_told(office):
        states = set(Work.objects.filter(state__in=jobs.AT_WORK).values_list("state", flat=True))
    if not states:
        return
    with nobody_works(office.place) as nobody:
        if nobody and jobs.RUNNING in states:
            dead(office, clock)
    if nobody and jobs.WAITING in states:
        start()


@dataclass(kw_only=False)
class Written:
    """Progress that is written where pages read it; it never stops the work that it is of."""

    office: Office
    clock: Clock
    word: str
    monotonic: Callable[[], float] = time.monotonic
    steps: list[tuple[str, float]] = field(default_factory=list)
    _open: list[tuple[str, float]] = field(default_factory=list)
    _written: float = float("-inf")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A named stretch of work; of steps within steps the outermost are kept."""
        self._open.append((name, self.monotonic()))
        self.say(name, step_at=self.clock.now())
        try:
            yield
        finally:
            name, began = self._open.pop()
            if not self._open:
                self.steps.append((name, round(self.monotonic() - began, 1)))

    def advance(self, done: int, total: int | None = None) -> None:
        """So many units are behind us."""
        if self.monotonic() - self._written >= WRITTEN_EVERY:
            self._write(far=done, whole=total)

    def say(self, name: str, **said: Any) -> None:
        """What is being done now."""
        self._write(step=name[:200], steps=json.dumps(self.steps), far=0, whole=None, **said)

    def _write(self, **said: Any) -> None:
        self._written = self.monotonic()
        with suppress(VestryError, Error), database_told(self.office):
            Work.objects.filter(word=self.word, state=jobs.RUNNING).update(**said)


def paths_of(place: Place, one: Job) -> list[Path]:
    """The files of a receipt, where they lie."""
    folder = place.inbox / one.source if one.from_inbox else folder_of(place, one.word)
    return [folder / name for name, _ in one.files]


def _asked(one: Job) -> AuditEntry:
    """The entry of whoever asked for it."""
    return AuditEntry(
        stage="asked", action=one.kind, user=one.by, organisation=one.organisation, source=one.source,
        reason="accepted" if one.accepted else "",
    )  # fmt: skip


def _receipt(receipt: Any) -> Mapping[str, Any]:
    return {
        "extract": str(receipt.extract.extract_id),
        "already": receipt.already_received,
        "ledger": [[n.table_name, n.received, n.loaded, n.repeated, n.quarantined] for n in receipt.ledger],
        "broken": [[b.table, b.rule, b.column or "", b.rows, b.first_row] for b in receipt.broken],
    }


def _current(place: Place) -> str:
    try:
        return (place.releases / "current").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
