"""A small place with two releases, made by hand in the shape of `twin.tables`, for rooms above the twin."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import postgresql as postgresql_server
from vestry.clock import FixedClock
from vestry.engines.duckdb import DuckDBEngine
from vestry.ids import digest
from vestry.office import migrating
from vestry.office.opening import opened
from vestry.office.project import Office
from vestry.place import Place, open_place
from vestry.twin.manifest import Manifest
from vestry.twin.search_index import search_tables
from vestry.twin.tables import BY_NAME, TABLES

Tables = Mapping[str, Sequence[Mapping[str, Any]]]

INDEXED = ("records", "members", "subjects", "episodes", "episode_entities")
"""What an index is made of."""

_TYPES = {
    "string": "VARCHAR", "int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE", "boolean": "BOOLEAN",
    "array<int32>": "INTEGER[]", "array<string>": "VARCHAR[]",
}  # fmt: skip


def write_release(
    releases: Path, release_id: str, tables: Tables, *, predecessor: str | None, built_at: str
) -> None:
    """A release in `releases`, made the current one; columns that a row leaves out are null."""
    folder = releases / release_id
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "twin.duckdb")) as twin:
        twin.begin()
        for table in TABLES:
            columns = ", ".join(f'"{c.name}" {_TYPES[c.type]}' for c in table.columns)
            twin.execute(f"CREATE TABLE {table.name} ({columns})")
            for row in tables.get(table.name, ()):
                assert set(row) <= {c.name for c in table.columns}, table.name
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" for _ in row)
                twin.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(row.values()))
        twin.commit()
    _index(folder)
    manifest = Manifest(
        release_id=release_id, place="Test", built_at=built_at, predecessor=predecessor,
        inputs=[{"extract_id": "tax/2026-11-01-abc", "sha256": "0"}], contracts={}, place_sha256="",
        decisions={}, models={}, rules={}, versions={},
        counts={name: len(rows) for name, rows in tables.items()},
        steps=[{"name": "receive", "seconds": 1.25}],
    )  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(json.loads(manifest.text())), encoding="utf-8")
    (releases / "current").write_text(release_id + "\n", encoding="utf-8")


def _index(folder: Path) -> None:
    """Write the index of the release in `folder` as a build would, of the tables that it has."""
    path = folder / "twin.duckdb"
    with closing(DuckDBEngine(folder / "workspace")) as engine:
        engine.attach("held", path)
        named = {name: engine.table(f"held_{name}") for name in INDEXED}
        found = {name: engine.fetch(table) for name, table in search_tables(engine, **named).items()}
    with duckdb.connect(str(path)) as twin:
        for name, rows in found.items():
            columns = ", ".join(f'"{column.name}"' for column in BY_NAME[name].columns)
            twin.register("rows", rows)
            twin.execute(f"INSERT INTO {name} SELECT {columns} FROM rows ORDER BY ALL")


def _record(record_id: str, source: str, key: str, **said: Any) -> dict[str, Any]:
    return {
        "record_id": record_id, "source": source, "table_name": "rows", "source_key": key, "part": "person",
        "kind": "person", "extract_id": f"{source}/2026-11-01-abc", "row_number": 17,
        "first_as_at": "2026-08-01",
        "last_as_at": "2026-11-01", "current": True, **said,
    }  # fmt: skip


RECORDS = [
    _record("r-tax", "tax", "100", given_names="ZOË", family_name="O'BRIEN", birth_date="1984-05-31",
            postcode="AB1 2CD", address_lines="1 HIGH STREET, MIDTOWN"),
    _record("r-tax-old", "tax", "100", given_names="ZOË", family_name="FORMERLY", birth_date="1984-05-31",
            postcode="AB9 9ZZ", current=False, last_as_at="2026-08-01", extract_id="tax/2026-08-01-aaa"),
    _record("r-gp", "gp", "G7", given_names="ZOE", family_name="OBRIEN", birth_date="1984-05-31",
            nhs_number="9434765919", postcode="AB1 2CD"),
    _record("r-lib", "library", "L1", given_names="ZOE ANN", family_name="OBRIEN", birth_date="1984"),
    _record("r-two", "tax", "200", given_names="JANE", family_name="SMITHSON", birth_date="1990-01-02",
            postcode="AB1 2CD", uprn="100023336"),
    _record("r-shop", "food", "55", kind="organisation", organisation_name="SMITH & SONS BAKERY",
            postcode="AB1 2CE"),
]  # fmt: skip

ENTITY_OF = {
    "r-tax": "p-1",
    "r-tax-old": "p-1",
    "r-gp": "p-1",
    "r-lib": "p-1",
    "r-two": "p-2",
    "r-shop": "o-1",
}


def _claim(
    record: str, field: str, value: str, *, chosen: bool, reason: str, group: str = ""
) -> dict[str, Any]:
    source = next(r["source"] for r in RECORDS if r["record_id"] == record)
    return {
        "entity_id": "p-1", "group_name": group or field, "item": "1", "field": field, "value": value,
        "record_id": record, "source": source, "as_at": "2026-11-01", "chosen": chosen, "reason": reason,
    }  # fmt: skip


def _identity(
    entity: str, happened: str, into: str | None = None, reason: str = "their records were joined"
) -> dict[str, Any]:
    return {
        "entity_id": entity, "kind": "person", "happened": happened, "at_release": "rel-2",
        "into_entity": into, "reason": reason,
    }  # fmt: skip


def _ledger(
    source: str, as_at: str, received: int, loaded: int, quarantined: int, sha: str
) -> dict[str, Any]:
    return {
        "source": source, "organisation": "borough", "extract_id": f"{source}/{as_at}-{sha}",
        "table_name": "rows",
        "as_at": as_at, "received": received, "loaded": loaded, "repeated": received - loaded - quarantined,
        "quarantined": quarantined,
    }  # fmt: skip


def _quality(source: str, dimension: str, passed: int, total: int) -> dict[str, Any]:
    return {
        "source": source, "table_name": "rows", "field": "birth_date", "dimension": dimension,
        "rule": "given", "passed": passed, "total": total,
    }  # fmt: skip


def _evidence(left: str, right: str, field: str, agreement: str, weight: float | None) -> dict[str, Any]:
    return {
        "left_record": left,
        "right_record": right,
        "field": field,
        "agreement": agreement,
        "weight": weight,
    }


FIRST: Tables = {"quality": [_quality("tax", "completeness", 99, 100), _quality("gp", "validity", 90, 100)]}

SECOND: Tables = {
    "ledger": [
        _ledger("tax", "2026-08-01", 2, 2, 0, "aaa"),
        _ledger("tax", "2026-11-01", 6, 2, 3, "abc"),
        _ledger("gp", "2026-11-01", 1, 1, 0, "abc"),
    ],
    "quarantine": [
        {"extract_id": "tax/2026-11-01-abc", "table_name": "rows", "row_number": n, "rule": rule}
        for n, rule in ((5, "date-form"), (4, "date-form"), (9, "row-shape"))
    ],
    "records": RECORDS,
    "members": [
        {k: r[k] for k in ("source", "source_key", "part", "record_id", "kind")}
        | {"entity_id": ENTITY_OF[r["record_id"]], "unit_id": digest(r["source"], r["source_key"], r["part"], r["kind"])}
        for r in RECORDS
    ],
    "people": [
        {"entity_id": "p-1", "current": True, "sources": 3, "given_names": "ZOË", "family_name": "O'BRIEN",
         "birth_date": "1984-05-31", "birth_date_accuracy": "day", "postcode": "AB1 2CD",
         "address_lines": "1 HIGH STREET, MIDTOWN"},
        {"entity_id": "p-2", "current": True, "sources": 1, "given_names": "JANE", "family_name": "SMITHSON",
         "birth_date": "1990-01-02", "postcode": "AB1 2CD"},
        {"entity_id": "p-gone", "current": False, "sources": 0, "family_name": "GONE"},
    ],
    "organisations": [
        {"entity_id": "o-1", "current": True, "sources": 1, "organisation_name": "SMITH & SONS BAKERY"}
    ],
    "subjects": [
        {"entity_id": entity_id, "kind": kind, "areas": [], "born_first": born, "born_last": born, "deceased": False,
         "known_to": known_to, "subject_no": subject_no}
        for subject_no, (entity_id, kind, born, known_to) in enumerate((
            ("o-1", "organisation", None, ["food"]), ("p-1", "person", "1984-05-31", ["gp", "library", "tax"]),
            ("p-2", "person", "1990-01-02", ["tax"]),
        ))
    ],
    "households": [{"entity_id": "h-1", "current": True, "property_id": "u-1", "people": 2}],
    "household_members": [{"household_id": "h-1", "person_id": "p-1", "valid_from": "2026-08-01"}],
    "episodes": [
        {"episode_id": "e-1", "service": "57", "organisation": "borough", "kind": "account", "status": "open",
         "opened_on": "2020-04-01", "reference": "CT77/1", "record_id": "r-two", "source": "tax", "current": True},
    ],
    "episode_entities": [{"episode_id": "e-1", "entity_id": "p-2", "role": "liable"}],
    "claims": [
        _claim("r-tax", "family_name", "O'BRIEN", chosen=True, reason="most trusted source", group="name"),
        _claim("r-gp", "family_name", "OBRIEN", chosen=False, reason="less trusted source", group="name"),
        _claim("r-gp", "nhs_number", "9434765919", chosen=True, reason="only source"),
    ],
    "links": [
        {"left_record": "r-gp", "right_record": other, "probability": p, "decided_by": "model", "weight": 1.0,
         "kind": "person"}
        for other, p in (("r-tax", 0.99), ("r-lib", 0.97), ("r-two", 0.55))
    ],
    "link_evidence": [
        _evidence("r-gp", "r-tax", "birth_date", "exact", 7.0),
        _evidence("r-gp", "r-tax", "family_name", "close", 2.5),
        _evidence("r-gp", "r-lib", "family_name", "exact", 6.0),
        _evidence("r-gp", "r-two", "birth_date", "different", -5.0),
    ],
    "linkage_rules": [
        {"rule": "link from", "value": 0.95},
        {"rule": "holds each once", "source": "tax", "table_name": "rows"},
    ],
    "identities": [
        _identity("p-old", "merged", "p-mid") | {"at_release": "rel-1"},
        _identity("p-mid", "merged", "p-1"),
        _identity("p-both", "split", "p-1") | {"at_release": "rel-1"},
        _identity("p-both", "split", "p-2") | {"at_release": "rel-1"},
        _identity("p-2", "split", "p-1", "some of its records were another's"),
        _identity("p-gone", "retired", None, "no source lists it"),
        _identity("p-lost", "retired", None, "no record of it is left"),
        _identity("p-1", "created", None, "first seen"),
    ],
    "quality": [_quality("tax", "completeness", 95, 100), _quality("gp", "validity", 92, 100)],
    "area_measures": [{"area_code": "E1", "measure": "population", "period": "2026", "value": 10.0}],
}  # fmt: skip


def pytest_collection_finish() -> None:
    """Leave all that was imported and collected out of Python's search for rubbish, and search less often.

    A build makes a million small expressions, which set off a search through everything that all tests have loaded: a sixth of
    the time of a tiny build.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def clock() -> FixedClock:
    """Noon on 20 November 2026."""
    return FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.fixture
