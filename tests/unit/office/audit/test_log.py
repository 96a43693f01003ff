"""The audit log in the database: what it keeps, what it refuses, and what becomes of it when its database fails."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, transaction

import postgresql as postgresql_server
from gateway_by_hand import HERE
from vestry.clock import FixedClock
from vestry.errors import AuditUnavailable
from vestry.office.audit import log as log_module
from vestry.office.audit.desk import Desk
from vestry.office.audit.log import DatabaseLog
from vestry.office.audit.signing import KeyedTerms, signer
from vestry.office.opening import opened
from vestry.office.project import Office
from vestry.place import Place
from vestry.progress import Silent
from vestry.sharing.audit import AuditEntry


@dataclass
class Turning:
    """A clock that can be set forward."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def entry(n: int = 0, **said: Any) -> AuditEntry:
    return replace(
        AuditEntry(stage="asked", action="show", account="alex", purpose="audit", entities=(f"p-{n}",)),
        **said,
    )


def bodies(office: Office) -> list[dict[str, Any]]:
    with office.connection().cursor() as cursor:
        cursor.execute("SELECT body FROM audit_entries ORDER BY number")
        return [json.loads(body) for (body,) in cursor.fetchall()]


def holds(office: Office) -> bool:
    desk = Desk(office, DatabaseLog(office, FixedClock(at=datetime(2026, 11, 20, tzinfo=UTC))), HERE)
    return not desk.verify(progress=Silent()).problems


@pytest.fixture
def log(office: Office, clock: FixedClock) -> DatabaseLog:
    return DatabaseLog(office, clock)


def test_entries_are_numbered_and_chained(office: Office, log: DatabaseLog) -> None:
    assert [log.append(entry(n)) for n in range(5)] == [1, 2, 3, 4, 5]
    kept = bodies(office)
    assert [said["entry"] for said in kept] == [1, 2, 3, 4, 5]
    assert kept[0]["previous"] == "0" * 64
    assert len({said["previous"] for said in kept}) == 5
    assert kept[0] == {
        "entry": 1, "at": "2026-11-20T12:00:00.000000+00:00", "stage": "asked", "action": "show", "account": "alex",
        "purpose": "audit", "entities": ["p-0"], "previous": "0" * 64,
    }  # fmt: skip
    assert holds(office)


def test_an_entry_with_everything_and_one_with_very_much(office: Office, log: DatabaseLog) -> None:
    log.append(
        AuditEntry(
            stage="answered", action="export", account="a", user="Zoë \N{SMILING FACE WITH OPEN MOUTH}",
            organisation="police", recipient="nhs", purpose="audit", operator="x", release="r", source="tax", table="people",
            criteria=("name",), terms=("name=00",), entities=("p-1", "p-1"), agreements=("hub@1",),
            fields=("family_name",), withheld=("sealed",), answers=1, count=0, reason="\0 and a quote'",
        )
    )  # fmt: skip
    log.append(entry(entities=tuple(f"p-{n}" for n in range(20_000))))
    assert len(bodies(office)[1]["entities"]) == 20_000
    assert holds(office)


def test_many_at_once(office: Office, clock: FixedClock) -> None:
    def append(n: int) -> int:
        one = DatabaseLog(office, clock)
        try:
            return one.append(entry(n))
        finally:
            one.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(append, range(64)))
    assert sorted(numbers) == list(range(1, 65))
    assert holds(office)


