"""How long work is going: told to whoever asked, silent when nobody did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Where a step reports that it began, how far it is, and (by leaving) that it ended."""

    def step(self, name: str) -> AbstractContextManager[None]:
        """A named stretch of work; nested steps are parts of the outer one."""
        ...

    def advance(self, done: int, total: int | None = None) -> None:
        """`done` units of the current step are behind us, of `total` when known."""
        ...


class Silent:
    """Reports nothing."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Does nothing with `name`."""
        yield

    def advance(self, done: int, total: int | None = None) -> None:
        """Does nothing."""
