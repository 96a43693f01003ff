"""Makes one district, apart from all others: its ground first, then its people, what its systems send, its truth.

Everything is written to files as soon as it is made and then forgotten, so that memory grows with the largest
district and not with the county. Two districts can be made at once, and the bytes are the same.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from vestry.synthetic.business import Opener
from vestry.synthetic.chance import stream
from vestry.synthetic.ground.land import Ground, Property
from vestry.synthetic.ground.mapping import DistrictMap
from vestry.synthetic.ground.survey import Needs, survey
from vestry.synthetic.people.caring import Caring
from vestry.synthetic.people.future import Future
from vestry.synthetic.people.movers import HOUSEHOLD, Mover, kept, movers
from vestry.synthetic.people.past import Past
from vestry.synthetic.people.peopling import Peopler
from vestry.synthetic.people.person import DEPARTURE, Change, Household, Stay
from vestry.synthetic.people.sealed import plant
from vestry.synthetic.people.settling import settle_district, shares
from vestry.synthetic.people.world import World
from vestry.synthetic.plan import DistrictPlan
from vestry.synthetic.registers.clerk import Register
from vestry.synthetic.registers.setting import Setting
from vestry.synthetic.sending import send, send_part
from vestry.synthetic.sources import AT_THE_END, MONTHLY, Source, sources_of
from vestry.synthetic.truth import TruthPart

MAKING: Final = ".making"
"""Folder of what is not finished, below the place's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What it takes to make one district. `residents` of every district; `dates` of the extracts, the first full."""

    folder: Path
    plan: DistrictPlan
    districts: tuple[DistrictPlan, ...]
    residents: dict[str, int]
    areas: DistrictMap
    seed: int
    dates: tuple[date, ...]
    months: int
    dial: float

    @property
    def making(self) -> Path:
        """Where parts are put until they are joined."""
        return self.folder / MAKING

    @property
    def others(self) -> list[DistrictPlan]:
        """The other districts of the county."""
        return [d for d in self.districts if d.number != self.plan.number]

    @property
    def ours(self) -> int:
        """Residents of this district."""
        return self.residents[self.plan.organisation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What one district came to: rows of each part (by as-at date and file), people and businesses ever, changes."""

    organisation: str
    parts: dict[tuple[str, str], int]
    rows: int
    people: int
    organisations: int
    changes: int


def survey_district(job: Job) -> str:
    """Make the ground of one district, for itself and for those who will move away from it; the district's name."""
    plan, parts = job.plan, shares(job.plan, job.ours)
    needs = Needs(
        residents=job.ours,
        households=round(parts.in_households / (HOUSEHOLD - 0.12) * 1.04),
        in_care_homes=parts.in_care_homes,
        in_halls=parts.in_halls,
    )
    ground = survey(plan, job.areas, needs, stream(job.seed, plan.organisation, "ground"))
    _keep(job.making / f"{plan.organisation}.ground", ground)
    _keep(job.making / f"{plan.organisation}.kept", kept(ground, job.ours, job.others, job.months))
    return plan.name


def _keep(path: Path, thing: object) -> None:
    with path.open("wb") as file:
        pickle.dump(thing, file, protocol=pickle.HIGHEST_PROTOCOL)


def _kept(path: Path) -> Any:
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301 - what this run itself has just written


def make_district(job: Job, told: Callable[[str], None] = lambda what: None) -> Made:
    """Make one district whose ground, and that of all others, has been surveyed. `told` hears what is being done."""
    told("people and homes")
    world, peopler, future = _people(job)
    world.sealed = plant(world, peopler, stream(job.seed, job.plan.organisation, "sealed"))
    caring = Caring(world, stream(job.seed, job.plan.organisation, "children"))
    caring.begin()
    opener = future.opener
    opener.populate()
    told("ten years of history, first extracts")
    senders = [_Sender(job, source) for source in sources_of(job.plan)]
    for sender in senders:
        sender.register.open(world)
    truths = [sender.register.truths for sender in senders]
    parts: dict[tuple[str, str], int] = {}
    with TruthPart(job.making / "truth" / job.plan.organisation) as truth:
        for at, as_at in enumerate(job.dates):
            if at:
                told(f"until {as_at.day} {as_at:%B %Y}")
                future.pass_until(as_at, lambda change: _tell(senders, change, world))
                for change in caring.pass_until(job.dates[at - 1]):
                    _tell(senders, change, world)
                for sender in senders:
                    sender.pass_month(world)
            for sender in senders:
                parts |= sender.send(as_at)
            truth.addresses(truths, as_at)
        truth.write(world, truths, world.sealed)
    return Made(
        organisation=job.plan.organisation,
        parts=parts,
        rows=sum(parts.values()),
        people=len(world.people),
        organisations=len(world.businesses),
        changes=sum(1 for c in world.changes if c.on > job.dates[0]),
    )


def _tell(senders: Sequence[_Sender], change: Change, world: World) -> None:
    for sender in senders:
        sender.register.hear(change, world)


def _people(job: Job) -> tuple[World, Peopler, Future]:
    """The district's world on the first day with its past, and what moves it on."""
    plan, first = job.plan, job.dates[0]
    ground: Ground = _kept(job.making / f"{plan.organisation}.ground")
    homes: dict[str, dict[str, list[Property]]] = {
        d.organisation: _kept(job.making / f"{d.organisation}.kept") for d in job.districts
    }
    leaving = [m for d in job.others for m in _movers(job, plan, d, homes)]
    coming = [m for d in job.others for m in _movers(job, d, plan, homes)]
    taken = frozenset(h.uprn for kept_homes in homes[plan.organisation].values() for h in kept_homes)
    still = [m for m in leaving if m.on > first]
    come = [(m.group, m.on) for m in coming if m.on <= first]
    world, peopler, settled = settle_district(
        ground, job.ours - sum(len(m.group.members) for m in still), first, job.seed, taken, come
    )
    Past(world, peopler, stream(job.seed, plan.organisation, "past"), settled).tell()
    for mover in coming:
        if mover.on <= first:
            _came_from(world, mover)
    for mover in leaving:
        _lived_here(world, mover, first)
    world.changes.sort(key=lambda c: (c.on, c.what, c.people))
    opener = Opener(world, peopler, stream(job.seed, plan.organisation, "businesses"))
    future = Future(
        world, peopler, opener, stream(job.seed, plan.organisation, "future"),
        leaving=still, coming=[m for m in coming if m.on > first],
    )  # fmt: skip
    return world, peopler, future


def _movers(
    job: Job, origin: DistrictPlan, to: DistrictPlan, homes: dict[str, dict[str, list[Property]]]
) -> list[Mover]:
    return movers(
        origin, to, homes[origin.organisation][to.organisation], job.residents[origin.organisation],
        len(job.districts) - 1, job.dates[0], job.months, job.seed,
    )  # fmt: skip


def _came_from(world: World, mover: Mover) -> None:
    """Somebody who came from another district lived there before."""
    for member in mover.group.members:
        if member.birth_date < mover.on and world.stays[member.entity][0].since <= mover.on:
            began = max(mover.since, member.birth_date)
            stay = Stay(
                household=mover.entity, person=member.entity, home=mover.left, since=began, until=mover.on
            )
            world.earlier(stay)
            world.people[member.entity] = replace(world.people[member.entity], here_since=mover.on)


def _lived_here(world: World, mover: Mover, first: date) -> None:
    """Somebody who leaves for another district lives here until then, or did."""
    here = [m for m in mover.group.members if m.birth_date < min(mover.on, first)]
    gone = mover.on <= first
    for member in here:
        world.people[member.entity] = member
        if gone:
            world.gone[member.entity] = mover.on
            began = max(mover.since, member.birth_date)
            world.stays[member.entity] = [
                Stay(
                    household=mover.entity, person=member.entity, home=mover.left, since=began, until=mover.on
                )
            ]
    people = tuple(m.entity for m in here)
    if gone:
        world.changes.append(
            Change(on=mover.on, what=DEPARTURE, people=people, household=mover.entity, left=mover.left)
        )
        return
    world.settle(
        Household(
            entity=mover.entity,
            kind=mover.group.kind,
            couple=mover.group.couple,
            members=people,
            phone="",
            home=mover.left,
            moved_in_on=min(mover.since, first - timedelta(days=1)),
        )
    )


class _Sender:
    """One source of the district: its register, and when and where it sends."""

    def __init__(self, job: Job, source: Source) -> None:
        self._job, self._source = job, source
        self.register: Register = source.register(
            Setting(
                source=source.name,
                plan=job.plan,
                rng=stream(job.seed, job.plan.organisation, source.name),
                dial=job.dial,
            )
        )

    def pass_month(self, world: World) -> None:
        """What a register does of itself from month to month, where it does anything."""
        passing = getattr(self.register, "pass_month", None)
        if passing is not None:
            passing(world)

    def send(self, as_at: date) -> dict[tuple[str, str], int]:
        """Write what is due on a day; rows by as-at date and file."""
        told = told_as_at(self._source, self._job.plan, as_at, self._job.dates)
        if told is None:
            return {}
        source, sent = self._source, dict[tuple[str, str], int]()
        for file, layout in source.files.items():
            name = source.file_name(file)
            rows = self.register.rows(file, first=as_at == self._job.dates[0])
            rng = stream(self._job.seed, self._job.plan.organisation, name, as_at.isoformat())
            if source.whole_county:
                part = part_of(self._job.making, told, name, self._job.plan)
                sent[told.isoformat(), name] = send_part(part, layout, rows, rng)
            else:
                path = self._job.folder / "incoming" / told.isoformat() / name
                sent[told.isoformat(), name] = send(path, layout, rows, rng)
        return sent


def part_of(making: Path, as_at: date, name: str, plan: DistrictPlan) -> Path:
    """Where one district's part of a file of the whole county is until all are there."""
    return making / f"{as_at.isoformat()}.{plan.number:02}.{name}"


def told_as_at(source: Source, plan: DistrictPlan, on: date, dates: Sequence[date]) -> date | None:
    """The as-at date of what a source sends on a day of `dates`; None when it sends nothing that day.

    A late district's own sources speak of the day before the one that is due, and of nothing before the second.
    """
    first, last = dates[0], dates[-1]
    if on == first:
        return on
    own = not source.whole_county
    if own and plan.stops and source.name == f"{plan.organisation}-{plan.stops}":
        return None
    due = source.every == MONTHLY or (source.every == AT_THE_END and on == last)
    if not due:
        return None
    if own and plan.late:
        before = dates[dates.index(on) - 1]
        return None if before == first else before
    return on
