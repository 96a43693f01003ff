"""The desk at which the audit log is checked, signed, searched, and asked on behalf of a resident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from django.db import Error

from vestry.clock import Clock
from vestry.errors import AuditUnavailable, NotFound, Problem
from vestry.office.audit.log import DatabaseLog
from vestry.office.audit.notes import NoteInvalid, Verifier, verifier_of
from vestry.office.audit.searching import in_emergency, looks_at, search, wholesale
from vestry.office.audit.signing import signer
from vestry.office.audit.verifying import Given, walk
from vestry.office.opening import opened
from vestry.office.project import Office
from vestry.place import Place
from vestry.progress import Progress
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry
from vestry.sharing.audit_desk import (
    AboutSomebody,
    CheckpointInvalid,
    FoundEntries,
    UrgentLook,
    Verified,
    Wanted,
)
from vestry.sharing.door import id_or_not
from vestry.sharing.own_machine import Operator
from vestry.sharing.recording import recorded

Answer = TypeVar("Answer")

_LONGEST = 100_000


class Desk:
    """See `sharing.audit_desk.AuditDesk`. Looks into the log are entered in it as looks at the twin are."""

    def __init__(
        self, office: Office, log: DatabaseLog, operator: Operator, asker: Asker | None = None
    ) -> None:
        self._office = office
        self._log = log
        self._who: dict[str, Any] = {"account": operator.account, "operator": operator.stated}
        if asker is not None:
            self._who |= {"user": asker.user, "organisation": asker.organisation}

    def checkpoint(self) -> str | None:
        """Sign the log as it is; the note. None of an empty log. Raises AuditUnavailable, PlaceNotWritable."""
        return self._log.checkpoint()

    def key(self) -> str:
        """The public key, as an outsider keeps it. Raises PlaceNotWritable."""
        return signer(self._office.place).verifier.text()

    def verify(
        self,
        *,
        outside: Sequence[Path] = (),
        key: str = "",
        entry: int | None = None,
        progress: Progress,
    ) -> Verified:
        """Go through the whole log. Raises AuditUnavailable, CheckpointInvalid, NotFound."""
        verifier = signer(self._office.place).verifier
        try:
            kept = verifier_of(key) if key else verifier
        except NoteInvalid as error:
            raise CheckpointInvalid(
                f"The key cannot be used: {error}.", where="--key", fix="give what vestry audit key printed"
            ) from None
        given = _with_newest_proved([_given(path, kept) for path in _files(outside)])
        with self._reading() as cursor:
            own, problems = self._own_checkpoints(cursor, verifier)
            newest = max((g.checkpoint.size for g in given), default=0)
            walked = walk(
                cursor,
                [*given, *own],
                prove=entry,
                times_of=(newest + 1,),
                where=self._office.where,
                progress=progress,
            )
        if entry is not None and not 1 <= entry <= walked.size:
            raise NotFound("The log has no entry of that number.", where="--entry", fix="give a smaller one")
        return Verified(
            size=walked.size,
            root=walked.root.hex(),
            problems=(*walked.problems, *problems),
            held=walked.held,
            included=walked.included,
            window=max(walked.size - newest, 0),
            window_from=walked.times.get(newest + 1, ""),
        )

    def search(self, wanted: Wanted, *, limit: int) -> FoundEntries:
        """The newest entries that are wanted. Raises AuditUnavailable."""
        named = [name for name in wanted.__slots__ if name != "before" and getattr(wanted, name)]
        asked = self._entry("audit-search", criteria=tuple(named))
        return self._recorded(
            replace(asked, entities=(id_or_not(wanted.entity),) if wanted.entity else ()),
            lambda cursor, last: search(cursor, wanted, limit, last),
            lambda found: len(found.entries),
        )

    def about(self, ids: Sequence[str]) -> AboutSomebody:
        """Who looked at somebody, by any of their ids. Raises AuditUnavailable."""
        asked = self._entry("audit-about", entities=tuple(id_or_not(entity_id) for entity_id in ids))
        return self._recorded(
            asked,
            lambda cursor, last: AboutSomebody(
                ids=tuple(ids), looks=looks_at(cursor, ids, last), wholesale=wholesale(cursor, last)
            ),
            lambda found: len(found.looks),
        )

    def in_emergency(self, number: int) -> tuple[UrgentLook, ...]:
        """Every look that was made in the emergency of that number. Raises AuditUnavailable."""
        return self._recorded(
            self._entry("emergency-looks", emergency=number),
            lambda cursor, last: in_emergency(cursor, number, last),
            len,
        )

    def _entry(self, action: str, **said: Any) -> AuditEntry:
        return AuditEntry(
            stage="asked",
            action=action,
            purpose="audit",
            **self._who,
            **said,
        )

    def _recorded(
        self, asked: AuditEntry, read: Callable[[Any, int], Answer], count: Callable[[Answer], int]
    ) -> Answer:
        """What `read` finds up to the last entry before this question, which is entered before and after."""
        with self._reading() as cursor:
            cursor.execute("SELECT size FROM audit_head")
            last = cursor.fetchone()[0]

        def work() -> Answer:
            with self._reading() as cursor:
                return read(cursor, last)

        return recorded(self._log, asked, work, lambda answer: {"count": count(answer)})

    def _own_checkpoints(self, cursor: Any, verifier: Verifier) -> tuple[list[Given], list[Problem]]:
        """Those that the database and the place's folder keep, the newest to be proved, and what is wrong with any."""
        cursor.execute("SELECT size, note FROM audit_checkpoints ORDER BY size")
        notes = {
            f"{size:012}.checkpoint": (note.encode(), self._office.where) for size, note in cursor.fetchall()
        }
        folder = self._office.place.checkpoints
        for path in sorted(folder.glob("*.checkpoint")) if folder.is_dir() else ():
            content = _read(path)
            if notes.get(path.name, (b"", ""))[0] != content:
                notes[f"{path.name} "] = (content, str(path))
        found, problems = [], []
        for name, (content, where) in notes.items():
            try:
                checkpoint = verifier.open(content)
            except NoteInvalid as error:
                problems.append(
                    Problem(
                        what=f"A checkpoint was changed: {error}.",
                        where=f"{where}, {name.strip()}",
                        fix="keep it as it is, and compare it with the copy that a second organisation keeps",
                    )
                )
                continue
            found.append(Given(checkpoint=checkpoint, where=name.strip(), outside=False, prove=False))
        return _with_newest_proved(found), problems

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        connection = self._office.connection()
        try:
            with connection.cursor() as cursor:
                yield cursor
        except (Error, OSError) as error:
            connection.close()
            raise AuditUnavailable(
                "The audit log cannot be read.",
                where=self._office.where,
                fix="start the database, or wait until whoever holds it is done",
            ) from error


