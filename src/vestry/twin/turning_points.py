"""What a merge or a split of entities hangs on: the strongest pair of records that joins now, or that no longer does.

Of a merged id that is the strongest pair between its records and others of the entity that it went into. Of a split one
it is what a reviewer said to be two, or to be one with somebody else; else the strongest link that was within it, of which
each side is in another entity now; else what drew the part that left to where it is. Pairs are told by the ids of their
records, with no value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from vestry.engines.engine import Engine
from vestry.linkage.clusters import BY_IDENTIFIER, BY_REVIEWER, STRENGTH
from vestry.linkage.identity import MERGED, SPLIT
from vestry.twin.predecessor import Predecessor, links_within
from vestry.twin.register import Register

JOINS: Final = "joins"
JOINS_NO_LONGER: Final = "no longer joins"
SAID_TO_BE_TWO: Final = "said to be two"

_LINK: Final = ("left_record", "right_record", "decided_by", "probability", "weight", "contested")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records (by their ids, and their units') that a merge or split hangs on. `how` is one of the three words of this
    module."""

    left_record: str
    right_record: str
    units: tuple[str, str]
    decided_by: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPoint:
    """One merge or split, and the `pair` that it hangs on; None where no single pair tells it."""

    entity_id: str
    kind: str
    happened: str
    into_entity: str
    pair: Pair | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    pair: tuple[str, str]
    decided_by: str
    probability: float
    weight: float
    contested: bool
    units: tuple[str, str]

    @property
    def strength(self) -> tuple[Any, ...]:
        """Sorts the strongest first."""
        return (STRENGTH.get(self.decided_by, len(STRENGTH)), -self.weight, -self.probability, self.pair)

    def joins(self, link_from: float) -> bool:
        """Whether it is such that it joins, unless a rule of clusters forbids it."""
        return not self.contested and (self.decided_by == BY_IDENTIFIER or self.probability >= link_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What is looked at for the changed ids: which entity each unit was and is of; links within them, then and now."""

    was: Mapping[str, str]
    now: Mapping[str, str]
    links: Mapping[str, Sequence[_Link]]
    lost: Mapping[str, Sequence[_Link]]


def turning_points(
    engine: Engine, named: Register, links: ir.Table, before: Predecessor, *, link_from: float
) -> list[TurningPoint]:
    """One for each merged or split id of `named`, in order of kind and id.

    `links` are those of the release that is made, as it has them. Nothing is computed where no id merged or split.
    """
    changed = [
        (kind, row["entity_id"], row["happened"], row["into_entity"])
        for kind, told in named.happenings.items()
        for row in told.filter(pc.is_in(told["happened"], value_set=pa.array([MERGED, SPLIT]))).to_pylist()
    ]
    if not changed:
        return []
    sight = _looked_at(engine, named, links, before, changed)
    return [
        TurningPoint(
            entity_id=entity, kind=kind, happened=happened, into_entity=into,
            pair=(_drawn if happened == MERGED else _of_split)(entity, into, sight, link_from),
        )
        for kind, entity, happened, into in sorted(changed)
    ]  # fmt: skip


def _looked_at(
    engine: Engine,
    named: Register,
    links: ir.Table,
    before: Predecessor,
    changed: Sequence[tuple[str, str, str, str]],
) -> _Sight:
    touched = sorted({e for _, entity, _, into in changed for e in (entity, into)})
    wanted = engine.bring("entities_turned", pa.table({"entity_id": pa.array(touched, pa.string())}))
    members = engine.keep(
        "members_turned",
        named.members.semi_join(wanted, "entity_id").select("record_id", "unit_id", "entity_id", "kind"),
    )
    held = engine.fetch(members)
    units = held["unit_id"].combine_chunks()
    was: dict[str, str] = {}
    for kind in sorted({k for k, *_ in changed}):
        known = before.before(kind)
        of = pa.concat_tables([known.entity_of, known.ended])
        held_before = of.filter(pc.is_in(of["member"], value_set=units))
        was |= dict(zip(held_before["member"].to_pylist(), held_before["entity_id"].to_pylist(), strict=True))
    now = dict(zip(held["unit_id"].to_pylist(), held["entity_id"].to_pylist(), strict=True))
    unit_of = dict(zip(held["record_id"].to_pylist(), held["unit_id"].to_pylist(), strict=True))
    near = links.select(*_LINK)
    for side in ("left_record", "right_record"):
        near = near.semi_join(members.select(**{side: "record_id"}), side)
    found = [
        _link(row, unit_of[row["left_record"]], unit_of[row["right_record"]])
        for row in engine.fetch(near).to_pylist()
    ]
    engine.forget(members, wanted)
    split = sorted({entity for _, entity, happened, _ in changed if happened == SPLIT})
    lost: dict[str, list[_Link]] = defaultdict(list)
    for row in links_within(before, split):
        lost[row["entity_id"]].append(_link(row, row["left_unit"], row["right_unit"]))
    return _Sight(was=was, now=now, links=_by_entity_before(found, was), lost=lost)


def _by_entity_before(links: Iterable[_Link], was: Mapping[str, str]) -> dict[str, list[_Link]]:
    found: dict[str, list[_Link]] = defaultdict(list)
    for link in links:
        for entity in {was.get(unit, "") for unit in link.units}:
            found[entity].append(link)
    return found


def _link(row: Mapping[str, Any], left_unit: str, right_unit: str) -> _Link:
    return _Link(
        pair=(row["left_record"], row["right_record"]),
        decided_by=row["decided_by"],
        probability=float(row["probability"]),
        weight=float(row["weight"] or 0.0),
        contested=bool(row.get("contested")),
        units=(left_unit, right_unit),
    )


def _of_split(entity: str, into: str, sight: _Sight, link_from: float) -> Pair | None:
    apart = [
        link
        for link in sight.links.get(entity, ())
        if link.decided_by == BY_REVIEWER and link.probability < link_from and _parted(link, into, sight)
    ]
    if apart:
        return _pair(min(apart, key=lambda link: link.strength), SAID_TO_BE_TWO)
    drawn = _drawn(entity, into, sight, link_from, by_reviewers=True)
    if drawn:
        return drawn
    lost = [
        link for link in sight.lost.get(entity, ()) if link.joins(link_from) and _parted(link, into, sight)
    ]
    if lost:
        return _pair(min(lost, key=lambda link: link.strength), JOINS_NO_LONGER)
    return _drawn(entity, into, sight, link_from)


def _parted(link: _Link, into: str, sight: _Sight) -> bool:
    """Whether just one of its sides is in the entity `into` now, and both were of one before."""
    one, other = (sight.now.get(unit) for unit in link.units)
    before = {sight.was.get(unit) for unit in link.units}
    return (one == into) != (other == into) and len(before) == 1


def _drawn(
    entity: str, into: str, sight: _Sight, link_from: float, *, by_reviewers: bool = False
) -> Pair | None:
    """The strongest pair that holds units of `entity` to others in `into`; to those that were there before, if any does. Where
    only such as reviewers said are one count, None if none does."""
    found = []
    for link in sight.links.get(entity, ()):
        together = all(sight.now.get(unit) == into for unit in link.units)
        others = [was for unit in link.units if (was := sight.was.get(unit, "")) != entity]
        counts = link.decided_by == BY_REVIEWER or not by_reviewers
        if together and len(others) == 1 and link.joins(link_from) and counts:
            found.append((others[0] != into, link.strength, link))
    return _pair(min(found, key=lambda f: f[:2])[2], JOINS) if found else None


def _pair(link: _Link, how: str) -> Pair:
    left, right = link.pair
    return Pair(left_record=left, right_record=right, units=link.units, decided_by=link.decided_by, how=how)
