"""Numbers that decide without any scoring, where the birth dates allow it."""

from __future__ import annotations

from typing import Any

import pytest

from vestry.engines.engine import Engine
from vestry.linkage.identifiers import identifier_pairs

HEAD = "record_no | unit_no | nhs_number | nino | upn | birth_date"
NUMBERS = {"record_no": "int64", "unit_no": "int64"}


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        ("8 | 2 | - | - | A999010000011 | 2014-05-05", [(7, 8, "upn")]),
        ("8 | 2 | - | - | A999010000011 | -", [(7, 8, "upn")]),
        ("8 | 2 | - | - | A999010000011 | 2011-11-30", []),
        ("8 | 2 | - | - | C999010000012 | 2014-05-05", []),
        ("8 | 1 | - | - | A999010000011 | 2014-05-05", []),
    ],
    ids=["one pupil", "no birth date", "another child's number", "two pupils", "one unit"],
)
def test_a_pupil_number_decides(
    engine: Engine, tables: Any, second: str, joined: list[tuple[int, int, str]]
) -> None:
    drawn = f"{HEAD}\n7 | 1 | - | - | A999010000011 | 2014-05-05\n{second}"
    found = engine.fetch(identifier_pairs(tables.of(drawn, NUMBERS), "person")).to_pylist()
    assert [(p["left_no"], p["right_no"], p["field"]) for p in found] == joined


OF_KEYS = "record_no | unit_no | source | part | source_key | nhs_number | nino | upn | birth_date"
OWNERS = {
    ("census", "child"): ("cases", "child"),
    ("return", "child"): ("cases", "child"),
}


def by_key(engine: Engine, tables: Any, drawn: str) -> set[tuple[int, int]]:
    """Pairs of records that a shared key joins."""
    lines = [" | ".join(line.split(" | ")) for line in drawn.strip().splitlines()]
    found = identifier_pairs(tables.of("\n".join([OF_KEYS, *lines]), NUMBERS), "person", OWNERS)
    rows = engine.fetch(found).to_pylist()
    assert {row["field"] for row in rows} <= {"shared key"}
    assert len(rows) == len({(row["left_no"], row["right_no"]) for row in rows})
    return {(row["left_no"], row["right_no"]) for row in rows}


@pytest.mark.parametrize(
    ("drawn", "joined"),
    [
        (
            """
            1 | 1 | cases  | child | 77 | - | - | - | 2014-05-05
            2 | 2 | census | child | 77 | - | - | - | 2014-05-05
            3 | 3 | return | child | 77 | - | - | - | -
            """,
            {(1, 2), (1, 3), (2, 3)},
        ),
        (
            """
            2 | 2 | census | child | 77 | - | - | - | 2014-05-05
            3 | 3 | return | child | 77 | - | - | - | 2014-05-05
            """,
            {(2, 3)},
        ),
        (
            """
            1 | 1 | cases  | child  | 77 | - | - | - | 2014-05-05
            2 | 2 | census | child  | 78 | - | - | - | 2014-05-05
            3 | 3 | cases  | parent | 77 | - | - | - | -
            4 | 4 | pupils | child  | 77 | - | - | - | 2014-05-05
            """,
            set(),
        ),
        (
            """
            1 | 1 | cases  | child | 77 | - | - | - | 2014-05-05
            2 | 2 | census | child | 77 | - | - | - | 2011-11-30
            """,
            set(),
        ),
        (
            """
            1 | 1 | cases  | child | 77 | - | - | - | 2014-05-05
            2 | 2 | return | child | 77 | - | - | - | 2011-11-30
            3 | 2 | return | child | 77 | - | - | - | -
            """,
            set(),
        ),
        (
            """
            1 | 1 | cases  | child | 77 | - | - | - | 2014-05-05
            2 | 2 | return | child | 77 | - | - | - | 2011-11-30
            3 | 3 | census | child | 77 | - | - | - | -
            """,
            set(),
        ),
        (
            """
            1 | 1 | cases  | child | 77 | - | - | - | 2014-05-05
            2 | 1 | cases  | child | 77 | - | - | - | 2014-05-05
            3 | 2 | return | child | 77 | - | - | - | 2014-05-05
            4 | 2 | return | child | 77 | - | - | - | 2014-05-05
            5 | 2 | return | child | 77 | - | - | - | -
            """,
            {(1, 3)},
        ),
    ],
    ids=[
        "owner and two returns, one without birth dates",
        "two returns, nothing of the owner",
        "another key, another part, a source that says nothing of it",
        "another birth date",
        "another birth date in another row of the return",
        "a number given to two children, and a return that does not say which",
        "one record speaks for each birth date of a unit",
    ],
)
def test_a_key_that_is_anothers_decides(
    engine: Engine, tables: Any, drawn: str, joined: set[tuple[int, int]]
) -> None:
    assert by_key(engine, tables, drawn) == joined


def test_a_key_that_too_many_share_decides_nothing(engine: Engine, tables: Any) -> None:
    """Fifty-one parts of contracts cannot be; but a key may be that of many units where parts are of two kinds."""
    several = [f"{n} | {n} | return | child | 77 | - | - | - | -" for n in range(1, 51)]
    assert len(by_key(engine, tables, "\n".join(several))) == 50 * 49 / 2
    assert (
        by_key(engine, tables, "\n".join([*several, "51 | 51 | cases | child | 77 | - | - | - | -"])) == set()
    )
