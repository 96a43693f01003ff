"""The desks of accounts for whoever runs this process. Imported once the office is open: its models need Django set."""

from __future__ import annotations

from vestry.clock import Clock
from vestry.office.accounts.changing import Changes, Doer
from vestry.office.accounts.people import People
from vestry.office.accounts.systems import Systems
from vestry.office.audit.log import DatabaseLog
from vestry.office.project import Office
from vestry.sharing.own_machine import Operator


def people_desk(office: Office, clock: Clock, operator: Operator) -> People:
    """The desk of users."""
    return People(_changes(office, clock, operator), clock, office.place.organisations)


def systems_desk(office: Office, clock: Clock, operator: Operator) -> Systems:
    """The desk of partners' systems."""
    return Systems(_changes(office, clock, operator), clock, office.place.organisations)


def _changes(office: Office, clock: Clock, operator: Operator) -> Changes:
    by = Doer(account=operator.account, stated=operator.stated)
    return Changes(office=office, log=DatabaseLog(office, clock), by=by)
