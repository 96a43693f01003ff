"""Every way into a release: the commands there are, and a watch that sees what opens a release and what was entered before.

The watch asks the audit log by a connection of its own: what it finds there is kept, and not only about to be.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import AuditUnavailable, BuildRunning
from vestry.office.audit.log import DatabaseLog
from vestry.place import Place
from vestry.twin.predecessor import TWIN_FILE
from vestry.twin.reader import TwinReader

MAY_CONNECT = {"vestry.twin.reader", "vestry.twin.release", "vestry.twin.predecessor"}
"""Modules that may connect to the file of a release, as tests/architecture/test_one_door.py has it."""


def commands(group: Any, *before: str) -> Iterator[tuple[str, Any]]:
    """(words as typed, command) of every command of a click group, however deep; a group that does something itself too."""
    for name, command in group.commands.items():
        words = (*before, name)
        if not hasattr(command, "commands"):
            yield " ".join(words), command
            continue
        if command.invoke_without_command:
            yield " ".join(words), command
        yield from commands(command, *words)


def takes(command: Any, option: str) -> bool:
    """Whether a command has that option."""
    return any(option in parameter.opts for parameter in command.params)


def newest(place: Place) -> tuple[int, dict[str, Any]]:
    """(number, what it says) of the newest entry that is kept; 0 and nothing where there is none."""
    if not place.office.is_file():
        return 0, {}
    with closing(sqlite3.connect(f"file:{place.office}?mode=ro", uri=True)) as office:
        try:
            found = office.execute(
                "SELECT number, body FROM audit_entries ORDER BY number DESC LIMIT 1"
            ).fetchone()
        except sqlite3.OperationalError:
            return 0, {}
    return (found[0], json.loads(found[1])) if found else (0, {})


@dataclass(kw_only=True)
class Watch:
    """What one command opened of the releases of `place`, and what is `wrong` with how it did.

    `enters` are the actions of which an entry lets it open one; `user` is as whom it asks. One that `halts` is a build, or begins
    as one: the steps before the current release is opened are left out, and there it ends (BuildRunning).
    """

    place: Place
    enters: frozenset[str]
    user: str = ""
    halts: bool = False
    before: int = 0
    opened: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before, _ = newest(self.place)

    def sees(self, path: str) -> None:
        """The file of a release is about to be opened."""
        self.opened += 1
        number, entry = newest(self.place)
        if number <= self.before:
            self.wrong.append(f"{path} was opened before anything was entered in the audit log")
        elif entry["stage"] != "asked":
            self.wrong.append(f"{path} was opened when the newest entry was {entry['stage']}")
        elif entry["action"] not in self.enters or entry.get("user", "") != self.user:
            self.wrong.append(f"{path} was opened by an entry of {entry['action']}, user {entry.get('user')}")
        if self.halts:
            raise BuildRunning("Ended here by a test.", where=path, fix="go on")


@contextmanager
def watched(watch: Watch) -> Iterator[Watch]:
    """Until it ends, whatever opens a release in this process is seen: by the reader, a connection, or an engine."""
    opens, connects, attaches = TwinReader.open, duckdb.connect, DuckDBEngine.attach

    def open_(reader: TwinReader, release_id: str | None = None) -> Any:
        watch.sees("a release")
        return opens(reader, release_id)

    def connect(*arguments: Any, **named: Any) -> Any:
        path = str(arguments[0] if arguments else named.get("database", ""))
        if Path(path).name == TWIN_FILE:
            watch.sees(path)
            caller = sys._getframe(1).f_globals["__name__"]
            if caller not in MAY_CONNECT:
                watch.wrong.append(f"{caller} connected to {path}")
        return connects(*arguments, **named)

    def attach(engine: DuckDBEngine, name: str, path: Path) -> None:
        if path.name == TWIN_FILE:
            watch.sees(str(path))
        attaches(engine, name, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TwinReader, "open", open_)
        patch.setattr(duckdb, "connect", connect)
        patch.setattr(DuckDBEngine, "attach", attach)
        if watch.halts:
            for step in ("vestry.build.located", "vestry.retraining.located", "vestry.build.link_all"):
                patch.setattr(step, lambda *_, **__: SimpleNamespace(records=None, went_on=(), twice=False))
            patch.setattr("vestry.build.decisions_for", lambda *_: None)
        yield watch


@contextmanager
def no_audit() -> Iterator[None]:
    """Until it ends, no entry can be kept."""

    def append(*_: Any) -> int:
        raise AuditUnavailable("The audit log cannot be written.", where="here", fix="mend it")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseLog, "append", append)
        patch.setattr(DatabaseLog, "append_within", append)
        yield
