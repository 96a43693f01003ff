"""Whatever is done to the audit log shows (promise 8), by somebody who may drop its triggers and holds the place's keys.

They can rewrite all that no checkpoint elsewhere holds, and nothing else: that is tested too, so that these tests could fail.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from audit_tampering import WAYS, Tamperer, Way, unguarded
from gateway_by_hand import HERE
from vestry.clock import FixedClock
from vestry.office.audit.desk import Desk
from vestry.office.audit.log import DatabaseLog
from vestry.office.audit.notes import Signer
from vestry.office.audit.signing import signer
from vestry.office.opening import opened
from vestry.office.project import Office
from vestry.place import open_place
from vestry.progress import Silent
from vestry.sharing.audit import AuditEntry
from vestry.sharing.audit_desk import Verified

SIZE, OUTSIDE = 45, 29
BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Log:
    """A log of SIZE entries, of which a checkpoint elsewhere holds the first OUTSIDE."""

    office: Office
    outside: Path
    signer: Signer

    def verified(self) -> Verified:
        desk = Desk(self.office, DatabaseLog(self.office, FixedClock(at=BEGIN)), HERE)
        return desk.verify(outside=[self.outside], progress=Silent())

    def after(self, way: Callable[[Tamperer], None], seed: int) -> Verified:
        """What verification says after somebody did that, which is then undone."""
        connection = self.office.connection()
        with transaction.atomic(), connection.cursor() as cursor:
            with unguarded(cursor):
                way(Tamperer(cursor, random.Random(seed), outside=OUTSIDE, signer=self.signer))
            found = self.verified()
            transaction.set_rollback(True)
        return found


def said(n: int) -> list[AuditEntry]:
    who = {"user": f"u-{n % 3}", "organisation": "police", "purpose": "audit"}
    asked = AuditEntry(stage="asked", action="show", entities=(f"p-{n}",), **who)
    answered = AuditEntry(
        stage="answered", action="show", answers=3 * n + 1, count=1, entities=(f"p-{n}", "p-all"),
        agreements=("hub@1",), fields=("family_name",), withheld=("field",), **who,
    )  # fmt: skip
    return [asked, answered, AuditEntry(stage="refused", action="export", account="alex", reason="role")]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    folder = tmp_path_factory.mktemp("place")
    (folder / "place.toml").write_text('name = "Test"\n', encoding="utf-8")
    address = None
    if request.param == "postgresql":
        address = request.getfixturevalue("postgresql").new_database()
    office = opened(open_place(folder), database_url=address)
    outside = folder / "elsewhere.checkpoint"
    for n, entry in enumerate(e for k in range(SIZE // 3) for e in said(k)):
        kept = DatabaseLog(office, FixedClock(at=BEGIN + timedelta(seconds=n)))
        if kept.append(entry) == OUTSIDE:
            outside.write_text(kept.checkpoint() or "", encoding="utf-8")
    for path in office.place.checkpoints.iterdir():
        path.unlink()  # whoever can write to the database can write here
    yield Log(office=office, outside=outside, signer=signer(office.place))
    office.close()


def test_nobody_did_anything(log: Log) -> None:
    found = log.verified()
    assert found.problems == ()
    assert (found.size, found.window) == (SIZE, SIZE - OUTSIDE)
    assert found.window_from == (BEGIN + timedelta(seconds=OUTSIDE)).isoformat(timespec="microseconds")
    assert log.after(lambda _: None, 0) == found


def test_what_no_checkpoint_elsewhere_holds_can_be_written_anew(log: Log) -> None:
    """The window that `vestry audit verify` tells of. A test that found this would find what is not there."""

    def forge(t: Tamperer) -> None:
        bodies = t.all()
        bodies[OUTSIDE] = t.changed(bodies[OUTSIDE])
        t.written_anew(bodies[: OUTSIDE + 5])

    found = log.after(forge, 1)
    assert found.problems == () and found.size == OUTSIDE + 5
    assert found.window == 5, "and the window is told"


def tried(log: Log, ways: list[Way], seeds: range) -> Counter[str]:
    """How often each way was found. Asserts that it was, and that the log is whole again afterwards."""
    found: Counter[str] = Counter()
    for seed in seeds:
        way = ways[seed % len(ways)]
        assert log.after(way, seed).problems, f"{way.__name__}, seed {seed}, was not found"
        found[way.__name__] += 1
    assert log.verified().problems == ()
    return found


def test_tampering_is_found(log: Log) -> None:
    found = tried(log, WAYS, range(7 * len(WAYS)))
    assert set(found.values()) == {7}


@pytest.mark.deep
def test_ten_thousand_tamperings_are_found(log: Log, capsys: Any) -> None:
    found = tried(log, WAYS, range(10_000))
    with capsys.disabled():
        print(
            f"\n{log.office.database['ENGINE'].rpartition('.')[2]}: {found.total():,} tamperings, all found"
        )
    assert found.total() == 10_000


def test_the_first_bad_entry_is_named(log: Log) -> None:
    def change(t: Tamperer) -> None:
        for n in (30, 17):
            t.put(n, t.changed(t.body(n)), hashed=False)

    problems = log.after(change, 1).problems
    assert "entry 17" in problems[0].where and "changed" in problems[0].what
    assert "entry 30" in problems[1].where


def test_triggers_that_were_dropped_or_changed_are_missed(log: Log) -> None:
    connection = log.office.connection()
    sqlite = connection.vendor == "sqlite"
    for do in (
        ["DROP TRIGGER audit_entries_no_update" + ("" if sqlite else " ON audit_entries")],
        [
            "DROP TRIGGER audit_entries_no_delete",
            "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT 1; END",
        ]
        if sqlite
        else [
            "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"
        ],
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in do:
                cursor.execute(statement)
            (problem, *_) = log.verified().problems
            transaction.set_rollback(True)
        assert "audit_entries_no_" in problem.where
