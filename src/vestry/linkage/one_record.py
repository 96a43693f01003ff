"""Who one new record is: compared with what a release knows, by the same rules, model and weights as its build.

A record as typed is put into standard form by the rules of the build; those who share a block or an identifier with it
are looked up by their keys; each comparison's level is told by the design's own SQL, and its bits by Splink's formula.
Splink and Ibis are not asked: a round trip of either takes longer than the whole of this.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Final

from vestry.ids import SEPARATOR
from vestry.linkage.companions_met import Ways, led_to, ways_from
from vestry.linkage.desk import Desk, Desks
from vestry.linkage.doubted import speaks_against
from vestry.linkage.identifiers import may_be_one
from vestry.linkage.recipe import FieldCompared, Recipe, Weighed
from vestry.linkage.typed import StandardRecord

AT_MOST: Final = 1_000
"""So many profiles are compared with one record at most. The blocks of a large county hold a few dozen; thousands share one
only where it is a hostel, a surgery's telephone, or a stand-in for "not known"."""


TOLD: Final = 5
"""Entities that are told of unless more are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A record that says what a profile says, and the entity it belongs to. `numbers` are its identifiers by field."""

    record_id: str
    entity_no: int
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntity:
    """Somebody known: `values` are chosen ones, by column; "" where there is none."""

    entity_id: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileMatch:
    """One profile that may be the record's, with those who hold it.

    `probability` and `weight` (bits) are as the build has them for a link. `numbers` are the identifiers that decided: then
    the probability is 1, and only holders with such a number are meant; `weight` is None where nothing was scored besides.
    `rest` is what all else says of these (`linkage.rest`). Where that speaks against the number it is `doubted`; where the
    birth dates are two people's, the two are `of_two`: then the probability is that of the score, and the number decides nothing.
    """

    probability: float
    weight: float | None
    numbers: tuple[str, ...]
    compared: tuple[FieldCompared, ...]
    holders: tuple[Holder, ...]
    rest: float | None = None
    doubted: bool = False
    of_two: bool = False

    @property
    def decides(self) -> bool:
        """Whether it is the record's by its numbers."""
        return bool(self.numbers) and not self.doubted and not self.of_two


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of one look: `matches`, the likeliest first; the `entities` of the first of them, by number; how many profiles
    were `compared`; and how many more share a block with the record but were `left_out`, being too many.
    """

    matches: tuple[ProfileMatch, ...]
    entities: Mapping[int, KnownEntity]
    compared: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A profile that a key or a mover led to: its values, its weight, and whether a mover tells of it (`told_of`)."""

    values: Mapping[str, str]
    weighed: Weighed
    told_of: bool


class OneRecord:
    """Compares single records with one release. Reads its recipes once; safe to share between threads."""

    def __init__(self, desks: Desks | None = None) -> None:
        self._desks = desks or Desks()

    def close(self) -> None:
        """Let go of the release."""
        self._desks.close()

    def look(
        self,
        cursor: Any,
        record: StandardRecord,
        *,
        at_least: float,
        entities: int = TOLD,
        companions: bool = True,
    ) -> Looked:
        """Everybody who may be `record`: by an identifier, or with a probability of `at_least`. So many `entities` are told of.
        Without `companions`, nothing rests on those who live with the two.

        `cursor` is DuckDB's, on the release. Raises MatchUnavailable when the release has to be built again first.
        """
        with self._desks.one(cursor) as desk:
            recipe = desk.recipes.get(record.kind)
            if recipe is None:  # there were too few to be compared with one another
                return Looked(matches=(), entities={}, compared=0, left_out=0)
            return _looked(desk, recipe, record, at_least, entities, companions=companions)


def _looked(
    desk: Desk, recipe: Recipe, record: StandardRecord, at_least: float, entities: int, *, companions: bool
) -> Looked:
    values = {column: record.value(column) for column in recipe.asked}
    keys = desk.keys(recipe, values)
    by_number, chosen, left_out = _candidates(desk, keys.blocks, keys.numbers)
    ways = ways_from(desk, recipe, keys.home if companions else None)
    met = _compared(desk, recipe, values, by_number | chosen, ways)
    likely = {
        n for n, one in met.items() if (n in chosen or one.told_of) and one.weighed.probability >= at_least
    }
    holders = _holders(desk, recipe, sorted(likely | by_number))
    met_by = [
        (number, match)
        for number in sorted(likely | by_number)
        if number in met
        for match in _matches(recipe, record, met[number], holders.get(number, ()), number in likely)
    ]
    matches = [_believed(match, met[number].weighed, [m for _, m in met_by]) for number, match in met_by]
    matches.sort(key=lambda m: (-m.probability, not m.numbers, -(m.weight or 0.0)))
    first = list(dict.fromkeys(holder.entity_no for match in matches for holder in match.holders))[:entities]
    told = {
        number: KnownEntity(
            entity_id=entity_id, values=dict(zip(recipe.shown, said.split(SEPARATOR), strict=True))
        )
        for number, entity_id, said in desk.rows(
            "match_entities", "entity_no", ("entity_no", "entity_id", "said"), first
        )
    }
    return Looked(matches=tuple(matches), entities=told, compared=len(met), left_out=left_out)


