"""What holds of every register alike: it is received, its truth is whole, its keys are its own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from vestry.model import kinds

County = Any

SOURCES = ("benefits", "waste", "blue-badges", "libraries", "police-incidents", "police-custody")
BAD_ROWS = {"benefits": 3}
"""Rows of each file that cannot be read: one ragged, two born on 31 February."""
FEW = 20
"""Below so many rows of a district no bad ones are planted."""


@pytest.mark.parametrize("ending", SOURCES)
def test_contracts_have_no_problems(county: County, ending: str) -> None:
    assert [line for p in county.problems for line in p.lines()] == []
    assert county.sources(ending)


@pytest.mark.parametrize("ending", SOURCES)
def test_every_file_is_received_and_the_ledger_adds_up(county: County, ending: str) -> None:
    wanted = county.sources(ending)
    ledger = [row for r in county.receipts if r.extract.source in wanted for row in r.ledger]
    days = {row.as_at for row in ledger}
    assert len(days) == (4 if county.contracts[wanted[0]].extract == "changes" else 2)
    for row in ledger:
        assert row.received == row.loaded + row.repeated + row.quarantined
        assert row.loaded > 0
        assert row.quarantined <= BAD_ROWS.get(ending, 0)
    full = [r for r in ledger if r.received >= FEW]
    assert any(r.repeated for r in full) == (ending not in ("police-incidents", "police-custody"))
    assert any(r.quarantined for r in full) == (ending in BAD_ROWS)


@pytest.mark.parametrize("ending", SOURCES)
def test_truth_covers_every_part_of_every_row(county: County, ending: str) -> None:
    checked: Counter[str] = Counter()
    for source in county.sources(ending):
        for sent in county.sent(source):
            for part in sent.table.parts:
                fed = [c.name for c in sent.table.columns if any(t.part == part.name for t in c.targets)]
                there = (
                    bool(sent.row[part.present_when])
                    if part.present_when
                    else any(sent.row[name] for name in fed)
                )
                if there and part.kind == kinds.PERSON:
                    assert (source, sent.key, part.name) in county.people
                elif there and part.kind == kinds.PROPERTY:
                    told = county.homes[source, sent.key, part.name]
                    assert min(t["as_at"] for t in told) <= sent.as_at.isoformat()
                checked[part.name] += there
    assert all(checked.values())


@pytest.mark.parametrize("ending", SOURCES)
def test_a_key_is_there_once_in_an_extract(county: County, ending: str) -> None:
    for source in county.sources(ending):
        counted = Counter((sent.as_at, sent.key) for sent in county.sent(source))
        assert max(counted.values()) == 1


@pytest.mark.parametrize("ending", SOURCES)
def test_only_what_holds_each_once_says_so(county: County, ending: str) -> None:
    for source in county.sources(ending):
        rows = county.sent(source)
        for table in county.contracts[source].tables:
            main = next(p.name for p in table.parts if p.kind == kinds.PERSON)
            counted = Counter(
                (sent.as_at, county.people[source, sent.key, main])
                for sent in rows
                if sent.table.name == table.name and (source, sent.key, main) in county.people
            )
            if table.holds_each_once:
                assert max(counted.values()) == 1


def test_sealed_identities_are_spread_over_these_systems(county: County) -> None:
    held = Counter(row["source"] for row in county.sealed)
    assert held["libraries"] >= 5
    assert held["police-incidents"] + held["police-custody"] >= 3
    assert held["blue-badges"] + sum(held[source] for source in county.sources("benefits")) >= 2
    for row in county.sealed:
        if row["source"]:
            assert row["earlier"][0] == "S"
            assert county.people[row["source"], row["source_key"], row["part"]] == row["earlier"]


def test_some_have_no_fixed_address(county: County) -> None:
    police = ("police-incidents", "police-custody")
    forms = {told["form"] for at, rows in county.homes.items() if at[0] in police for told in rows}
    assert "none" in forms
    columns = ("P1_ADDRESS", "P2_ADDRESS", "ADDRESS")
    said = {s.row.get(c, "") for source in police for s in county.sent(source) for c in columns}
    assert said & {"NFA", "No fixed abode"}


@pytest.mark.parametrize("ending", SOURCES)
def test_special_columns_are_marked_and_have_their_condition(county: County, ending: str) -> None:
    for source in county.sources(ending):
        contract = county.contracts[source]
        special = {
            c.name for t in contract.tables for c in t.columns if c.classification == "special-category"
        }
        assert bool(special) == (ending not in ("benefits", "libraries"))
        assert bool(contract.lawful_basis.article_9) == bool(special)
        assert contract.lawful_basis.gateway
        assert all(c.classification for t in contract.tables for c in t.columns)
