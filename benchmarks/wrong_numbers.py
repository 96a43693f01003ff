"""Numbers written down for the wrong person: how many records they would merge with somebody else's, and how many they do.

    python benchmarks/wrong_numbers.py PLACE_FOLDER [--count 300]

Receives the county's first extracts into a copy of the place and builds it once, which trains a model. Then numbers are planted
in its records of people, a sort at a time, and the people are linked again with that model: once as if every number were right,
once as Vestry links. Prints precision, recall and F1 over pairs of records, and of the records that were given a wrong number
how many came to stand with somebody else's.
"""

from __future__ import annotations

import argparse
import csv
import math
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
from build import built, received

from vestry.contracts.reading import read_contracts
from vestry.contracts.shared_keys import key_owners
from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage import doubted
from vestry.linkage.comparable import comparable_of
from vestry.linkage.evaluation.measures import Score
from vestry.linkage.linking import link
from vestry.linkage.profiles import with_units
from vestry.model import kinds
from vestry.place import Place, open_place
from vestry.standardise.remembered import Remembered
from vestry.twin.manifest import current_release
from vestry.twin.predecessor import TWIN_FILE

SEED = 20260401
WHOLE_DATE = 10
Key = tuple[str, str, str]
"""Source, key and part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A number that a record (by its place among the records) is given: that of `owner`, or one that both are given."""

    record: int
    column: str
    number: str


@dataclass(frozen=True, kw_only=True)
class County:
    """What a release and the truth beside it say: `records` as the release has them, `entity` of each key of a person, the
    truth's `residents`, and whom each ever lived with."""

    place: Place
    records: pa.Table
    entity: Mapping[Key, str]
    residents: Mapping[str, Mapping[str, str]]
    at_home: Mapping[str, frozenset[str]]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Every record that is of a known resident, with its place among all (`at`) and its `entity`."""
        told = self.records.select(
            ["kind", "source", "source_key", "part", "birth_date", "nhs_number", "nino"]
        )
        found = []
        for at, row in enumerate(told.to_pylist()):
            entity = self.entity.get((row["source"], row["source_key"], row["part"]), "")
            if row["kind"] == kinds.PERSON and entity in self.residents:
                found.append({**row, "at": at, "entity": entity})
        return found

    def numbers(self, column: str) -> dict[str, str]:
        """Entity -> its number, of those whose records all hold one and the same."""
        held = defaultdict(set)
        for row in self.rows:
            if row[column]:
                held[row["entity"]].add(row[column])
        return {entity: min(said) for entity, said in held.items() if len(said) == 1}


def read_county(place: Place) -> County:
    """The current release of a place, and its truth."""
    file = place.releases / str(current_release(place.releases)) / TWIN_FILE
    with duckdb.connect(str(file), read_only=True) as twin:
        records = twin.execute(
            "SELECT *, listed_until = max(listed_until) OVER (PARTITION BY source, table_name) AS listed"
            " FROM records ORDER BY record_id"
        ).to_arrow_table()
    living = defaultdict(set)
    for row in _truth(place, "households"):
        living[row["household"]].add(row["person"])
    at_home: dict[str, set[str]] = defaultdict(set)
    for people in living.values():
        for person in people:
            at_home[person] |= people - {person}
    return County(
        place=place,
        records=records,
        entity={(r["source"], r["source_key"], r["part"]): r["entity"] for r in _truth(place, "people")},
        residents={r["entity"]: r for r in _truth(place, "residents")},
        at_home={person: frozenset(others) for person, others in at_home.items()},
    )


def _truth(place: Place, name: str) -> list[dict[str, str]]:
    with (place.folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_a_stranger(county: County, count: int, chance: Random) -> list[Wrong]:
    """NHS number of a stranger born in the same month, to records that have a whole birth date and no such number."""
    month = defaultdict(list)
    numbers = county.numbers("nhs_number")
    for entity in sorted(numbers):
        month[county.residents[entity]["birth_date"][:7]].append(entity)
    found = []
    for row in _shuffled(county, chance):
        if row["nhs_number"] or len(row["birth_date"] or "") < WHOLE_DATE or len(found) == count:
            continue
        near = county.at_home.get(row["entity"], frozenset()) | {row["entity"]}
        others = [e for e in month[county.residents[row["entity"]]["birth_date"][:7]] if e not in near]
        if others:
            found.append(Wrong(record=row["at"], column="nhs_number", number=numbers[chance.choice(others)]))
    return found


def of_anybody(county: County, count: int, chance: Random) -> list[Wrong]:
    """National Insurance number of anybody, to records without a birth date."""
    numbers = county.numbers("nino")
    holders = sorted(numbers)
    found = []
    for row in _shuffled(county, chance):
        if row["nino"] or row["birth_date"] or len(found) == count:
            continue
        if (other := chance.choice(holders)) != row["entity"]:
            found.append(Wrong(record=row["at"], column="nino", number=numbers[other]))
    return found


def of_the_family(county: County, count: int, chance: Random) -> list[Wrong]:
    """National Insurance number of somebody whom they live or lived with."""
    numbers = county.numbers("nino")
    found = []
    for row in _shuffled(county, chance):
        kin = sorted(e for e in county.at_home.get(row["entity"], ()) if e in numbers)
        if kin and not row["nino"] and len(found) < count:
            found.append(Wrong(record=row["at"], column="nino", number=numbers[chance.choice(kin)]))
    return found


def of_twins(county: County, count: int, chance: Random) -> list[Wrong]:
    """One National Insurance number for a record of each of two of one home who were born on one day."""
    of = defaultdict(list)
    for row in _shuffled(county, chance):
        if not row["nino"]:
            of[row["entity"]].append(row["at"])
    born = {entity: person["birth_date"] for entity, person in county.residents.items()}
    pairs = sorted(
        (one, other)
        for one, home in county.at_home.items()
        for other in home
        if one < other and one in born and born[one] == born.get(other) and of[one] and of[other]
    )
    return [
        Wrong(record=of[entity][0], column="nino", number=f"QQ{at:06}A")
        for at, pair in enumerate(pairs[: count // 2])
        for entity in pair
    ]


def _shuffled(county: County, chance: Random) -> Iterator[dict[str, Any]]:
    yield from chance.sample(county.rows, len(county.rows))


SORTS: Mapping[str, Callable[[County, int, Random], Sequence[Wrong]]] = {
    "nothing planted": lambda county, count, chance: (),
    "NHS number of a stranger born in that month": of_a_stranger,
    "NINO of anybody, no birth date": of_anybody,
    "NINO in the family": of_the_family,
    "one NINO for twins": of_twins,
}
"""What is planted, by name."""


def planted(records: pa.Table, wrong: Sequence[Wrong]) -> pa.Table:
    """The records with these numbers in them."""
    for column in sorted({w.column for w in wrong}):
        values = records[column].to_pylist()
        for one in wrong:
            if one.column == column:
                values[one.record] = one.number
        at = records.column_names.index(column)
        records = records.set_column(at, column, pa.array(values, records.schema.field(at).type))
    return records


def linked(county: County, records: pa.Table) -> dict[Key, str]:
    """People linked anew, with the place's own model: the cluster of each key."""
    place = county.place
    contracts = read_contracts(place)
    with tempfile.TemporaryDirectory(prefix="wrong-", dir=place.folder) as folder:
        models = Path(folder) / "models"
        shutil.copytree(place.models, models)
        engine = DuckDBEngine(Path(folder) / "work")
        try:
            told = records.append_column("record_no", pa.array(range(len(records)), pa.int64()))
            units = with_units(engine, engine.bring("raw", told), contracts.values())
            _, comparable = comparable_of(units, contracts)
            found = link(
                engine, comparable, kinds.PERSON, models=models, thresholds=place.thresholds, decisions=(),
                once_only=[(c.source, t.name, p) for c in contracts.values() for t in c.tables for p in t.held_once],
                remembered=Remembered(engine, place.folder / "memory"), owners=key_owners(contracts.values()),
            )  # fmt: skip
            of_kind = units.filter(units.kind == kinds.PERSON)
            keys = engine.fetch(
                of_kind.select("unit_id", "source", "source_key", "part").distinct()
            ).to_pylist()
            cluster = {row["unit_id"]: row["cluster_id"] for row in engine.fetch(found.clusters).to_pylist()}
        finally:
            engine.close()
    return {(k["source"], k["source_key"], k["part"]): cluster.get(k["unit_id"], k["unit_id"]) for k in keys}


