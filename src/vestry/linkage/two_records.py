"""Two records of a release compared now, by its own comparisons and model: for a pair of which the build kept no score.

The numbers are those that the build would have written (a test holds them together): what the two say, how common it is
and the chances are all kept in the release, for matching single records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vestry.errors import MatchUnavailable
from vestry.ids import SEPARATOR
from vestry.linkage.companions_met import MoverMet, Ways, led_to, ways_from
from vestry.linkage.desk import Desk, Desks
from vestry.linkage.recipe import Recipe
from vestry.linkage.two_compared import Mover, TwoCompared

Pairs = Sequence[tuple[str, str]]
"""Two records by their ids."""


def compare_two(
    desks: Desks, cursor: Any, kind: str, pairs: Pairs, *, companions: bool = True
) -> Sequence[TwoCompared | None]:
    """Each pair of records of `kind`; None for one that cannot be compared: it is not of those that are linked, nothing of
    its kind is scored, or the release was built before single records could be matched. Unless `companions` is false, what is
    known of those who live with the two counts as well. `cursor` is on the release.
    """
    try:
        with desks.one(cursor) as desk:
            recipe = desk.recipes.get(kind)
            if recipe is None:
                return [None for _ in pairs]
            profile_of = _profiles(cursor, sorted({record for pair in pairs for record in pair}))
            return [
                _two(desk, recipe, profile_of[left], profile_of[right], companions=companions)
                if left in profile_of and right in profile_of
                else None
                for left, right in pairs
            ]
    except MatchUnavailable:
        return [None for _ in pairs]


def told_by(desks: Desks, cursor: Any, kind: str, pairs: Pairs) -> Sequence[Sequence[Mover]]:
    """Of each pair of records of `kind`, the movers that tell of it."""
    with desks.one(cursor) as desk:
        recipe = desk.recipes[kind]
        profile_of = _profiles(cursor, sorted({record for pair in pairs for record in pair}))
        met = [_movers(desk, recipe, profile_of[left], profile_of[right]) for left, right in pairs]
    known: dict[int, set[tuple[str, str]]] = {}
    for number, entity, source in cursor.execute(
        "SELECT profile_no, entity_id, source FROM match_holders JOIN members USING (record_id)"
        " WHERE profile_no IN (SELECT unnest($1::INTEGER[]))",
        [sorted({number for each in met for one in each for number in (one.here, one.there)})],
    ).fetchall():
        known.setdefault(number, set()).add((entity, source))
    return [
        [Mover(here=frozenset(known[m.here]), there=frozenset(known[m.there])) for m in each] for each in met
    ]


def _movers(desk: Desk, recipe: Recipe, left: str, right: str) -> tuple[MoverMet, ...]:
    mine = dict.fromkeys(recipe.asked, "") | dict(zip(recipe.columns, left.split(SEPARATOR), strict=True))
    home = desk.keys(recipe, mine).home
    (levels,) = desk.levels(recipe, [right])
    return ways_from(desk, recipe, home).telling(levels)


def _profiles(cursor: Any, records: Sequence[str]) -> dict[str, str]:
    """What the profile of each record says."""
    places = ", ".join(f"${at}" for at in range(1, len(records) + 1))
    return dict(
        cursor.execute(
            f"SELECT record_id, said FROM match_holders JOIN match_profiles USING (profile_no)"
            f" WHERE record_id IN ({places or 'NULL'})",
            list(records),
        ).fetchall()
    )


def _two(desk: Desk, recipe: Recipe, left: str, right: str, *, companions: bool) -> TwoCompared:
    mine, theirs = (dict(zip(recipe.columns, said.split(SEPARATOR), strict=True)) for said in (left, right))
    nothing = dict.fromkeys(recipe.asked, "")
    of_theirs, of_mine = (desk.keys(recipe, nothing | values) for values in (theirs, mine))
    (levels,) = desk.levels(recipe, [right])
    ways = ways_from(desk, recipe, of_mine.home) if companions else Ways()
    weighed = recipe.weighed(ways.raised(recipe, levels), mine, theirs)
    return TwoCompared(
        compared=tuple((c.field, c.agreement, c.weight or 0.0) for c in weighed.compared),
        prior=recipe.prior,
        weight=weighed.weight,
        probability=weighed.probability,
        rests_on_others=ways.raised(recipe, levels) != levels.numbers,
        met=bool(led_to(desk, of_mine.blocks & of_theirs.blocks) or ways.telling(levels)),
    )
