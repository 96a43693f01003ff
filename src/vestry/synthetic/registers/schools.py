"""The schools of a district: which of them a child of an age and an area goes to, and its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from vestry.synthetic.ground.land import Ground, Property

NEAREST: Final = 0.75
"""Of pupils, how many go to the nearest school (DfE, secondary and primary school applications: first preferences)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One school: six digits as a unique reference number, from 9, which is not issued."""

    urn: str
    name: str
    primary: bool
    place: Property


class Schools:
    """The schools of one district, by how near they are."""

    def __init__(self, ground: Ground) -> None:
        self.all = tuple(
            School(
                urn=f"9{ground.plan.number:02}{at:03}",
                name=place.organisation,
                primary="Primary" in place.organisation,
                place=place,
            )
            for at, place in enumerate(ground.schools, 1)
        )
        self._near: dict[tuple[str, bool], list[School]] = {}

    def attended(self, home: Property, age: int, rng: Random) -> School:
        """The school of a child of that age on 31 August who lives there: mostly the nearest, else the next."""
        lsoa, primary = home.postcode.lsoa, age < 11
        near = self._near.get((lsoa.code, primary))
        if near is None:
            stage = [s for s in self.all if s.primary is primary] or list(self.all)
            near = sorted(stage, key=lambda s: _apart(s.place, lsoa.centre))[:3]
            self._near[lsoa.code, primary] = near
        return near[0] if rng.random() < NEAREST else rng.choice(near)


def _apart(place: Property, at: tuple[float, float]) -> float:
    return (place.longitude - at[0]) ** 2 + (2 * (place.latitude - at[1])) ** 2


def year_began(on: date) -> date:
    """The first day of the school year."""
    return date(on.year - (on.month < 9), 9, 1)


def year_group(born: date, on: date) -> int:
    """The national curriculum year, 0 for reception: the age on the 31 August before, less four."""
    began = year_began(on)
    before = (began.month, began.day) <= (born.month, born.day)
    return began.year - born.year - before - 4