REFUSED = [
    "UPDATE audit_entries SET body = 'x' WHERE number = 1",
    "DELETE FROM audit_entries",
    "INSERT INTO audit_entries (number, at, leaf, body) VALUES (1, '', '', '')",
    "INSERT INTO audit_entries (number, at, leaf, body) VALUES (9, '', '', '')",
    "UPDATE audit_words SET word = 'x'",
    "DELETE FROM audit_words",
    "INSERT INTO audit_words (number, kind, word) VALUES (1, 'entity', 'p-x')",
    "UPDATE audit_head SET size = size + 1",
    "UPDATE audit_head SET size = 0",
    "UPDATE audit_head SET frontier = ''",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head (slot, size, leaf, frontier, checkpoint_size, checkpoint_at) VALUES (2, 0, '', '', 0, '')",
    "UPDATE audit_checkpoints SET note = ''",
    "DELETE FROM audit_checkpoints",
    "INSERT INTO audit_checkpoints (size, at, note) VALUES (1, '', '')",
]
ONLY_SQLITE = [
    "INSERT OR REPLACE INTO audit_entries (number, at, leaf, body) VALUES (1, '', '', '')",
    "REPLACE INTO audit_checkpoints (size, at, note) VALUES (1, '', '')",
    "REPLACE INTO audit_head (slot, size, leaf, frontier, checkpoint_size, checkpoint_at) VALUES (1, 0, '', '', 0, '')",
    "UPDATE OR REPLACE audit_entries SET number = 2 WHERE number = 1",
]
ONLY_POSTGRESQL = [
    "TRUNCATE audit_entries",
    "TRUNCATE audit_words, audit_checkpoints",
    "TRUNCATE audit_head",
    "INSERT INTO audit_entries (number, at, leaf, body) VALUES (1, '', '', '') ON CONFLICT (number) DO UPDATE SET body = ''",
]


def test_the_database_refuses_every_change(office: Office, log: DatabaseLog) -> None:
    log.append(entry(1))
    log.append(entry(2))
    connection = office.connection()
    more = ONLY_SQLITE if connection.vendor == "sqlite" else ONLY_POSTGRESQL
    for statement in [*REFUSED, *more]:
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert holds(office) and len(bodies(office)) == 2


def test_a_change_and_its_entry_stand_or_fall_together(office: Office, log: DatabaseLog) -> None:
    office.connection()
    with transaction.atomic():
        assert log.append_within(entry(1, stage="changed")) == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        log.append_within(entry(2, stage="changed"))
        _ = 1 / 0
    assert log.append(entry(3)) == 2
    assert [said["entities"] for said in bodies(office)] == [["p-1"], ["p-3"]]
    assert holds(office)


def test_an_entry_of_a_read_is_never_lost_with_a_transaction(office: Office, log: DatabaseLog) -> None:
    office.connection()
    with pytest.raises(RuntimeError), transaction.atomic():
        log.append(entry())
    with pytest.raises(RuntimeError):
        log.append_within(entry())
    assert bodies(office) == []


# Checkpoints


def sizes(office: Office) -> list[int]:
    with office.connection().cursor() as cursor:
        cursor.execute("SELECT size FROM audit_checkpoints ORDER BY size")
        return [size for (size,) in cursor.fetchall()]


