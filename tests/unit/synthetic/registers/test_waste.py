"""Assisted and clinical waste: two tables in one file, names in one column, and the long stale."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from vestry.standardise.names import full_name
from vestry.synthetic import synthesise

County = Any
FIRST = date(2025, 9, 1)


@pytest.fixture(scope="module")
def jobs(county: County) -> list[Any]:
    """Jobs of the first day."""
    return [s for source in county.sources("waste") for s in county.sent(source, FIRST)]


def test_both_kinds_stand_in_one_file(county: County, jobs: list[Any]) -> None:
    counted = Counter(s.table.name for s in jobs)
    assert set(counted) == {"assisted", "clinical"}
    households = county.made.residents / 2.36
    assert 0.02 * households < counted["assisted"] < 0.06 * households
    assert 0.002 * households < counted["clinical"] < 0.012 * households
    assert all(s.key.startswith("AC" if s.table.name == "assisted" else "CW") for s in jobs)


def test_names_are_written_in_several_ways_that_can_be_taken_apart(jobs: list[Any]) -> None:
    names = [s.row["NAME"] for s in jobs]
    assert any("," in n for n in names)
    assert any(n.split()[0] in ("Mr", "Mrs", "Miss", "Ms", "Dr") for n in names)
    assert any(n.split()[0].isupper() and len(n.split()[0]) > 2 and "," not in n for n in names)
    assert all(full_name(n)[1] for n in names)


def test_most_are_old_and_some_long_dead_or_gone(county: County, jobs: list[Any]) -> None:
    whose = [county.people[s.source, s.key, "resident"] for s in jobs]
    assert sum(county.age(e) >= 66 for e in whose) > 0.55 * len(whose)
    assert sum(county.dead(e) or county.gone(e) for e in whose) > 0.05 * len(whose)
    assert any(county.dead(e) for e in whose)
    live = [e for e, s in zip(whose, jobs, strict=True) if not s.row["END"]]
    assert any(county.dead(e) for e in live)


def test_instructions_say_nothing_of_people(county: County, jobs: list[Any]) -> None:
    said = {s.row["CREW_INSTRUCTION"] for s in jobs}
    assert 3 < len(said) <= 8


def test_nobody_of_working_age_is_called_elderly(county: County, jobs: list[Any]) -> None:
    for s in jobs:
        if s.row["REASON"] == "ELDERLY":
            assert county.age(county.people[s.source, s.key, "resident"]) >= 65


def test_one_districts_waste_is_never_sent_again(tmp_path: Any) -> None:
    made = synthesise(tmp_path / "four", residents=1_000, seed=5, districts=4)
    days = {a.as_at for a in made.arrivals if a.source == "fennmarsh-waste"}
    assert days == {FIRST}
    assert len({a.as_at for a in made.arrivals if a.source == "brackmere-waste"}) == 2