def _files(outside: Sequence[Path]) -> Iterator[Path]:
    for path in outside:
        if path.is_dir():
            found = sorted(path.glob("*.checkpoint"))
            if not found:
                raise CheckpointInvalid(
                    "The folder holds no checkpoint.",
                    where=str(path),
                    fix="give a folder with .checkpoint files",
                )
            yield from found
        else:
            yield path


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST + 1)
    except OSError as error:
        raise CheckpointInvalid(
            "The checkpoint cannot be read.", where=str(path), fix="give a file that this account may read"
        ) from error


def _given(path: Path, verifier: Verifier) -> Given:
    try:
        checkpoint = verifier.open(_read(path))
    except NoteInvalid as error:
        raise CheckpointInvalid(
            f"That is no checkpoint of this log: {error}.",
            where=str(path),
            fix="if it was signed by this log, its key was exchanged since: give the old one with --key, and find out why",
        ) from None
    return Given(checkpoint=checkpoint, where=str(path), outside=True, prove=False)


def _with_newest_proved(given: list[Given]) -> list[Given]:
    """A proof for the newest: what holds the older ones is that the tree came to their roots on its way."""
    newest = max(given, key=lambda g: g.checkpoint.size, default=None)
    return [replace(g, prove=g is newest) for g in given]


def audit_log(
    place: Place, *, clock: Clock, database_url: str | None = None, secret_key_file: Path | None = None
) -> DatabaseLog:
    """The audit log of a place. Raises as `opening.opened`."""
    return DatabaseLog(opened(place, database_url=database_url, secret_key_file=secret_key_file), clock)


def audit_desk(
    place: Place,
    *,
    clock: Clock,
    operator: Operator,
    database_url: str | None = None,
    secret_key_file: Path | None = None,
) -> Desk:
    """The desk of a place's audit log, for whoever runs this process. Raises as `opening.opened`."""
    office = opened(place, database_url=database_url, secret_key_file=secret_key_file)
    return Desk(office, DatabaseLog(office, clock), operator)
