"""Brings the office's database up to date by itself, when it is opened: nobody has to remember a command.

Several processes may begin at once: one does it, the others wait. What is up to date already is told by two short
queries, without loading Django's graph of migrations.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, Error, transaction

from vestry.office.databases import is_sqlite
from vestry.office.errors import DatabaseNewer, DatabaseOfAnotherPlace, DatabaseUnavailable
from vestry.office.keeping import kept, new_mark
from vestry.office.project import Office

_LOCK: Final = 0x7665737472790001
"""Number of the lock on PostgreSQL ("vestry" and a count)."""

_PATIENCE: Final = "120s"
"""How long a process waits for another that brings the database up to date."""


def bring_up_to_date(office: Office) -> None:
    """Apply what is missing. Raises DatabaseUnavailable, DatabaseNewer, DatabaseOfAnotherPlace."""
    connection = office.connection()
    try:
        if not _is_ready(office, connection):
            with _alone(office, connection):
                if not _is_ready(office, connection):
                    call_command("migrate", database=DEFAULT_DB_ALIAS, interactive=False, verbosity=0)
        _belongs(office, connection)
    except (Error, OSError) as error:
        connection.close()
        raise unavailable(office, error) from error


def unavailable(office: Office, error: Exception) -> DatabaseUnavailable:
    """What to tell of a database that does not serve. The driver's own words stay behind: they may quote a value."""
    if is_sqlite(office.database):
        return DatabaseUnavailable(
            "The office's database cannot be used.",
            where=office.where,
            fix="let this account read and write it and its folder, free some space, or wait until whoever holds it is done",
        )
    return DatabaseUnavailable(
        f"The office's database {_says(error)}.",
        where=office.where,
        fix="start the server, or correct DATABASE_URL; unset it for a file in the place",
    )


def _says(error: Exception) -> str:
    text = str(error).lower()
    for sign, meaning in _SIGNS:
        if sign in text:
            return meaning
    return "cannot be used"


_SIGNS: Final = (
    ("password authentication failed", "refuses the user or the password"),
    ("no password supplied", "wants a password"),
    ("no pg_hba.conf entry", "does not let this user in from here"),
    ("does not exist", "is not there, or its user is not"),
    ("permission denied", "does not let its user make tables"),
    ("too many", "has no connection left"),
    ("ssl", "cannot be reached safely (TLS)"),
    ("timeout", "does not answer"),
    ("timed out", "does not answer"),
    ("connection", "does not answer"),
    ("could not translate", "is on a host that nobody knows"),
    ("name or service not known", "is on a host that nobody knows"),
    ("resolve", "is on a host that nobody knows"),
)
"""What PostgreSQL's library says, and how we put it. The first sign that is found counts."""


def _is_ready(office: Office, connection: Any) -> bool:
    """Whether every migration is applied. Raises DatabaseNewer where one is that this version does not know."""
    known = _known()
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    unknown = {(app, name) for app, name in applied - known if app in {a for a, _ in known}}
    if unknown:
        raise DatabaseNewer(
            "The office's database was made by a newer version of Vestry.",
            where=f"{office.where}: {', '.join(sorted(f'{app}.{name}' for app, name in unknown))}",
            fix="use that version, or restore the database from a backup of before",
        )
    return known <= applied


def _known() -> set[tuple[str, str]]:
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in (Path(app.path) / "migrations").glob("[0-9]*.py")
    }


@contextmanager
def _alone(office: Office, connection: Any) -> Iterator[None]:
    """While nobody else brings this database up to date."""
    if is_sqlite(office.database):
        handle = os.open(office.place.folder / ".office.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_PATIENCE])
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        connection.close()  # which gives back the lock, and the patience


def _belongs(office: Office, connection: Any) -> None:
    """See that the database is this place's; a new one becomes so. Raises DatabaseOfAnotherPlace."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK)
        found = cursor.fetchone()
        # A file in the place's folder is the place's, whatever became of its keys.
        mark = f"{found[0]}\n".encode() if found and is_sqlite(office.database) else new_mark()
        ours = kept(office.place.keys / "place", lambda: mark).decode("ascii", "replace").strip()
        if found is None:
            with transaction.atomic(using=DEFAULT_DB_ALIAS):
                cursor.execute(
                    "INSERT INTO office_place (slot, place_id) VALUES (1, %s) ON CONFLICT DO NOTHING", [ours]
                )
            cursor.execute(_MARK)
            found = cursor.fetchone()
    if found[0] != ours:
        raise DatabaseOfAnotherPlace(
            "The office's database belongs to another place.",
            where=f"{office.where}; the place's own mark is in {office.place.keys / 'place'}",
            fix="name a database of its own for this place, or restore its folder keys from a backup",
        )


_MARK: Final = "SELECT place_id FROM office_place"
