"""The spool: a folder of the place in which files lie that were brought and are not received yet. Its owner's alone."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vestry.intake.writing import private_folder
from vestry.place import Place

KEPT_DAYS: Final = 7
"""Days that files lie in the spool of which nobody said what should become."""
_WORKING, _NEXT = ".working", ".next"


def folder_of(place: Place, word: str) -> Path:
    """Where the files of one piece of work lie. `word` is of this office's own making."""
    return place.spool / word


def made(place: Place, word: str) -> Path:
    """The same folder, there and readable by its owner alone."""
    folder = folder_of(place, word)
    private_folder(folder)
    return folder


def empty(place: Place, word: str) -> None:
    """Take the files of one piece of work away."""
    shutil.rmtree(folder_of(place, word), ignore_errors=True)


@contextmanager
def turn(place: Place) -> Iterator[bool]:
    """This process's turn to work: True when it has come, False where another waits in line already, which will see all that
    was asked for. The system lets go of it if this process dies."""
    private_folder(place.spool)
    following = _lock(place.spool / _NEXT, wait=False)
    if following is None:
        yield False
        return
    working = _lock(place.spool / _WORKING, wait=True)
    os.close(following)
    assert working is not None
    try:
        yield True
    finally:
        os.close(working)


@contextmanager
def nobody_works(place: Place) -> Iterator[bool]:
    """Whether no process is at work; if so none begins before this ends."""
    private_folder(place.spool)
    handle = _lock(place.spool / _WORKING, wait=False)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _lock(path: Path, *, wait: bool) -> int | None:
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
