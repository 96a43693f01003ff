"""Ctrl-C from the first moment of a command to its last: one line, exit status 130, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vestry import __main__ as entry
from vestry.errors import Interrupted

BEGIN = """
import atexit, os, signal, sys, types
from importlib.abc import MetaPathFinder
signal.signal(signal.SIGINT, signal.{heeds})
def pressed(times=1):
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGINT)
class Loading(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "vestry.wiring":
            try:
                loading()
            except BaseException:
                pass  # as a library may
def loading():
    pass
def main():
    sys.exit(7)
def wired():
    sys.modules["vestry.wiring"] = types.SimpleNamespace(main=lambda: main())
sys.meta_path.insert(0, Loading())
{what}
from vestry.__main__ import main as command
command()
"""
WHILE_LOADING = "def loading(): pressed(); wired()"
WHILE_AT_WORK = """
def main():
    from vestry.cli.stopping import Stopping
    from vestry.cli.app import told
    try:
        with Stopping().listening():
            try:
                pressed()
            finally:
                pressed()
    except KeyboardInterrupt as error:
        code = told(error, debug=False)
        pressed()
        sys.exit(code)
wired()
"""
BEFORE_IT_WORKS = """
def main():
    pressed(2)
wired()
"""
AT_THE_END = """
class Late:
    def __del__(self, kill=os.kill, process=os.getpid(), number=signal.SIGINT):
        kill(process, number)
sys.late = Late()  # goes when Python takes itself apart
def main():
    sys.exit(130)
wired()
"""
WHILE_PYTHON_ENDS = """
def main():
    atexit.register(pressed)
    sys.exit(130)
wired()
"""


def run(what: str, heeds: str = "default_int_handler") -> tuple[int, str]:
    said = subprocess.run(
        [sys.executable, "-c", BEGIN.format(what=what, heeds=heeds)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return said.returncode, said.stderr


@pytest.mark.parametrize("what", [WHILE_LOADING, WHILE_AT_WORK, BEFORE_IT_WORKS])
def test_it_is_told_once(what: str) -> None:
    assert run(what) == (130, entry.STOPPED)


@pytest.mark.parametrize("what", [AT_THE_END, WHILE_PYTHON_ENDS])
def test_once_more_while_it_ends_says_nothing_more(what: str) -> None:
    assert run(what) == (130, "")


def test_what_nobody_heeds_stays_so() -> None:
    """As of whatever a shell has put into its background."""
    assert run("def main(): pressed(2); sys.exit(7)\nwired()", heeds="SIG_IGN") == (7, "")


def test_it_says_what_is_said_later() -> None:
    later = Interrupted("Stopped.", fix="start again when you like: nothing needs cleaning up")
    assert (f"{later.text()}\n", Interrupted.exit_code) == (entry.STOPPED, entry.EXIT_CODE)
