"""The gazetteer as it is read, and what its UPRNs do to properties: spellings join, a flat stays apart from its building."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ibis
import pytest

from small_gazetteer import gazetteer_of, records_of
from vestry.addresses import matching
from vestry.addresses.gazetteer import read_gazetteer
from vestry.addresses.library import CANDIDATES
from vestry.addresses.uprns import find_uprns
from vestry.contracts.contract import Part
from vestry.engines.engine import Engine
from vestry.linkage.linking import link
from vestry.linkage.profiles import with_units
from vestry.place import Thresholds
from vestry.standardise.remembered import Remembered

Together = Callable[[Sequence[tuple[str, str | None]]], list[list[int]]]


def part_of(tables: Any, drawn: str, kind: str, **more: Any) -> Any:
    rows = tables.of(drawn)
    fields = {c: f"said.{c}" for c in rows.columns if c not in ("as_at", "key", "change")}
    return tables.received(
        rows, source=more.pop("source", kind), parts=[Part(name="said", kind=kind)], fields=fields, **more
    )


def test_pieces_of_both_kinds_of_address(engine: Engine, tables: Any) -> None:
    """The local authority's with its street by number, and Royal Mail's with 12A for a building's name."""
    local = part_of(
        tables,
        """
        as_at      | key | uprn | usrn | unit   | unit_number | building   | number | number_suffix | end_number
        2026-01-01 | 1   | 0101 | 7    | -      | -           | -          | 12     | A             | -
        2026-01-01 | 2   | 102  | 7    | FLAT   | 3           | WYND HOUSE | 5      | -             | 9
        """,
        "gazetteer_address",
        source="local",
    )
    post = part_of(
        tables,
        """
        as_at      | key | uprn | building | number | street  | town     | postcode
        2026-01-01 | 1   | 101  | 12A      | -      | High St | Brackton | zx10aa
        """,
        "gazetteer_address",
        source="post",
    )
    street = part_of(
        tables,
        """
        as_at      | key | usrn | street      | locality  | town     | language
        2026-01-01 | 1   | 7    | HIGH STREET | THRUPWOLD | BRACKTON | ENG
        2026-01-01 | 2   | 7    | STRYD FAWR  | THRUPWOLD | BRACKTON | CYM
        """,
        "gazetteer_street",
    )
    found = read_gazetteer(engine, [local, post, street], Remembered(engine, None)).addresses
    got = sorted((r["uprn"], r["text"], r["postcode"], r["is_flat"]) for r in engine.fetch(found).to_pylist())
    assert got == [
        ("101", "12A HIGH ST, BRACKTON", "ZX1 0AA", False),
        ("101", "12A HIGH STREET, THRUPWOLD, BRACKTON", None, False),
        ("102", "FLAT 3, WYND HOUSE, 5-9 HIGH STREET, THRUPWOLD, BRACKTON", None, True),
    ]


def test_what_is_known_of_a_property(engine: Engine, tables: Any) -> None:
    facts = part_of(
        tables,
        """
        as_at      | key | uprn | parent_uprn | successor_uprn | status     | classification | ended_on   | longitude
        2026-01-01 | 1   | 1    | 5           | -              | approved   | -              | -          | 0.5
        2026-01-01 | 2   | 1    | -           | -              | -          | 072            | -          | -
        2026-01-01 | 3   | 1    | -           | -              | -          | RD06           | -          | -
        2026-01-01 | 4   | 1    | -           | -              | -          | CR08           | 2020-01-01 | -
        2026-01-01 | 5   | 2    | -           | -              | historical | -              | -          | -
        2026-01-01 | 6   | 2    | -           | 1              | -          | -              | -          | -
        2026-01-01 | 7   | 3    | -           | 2              | -          | -              | -          | -
        2026-01-01 | 8   | 4    | -           | 1              | -          | -              | -          | -
        2026-01-01 | 9   | 4    | -           | 2              | -          | -              | -          | -
        2026-01-01 | 10  | 6    | -           | 999            | approved   | -              | -          | -
        """,
        "gazetteer_property",
    )
    found = read_gazetteer(engine, [facts], Remembered(engine, None)).properties
    got = {
        r["uprn"]: (
            r["parent_uprn"],
            r["status"],
            r["classification"],
            r["is_flat"],
            r["longitude"],
            r["goes_on_as"],
        )
        for r in engine.fetch(found).to_pylist()
    }
    assert got == {
        "1": ("5", "approved", "RD06", True, 0.5, None),
        "2": (None, "historical", None, False, None, "1"),
        "3": (None, "historical", None, False, None, "1"),  # followed to the end
        "4": (None, "historical", None, False, None, None),  # became two
        "6": (None, "approved", None, False, None, None),  # by one that nobody knows
    }


