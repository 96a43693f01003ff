"""The fictional county as a whole: repeatable, whole, and true to its own truth files."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

from vestry.contracts.contract import Contract, Table
from vestry.contracts.reading import check_contracts
from vestry.errors import FolderInUse, VestryError
from vestry.model import kinds
from vestry.place import open_place
from vestry.synthetic import Synthesised, county, synthesise
from vestry.synthetic.county import later
from vestry.synthetic.plan import DISTRICTS, shared_out

RESIDENTS, THREE = 3_000, 3
Part = tuple[str, str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    folder = tmp_path_factory.mktemp("county") / "place"
    return synthesise(folder, residents=RESIDENTS, seed=7, districts=THREE)


def digests(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@cache
def contracts_of(folder: Path) -> dict[str, Contract]:
    return dict(check_contracts(folder / "contracts", open_place(folder).organisations)[0])


def tables_of(contract: Contract, path: Path) -> list[Table]:
    name = path.name.removesuffix(".gz")
    return [t for t in contract.tables if t.files is None or fnmatchcase(name, t.files)]


@cache
def read(path: Path, contract_id: str, folder: Path, table_name: str) -> list[dict[str, str]]:
    """Rows of the right length, by the physical names of columns."""
    contract = contracts_of(folder)[contract_id]
    table = next(t for t in contract.tables if t.name == table_name)
    names = [c.physical_name for c in table.columns]
    if contract.layout.format == "xml":
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found = ET.fromstring(raw).findall(table.rows.path or "*")
        return [{n: e.findtext(n) or "" for n in names} for e in found]
    with path.open(encoding=contract.layout.encoding, newline="") as file:
        rows = list(csv.reader(file, delimiter=contract.layout.delimiter))
    heading = rows.pop(0) if contract.layout.header else names
    if table.rows.column is not None:
        at = int(table.rows.column) - 1
        rows = [r for r in rows if r[at] == table.rows.equals]
    return [dict(zip(heading, row, strict=True)) for row in rows if len(row) == len(heading)]


def sent(made: Synthesised, source: str, as_at: date | None = None) -> list[tuple[Table, dict[str, str]]]:
    """Every row that a source sent (on a day), with the table that it belongs to."""
    contract = contracts_of(made.folder)[source]
    return [
        (table, row)
        for a in made.arrivals
        if a.source == source and as_at in (None, a.as_at)
        for table in tables_of(contract, made.folder / a.file)
        for row in read(made.folder / a.file, source, made.folder, table.name)
    ]


def key_of(table: Table, row: dict[str, str]) -> str:
    by_name = {c.name: c.physical_name for c in table.columns}
    return "|".join(row[by_name[k]] for k in table.key)


@cache
def truth(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def known(made: Synthesised) -> dict[Part, str]:
    return {
        (t["source"], t["source_key"], t["part"]): t["entity"]
        for name in ("people", "organisations")
        for t in truth(made.folder, name)
    }


def sources(made: Synthesised) -> list[str]:
    """Sources that tell of people or businesses."""
    told = {s for s, _, _ in known(made)}
    return sorted(told)


@pytest.mark.parametrize("processes", [1, 2])
def test_same_seed_gives_the_same_bytes_in_another_process(
    made: Synthesised, tmp_path: Path, processes: int
) -> None:
    most = 0 if processes == 2 else 10**9
    code = (
        "from pathlib import Path; from vestry.synthetic import county\n"
        "if __name__ == '__main__':\n"
        f"    county.IN_ONE_PROCESS = {most}\n"
        f"    county.synthesise(Path({str(tmp_path / 'again')!r}), residents={RESIDENTS}, seed=7, districts={THREE})\n"
    )
    script = tmp_path / "again.py"
    script.write_text(code, encoding="utf-8")
    paths = ":".join(p for p in sys.path if p)
    subprocess.run(
        [sys.executable, str(script)], check=True, env={"PYTHONHASHSEED": "12345", "PYTHONPATH": paths}
    )
    assert digests(tmp_path / "again") == digests(made.folder)


def test_another_seed_gives_another_county(made: Synthesised, tmp_path: Path) -> None:
    synthesise(tmp_path / "other", residents=RESIDENTS, seed=8, districts=THREE)
    mine, other = digests(made.folder), digests(tmp_path / "other")
    same = {n for n in mine if n.startswith(("incoming/", "truth/")) and mine[n] == other.get(n)}
    assert same <= {"incoming/manifest.json"}


def test_the_dial_changes_records_and_not_people(made: Synthesised, tmp_path: Path) -> None:
    hard = synthesise(tmp_path / "hard", residents=RESIDENTS, seed=7, districts=THREE, dial=2)
    residents = "truth/residents.csv"
    assert digests(hard.folder)[residents] == digests(made.folder)[residents]
    assert [r["SURNAME"] for _, r in sent(hard, "gp-registrations")] != [
        r["SURNAME"] for _, r in sent(made, "gp-registrations")
    ]


def test_contracts_have_no_problems(made: Synthesised) -> None:
    place = open_place(made.folder)
    contracts, problems = check_contracts(place.contracts, place.organisations)
    assert [line for p in problems for line in p.lines()] == []
    assert {a.source for a in made.arrivals} == set(contracts)


def test_the_manifest_names_every_file_in_the_order_of_each_source(made: Synthesised) -> None:
    incoming = made.folder / "incoming"
    manifest = json.loads((incoming / "manifest.json").read_text(encoding="utf-8"))
    files = {p.relative_to(made.folder).as_posix() for p in incoming.rglob("*") if p.is_file()}
    assert {m["file"] for m in manifest} == files - {"incoming/manifest.json"}
    days: dict[str, list[str]] = defaultdict(list)
    for line in manifest:
        days[line["source"]].append(line["as_at"])
    assert all(found == sorted(found) for found in days.values())
    assert {m["as_at"] for m in manifest} == {"2025-09-01", "2025-10-01", "2025-11-01", "2025-12-01"}
    first = {m["source"] for m in manifest if m["as_at"] == "2025-09-01"}
    assert first == set(days)


def test_some_sources_send_changes_every_month(made: Synthesised) -> None:
    months = Counter(a.source for a in made.arrivals)
    contracts = contracts_of(made.folder)
    changing = {s for s in months if contracts[s].extract == "changes"}
    assert "brackmere-electoral-register" in changing
    assert all(len({a.as_at for a in made.arrivals if a.source == s}) == 4 for s in changing)
    first, later_on = (
        len(sent(made, "brackmere-electoral-register", d)) for d in (date(2025, 9, 1), date(2025, 11, 1))
    )
    assert 0 < later_on < first / 10


def test_one_district_is_late_and_one_source_stops(tmp_path: Path) -> None:
    whole = synthesise(tmp_path / "ten", residents=2_000, seed=2)
    last = {
        s: max(a.as_at for a in whole.arrivals if a.source == s) for s in {a.source for a in whole.arrivals}
    }
    assert last["brackmere-council-tax"] == date(2025, 12, 1)
    assert last["wyndleigh-council-tax"] == date(2025, 11, 1)
    assert len(last) >= 60


def test_truth_covers_every_part_of_every_row_and_nothing_else(made: Synthesised) -> None:
    told = known(made)
    seen: set[Part] = set()
    for source in sources(made):
        for table, row in sent(made, source):
            by_name = {c.name: c.physical_name for c in table.columns}
            for part in table.parts:
                if part.kind not in (kinds.PERSON, kinds.ORGANISATION):
                    continue
                when = part.present_when
                if when is None or row[by_name[when]]:
                    own = part.attributes.get("keyed_by")
                    key = row[by_name[str(own)]] if own else key_of(table, row)
                    seen.add((source, key, part.name))
    assert not seen - set(told)
    # A partner who died stays known from the first date; a ragged row is known though it cannot be read.
    assert len(set(told) - seen) < 0.01 * len(told)


def test_a_register_that_holds_each_once_does(made: Synthesised) -> None:
    told = known(made)
    checked = 0
    for source in sources(made):
        for table in contracts_of(made.folder)[source].tables:
            if not table.held_once:
                continue
            keys = {key_of(t, r) for t, r in sent(made, source, date(2025, 9, 1)) if t.name == table.name}
            each = [(source, k, part) for k in keys for part in table.held_once]
            counted = Counter(told[one] for one in each if one in told)
            assert not counted or max(counted.values()) == 1, (source, table.name)
            checked += 1
    assert checked > 5


def test_there_are_exactly_so_many_residents_on_the_first_day(made: Synthesised) -> None:
    stays = truth(made.folder, "households")
    first = [s["person"] for s in stays if s["since"] <= "2025-09-01" and not "" < s["until"] <= "2025-09-01"]
    assert len(first) == len(set(first)) == RESIDENTS


def test_truth_of_addresses_is_of_the_gazetteer_and_follows_moves(made: Synthesised) -> None:
    rows = truth(made.folder, "addresses")
    assert {r["form"] for r in rows} >= {"house", "flat", "part of a house", "care home", "shop", "none"}
    assert all(r["uprn"] == "" or r["uprn"].startswith("999") for r in rows)
    assert any(r["uprn"] == "" and r["form"] != "none" for r in rows)  # an estate too new for the gazetteer
    assert len({(r["source"], r["source_key"], r["part"], r["as_at"]) for r in rows}) == len(rows)
    moved = Counter((r["source"], r["source_key"], r["part"]) for r in rows)
    assert max(moved.values()) > 1


def test_movers_between_districts_are_known_in_both(made: Synthesised) -> None:
    told = known(made)
    by_entity: dict[str, set[str]] = defaultdict(set)
    for (source, _, _), entity in told.items():
        if (
            entity.startswith("P0")
            and entity[3:5].isdigit()
            and source.split("-")[0] in ("brackmere", "corveden", "elmworth")
        ):
            by_entity[entity].add(source.split("-")[0])
    assert sum(len(districts) > 1 for districts in by_entity.values()) > 5
    stays = [(s["person"], s["since"], s["uprn"]) for s in truth(made.folder, "households")]
    assert len(stays) == len(set(stays))


def test_every_kind_of_change_happens_and_changes_what_is_sent(made: Synthesised) -> None:
    changes = [c for c in truth(made.folder, "changes") if c["on"] > "2025-09-01"]
    assert {c["what"] for c in changes} - {"home from foster care"} == {
        "birth", "death", "move", "arrival", "departure", "marriage", "separation", "change of name",
        "leaving home", "into a care home", "into foster care", "opening", "closing",
    }  # fmt: skip
    patients = {t["entity"] for t in truth(made.folder, "people") if t["source"] == "gp-registrations"}
    assert {c["people"] for c in changes if c["what"] == "birth"} <= patients


def test_unchanged_records_are_sent_again_as_they_were(made: Synthesised) -> None:
    first, second = (
        {r["PATIENT_ID"]: r for _, r in sent(made, "gp-registrations", on)}
        for on in (date(2025, 9, 1), date(2025, 12, 1))
    )
    both = first.keys() & second.keys()
    assert len(both) > 0.9 * len(first)
    assert sum(first[k] != second[k] for k in both) < 0.04 * len(both)


def test_some_rows_are_bad_in_every_way_that_was_promised(made: Synthesised) -> None:
    folder = made.folder / "incoming" / "2025-09-01"
    council = (folder / "brackmere-council-tax.csv").read_text(encoding="utf-8").splitlines()
    assert sum("31/02/1990" in line for line in council) == 2
    assert len(council) - len(set(council)) == 3
    gp = list(csv.reader((folder / "gp-registrations.csv").open(encoding="utf-8", newline="")))
    assert sum(len(row) == 18 for row in gp) == THREE
    assert sum("19900231" in row for row in gp) == 2 * THREE
    wrong = [
        r
        for r in gp
        if len(r) == 17 and r[1] and sum(int(d) * w for d, w in zip(r[1], range(10, 0, -1), strict=True)) % 11
    ]
    assert 3 * THREE <= len(wrong) < 0.02 * len(gp)
    accounts = [p.read_bytes().upper() for p in folder.glob("*-council-tax.csv")]
    assert any(b"EXORS OF" in text for text in accounts)
    assert all(b"TEST" in text for text in accounts)


def test_a_new_supplier_gives_every_account_another_number(tmp_path: Path) -> None:
    whole = synthesise(tmp_path / "five", residents=1_500, seed=3, districts=5)
    first, second = (
        {r["Account reference"] for _, r in sent(whole, "harlstead-council-tax", on)}
        for on in (date(2025, 9, 1), date(2025, 12, 1))
    )
    assert first and second and not first & second
    told = known(whole)
    entities = [
        {
            told["harlstead-council-tax", k, "liable"]
            for k in keys
            if ("harlstead-council-tax", k, "liable") in told
        }
        for keys in (first, second)
    ]
    assert len(entities[0] & entities[1]) > 0.9 * len(entities[0])


def test_sealed_identities_are_planted_and_listed_in_several_systems(made: Synthesised) -> None:
    rows = truth(made.folder, "sealed")
    told = known(made)
    assert {r["reason"] for r in rows} == {"adoption", "gender recognition", "protection"}
    held = [r for r in rows if r["source"]]
    assert len({r["earlier"] for r in held}) >= 0.9 * len({r["earlier"] for r in rows})
    assert len({r["source"] for r in held}) >= 3
    for row in held:
        assert told[row["source"], row["source_key"], row["part"]] == row["earlier"] != row["entity"]


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderInUse):
        synthesise(tmp_path, residents=200, seed=1)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "said",
    [
        {"residents": 10},
        {"months": -1},
        {"residents": 10_000_000},
        {"districts": 0},
        {"districts": 11},
        {"dial": 0},
        {"residents": 200_000, "districts": 1},
    ],
)
def test_a_county_that_cannot_be_made_is_refused(tmp_path: Path, said: dict[str, int]) -> None:
    with pytest.raises(VestryError, match="cannot be made"):
        synthesise(tmp_path / "place", **({"residents": 300, "seed": 1} | said))  # type: ignore[arg-type]
    assert not (tmp_path / "place").exists()


def test_no_months_means_one_date(tmp_path: Path) -> None:
    alone = synthesise(tmp_path / "place", residents=400, seed=3, months=0, districts=1)
    assert {a.as_at for a in alone.arrivals} == {date(2025, 9, 1)}
    assert alone.changes == 0


def test_nothing_unfinished_is_left(made: Synthesised) -> None:
    assert {p.name for p in made.folder.iterdir()} == {
        "place.toml",
        "agreements",
        "people.yaml",
        "signatures.yaml",
        "contracts",
        "incoming",
        "truth",
    }
    assert not list(made.folder.rglob(".*"))


@pytest.mark.parametrize("districts", [1, 4, 10])
def test_residents_are_shared_out_to_the_last(districts: int) -> None:
    plans = DISTRICTS[:districts]
    assert sum(shared_out(12_345, plans).values()) == 12_345
    assert county.MOST * max(p.share for p in DISTRICTS) > 0


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 9, 1), 3, date(2025, 12, 1)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 9, 1), 16, date(2027, 1, 1)),
    ],
)
def test_later(day: date, months: int, expected: date) -> None:
    assert later(day, months) == expected


def test_two_years_of_change_give_no_key_to_two(tmp_path: Path) -> None:
    old = synthesise(tmp_path / "old", residents=1_200, seed=5, districts=1, months=24)
    assert old.changes > 200
    keys = Counter((t["source"], t["source_key"], t["part"]) for t in truth(old.folder, "people"))
    assert max(keys.values()) == 1
