"""A return without names: every row about a child is about one entity, whatever file it stands in."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from vestry.build import build
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive
from vestry.place import Place, open_place
from vestry.progress import Silent
from vestry.synthetic import synthesise

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A place of the county's and the NHS's sources, built once from all their extracts."""

    place: Place
    release: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("children") / "place"
    synthesise(folder, residents=2500, seed=5, districts=1)
    shutil.rmtree(folder / "contracts" / "brackmere")
    place = open_place(folder)
    contracts = read_contracts(place)
    arrivals = json.loads((folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    wanted = [a for a in arrivals if a["source"] in contracts]
    for (source, as_at), files in groupby(wanted, key=lambda a: (a["source"], a["as_at"])):
        paths = [folder / a["file"] for a in files]
        receive(place, contracts[source], paths, as_at=date.fromisoformat(as_at), clock=CLOCK, accept=True)
    return Made(place=place, release=build(place, clock=CLOCK, progress=Silent()).release_id)


def truth(folder: Path) -> dict[tuple[str, str, str], str]:
    with (folder / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        return {(r["source"], r["source_key"], r["part"]): r["entity"] for r in csv.DictReader(file)}


def sealed_parts(folder: Path) -> set[tuple[str, str, str]]:
    """The record parts that hold an earlier identity: they are withheld, and not for this file to test."""
    with (folder / "truth" / "sealed.csv").open(encoding="utf-8", newline="") as file:
        return {(r["source"], r["source_key"], r["part"]) for r in csv.DictReader(file)}


def test_every_file_of_a_return_that_names_a_child_speaks_of_one_entity(made: Made, looking: Any) -> None:
    sql = """
        SELECT m.source_key, count(DISTINCT m.entity_id), count(DISTINCT r.table_name)
        FROM members m JOIN records r ON r.record_id = m.record_id
        WHERE m.source = 'ssda903' AND m.part = 'child' GROUP BY m.source_key
    """
    found = looking.rows_of(made.place, made.release, sql)
    children = {
        key for source, key, part in truth(made.place.folder) if (source, part) == ("ssda903", "child")
    }
    sealed = {
        key for source, key, part in sealed_parts(made.place.folder) if (source, part) == ("ssda903", "child")
    }
    assert sealed <= children and sealed != set(), "or the return would hold no child's earlier identity"
    assert {key for key, _, _ in found} == children - sealed
    assert all(entities == 1 for _, entities, _ in found)
    assert max(tables for _, _, tables in found) > 3


def test_the_episodes_of_a_child_are_those_of_the_child(made: Made, looking: Any) -> None:
    """Each episode is about the entity of the child whom its row names, by the row's record too."""
    sql = """
        SELECT r.source_key, m.entity_id = ee.entity_id, e.episode_id
        FROM episodes e JOIN episode_entities ee ON ee.episode_id = e.episode_id AND ee.role = 'child'
        JOIN records r ON r.record_id = e.record_id
        JOIN members m ON m.source = 'ssda903' AND m.part = 'child' AND m.source_key = r.source_key
        WHERE e.source = 'ssda903'
    """
    found = set(looking.rows_of(made.place, made.release, sql))
    (told,) = looking.rows_of(
        made.place, made.release, "SELECT count(*) FROM episodes WHERE source = 'ssda903'"
    )[0]
    assert all(same for _, same, _ in found)
    assert len({episode for _, _, episode in found}) == told > 20


def test_a_child_is_resident_where_it_is_placed(made: Made, looking: Any) -> None:
    sql = """
        SELECT m.source_key, count(*) FILTER (WHERE s.valid_to IS NULL) FROM residences s
        JOIN members m ON m.record_id = s.record_id
        WHERE m.source = 'ssda903' GROUP BY m.source_key
    """
    found = dict(looking.rows_of(made.place, made.release, sql))
    assert found and set(found.values()) == {0, 1}


def test_no_earlier_identity_is_read_from_the_list_of_the_sealed(made: Made, looking: Any) -> None:
    for table in ("records", "members", "claims", "episodes"):
        sql = f"SELECT count(*) FROM {table} WHERE source = 'protected-identities'"
        assert looking.rows_of(made.place, made.release, sql) == [(0,)]
    sql = "SELECT sum(received) FROM ledger WHERE source = 'protected-identities'"
    assert looking.rows_of(made.place, made.release, sql)[0][0] > 0


def test_a_childs_records_are_joined_across_sources_by_the_pupil_number(made: Made, looking: Any) -> None:
    """Of children whom a return gives with a pupil number and the school knows by it, most are one entity."""
    sql = """
        SELECT count(*), count(*) FILTER (WHERE one.entity_id = other.entity_id)
        FROM (SELECT DISTINCT upn, entity_id FROM records JOIN members USING (record_id)
              WHERE records.source IN ('ssda903', 'cin-census') AND upn IS NOT NULL) one
        JOIN (SELECT DISTINCT upn, entity_id FROM records JOIN members USING (record_id)
              WHERE records.source = 'school-census' AND upn IS NOT NULL) other ON one.upn = other.upn
    """
    pairs, joined = looking.rows_of(made.place, made.release, sql)[0]
    assert pairs > 0 and joined >= 0.8 * pairs
