"""Work that is no look is entered before and after it; what the law wants logged has an action for each of its operations."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from vestry.errors import AuditUnavailable, NothingReceived
from vestry.sharing.audit import OPERATIONS, AuditEntry, Operation, operation_of
from vestry.sharing.recording import recorded
from vestry.sharing.request import Action

ASKED = AuditEntry(stage="asked", action="build", account="alex")


class Kept:
    """A log in memory, which fails at the entry that `fails` counts to."""

    def __init__(self, fails: int = 0) -> None:
        self.entries: list[AuditEntry] = []
        self.fails = fails

    def append(self, entry: AuditEntry) -> int:
        if len(self.entries) + 1 == self.fails:
            raise AuditUnavailable("full")
        self.entries.append(entry)
        return len(self.entries)


def test_before_and_after() -> None:
    log = Kept()
    assert recorded(log, ASKED, lambda: len(log.entries), lambda _: {"release": "r-1"}) == 1
    assert log.entries == [ASKED, replace(ASKED, stage="answered", answers=1, release="r-1")]


def test_no_entry_no_work() -> None:
    done: list[int] = []
    with pytest.raises(AuditUnavailable):
        recorded(Kept(fails=1), ASKED, lambda: done.append(1), lambda _: {})
    assert done == []


def test_a_failure_is_entered_by_its_code() -> None:
    log = Kept()

    def fail() -> None:
        raise NothingReceived("nothing")

    with pytest.raises(NothingReceived):
        recorded(log, ASKED, fail, lambda _: {})
    assert log.entries[1].reason == "nothing-received"


def test_every_operation_of_the_law_has_an_action() -> None:
    assert set(OPERATIONS.values()) == set(get_args(Operation))


def test_every_action_of_the_gateway_is_an_operation_of_the_law() -> None:
    assert set(get_args(Action)) <= set(OPERATIONS)


@pytest.mark.parametrize(
    ("said", "operation"),
    [
        ({"action": "show"}, "consultation"),
        ({"action": "show", "recipient": "nhs"}, "disclosure"),
        ({"action": "export"}, "disclosure"),
        ({"action": "receive"}, "collection"),
        ({"action": "build"}, "combination"),
        ({"action": "agreement-signed", "stage": "changed"}, "alteration"),
    ],
)
def test_what_the_law_calls_it(said: dict[str, str], operation: str) -> None:
    assert operation_of(replace(ASKED, **said)) == operation
