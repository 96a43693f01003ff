"""What the office keeps of agreements, ready to be asked. Imported once the office is open: its tables need Django set."""

from __future__ import annotations

from functools import cache, partial

from vestry.clock import Clock
from vestry.contracts.reading import read_contracts
from vestry.office.agreements.emergencies import Emergencies
from vestry.office.agreements.marks import Marks
from vestry.office.agreements.register import AgreementRegister
from vestry.office.audit.log import DatabaseLog
from vestry.office.project import Office
from vestry.place import Place
from vestry.sharing.agreements.folder import source_facts
from vestry.sharing.agreements.reading import Known


def register(office: Office, clock: Clock) -> AgreementRegister:
    """The register of agreements. The place's contracts are read once."""
    return AgreementRegister(office, DatabaseLog(office, clock), clock, cache(partial(_known, office.place)))


def marks(office: Office, clock: Clock) -> Marks:
    """What sets single people apart, to go by, to set and to take back."""
    return Marks(office, DatabaseLog(office, clock), clock)


def emergencies(office: Office, clock: Clock) -> Emergencies:
    """Looks for emergencies, to begin and to review."""
    return Emergencies(office, DatabaseLog(office, clock), clock)


def _known(place: Place) -> Known:
    return Known(
        organisations=frozenset(place.organisations),
        sources=source_facts(read_contracts(place)),
        areas=frozenset(),
    )
