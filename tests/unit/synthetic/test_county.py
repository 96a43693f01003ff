"""The fictional place as a whole: repeatable, whole, and true to its own truth files."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from vestry.contracts.contract import Contract
from vestry.contracts.reading import check_contracts
from vestry.errors import FolderInUse, VestryError
from vestry.place import open_place
from vestry.synthetic import Synthesised, synthesise
from vestry.synthetic.county import later

RESIDENTS = 600
PARTS = {
    "brackmere-council-tax": {"liable": "LiableSurname", "partner": "Surname2"},
    "brackmere-electoral-register": {"elector": "ElectorName"},
    "adult-social-care": {"client": "SURNAME", "carer": "CARER_NAME"},
    "brackmere-business-rates": {"business": "TradingAs", "proprietor": "Proprietor"},
    "brackmere-food": {"establishment": "BusinessName"},
    "brackmere-housing": {"tenant": "First/Surname", "joint": "Second/Surname"},
    "gp-registrations": {"patient": "SURNAME"},
}
EACH_ONCE = (
    "brackmere-electoral-register",
    "adult-social-care",
    "brackmere-business-rates",
    "brackmere-food",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    return synthesise(tmp_path_factory.mktemp("county") / "place", residents=RESIDENTS, seed=7)


def digests(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@cache
def contracts_of(folder: Path) -> dict[str, Contract]:
    return check_contracts(folder / "contracts", open_place(folder).organisations)[0]


def rows_of(made: Synthesised, source: str, as_at: date) -> list[dict[str, str]]:
    """Rows of the right length, by column name."""
    contract = contracts_of(made.folder)[source]
    path = next(made.folder / a.file for a in made.arrivals if a.source == source and a.as_at == as_at)
    names = [c.physical_name for c in contract.tables[0].columns]
    if contract.layout.format == "xml":
        with gzip.open(path) as file:
            tenancies = ET.parse(file).getroot().findall("Tenancies/Tenancy")
        return [{n: t.findtext(n) or "" for n in names} for t in tenancies]
    with path.open(encoding=contract.layout.encoding, newline="") as file:
        rows = list(csv.reader(file, delimiter=contract.layout.delimiter))
    if contract.layout.header:
        assert rows.pop(0) == names
    return [dict(zip(names, row, strict=True)) for row in rows if len(row) == len(names)]


def key_of(made: Synthesised, source: str) -> str:
    return contracts_of(made.folder)[source].tables[0].key[0]


def truth(made: Synthesised, name: str) -> list[dict[str, str]]:
    with (made.folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_same_seed_gives_the_same_bytes_in_another_process(made: Synthesised, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from vestry.synthetic import synthesise; "
        f"synthesise(Path({str(tmp_path / 'again')!r}), residents={RESIDENTS}, seed=7)"
    )
    paths = ":".join(p for p in sys.path if p)
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "12345", "PYTHONPATH": paths}
    )
    assert digests(tmp_path / "again") == digests(made.folder)


def test_another_seed_gives_other_people(made: Synthesised, tmp_path: Path) -> None:
    synthesise(tmp_path / "other", residents=RESIDENTS, seed=8)
    mine, other = digests(made.folder), digests(tmp_path / "other")
    differing = {name for name in mine if mine[name] != other.get(name)}
    assert {n for n in mine if n.startswith("incoming/") and n.endswith(("csv", "xml.gz"))} <= differing


def test_contracts_have_no_problems(made: Synthesised) -> None:
    place = open_place(made.folder)
    contracts, problems = check_contracts(place.contracts, place.organisations)
    assert [line for p in problems for line in p.lines()] == []
    assert {a.source for a in made.arrivals} == set(contracts)


def test_the_manifest_names_every_file_in_the_order_of_dates(made: Synthesised) -> None:
    manifest = json.loads((made.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    files = {
        p.relative_to(made.folder).as_posix() for p in (made.folder / "incoming").rglob("*") if p.is_file()
    }
    assert [m["as_at"] for m in manifest] == sorted(m["as_at"] for m in manifest)
    assert {m["file"] for m in manifest} == files - {"incoming/manifest.json"}
    assert {m["as_at"] for m in manifest} == {"2025-09-01", "2025-12-01"}


@pytest.mark.parametrize("source", sorted(PARTS))
def test_truth_covers_every_part_of_every_row_and_nothing_else(made: Synthesised, source: str) -> None:
    known = {
        (t["source_key"], t["part"])
        for name in ("people", "organisations")
        for t in truth(made, name)
        if t["source"] == source
    }
    sent: set[tuple[str, str]] = set()
    key = key_of(made, source)
    for as_at in (date(2025, 9, 1), date(2025, 12, 1)):
        for row in rows_of(made, source, as_at):
            sent |= {(row[key], part) for part, column in PARTS[source].items() if row[column]}
    assert sent <= known
    # A partner who died stays known from the first date; a ragged row is known though it cannot be read.
    assert len(known - sent) <= 6


@pytest.mark.parametrize("source", EACH_ONCE)
def test_a_register_that_holds_each_once_does(made: Synthesised, source: str) -> None:
    entities = {
        (t["source_key"], t["part"]): t["entity"]
        for name in ("people", "organisations")
        for t in truth(made, name)
        if t["source"] == source
    }
    main = next(iter(PARTS[source]))
    key = key_of(made, source)
    keys = {row[key] for row in rows_of(made, source, date(2025, 9, 1))}
    counted = Counter(entities[k, main] for k in keys)
    assert max(counted.values()) == 1


def test_there_are_exactly_so_many_residents_on_the_first_day(made: Synthesised) -> None:
    stays = truth(made, "households")
    first = {s["person"] for s in stays if s["since"] <= "2025-09-01" and not "" < s["until"] <= "2025-09-01"}
    assert len(first) == RESIDENTS
    assert max(Counter(s["person"] for s in stays if not s["until"]).values()) == 1


def test_every_kind_of_change_happens_and_changes_what_is_sent(made: Synthesised) -> None:
    changes = truth(made, "changes")
    assert {c["what"] for c in changes} == {
        "birth", "death", "move", "arrival", "departure", "marriage", "opening", "closing",
    }  # fmt: skip
    later_rows = rows_of(made, "adult-social-care", date(2025, 12, 1))
    assert 0 < len(later_rows) < len(rows_of(made, "adult-social-care", date(2025, 9, 1)))
    patients = {t["entity"] for t in truth(made, "people") if t["source"] == "gp-registrations"}
    assert {c["people"] for c in changes if c["what"] == "birth"} <= patients


def test_unchanged_records_are_sent_again_as_they_were(made: Synthesised) -> None:
    first, second = (
        {r["ElectorNumber"]: r for r in rows_of(made, "brackmere-electoral-register", on)}
        for on in (date(2025, 9, 1), date(2025, 12, 1))
    )
    both = first.keys() & second.keys()
    assert len(both) > 0.9 * len(first)
    assert sum(first[k] != second[k] for k in both) <= 2


def test_some_rows_are_bad_in_every_way_that_was_promised(made: Synthesised) -> None:
    folder = made.folder / "incoming" / "2025-09-01"
    council = (folder / "brackmere-council-tax.csv").read_text(encoding="utf-8").splitlines()
    assert sum("31/02/1990" in line for line in council) == 2
    assert len(council) - len(set(council)) == 3
    gp = list(csv.reader((folder / "gp-registrations.csv").open(encoding="utf-8", newline="")))
    assert sum(len(row) == 17 for row in gp) == 1
    assert sum("19900231" in row for row in gp) == 2
    wrong = [
        r
        for r in gp
        if len(r) == 16 and r[1] and sum(int(d) * w for d, w in zip(r[1], range(10, 0, -1), strict=True)) % 11
    ]
    assert 3 <= len(wrong) < 0.02 * len(gp)


def test_areas_tile_the_district_and_hold_every_postcode(made: Synthesised) -> None:
    folder = made.folder / "incoming" / "2025-09-01"
    boxes = {}
    for name in ("lsoa", "ward", "district"):
        for feature in json.loads((folder / f"areas-{name}.geojson").read_text(encoding="utf-8"))["features"]:
            ring = feature["geometry"]["coordinates"][0]
            assert ring[0] == ring[-1]
            code = next(v for k, v in feature["properties"].items() if k.endswith("CD"))
            boxes.setdefault(name, {})[code] = (*ring[0], *ring[2])
    area = {n: sum((e - w) * (t - s) for w, s, e, t in found.values()) for n, found in boxes.items()}
    assert area["lsoa"] == pytest.approx(area["district"]) == pytest.approx(area["ward"])
    with (folder / "postcodes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            west, south, east, north = boxes["lsoa"][row["lsoa21cd"]]
            assert west < float(row["long"]) < east and south < float(row["lat"]) < north


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderInUse):
        synthesise(tmp_path, residents=200, seed=1)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("residents", "months"), [(10, 3), (200, -1), (10_000_000, 3)])
def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path, residents: int, months: int) -> None:
    with pytest.raises(VestryError, match="cannot be made"):
        synthesise(tmp_path / "place", residents=residents, seed=1, months=months)
    assert not (tmp_path / "place").exists()


def test_no_months_means_one_date(tmp_path: Path) -> None:
    made = synthesise(tmp_path / "place", residents=200, seed=3, months=0)
    assert {a.as_at for a in made.arrivals} == {date(2025, 9, 1)}
    assert made.changes == 0


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
