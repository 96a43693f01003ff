"""The engine of one machine: what is kept, and what is let go of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pytest

from vestry.engines.duckdb import DuckDBEngine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(tmp_path / "work", threads=1, memory="1GB")
    yield made
    made.close()


def _tables(engine: DuckDBEngine) -> set[str]:
    return {
        name for (name,) in engine.connection().execute("SELECT table_name FROM duckdb_tables()").fetchall()
    }


def _held(engine: DuckDBEngine) -> int:
    """Bytes that tables take in memory."""
    said = engine.connection().execute(
        "SELECT memory_usage_bytes FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'"
    )
    return int(said.fetchone()[0])


def test_what_is_forgotten_takes_no_memory(engine: DuckDBEngine) -> None:
    numbers = ibis.range(1_000_000).unnest().name("n").as_table()
    kept = engine.keep("numbers", numbers)
    gathered = engine.gather("gathered", kept.schema(), [kept, kept])
    brought = engine.bring("brought", engine.fetch(kept))
    assert _tables(engine) == {"numbers", "gathered", "brought"}
    assert _held(engine) > 3 * 8_000_000
    engine.forget(kept, engine.table("gathered"), brought)
    assert _tables(engine) == set()
    assert _held(engine) == 0
    assert gathered.columns == ("n",)  # a name is all that is left of it


def test_only_kept_tables_are_forgotten(engine: DuckDBEngine) -> None:
    kept = engine.keep("numbers", ibis.range(10).unnest().name("n").as_table())
    engine.forget(kept.filter(kept.n > 5), ibis.memtable({"n": [1]}))
    assert engine.count(kept) == 10


def test_keeping_the_same_name_again_replaces_it(engine: DuckDBEngine) -> None:
    first = engine.keep("numbers", ibis.range(10).unnest().name("n").as_table())
    second = engine.keep("numbers", first.filter(first.n > 5))
    assert engine.count(second) == 4
    assert _tables(engine) == {"numbers"}


def _numbers(engine: DuckDBEngine, name: str) -> ir.Table:
    return engine.keep(name, ibis.range(10).unnest().name("n").as_table())


def test_a_workbench_is_cleared_of_all_but_what_is_left_stands_on(engine: DuckDBEngine) -> None:
    _numbers(engine, "before")
    with engine.workbench() as bench:
        one, _, other = (_numbers(engine, name) for name in ("one", "between", "other"))
        answer = engine.bring("answer", engine.fetch(other))
        lasting = engine.bring("lasting", engine.fetch(other), lasting=True)
        bench.leave(one.filter(one.n > 5).inner_join(engine.table("before"), "n"), answer)
    assert _tables(engine) == {"before", "one", "answer", "lasting"}
    engine.done_with(lasting, still=[])
    assert engine.count(lasting) == 10
    engine.forget(lasting)
    assert _tables(engine) == {"before", "one", "answer"}


def test_done_with_a_table_what_others_stand_on_stays(engine: DuckDBEngine) -> None:
    one, both, other = (_numbers(engine, name) for name in ("one", "both", "other"))
    engine.done_with(one.union(both), still=[other.inner_join(both, "n")])
    assert _tables(engine) == {"both", "other"}
    engine.done_with(both.limit(1), still=[])
    assert _tables(engine) == {"other"}


def test_tables_read_from_files_are_nobodys_to_forget(engine: DuckDBEngine, tmp_path: Path) -> None:
    engine.save(_numbers(engine, "numbers"), tmp_path / "n.parquet")
    read = engine.parquet([tmp_path / "n.parquet"])
    with engine.workbench():
        engine.done_with(read, still=[])
    assert engine.count(read) == 10


def test_another_file_is_read_beside_and_cannot_be_changed(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "it's.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE numbers AS SELECT 7 AS n")
    engine.keep("numbers", ibis.memtable({"n": [1]}))
    engine.attach("other", path)
    there = engine.table("other_numbers")
    assert engine.fetch(there).to_pylist() == [{"n": 7}]
    engine.done_with(there, [])
    assert engine.fetch(engine.table("numbers")).to_pylist() == [{"n": 1}], "its own of that name stays"
    with pytest.raises(duckdb.Error):
        engine.connection().execute("INSERT INTO other.main.numbers VALUES (8)")


def test_a_view_is_computed_when_it_is_read(engine: DuckDBEngine) -> None:
    kept = engine.compute("counted", "SELECT 1 AS n")
    seen = engine.view("seen", kept.mutate(twice=kept.n * 2))
    engine.connection().execute("INSERT INTO counted VALUES (5)")
    assert engine.fetch(seen.order_by("n")).to_pylist() == [{"n": 1, "twice": 2}, {"n": 5, "twice": 10}]
