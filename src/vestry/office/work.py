"""Does what was asked for in the office of a place: `vestry work`, which `vestry serve` starts by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from vestry.clock import Clock
from vestry.office.audit.log import DatabaseLog
from vestry.office.opening import opened
from vestry.place import Place


def work(
    place: Place,
    *,
    clock: Clock,
    rooms: Any,
    database_url: str | None = None,
    secret_key_file: Path | None = None,
) -> int:
    """Do everything that waits in the office of `place`, and give how many things that were. `rooms` has `receive` and `build`.

    Where another process is at it already, wait for it and look again; where one waits so already, nothing. Raises what opening
    the office raises; what comes of the work is kept with it.
    """
    office = opened(place, database_url=database_url, secret_key_file=secret_key_file)
    try:
        # Its tables want Django set, which opening the office did.
        worker = import_module("vestry.office.extracts.working").Worker(
            office=office, clock=clock, log=DatabaseLog(office, clock), rooms=rooms
        )
        return int(worker.work())
    finally:
        office.close()


def starter(place: Place) -> Callable[[], None]:
    """Starts a process that works off what waits in `place`, beside this one: it goes on when this one ends.

    It has this process's environment, and takes modules from where they were installed alone (`-P`)."""

    begun: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        begun[:] = [one for one in begun if one.poll() is None]  # no process that has ended is left unasked
        begun.append(
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "vestry", "work", "--place", str(place.folder.absolute())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, close_fds=True,
            )
        )  # fmt: skip

    return start
