"""What a rule makes of many texts; of very many, in several processes, for a rule is plain Python and uses one processor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from time import perf_counter
from typing import IO, Final, cast

from vestry.model.fields import MARK
from vestry.standardise.rules import RULES, Outcome, Rule

TRIED: Final = 1_000
"""So many are worked out here first, which tells how long the others would take."""
STARTING: Final = 0.4
"""Seconds that it takes to start a process, and to hand texts over."""
LONG: Final = 1.0
"""Seconds of work from which on others help."""


def work_out(rule: Rule, texts: Sequence[str], processes: int = 1) -> list[Outcome]:
    """The outcome of each text, in order. Where it takes `LONG`, so many processes share it, of which this is one."""
    began = perf_counter()
    found = _of_all(rule.name, texts[:TRIED])
    rest = texts[TRIED:]
    each = (perf_counter() - began) / TRIED
    if processes == 1 or each * len(rest) < LONG:
        return found + _of_all(rule.name, rest)
    # All end at once: the others have that much less as they take to start.
    here = int((len(rest) + STARTING / each * (processes - 1)) / processes)
    share = max(1, -(-(len(rest) - here) // (processes - 1)))
    shares = [rest[at : at + share] for at in range(here, len(rest), share)]
    with ThreadPoolExecutor(processes - 1) as waiting:
        others = waiting.map(partial(_elsewhere, rule.name), shares)
        found += _of_all(rule.name, rest[:here])
        return found + list(chain.from_iterable(others))


def _elsewhere(name: str, texts: Sequence[str]) -> list[Outcome]:
    """By a process of its own, which runs this module and nothing of whoever called it. (`multiprocessing` would run the
    caller's program again, to find the function in it.)
    """
    asked = memoryview(json.dumps([name, texts]).encode())
    # Unbuffered, and written before anything is read: each is one long call, which leaves this process to its own share.
    try:
        with subprocess.Popen(  # noqa: S603 - this Python, and -P: whatever lies in the working folder is not imported
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        ) as process:
            into, out = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
            while asked:
                asked = asked[into.write(asked) :]
            into.close()
            answered = out.read()
    except OSError:  # none can be started here, or it was killed
        return _of_all(name, texts)
    return _of_all(name, texts) if process.returncode else [tuple(one) for one in json.loads(answered)]


def _of_all(name: str, texts: Sequence[str]) -> list[Outcome]:
    rule = RULES[name]
    function, width = _function(rule), len(rule.outputs)
    return [
        _repeated(text, function, width) if MARK in text and not rule.takes_formats else function(text)
        for text in texts
    ]


def _function(rule: Rule) -> Callable[[str], Outcome]:
    if not rule.takes_formats:
        return rule.function

    def with_formats(text: str) -> Outcome:
        *formats, value = text.split(MARK)
        return rule.function(value, formats)

    return with_formats


def _repeated(text: str, function: Callable[[str], Outcome], width: int) -> Outcome:
    """Each of several values on its own; the standard forms joined by a space, which none of them holds."""
    found = [function(piece) for piece in text.split(MARK)]
    columns = [[row[i] for row in found] for i in range(width)]
    return tuple(" ".join(dict.fromkeys(v for v in column if v)) or None for column in columns)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_of_all(*json.load(sys.stdin))))
