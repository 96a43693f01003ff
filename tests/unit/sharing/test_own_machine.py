"""Silence is refusal."""

from __future__ import annotations

from typing import cast

import pytest

from vestry.sharing.own_machine import Operator, decide
from vestry.sharing.purposes import PURPOSES
from vestry.sharing.request import OPEN_TABLES, Action, Request
from vestry.twin.tables import TABLES

HERE = Operator(account="alex", on_this_machine=True)


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda p: p.code)
def test_every_purpose_permits(purpose) -> None:
    assert decide(Request(action="show", purpose=purpose.code), HERE).permitted


def test_an_unknown_action_is_refused_whatever_the_purpose() -> None:
    assert not decide(Request(action=cast(Action, "copy"), purpose="audit"), HERE).permitted


@pytest.mark.parametrize("table", [t.name for t in TABLES if t.name not in OPEN_TABLES])
def test_a_table_of_people_needs_a_purpose(table: str) -> None:
    assert not decide(Request(action="export", table=table), HERE).permitted
    assert decide(Request(action="export", table=table, purpose="planning"), HERE).permitted


def test_open_tables_hold_nobody() -> None:
    """A column that points to someone makes a table one of people; `identities` holds ids alone."""
    for table in TABLES:
        if table.name in OPEN_TABLES - {"identities"}:
            columns = {c.name for c in table.columns}
            assert not columns & {
                "entity_id",
                "record_id",
                "person_id",
                "left_record",
                "source_key",
                "family_name",
            }


def test_a_mistyped_purpose_is_put_right() -> None:
    assert "council-tax" in decide(Request(action="find", purpose="counciltax"), HERE).fix


def test_codes_are_in_order_and_once() -> None:
    codes = [p.code for p in PURPOSES]
    assert codes == sorted(set(codes))
