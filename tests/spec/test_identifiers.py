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
