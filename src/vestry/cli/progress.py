"""Progress on a terminal: the step at work, how far it is, and how long it has taken. Gone when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from vestry.progress import Progress, Silent


class TerminalProgress:
    """Steps inside steps, each a line of its own, drawn on `console`."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._open: list[TaskID] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Draw `name` for as long as the step lasts."""
        if not self._open:
            self._bars.start()
        self._open.append(self._bars.add_task("  " * len(self._open) + name, total=None))
        try:
            yield
        finally:
            self._bars.remove_task(self._open.pop())
            if not self._open:
                self._bars.stop()

    def advance(self, done: int, total: int | None = None) -> None:
        """Move the innermost step's bar."""
        if self._open:
            self._bars.update(self._open[-1], completed=done, total=total)


def progress_on(console: Console) -> Progress:
    """Bars where `console` is a terminal; nothing at all where it is a file or a pipe."""
    return TerminalProgress(console) if console.is_terminal else Silent()
