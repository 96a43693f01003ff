"""Households that move from one district of the county to another, which both districts have to know of.

Districts are made apart from each other, so those who move between two of them are made of a stream of chance
that belongs to the pair: both districts make the same people, one sees them go and the other sees them come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Final

from vestry.synthetic.chance import stream
from vestry.synthetic.ground.land import HOUSE, Ground, Property
from vestry.synthetic.people.peopling import Group, Peopler
from vestry.synthetic.people.world import YEARS
from vestry.synthetic.plan import DistrictPlan

EACH_YEAR: Final = 0.009
"""Of a district's households, how many move to another district of the county in a year."""
HOUSEHOLD: Final = 2.36
"""Residents to a household (Census 2021), to know how many there are before any is made."""
TO_A_HOME: Final = 4
"""Households that go, one after another, from one home that is kept for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """One household that moved on a day, the home it left and since when it had lived there."""

    entity: str
    group: Group
    on: date
    left: Property
    since: date


def kept(
    ground: Ground, residents: int, others: Sequence[DistrictPlan], months: int
) -> dict[str, list[Property]]:
    """Homes of a district kept for those who leave it for each of `others`, by organisation."""
    homes = [h for h in ground.dwellings if h.form == HOUSE]
    wanted = ceil(_number(ground.plan, residents, others, months) / TO_A_HOME)
    each = min(wanted, len(homes) // (10 * max(1, len(others))))
    step = max(1, len(homes) // (each * len(others) + 1))
    chosen = homes[::step]
    return {o.organisation: chosen[each * at : each * (at + 1)] for at, o in enumerate(others)}


def _number(plan: DistrictPlan, residents: int, others: Sequence[DistrictPlan], months: int) -> int:
    """Households that move from one district to each of the others in ten years and so many months more."""
    if not others:
        return 0
    return max(1, round(residents / HOUSEHOLD * EACH_YEAR * (YEARS + months / 12) / len(others)))


def movers(
    origin: DistrictPlan,
    to: DistrictPlan,
    homes: Sequence[Property],
    residents: int,
    others: int,
    first: date,
    months: int,
    seed: int,
) -> list[Mover]:
    """Those who move from one district to another; `residents` are the first one's, `others` how many it can move to.

    `homes` are those that the first keeps for them. The same for both districts, whichever asks.
    """
    rng = stream(seed, "movers", origin.organisation, to.organisation)
    peopler = Peopler(origin, first, rng, prefix=f"{origin.number:02}{to.number:02}", movers=True)
    days = YEARS * 365 + months * 30 - 10
    found: list[Mover] = []
    for home in homes:
        leaving = sorted(rng.randint(60, days) for _ in range(TO_A_HOME))
        free = 0
        for day in leaving:
            since = max(free, day - int(rng.expovariate(1 / 900)) - 50)
            group = peopler.group()
            if day - since < 30 or group.kind in ("students",):
                continue
            free = day + 5
            began = first - timedelta(days=YEARS * 365)
            found.append(
                Mover(
                    entity=peopler.household_name(),
                    group=group,
                    on=began + timedelta(days=day),
                    left=home,
                    since=began + timedelta(days=since),
                )
            )
    wanted = max(1, round(residents / HOUSEHOLD * EACH_YEAR * (YEARS + months / 12) / max(1, others)))
    return found[:wanted]
