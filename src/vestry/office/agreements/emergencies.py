"""Looks for an emergency: a second person is told before anything is seen, and the look is reviewed within three days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from vestry.clock import Clock
from vestry.office.agreements.errors import ChangeRefused, EmergencyUnknown
from vestry.office.agreements.models import EmergencyLook
from vestry.office.agreements.register import ChangeLog
from vestry.office.agreements.telling import database_told
from vestry.office.project import Office
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry
from vestry.sharing.grants import Emergency
from vestry.sharing.people_apart import Finding, Looked, Standing

REVIEWED_WITHIN: Final = timedelta(days=3)

LASTS: Final = timedelta(minutes=60)
"""How long an emergency stands in the office before it ends by itself: whoever needs more says anew why."""


class Emergencies:
    """The emergencies of one place. Every method raises DatabaseUnavailable where its database cannot be used."""

    def __init__(self, office: Office, log: ChangeLog, clock: Clock) -> None:
        self._office = office
        self._log = log
        self._clock = clock

    def begin(self, asker: Asker, *, reason: str, told: str, lasts: timedelta = timedelta(0)) -> Emergency:
        """Tell `told` of it at once, for good; only then is there an emergency to ask with.

        `told` is a user who is somebody else; that there is such a user is for the caller to see to. One that `lasts` can be
        asked for again (`standing`). Raises ChangeRefused where nothing was typed as a reason, or nobody else is told.
        """
        if not reason.strip() or told in ("", asker.user):
            raise ChangeRefused(
                "An emergency needs a reason, and somebody else who is told of it at once.",
                where="the emergency",
                fix="type the reason, and name another user",
            )
        now = self._clock.now()
        with database_told(self._office), transaction.atomic():
            row = EmergencyLook.objects.create(
                user=asker.user,
                organisation=asker.organisation,
                reason=reason.strip(),
                told=told,
                at=now,
                review_by=now + REVIEWED_WITHIN,
                until=now + lasts if lasts else None,
            )
            self._enter("emergency-begun", row.pk, asker, recipient=told)
        return Emergency(reason_typed=True, told=told, number=row.pk)

    def standing(self, number: int, asker: Asker) -> Standing | None:
        """The emergency of that number, while it lasts, for whoever began it and for the organisation that they began it for."""
        with database_told(self._office):
            row = self._lasting(number, asker).first()
        if row is None or not row.reason:
            return None
        emergency = Emergency(reason_typed=True, told=row.told, number=row.pk)
        return Standing(emergency=emergency, reason=row.reason, at=row.at, until=row.until)

    def end(self, number: int, asker: Asker) -> None:
        """End it sooner. One that does not stand, or is another's, is left as it is."""
        with database_told(self._office), transaction.atomic():
            if self._lasting(number, asker).update(ended_at=self._clock.now()):
                self._enter("emergency-ended", number, asker)

    def waiting(self, *, told: str = "") -> tuple[Looked, ...]:
        """Those that wait for review, the oldest first; those of which the user `told` was told, where one is named."""
        with database_told(self._office):
            rows = EmergencyLook.objects.filter(reviewed_at=None)
            now = self._clock.now()
            return tuple(_looked(row, now) for row in (rows.filter(told=told) if told else rows))

    def reviewed(self) -> tuple[Looked, ...]:
        """Those that were reviewed, the newest first."""
        with database_told(self._office):
            rows = EmergencyLook.objects.exclude(reviewed_at=None).order_by("-reviewed_at")
            now = self._clock.now()
            return tuple(_looked(row, now) for row in rows)

    def review(self, number: int, *, by: str, found: Finding, words: str = "") -> None:
        """Enter what a review found, and in `words` why. Raises EmergencyUnknown, and ChangeRefused of a look of one's own.

        What it opened has ended with that, where it had not yet.
        """
        with database_told(self._office), transaction.atomic():
            row = EmergencyLook.objects.select_for_update().filter(pk=number, reviewed_at=None).first()
            if row is None:
                raise EmergencyUnknown(
                    "No such emergency waits for review.", where=self._office.where, fix="see which ones do"
                )
            if row.user == by:
                raise ChangeRefused(
                    "Nobody reviews a look of their own.",
                    where=self._office.where,
                    fix="ask the governance officer",
                )
            row.reviewed_by, row.reviewed_at, row.found, row.words = (
                by,
                self._clock.now(),
                found,
                words.strip(),
            )
            row.save()
            self._log.append_within(
                AuditEntry(
                    stage="changed",
                    action=f"emergency-{found}",
                    user=by,
                    recipient=row.user,
                    emergency=number,
                )
            )

    def _lasting(self, number: int, asker: Asker) -> Any:
        return EmergencyLook.objects.filter(
            pk=number, user=asker.user, organisation=asker.organisation, ended_at=None, reviewed_at=None,
            until__gt=self._clock.now(),
        )  # fmt: skip

    def _enter(self, action: str, number: int, asker: Asker, *, recipient: str = "") -> None:
        self._log.append_within(
            AuditEntry(
                stage="changed", action=action, user=asker.user, organisation=asker.organisation,
                recipient=recipient, emergency=number,
            )
        )  # fmt: skip


def _looked(row: EmergencyLook, now: datetime) -> Looked:
    return Looked(
        number=row.pk,
        user=row.user,
        organisation=row.organisation,
        reason=row.reason,
        told=row.told,
        at=row.at,
        review_by=row.review_by,
        reviewed_by=row.reviewed_by,
        found=row.found,
        overdue=now > row.review_by,
        until=row.ended_at or row.until,
        words=row.words,
    )
