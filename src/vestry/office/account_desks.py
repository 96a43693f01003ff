"""The desks of a place's accounts, for whoever runs this process: opened with the office that they are in."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from vestry.clock import Clock
from vestry.office.opening import opened
from vestry.place import Place
from vestry.sharing.accounts_desk import PeopleDesk, SystemsDesk
from vestry.sharing.own_machine import Operator


def people_desk(
    place: Place,
    *,
    clock: Clock,
    operator: Operator,
    database_url: str | None = None,
    secret_key_file: Path | None = None,
) -> PeopleDesk:
    """The desk of users. Raises what opening the place's office raises."""
    office = opened(place, database_url=database_url, secret_key_file=secret_key_file)
    desk: PeopleDesk = _desks().people_desk(office, clock, operator)
    return desk


def systems_desk(
    place: Place,
    *,
    clock: Clock,
    operator: Operator,
    database_url: str | None = None,
    secret_key_file: Path | None = None,
) -> SystemsDesk:
    """The desk of partners' systems. Raises what opening the place's office raises."""
    office = opened(place, database_url=database_url, secret_key_file=secret_key_file)
    desk: SystemsDesk = _desks().systems_desk(office, clock, operator)
    return desk


def _desks() -> Any:
    # Its tables want Django set, which opening the office did.
    return import_module("vestry.office.accounts.desk")
