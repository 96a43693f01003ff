"""Runs a program in a process of its own, so that its time and its peak memory are its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BESIDE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a process took: seconds of the wall clock and of processors, peak resident bytes; and what it printed."""

    seconds: float
    cpu: float
    peak: int
    printed: str


def run(*command: str) -> Run:
    """Run a Python module or script to its end, with this Python. Raises SystemExit, with its output, if it fails.

    Whatever PYTHONPATH says comes first, so that another Vestry than the one beside can be measured.
    """
    given = os.environ.get("PYTHONPATH")
    beside = [str(ROOT), str(BESIDE)]
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join([given, *beside] if given else [str(ROOT / "src"), *beside])
    }
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([sys.executable, *command], stdout=out, stderr=err, text=True, env=env)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed, wrong = out.read(), err.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{printed}{wrong}")
    return Run(
        seconds=time.perf_counter() - began, cpu=used.ru_utime + used.ru_stime, peak=used.ru_maxrss * 1024,
        printed=printed,
    )  # fmt: skip


def vestry(*arguments: str | Path) -> Run:
    """One command of Vestry's command line."""
    return run("-m", "vestry", *map(str, arguments))
