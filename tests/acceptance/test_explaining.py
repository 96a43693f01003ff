"""Explanations of real releases: by the numbers of the build, by the rules that kept apart, and of nobody who is sealed."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pytest

from gateway_by_hand import open_gateway
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import SourcesWithheld
from vestry.intake.loading import load
from vestry.intake.store import extracts
from vestry.place import Place
from vestry.sharing.gateway import Gateway
from vestry.sharing.own_machine import Operator
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered
from vestry.twin.answers import Claim
from vestry.twin.choosing import chosen_again, trust_in, values_of
from vestry.twin.explained_rows import ExplainedRows
from vestry.twin.matching import Matching
from vestry.twin.reader import TwinReader
from vestry.twin.search import Rows
from vestry.twin.tables import ENTITY_TABLES

HERE = Operator(account="alex", on_this_machine=True)


@contextmanager
def opened(place: Place, clock: FixedClock, *, without: frozenset[str] = frozenset()) -> Iterator[Gateway]:
    found = open_gateway(place, clock=clock, operator=HERE, usable=lambda _, __, all_: all_ - without)
    with closing(found):
        yield found


@contextmanager
def looked_into(small: Any) -> Iterator[tuple[duckdb.DuckDBPyConnection, ExplainedRows]]:
    path = small.place.releases / small.manifests[-1].release_id / "twin.duckdb"
    with duckdb.connect(str(path), read_only=True) as twin, closing(Matching()) as matching:
        cursor = twin.cursor()
        yield (
            twin,
            ExplainedRows(Rows(cursor), comparing=matching.on(cursor)),
        )


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_comparing_now_gives_the_numbers_of_the_build(small: Any, kind: str) -> None:
    """Every one of them: agreement, bits, total and probability."""
    with looked_into(small) as (twin, rows):
        links = twin.execute(
            "SELECT left_record, right_record, probability, weight, decided_by FROM links WHERE kind = $1 "
            "AND weight IS NOT NULL ORDER BY hash(left_record || right_record) LIMIT 60",
            [kind],
        ).fetchall()
        assert len(links) > 10
        found = rows.compared(kind, [(a, b) for a, b, *_ in links])
        for (left, right, probability, weight, decided_by), now in zip(links, found, strict=True):
            built = twin.execute(
                "SELECT field, agreement, weight FROM link_evidence WHERE left_record = $1 AND right_record = $2 "
                "AND weight IS NOT NULL",
                [left, right],
            ).fetchall()
            assert now is not None and now.met
            assert sorted(now.compared) == sorted(built)
            assert now.weight == pytest.approx(weight, abs=2e-4)
            if decided_by != "identifier":
                assert now.probability == pytest.approx(probability, abs=2e-6)


def test_what_is_not_scored_is_not_compared_now(small: Any) -> None:
    with looked_into(small) as (_, rows):
        assert rows.compared("person", [("nobody", "nobody else")]) == [None]
        assert rows.compared("property", [("one", "other")]) == [None]


def test_choosing_again_among_all_claims_chooses_what_the_build_chose(small: Any) -> None:
    """With its reasons, for every entity: it is the same rule."""
    contracts = list(read_contracts(small.place).values())
    trust = trust_in(small.place, contracts)
    organisations = {c.source: c.organisation for c in contracts}
    names = Claim.__dataclass_fields__
    with looked_into(small) as (twin, _):
        claims = defaultdict(list)
        for row in Rows(twin.cursor()).of("SELECT * FROM claims"):
            said = {n: "" if row.get(n) is None else row[n] for n in names} | {"row_number": 0}
            claims[row["entity_id"]].append(Claim(**said))
        kind_of = {
            entity: kind
            for kind, table in ENTITY_TABLES.items()
            for (entity,) in twin.execute(f"SELECT entity_id FROM {table}").fetchall()
        }
    contested, valued = 0, {}
    for entity, said in claims.items():
        again = chosen_again(said, organisations, trust)
        contested += any("another was chosen" in c.reason for c in said)
        assert [(c.field, c.value, c.chosen, c.reason) for c in again] == [
            (c.field, c.value, c.chosen, c.reason) for c in said
        ]
        if contested % 20 == 1:
            valued[entity] = values_of(kind_of[entity], again)
    with closing(TwinReader(small.place)) as reader:
        release = reader.open(small.manifests[-1].release_id)
        for entity, values in valued.items():
            built = release.entity(entity).values
            assert values == {n: v for n, v in built.items() if not n.endswith("_raw")}
    assert contested > 50


def test_every_join_of_an_entity_is_told_and_adds_up(
    small: Any, looking: Any, clock: FixedClock, tmp_path: Path
) -> None:
    place, last = small.copied(tmp_path / "place"), small.manifests[-1].release_id
    sql = (
        "SELECT entity_id FROM members WHERE kind = ? GROUP BY ALL "
        "ORDER BY count(DISTINCT unit_id) DESC, entity_id LIMIT 15"
    )
    entities = [e for kind in ENTITY_TABLES for (e,) in looking.rows_of(place, last, sql, kind)]
    with opened(place, clock) as gateway:
        for entity in entities:
            told = gateway.explain(entity, purpose="audit")
            assert told.pieces == 1, "or a join is missing"
            assert told.withheld.sentence == ""
            for join in told.joins:
                link = join.link
                assert link.sentence and link.sentence.endswith(".")
                bits = [s.bits for s in link.evidence if s.bits is not None]
                if link.weight is not None and link.prior is not None:
                    assert link.weight - link.prior - sum(bits) > -0.01
            assert told.weakest is None or (
                told.weakest.left_records + told.weakest.right_records == len(told.origins)
            )


def test_without_a_source_no_explanation_speaks_of_it(
    small: Any, looking: Any, clock: FixedClock, tmp_path: Path
) -> None:
    """Of everybody whom it knows: in no key, record, value, join or reason."""
    place, last = small.copied(tmp_path / "place"), small.manifests[-1].release_id
    source = "gp-registrations"
    sql = "SELECT DISTINCT entity_id FROM members WHERE source = ? ORDER BY 1"
    known = [entity for (entity,) in looking.rows_of(place, last, sql, source)][:40]
    values = dict(looking.rows_of(place, last, "SELECT entity_id, nhs_number FROM people"))
    with opened(place, clock) as gateway:
        whole = {entity: gateway.explain(entity, purpose="audit") for entity in known}
    left_out = 0
    with opened(place, clock, without=frozenset({source})) as gateway:
        for entity, everything in whole.items():
            mine = {o.record_id for o in everything.origins if o.source != source}
            if not mine:
                with pytest.raises(SourcesWithheld):
                    gateway.explain(entity, purpose="audit")
                continue
            told = gateway.explain(entity, purpose="audit")
            text = json.dumps(asdict(told))
            assert {o.record_id for o in told.origins} == mine
            assert told.withheld.records == len(everything.origins) - len(mine)
            assert source not in text
            number = values.get(entity)
            assert not number or number in {c.value for c in told.claims} or number not in text
            left_out += told.withheld.claims
    assert left_out > 100


def test_why_two_are_kept_apart(make_tiny: Any, tmp_path: Path, clock: FixedClock) -> None:
    tiny = make_tiny(tmp_path / "place", tax={}, gp={}, library={}, secret={"may_link": "false"})
    ann = {
        "FAMILY": "ARKWRIGHT",
        "GIVEN": "ANNE",
        "BORN": "1970-05-06",
        "ADDRESS": "1 HIGH STREET",
        "POSTCODE": "AB1 2CD",
    }
    bob = {
        "FAMILY": "BOOTHROYD",
        "GIVEN": "BOB",
        "BORN": "1950-01-02",
        "ADDRESS": "9 LOW ROAD",
        "POSTCODE": "AB9 9ZZ",
    }
    tiny.send("tax", "2026-01-01", ann | {"ID": "1", "NHS": "9434765919"}, bob | {"ID": "2"})
    tiny.send("gp", "2026-01-01", ann | {"ID": "G1", "NHS": "9434765870"})
    tiny.send("library", "2026-01-01", ann | {"ID": "L1", "EMAIL": "a@example.org"}, bob | {"ID": "L2"})
    tiny.send("secret", "2026-01-01", bob | {"ID": "S1"})
    tiny.decide("different", ("tax", "2"), ("library", "L2"))
    release = tiny.build().release_id
    people = tiny.people(release)
    with opened(tiny.place, clock) as gateway:

        def rules(left: tuple[str, str], right: tuple[str, str]) -> list[str]:
            told = gateway.explain_pair(people[left], people[right], purpose="audit")
            assert not told.are_one
            return [one.rule for one in told.apart]

        assert rules(("tax", "1"), ("gp", "G1"))[:1] == ["two numbers"]
        assert rules(("tax", "2"), ("library", "L2"))[0] == "reviewer"
        assert rules(("tax", "2"), ("secret", "S1")) == ["may not be linked", "never compared"]
        assert rules(("tax", "1"), ("tax", "2")) == ["years of birth", "never compared"]
        far = gateway.explain_pair(people["tax", "1"], people["tax", "2"], purpose="audit")
        assert far.links[0].worked_out_now
        assert far.links[0].probability < 0.5
        assert "not enough to join" in far.links[0].threshold
    with duckdb.connect(str(tiny.place.releases / release / "twin.duckdb")) as twin:
        twin.execute("UPDATE linkage_rules SET value = 0 WHERE rule = 'years of birth'")
    with opened(tiny.place, clock) as gateway:
        told = gateway.explain_pair(people["tax", "1"], people["tax", "2"], purpose="audit")
        assert [one.rule for one in told.apart] == ["never compared"], "where years of birth are no rule"


def test_a_sealed_identity_is_never_explained(small: Any, forks: Any, looking: Any, tmp_path: Path) -> None:
    """Not by the id of any record that held it, alone or beside the person that it is today."""
    place = small.copied(tmp_path / "place")
    last = small.manifests[-1].release_id
    sealed = (place.folder / "truth" / "sealed.csv").read_text(encoding="utf-8").splitlines()
    assert len(sealed) > 3
    (somebody,) = looking.rows_of(place, last, "SELECT min(entity_id) FROM people")[0]
    (record,) = looking.rows_of(place, last, "SELECT min(record_id) FROM records")[0]
    held = record_ids_of_the_sealed(small, tmp_path)
    assert held
    unknown = forks.run("explain", "0" * 20, "--purpose", "audit", "--place", place.folder)
    for asked in sorted(held)[:4]:
        for words in ((asked,), (asked, somebody), (record, asked)):
            ran = forks.run("explain", *words, "--purpose", "audit", "--place", place.folder)
            assert (ran.code, ran.out) == (7, "")
            assert ran.err == unknown.err, "as of any id that never was"


def record_ids_of_the_sealed(small: Any, tmp_path: Path) -> set[str]:
    """The ids that their records have where nothing is sealed."""
    with (small.place.folder / "truth" / "sealed.csv").open(encoding="utf-8", newline="") as file:
        parts = {(r["source"], r["source_key"], r["part"]) for r in csv.DictReader(file)}
    with closing(DuckDBEngine(tmp_path / "work", threads=1)) as engine:
        loaded = load(engine, read_contracts(small.place), list(extracts(small.place)))
        records = standardise(engine, loaded.received, Remembered(engine, None)).records
        rows = engine.fetch(records.select("record_id", "source", "source_key", "part")).to_pylist()
    return {r["record_id"] for r in rows if (r["source"], r["source_key"], r["part"]) in parts}


def test_the_release_says_what_its_links_went_by(small: Any, looking: Any) -> None:
    manifest = small.manifests[-1]
    sql = "SELECT about, value, model FROM linkage_rules WHERE rule = 'odds before comparing'"
    found = {
        about: (value, model)
        for about, value, model in looking.rows_of(small.place, manifest.release_id, sql)
    }
    assert set(found) == {"person", "organisation"}
    for kind, (value, model) in found.items():
        assert model == manifest.models[f"{kind}.json"]
        assert -30 < value < -3
    assert re.fullmatch("[0-9a-f]{64}", found["person"][1])
    years = "SELECT about, value FROM linkage_rules WHERE rule = 'years of birth'"
    assert looking.rows_of(small.place, manifest.release_id, years) == [("person", 10.0)]
