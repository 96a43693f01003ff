"""One new record against many: the same pairs, weights and evidence as Splink gives when all are linked."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pytest

from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import MatchUnavailable
from vestry.linkage import desk, one_record, scoring
from vestry.linkage.blocks import block_keys
from vestry.linkage.design import Block, Comparison, Design, Level, block
from vestry.linkage.evidence import unfolded
from vestry.linkage.known import SHOWN, WRITTEN_BY, known, match_tables
from vestry.linkage.one_record import OneRecord
from vestry.linkage.scoring import PROFILES, score
from vestry.linkage.typed import StandardRecord

KIND = "person"
NUMBERS = ("nhs_number", "nino", "upn")
COLUMNS = ("family_name", "given_key", "birth_date", "postcode", "phone")

AWKWARD = Design(
    comparisons=(
        Comparison(
            name="family_name",
            missing="family_name_l IS NULL OR family_name_r IS NULL",
            levels=(
                Level(
                    label="exact", sql="family_name_l = family_name_r", m=0.8, home=0.7, common="family_name"
                ),
                Level(
                    label="close",
                    sql="jaro_winkler_similarity(family_name_l, family_name_r) >= 0.88",
                    m=0.1,
                    home=0.1,
                    common="family_name",
                ),
                Level(label="different", sql="ELSE", m=0.1, home=0.2),
            ),
        ),
        Comparison(
            name="lived_at",
            missing="lived_at_l IS NULL OR lived_at_r IS NULL",
            levels=(
                Level(label="a home agrees", sql="list_has_any(lived_at_l, lived_at_r)", m=0.6, home=0.9),
                Level(label="different", sql="ELSE", m=0.4, home=0.1),
            ),
        ),
        Comparison(
            name="birth_date",
            missing="birth_date_l IS NULL OR birth_date_r IS NULL",
            levels=(
                Level(label="exact", sql="birth_date_l = birth_date_r", m=0.9, home=0.02),
                Level(label="different", sql="ELSE", m=0.1, home=0.98),
            ),
        ),
    ),
    blocking=(
        block("postcode", "left(given_key, 1)"),
        Block(ways=(("postcode",), ("lived_at[2]",))),
        block("birth_date", "family_name"),
        block("birth_date", "given_key", at_most=5),
        block("phone"),
    ),
    sure=("l.birth_date = r.birth_date AND l.family_name = r.family_name",),
    recall=0.8,
)
"""Columns that hold several values, a block of two ways that reads one of them, and one whose values are mostly too common."""


@dataclass(frozen=True, kw_only=True)
class Linked:
    """Everybody linked by Splink, and a release's tables for matching in a file."""

    rows: list[dict[str, Any]]
    pairs: Mapping[tuple[int, int], tuple[float, float]]
    evidence: Mapping[tuple[int, int], set[tuple[str, str, float]]]
    path: Path


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    folder = tmp_path_factory.mktemp("one")
    engine = DuckDBEngine(folder / "work", threads=1)
    rng = random.Random(5)
    rows = [someone(rng, number) for number in range(400)]
    rows = [{**row, "profile_id": f"{row['profile_no']:020}"} for row in rows]
    shape = {
        "profile_no": "int64",
        "profile_id": "string",
        "repeated": "boolean",
        "lived_at": "array<string>",
    }
    profiles = engine.keep(
        f"{KIND}_profiles",
        ibis.memtable(rows, schema=ibis.schema(shape | dict.fromkeys((*COLUMNS, *NUMBERS[:1]), "string"))),
    )
    holders = engine.keep(
        "holders",
        ibis.memtable([{"profile_no": n, "unit_no": n, "record_no": n} for n in range(len(rows))]),
    )
    said = [{"record_no": r["profile_no"], **{n: r.get(n) for n in NUMBERS}} for r in rows]
    records = engine.keep(
        "said",
        ibis.memtable(said, schema=ibis.schema({"record_no": "int64", **dict.fromkeys(NUMBERS, "string")})),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "DESIGNS", {KIND: AWKWARD})
        blocks, common = block_keys(engine, KIND, profiles, AWKWARD.blocking)
        scores = score(engine, profiles, KIND, folder / "person.json", blocks=blocks, at_least=0.0)
    assert scores.recipe is not None
    kept = known(engine, KIND, profiles, holders, records, blocks, common, scores.recipe, None)
    names = engine.keep(
        "names", ibis.memtable([{"record_no": n, "record_id": f"r{n}"} for n in range(len(rows))])
    )
    entities = engine.keep(
        "entities", ibis.memtable([{"record_id": f"r{n}", "entity_id": f"e{n}"} for n in range(len(rows))])
    )
    values = dict.fromkeys((*SHOWN[KIND], "entity_id"), "string")
    listed = engine.keep(
        "listed",
        ibis.memtable([{"entity_id": f"e{n}"} for n in range(len(rows))], schema=ibis.schema(values)),
    )
    path = folder / "twin.duckdb"
    connection = engine.connection()
    connection.execute(f"ATTACH '{path}' AS twin")
    for name, table in match_tables(engine, [kept], names, entities, {KIND: listed}).items():
        connection.execute(f"CREATE TABLE twin.{name} AS {engine.statement(table)}")
    connection.execute("DETACH twin")
    ids = [scores.scored[p].cast("string") for p in PROFILES]
    told = unfolded(
        scores.evidence(
            engine, scores.pairs.select(*PROFILES, left_record=ids[0], right_record=ids[1]), "told"
        )
    )
    evidence: dict[tuple[int, int], set[tuple[str, str, float]]] = {}
    for row in engine.fetch(told).to_pylist():
        pair = (int(row["left_record"]), int(row["right_record"]))
        evidence.setdefault(pair, set()).add((row["field"], row["agreement"], round(row["weight"], 3)))
    pairs = {
        (r["left_profile"], r["right_profile"]): (r["probability"], r["weight"])
        for r in engine.fetch(scores.pairs).to_pylist()
    }
    engine.close()
    yield Linked(rows=rows, pairs=pairs, evidence=evidence, path=path)


