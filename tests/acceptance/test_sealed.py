"""Promise 10: the sealed stay sealed. What is said here of somebody's earlier identity is found nowhere.

"Found" is: its NHS number; its name and birth date together (a name alone may be somebody else's); a record that held
it, by the record's id or by its source, key and part. The truth says which those are. Two things keep what was
received and are not looked at: `extracts/`, which is the files themselves, and `incoming/` and `truth/`, which are the
fiction's. `memory/` holds distinct texts by rule, tied to nobody: there, no two facts may stand together.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from gateway_by_hand import log_text
from vestry.contracts.reading import read_contracts
from vestry.engines.duckdb import DuckDBEngine
from vestry.intake.loading import load
from vestry.intake.store import extracts
from vestry.place import open_place
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered
from vestry.twin.tables import BY_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Who somebody was: `parts` are the (source, key, part) that held it, `now` the entity that the person is today."""

    now: str
    family_name: str
    given_names: str
    birth_date: str
    nhs_number: str
    parts: frozenset[tuple[str, str, str]]

    def facts_in(self, text: str) -> set[str]:
        """Which of number, name and birth date a text holds."""
        upper, birth = text.upper(), date.fromisoformat(self.birth_date)
        days = (self.birth_date, f"{birth:%d/%m/%Y}", f"{birth:%Y%m%d}")
        names = (self.family_name.upper(), self.given_names.upper().split(" ")[0])
        found = {
            "number": self.nhs_number in re.sub(r"(?<=\d)[ -](?=\d)", "", text),
            "name": all(re.search(rf"\b{re.escape(name)}\b", upper) for name in names),
            "birth date": any(day in text for day in days),
        }
        return {fact for fact, is_so in found.items() if is_so}

    def is_told_by(self, text: str) -> bool:
        return "number" in (facts := self.facts_in(text)) or {"name", "birth date"} <= facts


def table_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sealed(small: Any) -> list[Earlier]:
    """Everybody of the small place who has an earlier identity."""
    folder = small.place.folder
    residents = {r["entity"]: r for r in table_of(folder, "residents")}
    lines = table_of(folder, "sealed")
    return [
        Earlier(
            now=now,
            **{n: residents[earlier][n] for n in ("family_name", "given_names", "birth_date", "nhs_number")},
            parts=frozenset(
                (r["source"], r["source_key"], r["part"]) for r in lines if r["earlier"] == earlier
            ),
        )
        for now, earlier in sorted({(r["entity"], r["earlier"]) for r in lines})
    ]


@pytest.fixture(scope="module")
def parts(sealed: list[Earlier]) -> set[tuple[str, str, str]]:
    return {part for one in sealed for part in one.parts}


@pytest.fixture(scope="module")
def unsealed(small: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str, str]]:
    """Record id -> (source, key, part) of every record that there is where nothing is sealed."""
    with closing(DuckDBEngine(tmp_path_factory.mktemp("unsealed") / "work", threads=1)) as engine:
        loaded = load(engine, read_contracts(small.place), list(extracts(small.place)))
        records = standardise(engine, loaded.received, Remembered(engine, None)).records
        rows = engine.fetch(records.select("record_id", "source", "source_key", "part")).to_pylist()
    return {r["record_id"]: (r["source"], r["source_key"], r["part"]) for r in rows}


@pytest.fixture(scope="module")
def record_ids(unsealed: dict[str, tuple[str, str, str]], parts: Any) -> set[str]:
    """The ids that records of the sealed have there."""
    return {record for record, part in unsealed.items() if part in parts}


