"""What movers tell of one record and the profiles it is compared with: as `companions` in a build, by what a release keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vestry.linkage.blocks import LOW_BITS
from vestry.linkage.desk import Desk, Levels
from vestry.linkage.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverMet:
    """Somebody who surely moved: a profile at the record's home (`here`), one at another (`there`), how the given names begin."""

    here: int
    there: int
    initial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where those went, or came from, who live with a record: by the key of the other home, who did; and all profiles at these
    homes (`near`)."""

    movers: Mapping[int, tuple[MoverMet, ...]] = field(default_factory=dict)
    near: frozenset[int] = frozenset()

    def telling(self, levels: Levels) -> tuple[MoverMet, ...]:
        """The movers that tell of the record and a profile that compared so."""
        (home, initial), (other_home, other_initial) = levels.mine, levels.theirs
        if other_home is None or initial is None or initial != other_initial or home == other_home:
            return ()
        return tuple(m for m in self.movers.get(other_home, ()) if m.initial != initial)

    def raised(self, recipe: Recipe, levels: Levels) -> tuple[int, ...]:
        """The numbers of the levels, after what movers tell."""
        if recipe.companions is None or not self.telling(levels):
            return levels.numbers
        at = recipe.companions.at
        return tuple(max(n, recipe.companions.level) if i == at else n for i, n in enumerate(levels.numbers))


def ways_from(desk: Desk, recipe: Recipe, home: int | None) -> Ways:
    """The ways from a home, by its key."""
    if home is None or recipe.companions is None:
        return Ways()
    movers: dict[int, set[MoverMet]] = {}
    for here, there, other_home, initial in desk.movers(home):
        movers.setdefault(other_home, set()).add(MoverMet(here=here, there=there, initial=initial))
    if not movers:
        return Ways()
    led = led_to(desk, {home, *movers})
    quiet = {key: profiles for key, profiles in led.items() if len(profiles) <= recipe.companions.at_most}
    if home not in quiet:
        return Ways()
    return Ways(
        movers={
            key: tuple(sorted(movers[key], key=lambda m: (m.here, m.there, m.initial)))
            for key in movers
            if key in quiet
        },
        near=frozenset(profile for key in movers for profile in quiet.get(key, ())),
    )


def led_to(desk: Desk, keys: Iterable[int]) -> dict[int, list[int]]:
    """Key -> the profiles that it leads to."""
    led: dict[int, list[int]] = {}
    wanted = set(keys)
    if not wanted:
        return led
    buckets = sorted({key >> LOW_BITS for key in wanted})
    for bucket, lows, profiles in desk.rows("match_keys", "bucket", ("bucket", "keys", "profiles"), buckets):
        for low, profile in zip(lows, profiles, strict=True):
            if (key := bucket << LOW_BITS | low) in wanted:
                led.setdefault(key, []).append(profile)
    return led
