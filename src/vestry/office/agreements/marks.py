"""What sets single people apart, marked and taken back by somebody, with a reason. For `sharing.markers`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from vestry.clock import Clock
from vestry.office.agreements.errors import MarkUnknown
from vestry.office.agreements.models import Mark
from vestry.office.agreements.register import ChangeLog
from vestry.office.agreements.telling import database_told
from vestry.office.project import Office
from vestry.sharing.audit import AuditEntry
from vestry.sharing.markers import MARKERS_OF, Marked
from vestry.sharing.people_apart import MarkSet
from vestry.sharing.subjects import MARKERS

KEPT = tuple(name for name in MARKERS if name != "deceased")
"""Markers that somebody sets; that a person has died, sources say."""

_HOLDING = 'SELECT entity_id, marker, "of" FROM agreements_mark WHERE ended_at IS NULL'
_AT_ONCE = 500
"""Ids in one statement: SQLite before 3.32 takes 999 values."""


class MarksHeld:
    """The markers of one place, to go by. Every method raises DatabaseUnavailable where its database cannot be used."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def on(self, entity_ids: Collection[str]) -> Sequence[Marked]:
        """Those on any of these entities that hold now."""
        # Every look asks this: in words of its own, since a query that is put together takes ten times as long as it runs.
        ids, found = list(entity_ids), list[Marked]()
        with database_told(self._office), self._office.connection().cursor() as cursor:
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                places = ", ".join(["%s"] * len(some))
                cursor.execute(f"{_HOLDING} AND entity_id IN ({places})", some)
                found += [
                    Marked(entity_id=one, marker=marker, of=of) for one, marker, of in cursor.fetchall()
                ]
        return found

    def all(self) -> Sequence[Marked]:
        """Those on anybody that hold now."""
        with database_told(self._office), self._office.connection().cursor() as cursor:
            cursor.execute(_HOLDING)
            return [Marked(entity_id=one, marker=marker, of=of) for one, marker, of in cursor.fetchall()]


class Marks(MarksHeld):
    """The markers of one place, to set and to take back."""

    def __init__(self, office: Office, log: ChangeLog, clock: Clock) -> None:
        super().__init__(office)
        self._log = log
        self._clock = clock

    def listed(self, entity_id: str = "") -> Sequence[MarkSet]:
        """Every mark, those taken back too, on one entity; without one, all that hold. The oldest first."""
        with database_told(self._office):
            rows = Mark.objects.order_by("pk")
            rows = rows.filter(entity_id=entity_id) if entity_id else rows.filter(ended_at=None)
            return [
                MarkSet(
                    entity_id=row.entity_id,
                    marker=row.marker,
                    of=row.of,
                    because=row.because,
                    by=row.by,
                    at=row.at,
                    ended_by=row.ended_by,
                    ended_at=row.ended_at,
                )
                for row in rows
            ]

    def mark(self, entity_id: str, marker: str, *, of: str = "", because: str, by: str) -> bool:
        """Set somebody apart. One who is so already stays so: whether they were not. Raises MarkUnknown."""
        _check(marker, of)
        with database_told(self._office), transaction.atomic():
            _, new = Mark.objects.get_or_create(
                entity_id=entity_id,
                marker=marker,
                of=of,
                ended_at=None,
                defaults={"because": because, "by": by, "at": self._clock.now()},
            )
            if new:
                self._log.append_within(
                    AuditEntry(stage="changed", action=f"marked-{marker}", user=by, entities=(entity_id,))
                )
        return bool(new)

    def take_back(self, entity_id: str, marker: str, *, of: str = "", by: str) -> None:
        """Take a marker away; that it was there is kept. Raises MarkUnknown where it is not there."""
        _check(marker, of)
        with database_told(self._office), transaction.atomic():
            ended = Mark.objects.filter(entity_id=entity_id, marker=marker, of=of, ended_at=None).update(
                ended_at=self._clock.now(), ended_by=by
            )
            if not ended:
                raise MarkUnknown(
                    "The entity is not marked so.", where=self._office.where, fix="see: vestry marks list"
                )
            self._log.append_within(
                AuditEntry(stage="changed", action=f"unmarked-{marker}", user=by, entities=(entity_id,))
            )


def _check(marker: str, of: str) -> None:
    if marker not in KEPT:
        raise MarkUnknown(f"`{marker}` is no mark that can be set.", fix=f"use one of: {', '.join(KEPT)}")
    about = MARKERS_OF.get(marker)
    if about and not of:
        raise MarkUnknown(
            f"`{marker}` says nothing without its {about}.", fix=f"say which {about}: --of NAME"
        )
    if of and not about:
        raise MarkUnknown(f"`{marker}` is about nothing in particular.", fix="leave --of out")
