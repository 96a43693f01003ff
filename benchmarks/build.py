"""A build by step, in time and memory, beside plain Splink in the same run.

    python benchmarks/build.py PLACE_FOLDER

Receives the county's first extracts into a copy of the place (which judges them, and keeps what it judged), builds it
once (which trains and keeps a model and remembers standard forms), then forgets every standard form and every address
that was found, and builds again with the kept model: from received extracts to a published release.
`benchmarks/plain_splink.py` runs on the same files in between, in processes of their own, as the builds are. Prints
seconds by step, peak memory (the largest resident set of the process), and how many times plain Splink's own time
(training, scoring, clustering; not its reading of files) a build took, with and without the step `addresses`, which
plain Splink has no part in, and with the receipt of all files besides.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from vestry.clock import SystemClock
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive
from vestry.place import open_place
from vestry.twin.manifest import current_release, read_manifest
from vestry.twin.predecessor import TWIN_FILE

HERE = Path(__file__).parent
MEMORY = "memory"
JUDGED = "judged"
"""What was judged when it was received, which no build does again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one process took: seconds of the wall clock, peak resident bytes, and what it printed."""

    seconds: float
    peak: int
    printed: str


def run(*command: str) -> Run:
    """Run a command to its end. Raises SystemExit, with what it printed, when it fails."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT, text=True)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        said = printed.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Run(seconds=time.perf_counter() - began, peak=used.ru_maxrss * 1024, printed=said)


def received(place: Path, work: Path) -> float:
    """A copy of the place in `work` with its first extracts received; seconds it took."""
    for name in ("contracts", "place.toml"):
        (shutil.copytree if (place / name).is_dir() else shutil.copy)(place / name, work / name)
    return received_into(place, work)


def received_into(place: Path, work: Path) -> float:
    """The county's first extracts received into `work`, a place with contracts for them; seconds it took."""
    lines = json.loads((place / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    first: dict[str, list[Path]] = {}
    as_at = lines[0]["as_at"]
    for line in lines:
        if line["as_at"] == as_at:
            first.setdefault(line["source"], []).append(place / line["file"])
    here = open_place(work)
    contracts = read_contracts(here)
    began = time.perf_counter()
    for source, files in first.items():
        receive(
            here, contracts[source], files, as_at=date.fromisoformat(as_at), clock=SystemClock(), accept=True
        )
    return time.perf_counter() - began


def built(work: Path) -> tuple[Run, dict[str, float], int]:
    """Build `work`: the process, seconds by step, and how many person records the release has."""
    command = [sys.executable, "-m", "vestry", "build", "--again", "--place", str(work)]
    ran = run(*command)
    place = open_place(work)
    release = place.releases / str(current_release(place.releases))
    manifest = read_manifest(release)
    with duckdb.connect(str(release / TWIN_FILE), read_only=True) as twin:
        counted = twin.execute("SELECT count(*) FROM records WHERE kind = 'person'").fetchone()
    people = int(counted[0]) if counted else 0
    return ran, {str(s["name"]): float(str(s["seconds"])) for s in manifest.steps}, people


def mib(size: int) -> str:
    """Bytes as MiB."""
    return f"{size / 2**20:,.0f} MiB"


def main() -> None:
    """Build with and without what is remembered, beside plain Splink."""
    parser = argparse.ArgumentParser(description="A build by step, beside plain Splink.")
    parser.add_argument("place", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-build-", dir=asked.place.parent) as folder:
        work = Path(folder)
        taken = received(asked.place, work)
        first, first_steps, people = built(work)
        rival = run(sys.executable, str(HERE / "plain_splink.py"), str(asked.place), "--json")
        figures = json.loads(rival.printed.splitlines()[-1])
        for remembered in (work / MEMORY).iterdir():
            if remembered.is_file():
                remembered.unlink()
            elif remembered.name != JUDGED:
                shutil.rmtree(remembered)
        afresh, steps, people = built(work)
        again, again_steps, people = built(work)
    print(
        f"{people:,} person records ({figures['records']:,} of them of a known person, as plain Splink reads them)"
    )
    print(f"{'step':<14}{'first build':>14}{'model kept':>14}{'all kept':>14}   seconds")
    print(f"{'receive':<14}{taken:>14.1f}{'':>14}{'':>14}")
    for name in first_steps:
        print(f"{name:<14}{first_steps[name]:>14.1f}{steps[name]:>14.1f}{again_steps[name]:>14.1f}")
    totals = [sum(s.values()) for s in (first_steps, steps, again_steps)]
    without = [
        t - s.get("addresses", 0) for t, s in zip(totals, (first_steps, steps, again_steps), strict=True)
    ]
    print(f"{'all steps':<14}" + "".join(f"{t:>14.1f}" for t in totals))
    print(f"{'no addresses':<14}" + "".join(f"{t:>14.1f}" for t in without))
    print(f"{'peak memory':<14}" + "".join(f"{mib(r.peak):>14}" for r in (first, afresh, again)))
    splink = sum(figures["seconds"].values())
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in figures["seconds"].items())
    print(f"plain Splink: {splink:.1f} s ({stages}), peak {mib(rival.peak)}, best F1 {figures['f1']:.4f}")
    print("times plain Splink's own time:")
    print(f"{'  whole':<14}" + "".join(f"{t / splink:>14.2f}" for t in totals))
    print(f"{'  no addresses':<14}" + "".join(f"{t / splink:>14.2f}" for t in without))
    print(f"{'  and receive':<14}" + "".join(f"{(t + taken) / splink:>14.2f}" for t in without))


if __name__ == "__main__":
    main()
