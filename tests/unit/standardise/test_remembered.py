"""Standard forms are worked out once for each distinct text, and a memory may be lost or damaged at any time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.model.fields import MARK
from vestry.standardise import remembered as module
from vestry.standardise.remembered import Remembered


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def texts(engine: DuckDBEngine, *values: str | None) -> ibis.Table:
    return engine.keep("texts", ibis.memtable({"said": list(values)}, schema=ibis.schema({"said": "string"})))


def forms(engine: DuckDBEngine, memory: Remembered, *values: str | None) -> dict[str | None, str | None]:
    found = memory.standard_forms(texts(engine, *values), {"said": ("postcode", ["postcode"])})
    rows = engine.fetch(found).to_pydict()
    return dict(zip(rows["said"], rows["postcode"], strict=True))


def test_every_text_gets_its_form_and_nothing_stays_nothing(engine: DuckDBEngine) -> None:
    found = forms(engine, Remembered(engine, None), "al1 1aa", "AL11AA", "nonsense", None)
    assert found == {"al1 1aa": "AL1 1AA", "AL11AA": "AL1 1AA", "nonsense": None, None: None}


def test_each_distinct_text_is_worked_out_once(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []
    original = module._work_out

    def counting(rule: Any, new: list[str], processes: int) -> Any:
        worked.extend(new)
        return original(rule, new, processes)

    monkeypatch.setattr(module, "_work_out", counting)
    forms(engine, Remembered(engine, tmp_path / "memory"), "AL1 1AA", "AL1 1AA", "AL1 1AB")
    assert sorted(worked) == ["AL1 1AA", "AL1 1AB"]
    forms(engine, Remembered(engine, tmp_path / "memory"), "AL1 1AA", "AL1 1AD")
    assert sorted(worked) == ["AL1 1AA", "AL1 1AB", "AL1 1AD"]


def test_a_damaged_memory_is_only_a_cost(engine: DuckDBEngine, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    before = forms(engine, Remembered(engine, memory), "AL1 1AA", "AL1 1AB")
    (kept,) = memory.glob("*.parquet")
    kept.write_bytes(kept.read_bytes()[:40])
    assert forms(engine, Remembered(engine, memory), "AL1 1AA", "AL1 1AB") == before


def test_a_memory_is_for_its_owner_alone(engine: DuckDBEngine, tmp_path: Path) -> None:
    forms(engine, Remembered(engine, tmp_path / "memory"), "AL1 1AA")
    (kept,) = (tmp_path / "memory").glob("*.parquet")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_date_is_read_by_the_formats_of_its_column(engine: DuckDBEngine) -> None:
    table = texts(engine, MARK.join(("dd/MM/yyyy", "01/02/2020")), MARK.join(("MM/dd/yyyy", "01/02/2020")))
    found = Remembered(engine, None).standard_forms(table, {"said": ("date", ["day", "accuracy"])})
    assert sorted(engine.fetch(found).column("day").to_pylist()) == ["2020-01-02", "2020-02-01"]


def test_several_values_of_one_field_are_kept_apart(engine: DuckDBEngine) -> None:
    table = texts(engine, MARK.join(("020 7946 0018", "not a number", "020 7946 0018", "01632 960001")))
    found = Remembered(engine, None).standard_forms(table, {"said": ("phone", ["phone"])})
    (phones,) = engine.fetch(found).column("phone").to_pylist()
    assert phones.split(" ")[0] == "+442079460018"
    assert phones.count("+442079460018") == 1


def test_a_column_that_says_nothing_is_neither_learnt_nor_joined(engine: DuckDBEngine) -> None:
    said = {f"c{n}": ["AL1 1AA" if n == 1 else None] for n in range(module.FEW + 1)}
    table = engine.keep("several", ibis.memtable(said, schema=ibis.schema(dict.fromkeys(said, "string"))))
    rule = {name: "postcode" if name == "c1" else "uprn" for name in said}
    memory = Remembered(engine, None)
    found = memory.standard_forms(table, {name: (rule[name], [f"form_{name}"]) for name in said})
    assert found.columns == (*said, *(f"form_{name}" for name in said))
    assert {str(found[f"form_{name}"].type()) for name in said} == {"string"}
    (row,) = engine.fetch(found).to_pylist()
    assert {name: row[f"form_{name}"] for name in said} == {
        name: "AL1 1AA" if name == "c1" else None for name in said
    }
    assert engine.statement(found).count("JOIN") == 1
