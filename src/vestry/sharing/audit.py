"""The audit file: who looked at what, when and why, one JSON line each, in a chain of hashes.

Promise 5 stands on it (the entry is on the disk before anything is read) and so does promise 8 (a changed
line is detected). It holds metadata only: never a value that was searched for or shown.

Each entry carries `previous`, the hash of the line before, and `hash`, SHA-256 of the entry without it. A cut
tail cannot be seen from the file alone; that needs a checkpoint kept by someone else.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal

from vestry.clock import Clock
from vestry.errors import AuditUnavailable, Problem

Stage = Literal["asked", "answered", "refused", "changed"]

FIRST: Final = "0" * 64
"""What the first entry gives as the hash before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What the log remembers of one request.

    A permitted request has two: `asked`, on the disk before the read begins, and `answered`, with the number of rows, before
    anyone sees them; `answers` is the number of the `asked` one. A change of what the place keeps (an account, an agreement)
    has one, `changed`, which is kept with it or not at all. `criteria` names what was searched by ("name", "postcode"), never
    the values; `entities` are ids that were asked for or shown.
    `account` is the operating system's word of who asks on the place's own machine; `user` and `organisation` are who asks under
    agreements, `recipient` to whom it goes where that is another. `agreements` are those that it rests on, `fields` those of
    which something was shown, `withheld` the reasons (`sharing.refusals`) of what was not.
    """

    stage: Stage
    action: str
    account: str = ""
    user: str = ""
    organisation: str = ""
    recipient: str = ""
    purpose: str = ""
    operator: str = ""
    release: str = ""
    table: str = ""
    criteria: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    answers: int | None = None
    count: int | None = None
    reason: str = ""


class AuditFile:
    """The file at `path`, which only grows. Several processes may write: each holds it while it does."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def append(self, entry: AuditEntry) -> int:
        """Put `entry` on the disk and give its number (from 1).

        Raises AuditUnavailable when any part of that fails: whoever asked must then not read.
        """
        try:
            with self._open() as handle:
                number, previous, torn = _last(handle)
                body = _body(entry, number=number + 1, at=self._clock.now().isoformat(), previous=previous)
                line = json.dumps({**body, "hash": _digest(body)}, ensure_ascii=False, separators=(",", ":"))
                _write(handle, (b"\n" if torn else b"") + line.encode() + b"\n")
                os.fsync(handle)
                return number + 1
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AuditUnavailable(
                "The audit file cannot be written, so nothing was read.",
                where=str(self._path),
                fix="let this account write there, free some space, or restore the file from a backup",
            ) from error

    @contextmanager
    def _open(self) -> Iterator[int]:
        existed = self._path.exists()
        flags = os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(self._path, flags, 0o600)
        try:
            os.fchmod(handle, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not existed:
                _sync_folder(self._path.parent)
            yield handle
        finally:
            os.close(handle)


def _body(entry: AuditEntry, *, number: int, at: str, previous: str) -> dict[str, Any]:
    said = {f.name: getattr(entry, f.name) for f in fields(entry)}
    said = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}
    said = {name: value for name, value in said.items() if value not in ("", None, [])}
    return {"entry": number, "at": at, **said, "previous": previous}


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _write(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _last(handle: int, block: int = 64 * 1024) -> tuple[int, str, bool]:
    """Number of the last whole entry, the hash the next must name, and whether the last line is torn.

    A line torn by a crash stays where it is (the file only grows); the next entry chains
    to the hash of its bytes.
    """
    start = os.fstat(handle).st_size
    tail = b""
    while start > 0:
        before = max(0, start - block)
        tail = os.pread(handle, start - before, before) + tail
        start = before
        lines = tail.split(b"\n")
        torn = lines[-1] != b""
        whole = [line for line in lines[1 if start > 0 else 0 :] if line]
        for line in reversed(whole):
            entry = _entry(line)
            if entry is not None:
                last = _entry(whole[-1])
                named = str(last["hash"]) if last else hashlib.sha256(whole[-1]).hexdigest()
                return int(entry["entry"]), named, torn
    if tail:
        return (
            0,
            hashlib.sha256(tail.rstrip(b"\n").rpartition(b"\n")[2]).hexdigest(),
            not tail.endswith(b"\n"),
        )
    return 0, FIRST, False


def _entry(line: bytes) -> dict[str, Any] | None:
    """The line as an entry; None when it is not a whole one."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and {"entry", "previous", "hash"} <= entry.keys() else None


def broken_entries(path: Path) -> list[Problem]:
    """Every line of the audit file that is not as it was written: changed, removed or put in between.

    Empty when the chain holds. Raises AuditUnavailable when the file cannot be read.
    """
    found: list[Problem] = []
    previous, line, at = FIRST, b"\n", 0
    try:
        with path.open("rb") as lines:
            for at, line in enumerate(lines, start=1):
                entry = _entry(line)
                if entry is None:
                    # Torn by a crash: the next entry must name the hash of exactly these bytes.
                    previous = hashlib.sha256(line.rstrip(b"\n")).hexdigest()
                    continue
                said = entry.pop("hash")
                if entry["previous"] != previous:
                    found.append(
                        _broken(path, at, "The line before this one was changed, or one was removed.")
                    )
                if _digest(entry) != said:
                    found.append(_broken(path, at, "This line was changed."))
                previous = said
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AuditUnavailable(
            "The audit file cannot be read.", where=str(path), fix="check its permissions"
        ) from error
    if line.endswith(b"\n") and line != b"\n" and _entry(line) is None:
        found.append(_broken(path, at, "This line is no entry."))
    return found


def _broken(path: Path, line: int, what: str) -> Problem:
    return Problem(what=what, where=f"{path}, line {line}", fix="compare the file with a backup")
