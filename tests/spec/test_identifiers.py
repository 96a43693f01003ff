"""Numbers that decide without any scoring, where the birth dates allow it."""

from __future__ import annotations

from typing import Any

import pytest

from vestry.engines.engine import Engine
from vestry.linkage.identifiers import identifier_pairs

HEAD = "record_id | unit_id | kind | nhs_number | nino | upn | birth_date"


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        ("b | 2 | person | - | - | A999010000011 | 2014-05-05", [("a", "b", "upn")]),
        ("b | 2 | person | - | - | A999010000011 | -", [("a", "b", "upn")]),
        ("b | 2 | person | - | - | A999010000011 | 2011-11-30", []),
        ("b | 2 | person | - | - | C999010000012 | 2014-05-05", []),
        ("b | 1 | person | - | - | A999010000011 | 2014-05-05", []),
    ],
    ids=["one pupil", "no birth date", "another child's number", "two pupils", "one unit"],
)
def test_a_pupil_number_decides(
    engine: Engine, tables: Any, second: str, joined: list[tuple[str, str, str]]
) -> None:
    drawn = f"{HEAD}\na | 1 | person | - | - | A999010000011 | 2014-05-05\n{second}"
    found = engine.fetch(identifier_pairs(tables.of(drawn), "person")).to_pylist()
    assert [(p["left_record"], p["right_record"], p["field"]) for p in found] == joined
