"""How many people an agreement would reach before anybody signs it: counted by the filter that lists are made with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final

from vestry.sharing.agreements.agreement import Agreement
from vestry.sharing.agreements.lifecycle import LONDON
from vestry.sharing.agreements.simulating import opened_by
from vestry.sharing.listing import people_reached
from vestry.sharing.markers import Markers
from vestry.sharing.sight import Sight
from vestry.sharing.subjects import SourceFacts

FEWEST: Final = 10
"""People of whom it is told how many there are; of fewer, it is not."""


def reached(
    agreement: Agreement,
    release: Any,
    sources: Mapping[str, SourceFacts],
    markers: Markers,
    now: datetime,
) -> int:
    """How many people `agreement` would open something of, as if all had signed it, to the organisation that would reach most.

    To the nearest ten, and 0 for fewer than `FEWEST`: so that nobody is told apart by asking again with other words. Of its term,
    the day that is nearest to `now` counts.
    """
    first, last = (datetime.combine(day, time(12), LONDON) for day in (agreement.starts, agreement.ends))
    found = [0]
    for users in agreement.users:
        opened = opened_by(agreement, users, min(users.roles), sources, min(max(now, first), last))
        found.append(people_reached(Sight(opened=opened, sources=sources, markers=markers), release))
    return round(max(found), -1) if max(found) >= FEWEST else 0
