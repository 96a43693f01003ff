"""The Django project: how it is set, and which place's database it works on. Nothing is read from the air.

A process serves one place. Another be opened all the same, as tests do: Django's `default` database is
then that place's, and whoever holds an `Office` finds its own again by asking it for its `connection`.
"""

from __future__ import annotations

import logging
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
    "vestry.office.residents",
    "vestry.office.extracts",
    "django.contrib.sessions",
)
"""The apps of the office, each with its migrations. An app for an area of work is entered here."""

ARRIVING: Final = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "vestry.office.accounts.arriving.Arrival",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
"""What every request goes through on its way in, the outermost first."""

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


GUARDS: Final[dict[str, Any]] = {
    "SESSION_ENGINE": "vestry.office.accounts.kept_sessions",
    # A session that nobody is signed in with holds a challenge and is gone with it; `accounts.sessions` sets its own age.
    "SESSION_COOKIE_AGE": 15 * 60,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",  # not Strict: people come back from their provider with it
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_AGE": None,
    "CSRF_FAILURE_VIEW": "vestry.office.accounts.failing.not_ours",
    "SECURE_REFERRER_POLICY": "same-origin",
    "X_FRAME_OPTIONS": "DENY",
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 200_000,
    # A contract's table of columns has five for each, an agreement of a county some hundreds; what is sent is 200 kB at most all
    # the same.
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": 1000,
    # Files are taken at one address alone, which says so itself (`extracts.uploading`); elsewhere nothing is kept of one.
    "DATA_UPLOAD_MAX_NUMBER_FILES": 60,
    "FILE_UPLOAD_HANDLERS": ["vestry.office.extracts.uploading.Nowhere"],
    # To be in browsers' own lists is for whoever owns the whole domain to ask for, not for one host of it.
    "SILENCED_SYSTEM_CHECKS": ["security.W021"],
}
"""How cookies, forms and headers are guarded in every place. What hangs on how a place is reached is set by `serving`."""

_TALKATIVE: Final = ("django", "authlib")
"""Loggers that would write tracebacks, and addresses with words in them that let somebody in."""


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
            MIDDLEWARE=list(ARRIVING),
            ROOT_URLCONF="vestry.office.urls",
            TEMPLATES=[
                {
                    "BACKEND": "django.template.backends.jinja2.Jinja2",
                    "OPTIONS": {"environment": "vestry.office.pages.jinja.environment"},
                }
            ],
            **GUARDS,
            USE_I18N=True,
            LOCALE_PATHS=[],
            USE_TZ=True,
            TIME_ZONE="UTC",
            LANGUAGE_CODE="en-gb",
            # Vestry sets its own log, which keeps values of records out.
            LOGGING_CONFIG=None,
            DEBUG=False,
        )
        for name in _TALKATIVE:
            logging.getLogger(name).addHandler(logging.NullHandler())
            logging.getLogger(name).propagate = False
        django.setup(set_prefix=False)
