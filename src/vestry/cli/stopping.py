"""Ctrl-C, also where a library at work makes nothing of it.

Python raises KeyboardInterrupt wherever the program is just then. Where that is inside of somebody's bare `except:`, it is gone,
and the work goes on as if nobody had asked. So it is remembered that somebody has, and the work stops where it next says how
far it is.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from vestry.progress import Progress


class Stopping:
    """Whether Ctrl-C was pressed while this was `listening`."""

    def __init__(self) -> None:
        self._asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Remember Ctrl-C, and raise KeyboardInterrupt. Where nobody heeds it (a shell's background), or outside of the main
        thread, nothing is changed."""
        before = signal.getsignal(signal.SIGINT)
        if not callable(before) or threading.current_thread() is not threading.main_thread():
            yield
            return

        def remember(number: int, frame: FrameType | None) -> None:
            self._asked = True
            signal.default_int_handler(number, frame)

        signal.signal(signal.SIGINT, remember)
        try:
            yield
        finally:
            # Whoever began this process listens again once it has been told: pressed until then, it would be told twice.
            begun = self._asked and before is not signal.default_int_handler
            signal.signal(signal.SIGINT, signal.SIG_IGN if begun else before)

    def heed(self) -> None:
        """Raises KeyboardInterrupt if it was pressed."""
        if self._asked:
            raise KeyboardInterrupt

    def on(self, progress: Progress) -> Progress:
        """`progress` of work that stops before its next step, or its next advance within one."""
        return _Heeding(self, progress)


class _Heeding:
    def __init__(self, stopping: Stopping, progress: Progress) -> None:
        self._stopping = stopping
        self._progress = progress

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step, unless it should stop."""
        self._stopping.heed()
        with self._progress.step(name):
            yield

    def advance(self, done: int, total: int | None = None) -> None:
        """So far within a step, unless it should stop."""
        self._stopping.heed()
        self._progress.advance(done, total)