def test_of_changes_the_newest_word_counts(engine: Engine, tables: Any) -> None:
    changes = part_of(
        tables,
        """
        as_at      | key | uprn | status      | change
        2026-01-01 | 1   | 1    | provisional | I
        2026-01-01 | 2   | 2    | approved    | I
        2026-02-01 | 1   | 1    | approved    | U
        2026-02-01 | 2   | 2    | approved    | D
        """,
        "gazetteer_property",
        extract="changes",
        deleted_when=("change", "D"),
    )
    found = read_gazetteer(engine, [changes], Remembered(engine, None)).properties
    assert [(r["uprn"], r["status"]) for r in engine.fetch(found).to_pylist()] == [("1", "approved")]


@pytest.fixture
def together(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Together:
    """Which of some (text, UPRN of the source) become one property, by their positions; by the exact pass alone."""
    monkeypatch.setattr(
        matching, "candidates", lambda engine, *_: engine.bring("nothing", CANDIDATES.empty_table())
    )
    place = [None, "HIGH STREET", None, "BRACKTON", "ZX1 0AA"]
    gazetteer = gazetteer_of(
        [
            [1, None, "approved", "RD04", None, None, "1", *place[1:]],
            [5, None, "approved", "PP", None, None, "5", *place[1:]],
            [6, 5, "approved", "RD06", "FLAT A", None, "5", *place[1:]],
            [7, 5, "approved", "RD06", "FLAT B", None, "5", *place[1:]],
            [8, None, "approved", "RD06", "FLAT 1", None, "8", *place[1:]],
            [9, None, "approved", "RD06", "FLAT 2", None, "8", *place[1:]],
        ]
    )

    def made(rows: Sequence[tuple[str, str | None]]) -> list[list[int]]:
        said = [{"lines": lines, "postcode": "ZX1 0AA", "uprn": uprn} for lines, uprn in rows]
        remembered = Remembered(engine, None)
        records = records_of(engine, said)
        found = find_uprns(
            engine, records, gazetteer, remembered, thresholds=Thresholds(), memory=None
        ).records
        day = {c: ibis.literal("2026-01-01") for c in ("first_as_at", "last_as_at", "listed_until")}
        named = found.mutate(
            **day,
            listed=ibis.literal(True),
            source_key=found.record_id,
            part=ibis.literal("home"),
            record_no=found.record_id.dense_rank(),
        )
        united = with_units(engine, named, [])
        linked = link(
            engine, united, "property", models=tmp_path, thresholds=Thresholds(), decisions=[], once_only=[],
            remembered=remembered,
        )  # fmt: skip
        unit_of = {r["record_id"]: r["unit_id"] for r in engine.fetch(united).to_pylist()}
        cluster_of = {r["unit_id"]: r["cluster_id"] for r in engine.fetch(linked.clusters).to_pylist()}
        groups: dict[str, list[int]] = {}
        for n in range(len(rows)):
            groups.setdefault(cluster_of[unit_of[str(n)]], []).append(n)
        return sorted(groups.values())

    return made


def test_two_spellings_are_one_property(together: Together) -> None:
    rows = [
        ("1 High Street, Brackton", None),
        ("1 High St", None),
        ("1 HIGH STREET", "1"),
        ("2 High Street", None),
    ]
    assert together(rows) == [[0, 1, 2], [3]]
    assert together([("Flat A, 5 High Street", None), ("5A High St", None), ("anything", "6")]) == [[0, 1, 2]]


def test_a_flat_is_never_one_with_its_building_or_its_neighbour(together: Together) -> None:
    rows = [("5 High Street", None), ("Flat A, 5 High Street", None), ("Flat B, 5 High Street", None)]
    assert together(rows) == [[0], [1], [2]]
    # The source's UPRN is a flat, its text the building: it is with the flat, and leads nobody else there.
    rows = [
        ("5 High Street", None),
        ("5 High Street", "6"),
        ("Flat A, 5 High Street", None),
        ("5 High Street", "7"),
    ]
    assert together(rows) == [[0], [1, 2], [3]]


def test_a_building_that_the_gazetteer_has_only_in_flats(together: Together) -> None:
    rows = [
        ("8 High Street", None),
        ("8 High Street, Brackton", "8"),
        ("Flat 1, 8 High Street", None),
        ("8 High St", "9"),
    ]
    assert together(rows) == [[0], [1, 2], [3]]
