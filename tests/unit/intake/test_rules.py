"""Each quality rule as a small table: which values break it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from vestry.contracts.contract import Rule
from vestry.contracts.notation import CUSTOM_CHECKS, LIBRARY_CHECKS
from vestry.engines.duckdb import DuckDBEngine
from vestry.quality.rules import DistinctTexts, broken, is_for_rows

CASES: list[tuple[str, dict[str, Any], list[str | None], list[str | None]]] = [
    ("nullValues", {"mustBe": 0}, ["x", None], [None]),
    ("missingValues", {"missingValues": ["", "n/a"]}, ["x", "n/a", None], ["n/a", None]),
    ("missingValues", {}, ["x", None], [None]),
    ("invalidValues", {"validValues": ["a", "b"]}, ["a", "c", None], ["c"]),
    ("invalidValues", {"pattern": r"^(?!0)\d{3}$"}, ["123", "012", "12", None], ["012", "12"]),
    ("invalidValues", {"validValues": ["12", "ab"], "pattern": r"^\d+$"}, ["12", "13", "ab"], ["13", "ab"]),
    ("duplicateValues", {}, ["a", "a", "b", None, None], ["a", "a"]),
    (
        "nhs-number-check-digit",
        {},
        ["9434765919", "943 476 5919", "9434765918", "x", None],
        ["9434765918", "x"],
    ),
    ("nino-form", {}, ["AB123456C", "ab 12 34 56 c", "QQ123456C", None], ["QQ123456C"]),
    ("postcode-form", {}, ["AL1 1AA", "al11aa", "AL1", None], ["AL1"]),
    ("uprn-form", {}, ["100010971565", "x1", None], ["x1"]),
    ("email-form", {}, ["a.b@example.org", "a@b", "a b@example.org", None], ["a@b", "a b@example.org"]),
    ("phone-form", {}, ["01992 555555", "+44 1992 555555", "12", "x" * 100, None], ["12", "x" * 100]),
    (
        "date-not-after-extract",
        {},
        ["01/11/2026", "02/11/2026", "2026", "2027", "11/2026", "12/2026", "31/02/2030", None],
        ["02/11/2026", "2027", "12/2026"],
    ),
]


@pytest.mark.parametrize(("check", "arguments", "values", "expected"), CASES, ids=[c[0] for c in CASES])
def test_rules(engine: DuckDBEngine, check: str, arguments: Any, values: Any, expected: Any) -> None:
    rule = Rule(name="r", check=check, dimension="validity", column="v", arguments=arguments)
    columns = {
        "v": pa.array(values, pa.string()),
        "as_at": [date(2026, 11, 1)] * len(values),
        "extract_id": ["e"] * len(values),
    }
    rows = engine.bring("rows", pa.table(columns))
    wrong = broken(
        rule, rows, texts=DistinctTexts(engine, rows, "failed"), formats=("dd/MM/yyyy", "MM/yyyy", "yyyy")
    )()
    found = engine.fetch(rows.filter(wrong)).column("v").to_pylist()
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_duplicates_of_several_columns_within_one_extract(engine: DuckDBEngine) -> None:
    rule = Rule(
        name="r",
        check="duplicateValues",
        dimension="uniqueness",
        column=None,
        arguments={"properties": ["a", "b"]},
    )
    rows = engine.bring(
        "rows",
        pa.table(
            {
                "n": [1, 2, 3, 4, 5],
                "a": ["x", "x", "x", "x", None],
                "b": ["y", "y", "z", "y", "y"],
                "extract_id": ["e", "e", "e", "f", "e"],
            }
        ),
    )
    wrong = broken(rule, rows, texts=DistinctTexts(engine, rows, "failed"))()
    assert sorted(engine.fetch(rows.filter(wrong)).column("n").to_pylist()) == [1, 2]


def test_every_check_that_a_contract_can_name_is_tried_here() -> None:
    assert {case[0] for case in CASES} == (set(LIBRARY_CHECKS) | set(CUSTOM_CHECKS)) - {"rowCount"}
    assert not is_for_rows(Rule(name="r", check="rowCount", dimension="completeness", column=None))
