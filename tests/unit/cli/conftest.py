"""The command line with its rooms: the real gateway, and stand-ins for what takes long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway_by_hand import open_gateway
from vestry.cli.app import run
from vestry.cli.rooms import Rooms
from vestry.clock import FixedClock
from vestry.contracts.contract import Contract, Freshness, LawfulBasis, Layout
from vestry.errors import Problem
from vestry.linkage.evaluation.report import evaluate
from vestry.office.account_desks import people_desk, systems_desk
from vestry.office.audit.desk import audit_desk
from vestry.place import Place
from vestry.progress import Silent
from vestry.settings import Settings
from vestry.sharing.agreements.desk import AgreementDesk
from vestry.sharing.agreements.registered import Actor
from vestry.sharing.file_formats import endings, write_table
from vestry.sharing.markers import MarkersGiven
from vestry.sharing.own_machine import Operator
from vestry.sharing.places_law import PlacesLaw

HERE = Operator(account="alex", on_this_machine=True)


@dataclass(kw_only=True)
class Called:
    """What the stand-ins were called with."""

    received: list[tuple[str, list[Path], date, bool]] = field(default_factory=list)
    built: int = 0


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One command's end."""

    exit_code: int
    out: str
    err: str


def contract(source: str, every_days: int | None = None) -> Contract:
    return Contract(
        source=source, organisation="borough", title=source, version="1.0.0", path=Path("x"), sha256="",
        lawful_basis=LawfulBasis(article_6="x"), layout=Layout(format="csv"), tables=(),
        freshness=Freshness(every_days=every_days),
    )  # fmt: skip


@pytest.fixture
def called() -> Called:
    return Called()


@pytest.fixture
def rooms(clock: FixedClock, called: Called) -> Rooms:
    def receive(
        place: Place, contract: Contract, files: Any, *, as_at: date, accept: bool = False, **_: Any
    ) -> list[Any]:
        called.received.append((contract.source, list(files), as_at, accept))
        return []

    def build(*_: Any, **__: Any) -> Any:
        called.built += 1
        raise RuntimeError("Zoë O'Brien cannot be cast to a date")

    return Rooms(
        settings=Settings(),
        clock=clock,
        progress=Silent,
        gateway=partial(open_gateway, clock=clock, operator=Operator(account="alex", on_this_machine=True)),
        audit=partial(audit_desk, clock=clock, operator=Operator(account="alex", on_this_machine=True)),
        law=lambda place: PlacesLaw(place=place, markers=MarkersGiven()),
        register=lambda place: pytest.fail("no register is kept here"),
        marks=lambda place: pytest.fail("no marks are kept here"),
        emergencies=lambda place: pytest.fail("no emergencies are kept here"),
        actor=Actor(user="alex", on_this_machine=True),
        people=partial(people_desk, clock=clock, operator=HERE),
        systems=partial(systems_desk, clock=clock, operator=HERE),
        serve=lambda place, **_: pytest.fail("nothing is served here"),
        work=lambda place: 0,
        build=build,
        retraining=lambda place: pytest.fail("nothing is retrained here"),
        receive=receive,
        extracts=lambda place: [],
        read_contracts=lambda place: {"tax": contract("tax", 7), "gp": contract("gp")},
        check_contracts=lambda folder, organisations: (
            {},
            [Problem(what="No key.", where="a.yaml, line 3", fix="add one")],
        ),
        draft_contract=lambda file, *, source, organisation: f"id: {source}\n",
        agreements=AgreementDesk,
        synthesise=lambda folder, **_: None,
        evaluate=evaluate,
        endings=endings,
        write_table=write_table,
    )


@pytest.fixture
def vestry(
    rooms: Rooms, small_place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run a command in the small place; `change` replaces rooms."""
    monkeypatch.chdir(small_place.folder)

    def ran(*arguments: str, **change: Any) -> Ran:
        code = run(replace(rooms, **change), arguments)
        captured = capsys.readouterr()
        return Ran(exit_code=code, out=captured.out, err=captured.err)

    return ran
