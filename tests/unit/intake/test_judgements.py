"""What was judged of an extract is kept, and found again as long as nothing that it depends on has changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vestry.contracts.contract import Contract, Part, Rule, Surprises, Target
from vestry.engines.duckdb import DuckDBEngine
from vestry.errors import ExtractRefused
from vestry.intake import judgements
from vestry.intake.loading import Loaded, load
from vestry.intake.store import extracts
from vestry.place import Place
from vestry.standardise import records
from vestry.standardise.records import standardise
from vestry.standardise.remembered import Remembered

LONG = Rule(
    name="b-short", check="invalidValues", dimension="validity", column="B", arguments={"pattern": "^.?$"}
)
ROWS = "A,B\n1,x\n2,long\n2,other\n3,\n3,\n4,long\n"


@pytest.fixture
def agreed(make: Any) -> Contract:
    made: Contract = make.contract(make.table("A", "B", rules=(LONG,)))
    return made


@pytest.fixture
def told(engine: DuckDBEngine, desk: Any) -> Callable[..., Any]:
    """All that `load` says of what was received, with or without what is kept."""

    def run(agreed: Contract, folder: Path | None) -> Any:
        loaded: Loaded = load(engine, {"register": agreed}, extracts(desk.place), folder)
        (received,) = loaded.received
        return (
            sorted(map(repr, engine.fetch(received.rows.select(*sorted(received.rows.columns))).to_pylist())),
            sorted(map(repr, engine.fetch(loaded.quarantine).to_pylist())),
            engine.fetch(loaded.ledger).to_pylist(),
            received.kept_rules,
        )

    return run


@pytest.fixture
def judged_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The extracts that `check` was asked about by a build."""
    asked: list[str] = []
    check = judgements.check

    def listening(engine: Any, contract: Any, table: Any, held: Any) -> Any:
        asked.extend(extract.extract_id for extract in held)
        return check(engine, contract, table, held)

    monkeypatch.setattr(judgements, "check", listening)
    return asked


def test_what_was_received_is_not_judged_again(
    desk: Any, agreed: Contract, told: Any, judged_again: Any
) -> None:
    desk.receive(agreed, ROWS)
    desk.receive(agreed, ROWS + "5,long\n", as_at="2026-11-02")
    kept = told(agreed, desk.place.judged)
    assert judged_again == []
    assert kept == told(agreed, None)
    assert kept[1] != [], "rows with one key and several contents are in quarantine"
    assert kept[3] == {0: (2, 4)}, "of the newest extract's rows, two are short"


def test_another_contract_judges_again(desk: Any, agreed: Contract, told: Any, judged_again: Any) -> None:
    desk.receive(agreed, ROWS)
    told(agreed, desk.place.judged)
    strict = dataclasses.replace(LONG, severity="error")
    (table,) = agreed.tables
    changed = dataclasses.replace(agreed, tables=(dataclasses.replace(table, rules=(strict,)),))
    expected = told(changed, None)
    judged_again.clear()
    assert told(changed, desk.place.judged) == expected
    assert told(changed, desk.place.judged) == expected
    assert len(judged_again) == 1, "and that is kept in its turn"


def _removed(path: Path) -> None:
    path.unlink()


def _damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9] + b"\x00" * 9)


@pytest.mark.parametrize("spoil", [_removed, _damaged])
@pytest.mark.parametrize("which", ["*.json", "*.rows.parquet", "*.quarantine.parquet", "*"])
def test_what_was_removed_or_damaged_is_made_again(
    desk: Any, agreed: Contract, told: Any, judged_again: Any, which: str, spoil: Callable[[Path], None]
) -> None:
    desk.receive(agreed, ROWS)
    expected = told(agreed, None)
    judged_again.clear()
    found = list(desk.place.judged.glob(f"*/*/*/{which}"))
    for path in found:
        spoil(path)
    assert found != []
    assert told(agreed, desk.place.judged) == expected
    assert len(judged_again) == 1


def test_tables_of_like_names_keep_their_own(
    engine: DuckDBEngine, desk: Any, make: Any, judged_again: Any
) -> None:
    """Each file holds one table; the name of one table begins with that of the other."""
    home = make.table("A", "B", name="home", files="home.csv")
    visits = make.table("A", "B", name="home-visits", files="visits.csv")
    both = make.contract(home, visits)
    desk.receive(both, "A,B\n1,x\n", names=["visits.csv"])
    desk.receive(both, "A,B\n2,y\n3,z\n", names=["home.csv"])
    loaded = load(engine, {"register": both}, extracts(desk.place), desk.place.judged)
    assert judged_again == []
    assert {r.table.name: engine.count(r.rows) for r in loaded.received} == {"home": 2, "home-visits": 1}


def test_of_an_extract_that_is_gone_nothing_stays(
    desk: Any, agreed: Contract, told: Any, place: Place
) -> None:
    desk.receive(agreed, ROWS)
    desk.receive(agreed, "A,B\n1,x\n", as_at="2026-11-02", accept=True)
    first, second = extracts(place)
    first.folder.rename(place.folder / "taken away")
    told(agreed, place.judged)
    assert len(list(place.judged.rglob("*.json"))) == 1
    assert not (place.judged / first.extract_id).exists()
    assert (place.judged / second.extract_id).exists()


def test_of_an_extract_that_was_refused_nothing_stays(desk: Any, agreed: Contract, place: Place) -> None:
    refusing = dataclasses.replace(agreed, surprises=Surprises(repeated_key="refuse"))
    with pytest.raises(ExtractRefused):
        desk.receive(refusing, ROWS)
    assert not list(place.judged.rglob("*.parquet"))
    assert not list(place.extracts.rglob("*.parquet"))


def test_only_the_owner_may_read_it(desk: Any, agreed: Contract, place: Place) -> None:
    desk.receive(agreed, ROWS)
    files = [path for path in place.judged.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".parquet"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    folders = [place.memory, *(path for path in place.memory.rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


def test_what_rows_describe_is_the_same_brought_in_read_where_it_lies_or_found_again(
    engine: DuckDBEngine, desk: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [make.column("A", key=1)]
    for name, field in {"B": "family_name", "C": "birth_date"}.items():
        columns.append(make.column(name, targets=(Target(part="who", field=field),)))
    agreed = make.contract(
        dataclasses.replace(make.table(*columns), parts=(Part(name="who", kind="person"),))
    )
    desk.receive(agreed, "A,B,C\n1,o'brien,02/01/1980\n2,,1979-12-24\n3,Łukasz,\n")

    def standard(folder: Path | None) -> list[str]:
        loaded = load(engine, {"register": agreed}, extracts(desk.place), folder)
        assert [r.described is not None for r in loaded.received] == [folder is not None]
        made = standardise(engine, loaded.received, Remembered(engine, None))
        assert engine.fetch(made.given).num_rows == 1
        return sorted(map(repr, engine.fetch(made.records).to_pylist()))

    brought_in = standard(desk.place.judged)
    assert len(brought_in) == 3
    assert "O'BRIEN" in brought_in[0] + brought_in[1] + brought_in[2]
    assert standard(None) == brought_in
    monkeypatch.setattr(records, "MANY", 0)
    assert standard(desk.place.judged) == brought_in
