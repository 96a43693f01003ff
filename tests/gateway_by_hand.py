"""Who asks the gateway in tests, the audit log that it writes, and what it wrote of them."""

from __future__ import annotations

import json
from typing import Any

from vestry.clock import Clock
from vestry.office.audit.desk import Desk, audit_log
from vestry.office.audit.log import DatabaseLog
from vestry.office.opening import opened
from vestry.place import Place
from vestry.progress import Silent
from vestry.sharing import gateway
from vestry.sharing.own_machine import Operator

HERE = Operator(account="alex", on_this_machine=True, stated="Alex")


def open_gateway(
    place: Place, *, clock: Clock, operator: Operator, audit: Any = None, **said: Any
) -> gateway.Gateway:
    """The gateway of `place`, with its office's own audit log unless told another."""
    return gateway.open_gateway(
        place, operator=operator, audit=audit or audit_log(place, clock=clock), **said
    )


def log_text(place: Place) -> str:
    """All that the log says, hashes apart, to look for what must not be in it."""
    office = opened(place)
    with office.connection().cursor() as cursor:
        cursor.execute("SELECT kind, word FROM audit_words")
        words = cursor.fetchall()
    office.close()
    said = [{name: value for name, value in entry.items() if name != "previous"} for entry in entries(place)]
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in [*said, *words])


def entries(place: Place) -> list[dict[str, Any]]:
    """What each entry says, in order."""
    office = opened(place)
    with office.connection().cursor() as cursor:
        cursor.execute("SELECT body FROM audit_entries ORDER BY number")
        found = [json.loads(body) for (body,) in cursor.fetchall()]
    office.close()
    return found


def log_holds(place: Place, clock: Clock) -> bool:
    """Whether the log is as it was written."""
    office = opened(place)
    desk = Desk(office, DatabaseLog(office, clock), HERE)
    verified = desk.verify(progress=Silent())
    office.close()
    return not verified.problems
