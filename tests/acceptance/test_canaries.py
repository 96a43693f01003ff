"""Canaries: people with a protected address, and sealed identities, of whom nothing may be found where it may not be.

Everything that somebody under a wide agreement can ask is asked, of each of them by name, of their homes, and of everybody
in lists; all that comes back, what is refused, and the audit log are searched for what would lead there.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest

from agreements_by_hand import EVERYTHING, POLICE_OFFICER, law_of, wide_agreement
from gateway_by_hand import log_text, open_gateway
from vestry.build import build
from vestry.clock import Clock, FixedClock
from vestry.contracts.reading import read_contracts
from vestry.errors import VestryError
from vestry.intake.receive import receive
from vestry.place import Place, open_place
from vestry.progress import Silent
from vestry.sharing.agreements.examples import as_if_in_force
from vestry.sharing.by_agreement import ByAgreement
from vestry.sharing.listing import tables_listed
from vestry.sharing.markers import Marked, MarkersGiven
from vestry.sharing.own_machine import Operator
from vestry.synthetic import synthesise
from vestry.twin.answers import Criteria

PURPOSE = "housing"
CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Somebody with a protected address: all that leads to their door, as text."""

    entity_id: str
    family_name: str
    texts: frozenset[str]
    homes: frozenset[str]


def protected(twin: duckdb.DuckDBPyConnection, wanted: int) -> list[Canary]:
    """So many people who live somewhere now, with every address, number and id that any record gives for them."""
    rows = twin.execute(
        """
        WITH somebody AS (
            SELECT DISTINCT p.entity_id, p.family_name FROM people p JOIN residences r USING (entity_id)
            WHERE p.current AND p.family_name IS NOT NULL AND coalesce(r.valid_to, '') = ''
            ORDER BY hash(p.entity_id) LIMIT $1
        )
        SELECT s.entity_id, any_value(s.family_name),
               (SELECT list(DISTINCT c.value) FROM claims c WHERE c.entity_id = s.entity_id
                AND c.field IN ('address_lines', 'postcode', 'uprn', 'email', 'phone', 'postal_address_lines')),
               (SELECT list(DISTINCT r.property_id) FROM residences r WHERE r.entity_id = s.entity_id),
               (SELECT list(DISTINCT h.household_id) FROM household_members h WHERE h.person_id = s.entity_id)
        FROM somebody s GROUP BY s.entity_id
        """,
        [wanted],
    ).fetchall()
    return [
        Canary(
            entity_id=entity_id,
            family_name=name,
            texts=frozenset(t for t in (*(texts or ()), *(homes or ()), *(households or ())) if len(t) > 4),
            homes=frozenset((*(homes or ()), *(households or ()))),
        )
        for entity_id, name, texts, homes, households in rows
    ]


def told(ask: Callable[[], Any]) -> str:
    """All the text of an answer, or of the error in its place."""
    try:
        return json.dumps(asdict(ask()), ensure_ascii=False, default=str)
    except VestryError as error:
        return error.text()


def led_to(under: ByAgreement, canary: Canary) -> Iterator[str]:
    """What leads to their door in any answer about them, and they themselves in any answer about their homes."""
    page = under.find(Criteria(name=canary.family_name), purpose=PURPOSE, limit=1_000)
    line = [asdict(found) for found in page.found if found.entity_id == canary.entity_id]
    answers = {
        "find": json.dumps(line, ensure_ascii=False),
        "show": told(lambda: under.show(canary.entity_id, purpose=PURPOSE)),
        "explain": told(lambda: under.explain(canary.entity_id, purpose=PURPOSE)),
    }
    yield from (f"{way}: {text}" for way, said in answers.items() for text in canary.texts if text in said)
    for home in canary.homes:
        for way in (under.show, under.explain):
            if canary.entity_id in told(lambda way=way, home=home: way(home, purpose=PURPOSE)):  # type: ignore[misc]
                yield f"{way.__name__} of the home"


def led_to_in_lists(under: ByAgreement, canaries: Sequence[Canary]) -> Iterator[str]:
    """Rows of lists that name one of them beside what leads to their door."""
    by_id = {canary.entity_id: canary for canary in canaries}
    for table in tables_listed():
        for batch in under.export(table, purpose=PURPOSE).batches:
            for row in batch.to_pylist():
                said = {str(value) for value in row.values() if value is not None}
                for entity_id in said & by_id.keys():
                    if table != "crossref":
                        yield from (f"{table}: {text}" for text in by_id[entity_id].texts & said)


