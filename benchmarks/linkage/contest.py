"""One set, both sides: each runs in processes of its own, and what each put together is measured here."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.linkage import vestry_side
from benchmarks.linkage.curves import BITS, best
from benchmarks.linkage.measures import Measured, codes, measured
from benchmarks.linkage.places import AS_AT, make_place, settle
from benchmarks.linkage.programs import run, vestry
from benchmarks.linkage.sets import RecordSet, frame
from benchmarks.linkage.splink_settings import RECIPES

Told = Callable[[str], None]
VESTRY, SPLINK = "Vestry", "plain Splink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How one side did. `curve` by threshold in bits; `fixed` at Vestry's own threshold (None for Splink, which has
    none); `stages` are seconds of a run; `peak` bytes."""

    side: str
    curve: Mapping[int, Measured]
    fixed: Measured | None
    stages: Mapping[str, float]
    peak: int
    recipe: str = ""
    settings: Mapping[str, Any] | None = None
    note: str = ""

    @property
    def best(self) -> tuple[int, Measured]:
        """The threshold (bits) of best F1, and the measures there."""
        return best(self.curve)

    @property
    def seconds(self) -> float:
        """Seconds of all stages."""
        return sum(self.stages.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One set with or without identifiers: `entries` of both sides."""

    name: str
    title: str
    identifiers: str
    records: int
    people: int
    entries: tuple[Entry, ...]


def run_set(about: RecordSet, data: Path, *, keep: Path | None, side: str | None, told: Told) -> list[Contest]:
    """Both sides of one set; twice where it has an identifier, with and without. Raises DataMissing."""
    records = frame(about, data)
    ours = None if side == "splink" else _vestry(about, records, data, keep, told)
    contests = []
    for withhold in (True, False) if about.identifier else (False,):
        theirs = () if side == "vestry" else _splink(about, data, withhold, told)
        used = "none in the set" if about.identifier is None else "withheld" if withhold else "used"
        contests.append(
            Contest(
                name=about.name, title=about.title, identifiers=used, records=len(records),
                people=int(records.entity.nunique()), entries=tuple(e for e in (ours, *theirs) if e),
            )
        )  # fmt: skip
    return contests


def _vestry(about: RecordSet, records: pd.DataFrame, data: Path, keep: Path | None, told: Told) -> Entry:
    with _folder(keep, about.name) as folder:
        place = folder / "place"
        make_place(about, place)
        told(f"{about.name}: Vestry receives and builds")
        received = [_receive(place, file.source, data / file.path, folder) for file in about.files]
        built = vestry_side.build(place)
        people = vestry_side.people(built.twin)
        told(f"{about.name}: Vestry builds again for its curve")
        settle(place, about.title, review=vestry_side.lowest())
        again = vestry_side.build(place)
        curve = vestry_side.curve(again.twin, vestry_side.link_threshold(place))
        settle(place, about.title)
    people = people.assign(record=people.source + "/" + people.source_key).merge(curve, on="unit_id")
    known = records[["record", "entity"]].merge(people, on="record", how="left")
    entry = entry_of_vestry(known, {"receive": sum(received)} | dict(built.steps), built.run.peak)
    told(f"{about.name}: {_said(entry)}")
    return entry


def entry_of_vestry(known: pd.DataFrame, stages: Mapping[str, float], peak: int) -> Entry:
    """Measured, from one row for each record: `entity, entity_id` and the clusters of the curve. A record that is in
    no entity (refused, withheld) stands alone."""
    entities = codes(known.entity)

    def at(column: str) -> Measured:
        return measured(codes(known[column].fillna("alone " + known.index.astype(str).to_series(known.index))), entities)

    fixed, own = at("entity_id"), at("at_own")
    note = ""
    if abs(fixed.f1 - own.f1) > 0.0005:
        note = f"the curve is put together otherwise than the release: F1 {own.f1:.4f} at its threshold"
    return Entry(
        side=VESTRY, curve={bits: at(f"at_{bits}") for bits in BITS}, fixed=fixed, stages=stages, peak=peak, note=note
    )


def _receive(place: Path, source: str, path: Path, folder: Path) -> float:
    plain = folder / path.name.removesuffix(".gz")
    if path.suffix == ".gz":
        with gzip.open(path, "rb") as packed, plain.open("wb") as out:
            shutil.copyfileobj(packed, out)
    else:
        plain = path
    return vestry("receive", source, plain, "--as-at", AS_AT, "--place", place).seconds


def _splink(about: RecordSet, data: Path, withhold: bool, told: Told) -> tuple[Entry, ...]:
    """Every recipe that the documentation has for this set, the best by F1 first."""
    entries = []
    for name, recipe in RECIPES[about.name].items():
        told(f"{about.name}: plain Splink, {name}{', identifier withheld' if withhold else ''}")
        with tempfile.TemporaryDirectory(prefix="bench-linkage-") as folder:
            to = Path(folder) / "found.parquet"
            ran = run(
                "-m", "benchmarks.linkage.splink_side", about.name, "--data", str(data), "--recipe", name,
                "--to", str(to), *(["--withhold"] if withhold else []),
            )  # fmt: skip
            found = pd.read_parquet(to)
        said = json.loads(ran.printed.splitlines()[-1])
        entities = codes(found.entity)
        curve = {bits: measured(found[f"at_{bits}"].to_numpy(), entities) for bits in BITS}
        used = recipe.without(about.identifier) if withhold and about.identifier else recipe
        entries.append(
            Entry(side=SPLINK, curve=curve, fixed=None, stages=said["seconds"], peak=ran.peak, recipe=name,
                  settings=used.published())
        )  # fmt: skip
        told(f"{about.name}: {_said(entries[-1])}")
    return tuple(sorted(entries, key=lambda e: -e.best[1].f1))


def _said(entry: Entry) -> str:
    bits, top = entry.best
    text = f"{entry.side} best F1 {top.f1:.4f} at {bits} bits ({top.precision:.4f}, {top.recall:.4f})"
    if entry.fixed:
        text += f"; at its threshold {entry.fixed.f1:.4f} ({entry.fixed.precision:.4f}, {entry.fixed.recall:.4f})"
    return f"{text}; {entry.seconds:.1f} s" + (f" [{entry.note}]" if entry.note else "")


@contextmanager
def _folder(keep: Path | None, name: str) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="bench-linkage-") as folder:
            yield Path(folder)
    else:
        shutil.rmtree(keep / name, ignore_errors=True)
        (keep / name).mkdir(parents=True)
        yield keep / name
