"""Linkage that goes on from the release before comes to what linking everything anew does, whatever has changed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from acceptance.conftest import Built, trained_as_a_large_place
from vestry.contracts.reading import read_contracts
from vestry.engines.duckdb import DuckDBEngine
from vestry.ids import digest
from vestry.linkage import (
    changed,
    companions,
    companions_on,
    going_on,
    identifiers,
    known,
    known_on,
    linking_all,
    splink_sql,
)
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision
from vestry.linkage.design import MOVED
from vestry.linkage.known import SHOWN, match_tables
from vestry.linkage.linking_all import AllLinked, GoesBy, link_all
from vestry.linkage.profiles import with_units
from vestry.linkage.standing_rules import standing_rules
from vestry.linkage.with_gone import LastRelease
from vestry.model import kinds
from vestry.place import Place
from vestry.standardise.remembered import Remembered
from vestry.twin.tables import BY_NAME

ROUNDS = 2
"""The second goes on from what went on itself; the deep run goes further."""
FURTHER = 5
TOLD = (
    "family_name", "given_names", "birth_date", "postcode", "address_lines", "nhs_number", "upn", "phone", "uprn",
    "organisation_name", "company_number", "listed_until", "source_key", "other_number",
)  # fmt: skip
"""What a source may come to say otherwise of a record: what another record says."""
COMPARED = (
    "match_keys",
    "match_common_keys",
    "match_profiles",
    "match_models",
    "match_shares",
    "match_movers",
)


@pytest.fixture
def crowded() -> Iterator[None]:
    """Few may share a key or a number, so that many of them come to be shared by too many, and no longer; any change is small."""
    with pytest.MonkeyPatch.context() as patch:
        for kind, design in list(DESIGNS.items()):
            blocks = tuple(replace(block, at_most=min(block.at_most, 6)) for block in design.blocking)
            told = replace(design.companions, at_most=12) if design.companions else None
            patch.setitem(DESIGNS, kind, replace(design, blocking=blocks, companions=told))
        for room in (identifiers, known, changed, known_on):
            patch.setattr(room, "TOO_COMMON", 4)
        for room in (companions, companions_on):
            patch.setattr(room, "SURE_BITS", 6.0)
        patch.setattr(going_on, "MOST", 1.0)
        patch.setattr(linking_all, "FEWEST", 0)
        with trained_as_a_large_place():
            yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What linking came to: entities as sets of units, and every row that is published."""

    entities: frozenset[frozenset[str]]
    rows: dict[str, list[tuple[object, ...]]]
    went_on: tuple[str, ...]


def records_of(place: Place) -> pa.Table:
    release = (place.releases / "current").read_text().strip()
    with duckdb.connect(str(place.releases / release / "twin.duckdb"), read_only=True) as twin:
        return twin.execute(
            "SELECT *, listed_until = max(listed_until) OVER (PARTITION BY source, table_name) AS listed"
            " FROM records ORDER BY record_id"
        ).to_arrow_table()


def with_other_numbers(records: pa.Table) -> pa.Table:
    """Of half the people a number that has no field of its own, of two kinds; whoever has one family name and birth year
    shares it."""

    def number(row: dict[str, str]) -> str | None:
        who = digest(row["family_name"] or row["record_id"], (row["birth_date"] or "")[:4])
        known = row["kind"] == kinds.PERSON and who < "8"
        return f"{'ULN' if row['record_id'] < 'c' else 'UCI'}:{int(who[:8], 16)}" if known else None

    at = records.schema.get_field_index("other_number")
    numbers = pa.array([number(row) for row in records.to_pylist()], pa.string())
    return records.set_column(at, "other_number", numbers)


def changed_at_random(
    records: pa.Table, pool: pa.Table, chance: random.Random, *, only_more: bool
) -> pa.Table:
    """Some records back, or new; unless `only_more`, some gone, and some that say what another one says."""
    rows = [row for row in records.to_pylist() if only_more or chance.random() > 0.03]
    here = {row["record_id"] for row in rows}
    rows += [row for row in pool.to_pylist() if row["record_id"] not in here and chance.random() < 0.3]
    for row in rows if not only_more else []:
        if chance.random() < 0.04:
            column = chance.choice(TOLD)
            other = chance.choice(rows)
            if row[column] != other[column]:
                row[column] = other[column]
                row["record_id"] = f"{chance.getrandbits(80):020x}"
    for row in rows if not only_more else []:
        row["listed"] = row["listed"] != (chance.random() < 0.01)
    once = {row["record_id"]: row for row in rows}
    return pa.Table.from_pylist([once[name] for name in sorted(once)], schema=records.schema)


