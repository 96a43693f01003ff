"""The audit log in the office's database. No entry, no data: `append` returns when the entry is on the disk, or raises.

Each entry names the hash of the one before, and is a leaf of a Merkle tree whose frontier is kept beside it, so that an
append reads one row whatever the log's size. One append at a time: each holds the row `audit_head` while it works.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, transaction

from vestry.clock import Clock
from vestry.errors import AuditUnavailable, VestryError
from vestry.office.audit.bodies import at_of, body_of, words_of
from vestry.office.audit.signing import signer
from vestry.office.audit.tree import Hash, grow, leaf_of, root_of
from vestry.office.databases import is_sqlite
from vestry.office.keeping import make_folder, write_once
from vestry.office.project import Office
from vestry.sharing.audit import AuditEntry

EVERY: Final = 10_000
"""Entries after which the log is signed, and"""

AT_LEAST: Final = timedelta(hours=1)
"""the age of the last signature at which the next entry has it signed."""

_HEAD: Final = "SELECT size, leaf, frontier, checkpoint_size, checkpoint_at FROM audit_head WHERE slot = 1"
_STEP: Final = "UPDATE audit_head SET size = %s, leaf = %s, frontier = %s WHERE slot = 1"
_ENTRY: Final = "INSERT INTO audit_entries (number, at, leaf, body) VALUES (%s, %s, %s, %s)"
_AT_ONCE: Final = 300
"""Words in one statement: SQLite before 3.32 takes 999 values."""


class DatabaseLog:
    """The log of one place. Any number of threads and processes may append."""

    def __init__(self, office: Office, clock: Clock) -> None:
        self._office = office
        self._clock = clock
        self._for_update = "" if is_sqlite(office.database) else " FOR UPDATE"

    def append(self, entry: AuditEntry) -> int:
        """Keep `entry` for good, whatever becomes of the request, and give its number (from 1).

        In a transaction of its own: inside another it would be lost with it, and is refused (RuntimeError). Raises
        AuditUnavailable: whoever asked must then not read. A connection that was lost while idle is opened anew.
        """
        for last_try in (False, True):
            connection = self._connection()
            was_open, held = connection.connection is not None, False
            try:
                with transaction.atomic(using=DEFAULT_DB_ALIAS, durable=True), connection.cursor() as cursor:
                    head = self._hold(cursor)
                    held = True
                    number, due = self._write(cursor, head, entry)
            except (OperationalError, InterfaceError) as error:
                connection.close()
                if held or last_try or not was_open or is_sqlite(self._office.database):
                    raise self._unavailable() from error
                continue
            except (Error, OSError, ValueError) as error:
                raise self._unavailable() from error
            if due:
                self._sign_quietly()
            return number
        raise AssertionError("the second try returns or raises")

    def append_within(self, entry: AuditEntry) -> int:
        """Keep `entry` with the change that it tells of, in the transaction that is open, or not at all. Its number.

        Raises AuditUnavailable, with which the transaction should end, and RuntimeError where none is open.
        """
        connection = self._connection()
        if not connection.in_atomic_block:
            raise RuntimeError("append_within needs the transaction of the change")
        try:
            with connection.cursor() as cursor:
                number, due = self._write(cursor, self._hold(cursor), entry)
        except (Error, OSError, ValueError) as error:
            raise self._unavailable() from error
        if due:
            transaction.on_commit(self._sign_quietly, using=DEFAULT_DB_ALIAS)
        return number

    def checkpoint(self) -> str | None:
        """Sign the log as it is now, unless that was done: the note, which is in `checkpoints/` too. None of an empty log.

        Raises AuditUnavailable and PlaceNotWritable.
        """
        connection = self._connection()
        try:
            with transaction.atomic(using=DEFAULT_DB_ALIAS, durable=True), connection.cursor() as cursor:
                size, _, frontier, signed, _ = self._hold(cursor)
                if size == 0:
                    return None
                if signed < size:
                    at = at_of(self._clock.now())
                    note = signer(self._office.place).sign(size, root_of(_hashes(frontier)))
                    cursor.execute(
                        "INSERT INTO audit_checkpoints (size, at, note) VALUES (%s, %s, %s)", [size, at, note]
                    )
                    cursor.execute(
                        "UPDATE audit_head SET checkpoint_size = %s, checkpoint_at = %s WHERE slot = 1",
                        [size, at],
                    )
                cursor.execute("SELECT size, note FROM audit_checkpoints ORDER BY size DESC")
                notes = cursor.fetchall()
        except (Error, OSError) as error:
            connection.close()
            raise self._unavailable() from error
        self._write_notes(notes)
        return str(notes[0][1])

    def close(self) -> None:
        """Let go of this thread's connection."""
        self._office.close()

    def _connection(self) -> Any:
        return self._office.connection()

    def _hold(self, cursor: Any) -> tuple[int, Hash, bytes, int, str]:
        cursor.execute(_HEAD + self._for_update)
        size, leaf, frontier, signed, signed_at = cursor.fetchone()
        return size, bytes(leaf), bytes(frontier), signed, signed_at

    def _write(
        self, cursor: Any, head: tuple[int, Hash, bytes, int, str], entry: AuditEntry
    ) -> tuple[int, bool]:
        """Number of the entry, and whether the log is to be signed."""
        size, previous, packed, signed, signed_at = head
        number, now = size + 1, self._clock.now()
        at = at_of(now)
        body = body_of(entry, number=number, at=at, previous=previous)
        leaf = leaf_of(body.encode("ascii"))
        frontier = _hashes(packed)
        grow(frontier, size, leaf)
        cursor.execute(_ENTRY, [number, at, leaf, body])
        words = [(number, kind, word) for kind, word in words_of(_said(entry))]
        for start in range(0, len(words), _AT_ONCE):
            some = words[start : start + _AT_ONCE]
            cursor.execute(
                "INSERT INTO audit_words (number, kind, word) VALUES "
                + ", ".join(["(%s, %s, %s)"] * len(some)),
                [value for row in some for value in row],
            )
        cursor.execute(_STEP, [number, leaf, b"".join(frontier)])
        due = number - signed >= EVERY or not signed or now - datetime.fromisoformat(signed_at) >= AT_LEAST
        return number, due

    def _sign_quietly(self) -> None:
        """The entries are kept; that they could not be signed is told in the log of the process and by `audit verify`."""
        try:
            self.checkpoint()
        except VestryError as error:
            structlog.get_logger().warning("audit-checkpoint-missing", code=error.code, location=error.where)

    def _write_notes(self, notes: list[tuple[int, str]]) -> None:
        """Every note that is not in the folder yet, the newest first: a process may have died before it wrote one."""
        folder = self._office.place.checkpoints
        make_folder(folder)
        for size, note in notes:
            path = folder / f"{size:012}.checkpoint"
            if path.exists():
                continue
            try:
                write_once(path, note.encode())
            except OSError as error:
                raise AuditUnavailable(
                    "A checkpoint of the audit log cannot be written.",
                    where=str(path),
                    fix="let this account write there, or free some space; then: vestry audit checkpoint",
                ) from error

    def _unavailable(self) -> AuditUnavailable:
        return AuditUnavailable(
            "The audit log cannot be written, so nothing was read.",
            where=self._office.where,
            fix="start the database or let this account write to it, free some space, or wait until whoever holds it is done",
        )


def _said(entry: AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__slots__}


def _hashes(packed: bytes) -> list[Hash]:
    return [packed[at : at + 32] for at in range(0, len(packed), 32)]
