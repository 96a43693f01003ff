"""Files of a place that are its owner's alone: its keys and secrets, and what is made once and lasts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from vestry.errors import PlaceNotWritable


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What the file at `path` holds; where there is none, what `make` gives, from now on. Several may ask at once.

    Its folder is made, readable by its owner alone, as the file is. Raises PlaceNotWritable.
    """
    try:
        with suppress(FileNotFoundError):
            return read_owned(path)
        _make_folder(path.parent)
        write_once(path, make())
        return read_owned(path)
    except OSError as error:
        raise PlaceNotWritable(
            "A key of the place cannot be read or made.",
            where=str(path),
            fix="let this account read it and write to its folder; it may be no link",
        ) from error


def read_owned(path: Path) -> bytes:
    """The file's bytes, after taking away whatever others were allowed. Raises OSError, also of a link."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, 0o600)
        return file.read()


def write_once(path: Path, content: bytes) -> bool:
    """Put `content` on the disk at `path`, whole or not at all, and never over another. Whether it was new."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        try:
            os.link(beside, path)
        except FileExistsError:
            return False
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Have the disk hold the names in `folder`."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make_folder(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        sync_folder(folder.parent)


def make_folder(folder: Path) -> None:
    """Make `folder`, its owner's alone, where it is not there yet. Raises PlaceNotWritable."""
    try:
        _make_folder(folder)
    except OSError as error:
        raise PlaceNotWritable(
            "A folder cannot be made.", where=str(folder), fix="let this account write to the folder above it"
        ) from error


def prepare_file(path: Path) -> None:
    """Make the file at `path` where it is not there yet, and see that it is its owner's alone. Raises OSError, also of a link."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def new_mark() -> bytes:
    """A mark for a new place: 128 bits of chance, as they are kept in `keys/place`."""
    return f"{secrets.token_hex(16)}\n".encode()
