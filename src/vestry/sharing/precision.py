"""How precisely a value is shown: whole, lowered (an age for a birth date, a ward for an address), or only that it exists.

Every precision of a field stands on one ladder, so that of several agreements the finest is known.
"""

from __future__ import annotations

from typing import Final

from vestry.sharing.categories import CATEGORIES, FIELDS

WITHHELD: Final = 0
"""Nothing is shown."""
INDEX_ONLY: Final = 1
"""That a source holds something, since when and whom to call: never what."""
WHOLE: Final = 9
"""The value as it is."""

_BIRTH: Final = {"age-band": 3, "age": 4, "year": 5, "month": 6}
_ADDRESS: Final = {"district": 3, "ward": 4, "lsoa": 5, "postcode": 6}

AREAS: Final = ("lsoa", "ward", "district")
"""The precisions of an address that are an area, each told under the name of its geography."""

LADDERS: Final = {"birth": _BIRTH, "death": {"year": 5, "month": 6}, "address": _ADDRESS}
"""Category -> name of a precision below whole -> its level: the higher, the finer.

An age, in whole years on a day, fits two years of birth, so it is coarser than the year. An age band is ten years wide.
"""

NAMES: Final = {WITHHELD: "withheld", INDEX_ONLY: "index-only", WHOLE: "whole"}


def level_of(field: str, name: str) -> int:
    """The level of the precision `name` for `field`; WITHHELD when that field has no such precision."""
    if name in ("whole", "index-only"):
        return WHOLE if name == "whole" else INDEX_ONLY
    return LADDERS.get(FIELDS.get(field, ""), {}).get(name, WITHHELD)


def name_of(field: str, level: int) -> str:
    """The name of the precision that `level` is for `field`."""
    if level in NAMES:
        return NAMES[level]
    ladder = LADDERS.get(FIELDS.get(field, ""), {})
    return next((name for name, at in ladder.items() if at == level), "withheld")


def names_for(category: str) -> tuple[str, ...]:
    """Every precision that fields of `category` can have, the finest first."""
    ladder = LADDERS.get(category, {})
    lowered = sorted(ladder, key=lambda name: -ladder[name])
    return ("whole", *lowered, "index-only") if category in CATEGORIES else ()
