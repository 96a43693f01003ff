"""`vestry` commands in children of one process that has loaded everything, to be killed at will."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How one command ended: its exit code (below 0: the signal that killed it) and what it printed."""

    code: int
    out: str
    err: str


@dataclass(slots=True, kw_only=True)
class Running:
    """A command at work in a child."""

    forks: Forks
    pid: int
    out: Path
    err: Path

    def stopped(self) -> None:
        """Wait until it has stopped itself (SIGSTOP)."""
        assert self.forks.ask({"wait": self.pid}) == {"stopped": True}

    def send(self, by: signal.Signals) -> None:
        os.kill(self.pid, by)

    def ended(self) -> Ran:
        """Wait for its end."""
        code = self.forks.ask({"wait": self.pid})["code"]
        return Ran(
            code=code, out=self.out.read_text(encoding="utf-8"), err=self.err.read_text(encoding="utf-8")
        )


@dataclass(slots=True, kw_only=True)
class Forks:
    """Runs commands in children; see `fork_server`."""

    server: subprocess.Popen[str]
    folder: Path
    asked: int = 0

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        assert self.server.stdin is not None and self.server.stdout is not None
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        answer: dict[str, Any] = json.loads(self.server.stdout.readline())
        return answer

    def start(self, *argv: str | Path, **how: Any) -> Running:
        """Begin a command. `at`, `after`, `by`, `broken`: as `fork_server` says."""
        self.asked += 1
        out, err = (self.folder / f"{self.asked}.{end}" for end in ("out", "err"))
        pid = self.ask({"argv": [str(a) for a in argv], "out": str(out), "err": str(err), **how})["pid"]
        return Running(forks=self, pid=pid, out=out, err=err)

    def run(self, *argv: str | Path, **how: Any) -> Ran:
        """A command to its end."""
        return self.start(*argv, **how).ended()
