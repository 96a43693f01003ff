"""Who is compared with whom: by every block, by any way of one, and not by a value that too many share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.engines.engine import Engine
from vestry.linkage.blocks import block_keys, columns_of, keys_of
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.design import Block, block


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = DuckDBEngine(tmp_path / "work", threads=1)
    yield made
    made.close()


def met(engine: Engine, rows: list[dict[str, object]], *blocks: Block) -> set[tuple[int, int]]:
    """The pairs of profiles that share a key."""
    shape = {"profile_no": "int64"} | dict.fromkeys("abc", "string")
    kept = engine.keep("profiles", ibis.memtable(rows, schema=ibis.schema(shape)))
    keys, _ = block_keys(engine, "person", kept, blocks)
    other = keys.view()
    pairs = keys.inner_join(other, [keys.key == other.key, keys.profile_no < other.profile_no])
    found = engine.fetch(pairs.select(left=keys.profile_no, right=other.profile_no))
    return {(p["left"], p["right"]) for p in found.to_pylist()}


def row(number: int, a: str | None = None, b: str | None = None, c: str | None = None) -> dict[str, object]:
    return {"profile_no": number, "a": a, "b": b, "c": c}


def test_those_who_agree_in_all_of_a_block_meet(engine: Engine) -> None:
    rows = [row(0, "x", "1z"), row(1, "x", "1y"), row(2, "x", "2"), row(3, "x"), row(4, None, "1")]
    assert met(engine, rows, block("a", "left(b, 1)")) == {(0, 1)}


def test_what_is_missing_brings_nobody_together(engine: Engine) -> None:
    assert met(engine, [row(0), row(1)], block("a"), block("a", "b")) == set()


def test_any_way_of_the_one_meets_any_of_the_other(engine: Engine) -> None:
    rows = [row(0, "x", "y"), row(1, "y", "z"), row(2, "z", "x"), row(3, "q", "q")]
    assert met(engine, rows, Block(ways=(("a",), ("b",)))) == {(0, 1), (1, 2), (0, 2)}


def test_keys_of_two_blocks_are_never_one(engine: Engine) -> None:
    assert met(engine, [row(0, "x"), row(1, None, "x")], block("a"), block("b")) == set()
    (ours,), (theirs,) = (keys_of(kind, [block("a")])[0] for kind in ("person", "organisation"))
    assert ours != theirs


def test_a_value_that_too_many_share_brings_nobody_together(engine: Engine) -> None:
    rows = [row(n, "unknown", "n" if n < 2 else str(n)) for n in range(5)]
    assert met(engine, rows, block("a", at_most=4), block("b", at_most=4)) == {(0, 1)}
    assert len(met(engine, rows, block("a", at_most=5))) == 10


def test_one_that_says_it_in_two_ways_counts_once(engine: Engine) -> None:
    rows = [row(0, "x", "x"), row(1, "x", "x")]
    assert met(engine, rows, Block(ways=(("a",), ("b",)), at_most=2)) == {(0, 1)}


@pytest.mark.parametrize("kind", sorted(DESIGNS))
def test_every_block_of_every_design_has_keys(kind: str) -> None:
    assert all(keys_of(kind, DESIGNS[kind].blocking))


def test_only_columns_that_are_read_are_kept() -> None:
    among = ["family_name", "previous_family_name", "name", "sound", "postcode", "unread"]
    texts = ["left(sound, 2)", "previous_family_name_l = family_name_r", "postcode_r IS NULL"]
    assert columns_of(texts, among) == ["family_name", "previous_family_name", "sound", "postcode"]
