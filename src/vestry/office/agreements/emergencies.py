"""Looks for an emergency: a second person is told before anything is seen, and the look is reviewed within three days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

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
from vestry.sharing.people_apart import Finding, Looked

REVIEWED_WITHIN: Final = timedelta(days=3)


class Emergencies:
    """The emergencies of one place. Every method raises DatabaseUnavailable where its database cannot be used."""

    def __init__(self, office: Office, log: ChangeLog, clock: Clock) -> None:
        self._office = office
        self._log = log
        self._clock = clock

    def begin(self, asker: Asker, *, reason: str, told: str) -> Emergency:
        """Tell `told` of it at once, for good; only then is there an emergency to ask with.

        `told` is a user who is somebody else; that there is such a user is for the caller to see to. Raises ChangeRefused
        where nothing was typed as a reason, or nobody else is told.
        """
        if not reason.strip() or told in ("", asker.user):
            raise ChangeRefused(
                "An emergency needs a reason, and somebody else who is told of it at once.",
                where="the emergency",
                fix="type the reason, and name another user",
            )
        now = self._clock.now()
        with database_told(self._office), transaction.atomic():
            EmergencyLook.objects.create(
                user=asker.user,
                organisation=asker.organisation,
                reason=reason.strip(),
                told=told,
                at=now,
                review_by=now + REVIEWED_WITHIN,
            )
            self._log.append_within(
                AuditEntry(
                    stage="changed",
                    action="emergency-begun",
                    user=asker.user,
                    organisation=asker.organisation,
                    recipient=told,
                )
            )
        return Emergency(reason_typed=True, told=told)

    def waiting(self, *, told: str = "") -> tuple[Looked, ...]:
        """Those that wait for review, the oldest first; those of which the user `told` was told, where one is named."""
        with database_told(self._office):
            rows = EmergencyLook.objects.filter(reviewed_at=None)
            now = self._clock.now()
            return tuple(_looked(row, now) for row in (rows.filter(told=told) if told else rows))

    def review(self, number: int, *, by: str, found: Finding) -> None:
        """Enter what a review found. Raises EmergencyUnknown, and ChangeRefused of a look of one's own."""
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
            row.reviewed_by, row.reviewed_at, row.found = by, self._clock.now(), found
            row.save()
            self._log.append_within(
                AuditEntry(stage="changed", action=f"emergency-{found}", user=by, recipient=row.user)
            )


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
    )