@contextmanager
def every_number_believed() -> Iterator[None]:
    """Linkage as if no number could be wrong."""
    kept = doubted.AGAINST_BITS, doubted.BETTER_BITS
    doubted.AGAINST_BITS = doubted.BETTER_BITS = math.inf  # type: ignore[misc]
    try:
        yield
    finally:
        doubted.AGAINST_BITS, doubted.BETTER_BITS = kept  # type: ignore[misc]


def scored(county: County, cluster: Mapping[Key, str]) -> Score:
    """Pairs of records, by the truth."""
    known = {key: entity for key, entity in county.entity.items() if key in cluster}
    joined, true = Counter(cluster[key] for key in known), Counter(known.values())
    both = Counter((cluster[key], entity) for key, entity in known.items())
    right, together, apart = (sum(n * (n - 1) // 2 for n in c.values()) for c in (both, joined, true))
    return Score(right=right, wrong=together - right, missed=apart - right)


def merged(county: County, cluster: Mapping[Key, str], wrong: Sequence[Wrong]) -> int:
    """Of the records that were given a number, how many stand with a record of somebody else."""
    people = defaultdict(set)
    for key, name in cluster.items():
        if key in county.entity:
            people[name].add(county.entity[key])
    told = county.records.select(["source", "source_key", "part"]).take(
        pa.array([w.record for w in wrong], pa.int64())
    )
    return sum(len(people[cluster[tuple(row.values())]]) > 1 for row in told.to_pylist())


def main() -> None:
    """Plant each sort, and link with and without believing every number."""
    parser = argparse.ArgumentParser(description="Numbers written down for the wrong person.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--count", type=int, default=300, help="records of each sort that get a wrong number")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-wrong-", dir=asked.place.parent) as folder:
        work = Path(folder)
        received(asked.place, work)
        shutil.copytree(asked.place / "truth", work / "truth")
        built(work)
        county = read_county(open_place(work))
        people = len(county.rows)
        print(
            f"{people:,} records of known people; precision, recall, F1, and records with a wrong number that merge two"
        )
        print(f"{'planted':<46}{'records':>8}   {'every number believed':<30}{'as Vestry links':<30}")
        for name, sort in SORTS.items():
            wrong = sort(county, asked.count, Random(SEED))
            records = planted(county.records, wrong)
            with every_number_believed():
                before = linked(county, records)
            after = linked(county, records)
            said = [
                f"{score.precision:.4f} {score.recall:.4f} {score.f1:.4f} {merged(county, found, wrong):>5}"
                for found in (before, after)
                for score in [scored(county, found)]
            ]
            print(f"{name:<46}{len(wrong):>8}   {said[0]:<30}{said[1]:<30}", flush=True)


if __name__ == "__main__":
    main()
