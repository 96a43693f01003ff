"""Makes a fictional place that can be built from: contracts, files to receive on two dates, and the truth.

One district after another is peopled, sent, moved on, sent again and forgotten, so that memory grows with the
largest district and not with the county. The same seed gives the same bytes.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from vestry.errors import FolderInUse, PlaceNotWritable, VestryError
from vestry.progress import Progress, Silent
from vestry.synthetic.business import Opener
from vestry.synthetic.chance import stream
from vestry.synthetic.gazetteer import DistrictPlan, Gazetteer
from vestry.synthetic.history import History
from vestry.synthetic.people import Change, World
from vestry.synthetic.population import populate
from vestry.synthetic.reference import write_references
from vestry.synthetic.registers.clerk import Register
from vestry.synthetic.registers.social_care import AdultSocialCare
from vestry.synthetic.sending import send
from vestry.synthetic.sources import DISTRICTS, ORGANISATIONS, Source, sources_of
from vestry.synthetic.truth import TruthFiles

FIRST_AS_AT: Final = date(2025, 9, 1)
"""The day of the first extracts; fixed, so that a place does not depend on the day it is made."""

FEWEST, MOST = 100, 150_000
"""Residents of one district: below, no register is full enough to be one; above, its postcodes run out."""

PLACE: Final = """\
# A fictional place, made by `vestry synthesise --residents {residents} --seed {seed} --months {months}`.
# Nobody in it lives. It lies in the open sea; its postcodes, NHS numbers and telephones are not in use.
# What is truly so is in truth/, which no build reads.

name = "Eldershire (fictional)"

[organisations]
{organisations}

[areas]
geographies = ["lsoa/2021", "ward/2024", "district/2024"]

[thresholds]
link = 0.95
review = 0.5

[[measures]]
measure = "food businesses rated {{rating}}"
count = "organisation"
by = "rating"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One file to be received: `file` is relative to the place's folder, `as_at` the day it tells of."""

    source: str
    file: str
    as_at: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesised:
    """What was made. `rows` counts rows of the files of people and businesses, header lines apart."""

    folder: Path
    residents: int
    seed: int
    arrivals: tuple[Arrival, ...]
    rows: int
    people: int
    organisations: int
    changes: int


