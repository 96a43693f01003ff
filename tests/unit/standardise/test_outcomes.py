"""Many texts in several processes come out as they do in one."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from vestry.model.fields import MARK
from vestry.standardise import outcomes
from vestry.standardise.outcomes import work_out
from vestry.standardise.rules import RULES

TEXTS = ["al1 1aa", "nonsense", MARK.join(("AL1 1AB", "al11ae", "AL1 1AB")), "AL1 1AD"] * 3
EXPECTED = [("AL1 1AA",), (None,), ("AL1 1AB AL1 1AE",), ("AL1 1AD",)] * 3


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "MANY", 2)
    monkeypatch.setattr(outcomes, "AT_A_TIME", 5)


def test_few_are_worked_out_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(outcomes, "ProcessPoolExecutor")
    assert work_out(RULES["postcode"], TEXTS, processes=2) == EXPECTED


@pytest.mark.usefixtures("few_are_many")
def test_many_come_out_in_order() -> None:
    assert work_out(RULES["postcode"], TEXTS, processes=2) == EXPECTED


@pytest.mark.usefixtures("few_are_many")
def test_where_no_process_can_be_started_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise BrokenProcessPool

    monkeypatch.setattr(outcomes, "ProcessPoolExecutor", refused)
    assert work_out(RULES["postcode"], TEXTS, processes=2) == EXPECTED
