"""What a person sees when things go wrong: never a traceback, never a value (promise 7)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vestry.progress import Progress
from vestry.settings import Settings


def test_a_fault_tells_its_type_and_line_only(vestry) -> None:
    ran = vestry("build")
    assert ran.exit_code == 70
    assert "RuntimeError" in ran.err
    assert "vestry/cli/build.py, line" in ran.err
    assert "Zoë" not in ran.err
    assert "Traceback" not in ran.err


def test_debug_shows_the_traceback(vestry) -> None:
    ran = vestry("build", settings=Settings(debug=True))
    assert ran.exit_code == 70
    assert "Traceback" in ran.err


def _raise(error: BaseException) -> Any:
    def build(*_: Any, **__: Any) -> Any:
        raise error

    return build


def test_ctrl_c(vestry) -> None:
    ran = vestry("build", build=_raise(KeyboardInterrupt()))
    assert (ran.exit_code, "interrupted" in ran.err) == (130, True)


def test_ctrl_c_inside_a_library(vestry) -> None:
    """DuckDB puts an error of its own over the KeyboardInterrupt."""
    over = RuntimeError("Query interrupted")
    over.__cause__ = KeyboardInterrupt()
    ran = vestry("build", build=_raise(over))
    assert (ran.exit_code, "interrupted" in ran.err) == (130, True)


@pytest.mark.parametrize("when", ["step", "advance"])
def test_ctrl_c_of_which_a_library_makes_nothing(vestry, when: str) -> None:
    """A bare `except:` has swallowed it: the work stops where it next says how far it is."""
    reached = []

    def build(*_: Any, progress: Progress, **__: Any) -> Any:
        with progress.step("first"):
            with suppress(BaseException):
                os.kill(os.getpid(), signal.SIGINT)
            reached.append("went on")
            if when == "advance":
                progress.advance(1, 2)
        with progress.step("second"):
            reached.append("second")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ran = vestry("build", build=build)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert (ran.exit_code, ran.err.splitlines()[0], reached) == (130, "Stopped.", ["went on"])


def test_ctrl_c_that_is_ignored_stays_so(vestry) -> None:
    """As of whatever a shell has put into its background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:

        def build(*_: Any, progress: Progress, **__: Any) -> Any:
            os.kill(os.getpid(), signal.SIGINT)
            with progress.step("first"):
                raise RuntimeError

        assert vestry("build", build=build).exit_code == 70
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_broken_pipe_is_quiet(vestry) -> None:
    ran = vestry("build", build=_raise(BrokenPipeError(32, "Broken pipe")))
    assert (ran.exit_code, ran.err) == (141, "")


def test_a_value_cannot_command_the_terminal(vestry, rooms, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from vestry.cli import printing

    printing.table(["name"], [["\x1b[2Jevil\u202e"], ["[red]not red[/red]"]])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[red]not red[/red]" in out


def test_ids_are_whole_when_piped(vestry) -> None:
    from vestry.cli import printing

    assert printing.screen().width >= 200


def test_a_percentage_never_rounds_up_to_all() -> None:
    from vestry.cli.printing import percentage

    assert percentage(0.99999) == "99.9%"
    assert percentage(1) == "100.0%"


@pytest.mark.parametrize("signal_number", [signal.SIGINT])
def test_the_real_thing_stops_on_ctrl_c(tmp_path, signal_number: int) -> None:
    """A real process in a real DuckDB query, interrupted as a terminal would."""
    program = """
import signal, sys, duckdb
from vestry.cli.app import told
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have begun all this with it ignored
try:
    print("ready", flush=True)
    duckdb.connect().execute(
        "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range * b.range % 7 = 3"
    ).fetchall()
except BaseException as error:
    sys.exit(told(error, debug=False))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        try:
            running.send_signal(signal_number)
            _, err = running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == 130
    assert "Traceback" not in err


def test_sets_are_lists_in_json_wherever_they_are() -> None:
    from vestry.cli import printing

    @dataclass(frozen=True)
    class Said:
        writers: frozenset[tuple[str, str]]

    said = [Said(writers=frozenset({("b", "gp"), ("a", "tax")}))]
    assert json.loads(printing.json_text(said)) == [{"writers": [["a", "tax"], ["b", "gp"]]}]


def test_a_record_that_is_nested_without_end(vestry, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text("[" * 200_000, encoding="utf-8")
    ran = vestry("match", "--file", str(file), "--purpose", "housing")
    assert ran.exit_code != 70
    assert "The file does not hold one record." in ran.err
