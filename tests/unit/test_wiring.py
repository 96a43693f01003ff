"""Rooms are loaded when they are called, and every one of them is there."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway_by_hand import entries
from vestry import wiring
from vestry.clock import FixedClock
from vestry.errors import FileUnreadable, NothingReceived
from vestry.place import Place
from vestry.progress import Silent
from vestry.settings import Settings
from vestry.wiring import Logs, Room, rooms_for

HEAVY = (
    "django",
    "duckdb",
    "ibis",
    "jsonschema",
    "numpy",
    "pandas",
    "psycopg",
    "pyarrow",
    "shapely",
    "splink",
)


def rooms() -> dict[str, Room]:
    """Every room that the command line is given, and those that these are given in turn, by name."""
    given = rooms_for(Settings())
    waiting: list[object] = [getattr(given, f.name) for f in fields(given)]
    found: dict[str, Room] = {}
    while waiting:
        match waiting.pop():
            case Room() as room:
                found[room.name] = room
            case partial() as made:
                waiting += [made.func, *made.keywords.values()]
            case Logs() as logs:
                waiting.append(logs.opens)
    return found


@pytest.mark.parametrize("name", rooms())
def test_every_room_opens(name: str) -> None:
    room = rooms()[name]
    opened = room.opened()
    assert callable(opened) and opened.__name__ == room.name


def test_a_room_gives_what_its_function_gives() -> None:
    assert Room("posixpath", "join")("a", "b") == "a/b"


def test_what_is_loaded_is_what_mypy_was_shown() -> None:
    tree = ast.parse(Path(wiring.__file__).read_text())
    choice = next(n for n in tree.body if isinstance(n, ast.If))
    shown = {(n.module, a.name) for n in choice.body if isinstance(n, ast.ImportFrom) for a in n.names}
    # Named for their types alone.
    types = {("vestry.contracts.contract", "Contract"), ("vestry.sharing.gateway", "Gateway")}
    assert shown - types == {(room.module, room.name) for room in rooms().values()}


def test_help_waits_for_no_library_that_it_does_not_need() -> None:
    said = subprocess.run(
        [
            *(sys.executable, "-c"),
            f"import sys, vestry.wiring; print(*[m for m in {HEAVY!r} if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == []


def test_receiving_and_building_are_entered(empty_place: Place, tmp_path: Path) -> None:
    """What comes of them is of no matter here: there is no such file, and nothing to build from."""
    given, clock = rooms_for(Settings()), FixedClock(at=datetime(2026, 11, 20, tzinfo=UTC))
    contract: Any = SimpleNamespace(organisation="borough", source="tax", lawful_basis=None)
    with pytest.raises(FileUnreadable):
        given.receive(empty_place, contract, [tmp_path / "none"], as_at=date(2026, 11, 1), clock=clock)
    with pytest.raises(NothingReceived):
        given.build(empty_place, clock=clock, progress=Silent())
    said = [(e["action"], e["stage"], e.get("source"), e.get("reason")) for e in entries(empty_place)]
    assert said == [
        ("receive", "asked", "tax", None),
        ("receive", "answered", "tax", "file-unreadable"),
        ("build", "asked", None, None),
        ("build", "answered", None, "nothing-received"),
    ]
