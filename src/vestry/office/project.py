"""The Django project: how it is set, and which place's database it works on. Nothing is read from the air.

A process serves one place. Another be opened all the same, as tests do: Django's `default` database is
then that place's, and whoever holds an `Office` finds its own again by asking it for its `connection`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Final

import django
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from vestry.office.databases import Database, told_of
from vestry.place import Place

APPS: Final = (
    "vestry.office.places",
    "vestry.office.audit",
    "vestry.office.agreements",
    "vestry.office.accounts",
    "django.contrib.sessions",
)
"""The apps of the office, each with its migrations. An app for an area of work is entered here."""

_FIRST: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The office of one place, its database ready to be used."""

    place: Place
    database: Database

    def connection(self) -> Any:
        """This thread's connection to this place's database, made `default`; opened when it is first used."""
        if connections.settings[DEFAULT_DB_ALIAS] != self.database:
            connections.settings[DEFAULT_DB_ALIAS] = self.database
        held = connections[DEFAULT_DB_ALIAS]
        if held.settings_dict != self.database:
            held.close()
            del connections[DEFAULT_DB_ALIAS]
            held = connections[DEFAULT_DB_ALIAS]
        return held

    def close(self) -> None:
        """Let go of this thread's connection."""
        self.connection().close()

    @property
    def where(self) -> str:
        """Where its database is, for a message."""
        return told_of(self.database)


def set_up() -> None:
    """Set Django, once in a process: the apps and how they behave, and no place yet."""
    with _FIRST:
        if settings.configured:
            return
        settings.configure(
            INSTALLED_APPS=list(APPS),
            DATABASES={DEFAULT_DB_ALIAS: {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"],
            USE_TZ=True,
            TIME_ZONE="UTC",
            LANGUAGE_CODE="en-gb",
            # Vestry sets its own log, which keeps values of records out.
            LOGGING_CONFIG=None,
            DEBUG=False,
        )
        django.setup(set_prefix=False)
