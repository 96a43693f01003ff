"""Going through the whole log while somebody waits: in a thread of its own, told how far it is, one at a time in a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from vestry.errors import VestryError
from vestry.progress import Progress
from vestry.sharing.audit_desk import Verified


@dataclass(kw_only=True)
class Check:
    """One check: who began it and when, how far it is (entries), and what it came to. `failed` where it could not be made."""

    by: str
    began_at: datetime
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    found: Verified | None = None
    failed: VestryError | None = None
    broke: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.ended_at is None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """As `vestry.progress.Progress` has it."""
        yield

    def advance(self, done: int, total: int | None = None) -> None:
        """How far it is."""
        self.done, self.total = done, total or self.total


@dataclass(kw_only=True)
class Checks:
    """The newest check of a served place. Safe between threads."""

    _newest: Check | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def newest(self) -> Check | None:
        """The one that runs, or the last that did since the process began."""
        return self._newest

    def begin(
        self, by: str, now: Callable[[], datetime], verify: Callable[[Progress], Verified]
    ) -> threading.Thread | None:
        """Begin one in a thread of its own, unless one runs: then that one is waited for by both, and this gives None."""
        with self._lock:
            if self._newest is not None and self._newest.running:
                return None
            check = self._newest = Check(by=by, began_at=now())

        def work() -> None:
            try:
                check.found = verify(check)
            except VestryError as error:
                check.failed = error
            except (
                Exception
            ) as error:  # whatever it is, whoever waits is told, and the log of the process what it was
                check.broke = True
                structlog.get_logger().warning("audit-check-broke", kind=type(error).__name__)
            finally:
                check.ended_at = now()

        thread = threading.Thread(target=work, name="audit-verify", daemon=True)
        thread.start()
        return thread
