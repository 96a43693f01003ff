"""Linkage that goes on from the release before, beside linking everything anew.

    python benchmarks/going_on.py PLACE_FOLDER [--rows 15000]

Receives the county's first extracts into a copy of the place with so many rows of people left out, drawn at random from all
its files, and builds it (which trains and keeps a model). A month later every source sends all its rows, and the place is built
twice: going on from its release, and (`--again`) with everything linked anew. Prints how many records were new, the seconds
of the step `link` of each and their ratio, and whether both came to the same entities, links, evidence and keys of matching.
Beside it stand the step `link` of the very first build, which learns its model too, and the seconds that plain Splink takes to
train, score and cluster all people of the same files (`plain_splink.py`).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb
from build import HERE, mib, run

from vestry.clock import SystemClock
from vestry.contracts.contract import Contract
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive
from vestry.model import kinds
from vestry.place import Place, open_place
from vestry.twin.manifest import Manifest, current_release, read_manifest
from vestry.twin.predecessor import TWIN_FILE

SEED = 20260401
SAME = ("members", "links", "link_evidence", "match_keys", "match_profiles", "match_holders")
"""Tables that must not differ."""


def first_files(place: Path) -> tuple[dict[str, list[Path]], date]:
    """The files of the county's first extracts by source, and their day."""
    lines = json.loads((place / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    as_at = lines[0]["as_at"]
    files: dict[str, list[Path]] = {}
    for line in lines:
        if line["as_at"] == as_at:
            files.setdefault(line["source"], []).append(place / line["file"])
    return files, date.fromisoformat(as_at)


def rows_in(content: bytes) -> Iterator[bytes]:
    """The rows of a CSV file, with line breaks inside of quotation marks kept in them."""
    row = b""
    for line in content.splitlines(keepends=True):
        row += line
        if row.count(b'"') % 2 == 0:
            yield row
            row = b""
    if row:
        yield row


def of_people(contract: Contract) -> bool:
    """Whether its rows tell of people."""
    return any(part.kind == kinds.PERSON for table in contract.tables for part in table.parts)


def without_some(
    files: Mapping[str, list[Path]], contracts: Mapping[str, Contract], folder: Path, rows: int
) -> dict[str, list[Path]]:
    """The files, written to `folder` without so many rows of sources that tell of people; the others as they are."""
    chance = random.Random(SEED)
    told = {
        path: list(rows_in(path.read_bytes()))
        for source, paths in files.items()
        if of_people(contracts[source])
        for path in paths
        if path.suffix == ".csv"
    }
    share = rows / sum(len(found) - 1 for found in told.values())
    found: dict[str, list[Path]] = {}
    for source, paths in files.items():
        for path in paths:
            if path in told:
                head, *rest = told[path]
                path = folder / path.name
                path.write_bytes(head + b"".join(row for row in rest if chance.random() >= share))
            found.setdefault(source, []).append(path)
    return found


def receive_all(place: Place, files: Mapping[str, list[Path]], as_at: date) -> None:
    """Receive the files of every source."""
    contracts = read_contracts(place)
    for source, paths in files.items():
        receive(place, contracts[source], paths, as_at=as_at, clock=SystemClock(), accept=True)


def built(place: Place, *options: str) -> tuple[Manifest, int]:
    """Build in a process of its own: the manifest, and peak resident bytes."""
    ran = run(sys.executable, "-m", "vestry", "build", *options, "--place", str(place.folder))
    return read_manifest(place.releases / str(current_release(place.releases))), ran.peak


def seconds(manifest: Manifest, step: str) -> float:
    """How long a step took."""
    return sum(float(s["seconds"]) for s in manifest.steps if s["name"] == step)


def new_people(place: Place, before: Manifest, after: Manifest) -> tuple[int, int]:
    """(records of people in `after`, those of them that `before` did not have)."""
    with duckdb.connect(str(place.releases / after.release_id / TWIN_FILE), read_only=True) as twin:
        twin.execute(f"ATTACH '{place.releases / before.release_id / TWIN_FILE}' AS before (READ_ONLY)")
        found = twin.execute(
            "SELECT count(*), count(*) FILTER (record_id NOT IN (SELECT record_id FROM before.records))"
            f" FROM records WHERE kind = '{kinds.PERSON}'"
        ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def main() -> None:
    """Link 15,000 new records by going on, and anew."""
    parser = argparse.ArgumentParser(description="Linkage that goes on, beside linking anew.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--rows", type=int, default=15_000, help="rows of people that are new")
    asked = parser.parse_args()
    files, as_at = first_files(asked.place)
    later = as_at.replace(month=as_at.month % 12 + 1, year=as_at.year + as_at.month // 12)
    with tempfile.TemporaryDirectory(prefix="bench-on-", dir=asked.place.parent) as folder:
        work, fewer = Path(folder) / "place", Path(folder) / "fewer"
        fewer.mkdir()
        shutil.copytree(asked.place / "contracts", work / "contracts")
        shutil.copy(asked.place / "place.toml", work / "place.toml")
        place = open_place(work)
        receive_all(place, without_some(files, read_contracts(place), fewer, asked.rows), as_at)
        before, _ = built(place)
        receive_all(place, files, later)
        went_on, on_peak = built(place)
        anew, anew_peak = built(place, "--again")
        records, new = new_people(place, before, went_on)
    ran = run(sys.executable, str(HERE / "plain_splink.py"), str(asked.place), "--json")
    splink = json.loads(ran.printed.splitlines()[-1])
    on, whole = seconds(went_on, "link"), seconds(anew, "link")
    print(f"{records:,} records of people, of which {new:,} are new; {asked.rows:,} rows")
    print(f"linked anew: {whole:.1f} s, peak of the build {mib(anew_peak)}")
    print(f"going on: {on:.1f} s, peak of the build {mib(on_peak)}; {on / whole:.3f} of it")
    first, rival = seconds(before, "link"), sum(splink["seconds"].values())
    print(
        f"linked for the first time, {records - new:,} records: {first:.1f} s; going on is {on / first:.3f} of it"
    )
    print(
        f"plain Splink, {splink['records']:,} records anew: {rival:.1f} s; going on is {on / rival:.3f} of it"
    )
    differ = [t for t in SAME if went_on.tables[t]["content"] != anew.tables[t]["content"]]
    print("the same " + ", ".join(SAME) if not differ else "NOT the same: " + ", ".join(differ))
    print("steps, going on: " + ", ".join(f"{s['name']} {float(s['seconds']):.1f}" for s in went_on.steps))
    print("steps, anew: " + ", ".join(f"{s['name']} {float(s['seconds']):.1f}" for s in anew.steps))


if __name__ == "__main__":
    main()