def empty_place(tmp_path: Path) -> Place:
    """A place in which nothing has been received."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "place.toml").write_text(
        'name = "Test"\n\n[organisations]\nborough = "The Borough"\n', encoding="utf-8"
    )
    return open_place(folder)


@pytest.fixture(scope="session")
def _releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    releases = tmp_path_factory.mktemp("releases")
    write_release(releases, "rel-1", FIRST, predecessor=None, built_at="2026-08-02T00:00:00+00:00")
    write_release(releases, "rel-2", SECOND, predecessor="rel-1", built_at="2026-11-02T00:00:00+00:00")
    return releases


@pytest.fixture
def small_place(empty_place: Place, _releases: Path, _made_ready: Any) -> Place:
    """A place with releases rel-1 and rel-2; rel-2, the current one, holds everything in SECOND."""
    shutil.copytree(_releases, empty_place.releases)
    if not empty_place.office.exists():  # or it is open already, with what a test's office holds
        shutil.copy(_made_ready(None, None).office, empty_place.office)
    return empty_place


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgresql_server.Server]:
    """A real PostgreSQL, one for each process of tests; where it cannot be, its tests say why they are left out."""
    try:
        server = postgresql_server.begin()
    except postgresql_server.NoServer as error:
        pytest.skip(str(error))
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def office_database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """What DATABASE_URL says: nothing (SQLite), and the address of a new PostgreSQL database."""
    if request.param == "sqlite":
        yield None
        return
    server: postgresql_server.Server = request.getfixturevalue("postgresql")
    address = server.new_database()
    yield address
    server.drop(address)


@pytest.fixture(scope="session")
def _made_ready(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Place | str]:
    """Of each kind of database one with every table, which belongs to no place: to make all tables anew takes a second."""
    made: dict[bool, Place | str] = {}

    def ready(address: str | None, server: Callable[[], postgresql_server.Server]) -> Place | str:
        if (address is None) not in made:
            folder = tmp_path_factory.mktemp("ready") / "place"
            folder.mkdir()
            (folder / "place.toml").write_text('name = "Ready"\n', encoding="utf-8")
            place = open_place(folder)
            address = server().new_database() if address else None
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(migrating, "_belongs", lambda *_: None)
                opened(place, database_url=address).close()
            made[address is None] = address or place
        return made[address is None]

    return ready


@pytest.fixture
def office(
    empty_place: Place, office_database: str | None, _made_ready: Any, request: pytest.FixtureRequest
) -> Iterator[Office]:
    """The office of an empty place, on SQLite and on PostgreSQL."""
    ready = _made_ready(office_database, lambda: request.getfixturevalue("postgresql"))
    if office_database is None:
        shutil.copy(ready.office, empty_place.office)
    else:
        request.getfixturevalue("postgresql").fill(office_database, ready)
    one = opened(empty_place, database_url=office_database)
    yield one
    one.close()
