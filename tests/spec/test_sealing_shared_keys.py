"""Whom a key that several sources share takes out with a sealed identity."""

from __future__ import annotations

from typing import Any

import ibis
import pytest

from sealing_by_hand import OF_PEOPLE
from vestry.contracts.contract import Part
from vestry.intake.loading import Received

CHILD = Part(name="child", kind="person")
NUMBERED = Part(name="child", kind="person", attributes={"same_key_as": "cases.child"})
OF_CHILDREN = {n: to.replace("who.", "child.") for n, to in OF_PEOPLE.items() if to.startswith("who.")}
ADOPTED = """
    as_at      | key | upn           | family | given | born       | in | as
    2026-01-01 | s1  | R999010003001 | Nowak  | Lena  | 2019-04-02 | -  | -
"""


@pytest.fixture
def numbered(tables: Any) -> Any:
    """`numbered(drawn, "census")`: children of a source that calls them by the numbers of `cases`."""

    def made(drawn: str, source: str, part: Part = NUMBERED) -> Received:
        rows = tables.of(drawn).mutate(as_at=ibis.literal("2026-01-01"))
        fields = {n: to for n, to in OF_CHILDREN.items() if n in rows.columns}
        found: Received = tables.received(
            rows, parts=[part], fields=fields, source=source, table="children", formats=["yyyy-MM-dd"]
        )
        return found

    return made


def test_a_return_without_names_goes_with_the_case_whose_key_it_has(
    sealing: Any, listed: Any, numbered: Any
) -> None:
    """Neither number nor name of 77 in the return tells of anybody; that it is 77 does. 78 is who she is now."""
    cases = numbered(
        "key | family | given | born\n77 | Nowak | Lena | 2019-04-02\n78 | Reed | Amy | 2019-04-02",
        "cases",
        CHILD,
    )
    census = numbered("key | born | upn\n77 | 2019-04-02 | -\n78 | 2019-04-02 | N999010006002", "census")
    found = sealing(listed(ADOPTED), cases, census)
    assert found.people("source", "source_key") == [("cases", "78"), ("census", "78")]


def test_what_one_return_is_told_by_takes_the_key_out_of_all(
    sealing: Any, listed: Any, numbered: Any
) -> None:
    """The census has the pupil number of before. The case management system wrote the new name over the old one, and
    the other return has moved to her new number: either would lead from the one to the other."""
    cases = numbered("key | family | given | born\n77 | Reed | Amy | 2019-04-02", "cases", CHILD)
    census = numbered("key | born | upn\n77 | 2019-04-02 | R999010003001", "census")
    care = numbered("key | born | upn\n77 | 2019-04-02 | N999010006002", "care")
    assert sealing(listed(ADOPTED), cases, census, care).people("source", "source_key") == []


@pytest.mark.parametrize("told_of", ["cases", "census"])
def test_the_list_names_a_key_by_any_source_that_has_it(
    sealing: Any, listed: Any, numbered: Any, told_of: str
) -> None:
    """Also by one that holds nothing of it any more."""
    sealed = f"as_at | key | family | in | as\n2026-01-01 | s1 | Nowak | {told_of} | 77"
    drawn = "key | born\n{} | 2019-04-02\n80 | 2019-04-02"
    cases = numbered(drawn.format("79"), "cases", CHILD)
    census, care = numbered(drawn.format("76"), "census"), numbered(drawn.format("77"), "care")
    found = sealing(listed(sealed), cases, census, care)
    assert found.people("source", "source_key") == [
        ("care", "80"), ("cases", "79"), ("cases", "80"), ("census", "76"), ("census", "80"),
    ]  # fmt: skip


def test_who_only_happens_to_have_that_number_in_another_source_stays(
    sealing: Any, listed: Any, numbered: Any
) -> None:
    cases = numbered("key | family | given | born\n77 | Nowak | Lena | 2019-04-02", "cases", CHILD)
    pupils = numbered("key | born\n77 | 2019-04-02", "pupils", CHILD)
    assert sealing(listed(ADOPTED), cases, pupils).people("source", "source_key") == [("pupils", "77")]
