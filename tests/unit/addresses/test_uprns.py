"""Which UPRN a record has: the source's own, one that replaced it, or the one that its text leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import ibis
import pytest

from small_gazetteer import gazetteer_of, records_of, table_of
from vestry.addresses import library, matching, uprns
from vestry.addresses.uprns import find_uprns
from vestry.engines.duckdb import DuckDBEngine
from vestry.engines.engine import Engine
from vestry.intake.loading import Received
from vestry.place import Thresholds
from vestry.standardise.remembered import Remembered

HOUSE = [1, None, "approved", "RD04", None, None, "1", "HIGH STREET", None, "BRACKTON", "ZX1 0AA"]
NEXT = [2, None, "approved", "RD04", None, None, "2", "HIGH STREET", None, "BRACKTON", "ZX1 0AA"]
BLOCK = [5, None, "approved", "PP", None, None, "5", "HIGH STREET", None, "BRACKTON", "ZX1 0AA"]
FLAT = [6, 5, "approved", "RD06", "FLAT A", None, "5", "HIGH STREET", None, "BRACKTON", "ZX1 0AA"]
GONE = [8, None, "historical", "RD04", None, None, "8", "HIGH STREET", None, "BRACKTON", "ZX1 0AA"]
ROWS = [HOUSE, NEXT, BLOCK, FLAT, GONE]
RENUMBERED = {"uprn": "71", "successor_uprn": "72"}
AGAIN = {"uprn": "72", "successor_uprn": "1"}
DIVIDED = [{"uprn": "80", "successor_uprn": "1"}, {"uprn": "80", "successor_uprn": "2"}]


def said(engine: Engine, find: Any, rows: Sequence[Mapping[str, Any]], **more: Any) -> list[tuple[Any, ...]]:
    more.setdefault("gazetteer", gazetteer_of(ROWS, RENUMBERED, AGAIN, *DIVIDED))
    found = find([{"postcode": "ZX1 0AA", **r} for r in rows], **more).records
    got = sorted(engine.fetch(found).to_pylist(), key=lambda r: int(r["record_id"]))
    return [(r["uprn"], r["uprn_by"], r["uprn_agrees"], r["uprn_why"]) for r in got]


def test_the_sources_own_number_is_kept_and_compared(engine: Engine, find: Any) -> None:
    assert said(
        engine,
        find,
        [
            {"lines": "1 High Street", "uprn": "1"},
            {"lines": "1 High Street", "uprn": "2"},
            {"lines": "5 High Street", "uprn": "6"},
            {"lines": "The Old Shop", "uprn": "6"},
            {"lines": "The Old Shop", "uprn": "2"},
            {"lines": None, "uprn": "1"},
        ],
    ) == [
        ("1", "source", True, None),
        ("2", "source", False, uprns.DISAGREES),
        ("6", "source", False, uprns.DISAGREES),
        ("6", "source", False, uprns.FLAT_UNNAMED),
        ("2", "source", None, None),
        ("1", "source", None, None),
    ]


def test_a_number_that_was_replaced_is_followed(engine: Engine, find: Any) -> None:
    assert said(
        engine,
        find,
        [
            {"lines": "1 High Street", "uprn": "72"},
            {"lines": "1 High Street", "uprn": "71"},
            {"lines": "1 High Street", "uprn": "80"},
            {"lines": "8 High Street"},
        ],
    ) == [
        ("1", "source", True, uprns.SUCCEEDED),
        ("1", "source", True, uprns.SUCCEEDED),
        ("80", "source", False, uprns.DISAGREES),  # it became two: nobody can say which
        ("8", "exact", None, "written as the gazetteer once wrote it"),
    ]


def test_a_number_that_the_gazetteer_lacks(engine: Engine, find: Any) -> None:
    assert said(
        engine,
        find,
        [{"lines": "1 High Street", "uprn": "999"}, {"lines": "77 Elsewhere Lane", "uprn": "999"}],
    ) == [("1", "exact", None, uprns.REPLACED), ("999", "source", None, uprns.UNKNOWN)]


def test_without_a_gazetteer_nothing_changes(engine: Engine, find: Any) -> None:
    found = find([{"lines": "1 High Street", "uprn": "1"}, {"lines": "2 High Street"}], gazetteer=[])
    got = sorted(engine.fetch(found.records).to_pylist(), key=lambda r: r["record_id"])
    assert [(r["uprn"], r["uprn_given"], r["uprn_by"]) for r in got] == [
        ("1", "1", "source"),
        (None, None, None),
    ]
    assert engine.count(found.matches) == engine.count(found.quality) == 0


def test_thresholds_part_the_certain_from_what_waits(engine: Engine, find: Any, tmp_path: Path) -> None:
    """Scores are remembered as they came, so that the library is asked once for three pairs of thresholds."""
    rows = [{"lines": "1 Hihg Street, Brackton"}]
    high, low = ({"address_link": v, "address_review": v - 500} for v in (500, 0))
    assert said(engine, find, rows, memory=tmp_path, **low)[0][:2] == ("1", "library")
    assert said(engine, find, rows, memory=tmp_path, **high)[0] == (None, None, None, uprns.WAITS)
    nothing = {"address_link": 500, "address_review": 500}
    assert said(engine, find, rows, memory=tmp_path, **nothing)[0] == (None, None, None, uprns.UNLIKE)


def test_one_row_for_each_text(engine: Engine, find: Any) -> None:
    rows = [
        {"lines": "1 High Street", "postcode": "ZX1 0AA"},
        {"lines": "1 HIGH STREET", "postcode": "zx10aa"},
        {"lines": "1 High Street", "postcode": None},
        {"lines": None, "postcode": "ZX1 0AA"},
    ]
    found = find(rows, gazetteer=gazetteer_of(ROWS)).matches
    got = {
        (r["address_lines"], r["postcode"]): (r["method"], r["records"])
        for r in engine.fetch(found).to_pylist()
    }
    assert got == {("1 HIGH STREET", "ZX1 0AA"): ("exact", 2), ("1 HIGH STREET", None): ("none", 1)}


def test_what_all_sources_number_is_not_asked_about(
    engine: Engine, find: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the library was asked")

    monkeypatch.setattr(matching, "candidates", never)
    found = find([{"lines": "The Old Shop", "uprn": "1"}], gazetteer=gazetteer_of(ROWS)).matches
    (row,) = engine.fetch(found).to_pylist()
    assert (row["uprn"], row["method"], row["reason"]) == ("1", "source", uprns.SOURCES_SAY)


def test_memory_gives_what_was_found_and_another_gazetteer_forgets_it(
    engine: Engine, find: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"lines": "1 Hihg Street, Brackton"}, {"lines": "2 High Street"}]
    first = said(engine, find, rows, memory=tmp_path)
    kept = sorted(p.name for p in tmp_path.iterdir())
    assert all(p.stat().st_mode & 0o077 == 0 for p in tmp_path.rglob("*")), "only the owner may read texts"
    with monkeypatch.context() as patched:
        patched.setattr(matching, "candidates", None)
        assert said(engine, find, rows, memory=tmp_path) == first
        (tmp_path / next(n for n in kept if n.endswith("-texts.parquet"))).write_bytes(b"cut short")
    assert said(engine, find, rows, memory=tmp_path) == first
    other = gazetteer_of([HOUSE])[0]
    more = table_of("gazetteer_property", ("uprn",), [{"uprn": "77"}], source="another")
    find(rows, gazetteer=[other, more], memory=tmp_path)
    assert not set(kept) & {p.name for p in tmp_path.iterdir()}, "what was remembered of the other is gone"


def test_a_gazetteer_sent_again_is_asked_nothing_again(
    engine: Engine, find: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in it counts, and not which extract it came in, nor the order of its rows."""
    rows = [{"lines": "1 Hihg Street, Brackton"}, {"lines": "2 High Street"}]

    def sent(extract: str, drawn: list[Any]) -> list[Received]:
        return [replace(r, rows=r.rows.mutate(extract_id=ibis.literal(extract))) for r in gazetteer_of(drawn)]

    first = said(engine, find, rows, memory=tmp_path, gazetteer=sent("gazetteer/1", ROWS))
    kept = {p.name for p in tmp_path.iterdir() if p.suffix}
    for extract, read in (("gazetteer/2", True), ("gazetteer/2", False)):
        with monkeypatch.context() as patched:
            patched.setattr(matching, "candidates", None)
            if not read:
                patched.setattr(matching, "read_gazetteer", None)
            again = sent(extract, ROWS[::-1])
            assert said(engine, find, rows, memory=tmp_path, gazetteer=again) == first
        assert {p.name for p in tmp_path.iterdir() if p.suffix} == kept
    (others := tmp_path / "uprn-1.parquet").touch()
    fewer = sent("gazetteer/3", ROWS[1:])
    find(rows, memory=tmp_path, gazetteer=fewer)
    assert not kept & {p.name for p in tmp_path.iterdir()} and others.exists()