def rows_of_every_table(small: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Every row of every table of every release: table, and its columns as text."""
    for manifest in small.manifests:
        path = small.place.releases / manifest.release_id / "twin.duckdb"
        with duckdb.connect(str(path), read_only=True) as twin:
            held = {name for (name,) in twin.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            assert held == set(BY_NAME)
            for name in sorted(held):
                answer = twin.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {name}")
                columns = [d[0] for d in answer.description or ()]
                for row in answer.fetchall():
                    yield name, {c: v for c, v in zip(columns, row, strict=True) if v is not None}


def test_each_kind_of_sealed_identity_is_planted_and_registers_still_hold_it(
    small: Any, sealed: list[Earlier], record_ids: set[str]
) -> None:
    """Or nothing below would prove anything."""
    reasons = {r["reason"] for r in table_of(small.place.folder, "sealed")}
    assert reasons == {"adoption", "gender recognition", "protection"}
    assert all(len(one.parts) >= 2 for one in sealed)
    assert len(record_ids) > 10


def test_no_row_of_any_table_tells_of_a_sealed_identity(
    small: Any, sealed: list[Earlier], parts: Any, record_ids: set[str]
) -> None:
    others = Counter((r["source"], r["source_key"]) for r in table_of(small.place.folder, "people"))
    others.subtract((source, key) for source, key, _ in parts)
    found, looked_at = [], 0
    for table, row in rows_of_every_table(small):
        looked_at += 1
        cells = set(row.values())
        if any(one.is_told_by("\t".join(row.values())) for one in sealed):
            found.append((table, "told", sorted(row)))
        if cells & record_ids:
            found.append((table, "record id", sorted(row)))
        for source, key, part in parts if "source" in row else ():
            whole = others[source, key] == 0  # nobody else stands in that row: not even its home may be left
            if row["source"] == source and key in cells and (whole or row.get("part", part) == part):
                found.append((table, "source key", sorted(row)))
    assert found == []
    assert looked_at > 20_000


def test_no_entity_tells_of_one_by_all_that_is_claimed_of_it(small: Any, sealed: list[Earlier]) -> None:
    """A name of before from one record and a birth date from another would tell it together."""
    claimed: dict[str, set[str]] = {}
    for table, row in rows_of_every_table(small):
        if table == "claims":
            claimed.setdefault(row["entity_id"], set()).add(row.get("value", ""))
    assert [e for e, said in claimed.items() if any(one.is_told_by("\t".join(said)) for one in sealed)] == []


def test_who_they_are_now_is_there_as_anybody_else_is(
    small: Any, looking: Any, sealed: list[Earlier], unsealed: dict[str, tuple[str, str, str]]
) -> None:
    """Nothing that tells of the new identity is withheld, and an entity is shown by its name."""
    now = {r["entity"]: r["family_name"].upper() for r in table_of(small.place.folder, "residents")}
    held = table_of(small.place.folder, "people")
    last = small.manifests[-1].release_id
    sql = """
        SELECT record_id, p.family_name FROM members m JOIN people p USING (entity_id)
        WHERE m.source = ? AND m.source_key = ? AND m.part = ?
    """
    for one in sealed:
        keys = {(r["source"], r["source_key"], r["part"]) for r in held if r["entity"] == one.now}
        shown = {row for key in keys for row in looking.rows_of(small.place, last, sql, *key)}
        assert {record for record, _ in shown} == {
            record for record, part in unsealed.items() if part in keys
        }
        assert now[one.now] in {name for _, name in shown}


def test_the_ledger_counts_what_was_withheld_and_says_no_more(small: Any, looking: Any, parts: Any) -> None:
    last = small.manifests[-1].release_id
    rows = looking.rows_of(small.place, last, "SELECT source, loaded, sealed FROM ledger")
    counted = Counter[str]()
    for source, loaded, withheld in rows:
        assert 0 <= withheld <= loaded
        counted[source] += withheld
    alone = Counter((r["source"], r["source_key"]) for r in table_of(small.place.folder, "people"))
    alone.subtract((source, key) for source, key, _ in parts)
    assert {source for source, key, _ in parts if alone[source, key] == 0} <= {
        s for s, n in counted.items() if n
    }
    assert counted["protected-identities"] == 0, "the list itself is no record"


def test_what_is_remembered_ties_no_two_facts_of_one_together(small: Any, sealed: list[Earlier]) -> None:
    """A text by itself, a number or a name, is there as it is in `extracts/`; whose it is, no row says."""
    looked_at, single = 0, set[str]()
    for path in sorted(small.place.memory.glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            text = "\t".join(str(v) for v in row.values() if v is not None)
            looked_at += 1
            for one in sealed:
                facts = one.facts_in(text)
                single |= facts
                assert len(facts) < 2, path.name
    assert looked_at > 1_000
    assert "number" in single, "or the files were not read as they are"


def test_models_manifests_and_what_stands_beside_them_name_nobody(small: Any, sealed: list[Earlier]) -> None:
    texts = [
        p.read_text(encoding="utf-8")
        for pattern in ("models/*.json", "releases/*/manifest.json", "extracts/*/*/extract.json")
        for p in small.place.folder.glob(pattern)
    ]
    assert len(texts) > 10
    for one in sealed:
        assert [t for t in texts if one.facts_in(t) or one.family_name.upper() in t.upper()] == []
    assert {p.name for p in small.place.releases.iterdir()} == {
        "current", *(m.release_id for m in small.manifests)
    }, "a workspace that holds what was not yet sealed is gone"  # fmt: skip


@pytest.fixture(scope="module")
def copied(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A copy in which commands may leave their entries."""
    return small.copied(tmp_path_factory.mktemp("sealed") / "place")


def test_no_search_finds_one(copied: Any, forks: Any, sealed: list[Earlier]) -> None:
    """By name and birth date, and by the key of every record that held it."""
    searches: list[tuple[Earlier, tuple[str, ...]]] = []
    for one in sealed:
        name = f"{one.given_names.split(' ')[0]} {one.family_name}"
        searches += [(one, ("--name", name)), (one, ("--name", one.family_name, "--born", one.birth_date))]
        searches += [(one, ("--key", source, key)) for source, key, _ in sorted(one.parts)]
    for one, words in searches:
        ran = forks.run("find", *words, "--json", "--purpose", "audit", "--place", copied.folder)
        assert ran.code in (0, 7) and ran.err.count("code:") == (ran.code != 0)
        assert not one.is_told_by(ran.out), words[0]
        assert not one.is_told_by(ran.err)


def test_neither_showing_nor_explaining_the_new_identity_tells_of_it(
    copied: Any, small: Any, forks: Any, looking: Any, sealed: list[Earlier]
) -> None:
    held = table_of(copied.folder, "people")
    last = small.manifests[-1].release_id
    for one in sealed:
        keys = [(r["source"], r["source_key"], r["part"]) for r in held if r["entity"] == one.now]
        sql = "SELECT entity_id FROM members WHERE source = ? AND source_key = ? AND part = ?"
        (entity, *_) = (e for key in keys for (e,) in looking.rows_of(copied, last, sql, *key))
        for command in ("show", "explain"):
            for how in ((), ("--json",)):
                ran = forks.run(command, entity, *how, "--purpose", "audit", "--place", copied.folder)
                assert (ran.code, ran.err) == (0, "")
                assert not one.is_told_by(ran.out), command
                assert not any(key in ran.out for _, key, _ in one.parts if len(key) > 7), command


def test_nothing_that_is_written_out_tells_of_one(
    copied: Any, forks: Any, sealed: list[Earlier], record_ids: set[str], tmp_path: Path
) -> None:
    commands: Mapping[str, tuple[str, ...]] = {
        **{
            table: ("export", table, "--to", "{file}")
            for table in ("people", "records", "claims", "crossref")
        },
        "quarantine": ("quarantine", "--rows", "{file}"),
    }
    for name, words in commands.items():
        path = tmp_path / f"{name}.csv"
        argv = [w.format(file=path) for w in words]
        ran = forks.run(*argv, "--purpose", "audit", "--place", copied.folder)
        assert (ran.code, ran.err) == (0, "")
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) > 5
        for one in sealed:
            assert [n for n, line in enumerate(lines) if one.is_told_by(line)] == [], name
        assert not any(record in line for line in lines for record in record_ids)


def test_measuring_and_the_audit_log_tell_of_none(copied: Any, forks: Any, sealed: list[Earlier]) -> None:
    told = [
        forks.run(*words, "--place", copied.folder)
        for words in (
            ("evaluate", "--truth", copied.folder / "truth" / "people.csv", "--purpose", "audit"),
            ("status",),
            ("quarantine",),
            ("build", "--again"),
        )
    ]
    assert [ran.code for ran in told] == [0, 0, 0, 0]
    texts = [text for ran in told for text in (ran.out, ran.err)]
    texts.append(log_text(open_place(copied.folder)))
    for one in sealed:
        for text in texts:
            assert one.facts_in(text) == set()
            assert one.family_name.upper() not in text.upper()