def _believed(match: ProfileMatch, weighed: Weighed, others: Sequence[ProfileMatch]) -> ProfileMatch:
    """The match as it is, or with its number doubted, as the build doubts it; but for how well whoever holds it fits others,
    which a release does not tell at once."""
    if match.rest is None or match.of_two:
        return match
    entities = {holder.entity_no for holder in match.holders}
    fits = [
        m.weight
        for m in others
        if m.weight is not None and not entities.issuperset(h.entity_no for h in m.holders)
    ]
    if not speaks_against(match.rest, max(fits, default=-math.inf) - match.rest):
        return match
    return replace(_by_score(match, weighed), doubted=True)


def _by_score(match: ProfileMatch, weighed: Weighed) -> ProfileMatch:
    """The match with its number said, and all else deciding."""
    numbers = tuple(one for one in match.compared if one.weight is None)
    return replace(
        match,
        probability=weighed.probability,
        weight=weighed.weight,
        compared=(*numbers, *weighed.compared),
    )


def _candidates(desk: Desk, blocks: set[int], numbers: set[int]) -> tuple[set[int], set[int], int]:
    """(profiles that share an identifier, profiles that share a block, how many of the latter were left out)."""
    led = led_to(desk, blocks | numbers)
    by_number = {profile for key in numbers for profile in led.get(key, ())}
    shared = Counter(profile for key in blocks for profile in led.get(key, ()))
    if len(shared) <= AT_MOST:
        return by_number, set(shared), 0
    smallest: dict[int, int] = {}
    for key in blocks:
        for profile in led.get(key, ()):
            smallest[profile] = min(smallest.get(profile, len(led[key])), len(led[key]))
    first = sorted(shared, key=lambda profile: (-shared[profile], smallest[profile], profile))[:AT_MOST]
    return by_number, set(first), len(shared) - AT_MOST


def _compared(
    desk: Desk, recipe: Recipe, values: Mapping[str, str], wanted: Set[int], ways: Ways
) -> dict[int, _Candidate]:
    """The profiles `wanted`, and those that movers tell of."""
    met: dict[int, _Candidate] = {}
    found = desk.rows("match_profiles", "profile_no", ("profile_no", "said"), sorted(wanted | ways.near))
    told = desk.levels(recipe, [said for _, said in found])
    for (number, said), levels in zip(found, told, strict=True):
        told_of = bool(ways.telling(levels))
        if number in wanted or told_of:
            theirs = dict(zip(recipe.columns, said.split(SEPARATOR), strict=True))
            weighed = recipe.weighed(levels.numbers, values, theirs)
            if told_of:
                # What speaks against a number is what the two themselves say, as in a build.
                weighed = replace(
                    recipe.weighed(ways.raised(recipe, levels), values, theirs), rest=weighed.rest
                )
            met[number] = _Candidate(values=theirs, weighed=weighed, told_of=told_of)
    return met


def _holders(desk: Desk, recipe: Recipe, wanted: Sequence[int]) -> dict[int, list[Holder]]:
    found: dict[int, list[Holder]] = {}
    columns = ("profile_no", "record_id", "entity_no", "numbers")
    for number, record_id, entity_no, said in sorted(
        desk.rows("match_holders", "profile_no", columns, wanted), key=lambda row: row[:2]
    ):
        numbers = dict(zip(recipe.numbers, said.split(SEPARATOR), strict=True)) if said else {}
        found.setdefault(number, []).append(
            Holder(record_id=record_id, entity_no=entity_no, numbers={k: v for k, v in numbers.items() if v})
        )
    return found


def _matches(
    recipe: Recipe, record: StandardRecord, met: _Candidate, holders: Sequence[Holder], likely: bool
) -> list[ProfileMatch]:
    """The match by identifiers, of those holders who have one in common with the record; and by what was scored."""
    found = []
    weighed = met.weighed
    scored = weighed.compared if likely else ()
    agreed = {
        holder.record_id: shared
        for holder in holders
        if (
            shared := tuple(
                n for n in recipe.numbers if (m := record.value(n)) and m == holder.numbers.get(n)
            )
        )
    }
    if agreed:
        numbers = tuple(n for n in recipe.numbers if any(n in shared for shared in agreed.values()))
        by_number = tuple(FieldCompared(field=n, agreement="exact", weight=None) for n in numbers)
        match = ProfileMatch(
            probability=1.0,
            weight=weighed.weight if likely else None,
            numbers=numbers,
            compared=(*by_number, *scored),
            holders=tuple(h for h in holders if h.record_id in agreed),
            rest=weighed.rest,
        )
        may_be = may_be_one(record.value("birth_date"), met.values.get("birth_date", ""))
        found.append(match if may_be else replace(_by_score(match, weighed), of_two=True))
        holders = [h for h in holders if h.record_id not in agreed]
    if likely and holders:
        found.append(
            ProfileMatch(
                probability=weighed.probability,
                weight=weighed.weight,
                numbers=(),
                compared=scored,
                holders=tuple(holders),
            )
        )
    return found
