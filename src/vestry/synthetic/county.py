"""Makes a fictional county that can be built from: contracts, files to receive on several dates, agreements, and the truth.

District after district is peopled, sent, moved on, sent again and forgotten. The same seed gives the same bytes,
whether one process makes them or two.
"""

from __future__ import annotations

import json
import shutil
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from filecmp import cmp
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeVar

from vestry.errors import FolderInUse, PlaceNotWritable, VestryError
from vestry.progress import Progress, Silent
from vestry.synthetic.chance import stream
from vestry.synthetic.district import Job, Made, make_district, part_of, survey_district, told_as_at
from vestry.synthetic.ground.mapping import draw_map
from vestry.synthetic.law.writing import write_agreements, write_people
from vestry.synthetic.mistakes.rates import DEFAULT
from vestry.synthetic.plan import COUNTY, DISTRICTS, ORGANISATIONS, DistrictPlan, shared_out
from vestry.synthetic.reference import CONTRACTS, reference_files, write_areas
from vestry.synthetic.sending import join
from vestry.synthetic.sources import Source, sources_of
from vestry.synthetic.truth import join_truth

FIRST_AS_AT: Final = date(2025, 9, 1)
"""The day of the first extracts; fixed, so that a place does not depend on the day it is made."""

FEWEST, MOST = 100, 150_000
"""Residents of one district: below, no register is full enough to be one; above, its postcodes run out."""

IN_ONE_PROCESS: Final = 40_000
"""Up to so many residents a second process costs more than it saves."""

