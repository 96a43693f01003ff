"""The one way in (promise 5): a request that may be asked is entered, read, and what came of it entered. In that order.

The audit entry is kept for good before the read begins, and its answer before anyone sees a row: no audit entry, no data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from vestry.errors import VestryError
from vestry.sharing.audit import AuditEntry
from vestry.sharing.purposes import purpose_of
from vestry.sharing.request import Permission, Request

Answer = TypeVar("Answer")
Release = TypeVar("Release")
Opened = TypeVar("Opened", covariant=True)  # noqa: PLC0105


class AuditLog(Protocol):
    """Remembers a request for good before it returns, or raises AuditUnavailable."""

    def append(self, entry: AuditEntry) -> int:
        """Keep `entry` and give its number."""
        ...


class Releases(Protocol[Opened]):
    """Where releases are opened: `twin.reader.TwinReader`."""

    def current(self) -> str | None:
        """The id of the published release."""
        ...

    def open(self, release_id: str | None = None) -> Opened:
        """The release of that id, or the current one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Door(Generic[Release]):
    """One asker at the door. `who` says of each entry who asks; `refused` makes the error of a request that may not be asked."""

    releases: Releases[Release]
    audit: AuditLog
    who: Mapping[str, str]
    refused: Callable[[Permission], VestryError]

    def through(
        self,
        request: Request,
        permission: Permission,
        read: Callable[[Release], Answer],
        *,
        count: Callable[[Answer], int],
        seen: Callable[[Answer], Sequence[str]] = lambda _: (),
        told: Callable[[], Mapping[str, tuple[str, ...]]] = dict,
        release_id: str | None = None,
    ) -> Answer:
        """Enter the request, read (the current release, unless told another), enter what came of it; only then answer.

        `count` and `seen` say of an answer how many rows and which entities it holds; `told` what more is to be entered of it.
        Raises what `refused` makes, AuditUnavailable, ReleaseMissing, and whatever `read` raises, which is entered first.
        """
        if not permission.permitted:
            self._enter(request, stage="refused", reason=permission.reason)
            raise self.refused(permission)
        release_id = release_id or self.releases.current() or ""
        asked = self._enter(request, stage="asked", reason=permission.reason, release=release_id)
        try:
            answer = read(self.releases.open(release_id or None))
        except VestryError as error:
            self._enter(request, stage="answered", answers=asked, count=0, reason=error.code, **told())
            raise
        self._enter(
            request,
            stage="answered",
            answers=asked,
            count=count(answer),
            release=release_id,
            **{"entities": tuple(seen(answer)), **told()},
        )
        return answer

    def _enter(self, request: Request, **said: Any) -> int:
        # What was typed as a purpose is kept only when it is one: it might be anything, a name included.
        entry = {
            **self.who,
            "action": request.action,
            "purpose": (request.purpose or "") if purpose_of(request.purpose) else "",
            "table": request.table,
            "criteria": request.criteria,
            "emergency": request.emergency,
            "entities": tuple(id_or_not(asked) for asked in request.entities),
            **said,
        }
        return self.audit.append(AuditEntry(**entry))


NOT_AN_ID: Final = "not an id"
_AN_ID: Final = re.compile(r"(?=.*[0-9])[A-Za-z]{0,2}-?[0-9a-f]{1,24}")
"""What an entity's or record's id looks like. Anything else was typed by mistake, and might be a name."""


def id_or_not(asked: str) -> str:
    """What was asked for, where it looks like an id; it is not kept where it does not."""
    return asked if _AN_ID.fullmatch(asked) else NOT_AN_ID
