"""Promise 10 at the size of a county: 20,000 residents, a hundred of them with an earlier identity.

As far as the line's third step, which is where the sealed are taken out: nothing after it can read what is gone.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, Final

import pytest

from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.engines.duckdb import DuckDBEngine
from vestry.intake.loading import load
from vestry.intake.receive import receive
from vestry.intake.store import extracts
from vestry.linkage.sealing import seal
from vestry.place import Place, open_place
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered
from vestry.synthetic import synthesise

pytestmark = pytest.mark.deep

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
RESIDENTS, PLANTED = 20_000, 100

TOO_MANY: Final = 0.10
"""Record parts of other people that may be withheld for each that holds a sealed identity."""

RecordPart = tuple[str, str, str]
"""Source, key and part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """Record parts of people: those that hold a sealed identity, all others, and those that sealing left."""

    identities: int
    planted: frozenset[RecordPart]
    others: frozenset[RecordPart]
    left: frozenset[RecordPart]
    withheld_rows: int


@pytest.fixture(scope="module", params=[1.0, 2.0], ids=["dial 1", "dial 2"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county") / "place"
    synthesise(folder, residents=RESIDENTS, seed=11, months=1, dial=request.param)
    place = open_place(folder)
    receive_everything(place)
    yield sealed_up(place)


def receive_everything(place: Place) -> None:
    contracts = read_contracts(place)
    arrivals = json.loads((place.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    arrivals.sort(key=lambda a: a["as_at"])
    for (source, as_at), files in groupby(arrivals, key=lambda a: (a["source"], a["as_at"])):
        paths = [place.folder / a["file"] for a in files]
        receive(place, contracts[source], paths, as_at=date.fromisoformat(as_at), clock=CLOCK, accept=True)


def sealed_up(place: Place) -> County:
    """Check, standardise and seal everything received, as a build does."""
    with (place.folder / "truth" / "sealed.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    planted = {(r["source"], r["source_key"], r["part"]) for r in truth}
    with closing(DuckDBEngine(place.folder / "work", threads=None, memory=None)) as engine:
        remembered = Remembered(engine, None)
        loaded = load(engine, read_contracts(place), list(extracts(place)))
        records = standardise(engine, loaded.received, remembered).records
        found = seal(engine, records, loaded, remembered)
        before, left = (parts_of_people(engine, table) for table in (records, found.records))
        withheld = engine.fetch(found.ledger.sealed.sum().name("n").as_table()).to_pylist()[0]["n"]
    assert left <= before
    return County(
        identities=len({r["earlier"] for r in truth}),
        planted=frozenset(planted & before),
        others=frozenset(before - planted),
        left=frozenset(left),
        withheld_rows=withheld,
    )


def parts_of_people(engine: Any, records: Any) -> set[RecordPart]:
    people = records.filter(records.kind == "person").select("source", "source_key", "part").distinct()
    return {(r["source"], r["source_key"], r["part"]) for r in engine.fetch(people).to_pylist()}


def test_a_hundred_are_planted_and_none_is_left(county: County) -> None:
    assert county.identities == PLANTED
    assert len(county.planted) > 3 * PLANTED, "or few registers still list whom they should not"
    assert county.planted & county.left == set()


def test_few_others_are_withheld_with_them(county: County, capsys: pytest.CaptureFixture[str]) -> None:
    withheld = county.others - county.left
    with capsys.disabled():
        print(
            f"\n{len(county.planted)} record parts of {county.identities} sealed identities,"
            f" {len(county.planted & county.left)} left;"
            f" {len(withheld)} of {len(county.others)} others withheld; {county.withheld_rows} rows in all"
        )
        print(dict(Counter(source for source, *_ in withheld)))
    assert len(withheld) <= TOO_MANY * len(county.planted)
