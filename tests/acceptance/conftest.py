"""Places that are built for real: a fictional one of 400 residents, once, and tiny ones written by hand.

Also `forks`: `vestry` commands in children of one process that has loaded everything, to be killed at will.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest

from forks import Forks
from gateway_by_hand import HERE, open_gateway
from own_readers import received_rows
from vestry.build import build
from vestry.clock import FixedClock
from vestry.contracts.contract import Contract
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive
from vestry.linkage import scoring, splink_sql
from vestry.place import Place, open_place
from vestry.progress import Progress, Silent
from vestry.sharing.gateway import Gateway
from vestry.synthetic import synthesise
from vestry.twin.manifest import Manifest
from vestry.twin.tables import BY_NAME

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
RESIDENTS, SEED, DISTRICTS = 400, 1, 1

SENDER = ("extract_id", "row_number")
"""Columns that say which file and row, and so differ when the same rows come in another order."""


def receive_all(place: Place, as_at: str) -> None:
    """Receive every file that `incoming/manifest.json` has for that day."""
    contracts = read_contracts(place)
    arrivals = json.loads((place.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    for source, files in groupby((a for a in arrivals if a["as_at"] == as_at), key=lambda a: a["source"]):
        paths = [place.folder / a["file"] for a in files]
        receive(place, contracts[source], paths, as_at=date.fromisoformat(as_at), clock=CLOCK, accept=True)


def days_of(place: Place) -> list[str]:
    arrivals = json.loads((place.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    return sorted({a["as_at"] for a in arrivals})


def built(place: Place, *, progress: Progress | None = None, **said: Any) -> Manifest:
    return build(place, clock=CLOCK, progress=progress or Silent(), **said)


@contextmanager
def trained_as_a_large_place() -> Iterator[None]:
    """Sampling of pairs, and learning from them, at a size at which the real line would do neither yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "ENOUGH_TO_LEARN", 100)
        patch.setattr(splink_sql, "TRAINING_PAIRS", 50_000)
        yield


def hashes(folder: Path) -> dict[str, str]:
    """Every file below `folder`, and the hash of its bytes."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def rows_of(place: Place, release: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query finds in one release of a place."""
    with duckdb.connect(str(place.releases / release / "twin.duckdb"), read_only=True) as twin:
        return twin.execute(sql, list(values)).fetchall()


