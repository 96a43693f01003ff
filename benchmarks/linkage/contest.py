"""One set, both sides: each runs in processes of its own, and what each put together is measured here.

Only records that both sides know are measured: Vestry refuses some rows of the county and the flat reading of it drops
some. In the published sets that is all of them.
"""

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
from benchmarks.build import received_into
from benchmarks.linkage import counties, vestry_side
from benchmarks.linkage.curves import BITS, best
from benchmarks.linkage.measures import Measured, codes, measured
from benchmarks.linkage.places import AS_AT, make_place
from benchmarks.linkage.programs import run, vestry
from benchmarks.linkage.sets import COUNTY, RecordSet, SetFile, frame
from benchmarks.linkage.splink_settings import COUNTY_SETTINGS, RECIPES
from benchmarks.linkage.vestry_side import CPU, Outcome

Told = Callable[[str], None]
VESTRY, SPLINK = "Vestry", "plain Splink"
NO_IDENTIFIERS, WITHHELD, USED = "none", "withheld", "used"
SIDES = (VESTRY.lower(), "splink")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How one side did. `curve` by threshold in bits; `fixed` at Vestry's own threshold (None for Splink, which has
    none); `stages` are seconds of a run and `beside` what is told and not counted; `peak` bytes."""

    side: str
    curve: Mapping[int, Measured]
    fixed: Measured | None
    stages: Mapping[str, float]
    beside: Mapping[str, float]
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
    """One set with or without identifiers: `entries` of both sides, and on how many records they were measured.

    `only_vestry`, `only_splink`: records that the other side does not have, and that are left aside.
    """

    name: str
    title: str
    identifiers: str
    records: int
    people: int
    only_vestry: int
    only_splink: int
    entries: tuple[Entry, ...]

    @property
    def heading(self) -> str:
        """The set, and what was done with its identifiers."""
        none = self.identifiers == NO_IDENTIFIERS
        return f"{self.title}, {'no identifiers in it' if none else f'identifiers {self.identifiers}'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is asked of a benchmark: where the sets and the counties are, where places stay (None: nowhere), one side."""

    data: Path
    counties: Path
    keep: Path | None
    side: str | None
    told: Told


def places_of(about: RecordSet) -> dict[str, str]:
    """The places that are made for a set: name -> what is done with its identifier."""
    if about.identifier is None:
        return {about.name: NO_IDENTIFIERS}
    return {f"{about.name}-{used}": used for used in (WITHHELD, USED)}


def contest_of_set(about: RecordSet, asked: Run) -> list[Contest]:
    """Both sides of one set; twice where it has an identifier, with and without."""
    told = _told(asked, about.name)
    truth = frame(about, asked.data)[["record", "entity"]]
    contests = []
    for name, used in places_of(about).items():
        withheld = used == WITHHELD
        ours = None if asked.side == "splink" else _vestry_on_set(about, name, used, asked, told)
        theirs: dict[str, Outcome] = {}
        settings = {}
        for way, recipe in RECIPES[about.name].items() if asked.side != "vestry" else ():
            told(f"plain Splink, {way}, identifiers {used}")
            theirs[way] = _splink(about.name, asked.data, way, withheld)
            settings[way] = (
                recipe.without(about.identifier) if withheld and about.identifier else recipe
            ).published()
        contests.append(_measured(about.name, about.title, used, truth, ours, theirs, settings, told))
    return contests


def contest_of_county(county: counties.County, asked: Run) -> list[Contest]:
    """Both sides of one fictional county, with identifiers withheld and used."""
    told = _told(asked, county.name)
    told("making it, if it is not there")
    folder = counties.made(county, asked.counties)
    truth = counties.truth(folder)
    contests = []
    for withheld in (True, False):
        used = WITHHELD if withheld else USED
        ours = None
        if asked.side != "splink":
            with _folder(asked.keep, f"{county.name}-{used}") as work:
                place = work / "place"
                counties.copied(folder, place, identifiers=not withheld)
                told(f"Vestry receives and builds, identifiers {used}")
                ours = vestry_side.outcome(place, received_into(folder, place), told)
        theirs: dict[str, Outcome] = {}
        if asked.side != "vestry":
            told(f"plain Splink, identifiers {used}")
            theirs[""] = _splink(COUNTY, folder, "", withheld)
        settings = {"": COUNTY_SETTINGS | {"identifiers": used}}
        contests.append(_measured(county.name, county.title, used, truth, ours, theirs, settings, told))
    return contests