def someone(rng: random.Random, number: int) -> dict[str, Any]:
    def perhaps(value: Any) -> Any:
        return None if rng.random() < 0.2 else value

    homes = [f"AL{rng.randint(1, 40)} 1AA" for _ in range(rng.randint(1, 3))]
    return {
        "profile_no": number,
        "repeated": False,
        "family_name": perhaps(
            rng.choice(["SMITH", "SMITH", "SMYTH", "ÖZTÜRK", "Ó BRIAIN", f"RARE{number % 90}"])
        ),
        "given_key": perhaps(rng.choice(["ANNE", "ZOË", "ÉMILE", "BEN", "CARL", "DEE"])),
        "birth_date": perhaps(f"19{rng.randint(50, 59)}-01-0{rng.randint(1, 6)}"),
        "postcode": perhaps(homes[0]),
        "lived_at": perhaps(homes),
        "phone": perhaps(f"+44{rng.randint(1, 60)}"),
        "nhs_number": f"9{number}" if number % 50 == 0 else None,
    }


def record(row: Mapping[str, Any]) -> StandardRecord:
    values = {
        n: "\x1e".join(v) if isinstance(v, list) else v for n, v in row.items() if isinstance(v, str | list)
    }
    return StandardRecord(kind=KIND, values=values)


def opened(linked: Linked) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(linked.path), read_only=True, config={"threads": "1"})


