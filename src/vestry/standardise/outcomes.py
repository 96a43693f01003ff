"""What a rule makes of many texts; of very many, in several processes, for a rule is plain Python and uses one processor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, repeat
from multiprocessing import get_context
from typing import Final

from vestry.model.fields import MARK
from vestry.standardise.rules import RULES, Outcome, Rule

MANY: Final = 100_000
"""From so many texts on, a few tenths of a second for starting processes are won back many times."""
AT_A_TIME: Final = 10_000


def work_out(rule: Rule, texts: Sequence[str], processes: int = 1) -> list[Outcome]:
    """The outcome of each text, in order. `processes` are started only for `MANY` texts."""
    if processes == 1 or len(texts) < MANY:
        return _of_all(rule.name, texts)
    parts = [texts[at : at + AT_A_TIME] for at in range(0, len(texts), AT_A_TIME)]
    try:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            return list(chain.from_iterable(pool.map(_of_all, repeat(rule.name), parts)))
    except BrokenProcessPool:  # none can be started here, or one was killed
        return _of_all(rule.name, texts)


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
