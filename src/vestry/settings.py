"""Settings from the environment. Nothing else in Vestry reads it; everyone else is told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vestry.errors import Problem, VestryError

_YES: Final = {"1", "true", "yes", "on"}
_NO: Final = {"", "0", "false", "no", "off"}
_SECRET_FILES: Final = ("VESTRY_SECRET_KEY_FILE", "VESTRY_OPENID_SECRET_FILE")
LONGEST_OPERATOR: Final = 100
"""Letters of a name."""
_MEMORY_UNITS: Final = ("KB", "MB", "GB", "TB", "KIB", "MIB", "GIB", "TIB")


class SettingInvalid(VestryError):
    """A `VESTRY_...` variable of the environment holds something that Vestry does not understand.

    Every such variable is named. Correct it, or take it away to use the default.
    """

    code = "setting-invalid"
    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment may say.

    `debug` (VESTRY_DEBUG) shows tracebacks, which may hold record values; `threads` (VESTRY_THREADS) and
    `memory` (VESTRY_MEMORY, as "4GB") cap what the engine takes; `operator` (VESTRY_OPERATOR) is a name to
    enter in the audit log beside the account, for machines where several people share one. `database_url`
    (DATABASE_URL) is a PostgreSQL database for the office, in place of a file in the place; it may hold a password, so it is
    in no representation. `secret_key_file` (VESTRY_SECRET_KEY_FILE) holds what the office signs sessions with;
    `openid_secret_file` (VESTRY_OPENID_SECRET_FILE) what it proves itself with to the OpenID Connect provider.
    """

    debug: bool = False
    threads: int | None = None
    memory: str | None = None
    operator: str | None = None
    database_url: str | None = field(default=None, repr=False)
    secret_key_file: Path | None = None
    openid_secret_file: Path | None = None


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (the process's own when None). Raises SettingInvalid with every problem."""
    given = os.environ if environment is None else environment
    problems: list[Problem] = []

    debug = given.get("VESTRY_DEBUG", "").strip().lower()
    if debug not in _YES | _NO:
        problems.append(_problem("VESTRY_DEBUG", "neither yes nor no", "set it to 1 or 0"))

    threads = given.get("VESTRY_THREADS", "").strip()
    if threads and not (threads.isascii() and threads.isdigit() and int(threads) > 0):
        problems.append(
            _problem("VESTRY_THREADS", "not a whole number above 0", "set it to the threads to use")
        )

    memory = given.get("VESTRY_MEMORY", "").strip()
    if memory and not _is_memory(memory):
        problems.append(_problem("VESTRY_MEMORY", "not an amount of memory", 'write it as "4GB" or "800MB"'))

    operator = given.get("VESTRY_OPERATOR", "").strip()
    if len(operator) > LONGEST_OPERATOR or not operator.isprintable():
        fault = f"no name: it is longer than {LONGEST_OPERATOR} letters, or holds some that cannot be shown"
        problems.append(_problem("VESTRY_OPERATOR", fault, "set it to your name"))

    secret, openid = (given.get(name, "").strip() for name in _SECRET_FILES)
    problems += [
        _problem(name, "not a whole path", "write the path from / to the file")
        for name, path in zip(_SECRET_FILES, (secret, openid), strict=True)
        if path and not Path(path).is_absolute()
    ]

    if problems:
        raise SettingInvalid("The environment holds settings that make no sense.", problems=problems)
    return Settings(
        debug=debug in _YES,
        threads=int(threads) if threads else None,
        memory=memory or None,
        operator=operator or None,
        database_url=given.get("DATABASE_URL", "").strip() or None,
        secret_key_file=Path(secret) if secret else None,
        openid_secret_file=Path(openid) if openid else None,
    )


def _problem(name: str, fault: str, fix: str) -> Problem:
    return Problem(what=f"{name} is {fault}.", where="environment", fix=f"{fix}, or unset it")


def _is_memory(text: str) -> bool:
    upper = text.upper().replace(" ", "")
    unit = next((u for u in sorted(_MEMORY_UNITS, key=len, reverse=True) if upper.endswith(u)), None)
    number = upper.removesuffix(unit) if unit else ""
    return bool(number) and number.isascii() and number.replace(".", "", 1).isdigit() and float(number) > 0
