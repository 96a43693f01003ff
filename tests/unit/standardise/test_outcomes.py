"""Many texts in several processes come out as they do in one."""

from __future__ import annotations

from typing import Any

import pytest

from vestry.model.fields import MARK
from vestry.standardise import outcomes
from vestry.standardise.outcomes import work_out
from vestry.standardise.rules import RULES

TEXTS = ["al1 1aa", "nonsense", MARK.join(("AL1 1AB", "al11ae", "AL1 1AB")), "AL1 1AD"] * 3
EXPECTED = [("AL1 1AA",), (None,), ("AL1 1AB AL1 1AE",), ("AL1 1AD",)] * 3


@pytest.fixture
def any_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "TRIED", 1)
    monkeypatch.setattr(outcomes, "LONG", 0.0)
    monkeypatch.setattr(outcomes, "STARTING", 0.0)


def test_few_are_worked_out_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(outcomes, "_elsewhere")
    assert work_out(RULES["postcode"], TEXTS, processes=2) == EXPECTED


@pytest.mark.usefixtures("any_is_long")
def test_many_come_out_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    alone: list[int] = []
    here = outcomes._of_all

    def listening(name: str, texts: Any) -> Any:
        alone.append(len(texts))
        return here(name, texts)

    monkeypatch.setattr(outcomes, "_of_all", listening)
    assert work_out(RULES["postcode"], TEXTS, processes=5) == EXPECTED
    foreign = ["ŁUKASZ \U0001f600", "\u2028", "o\u2019brien", "\x00", "a\nb"]
    assert work_out(RULES["family_name"], foreign, processes=2) == here("family_name", foreign)
    assert alone == [1, 2, 1, 2], "the others by processes of their own"


def test_where_all_are_done_before_another_has_started_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "LONG", 0.0)
    monkeypatch.setattr(outcomes, "TRIED", 1)
    monkeypatch.setattr(outcomes, "_elsewhere", lambda name, texts: pytest.fail("started"))
    assert work_out(RULES["postcode"], TEXTS, processes=2) == EXPECTED


@pytest.mark.usefixtures("any_is_long")
@pytest.mark.parametrize("executable", ["/nowhere/python", "false"])
def test_where_no_process_can_do_it_it_is_done_here(executable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes.sys, "executable", executable)
    assert work_out(RULES["postcode"], TEXTS, processes=2) == EXPECTED
