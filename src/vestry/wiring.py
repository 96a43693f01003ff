"""Gives each room the real thing behind what it asks for. The only module that knows every room."""

from __future__ import annotations

import os
import pwd
import sys
from functools import partial

from rich.console import Console

from vestry.build import build
from vestry.cli.app import run, told
from vestry.cli.progress import progress_on
from vestry.cli.rooms import Rooms
from vestry.clock import SystemClock
from vestry.contracts.drafting import draft_contract
from vestry.contracts.reading import check_contracts, read_contracts
from vestry.errors import VestryError
from vestry.intake.receive import receive
from vestry.intake.store import extracts
from vestry.linkage.evaluation import evaluate
from vestry.log import configure_log
from vestry.settings import Settings, read_settings
from vestry.sharing.decision import Operator
from vestry.sharing.gateway import open_gateway
from vestry.synthetic import synthesise


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
        receive=receive,
        extracts=extracts,
        read_contracts=read_contracts,
        check_contracts=check_contracts,
        draft_contract=draft_contract,
        synthesise=synthesise,
        evaluate=evaluate,
    )


def main() -> None:
    """The `vestry` command."""
    try:
        settings = read_settings()
    except VestryError as error:
        sys.exit(told(error, debug=False))
    configure_log(debug=settings.debug)
    sys.exit(run(rooms_for(settings), sys.argv[1:]))
