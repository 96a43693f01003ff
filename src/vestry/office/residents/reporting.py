"""What is done with reports of mistakes: made, and dealt with. Each with its entry in the audit log, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db import transaction

from vestry.errors import NotFound
from vestry.office.accounts.site import Site
from vestry.office.agreements.telling import database_told
from vestry.office.residents.models import Mistake
from vestry.sharing.asking import Asker
from vestry.sharing.audit import AuditEntry

Outcome = Literal["mended", "passed-on", "no-mistake"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("mended", "passed-on", "no-mistake")
LONGEST: Final = 2000
"""Letters of a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One report that waits."""

    number: int
    entity_id: str
    kind: str
    field: str
    what: str
    by: str
    organisation: str
    at: datetime


def report(
    site: Site, asker: Asker, *, entity_id: str, kind: str, field: str, what: str, purpose: str, release: str
) -> None:
    """Keep a report of something that `asker` was shown. Raises AuditUnavailable, DatabaseUnavailable."""
    with database_told(site.office), transaction.atomic():
        Mistake.objects.create(
            entity_id=entity_id, kind=kind, field=field, what=what, by=asker.user, organisation=asker.organisation,
            purpose=purpose, release=release, at=site.clock.now(),
        )  # fmt: skip
        _enter(site, asker, "mistake-reported", entity_id, field)


def waiting(site: Site) -> tuple[Reported, ...]:
    """The reports that nobody has dealt with, the oldest first."""
    with database_told(site.office):
        return tuple(
            Reported(
                number=one.pk, entity_id=one.entity_id, kind=one.kind, field=one.field, what=one.what, by=one.by,
                organisation=one.organisation, at=one.at,
            )
            for one in Mistake.objects.filter(done_at=None).order_by("pk")
        )  # fmt: skip


def deal_with(site: Site, asker: Asker, number: int, outcome: Outcome) -> None:
    """Say what came of a report. Raises NotFound where it is dealt with already."""
    with database_told(site.office), transaction.atomic():
        row = Mistake.objects.select_for_update().filter(pk=number, done_at=None).first()
        if row is None:
            raise NotFound(
                "That report does not wait any more.", where="reports", fix="look at the list again"
            )
        row.done_by, row.done_at, row.outcome = asker.user, site.clock.now(), outcome
        row.save()
        _enter(site, asker, "mistake-dealt-with", row.entity_id, row.field, reason=outcome)


def _enter(site: Site, asker: Asker, action: str, entity_id: str, field: str, *, reason: str = "") -> None:
    site.log.append_within(
        AuditEntry(
            stage="changed", action=action, user=asker.user, organisation=asker.organisation,
            entities=(entity_id,), fields=(field,) if field else (), reason=reason,
        )
    )  # fmt: skip
