"""The small place held against its truth: the same figures come of plain counting, and of linking it again."""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest

from gateway_by_hand import open_gateway
from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.engines.duckdb import DuckDBEngine
from vestry.linkage.decisions import read_decisions
from vestry.linkage.evaluation.report import Evaluation, evaluate
from vestry.linkage.evaluation.streams import bring, workspace
from vestry.linkage.evaluation.withheld import cluster_again, load_rules
from vestry.linkage.identifiers import DECIDING
from vestry.linkage.linking import link
from vestry.sharing.own_machine import Operator
from vestry.standardise.remembered import Remembered


@pytest.fixture(scope="module")
def read(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Reads the last release of the small place; the audit log is kept apart, for nobody may change the place."""
    apart = tmp_path_factory.mktemp("audit") / "place"
    place = small.copied(apart)
    gateway = open_gateway(place, clock=SystemClock(), operator=Operator(account="t", on_this_machine=True))
    yield partial(gateway.evaluated, purpose="training")
    gateway.close()


@pytest.fixture(scope="module")
def found(small: Any, read: Any) -> Evaluation:
    return evaluate(read, small.place.folder / "truth")


def rows(small: Any, name: str) -> list[dict[str, str]]:
    with (small.place.folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entities(small: Any, looking: Any, name: str) -> list[tuple[str, str, str]]:
    """(source, twin's entity, true entity) of each record that both know."""
    last = small.manifests[-1].release_id
    of_key = {
        key: entity
        for *key_, entity in looking.rows_of(
            small.place,
            last,
            "SELECT DISTINCT source, source_key, part, entity_id FROM members WHERE kind <> 'property'",
        )
        for key in [tuple(key_)]
    }
    keyed = [((r["source"], r["source_key"], r["part"]), r["entity"]) for r in rows(small, name)]
    return [(key[0], of_key[key], true) for key, true in keyed if key in of_key]


def pairs(groups: Counter[Any]) -> int:
    return sum(n * (n - 1) // 2 for n in groups.values())


@pytest.mark.parametrize(("section", "name"), [("people", "people"), ("businesses", "organisations")])
def test_pairs_by_plain_counting(
    small: Any, looking: Any, found: Evaluation, section: str, name: str
) -> None:
    known = entities(small, looking, name)
    records = getattr(found, section)
    score = records.published.overall.pairs
    right = pairs(Counter((twin, true) for _, twin, true in known))
    assert score.right == right > 0
    assert score.right + score.wrong == pairs(Counter(twin for _, twin, _ in known))
    assert score.right + score.missed == pairs(Counter(true for *_, true in known))
    assert records.records == len(known)
    assert records.records + records.absent == len(rows(small, name))
    for counts in ("right", "wrong", "missed"):
        whole = getattr(score, counts)
        assert sum(getattr(p.score, counts) for p in records.published.by_source_pair) == whole
        assert sum(getattr(p.score, counts) for p in records.published.by_kind_pair) == whole


def test_groups_are_all_the_people(small: Any, found: Evaluation) -> None:
    assert found.people is not None
    published = found.people.published
    attributes = {g.attribute for g in published.by_group}
    assert {"age", "sex", "heritage"} <= attributes
    for attribute in attributes:
        groups = [g for g in published.by_group if g.attribute == attribute]
        assert sum(g.score.right for g in groups) == published.overall.pairs.right
        assert sum(g.score.missed for g in groups) == published.overall.pairs.missed
        assert sum(g.people for g in groups) == published.overall.entities.true


def test_households_by_plain_counting(small: Any, looking: Any, found: Evaluation) -> None:
    last, day = small.manifests[-1].release_id, small.days[-1]
    homes = found.households
    assert homes is not None and homes.on == day
    household = dict(
        looking.rows_of(
            small.place, last, "SELECT person_id, household_id FROM household_members WHERE valid_to IS NULL"
        )
    )
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for _, twin, true in entities(small, looking, "people"):
        held[true][twin] += 1
    main = {true: min(n, key=lambda e, n=n: (-n[e], e)) for true, n in held.items()}  # type: ignore[misc]
    stays = {
        r["person"]: r["household"]
        for r in sorted(rows(small, "households"), key=lambda r: r["since"])
        if r["since"] <= day and (not r["until"] or r["until"] > day)
    }
    here = {main[p] for p in stays if p in main}
    away = [p for p, e in main.items() if p not in stays and e in household and e not in here]
    placed = [(household.get(main[p], f"alone {p}"), h) for p, h in stays.items() if p in main]
    placed += [(household[main[p]], f"away {p}") for p in away]
    score = homes.found.pairs
    assert score.right == pairs(Counter(placed)) > 0
    assert score.right + score.wrong == pairs(Counter(twin for twin, _ in placed))
    assert score.right + score.missed == pairs(Counter(true for _, true in placed))
    assert (homes.people, homes.not_here) == (len(placed), len(away))
    assert homes.absent == len([p for p in stays if p not in main])
    assert homes.nobodys == len(set(household) - set(main.values()))


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_withholding_is_what_linking_without_identifiers_finds(
    small: Any, read: Any, tmp_path: Path, kind: str
) -> None:
    """The records of the release linked anew by its own model, every deciding number taken out of them first."""
    place, contracts = small.place, read_contracts(small.place)
    release = place.releases / small.manifests[-1].release_id / "twin.duckdb"
    with duckdb.connect(str(release), read_only=True) as twin:
        held = twin.execute(
            "SELECT r.*, m.unit_id, rank() OVER (ORDER BY record_id) AS record_no,"
            " listed_until = max(listed_until) OVER (PARTITION BY r.source, table_name) AS listed"
            " FROM records r JOIN members m USING (record_id)"
        ).to_arrow_table()
    engine = DuckDBEngine(tmp_path / "engine")
    without = {number: ibis.null("string") for number in DECIDING[kind]}
    linked = link(
        engine,
        engine.bring("records", held).mutate(**without),
        kind,
        models=place.models,
        thresholds=place.thresholds,
        decisions=read_decisions(place.decisions),
        once_only=[(c.source, t.name, p) for c in contracts.values() for t in c.tables for p in t.held_once],
        remembered=Remembered(engine, None),
    )
    columns = engine.fetch(linked.clusters).to_pydict()
    engine.close()
    anew = dict(zip(columns["unit_id"], columns["cluster_id"], strict=True))
    with workspace() as connection:
        rules = load_rules(connection, read)
        assert rules.link_from == place.thresholds.link
        bring(connection, read, "keys", kind, f"CREATE TABLE known_{kind} AS SELECT unit_no FROM given")
        bring(connection, read, "unit ids", kind, "CREATE TABLE named AS SELECT * FROM given")
        cluster_again(connection, read, kind, rules.link_from)
        again = dict(
            connection.execute(
                f"SELECT unit_id, twin FROM named JOIN again_{kind} USING (unit_no)"
            ).fetchall()
        )
    assert set(again) == set(anew)
    both = pairs(Counter((again[unit], anew[unit]) for unit in again))
    for found in (again, anew):
        assert both >= 0.98 * pairs(Counter(found.values())) > 0, (
            "but for what was judged beside an identifier"
        )


def test_withheld_is_worse_than_published(found: Evaluation) -> None:
    assert found.people is not None and found.people.withheld is not None
    published, withheld = (j.overall.pairs for j in (found.people.published, found.people.withheld))
    assert dataclasses.astuple(published) != dataclasses.astuple(withheld)
    assert withheld.f1 < published.f1


def test_uprns_by_plain_counting(small: Any, looking: Any, found: Evaluation) -> None:
    last = small.manifests[-1].release_id
    newest: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for source, key, part, *said in looking.rows_of(
        small.place, last,
        "SELECT source, source_key, part, current, last_as_at, record_id, uprn FROM records WHERE kind = 'property'",
    ):  # fmt: skip
        newest[source, key, part] = max(newest.get((source, key, part), ()), tuple(said))
    truth: dict[tuple[str, ...], tuple[str, str, str]] = {}
    spoken = set()
    for row in sorted(rows(small, "addresses"), key=lambda r: r["as_at"]):
        at = (row["source"], row["source_key"], row["part"])
        spoken.add(at)
        if at in newest and row["as_at"] <= newest[at][1]:
            truth[at] = (row["as_at"], row["uprn"], row["form"])
    addresses = found.addresses
    assert addresses is not None and truth
    for score, forms in ((addresses.overall, {f for *_, f in truth.values()}), (addresses.flats, {"flat"})):
        known = {at: t[1] for at, t in truth.items() if t[2] in forms}
        given = {at: newest[at][3] for at in known if newest[at][3]}
        assert (score.records, score.true) == (len(known), sum(map(bool, known.values())))
        assert (score.given, score.right) == (len(given), sum(known[at] == u for at, u in given.items()))
    assert addresses.absent == len(spoken) - len(truth)
    assert addresses.overall.right > 0


def test_a_parent_on_several_rows_of_a_register_is_one_person(small: Any) -> None:
    """A register holds each pupil once. Who is the mother of two of them is on two of its rows."""
    place = small.place
    registers = [
        (c.source, p.name)
        for c in read_contracts(place).values()
        for t in c.tables
        for p in t.parts
        if t.holds_each_once and "parent_of" in p.attributes
    ]
    assert registers
    release = place.releases / small.manifests[-1].release_id / "twin.duckdb"
    with duckdb.connect(str(release), read_only=True) as twin:
        rows = twin.execute(
            "SELECT t.entity, m.source, count(DISTINCT m.unit_id), count(DISTINCT m.entity_id) FROM members m"
            " JOIN read_csv(?, all_varchar = true) t USING (source, source_key, part)"
            " WHERE (m.source, m.part) IN (SELECT unnest(?), unnest(?)) GROUP BY ALL HAVING count(DISTINCT m.unit_id) > 1",
            [str(place.folder / "truth" / "people.csv"), *map(list, zip(*registers, strict=True))],
        ).fetchall()
    several = [entities for _, _, _, entities in rows]
    assert several, "the county has nobody to try it on"
    assert sum(entities == 1 for entities in several) > 0.5 * len(several)