def contents(place: Place, release: str, *, without: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of a release as sorted rows; columns of `without` left out."""
    found = {}
    with duckdb.connect(str(place.releases / release / "twin.duckdb"), read_only=True) as twin:
        for name, definition in BY_NAME.items():
            columns = ", ".join(f'"{c}"' for c in definition.schema.names if c not in without)
            found[name] = twin.execute(f"SELECT {columns} FROM {name} ORDER BY ALL").fetchall()
    return found


def shuffle_csv(path: Path, contract: Contract, rng: random.Random) -> None:
    """The same rows in another order, as the bytes they were: not one of them holds a line end."""
    lines = path.read_bytes().splitlines(keepends=True)
    head, body = (lines[:1], lines[1:]) if contract.layout.header else ([], lines)
    rng.shuffle(body)
    path.write_bytes(b"".join([*head, *body]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A place that was built once for each day of extracts. Nobody may change it: copy it first."""

    place: Place
    days: tuple[str, ...]
    manifests: tuple[Manifest, ...]
    after_each: tuple[Mapping[str, str], ...]
    """Hashes of every file under releases/ after each build."""

    def copied(self, to: Path) -> Place:
        """A copy that a test may change, published releases and all."""
        shutil.copytree(self.place.folder, to)
        return open_place(to)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """One district of the fictional county, 400 residents, on its first day and its last, bad rows and all."""
    folder = tmp_path_factory.mktemp("small") / "place"
    synthesise(folder, residents=RESIDENTS, seed=SEED, months=3, districts=DISTRICTS)
    place = open_place(folder)
    first, *later = days_of(place)
    manifests, after = [], []
    for days in ([first], later):
        for day in days:
            receive_all(place, day)
        with trained_as_a_large_place():
            manifests.append(built(place))
        after.append(hashes(place.releases))
    return Built(place=place, days=(first, later[-1]), manifests=tuple(manifests), after_each=tuple(after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shuffled:
    """The small place received again with the rows of every delimited file in another order, and built.

    `trained` are the models that a first build made of the shuffled rows, by name; the release was made with the
    models of `small` where those were not the same.
    """

    place: Place
    manifest: Manifest
    trained: Mapping[str, bytes]


@pytest.fixture(scope="session")
def shuffled(small: Built, tmp_path_factory: pytest.TempPathFactory) -> Shuffled:
    """The first day of `small` with shuffled rows, built with one thread."""
    folder = tmp_path_factory.mktemp("shuffled") / "place"
    folder.mkdir()
    for name in ("place.toml", "contracts", "incoming"):
        source = small.place.folder / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    place, rng = open_place(folder), random.Random(7)
    contracts = read_contracts(place)
    arrivals = json.loads((folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    for arrival in arrivals:
        if arrival["file"].endswith(".csv"):
            shuffle_csv(folder / arrival["file"], contracts[arrival["source"]], rng)
    receive_all(place, small.days[0])
    with trained_as_a_large_place():
        manifest = built(place, threads=1)
    trained = {p.name: p.read_bytes() for p in sorted(place.models.glob("*.json"))}
    if trained != {p.name: p.read_bytes() for p in sorted(small.place.models.glob("*.json"))}:
        shutil.rmtree(place.releases)
        shutil.rmtree(place.models)
        shutil.copytree(small.place.models, place.models)
        manifest = built(place, threads=1)
    return Shuffled(place=place, manifest=manifest, trained=trained)


REGISTER = """\
apiVersion: v3.1.0
kind: DataContract
id: {source}
version: 1.0.0
status: active
customProperties:
- {{property: vestry.organisation, value: {organisation}}}
- {{property: vestry.lawful_basis, value: {{article_6: "6(1)(e) public task"}}}}
- {{property: vestry.may_link, value: {may_link}}}
- {{property: vestry.extract, value: {extract}}}
- {{property: vestry.format, value: {{format: csv}}}}
- {{property: vestry.tolerance, value: {{shrink: 1, swell: 100}}}}
- {{property: vestry.surprise, value: {{extra_column: {extra_column}}}}}
schema:
- name: people
  customProperties:
  - property: vestry.describes
    value:
      person: {{kind: person, lives_at: home}}
      home: {{kind: property}}
  properties:
  - {{name: ID, primaryKey: true, primaryKeyPosition: 1, logicalType: string, required: true, classification: personal}}
  - name: NHS
    logicalType: string
    classification: personal
    customProperties: [{{property: vestry.field, value: person.nhs_number}}]
    quality:
    - {{name: check-digit, type: custom, engine: vestry, implementation: nhs-number-check-digit,
       dimension: conformity, severity: error}}
  - {{name: FAMILY, logicalType: string, classification: personal,
     customProperties: [{{property: vestry.field, value: person.family_name}}]}}
  - {{name: GIVEN, logicalType: string, classification: personal,
     customProperties: [{{property: vestry.field, value: person.given_names}}]}}
  - name: BORN
    logicalType: date
    logicalTypeOptions: {{format: yyyy-MM-dd}}
    classification: personal
    customProperties: [{{property: vestry.field, value: person.birth_date}}]
  - {{name: PHONE, logicalType: string, classification: personal,
     customProperties: [{{property: vestry.field, value: person.phone}}]}}
  - {{name: EMAIL, logicalType: string, classification: personal,
     customProperties: [{{property: vestry.field, value: person.email}}]}}
  - {{name: ADDRESS, logicalType: string, classification: personal,
     customProperties: [{{property: vestry.field, value: "home.address_lines[1]"}}]}}
  - {{name: POSTCODE, logicalType: string, classification: personal,
     customProperties: [{{property: vestry.field, value: home.postcode}}]}}
"""
COLUMNS = ("ID", "NHS", "FAMILY", "GIVEN", "BORN", "PHONE", "EMAIL", "ADDRESS", "POSTCODE")


@dataclass(slots=True)
class Tiny:
    """A place written by hand: each source is a register of people and their homes, with the columns of COLUMNS."""

    place: Place
    sent: int = field(default=0)

    def send(self, source: str, as_at: str, *rows: Mapping[str, str]) -> None:
        """Receive a full extract of those rows; columns that a row leaves out are empty."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.sent += 1
        path = self.place.folder / f"{source}-{self.sent}.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        contract = read_contracts(self.place)[source]
        receive(self.place, contract, [path], as_at=date.fromisoformat(as_at), clock=CLOCK, accept=True)
        path.unlink()

    def decide(self, decision: str, left: tuple[str, str], right: tuple[str, str]) -> None:
        """A reviewer's word on two people, each given as source and key."""
        sides = [
            dict(zip(("source", "source_key"), s, strict=True), part="person", kind="person")
            for s in (left, right)
        ]
        line = {
            "decision": decision,
            "left": sides[0],
            "right": sides[1],
            "by": "a reviewer",
            "reason": "seen papers",
        }
        self.place.decisions.mkdir(exist_ok=True)
        with (self.place.decisions / "people.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def build(self, **said: Any) -> Manifest:
        return built(self.place, **said)

    @property
    def current(self) -> str:
        """The id of the release that is read."""
        return (self.place.releases / "current").read_text(encoding="utf-8").strip()

    def people(self, release: str = "") -> dict[tuple[str, str], str]:
        """(source, key) -> entity id of every person, in the current release unless another is named."""
        sql = "SELECT source, source_key, entity_id FROM members WHERE kind = 'person'"
        return {
            (source, key): entity for source, key, entity in rows_of(self.place, release or self.current, sql)
        }

    def happened(self, release: str, entity_id: str) -> list[tuple[str, str, str | None]]:
        """(at release, happened, into) of one id, in the order of releases."""
        sql = "SELECT at_release, happened, into_entity FROM identities WHERE entity_id = ? ORDER BY ALL"
        return [(at, what, into) for at, what, into in rows_of(self.place, release, sql, entity_id)]


@pytest.fixture(scope="session")
def make_tiny() -> Callable[..., Tiny]:
    """`make_tiny(folder, tax={}, gp={"extract": "changes"})`: a place with those sources and nothing received."""

    def made(folder: Path, **sources: Mapping[str, str]) -> Tiny:
        ordinary = {
            "organisation": "borough",
            "may_link": "true",
            "extract": "full",
            "extra_column": "ignore",
        }
        (folder / "contracts").mkdir(parents=True)
        organisations = {said.get("organisation", "borough") for said in sources.values()}
        lines = "\n".join(f'{name} = "{name.title()}"' for name in sorted(organisations))
        (folder / "place.toml").write_text(f'name = "Tiny"\n\n[organisations]\n{lines}\n', encoding="utf-8")
        for source, said in sources.items():
            merged = {**ordinary, **said, "source": source}
            (folder / "contracts" / merged["organisation"]).mkdir(exist_ok=True)
            path = folder / "contracts" / merged["organisation"] / f"{source}.yaml"
            path.write_text(REGISTER.format(**merged), encoding="utf-8")
        return Tiny(open_place(folder))

    return made


@pytest.fixture
def gateway(place: Tiny, clock: FixedClock) -> Iterator[Gateway]:
    """The gateway of a module's own tiny place, for whoever sits at its machine."""
    with closing(open_gateway(place.place, clock=clock, operator=HERE)) as opened:
        yield opened


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Commands in children of one process, so that each need not load everything again."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VESTRY_")}
    environment |= {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "COLUMNS": "200"}
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("fork_server.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    with server:
        yield Forks(server=server, folder=tmp_path_factory.mktemp("forks"))
        assert server.stdin is not None
        server.stdin.close()


@dataclass(frozen=True, slots=True)
class Looking:
    """What tests of places ask of one, in one place: conftest cannot be imported."""

    rows_of: Callable[..., list[tuple[Any, ...]]] = rows_of
    contents: Callable[..., dict[str, list[tuple[Any, ...]]]] = contents
    hashes: Callable[[Path], dict[str, str]] = hashes
    built: Callable[..., Manifest] = built
    received_rows: Callable[..., list[dict[str, str]]] = received_rows
    sender: tuple[str, ...] = SENDER


@pytest.fixture(scope="session")
def looking() -> Looking:
    """Queries, hashes and rows of places."""
    return Looking()
