"""Runs `vestry` commands, each in a child that may be killed, from one process that has loaded everything once.

Reads a request on each line, as JSON, and answers with a line. `{"argv", "out", "err"}` runs a command with its
output in files; `at` ("enter link", "leave link", "rename 1": before the first renaming in releases/) or `after`
(seconds) says when it sends itself the signal `by`; `broken` names functions that shall raise, `largest_file` how many
bytes a file may have. The answer is
`{"pid"}`; `{"wait": pid}` answers `{"code"}`: below 0 for the signal that ended it, `stopped` while it is stopped.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vestry import wiring
from vestry.progress import Silent

SECRET = "ZZMARKERINANERROR"


class Fatal(Silent):
    """A progress that sends this process a signal on entering, or on leaving, one step."""

    def __init__(self, at: str, by: str) -> None:
        self._at, self._by = at, by

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        if self._at == f"enter {name}":
            signalled(self._by)
        yield
        if self._at == f"leave {name}":
            signalled(self._by)


def signalled(by: str) -> None:
    os.kill(os.getpid(), signal.Signals[by])


def signal_at_call(at: str, by: str) -> None:
    """At "replace 1", send the signal before the first Path.replace in a folder of releases; "replace 1 done": after."""
    name, number, *done = at.split()
    original, calls = getattr(Path, name), [0]

    def counted(self: Path, *arguments: Any, **named: Any) -> Any:
        if "releases" in self.parts:
            calls[0] += 1
        meant = "releases" in self.parts and calls[0] == int(number)
        if meant and not done:
            signalled(by)
        answer = original(self, *arguments, **named)
        if meant and done:
            signalled(by)
        return answer

    setattr(Path, name, counted)


def break_on_purpose(name: str) -> None:
    """Make a function raise an error of a library's own kind, whose text holds what a record said."""
    module_name, _, function = name.rpartition(".")

    def raising(*_: Any, **__: Any) -> Any:
        try:
            raise ValueError(f"{SECRET} cannot be cast to a date")
        except ValueError as error:
            raise RuntimeError(f"Conversion Error: {SECRET}") from error

    setattr(importlib.import_module(module_name), function, raising)


def child(request: dict[str, Any]) -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the shell that began all this ignores
    os.setsid()
    for stream, path in ((1, request["out"]), (2, request["err"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    at, by = request.get("at", ""), request.get("by", "SIGKILL")
    if at.startswith(("enter ", "leave ")):
        wiring.progress_on = lambda console: Fatal(at, by)
    elif at:
        signal_at_call(at, by)
    for name in request.get("broken", []):
        break_on_purpose(name)
    if "after" in request:
        timer = threading.Timer(float(request["after"]), signalled, [by])
        timer.daemon = True
        timer.start()
    if "largest_file" in request:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest_file"], request["largest_file"]))
    sys.argv = ["vestry", *request["argv"]]
    try:
        wiring.main()
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def started(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = child(request)
        finally:
            os._exit(code)
    return pid


def serve() -> None:
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], os.WUNTRACED)
            stopped = os.WIFSTOPPED(status)
            answer = {"stopped": True} if stopped else {"code": os.waitstatus_to_exitcode(status)}
        else:
            answer = {"pid": started(request)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
