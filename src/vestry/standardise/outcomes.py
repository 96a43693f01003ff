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
from typing import Final

from vestry.model.fields import MARK
from vestry.standardise.rules import RULES, Outcome, Rule

TRIED: Final = 1_000
"""So many are worked out here first, which tells how long the others would take."""
LONG: Final = 4.0
"""Seconds of work from which on the second that it takes to start a process is won back."""


def work_out(rule: Rule, texts: Sequence[str], processes: int = 1) -> list[Outcome]:
    """The outcome of each text, in order. Where it takes `LONG`, each process works out its share."""
    began = perf_counter()
    found = _of_all(rule.name, texts[:TRIED])
    rest = texts[TRIED:]
    if processes == 1 or (perf_counter() - began) / TRIED * len(rest) < LONG:
        return found + _of_all(rule.name, rest)
    share = -(-len(rest) // processes)
    shares = [rest[at : at + share] for at in range(0, len(rest), share)]
    with ThreadPoolExecutor(processes) as waiting:
        return found + list(chain.from_iterable(waiting.map(partial(_elsewhere, rule.name), shares)))


def _elsewhere(name: str, texts: Sequence[str]) -> list[Outcome]:
    """By a process of its own, which runs this module and nothing of whoever called it. (`multiprocessing` would run the
    caller's program again, to find the function in it.)
    """
    asked = json.dumps([name, texts])
    try:
        done = subprocess.run(  # noqa: S603 - this Python, and -P: whatever lies in the working folder is not imported
            [sys.executable, "-P", "-m", __name__],
            input=asked,
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
    except (OSError, subprocess.CalledProcessError):  # none can be started here, or it was killed
        return _of_all(name, texts)
    return [tuple(outcome) for outcome in json.loads(done.stdout)]


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
    json.dump(_of_all(*json.load(sys.stdin)), sys.stdout)
