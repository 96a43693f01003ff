"""Whether the tests of decisions would notice if the code were wrong: each spoilt version must decide something otherwise.

What is right is told by Cedar, once, before anything is spoilt.
"""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from random import Random

import pytest

import sharing_worlds
from cedar_policies import beside_cedar
from mutants import Mutant, mutants, noticed
from vestry.sharing import decision, grants, row_filter, subjects
from vestry.sharing.agreements import agreement, lifecycle

AGAIN = (agreement, subjects, lifecycle, grants, decision, row_filter, sharing_worlds)
"""Modules that are read anew with a mutant among them, each after those that it imports."""
SPOILT = (decision, grants, lifecycle, subjects, agreement)
WORLDS, OF_A_WORLD, SEED = 20, 500, 11
TABLE = Path(__file__).parent.parent / "spec/test_decision.py"


def drawn() -> list[tuple[tuple[lifecycle.Filed, ...], list[sharing_worlds.Case]]]:
    """The same worlds and requests every time, of the classes as they are now."""
    random = Random(SEED)
    found = []
    for _ in range(WORLDS):
        filed = sharing_worlds.world(random)
        stream = sharing_worlds.cases(random, filed)
        found.append((filed, [next(stream) for _ in range(OF_A_WORLD)]))
    return found


def decided(filed: tuple[lifecycle.Filed, ...], case: sharing_worlds.Case) -> int:
    """The level that our own code gives."""
    opened = grants.open_grants(case.asking, filed, sharing_worlds.SOURCES)
    return decision.decide(opened, case.subject, case.field, case.source).level


@cache
def right() -> tuple[tuple[int, ...], ...]:
    """The level of every request drawn, as our own code gives it before anything is spoilt; Cedar must agree on each."""
    found = []
    for filed, stream in drawn():
        levels = tuple(decided(filed, case) for case in stream)
        assert beside_cedar(filed, stream, levels) == 0
        found.append(levels)
    return tuple(found)


def as_it_should_be() -> bool:
    """Whether every row of the table of decisions holds, and every request is decided as Cedar decides it."""
    spec = runpy.run_path(str(TABLE))
    for name, test in spec.items():
        if name.startswith("test_"):
            rows = next((mark.args[1] for mark in getattr(test, "pytestmark", ())), [()])
            for row in rows:
                test(*row)
    return all(
        decided(filed, case) == right
        for (filed, stream), rights in zip(drawn(), right(), strict=True)
        for case, right in zip(stream, rights, strict=True)
    )


def all_mutants() -> list[Mutant]:
    """Every spoilt version of the code that decides."""
    return [mutant for module in SPOILT for mutant in mutants(module)]


def unnoticed(tried: list[Mutant]) -> list[str]:
    """What of `tried` no request tells from the code as it is."""
    assert as_it_should_be()
    return [f"{m.module.__name__}:{m.line} {m.what}" for m in tried if not noticed(m, AGAIN, as_it_should_be)]


def test_what_is_not_spoilt_passes() -> None:
    assert as_it_should_be()


def test_twenty_mutants_are_noticed() -> None:
    tried = Random(1).sample(all_mutants(), 20)
    assert len(unnoticed(tried)) <= 1


@pytest.mark.deep
def test_two_hundred_mutants_are_noticed() -> None:
    everything = all_mutants()
    tried = Random(2).sample(everything, min(200, len(everything)))
    left = unnoticed(tried)
    print(f"{len(tried)} mutants of {len(everything)}: {len(tried) - len(left)} noticed; not: {left}")
    assert len(left) <= 0.05 * len(tried)