def decided_at_random(records: pa.Table, chance: random.Random) -> list[Decision]:
    people = [r for r in records.to_pylist() if r["kind"] == kinds.PERSON and r["postcode"]]
    found = {}
    for _ in range(30):
        one = chance.choice(people)
        other = chance.choice([p for p in people if p["postcode"] == one["postcode"]])
        sides = sorted({unit_of(one), unit_of(other)})
        if len(sides) == 2:
            found[tuple(sides)] = chance.random() < 0.4
    return [Decision(left_unit=a, right_unit=b, same=same) for (a, b), same in found.items()]


def unit_of(row: dict[str, str]) -> str:
    return digest(row["source"], row["source_key"], row["part"], row["kind"])


class Linking:
    """Links records of a place again and again, and writes what the next has to go on from."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._place, self._folder = place, folder
        self._contracts = read_contracts(place)
        self._models = folder / "models"

    def linked(
        self,
        records: pa.Table,
        decisions: Sequence[Decision],
        before: Path | None,
        into: Path | None,
        *,
        anew: bool = False,
    ) -> Came:
        last = None
        if before is not None:
            last = LastRelease(release_id=before.stem, file=before, gone=self._gone(records, before))
        engine = DuckDBEngine(self._folder / "work")
        try:
            told = records.append_column("record_no", pa.array(range(len(records)), pa.int64()))
            units = with_units(engine, engine.bring("raw", told), self._contracts.values())
            by = GoesBy(
                contracts=self._contracts,
                thresholds=self._place.thresholds,
                decisions=decisions,
                models=self._models,
            )
            memory = Remembered(engine, self._folder / "memory")
            linked = link_all(engine, units, by, memory, last=last, anew=anew)
            return self._came(engine, units, linked, into)
        finally:
            engine.close()

    def _gone(self, records: pa.Table, before: Path) -> frozenset[str]:
        """The extracts of which nothing is left."""
        try:
            with duckdb.connect(str(before), read_only=True) as twin:
                had = twin.execute("SELECT DISTINCT extract_id FROM records").fetchall()
        except duckdb.Error:
            return frozenset()
        return frozenset(extract for (extract,) in had) - set(records["extract_id"].to_pylist())

    def _came(self, engine: DuckDBEngine, records: ir.Table, linked: AllLinked, into: Path | None) -> Came:
        clusters = ibis.union(*linked.clusters.values()).rename(entity_id="cluster_id")
        members = records.inner_join(clusters, "unit_id").inner_join(linked.fingerprints, "record_no")
        members = engine.keep(
            "members",
            members.select(
                "source", "source_key", "part", "record_id", "kind", "entity_id", "unit_id", "fingerprint"
            ),
        )
        entities = {}
        for kind in SHOWN:
            shown = {column: ibis.null("string") for column in SHOWN[kind]}
            of_kind = members.filter(members.kind == kind).select("entity_id").distinct()
            entities[kind] = engine.keep(f"{kind}_shown", of_kind.mutate(**shown))
        tables = {
            "records": records, "members": members,
            "links": linked.links, "link_evidence": linked.evidence, "told_apart": linked.apart,
            "linkage_rules": standing_rules(
                engine, self._contracts, self._place.thresholds, self._models, linked.rules
            ),
            **match_tables(engine, linked.known, records, members, entities),
        }  # fmt: skip
        path = into or self._folder / "spare.duckdb"
        path.unlink(missing_ok=True)
        connection = engine.connection()
        connection.execute(f"ATTACH '{path}' AS twin")
        for name, table in tables.items():
            table = table.select(*BY_NAME[name].schema.names)
            connection.execute(f"CREATE TABLE twin.{name} AS {engine.statement(table)}")
        together = connection.execute(
            "SELECT list(DISTINCT unit_id) FROM twin.members GROUP BY entity_id, kind"
        ).fetchall()
        rows = {
            name: connection.execute(f"SELECT * FROM twin.{name} ORDER BY ALL").fetchall()
            for name in ("links", "link_evidence", "told_apart", *COMPARED)
        }
        rows["match_holders"] = connection.execute(
            "SELECT profile_no, record_id, numbers FROM twin.match_holders ORDER BY ALL"
        ).fetchall()
        connection.execute("DETACH twin")
        return Came(
            entities=frozenset(frozenset(units) for (units,) in together),
            rows=rows,
            went_on=tuple(linked.went_on),
        )


def assert_they_stay_two(came: Came, decisions: Sequence[Decision]) -> None:
    """Whoever is told apart by what is gone, but for whom a reviewer joined."""
    entity_of = {unit: number for number, units in enumerate(came.entities) for unit in units}
    joined = {entity_of[unit] for d in decisions if d.same for unit in d.pair if unit in entity_of}
    for left, right, _, _ in came.rows["told_apart"]:
        assert entity_of[str(left)] != entity_of[str(right)] or entity_of[str(left)] in joined


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize(
    ("seed", "only_more", "rounds"),
    [
        (1, False, ROUNDS),
        (2, True, ROUNDS),
        pytest.param(1, False, FURTHER, marks=pytest.mark.deep),
        pytest.param(2, True, FURTHER, marks=pytest.mark.deep),
    ],
)
def test_going_on_comes_to_what_linking_anew_does(
    small: Built, tmp_path: Path, seed: int, only_more: bool, rounds: int
) -> None:
    """Entities, links, evidence, and all that single records are matched by: row for row, release after release."""
    chance, pool = random.Random(seed), with_other_numbers(records_of(small.place))
    linking = Linking(small.place, tmp_path)
    records = pool.filter(pa.array([chance.random() < 0.7 for _ in range(len(pool))]))
    decisions: list[Decision] = []
    linking.linked(records, decisions, None, tmp_path / "0.duckdb")
    went: set[str] = set()
    told_of = movers = numbered = stay = 0
    for at in range(1, rounds + 1):
        records = changed_at_random(records, pool, chance, only_more=only_more)
        decisions = [d for d in decisions if chance.random() < 0.8] + decided_at_random(records, chance)
        decisions = list({d.pair: d for d in decisions}.values())
        on = linking.linked(records, decisions, tmp_path / f"{at - 1}.duckdb", tmp_path / f"{at}.duckdb")
        anew = linking.linked(records, decisions, tmp_path / f"{at - 1}.duckdb", None, anew=True)
        assert on.entities == anew.entities
        assert_they_stay_two(on, decisions)
        for name, rows in anew.rows.items():
            assert on.rows[name] == rows, f"{name} in round {at}"
        told_of += sum(MOVED in row for row in anew.rows["link_evidence"])
        movers += len(anew.rows["match_movers"])
        numbered += sum("other_number" in row for row in anew.rows["link_evidence"])
        stay += len(anew.rows["told_apart"])
        went |= set(on.went_on)
        assert not anew.went_on
    assert went == set(kinds.RECORD_KINDS)
    assert movers > 10 and told_of > 10, "who moved tells of others"
    assert numbered > 100
    assert only_more or stay > 0, "some stay apart though nothing that is left tells them apart"


@pytest.mark.usefixtures("crowded")
def test_where_the_rules_have_changed_everything_is_linked_anew(small: Built, tmp_path: Path) -> None:
    records = records_of(small.place)
    linking = Linking(small.place, tmp_path)
    linking.linked(records, [], None, tmp_path / "0.duckdb")
    same = linking.linked(records, [], tmp_path / "0.duckdb", None)
    assert set(same.went_on) == set(kinds.RECORD_KINDS)
    place = replace(small.place, thresholds=replace(small.place.thresholds, link=0.9))
    other = Linking(place, tmp_path).linked(records, [], tmp_path / "0.duckdb", None)
    assert not other.went_on


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("damaged", [b"", b"noise, and no database"])
def test_a_release_that_cannot_be_read_is_not_gone_on_from(
    small: Built, tmp_path: Path, damaged: bytes
) -> None:
    records = records_of(small.place)
    linking = Linking(small.place, tmp_path)
    (tmp_path / "0.duckdb").write_bytes(damaged)
    assert not linking.linked(records, [], tmp_path / "0.duckdb", None).went_on


@pytest.mark.usefixtures("crowded")
def test_where_much_is_gone_everything_is_linked_anew(
    small: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where much is new: to take many records out costs as much as to put them in."""
    monkeypatch.setattr(going_on, "MOST", 0.2)
    records, linking = records_of(small.place), Linking(small.place, tmp_path)
    linking.linked(records, [], None, tmp_path / "0.duckdb")
    fewer = records.filter(pa.array([n % 3 > 0 for n in range(len(records))]))
    assert not linking.linked(fewer, [], tmp_path / "0.duckdb", None).went_on
    most = records.filter(pa.array([n % 100 > 0 for n in range(len(records))]))
    monkeypatch.setattr(splink_sql, "_composed", {})
    monkeypatch.setattr(
        splink_sql, "_compose", None
    )  # the release before tells what Splink made of the model
    assert linking.linked(most, [], tmp_path / "0.duckdb", None).went_on
