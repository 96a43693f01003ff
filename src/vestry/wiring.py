"""Gives each room the real thing behind what it asks for. The only module that knows every room.

A room is loaded when a command first calls it: Splink, pandas, Ibis and Arrow together take more than a second
of processor time, and most commands need few of them, `--help` none.
"""

from __future__ import annotations

import os
import pwd
import sys
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rich.console import Console

from vestry.cli.app import run, told
from vestry.cli.progress import progress_on
from vestry.cli.rooms import Rooms
from vestry.clock import SystemClock
from vestry.errors import VestryError
from vestry.log import configure_log
from vestry.settings import Settings, read_settings
from vestry.sharing.own_machine import Operator


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
    from vestry.contracts.drafting import draft_contract
    from vestry.contracts.reading import check_contracts, read_contracts
    from vestry.intake.receive import receive
    from vestry.intake.store import extracts
    from vestry.linkage.evaluation.report import evaluate
    from vestry.retraining import Retraining
    from vestry.sharing.agreements.desk import AgreementDesk
    from vestry.sharing.file_formats import endings, write_table
    from vestry.sharing.gateway import open_gateway
    from vestry.synthetic import synthesise
else:
    build = Room("vestry.build", "build")
    draft_contract = Room("vestry.contracts.drafting", "draft_contract")
    check_contracts = Room("vestry.contracts.reading", "check_contracts")
    read_contracts = Room("vestry.contracts.reading", "read_contracts")
    receive = Room("vestry.intake.receive", "receive")
    extracts = Room("vestry.intake.store", "extracts")
    evaluate = Room("vestry.linkage.evaluation.report", "evaluate")
    Retraining = Room("vestry.retraining", "Retraining")
    AgreementDesk = Room("vestry.sharing.agreements.desk", "AgreementDesk")
    endings = Room("vestry.sharing.file_formats", "endings")
    write_table = Room("vestry.sharing.file_formats", "write_table")
    open_gateway = Room("vestry.sharing.gateway", "open_gateway")
    synthesise = Room("vestry.synthetic", "synthesise")


def this_operator(settings: Settings) -> Operator:
    """Whoever runs this process, by the system's own record and not by what the environment says."""
    try:
        account = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        account = f"uid {os.getuid()}"
    return Operator(account=account, on_this_machine=True, stated=settings.operator or "")


def rooms_for(settings: Settings) -> Rooms:
    """Every room, as the real thing."""
    clock = SystemClock()
    return Rooms(
        settings=settings,
        clock=clock,
        progress=lambda: progress_on(Console(stderr=True)),
        gateway=partial(
            open_gateway,
            clock=clock,
            operator=this_operator(settings),
            threads=settings.threads,
            memory=settings.memory,
        ),
        build=build,
        retraining=partial(
            Retraining,
            clock=clock,
            by=this_operator(settings).account,
            threads=settings.threads,
            memory=settings.memory,
        ),
        receive=receive,
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