def test_the_log_is_signed_every_hour_of_use(office: Office, clock: FixedClock) -> None:
    turning = Turning(clock.at)
    log = DatabaseLog(office, turning)
    for minutes in (0, 20, 59, 61, 62, 120, 122):
        turning.at = clock.at + timedelta(minutes=minutes)
        log.append(entry())
    assert sizes(office) == [1, 4, 7]
    verifier = signer(office.place).verifier
    files = sorted(office.place.checkpoints.iterdir())
    assert [verifier.open(path.read_bytes()).size for path in files] == [1, 4, 7]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_the_log_is_signed_every_so_many_entries(
    office: Office, log: DatabaseLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert log_module.EVERY == 10_000
    monkeypatch.setattr(log_module, "EVERY", 10)
    for n in range(25):
        log.append(entry(n))
    assert sizes(office) == [1, 11, 21]


def test_a_change_that_makes_it_due_is_signed_after_it_is_kept(office: Office, log: DatabaseLog) -> None:
    office.connection()
    with transaction.atomic():
        log.append_within(entry())
        assert sizes(office) == []
    assert sizes(office) == [1]


def test_a_file_that_was_lost_is_written_again(office: Office, log: DatabaseLog) -> None:
    log.append(entry())
    (lost,) = office.place.checkpoints.iterdir()
    note = lost.read_text()
    lost.unlink()
    log.append(entry())
    assert log.checkpoint() != note
    assert lost.read_text() == note


def test_an_entry_is_kept_though_it_cannot_be_signed(
    office: Office, log: DatabaseLog, capsys: pytest.CaptureFixture[str]
) -> None:
    office.place.checkpoints.write_text("a file in the folder's place")
    assert log.append(entry()) == 1
    assert len(bodies(office)) == 1


def test_signing_an_empty_log(log: DatabaseLog) -> None:
    assert log.checkpoint() is None


# A database that fails


@contextmanager
def impatient(office: Office) -> Iterator[Office]:
    """The same office, whose connection waits for a lock no longer than a tenth of a second."""
    options = {**office.database["OPTIONS"]}
    if "timeout" in options:
        options["timeout"] = 0.1
    else:
        options["options"] = options["options"].replace("lock_timeout=10s", "lock_timeout=100ms")
    yield replace(office, database={**office.database, "OPTIONS": options})


def test_sqlite_held_by_another(empty_place: Place, clock: FixedClock) -> None:
    office = opened(empty_place)
    other = sqlite3.connect(empty_place.office, isolation_level=None)
    with impatient(office) as waiting:
        log = DatabaseLog(waiting, clock)
        assert log.append(entry()) == 1
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(AuditUnavailable):
            log.append(entry())
        other.execute("ROLLBACK")
        assert log.append(entry()) == 2
    other.close()
    assert holds(office)


def test_the_head_held_by_another(
    empty_place: Place, clock: FixedClock, postgresql: postgresql_server.Server
) -> None:
    address = postgresql.new_database()
    office = opened(empty_place, database_url=address)
    with impatient(office) as waiting, postgresql.connect(address) as other:
        log = DatabaseLog(waiting, clock)
        assert log.append(entry()) == 1
        other.execute("SELECT * FROM audit_head FOR UPDATE")
        with pytest.raises(AuditUnavailable):
            log.append(entry())
        other.rollback()
        assert log.append(entry()) == 2
    assert holds(office)
    office.close()


def test_a_server_that_goes_and_comes_back(
    empty_place: Place, clock: FixedClock, postgresql: postgresql_server.Server
) -> None:
    office = opened(empty_place, database_url=postgresql.new_database())
    log = DatabaseLog(office, clock)
    assert log.append(entry()) == 1
    postgresql.stop(signal.SIGINT)
    try:
        for _ in range(2):
            with pytest.raises(AuditUnavailable) as refused:
                log.append(entry())
            assert postgresql.password not in refused.value.text()
    finally:
        postgresql.start()
    assert log.append(entry()) == 2
    assert holds(office)
    office.close()


def test_a_connection_that_was_lost_while_idle_is_not_noticed(
    empty_place: Place, clock: FixedClock, postgresql: postgresql_server.Server
) -> None:
    office = opened(empty_place, database_url=postgresql.new_database())
    log = DatabaseLog(office, clock)
    assert log.append(entry()) == 1
    postgresql.stop(signal.SIGINT)
    postgresql.start()
    assert log.append(entry()) == 2
    assert holds(office)
    office.close()


def test_a_server_that_goes_while_an_entry_is_written(
    empty_place: Place,
    clock: FixedClock,
    postgresql: postgresql_server.Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = opened(empty_place, database_url=postgresql.new_database())
    log = DatabaseLog(office, clock)
    assert log.append(entry()) == 1
    write = DatabaseLog._write

    def gone(self: DatabaseLog, *arguments: Any) -> Any:
        postgresql.stop(signal.SIGKILL)
        return write(self, *arguments)

    monkeypatch.setattr(DatabaseLog, "_write", gone)
    try:
        with pytest.raises(AuditUnavailable):
            log.append(entry())
    finally:
        postgresql.start()
        monkeypatch.undo()
    assert log.append(entry()) == 2
    assert holds(office)
    office.close()


# What was searched for


def test_terms_are_the_same_however_typed_and_tell_nothing_without_the_key(
    empty_place: Place, tmp_path: Any
) -> None:
    terms = KeyedTerms(empty_place)
    assert terms("name", "O'Brien  Zoë") == KeyedTerms(empty_place)("name", " o'brien ZOË ")
    assert terms("name", "x") != terms("postcode", "x")
    assert (empty_place.keys / "audit-terms").stat().st_mode & 0o777 == 0o600
    (empty_place.keys / "audit-terms").unlink()
    assert terms("name", "x") != KeyedTerms(empty_place)("name", "x")
