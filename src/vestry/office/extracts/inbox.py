"""The inbox: a folder of the place, with one below it for each source, in which files are left to be received."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from vestry.place import Place

_DAY: Final = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One file that was left for a source. `day` is what its name says, else the day on which it was last written to."""

    source: str
    name: str
    size: int
    day: date


def waiting(place: Place, sources: Collection[str]) -> tuple[Left, ...]:
    """The files that were left for `sources`, by source and name. Links and hidden files are none."""
    found = []
    for source in sorted(sources):
        folder = place.inbox / source
        if not source or folder.is_symlink() or not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            found.append(Left(source=source, name=path.name, size=path.stat().st_size, day=_day_of(path)))
    return tuple(found)


def day_in(name: str) -> date | None:
    """The day that a file's name says ("accounts-2026-11-01.csv"), or None."""
    said = _DAY.search(name)
    if said is None:
        return None
    try:
        return date(int(said[1]), int(said[2]), int(said[3]))
    except ValueError:
        return None


def _day_of(path: Path) -> date:
    return day_in(path.name) or datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
