"""How common values are: learnt once, and the same for whoever is compared afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.commonness import RAREST, counted, where_frequency_counts, with_shares
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.model import Commonness, value_digest

DESIGN = DESIGNS["person"]
COLUMNS = where_frequency_counts(DESIGN)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def people(engine: DuckDBEngine, *family_names: str | None) -> ibis.Table:
    rows = [{**dict.fromkeys(COLUMNS), "family_name": name} for name in family_names]
    return engine.keep("profiles", ibis.memtable(rows, schema=ibis.schema(dict.fromkeys(COLUMNS, "string"))))


def test_the_pair_itself_does_not_make_its_value_common(engine: DuckDBEngine) -> None:
    found = counted(engine, people(engine, *["SMITH"] * 12, "ROE", "ROE", "DOE", *[None] * 5), DESIGN)
    names = found["family_name"]
    assert names.any_other == 0.5 / 15, "by those who have a name; two who share it say nothing"
    assert names.shares == {value_digest("SMITH"): pytest.approx(10.5 / 15)}
    assert found["postcode"] == Commonness(any_other=0.0)


def test_values_that_cannot_be_told_from_the_rarest_are_not_kept(engine: DuckDBEngine) -> None:
    many = [f"NAME {n}" for n in range(60_000)]
    names = counted(engine, people(engine, *many, "RARE", "RARE", "RARE", *["COMMON"] * 9), DESIGN)[
        "family_name"
    ]
    assert set(names.shares) == {value_digest("COMMON"), value_digest("RARE")}
    assert min(names.shares.values()) > RAREST > names.any_other


def test_a_new_value_is_as_rare_as_the_rarest_and_none_changes_by_it(engine: DuckDBEngine) -> None:
    told = {"family_name": Commonness(any_other=0.001, shares={value_digest("SMITH"): 0.3})}
    profiles = people(engine, "SMITH", "NEW", "NEW", "NEW", None).get_name()
    found = engine.compute("told", with_shares(engine, "person", profiles, COLUMNS, DESIGN, told))
    assert found.columns == (*COLUMNS, *(f"tf_{column}" for column in COLUMNS))
    rows = engine.fetch(found).to_pylist()
    assert sorted((str(r["family_name"]), r["tf_family_name"]) for r in rows) == [
        ("NEW", 0.001), ("NEW", 0.001), ("NEW", 0.001), ("None", None), ("SMITH", 0.3),
    ]  # fmt: skip
    assert {r["tf_postcode"] for r in rows} == {None}
