"""A process that appends to an audit log and acknowledges each entry, until it is killed."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from vestry.clock import SystemClock
from vestry.office.audit.desk import audit_log
from vestry.office.project import set_up
from vestry.place import open_place
from vestry.sharing.audit import AuditEntry

set_up()


def append_for_ever(folder: str, address: str | None, life: int, acknowledge: Connection) -> None:
    """Append entries that name this `life` and their turn; send (number, turn) of each once `append` has returned."""
    log = audit_log(open_place(Path(folder)), clock=SystemClock(), database_url=address)
    turn = 0
    while True:
        turn += 1
        entry = AuditEntry(
            stage="asked",
            action="show",
            account="killed",
            purpose="audit",
            entities=(f"p-{life}", f"p-{life}-{turn}"),
        )
        acknowledge.send((log.append(entry), turn))
