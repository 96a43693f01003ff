"""Gives each room the real thing behind what it asks for. The only module that knows every room.

A room is loaded when a command first calls it: Splink, pandas, Ibis and Arrow together take more than a second
of processor time, and most commands need few of them, `--help` none.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from vestry.cli.app import run, told
from vestry.cli.progress import progress_on
from vestry.cli.rooms import Build, Receive, Rooms
from vestry.clock import Clock, SystemClock
from vestry.errors import VestryError
from vestry.log import configure_log
from vestry.place import Place
from vestry.settings import Settings, read_settings
from vestry.sharing.agreements.registered import Actor
from vestry.sharing.audit import AuditEntry
from vestry.sharing.door import AuditLog
from vestry.sharing.markers import MarkersGiven
from vestry.sharing.own_machine import Operator
from vestry.sharing.recording import build_recorded, receipt_recorded


@dataclass(frozen=True, slots=True)
class Room:
    """The function `name` of `module`, which is imported when the function is first called."""

    module: str
    name: str

    def opened(self) -> Any:
        """The function itself."""
        return getattr(import_module(self.module), self.name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the function returns."""
        return self.opened()(*arguments, **named)


if TYPE_CHECKING:
    # mypy holds the functions themselves against what the command line asks for, and import-linter the layers.
    from vestry.build import build
    from vestry.contracts.contract import Contract
    from vestry.contracts.drafting import draft_contract
    from vestry.contracts.reading import check_contracts, read_contracts
    from vestry.intake.receive import receive
    from vestry.intake.store import extracts
    from vestry.linkage.evaluation.report import evaluate
    from vestry.office.account_desks import people_desk, systems_desk
    from vestry.office.audit.desk import audit_desk, audit_log
    from vestry.office.opening import opened as open_office
    from vestry.office.serving import serve
    from vestry.office.work import work
    from vestry.retraining import Retraining
    from vestry.sharing.agreements.desk import AgreementDesk
    from vestry.sharing.file_formats import endings, write_table
    from vestry.sharing.gateway import open_gateway
    from vestry.sharing.places_law import PlacesLaw
    from vestry.synthetic import synthesise
else:
    build = Room("vestry.build", "build")
    draft_contract = Room("vestry.contracts.drafting", "draft_contract")
    check_contracts = Room("vestry.contracts.reading", "check_contracts")
    read_contracts = Room("vestry.contracts.reading", "read_contracts")
    receive = Room("vestry.intake.receive", "receive")
    extracts = Room("vestry.intake.store", "extracts")
    evaluate = Room("vestry.linkage.evaluation.report", "evaluate")
    people_desk = Room("vestry.office.account_desks", "people_desk")
    systems_desk = Room("vestry.office.account_desks", "systems_desk")
    audit_desk = Room("vestry.office.audit.desk", "audit_desk")
    audit_log = Room("vestry.office.audit.desk", "audit_log")
    Retraining = Room("vestry.retraining", "Retraining")
    AgreementDesk = Room("vestry.sharing.agreements.desk", "AgreementDesk")
    endings = Room("vestry.sharing.file_formats", "endings")
    write_table = Room("vestry.sharing.file_formats", "write_table")
    open_gateway = Room("vestry.sharing.gateway", "open_gateway")
    PlacesLaw = Room("vestry.sharing.places_law", "PlacesLaw")
    open_office = Room("vestry.office.opening", "opened")
    serve = Room("vestry.office.serving", "serve")
    work = Room("vestry.office.work", "work")
    synthesise = Room("vestry.synthetic", "synthesise")


def this_operator(settings: Settings) -> Operator:
    """Whoever runs this process, by the system's own record and not by what the environment says."""
    try:
        account = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        account = f"uid {os.getuid()}"
    return Operator(account=account, on_this_machine=True, stated=settings.operator or "")


@dataclass(slots=True)
class LogWhenNeeded:
    """The audit log of one place, opened with the first entry: many commands enter nothing, and Django takes its time."""

    opens: Callable[[], AuditLog]
    _log: AuditLog | None = None

    def append(self, entry: AuditEntry) -> int:
        """Keep `entry` and give its number. Raises AuditUnavailable, and what opening the office's database raises."""
        if self._log is None:
            self._log = self.opens()
        return self._log.append(entry)


