"""Opens a published release and answers from it. Only `sharing.gateway` may import this (promise 5).

One read-only connection for each release in a process, a cursor for each call, threads and memory capped,
nothing outside the file within reach. SQL is DuckDB's; every value that comes from outside is a parameter.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from typing import Any, Final

import duckdb

from vestry.errors import ReleaseMissing
from vestry.place import Place
from vestry.twin import answers, shaping
from vestry.twin.manifest import MANIFEST_FILE, current_release, read_manifest
from vestry.twin.matching import Matching
from vestry.twin.open_release import OpenRelease
from vestry.twin.predecessor import TWIN_FILE
from vestry.twin.whom import Lineage

_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class TwinReader:
    """Finds and opens the releases of one place. Safe to share between threads."""

    def __init__(self, place: Place, *, threads: int | None = None, memory: str | None = None) -> None:
        self._place = place
        self._threads = threads or 2
        self._memory = memory or "2GB"
        self._connections: dict[str, Any] = {}
        self._matching: dict[str, Matching] = {}
        self._lineage: dict[str, Lineage] = {}
        self._lock = threading.Lock()

    def current(self) -> str | None:
        """The id of the published release; None before the first."""
        return current_release(self._place.releases)

    def summaries(self) -> tuple[answers.ReleaseSummary, ...]:
        """Every release kept, newest first, from the manifests alone."""
        current = self.current()
        found = []
        for path in self._place.releases.glob(f"[!.]*/{MANIFEST_FILE}"):
            with suppress(ReleaseMissing):
                found.append(shaping.summary(read_manifest(path.parent), current))
        return tuple(sorted(found, key=lambda r: (r.built_at, r.release_id), reverse=True))

    def open(self, release_id: str | None = None) -> OpenRelease:
        """The release of that id, or the current one. Raises ReleaseMissing."""
        wanted = release_id or self.current()
        if wanted is None:
            raise ReleaseMissing(
                "Nothing has been published yet.", where=str(self._place.releases), fix="vestry build"
            )
        path = self._place.releases / wanted / TWIN_FILE
        if not _SAFE_NAME.fullmatch(wanted) or not path.is_file():
            raise ReleaseMissing(
                "There is no release of that id.", where=str(self._place.releases), fix="vestry releases list"
            )
        with self._lock:
            if wanted not in self._connections:
                self._connections[wanted] = self._connect(str(path))
            matching = self._matching.setdefault(wanted, Matching())
            lineage = self._lineage.setdefault(wanted, Lineage())
            return OpenRelease(wanted, self._connections[wanted].cursor(), matching, lineage)

    def _connect(self, path: str) -> Any:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": str(self._threads),
            "memory_limit": self._memory,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        }
        try:
            connection = duckdb.connect(path, read_only=True, config=config)
            # In this order: once the outside is shut off, where to spill may not be changed; and people's
            # details are not to be spilled beside a release that never changes.
            for last in (
                "temp_directory = ''",
                "enable_external_access = false",
                "lock_configuration = true",
            ):
                connection.execute(f"SET {last}")
            return connection
        except duckdb.Error as error:
            raise ReleaseMissing(
                "The release cannot be opened: its file is damaged, or belongs to another account.",
                where=path,
                fix="use the account that built it, or build again: vestry build",
            ) from error

    def close(self) -> None:
        """Let go of every release."""
        with self._lock:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()
            for matching in self._matching.values():
                matching.close()
            self._matching.clear()
            self._lineage.clear()
