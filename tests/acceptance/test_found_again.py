"""An extract that is moved away and put back: whom only it told of end, and go on by the ids that they had."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tiny_people import ASHA, JANE, MARY, OMAR
from vestry.engines.duckdb import DuckDBEngine
from vestry.twin.predecessor import predecessor

GONE, BACK = "no record of it is left", "a source lists a record of it now"


@pytest.fixture
def place(small: Any, make_tiny: Callable[..., Any], tmp_path: Path) -> Any:
    """Jane and Asha in both lists, Omar in the one, Mary in the other."""
    tiny = make_tiny(tmp_path / "place", tax={}, gp={})
    shutil.copytree(small.place.models, tiny.place.models)
    tiny.send("gp", "2026-01-01", {"ID": "A", **JANE}, {"ID": "B", **ASHA}, {"ID": "C", **MARY})
    tiny.send("tax", "2026-01-01", {"ID": "1", **JANE}, {"ID": "2", **ASHA}, {"ID": "3", **OMAR})
    tiny.build()
    return tiny


def moved_away(tiny: Any, source: str) -> Path:
    """Take the extracts of a source out of the place, and say where they are."""
    away: Path = tiny.place.folder.parent / "away" / source
    shutil.rmtree(away, ignore_errors=True)
    shutil.copytree(tiny.place.extracts / source, away)
    shutil.rmtree(tiny.place.extracts / source)
    return away


def put_back(tiny: Any, away: Path) -> None:
    shutil.copytree(away, tiny.place.extracts / away.name)


def ended(tiny: Any) -> set[str]:
    """The ids whose records are waited for."""
    with closing(DuckDBEngine(tiny.place.folder / "work")) as engine:
        return set(predecessor(engine, tiny.place.releases, tiny.current).ended["entity_id"].to_pylist())


def households(tiny: Any, looking: Any) -> Any:
    sql = "SELECT person_id, household_id FROM household_members WHERE valid_to IS NULL ORDER BY ALL"
    return looking.rows_of(tiny.place, tiny.current, sql)


def reasons(tiny: Any, looking: Any, entity: str) -> list[str]:
    sql = "SELECT reason FROM identities WHERE entity_id = ? AND happened != 'kept' ORDER BY at_release"
    return [reason for (reason,) in looking.rows_of(tiny.place, tiny.current, sql, entity)]


def test_whoever_comes_back_goes_on(place: Any, looking: Any) -> None:
    people, homes = place.people(), households(place, looking)
    omar, mary = people["tax", "3"], people["gp", "C"]
    away = moved_away(place, "tax")
    place.build()
    assert reasons(place, looking, omar) == ["first seen", GONE]
    place.build(again=True)
    put_back(place, away)
    place.build()
    assert place.people() == people
    assert households(place, looking) == homes
    assert reasons(place, looking, omar) == ["first seen", GONE, BACK]
    assert reasons(place, looking, mary) == ["first seen"]
    created = "SELECT kind, count(*) FROM identities WHERE happened = 'created' GROUP BY ALL"
    first = looking.rows_of(
        place.place, sorted(r.name for r in place.place.releases.iterdir() if r.is_dir())[0], created
    )
    assert sorted(looking.rows_of(place.place, place.current, created)) == sorted(first), "nobody is new"


def test_it_may_happen_more_than_once(place: Any, looking: Any) -> None:
    people = place.people()
    for month in ("2026-02-01", "2026-03-01"):
        away = moved_away(place, "tax")
        place.build()
        put_back(place, away)
        place.send("gp", month, {"ID": "A", **JANE}, {"ID": "B", **ASHA}, {"ID": "C", **MARY})
        place.build()
    assert place.people() == people
    assert reasons(place, looking, people["tax", "3"]) == ["first seen", GONE, BACK, GONE, BACK]
    assert ended(place) == set(), "whoever came back is not waited for"
    moved_away(place, "tax")
    place.build()
    assert people["tax", "3"] in ended(place)


def test_who_is_found_to_be_somebody_who_never_ended_leads_there(place: Any, looking: Any) -> None:
    omar, mary = place.people()["tax", "3"], place.people()["gp", "C"]
    away = moved_away(place, "tax")
    place.build()
    place.decide("same", ("tax", "3"), ("gp", "C"))
    put_back(place, away)
    place.build()
    assert place.people()["tax", "3"] == mary
    assert place.happened(place.current, omar)[-1][1:] == ("merged", mary)
    life = reasons(place, looking, omar)
    assert life == ["first seen", GONE, "a reviewer said that they are one"]
    away = moved_away(place, "tax")
    place.build()
    put_back(place, away)
    place.build()
    assert place.people()["tax", "3"] == mary
    assert reasons(place, looking, omar) == life, "it leads there, and nothing else happens to it"


def test_without_the_release_that_had_them_they_are_new(place: Any, looking: Any) -> None:
    people, first = place.people(), place.current
    away = moved_away(place, "tax")
    place.build()
    shutil.rmtree(place.place.releases / first)
    put_back(place, away)
    place.build()
    assert place.people()["tax", "3"] not in people.values()
    assert place.people()["tax", "1"] == people["tax", "1"], "the other list has her too"
    assert reasons(place, looking, people["tax", "3"]) == ["first seen", GONE]
