"""Logs with an allow-list: other keys are dropped, so no record value can stray in (promise 7)."""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

ALLOWED_KEYS: Final = frozenset(
    {
        "action",
        "code",
        "column",
        "count",
        "error_type",
        "extract_id",
        "level",
        "location",
        "organisation",
        "place",
        "purpose",
        "release",
        "rows",
        "rule",
        "seconds",
        "source",
        "step",
        "table",
        "timestamp",
    }
)
"""What a log line may say, besides its message. Never the name of a field that holds someone's details."""


def keep_allowed(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The line without any key that is not allowed, and how many were dropped, so that it can be mended."""
    kept = {key: value for key, value in line.items() if key == "event" or key in ALLOWED_KEYS}
    if len(kept) < len(line):
        kept["dropped"] = len(line) - len(kept)
    return kept


def configure_log(*, debug: bool) -> None:
    """One JSON line for each entry, to stderr: warnings and worse, or everything when `debug`."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(10 if debug else 30),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