@dataclass(slots=True)
class Logs:
    """The audit log of each place that a command works in."""

    opens: Callable[[Place], AuditLog]
    _logs: dict[Path, LogWhenNeeded] = field(default_factory=dict)

    def __call__(self, place: Place) -> LogWhenNeeded:
        """That of `place`."""
        return self._logs.setdefault(place.folder, LogWhenNeeded(partial(self.opens, place)))


def logged(place: Place, *, room: Callable[..., Any], log: Logs, **said: Any) -> Any:
    """What `room` gives for `place`, with the place's audit log."""
    return room(place, audit=log(place), **said)


def entered_receipt(
    place: Place,
    contract: Contract,
    files: Sequence[Path],
    *,
    room: Receive,
    log: Logs,
    operator: Operator,
    **how: Any,
) -> Any:
    """Take files in, with entries of the audit log before and after."""
    asked = AuditEntry(
        stage="asked",
        action="receive",
        account=operator.account,
        operator=operator.stated,
        organisation=contract.organisation,
        source=contract.source,
    )
    return receipt_recorded(log(place), asked, lambda: room(place, contract, files, **how))


def entered_build(place: Place, *, room: Build, log: Logs, operator: Operator, **how: Any) -> Any:
    """Make a release, with entries of the audit log before and after."""
    asked = AuditEntry(stage="asked", action="build", account=operator.account, operator=operator.stated)
    return build_recorded(log(place), asked, lambda: room(place, **how))


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """What the office's own process does, with what it may take."""

    receive: Receive
    build: Build


def kept(name: str, place: Place, *, opening: Callable[..., Any], clock: Clock, **office: Any) -> Any:
    """What the office of `place` keeps of agreements, by its name in `office.agreements.desk`: that can be loaded once Django is
    set."""
    return Room("vestry.office.agreements.desk", name)(opening(place, **office), clock)


def law_of(place: Place, *, room: Callable[..., PlacesLaw], settings: Settings, **office: Any) -> PlacesLaw:
    """The law of `place`. Its register and what sets single people apart its office keeps; there is neither where it has no
    office yet."""
    if settings.database_url is None and not place.office.exists():
        return room(place=place, markers=MarkersGiven())
    return room(
        place=place, markers=kept("marks", place, **office), register=kept("register", place, **office)
    )


def rooms_for(settings: Settings) -> Rooms:
    """Every room, as the real thing."""
    clock, operator = SystemClock(), this_operator(settings)
    office: dict[str, Any] = {
        "clock": clock,
        "database_url": settings.database_url,
        "secret_key_file": settings.secret_key_file,
    }
    log = Logs(partial(audit_log, **office))
    keeping: dict[str, Any] = {"opening": open_office, **office}
    gateway = partial(
        logged,
        room=open_gateway,
        log=log,
        operator=operator,
        threads=settings.threads,
        memory=settings.memory,
    )
    return Rooms(
        settings=settings,
        clock=clock,
        progress=lambda: progress_on(Console(stderr=True)),
        gateway=gateway,
        audit=partial(audit_desk, operator=operator, **office),
        build=partial(entered_build, room=build, log=log, operator=operator),
        law=partial(law_of, room=PlacesLaw, settings=settings, **keeping),
        register=partial(kept, "register", **keeping),
        marks=partial(kept, "marks", **keeping),
        emergencies=partial(kept, "emergencies", **keeping),
        actor=Actor(user=operator.account, on_this_machine=True),
        people=partial(people_desk, operator=operator, **office),
        systems=partial(systems_desk, operator=operator, **office),
        serve=partial(
            serve,
            openid_secret_file=settings.openid_secret_file,
            threads=settings.threads,
            memory=settings.memory,
            **office,
        ),
        work=partial(
            work,
            rooms=Works(
                receive=receive, build=partial(build, threads=settings.threads, memory=settings.memory)
            ),
            **office,
        ),
        retraining=partial(
            logged,
            room=Retraining,
            log=log,
            clock=clock,
            operator=operator,
            threads=settings.threads,
            memory=settings.memory,
        ),
        receive=partial(entered_receipt, room=receive, log=log, operator=operator),
        extracts=extracts,
        read_contracts=read_contracts,
        check_contracts=check_contracts,
        draft_contract=draft_contract,
        agreements=AgreementDesk,
        synthesise=synthesise,
        evaluate=evaluate,
        endings=endings,
        write_table=write_table,
    )


def main() -> None:
    """The `vestry` command."""
    try:
        settings = read_settings()
    except VestryError as error:
        sys.exit(told(error, debug=False))
    configure_log(debug=settings.debug)
    sys.exit(run(rooms_for(settings), sys.argv[1:]))
