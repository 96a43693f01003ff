"""Writes decisions down: one line each, on the disk before anyone is told that it is kept.

`decisions/` has one file for each day. Several reviewers may write at once: each holds `decisions/.lock` meanwhile.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vestry.errors import PlaceNotWritable


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the decisions of a place, whose folder is made if need be. Raises PlaceNotWritable."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise not_writable(folder) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def record(folder: Path, said: Mapping[str, Any], file: str) -> str:
    """Append one decision to that `file`, and give its name.

    Whoever calls holds the folder. A line that does not get to the disk whole is taken out again. Raises
    PlaceNotWritable.
    """
    path = folder / file
    line = json.dumps(said, ensure_ascii=False).encode() + b"\n"
    try:
        flags = os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(path, flags, 0o600)
        try:
            os.fchmod(handle, 0o600)
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                line = b"\n" + line
            try:
                if os.write(handle, line) != len(line):
                    raise OSError("cut short")
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, size)
                raise
        finally:
            os.close(handle)
        if not size:
            _sync(folder)
    except OSError as error:
        raise not_writable(folder) from error
    return path.name


def write_whole(path: Path, content: str) -> None:
    """Write a new file that only its owner may read, all of it or nothing. Raises PlaceNotWritable."""
    unfinished = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(
            unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise not_writable(path.parent) from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def not_writable(folder: Path) -> PlaceNotWritable:
    """What is raised where a decision cannot be kept."""
    return PlaceNotWritable(
        "The decision could not be written down: the folder refuses, or the disk is full. Nothing was decided.",
        where=str(folder),
        fix="give this account permission to write there, or free some space, and decide again",
    )