def sealed_parts(place: Place) -> list[tuple[str, str, str]]:
    with (place.folder / "truth" / "sealed.csv").open(encoding="utf-8", newline="") as file:
        return [(r["source"], r["source_key"], r["part"]) for r in csv.DictReader(file)]


def told_of_sealed(under: ByAgreement, place: Place) -> Iterator[str]:
    """Records of sealed identities that are in a list, or that a search by their key finds."""
    parts = set(sealed_parts(place))
    stream = under.export("crossref", purpose=PURPOSE)
    for batch in stream.batches:
        yield from (
            str(row)
            for row in batch.to_pylist()
            if (row["source"], row["source_key"], row["part"]) in parts and row["kind"] == "person"
        )
    for source, key, part in parts:
        page = under.find(Criteria(key=(source, key), kind="person"), purpose=PURPOSE)
        for found in page.found:
            shown = under.show(found.entity_id, purpose=PURPOSE)
            yield from (
                str(o) for o in shown.origins if (o.source, o.source_key, o.part) == (source, key, part)
            )


def searched(place: Place, clock: Clock, canaries: int, folder: Path) -> dict[str, int]:
    """Asks everything; what leaked is an assertion. Gives what was searched, for the page of assurance."""
    contracts = read_contracts(place)
    path = folder / "twin.duckdb"
    shutil.copy(place.releases / (place.releases / "current").read_text().strip() / "twin.duckdb", path)
    with duckdb.connect(str(path), read_only=True) as twin:
        birds = protected(twin, canaries)
    assert len(birds) == canaries
    marked = tuple(Marked(entity_id=bird.entity_id, marker="protected-address") for bird in birds)
    filed = (as_if_in_force(wide_agreement(sorted(contracts), PURPOSE, *EVERYTHING)),)
    law = law_of(place, contracts, filed, MarkersGiven(marked))
    gateway = open_gateway(place, clock=clock, operator=Operator(account="alex", on_this_machine=True))
    with closing(gateway):
        under = gateway.on_behalf_of(POLICE_OFFICER, law, clock)
        unmarked = gateway.on_behalf_of(
            POLICE_OFFICER, law_of(place, contracts, filed, MarkersGiven()), clock
        )
        assert any(True for _ in led_to(unmarked, birds[0])), "the search finds what is not protected"
        leaks = [leak for bird in birds for leak in led_to(under, bird)]
        leaks += led_to_in_lists(under, birds)
        assert leaks == []
        assert list(told_of_sealed(under, place)) == []
    log = log_text(place)
    said = {text for bird in birds for text in bird.texts - bird.homes}
    assert [text for text in said if text in log] == []
    keys = {key for _, key, _ in sealed_parts(place)}
    return {"protected": len(birds), "sealed": len(keys), "texts": len(said), "log": len(log.splitlines())}


def test_canaries_of_a_small_place(small: Any, tmp_path: Path) -> None:
    assert searched(small.place, CLOCK, 15, tmp_path)["protected"] == 15


@pytest.mark.deep
def test_canaries_of_a_county(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1,000 protected addresses and the 100 sealed identities among 20,000 residents."""
    place = county_received(tmp_path / "place", residents=20_000)
    build(place, clock=CLOCK, progress=Silent())
    found = searched(place, CLOCK, 1_000, tmp_path)
    with capsys.disabled():
        print(f"\n{found}: none found where it may not be")
    assert found["protected"] == 1_000 and found["sealed"] >= 100


def county_received(folder: Path, *, residents: int) -> Place:
    """A fictional county's first day, everything received."""
    synthesise(folder, residents=residents, seed=11, months=1)
    place = open_place(folder)
    contracts = read_contracts(place)
    arrivals = json.loads((folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    arrivals.sort(key=lambda a: a["as_at"])
    for (source, as_at), files in groupby(arrivals, key=lambda a: (a["source"], a["as_at"])):
        paths = [folder / a["file"] for a in files]
        receive(place, contracts[source], paths, as_at=date.fromisoformat(as_at), clock=CLOCK, accept=True)
    return place