PLACE: Final = """\
# A fictional county, made by `vestry synthesise --residents {residents} --seed {seed} --months {months}`.
# Nobody in it lives. It lies in the open sea; its postcodes, NHS numbers and telephones are not in use.
# What is truly so is in truth/, which no build reads.

name = "Eldershire (fictional)"
fictional = true
run_by = "{county}"

[organisations]
{organisations}

[areas]
geographies = ["lsoa/2021", "ward/2024", "district/2024"]

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
    agreements: int
    users: int


def synthesise(
    folder: Path,
    *,
    residents: int,
    seed: int,
    months: int = 3,
    dial: float = DEFAULT,
    districts: int = len(DISTRICTS),
    progress: Progress | None = None,
) -> Synthesised:
    """Make a fictional county of so many residents in `folder`: `incoming/manifest.json` says what to receive.

    A first full set of extracts is as at 1 September 2025. Then `months` pass: some sources send changes each
    month, most another full extract at the end, one district's a month late, one never again. `dial` sets how
    often records go wrong (0.4 easy, 1 as documented, 2 hard); `districts` how many of the ten there are.
    `truth/*.csv` say who is who; `agreements/`, `signatures.yaml` and `people.yaml` under which law it lives. Raises
    FolderInUse when the folder holds anything, PlaceNotWritable when it cannot be written, VestryError when a number is out
    of bounds.
    """
    plans = DISTRICTS[:districts]
    if (
        not FEWEST <= residents <= MOST * len(plans)
        or not 0 <= months <= 120
        or not 1 <= districts <= len(DISTRICTS)
        or not 0.1 <= dial <= 4
    ):
        raise VestryError(
            "That county cannot be made.",
            where="--residents, --months, --districts, --dial",
            fix=f"ask for {FEWEST} to {MOST * max(1, len(plans)):,} residents, 0 to 120 months, "
            f"1 to {len(DISTRICTS)} districts and a dial of 0.1 to 4",
        )
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FolderInUse(
                "The folder is not empty.", where=str(folder), fix="name another folder, or empty this one"
            )
        return _make(folder, residents, seed, months, dial, plans, progress or Silent())
    except OSError as error:
        raise PlaceNotWritable(
            "The fictional county could not be written.",
            where=str(folder),
            fix="give this account permission there, or free some space; then empty the folder and try again",
        ) from error


def _make(
    folder: Path,
    residents: int,
    seed: int,
    months: int,
    dial: float,
    plans: tuple[DistrictPlan, ...],
    progress: Progress,
) -> Synthesised:
    dates = tuple(later(FIRST_AS_AT, month) for month in range(months + 1))
    counts = shared_out(residents, plans)
    areas = draw_map(plans, counts, stream(seed, "map"))
    jobs = [
        Job(
            folder=folder, plan=plan, districts=plans, residents=counts, areas=area, seed=seed, dates=dates,
            months=months, dial=dial,
        )
        for plan, area in zip(plans, areas, strict=True)
    ]  # fmt: skip
    for as_at in dates:
        (folder / "incoming" / as_at.isoformat()).mkdir(parents=True)
    jobs[0].making.mkdir()
    write_place(folder, residents, seed, months, plans)
    processes = 2 if residents > IN_ONE_PROCESS and len(jobs) > 1 else 1
    with progress.step("surveying the ground"):
        _each(survey_district, jobs, processes, progress)
    with progress.step("peopling the districts, and sending"):
        made = sorted(_each(make_district, jobs, processes, progress), key=lambda m: _order(m, plans))
    with progress.step("putting the county's files together"):
        arrivals = _arrivals(folder, jobs, made)
        agreements = write_agreements(folder, plans, dates[-1], seed)
        users = write_people(folder, plans[0], jobs[0].making / "truth" / plans[0].organisation, dates, seed)
        join_truth(folder / "truth", [job.making / "truth" / job.plan.organisation for job in jobs])
        shutil.rmtree(jobs[0].making)
        for as_at in dates:
            if not any((folder / "incoming" / as_at.isoformat()).iterdir()):
                (folder / "incoming" / as_at.isoformat()).rmdir()
    manifest = [{"source": a.source, "file": a.file, "as_at": a.as_at.isoformat()} for a in arrivals]
    (folder / "incoming" / "manifest.json").write_text(
        json.dumps(manifest, indent=1) + "\n", encoding="utf-8"
    )
    return Synthesised(
        folder=folder,
        residents=residents,
        seed=seed,
        arrivals=tuple(arrivals),
        rows=sum(m.rows for m in made),
        people=sum(m.people for m in made),
        organisations=sum(m.organisations for m in made),
        changes=sum(m.changes for m in made),
        agreements=agreements,
        users=users,
    )


T = TypeVar("T")


def _each(function: Callable[[Job], T], jobs: Sequence[Job], processes: int, progress: Progress) -> list[T]:
    """`function` of every job, by one process or several; its results in the order in which they end."""
    found: list[T] = []
    for done in _results(function, jobs, processes):
        found.append(done)
        progress.advance(len(found), len(jobs))
    return found


def _results(function: Callable[[Job], T], jobs: Sequence[Job], processes: int) -> Iterator[T]:
    if processes == 1:
        for job in jobs:
            yield function(job)
        return
    # Each district in a process of its own, which gives its memory back; the largest first, so that none is waited for.
    order = sorted(jobs, key=lambda job: (-job.ours, job.plan.number))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for future in as_completed([pool.submit(function, job) for job in order]):
            yield future.result()


def _order(made: Made, plans: Sequence[DistrictPlan]) -> int:
    return next(p.number for p in plans if p.organisation == made.organisation)


def write_place(folder: Path, residents: int, seed: int, months: int, plans: Sequence[DistrictPlan]) -> None:
    """Write `place.toml` and the contracts of a county of those districts into `folder`."""
    absent = {p.organisation for p in DISTRICTS} - {p.organisation for p in plans}
    listed = "\n".join(f'{n} = "{title}"' for n, title in ORGANISATIONS.items() if n not in absent)
    text = PLACE.format(residents=residents, seed=seed, months=months, organisations=listed, county=COUNTY)
    (folder / "place.toml").write_text(text, encoding="utf-8")
    templates = files("vestry.synthetic") / "contracts"
    wanted = [(s.organisation, s.name, s.contract, plan) for plan in plans for s in sources_of(plan)]
    wanted += [
        (organisation, name, f"{organisation}/{name}.yaml", plans[0]) for organisation, name in CONTRACTS
    ]
    for organisation, name, template, plan in wanted:
        path = folder / "contracts" / organisation / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        said = (templates / template).read_text(encoding="utf-8")
        path.write_text(_for(plan, said), encoding="utf-8")


def _for(plan: DistrictPlan, text: str) -> str:
    """A contract that is written for the first district as that of another: only the name differs."""
    first = DISTRICTS[0]
    return text.replace(first.organisation, plan.organisation).replace(first.name, plan.name)


def _arrivals(folder: Path, jobs: Sequence[Job], made: Sequence[Made]) -> list[Arrival]:
    """Join what several districts wrote, and list every file in the order in which it is to be received.

    Nobody sends a file without a row, or the very file of the time before: a small return may be either.
    """
    first, dates = jobs[0], jobs[0].dates
    counts = [m.parts for m in made]
    with_grounds = write_areas(folder / "incoming" / dates[0].isoformat(), [job.areas for job in jobs])
    with_grounds += reference_files(folder / "incoming" / dates[0].isoformat(), jobs)
    arrivals = [
        Arrival(source=source, file=path.relative_to(folder).as_posix(), as_at=dates[0])
        for source, path in with_grounds
    ]
    sent: dict[str, Path] = {}
    for on in dates:
        for source, _plan, as_at in _due(jobs, on):
            for file, layout in source.files.items():
                name = source.file_name(file)
                path = folder / "incoming" / as_at.isoformat() / name
                rows = sum(c.get((as_at.isoformat(), name), 0) for c in counts)
                if source.whole_county:
                    parts = [part_of(first.making, as_at, name, job.plan) for job in jobs]
                    join(path, layout, parts, rows)
                if not rows or (name in sent and cmp(sent[name], path, shallow=False)):
                    path.unlink()
                    continue
                sent[name] = path
                arrivals.append(
                    Arrival(source=source.name, file=path.relative_to(folder).as_posix(), as_at=as_at)
                )
    return arrivals


def _due(jobs: Sequence[Job], on: date) -> Iterable[tuple[Source, DistrictPlan, date]]:
    """Every source that sends on a day, those of the whole county once and last."""
    county: dict[str, tuple[Source, DistrictPlan, date]] = {}
    for job in jobs:
        for source in sources_of(job.plan):
            as_at = told_as_at(source, job.plan, on, job.dates)
            if as_at is None:
                continue
            if source.whole_county:
                county.setdefault(source.name, (source, job.plan, as_at))
            else:
                yield source, job.plan, as_at
    yield from county.values()


def later(day: date, months: int) -> date:
    """The same day so many months on, or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
