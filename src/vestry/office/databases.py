"""Which database the office works on: a file of the place, or PostgreSQL by its address. As Django wants to hear it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from vestry.errors import Problem
from vestry.office.errors import DatabaseUnavailable
from vestry.place import Place

WAIT: Final = 10
"""Seconds that a process waits for another which holds what it needs, or for a server to answer, before it gives up."""

_SCHEMES: Final = {"postgres", "postgresql"}
_FILES: Final = {"sslrootcert", "sslcert", "sslkey", "passfile"}
_WORDS: Final = {
    "sslmode",
    "host",
    "port",
    "user",
    "application_name",
    "connect_timeout",
    "target_session_attrs",
}
_SAFE_MODES: Final = ("require", "verify-ca", "verify-full")

Database = dict[str, Any]
"""One entry of Django's DATABASES."""


def database_of(place: Place, address: str | None) -> Database:
    """The database at `address` (PostgreSQL), or without one the place's own file. Raises DatabaseUnavailable."""
    return _postgresql(address) if address else _sqlite(place)


def is_sqlite(database: Mapping[str, Any]) -> bool:
    """Whether it is a file of the place."""
    return str(database["ENGINE"]).endswith("sqlite3")


def told_of(database: Mapping[str, Any]) -> str:
    """Where the database is, for a message: never its password."""
    if is_sqlite(database):
        return str(database["NAME"])
    host = database["HOST"] or "this machine's socket"
    return f"PostgreSQL database {database['NAME']} on {host}, port {database['PORT'] or 5432}"


def _entry(**said: Any) -> Database:
    """Django fills these in once, when it starts; a place that is opened later has to bring them along."""
    return {
        "NAME": "", "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "OPTIONS": {}, "TIME_ZONE": None,
        "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True,
        "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
        **said,
    }  # fmt: skip


def _sqlite(place: Place) -> Database:
    # No write-ahead log: SQLite before 3.51.3 can lose committed pages in it. FULL: on the disk before COMMIT returns.
    return _entry(
        ENGINE="django.db.backends.sqlite3",
        NAME=str(place.office.absolute()),  # two places may have the same name from where each stands
        OPTIONS={
            "timeout": WAIT,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF",
        },
    )


def _postgresql(address: str) -> Database:
    try:
        parts = urlsplit(address)
        port = parts.port
        given = parse_qsl(parts.query, strict_parsing=True) if parts.query else []
    except ValueError:
        raise _unreadable(
            [_problem("It is no address.", "postgresql://USER:PASSWORD@HOST:PORT/NAME")]
        ) from None
    options, problems = dict(given), _faults(parts, given)
    host = options.pop("host", None) or unquote(parts.hostname or "")
    if not _stays_here(host):
        mode = options.setdefault("sslmode", "require")
        if mode not in _SAFE_MODES:
            problems.append(
                _problem(
                    "It would send people's details over the network in the clear.",
                    f"leave sslmode out, or make it one of {', '.join(_SAFE_MODES)}",
                )
            )
    if problems:
        raise _unreadable(problems)
    return _entry(
        ENGINE="django.db.backends.postgresql",
        NAME=unquote(parts.path.removeprefix("/")),
        USER=options.pop("user", None) or unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
        HOST=host,
        PORT=options.pop("port", None) or (str(port) if port else ""),
        OPTIONS={
            "connect_timeout": str(WAIT),
            "tcp_user_timeout": str(WAIT * 1000),
            "application_name": "vestry",
            **options,
            # A server may be set to acknowledge before it has written. It does not for the office.
            "options": f"-c synchronous_commit=on -c lock_timeout={WAIT}s",
        },
    )


def _faults(parts: SplitResult, given: list[tuple[str, str]]) -> list[Problem]:
    found = []
    if parts.scheme not in _SCHEMES:
        found.append(
            _problem(
                "It is no address of a PostgreSQL database.",
                "begin it with postgresql://, or unset it for a file of the place",
            )
        )
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name or "\0" in unquote(parts.netloc + parts.path):
        found.append(_problem("It names no database.", "end it with /NAME"))
    if parts.fragment:
        found.append(_problem("It holds a #.", "write a # of a password as %23"))
    known = _FILES | _WORDS
    found += [
        _problem("It has a setting that is not known here.", f"use only {', '.join(sorted(known))}")
        for name, _ in given
        if name not in known
    ][:1]
    return found


def _stays_here(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _problem(what: str, fix: str) -> Problem:
    return Problem(what=what, where="DATABASE_URL", fix=fix)


def _unreadable(problems: list[Problem]) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "DATABASE_URL cannot be used.", where="environment", fix="correct it, or unset it", problems=problems
    )