def synthesise(
    folder: Path, *, residents: int, seed: int, months: int = 3, progress: Progress | None = None
) -> Synthesised:
    """Make a fictional place of so many residents in `folder`: `incoming/manifest.json` says what to receive.

    A first full set of extracts is as at 1 September 2025; a second, `months` later, holds what changed since
    (none when 0). `truth/*.csv` say which entity each record part is. Raises FolderInUse when the folder
    holds anything, PlaceNotWritable when it cannot be written, VestryError when a number is out of bounds.
    """
    if not FEWEST <= residents <= MOST * len(DISTRICTS) or not 0 <= months <= 120:
        raise VestryError(
            "That place cannot be made.",
            where="--residents, --months",
            fix=f"ask for {FEWEST} to {MOST * len(DISTRICTS)} residents and 0 to 120 months",
        )
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FolderInUse(
                "The folder is not empty.", where=str(folder), fix="name another folder, or empty this one"
            )
        return _make(folder, residents, seed, months, progress or Silent())
    except OSError as error:
        raise PlaceNotWritable(
            "The fictional place could not be written.",
            where=str(folder),
            fix="give this account permission there, or free some space; then empty the folder and try again",
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _District:
    ground: Gazetteer
    rows: int
    people: int
    organisations: int
    changes: int


def _make(folder: Path, residents: int, seed: int, months: int, progress: Progress) -> Synthesised:
    dates = [FIRST_AS_AT, *([later(FIRST_AS_AT, months)] if months else [])]
    for as_at in dates:
        (folder / "incoming" / as_at.isoformat()).mkdir(parents=True)
    listed = "\n".join(f'{name} = "{title}"' for name, title in ORGANISATIONS.items())
    text = PLACE.format(residents=residents, seed=seed, months=months, organisations=listed)
    (folder / "place.toml").write_text(text, encoding="utf-8")
    _copy(files("vestry.synthetic") / "contracts", folder / "contracts")
    made: list[_District] = []
    with TruthFiles(folder / "truth") as truth, progress.step("making the place"):
        for plan in DISTRICTS:
            progress.advance(len(made), len(DISTRICTS))
            made.append(
                _district(folder, plan, residents // len(DISTRICTS), seed, dates, months, truth, progress)
            )
    first = folder / "incoming" / dates[0].isoformat()
    arrivals = [
        Arrival(source=source, file=path.relative_to(folder).as_posix(), as_at=dates[0])
        for source, path in write_references(first, [d.ground for d in made], as_at=dates[0])
    ]
    for as_at in dates:
        for plan in DISTRICTS:
            arrivals += [
                Arrival(source=s.name, file=_incoming(s, as_at).as_posix(), as_at=as_at)
                for s in sources_of(plan)
            ]
    manifest = [{"source": a.source, "file": a.file, "as_at": a.as_at.isoformat()} for a in arrivals]
    (folder / "incoming" / "manifest.json").write_text(
        json.dumps(manifest, indent=1) + "\n", encoding="utf-8"
    )
    return Synthesised(
        folder=folder,
        residents=residents,
        seed=seed,
        arrivals=tuple(arrivals),
        rows=sum(d.rows for d in made),
        people=sum(d.people for d in made),
        organisations=sum(d.organisations for d in made),
        changes=sum(d.changes for d in made),
    )


def _incoming(source: Source, as_at: date) -> Path:
    return Path("incoming") / as_at.isoformat() / f"{source.name}.{source.layout.suffix}"


def _district(
    folder: Path,
    plan: DistrictPlan,
    residents: int,
    seed: int,
    dates: list[date],
    months: int,
    truth: TruthFiles,
    progress: Progress,
) -> _District:
    with _told(progress, f"{plan.name}: people and homes"):
        world, peopler = populate(plan, residents, dates[0], seed)
        opener = Opener(world, peopler, stream(seed, plan.organisation, "businesses"))
        opener.populate()
    sources = sources_of(plan)
    registers = [s.register(s.name, plan.number, stream(seed, plan.organisation, s.name)) for s in sources]

    def send_all(as_at: date) -> int:
        return sum(
            send(
                folder / _incoming(source, as_at),
                source.layout,
                register.rows(first=as_at == dates[0]),
                stream(seed, plan.organisation, source.name, as_at.isoformat()),
            )
            for source, register in zip(sources, registers, strict=True)
        )

    with _told(progress, f"{plan.name}: first extracts"):
        for register in registers:
            register.open(world)
        rows = send_all(dates[0])
    for as_at in dates[1:]:
        with _told(progress, f"{plan.name}: {months} months, and extracts again"):
            history = History(world, peopler, opener, stream(seed, plan.organisation, "history"))
            history.pass_months(as_at, months, lambda change: _tell(registers, change, world))
            for register in registers:
                if isinstance(register, AdultSocialCare):
                    register.refer(world, months)
            rows += send_all(as_at)
    truth.write(world, [register.truths for register in registers])
    return _District(
        ground=world.gazetteer,
        rows=rows,
        people=len({s.person for s in world.stays}),
        organisations=len(world.businesses),
        changes=len(world.changes),
    )


def _tell(registers: list[Register], change: Change, world: World) -> None:
    for register in registers:
        register.hear(change, world)


@contextmanager
def _told(progress: Progress, name: str) -> Iterator[None]:
    with progress.step(name):
        yield


def _copy(source: Traversable, to: Path) -> None:
    to.mkdir(parents=True)
    for item in sorted(source.iterdir(), key=lambda i: i.name):
        if item.is_dir():
            _copy(item, to / item.name)
        elif item.name.endswith(".yaml"):
            (to / item.name).write_bytes(item.read_bytes())


def later(day: date, months: int) -> date:
    """The same day so many months on, or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
