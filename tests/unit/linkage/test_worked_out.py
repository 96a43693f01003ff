"""What is worked out of a profile is the same in a table as of one alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.worked_out import worked_out, worked_out_of

COLUMNS = (
    "family_name", "given_names", "birth_date", "address_lines", "postcode", "uprn", "phone", "address_key", "building_number",
    "beside_key", "beside_postcode", "beside_uprn",
)  # fmt: skip
HOME = {"address_lines": "5, HIGH STREET", "address_key": "5 HIGH STREET", "building_number": "5"}
PROFILES = (
    {},
    {"family_name": "SMITH", "given_names": "ANN MARY JO", "birth_date": "1990-02-28", "phone": "+441 +442 +443"},
    {"family_name": "SMITH-JONES", "given_names": "A", "birth_date": "1990-02", **HOME},
    {"family_name": "DE SOUSA", "given_names": "J P", "birth_date": "1899-12-31", "postcode": "AL1 1AA", **HOME},
    {"given_names": "ZOË ANN", "birth_date": "1990-02-30", "phone": "+441", "uprn": "1"},
    {"beside_key": "1 LOW ROAD", "beside_postcode": "AL2 2AA", "beside_uprn": "7"},
    {"address_lines": "FLAT 2, 12A ST JOHNS ROAD", "address_key": "FLAT 2 12A ST JOHNS ROAD", "building_number": "12A"},
    {"address_lines": "FLAT 2, 2 HIGH STREET", "address_key": "FLAT 2 2 HIGH STREET", "building_number": "2"},
    {"address_lines": "THE LODGE", "address_key": "LODGE", "birth_date": "1990"},
)  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def test_both_forms_say_the_same(engine: DuckDBEngine) -> None:
    rows = [{"n": n} | {c: profile.get(c) for c in COLUMNS} for n, profile in enumerate(PROFILES)]
    schema = ibis.schema({"n": "int64"} | dict.fromkeys(COLUMNS, "string"))
    table = engine.keep("few", ibis.memtable(rows, schema=schema))
    found = engine.fetch(worked_out(table, "person").order_by("n")).to_pylist()
    for profile, row in zip(PROFILES, found, strict=True):
        alone = worked_out_of("person", profile)
        texts = {c: "" if row[c] is None else str(row[c]) for c in alone}
        texts |= {c: texts[c].lower() for c in ("beside", "family_words")}
        assert texts == alone


def test_other_kinds_have_nothing_worked_out() -> None:
    assert worked_out_of("organisation", {"phone": "+441"}) == {}
