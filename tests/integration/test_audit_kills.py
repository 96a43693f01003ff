"""Promise 5 under kill -9: whoever was told that an entry is kept finds it, and the log holds.

VESTRY_KILLS says how often a process is killed (5 when nothing says so); the deep run 500 times.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
from typing import Any

import pytest

from appending import append_for_ever
from gateway_by_hand import HERE
from vestry.clock import FixedClock
from vestry.office.audit.desk import Desk
from vestry.office.audit.log import DatabaseLog
from vestry.office.opening import opened
from vestry.place import Place
from vestry.progress import Silent

KILLS = int(os.environ.get("VESTRY_KILLS", "5"))


def killed(place: Place, address: str | None, kills: int) -> dict[int, str]:
    """Kill as many processes, each at some moment of its appending: what was acknowledged, number -> who."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["appending"])
    chance, acknowledged = random.Random(kills), dict[int, str]()
    for life in range(kills):
        receives, sends = context.Pipe(duplex=False)
        child = context.Process(target=append_for_ever, args=(str(place.folder), address, life, sends))
        child.start()
        sends.close()
        # So many are acknowledged first, and then it dies anywhere in the next.
        until = chance.randint(1, 8)
        try:
            for _ in range(until):
                assert receives.poll(60), "it does not append"
                number, turn = receives.recv()
                assert number not in acknowledged
                acknowledged[number] = f"p-{life}-{turn}"
            receives.poll(chance.uniform(0, 0.006))
            child.kill()
            while True:  # what it was told of while the signal was on its way
                number, turn = receives.recv()
                acknowledged[number] = f"p-{life}-{turn}"
        except EOFError:
            pass
        child.join(60)
        assert child.exitcode == -9
    return acknowledged


def held(place: Place, clock: FixedClock, address: str | None, acknowledged: dict[int, str]) -> int:
    """Assert that every acknowledged entry is there as it was, and that the log holds; how many entries it has."""
    office = opened(place, database_url=address)
    with office.connection().cursor() as cursor:
        cursor.execute("SELECT number, body FROM audit_entries")
        kept = {number: json.loads(body)["entities"][1] for number, body in cursor.fetchall()}
    lost = {number for number, who in acknowledged.items() if kept.get(number) != who}
    assert lost == set()
    verified = Desk(office, DatabaseLog(office, clock), HERE).verify(progress=Silent())
    assert verified.problems == ()
    assert verified.size == len(kept) >= len(acknowledged)
    office.close()
    return len(kept)


def test_nothing_acknowledged_is_lost(
    empty_place: Place, clock: FixedClock, office_database: str | None
) -> None:
    acknowledged = killed(empty_place, office_database, KILLS)
    assert len(acknowledged) >= KILLS
    held(empty_place, clock, office_database, acknowledged)


@pytest.mark.deep
def test_five_hundred_kills_lose_nothing(
    empty_place: Place, clock: FixedClock, office_database: str | None, capsys: Any
) -> None:
    acknowledged = killed(empty_place, office_database, 500)
    kept = held(empty_place, clock, office_database, acknowledged)
    with capsys.disabled():
        name = "PostgreSQL" if office_database else "SQLite"
        print(f"\n{name}: 500 kills, {len(acknowledged):,} acknowledged, 0 lost, {kept:,} in the log")
