"""Commands that Vestry suggests, for the place that was named: `vestry build` is told as `vestry build --place DIR`.

Rooms know a place and not how somebody named it, and one sentence may suggest several commands. So it is put in here, where text
goes to the screen, after the name of every command that takes it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

_NAMED: ContextVar[Path] = ContextVar("named", default=Path())
_COMMAND: ContextVar[Any] = ContextVar("command", default=None)


@contextmanager
def suggesting(command: Any) -> Iterator[None]:
    """While it lasts, suggestions are of the commands below `command`, and no place is named yet."""
    before = _COMMAND.set(command), _NAMED.set(Path())
    try:
        yield
    finally:
        _COMMAND.reset(before[0])
        _NAMED.reset(before[1])


def named(folder: Path) -> Path:
    """Remember, as the callback of --place, how the place was named."""
    _NAMED.set(folder)
    return folder


def for_place(text: str) -> str:
    """`text` with the place named in every command that it suggests; as it is where the place is that of the current folder."""
    folder, command = _NAMED.get(), _COMMAND.get()
    if folder == Path() or command is None or "vestry " not in text:
        return text
    names = sorted(
        _taking_place(command, "vestry"), reverse=True
    )  # the longer of two that begin alike is first
    suggested = re.compile(rf"\b({'|'.join(map(re.escape, names))})(?![\w-])(?!.* --place )")
    return suggested.sub(lambda found: f"{found[0]} --place {shlex.quote(str(folder))}", text)


def _taking_place(command: Any, name: str) -> Iterator[str]:
    if any("--place" in option.opts for option in command.params):
        yield name
    for below, one in getattr(command, "commands", {}).items():
        yield from _taking_place(one, f"{name} {below}")
