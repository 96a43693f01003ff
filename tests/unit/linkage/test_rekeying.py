"""A register that changes supplier: belief that an ended key went on as a new one, and none in an ordinary month."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.rekeying import successions, with_successions

AUGUST, NOVEMBER = "2020-08-10", "2020-11-15"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def register(stayed: int, ended: int, began: int) -> ibis.Table:
    spans = [(AUGUST, NOVEMBER)] * stayed + [(AUGUST, AUGUST)] * ended + [(NOVEMBER, NOVEMBER)] * began
    return ibis.memtable(
        [
            {
                "unit_no": i,
                "source": "food",
                "table_name": "t",
                "first_as_at": first,
                "last_as_at": last,
            }
            for i, (first, last) in enumerate(spans)
        ]
    )


def test_an_ordinary_month_says_nothing(engine: DuckDBEngine) -> None:
    assert engine.count(successions(register(stayed=95, ended=5, began=8))) == 0


def test_a_change_of_supplier_is_seen(engine: DuckDBEngine) -> None:
    (step,) = engine.fetch(successions(register(stayed=0, ended=100, began=104))).to_pylist()
    assert (step["ended_at"], step["began_at"]) == (AUGUST, NOVEMBER)
    # one of 104 newcomers, 95 times in 100: odds of about 1 to 108
    assert step["bits_each"] == pytest.approx(-6.76, abs=0.02)


def pair(left: int, right: int, decided_by: str = "model") -> ibis.Table:
    return ibis.memtable(
        [
            {
                "left_no": 1, "right_no": 2, "left_unit": left, "right_unit": right,
                "probability": 0.5, "weight": 0.0, "decided_by": decided_by,
            }
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "raised"),
    [(0, 100, True), (100, 0, True), (0, 1, False), (100, 101, False)],
)
def test_only_an_ended_key_and_a_new_one_gain(
    engine: DuckDBEngine, left: int, right: int, raised: bool
) -> None:
    units = engine.keep("units", register(stayed=0, ended=100, began=100))
    (found,) = engine.fetch(
        with_successions(pair(left, right), units, successions(units), prior_bits=-16.0)
    ).to_pylist()
    assert (found["weight"] > 9) == raised
    assert (found["probability"] > 0.99) == raised


def test_an_identifier_is_not_scored_again(engine: DuckDBEngine) -> None:
    units = engine.keep("units", register(stayed=0, ended=100, began=100))
    (found,) = engine.fetch(
        with_successions(pair(0, 100, "identifier"), units, successions(units), prior_bits=-16.0)
    ).to_pylist()
    assert (found["weight"], found["probability"]) == (0.0, 0.5)