def _vestry_on_set(about: RecordSet, name: str, used: str, asked: Run, told: Told) -> Outcome:
    with _folder(asked.keep, name) as folder:
        place = folder / "place"
        make_place(about, place, withheld=used == WITHHELD)
        told(f"Vestry receives and builds, identifiers {used}")
        received = sum(_receive(place, file, asked.data, folder) for file in about.files)
        return vestry_side.outcome(place, received, told)


def _receive(place: Path, file: SetFile, data: Path, folder: Path) -> float:
    path = data / file.path
    if path.suffix == ".gz":
        plain = folder / path.stem
        with gzip.open(path, "rb") as packed, plain.open("wb") as out:
            shutil.copyfileobj(packed, out)
        path = plain
    return vestry("receive", file.source, path, "--as-at", AS_AT, "--place", place).seconds


def _splink(name: str, data: Path, recipe: str, withheld: bool) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="bench-linkage-") as folder:
        to = Path(folder) / "found.parquet"
        ran = run(
            "-m", "benchmarks.linkage.splink_side", name, "--data", str(data), "--recipe", recipe, "--to", str(to),
            *(["--withhold"] if withheld else []),
        )  # fmt: skip
        said = json.loads(ran.printed.splitlines()[-1])
        return Outcome(
            found=pd.read_parquet(to), stages=said["seconds"], peak=ran.peak, beside={CPU: ran.cpu}
        )


def _measured(
    name: str,
    title: str,
    used: str,
    truth: pd.DataFrame,
    ours: Outcome | None,
    theirs: Mapping[str, Outcome],
    settings: Mapping[str, Mapping[str, Any]],
    told: Told,
) -> Contest:
    known = set(truth.record)
    by_vestry = known if ours is None else known & set(ours.found.record)
    by_splink = known if not theirs else known & set(next(iter(theirs.values())).found.record)
    truth = truth[truth.record.isin(by_vestry & by_splink)].sort_values("record")
    entries = [_entry(SPLINK, o, truth, recipe, settings[recipe]) for recipe, o in theirs.items()]
    entries.sort(key=lambda e: -e.best[1].f1)
    if ours is not None:
        entries.insert(0, _entry(VESTRY, ours, truth))
    for entry in entries:
        told(said(entry))
    return Contest(
        name=name, title=title, identifiers=used, records=len(truth), people=int(truth.entity.nunique()),
        only_vestry=len(by_vestry - by_splink), only_splink=len(by_splink - by_vestry), entries=tuple(entries),
    )  # fmt: skip


def _entry(
    side: str,
    outcome: Outcome,
    truth: pd.DataFrame,
    recipe: str = "",
    settings: Mapping[str, Any] | None = None,
) -> Entry:
    found = outcome.found.set_index("record").loc[truth.record]
    entities = codes(truth.entity)
    curve = {bits: measured(codes(found[f"at_{bits}"]), entities) for bits in BITS}
    fixed, note = None, ""
    if "fixed" in found:
        fixed, own = (measured(codes(found[at]), entities) for at in ("fixed", "at_own"))
        if abs(fixed.f1 - own.f1) > 0.0005:
            note = f"curve put together otherwise than the release: F1 {own.f1:.4f} at its threshold"
    return Entry(
        side=side, curve=curve, fixed=fixed, stages=outcome.stages, beside=outcome.beside, peak=outcome.peak,
        recipe=recipe, settings=settings, note=note,
    )  # fmt: skip


def said(entry: Entry) -> str:
    """One entry in a line, for somebody who waits."""
    bits, top = entry.best
    text = f"{entry.side} {entry.recipe}".strip()
    text += f" best F1 {top.f1:.4f} at {bits} bits ({top.precision:.4f}, {top.recall:.4f})"
    if entry.fixed:
        text += (
            f"; at its threshold {entry.fixed.f1:.4f} ({entry.fixed.precision:.4f}, {entry.fixed.recall:.4f})"
        )
    return f"{text}; {entry.seconds:.1f} s" + (f" [{entry.note}]" if entry.note else "")


def _told(asked: Run, name: str) -> Told:
    return lambda line: asked.told(f"{name}: {line}")


@contextmanager
def _folder(keep: Path | None, name: str) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="bench-linkage-") as folder:
            yield Path(folder)
    else:
        shutil.rmtree(keep / name, ignore_errors=True)
        (keep / name).mkdir(parents=True)
        yield keep / name
