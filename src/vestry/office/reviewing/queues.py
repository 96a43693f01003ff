"""What waits for each reviewer: worked out once, which takes longer than a look, and gone through pair by pair."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from vestry.linkage.review.queue import Waiting
from vestry.sharing.review_answers import QueuePage

AGAIN = 600.0
"""Seconds after which a queue is worked out anew: others decide too."""
_AT_MOST = 64
"""Reviewers whose queues are kept at once."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A reviewer's queue as it was at some time."""

    page: QueuePage
    at: float

    def after(self, seen: Collection[Pair]) -> Waiting | None:
        """The first that is none of those `seen`."""
        return next((w for w in self.page.waiting if (w.left_record, w.right_record) not in seen), None)

    def of(self, pair: Pair) -> Waiting | None:
        """That pair, where it waits."""
        return next((w for w in self.page.waiting if (w.left_record, w.right_record) == pair), None)


@dataclass(slots=True)
class Queues:
    """The queues of one process. Safe between threads."""

    monotonic: Callable[[], float]
    _held: dict[tuple[str, str, str], Queue] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(
        self, key: tuple[str, str, str], work_out: Callable[[], QueuePage], *, anew: bool = False
    ) -> Queue:
        """The queue of (user, organisation, release), worked out where it is not kept or is old."""
        now = self.monotonic()
        with self._lock:
            held = self._held.get(key)
        if held is not None and not anew and now - held.at < AGAIN:
            return held
        made = Queue(page=work_out(), at=now)
        with self._lock:
            if len(self._held) >= _AT_MOST:
                self._held.pop(next(iter(self._held)))
            self._held[key] = made
        return made