def test_every_pair_of_a_full_linkage_is_found_one_record_at_a_time_with_its_weight_and_evidence(
    linked: Linked,
) -> None:
    assert len(linked.pairs) > 1_500, "or this proves little"
    one = OneRecord()
    found: dict[tuple[int, int], tuple[float, float]] = {}
    with opened(linked) as connection:
        for row in linked.rows:
            number = row["profile_no"]
            looked = one.look(connection, record(row), at_least=0.0)
            assert looked.left_out == 0
            for match in looked.matches:
                (holder,) = match.holders
                other = int(holder.record_id[1:])
                if other == number:
                    continue
                pair = (min(number, other), max(number, other))
                found[pair] = (match.probability, match.weight or 0.0)
                told = {(c.field, c.agreement, round(c.weight or 0.0, 3)) for c in match.compared}
                assert told == linked.evidence[pair]
    assert found.keys() == linked.pairs.keys()
    for pair, (probability, weight) in linked.pairs.items():
        assert found[pair] == (pytest.approx(probability, abs=1e-6), pytest.approx(weight, abs=1e-4))


def test_what_was_asked_before_leaves_no_trace(linked: Linked) -> None:
    """A statement that is planned once must not lean on what it was planned with."""
    empty = StandardRecord(kind=KIND, values={})
    with opened(linked) as connection:
        fresh = [OneRecord().look(connection, record(row), at_least=0.0) for row in linked.rows[:40]]
        one = OneRecord()
        for row, alone in zip(linked.rows[:40], fresh, strict=True):
            assert one.look(connection, empty, at_least=0.0).matches == ()
            assert one.look(connection, record(row), at_least=0.0) == alone


def test_many_threads_are_answered_as_one(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "WORN_OUT", 7)
    one = OneRecord()
    with opened(linked) as connection:
        alone = [one.look(connection, record(row), at_least=0.0) for row in linked.rows[:60]]
        with ThreadPoolExecutor(8) as pool:
            together = pool.map(
                lambda row: one.look(connection.cursor(), record(row), at_least=0.0), linked.rows[:60] * 3
            )
            assert list(together) == alone * 3
        one.close()


def test_a_number_decides_only_where_the_birth_dates_may_be_one(linked: Linked) -> None:
    holder = next(r for r in linked.rows if r["nhs_number"] and r["birth_date"])
    with opened(linked) as connection:
        for born, numbers in (
            (holder["birth_date"], ("nhs_number",)),
            ("", ("nhs_number",)),
            ("1901-12-31", ("nhs_number",)),
        ):
            asked = StandardRecord(kind=KIND, values={"nhs_number": holder["nhs_number"], "birth_date": born})
            matches = OneRecord().look(connection, asked, at_least=0.5).matches
            by_number = [m for m in matches if m.numbers]
            assert [m.numbers for m in by_number] == [numbers]
            assert by_number[0].holders[0].record_id == f"r{holder['profile_no']}"
            assert by_number[0].of_two is (born == "1901-12-31")
            assert by_number[0].decides is (by_number[0].probability == 1.0) is not by_number[0].of_two


def test_a_block_of_thousands_is_cut_and_said_to_be(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(r for r in linked.rows if all(r[c] for c in COLUMNS))
    with opened(linked) as connection:
        whole = OneRecord().look(connection, record(row), at_least=0.0)
        monkeypatch.setattr(one_record, "AT_MOST", 3)
        cut = OneRecord().look(connection, record(row), at_least=0.0)
    assert (cut.compared, cut.left_out) == (3, whole.compared - 3)
    itself = f"r{row['profile_no']}"
    assert itself in {h.record_id for m in cut.matches for h in m.holders}, "who shares most is kept"


def test_a_release_that_another_vestry_or_engine_wrote_is_refused(linked: Linked, tmp_path: Path) -> None:
    asked = record(linked.rows[0])
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as empty, pytest.raises(MatchUnavailable):
        OneRecord().look(empty, asked, at_least=0.5)
    layout = f"recipe = replace(recipe, '\"layout\": {WRITTEN_BY}', '\"layout\": 0')"
    for change in ("checked = 1", layout):
        path = tmp_path / f"{len(change)}.duckdb"
        path.write_bytes(linked.path.read_bytes())
        with duckdb.connect(str(path)) as changed:
            changed.execute(f"UPDATE match_models SET {change}")
            with pytest.raises(MatchUnavailable):
                OneRecord().look(changed, asked, at_least=0.5)
