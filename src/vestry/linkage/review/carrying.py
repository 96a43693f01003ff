"""Decisions whose keys are gone: a decision lives as long as either record, under whatever key.

Where the key of a decided unit has ended, or is in no extract any longer, the decision goes to those that now hold the
same content (`contents`): what it said last, or what was seen of it if no record of it is left. `different` goes to
every one of them: what is apart without need can be joined again. `same` goes only where exactly one of the same source
and part holds it: a person who is joined to another's records is harmed. What somebody has said of the new pair itself
stands before what is carried to it.

A build in which no decided key is gone asks for the decided units and nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR
from vestry.linkage.decisions import Decision, Line, Side, in_force, words_on
from vestry.linkage.review.contents import CONTENT, KEY_LENGTH, ContentKey
from vestry.linkage.review.contradictions import settled
from vestry.model import kinds
from vestry.standardise.contents import in_one_text

NO_KEY: Final = ContentKey(bytes(KEY_LENGTH))
"""Where a place has no key: contents are only held against each other, and no hash is kept."""


QUICKLY: Final[Mapping[str, tuple[str, ...]]] = {
    kinds.PERSON: ("family_name", "birth_date", "postcode"),
    kinds.ORGANISATION: ("organisation_name", "postcode"),
}
"""Some columns of `CONTENT`: records that differ in one of these have different contents."""


@ibis.udf.scalar.builtin(name="sha256", signature=((dt.binary,), dt.string))  # type: ignore[untyped-decorator]
def _sha256(content: Any) -> Any:
    """SHA-256 of bytes, in hexadecimal."""


@ibis.udf.scalar.builtin(name="unhex", signature=((dt.string,), dt.binary))  # type: ignore[untyped-decorator]
def _bytes_of(digits: Any) -> Any:
    """The bytes that hexadecimal digits stand for."""


@ibis.udf.scalar.builtin(name="encode", signature=((dt.string,), dt.binary))  # type: ignore[untyped-decorator]
def _encoded(text: Any) -> Any:
    """The bytes of a text in UTF-8."""


@ibis.udf.scalar.builtin(name="||", signature=((dt.binary, dt.binary), dt.binary))  # type: ignore[untyped-decorator]
def _joined(one: Any, other: Any) -> Any:
    """Bytes, one text of them after the other."""


def keyed(records: ir.Table, kind: str, key: ContentKey) -> ir.StringValue:
    """`ContentKey.hashed` of every record of one kind, worked out by the engine."""
    text = in_one_text(records, CONTENT[kind])
    inner, outer = (_bytes_of(ibis.literal(pad.hex())) for pad in key.pads)
    within = _sha256(_joined(inner, _encoded(text)))
    return ibis.literal(key.prefix) + _sha256(_joined(outer, _bytes_of(within)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A unit that a source lists now, with content that is looked for."""

    unit: str
    source: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What the records of a build say of decided units.

    `living` are those that a source lists; `ended`, unit -> keyed hash of its newest content, those that none does any
    longer; `holders`, keyed hash -> who has that content now.
    """

    living: frozenset[str] = frozenset()
    ended: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, Sequence[Holder]] = field(default_factory=dict)


def decisions_for(
    engine: Engine, records: ir.Table, lines: Sequence[Line], key: ContentKey | None
) -> list[Decision]:
    """The decisions that this build goes by: in force, carried to new keys, without contradictions.

    `records` has `unit_id` beside the release's columns.
    """
    decided = in_force(lines)
    if not decided:
        return []
    now = _now(engine, records, decided, key or NO_KEY)
    spoken = frozenset(words_on(lines))
    return settled([*decided, *carried(decided, now, spoken)])


def carried(decided: Sequence[Decision], now: Now, spoken: frozenset[tuple[str, str]]) -> list[Decision]:
    """What `decided` says of those who hold the content of keys that are gone, one for each pair, in order of units.

    Never of a pair in `spoken`. Where two decisions come to one pair, `different` holds.
    """
    found: dict[tuple[str, str], Decision] = {}
    for decision in decided:
        if decision.line is None or set(decision.pair) <= now.living:
            continue
        left, right = (_places(side, decision, now) for side in (decision.line.left, decision.line.right))
        for one, other in product(left, right):
            pair = (min(one, other), max(one, other))
            if one == other or pair in spoken:
                continue
            if pair not in found or not decision.same:
                found[pair] = Decision(
                    left_unit=pair[0], right_unit=pair[1], same=decision.same, line=decision.line
                )
    return [found[pair] for pair in sorted(found)]


def _places(side: Side, decision: Decision, now: Now) -> list[str]:
    """Where one side of a decision is now: the unit itself, and whoever holds its content if it is gone."""
    if side.unit in now.living:
        return [side.unit]
    content = now.ended.get(side.unit, side.seen)
    holders = {h.unit: h for h in now.holders.get(content, ()) if h.unit not in decision.pair}
    if decision.same:
        alike = [h.unit for h in holders.values() if (h.source, h.part) == (side.source, side.part)]
        holders = {unit: holders[unit] for unit in alike} if len(alike) == 1 else {}
    return [side.unit, *sorted(holders)]


def _now(engine: Engine, records: ir.Table, decided: Sequence[Decision], key: ContentKey) -> Now:
    sides = {s.unit: s for d in decided if d.line is not None for s in (d.line.left, d.line.right)}
    named = engine.bring("decided_units", _units(sides))
    standing = (
        records.semi_join(named, "unit_id").group_by("unit_id").aggregate(current=records.current.any())
    )
    current_of = engine.fetch(standing).to_pydict()
    known = dict(zip(current_of["unit_id"], current_of["current"], strict=True))
    living = frozenset(unit for unit, current in known.items() if current)
    gone = {unit: side for unit, side in sides.items() if unit not in living}
    ended: dict[str, str] = {}
    holders: dict[str, list[Holder]] = defaultdict(list)
    for kind in sorted({side.kind for side in gone.values()} & set(CONTENT)):
        of_kind = records.filter(records.kind == kind)
        theirs = [unit for unit, side in gone.items() if side.kind == kind]
        known_of = engine.bring("ended_units", _units([u for u in theirs if u in known]))
        newest = _newest_contents(engine, of_kind.semi_join(known_of, "unit_id"), kind, key)
        ended |= newest
        listed = of_kind.filter(of_kind.current)
        seen = {gone[u].seen for u in theirs if u not in known and key.made(gone[u].seen)}
        if not seen:
            near = _near(listed, of_kind.semi_join(known_of, "unit_id"), kind)
            listed = engine.keep("decided_near", near)
        for content, holder in _holders(engine, listed, kind, sorted(seen | set(newest.values())), key):
            holders[content].append(holder)
    return Now(living=living, ended=ended, holders=holders)


def _units(units: Iterable[str]) -> pa.Table:
    return pa.table({"unit_id": pa.array(sorted(units), pa.string())})


def _near(listed: ir.Table, ended: ir.Table, kind: str) -> ir.Table:
    """Those that share with some ended record what is quickly compared: a keyed hash of everybody takes its time."""

    def told(table: ir.Table) -> ir.StringValue:
        return ibis.literal(SEPARATOR).join([table[c].fill_null("") for c in QUICKLY[kind]])

    asked = ended.select(near=told(ended)).distinct()
    some = listed.mutate(near=told(listed)).semi_join(asked, "near")
    return some.select("unit_id", "source", "part", *CONTENT[kind])


def _newest_contents(engine: Engine, ended: ir.Table, kind: str, key: ContentKey) -> dict[str, str]:
    newest = ended.mutate(content=keyed(ended, kind, key)).group_by("unit_id")
    found = engine.fetch(
        newest.aggregate(content=ibis._.content.argmax(ibis._.last_as_at + ibis._.record_id))
    ).to_pydict()
    return dict(zip(found["unit_id"], found["content"], strict=True))


def _holders(
    engine: Engine, listed: ir.Table, kind: str, wanted: Sequence[str], key: ContentKey
) -> list[tuple[str, Holder]]:
    if not wanted:
        return []
    asked = engine.bring("decided_contents", pa.table({"content": pa.array(wanted, pa.string())}))
    hashed = listed.select("unit_id", "source", "part", content=keyed(listed, kind, key))
    found = engine.fetch(hashed.semi_join(asked, "content").distinct()).to_pylist()
    return [
        (row["content"], Holder(unit=row["unit_id"], source=row["source"], part=row["part"])) for row in found
    ]
