"""What the steps of a build share: an engine, a memory, a folder that is not published yet, and a stop-watch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from vestry.engines.duckdb import DISK_ERRORS, DuckDBEngine, ran_out
from vestry.engines.engine import Engine
from vestry.errors import MemoryUsedUp, PlaceNotWritable
from vestry.place import Place
from vestry.progress import Progress
from vestry.standardise.remembered import Remembered
from vestry.twin.release import UNFINISHED, sweep


@dataclass(slots=True, kw_only=True)
class Line:
    """One run down the line of steps. `steps` are `{name, seconds}` of those that have ended, with a `remark` on some."""

    engine: Engine
    remembered: Remembered
    unfinished: Path
    progress: Progress
    steps: list[dict[str, object]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A named step, timed in seconds of the wall clock."""
        began = perf_counter()
        with self.progress.step(name):
            yield
        self.steps.append({"name": name, "seconds": round(perf_counter() - began, 3)})

    def remark(self, text: str) -> None:
        """Say something of the step that has ended last."""
        self.steps[-1]["remark"] = text


@contextmanager
def line(place: Place, progress: Progress, *, threads: int | None, memory: str | None) -> Iterator[Line]:
    """Open a workspace beside the releases and remove it at the end, however that comes.

    Raises PlaceNotWritable when it cannot be made, or the disk is full, and MemoryUsedUp.
    """
    try:
        with _workspace(place, threads, memory) as engine:
            yield Line(
                engine=engine,
                remembered=Remembered(engine, place.memory, processes=threads or os.cpu_count() or 1),
                unfinished=place.releases / f"{UNFINISHED}release",
                progress=progress,
            )
    except Exception as error:
        if ran_out(error):
            raise MemoryUsedUp(
                "The build has used up its memory, and the disk that it may spill to. Nothing was changed.",
                where=str(place.releases),
                fix="give it more, as VESTRY_MEMORY=8GB, or free some space on that disk",
            ) from None
        if isinstance(error, DISK_ERRORS):
            raise _not_writable(place) from error
        raise


@contextmanager
def _workspace(place: Place, threads: int | None, memory: str | None) -> Iterator[DuckDBEngine]:
    """An engine of its own; nothing of it is left, also when it was interrupted while it was being opened."""
    place.releases.mkdir(mode=0o700, exist_ok=True)
    try:
        sweep(place.releases)
        engine = DuckDBEngine(place.releases / f"{UNFINISHED}work", threads=threads, memory=memory)
        with closing(engine):
            yield engine
    finally:
        sweep(place.releases)


def _not_writable(place: Place) -> PlaceNotWritable:
    return PlaceNotWritable(
        "The release could not be written: the folder refuses, or the disk is full. Nothing was changed.",
        where=str(place.releases),
        fix="give this account permission to write there, or free some space",
    )
