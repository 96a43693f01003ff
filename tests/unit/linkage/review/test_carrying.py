"""Decisions go with content where a key is gone: different to all who hold it, same to exactly one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.decisions import Decision, Line, Side, in_force
from vestry.linkage.review.carrying import Holder, Now, carried, decisions_for
from vestry.linkage.review.contents import CONTENT, ContentKey

KEY = ContentKey(bytes(range(32)))


def side(source: str, key: str, seen: str = "") -> Side:
    return Side(source=source, source_key=key, part="person", kind="person", seen=seen)


A, B = side("tax", "1", "X"), side("gp", "2", "Y")


def line(word: str, left: Side = A, right: Side = B, **said: str) -> Line:
    one, other = sorted((left, right), key=lambda s: s.unit)
    return Line(word=word, left=one, right=other, where="decisions/a.jsonl, line 1", **said)  # type: ignore[arg-type]


def holder(unit: str, source: str = "tax", part: str = "person") -> Holder:
    return Holder(unit=unit, source=source, part=part)


def found(
    word: str, now: Now, spoken: frozenset[tuple[str, str]] = frozenset()
) -> set[tuple[str, str, bool]]:
    return {
        (d.left_unit, d.right_unit, d.same)
        for d in carried(in_force([line(word)]), now, spoken | {line(word).pair})
    }


def pair(one: str, other: str) -> tuple[str, str]:
    return min(one, other), max(one, other)


def test_nothing_is_carried_while_both_keys_live() -> None:
    assert found("different", Now(living=frozenset({A.unit, B.unit}), holders={"X": [holder("n")]})) == set()


@pytest.mark.parametrize("word", ["same", "different"])
def test_a_gone_key_is_followed_by_what_was_seen_of_it(word: str) -> None:
    now = Now(living=frozenset({B.unit}), holders={"X": [holder("n")]})
    assert found(word, now) == {(*pair("n", B.unit), word == "same")}


@pytest.mark.parametrize("word", ["same", "different"])
def test_both_gone(word: str) -> None:
    now = Now(holders={"X": [holder("n")], "Y": [holder("m", "gp")]})
    assert (*pair("n", "m"), word == "same") in found(word, now)


def test_an_ended_key_is_followed_by_what_it_said_last() -> None:
    now = Now(living=frozenset({B.unit}), ended={A.unit: "Z"}, holders={"Z": [holder("n")]})
    assert found("different", now) == {(*pair("n", B.unit), False)}


def test_same_goes_to_exactly_one_of_the_same_source_and_part() -> None:
    living = frozenset({B.unit})
    several = {"X": [holder("n"), holder("m"), holder("o", "library")]}
    assert found("same", Now(living=living, holders=several)) == set()
    elsewhere = {"X": [holder("o", "library"), holder("p", "tax", "partner")]}
    assert found("same", Now(living=living, holders=elsewhere)) == set()
    assert len(found("different", Now(living=living, holders=several))) == 3


def test_nobody_is_different_from_themselves() -> None:
    """Both held one content: its holders are different from each other, not from themselves."""
    alike = Now(holders={"X": [holder("n"), holder("m")], "Y": [holder("n"), holder("m")]})
    assert all(one != other for one, other, _ in found("different", alike))


def test_what_was_said_of_the_new_pair_stands() -> None:
    now = Now(living=frozenset({B.unit}), holders={"X": [holder("n")]})
    assert found("different", now, frozenset({pair("n", B.unit)})) == set()


def test_two_decisions_that_come_to_one_pair_are_different() -> None:
    decisions = in_force([line("different"), line("same", side("tax", "7", "X"))])
    now = Now(living=frozenset({B.unit}), holders={"X": [holder("n")]})
    (both,) = carried(decisions, now, frozenset(d.pair for d in decisions))
    assert (both.pair, both.same) == (pair("n", B.unit), False)


# With an engine.


def row(source: str, key: str, name: str, *, current: bool = True, at: str = "2026-01-01") -> dict[str, Any]:
    one = side(source, key)
    return dict.fromkeys(CONTENT["person"]) | {
        "unit_id": one.unit, "source": source, "part": "person", "kind": "person", "record_id": f"{source}{key}{at}",
        "last_as_at": at, "current": current, "family_name": name,
    }  # fmt: skip


def for_build(
    tmp_path: Path, rows: list[dict[str, Any]], lines: list[Line], key: ContentKey | None = KEY
) -> list[Decision]:
    text = {name: pa.string() for name in (*rows[0], "company_number")} | {"current": pa.bool_()}
    engine = DuckDBEngine(tmp_path / "engine")
    try:
        table = pa.Table.from_pylist(rows, schema=pa.schema(list(text.items())))
        return decisions_for(engine, engine.bring("records", table), lines, key)
    finally:
        engine.close()


def hashed(name: str) -> str:
    return KEY.hashed("person", dict.fromkeys(CONTENT["person"]) | {"family_name": name})


def test_a_key_that_is_in_no_record_is_found_by_its_hash(tmp_path: Path) -> None:
    rows = [
        row("gp", "2", "LEE"),
        row("tax", "91", "LEA"),
        row("tax", "92", "OTHER"),
        row("tax", "93", "LEA", current=False),
    ]
    said = line("different", side("tax", "1", hashed("LEA")), side("gp", "2", hashed("LEE")))
    pairs = {d.pair for d in for_build(tmp_path, rows, [said])}
    assert pairs == {said.pair, pair(side("tax", "91").unit, side("gp", "2").unit)}


def test_an_ended_key_needs_neither_key_nor_hash(tmp_path: Path) -> None:
    """Lines from before anything was seen: the records themselves tell what they were."""
    rows = [
        row("gp", "2", "LEE"), row("tax", "91", "LEA"), row("tax", "1", "LEIGH", current=False, at="2025-01-01"),
        row("tax", "1", "LEA", current=False, at="2025-02-01"), row("tax", "94", "LEIGH"),
    ]  # fmt: skip
    said = line("same", side("tax", "1"), side("gp", "2"))
    pairs = {d.pair for d in for_build(tmp_path, rows, [said], None)}
    assert pairs == {said.pair, pair(side("tax", "91").unit, side("gp", "2").unit)}, "by what it said last"


def test_contradictions_that_carrying_makes_are_apart(tmp_path: Path) -> None:
    """1 same 2 and 7 different 2; both ended, and 91 holds what both said."""
    rows = [
        row("gp", "2", "LEE"),
        row("tax", "91", "LEA"),
        row("tax", "1", "LEA", current=False),
        row("tax", "7", "LEA", current=False),
    ]
    lines = [
        line("same", side("tax", "1"), side("gp", "2")),
        line("different", side("tax", "7"), side("gp", "2")),
    ]
    new = pair(side("tax", "91").unit, side("gp", "2").unit)
    assert [d.same for d in for_build(tmp_path, rows, lines) if d.pair == new] == [False]


def test_nothing_decided_asks_nothing(tmp_path: Path) -> None:
    assert decisions_for(None, None, [], None) == []  # type: ignore[arg-type]
    withdrawn = [line("same"), line("withdrawn")]
    assert decisions_for(None, None, withdrawn, None) == []  # type: ignore[arg-type]
