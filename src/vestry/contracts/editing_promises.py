"""Changes to what a contract promises and bears: how often an extract is due, how far it may shrink, what may surprise.

What is so already stays as it is written: a month is not made 31 days of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from vestry.contracts.contract import Freshness, Surprises, Tolerance
from vestry.contracts.notation import SPAN_DAYS
from vestry.contracts.yaml_text import drop, flow, settle

_BEFORE: Final = ("customProperties", "schema")
"""Of the names of a contract, those that come after its promises."""


def edit_tolerance(top: CommentedMap, tolerance: Tolerance) -> None:
    """Set by what shares an extract may shrink and swell."""
    settle(top, "vestry.tolerance", asdict(tolerance), asdict(Tolerance()))


def edit_surprises(top: CommentedMap, surprises: Surprises) -> None:
    """Set what is done with what the contract does not foresee."""
    settle(top, "vestry.surprise", asdict(surprises), asdict(Surprises()))


def edit_freshness(top: CommentedMap, freshness: Freshness) -> None:
    """Set the days within which an extract is due and its news are old; None promises nothing."""
    for promise, days in (("frequency", freshness.every_days), ("latency", freshness.latency_days)):
        listed = top.get("slaProperties")
        items = listed if isinstance(listed, CommentedSeq) else CommentedSeq()
        at = next((n for n, one in enumerate(items) if _promises(one, promise)), None)
        if (None if at is None else _days(items[at])) == days:
            continue
        if days is None:
            del items[at]
        elif at is not None:
            items[at] |= {"value": days, "unit": "d"}
        else:
            items.append(flow({"property": promise, "value": days, "unit": "d"}))
        if not items:
            drop(top, "slaProperties")
        elif items is not listed:
            drop(top, "slaProperties")
            place = min((list(top).index(name) for name in _BEFORE if name in top), default=len(top))
            top.insert(place, "slaProperties", items)


def _promises(item: Any, promise: str) -> bool:
    return isinstance(item, Mapping) and item.get("property") == promise


def _days(item: Mapping[str, Any]) -> int | None:
    """The days of a promise, as `reading` counts them; None where it says none."""
    value, unit = item.get("value"), str(item.get("unit", "")).lower()
    if isinstance(value, bool) or not isinstance(value, int | float) or unit not in SPAN_DAYS:
        return None
    return math.ceil(value * SPAN_DAYS[unit])