def test_what_the_library_makes_of_a_gazetteer_is_made_once(
    engine: Engine, find: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"lines": "1 Hihg Street, Brackton"}, {"lines": "5 Hgih Street, Flat A, Brackton"}]
    first, both = said(engine, find, rows[:1], memory=tmp_path), said(engine, find, rows)
    assert first[0][1] == "library"
    (kept,) = (p for p in tmp_path.iterdir() if p.is_dir())
    with monkeypatch.context() as patched:
        patched.setattr(library, "prepare_canonical_folder", None)
        assert said(engine, find, rows, memory=tmp_path) == both
    for damage in (
        lambda: (kept / library.MANIFEST).unlink(),
        lambda: (kept / library.MANIFEST).write_text('{"files": {}}', encoding="utf-8"),
        lambda: shortened(kept),
    ):
        damage()
        next(tmp_path.glob("*-texts.parquet")).unlink()
        assert said(engine, find, rows, memory=tmp_path) == both, "it is made again"
    with monkeypatch.context() as patched:
        patched.setattr(library, "prepare_canonical_folder", None)
        next(tmp_path.glob("*-texts.parquet")).unlink()
        assert said(engine, find, rows, memory=tmp_path) == both


def shortened(folder: Path) -> None:
    path = next(folder.glob("*addresses*.parquet"))
    path.write_bytes(path.read_bytes()[:-1])


def test_threads_order_and_what_else_is_asked_change_nothing(tmp_path: Path, cases: dict[str, Any]) -> None:
    rows = [
        {"record_id": str(n), "lines": text, "postcode": postcode, "uprn": uprn if n % 7 == 0 else None}
        for n, (text, postcode, uprn, _) in enumerate(cases["cases"])
    ]
    found = []
    for threads, turned, every in ((1, False, 1), (2, True, 1), (2, False, 4)):
        engine = DuckDBEngine(tmp_path / f"work-{threads}", threads=threads)
        gazetteer = gazetteer_of(cases["gazetteer"][::-1] if turned else cases["gazetteer"])
        records = records_of(engine, rows[::-1] if turned else rows[::every])
        addressed = find_uprns(
            engine, records, gazetteer, Remembered(engine, None), thresholds=Thresholds(), memory=None
        )
        got = engine.fetch(addressed.matches).to_pylist()
        found.append({(r["address_lines"], r["postcode"]): r for r in got})
        engine.close()
    assert found[0] == found[1]
    assert found[2].items() <= found[0].items()
    assert "library" in {r["method"] for r in found[2].values()}
