"""Explanations: how an entity's records came to be one, and why two are one or are not. From a release, for one reader.

Whatever rests on a source that the reader may not use is left out before anything is told, and counted (promise 6): its
records, its claims, every link that ends at one of its records. Values are chosen again without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from vestry.errors import SourcesWithheld
from vestry.linkage.comparisons import MISSING
from vestry.linkage.two_compared import TwoCompared
from vestry.model import kinds
from vestry.sharing import telling
from vestry.sharing.apart import by_score, contradicted, kept_apart, never_kept
from vestry.sharing.explaining_to import Reader, Release, Rows
from vestry.sharing.third_people import compared_now, told_links
from vestry.twin import answers
from vestry.twin.choosing import chosen_again, values_of
from vestry.twin.explained import (
    Explained,
    KeptApart,
    PairExplained,
    RecordRead,
    RulesRead,
    Side,
    ToldLink,
    Withheld,
)
from vestry.twin.paths import joined, joining, pieces, same_key_links, strongest_path

BEST_LINKS: Final = 3
"""Of the links between two entities, so many are told."""
COMPARED_NOW: Final = 5
"""Of each of two entities that were never compared, so many keys are compared now: the newest."""


def explain_entity(release: Release, asked: str, reader: Reader) -> Explained:
    """How the entity that `asked` (its id, or that of one of its records) stands for came to be, and its values.

    Raises NotFound, and SourcesWithheld where nothing of it is left.
    """
    rows = release.explained
    record = _usable_record(rows, asked, reader)
    resolution = release.resolve(record.entity_id if record else asked)
    if len(resolution.now) != 1:
        return Explained(
            release_id=release.release_id, resolution=_silenced(resolution, rows.sources() <= reader.usable)
        )
    now = resolution.now[0]
    entity = release.entity(now)
    everything, mine = _records(rows, entity, reader)
    claims = release.claims(now)
    kept = tuple(c for c in claims if c.source in reader.usable)
    if whole := reader.minimise is None and len(kept) == len(claims) and len(mine) == len(everything):
        entity = without_raw(entity)
    elif reader.minimise is not None:
        seen = reader.minimise(claims)
        kept = seen.claims
        entity = answers.Entity(
            entity_id=now,
            kind=entity.kind,
            current=any(r.origin.current for r in mine),
            values=seen.values,
            precision=seen.precision,
        )
    else:
        kept = chosen_again(kept, rows.organisations(), reader.trust())
        entity = answers.Entity(
            entity_id=now,
            kind=entity.kind,
            current=any(r.origin.current for r in mine),
            values=values_of(entity.kind, kept),
        )
    rules = rows.rules()
    ids = [r.record_id for r in everything]
    links = joining(rows.links(ids, ids), rules.link_from)
    by_id = {r.record_id: r for r in mine}
    told_of = [
        k
        for k in links
        if k.left_record in by_id and k.right_record in by_id and reader.may_be_told(k, by_id)
    ]
    told_of = told_links(rows, entity.kind, told_of, reader.tells_of_usable)
    unit_of = {r.record_id: r.unit_id or r.record_id for r in mine}
    found = joined(list(by_id), told_of, unit_of)
    resolution = _silenced(resolution, whole)
    return Explained(
        release_id=release.release_id,
        resolution=resolution,
        entity=entity,
        origins=tuple(r.origin for r in mine),
        claims=kept,
        joins=telling.joins(found, by_id, rules),
        pieces=pieces(list(by_id), found, unit_of),
        weakest=telling.weakest(found, told_of),
        history=_steps(rows.history(now), whole),
        withheld=_withheld(len(everything) - len(mine), len(claims) - len(kept), len(links) - len(told_of)),
        model=rules.models.get(entity.kind, ""),
        asked_record=record.record_id if record else "",
    )


def explain_two(release: Release, left: str, right: str, reader: Reader) -> PairExplained:
    """Why two are one, or are not; each is the id of a record or of an entity. No values.

    Raises as `explain_entity`.
    """
    rows = release.explained
    sides, held, withheld = [], [], 0
    for asked in (left, right):
        record = _usable_record(rows, asked, reader)
        resolution = None if record else release.resolve(asked)
        one_now = (
            record.entity_id
            if record
            else (resolution.now[0] if len(resolution.now) == 1 else "")
            if resolution
            else ""
        )
        everything, mine = _records(rows, release.entity(one_now), reader) if one_now else ((), ())
        withheld += len(everything) - len(mine)
        held.append(mine)
        sides.append(
            Side(
                asked=asked,
                entity_id=one_now,
                record_id=record.record_id if record else "",
                key=record.key if record else "",
                records=len(mine),
                resolution=_silenced(resolution, len(everything) == len(mine)) if resolution else None,
            )
        )
    bare = PairExplained(release_id=release.release_id, left=sides[0], right=sides[1], sentence="")
    if lost := [s for s in sides if not s.entity_id]:
        return replace(bare, sentence=" ".join(_no_single_entity(s) for s in lost))
    rules = rows.rules()
    if sides[0].entity_id == sides[1].entity_id:
        return _one(bare, rows, held[0], rules, reader, withheld // 2)
    return _two(bare, rows, held, rules, reader, withheld)


def _no_single_entity(side: Side) -> str:
    became = side.resolution.now if side.resolution else ()
    ask = "ask about one that it became" if became else "nothing stands in its place"
    return f"{side.asked} stands for no single entity now: {ask}."


def _one(
    bare: PairExplained,
    rows: Rows,
    mine: Sequence[RecordRead],
    rules: RulesRead,
    reader: Reader,
    withheld: int,
) -> PairExplained:
    left, right = bare.left, bare.right
    model = rules.models.get(mine[0].kind, "") if mine else ""
    found = replace(bare, are_one=True, withheld=_withheld(withheld, 0, 0), model=model)
    if not (left.record_id and right.record_id):
        return replace(found, sentence=f"They are one: {left.entity_id}.")
    by_id = {r.record_id: r for r in mine}
    units = {r.record_id: r.unit_id for r in mine}
    links = joining(rows.links(list(by_id), list(by_id)), rules.link_from)
    told_of = told_links(rows, mine[0].kind, links, reader.tells_of_usable)
    hidden = len(links) - len(told_of)
    found = replace(found, withheld=_withheld(withheld, 0, hidden))
    links = (*told_of, *same_key_links([r.origin for r in mine], units))
    path = strongest_path(links, left.record_id, right.record_id)
    if path or left.record_id == right.record_id:
        sentence = f"They are one: {left.entity_id}."
    elif withheld or hidden:
        sentence = f"They are one: {left.entity_id}. What joins them rests on sources that you may not use."
    else:
        sentence = f"They are one: {left.entity_id}. No link between them was kept."
    return replace(found, path=tuple(telling.told(k, by_id, rules) for k in path), sentence=sentence)


def _two(
    bare: PairExplained,
    rows: Rows,
    held: Sequence[Sequence[RecordRead]],
    rules: RulesRead,
    reader: Reader,
    withheld: int,
) -> PairExplained:
    left, right = held
    found = replace(
        bare,
        sentence=f"They are two: {bare.left.entity_id} and {bare.right.entity_id}.",
        withheld=_withheld(withheld, 0, 0),
    )
    if not (left and right):
        made = "Households are made of people and homes, and are never compared."
        return replace(found, apart=(KeptApart(rule="kind", sentence=made),))
    kind = left[0].kind
    by_id = {r.record_id: r for r in (*left, *right)}
    every = rows.links([r.record_id for r in left], [r.record_id for r in right])
    between = told_links(rows, kind, every, reader.tells_of_usable)
    hidden = len(every) - len(between)
    found = replace(found, withheld=_withheld(withheld, 0, hidden))
    before = rows.told_apart(*([r.unit_id for r in side] for side in held)) if reader.everything else ()
    apart = list(kept_apart(left, right, between, rules, before))
    scored, told = _best(between, bare), list[ToldLink]()
    if kind == right[0].kind:
        told = [telling.told(k, by_id, rules) for k in scored]
        doubted = [k for k in between if k.number_doubted and k.weight is None]
        if doubted or not (scored and _asked(bare) <= {scored[0].left_record, scored[0].right_record}):
            now, met = _worked_out_now(bare, left, right, rules, rows, reader, doubted)
            told = [now, *told] if now else told
            if not scored and not doubted and not hidden:
                unlinked = not rules.unlinked.isdisjoint(r.origin.source for r in by_id.values())
                apart.append(never_kept(kind, met if now else None, unlinked=unlinked))
    if scored and rules.link_from is not None:
        enough = [k for k in scored if k.by_score >= rules.link_from]
        contested = bool(enough) and all(k.contested for k in enough)
        apart.append(by_score(bool(enough), ruled=bool(apart), contested=contested))
    apart += contradicted(left, right, reader.fallen())
    return replace(found, links=tuple(told), apart=tuple(apart), model=rules.models.get(kind, ""))


def _asked(bare: PairExplained) -> set[str]:
    return {side.record_id for side in (bare.left, bare.right) if side.record_id}


def _best(between: Sequence[answers.Link], bare: PairExplained) -> list[answers.Link]:
    """The strongest links that were scored; first the one between the very records that were asked about."""
    scored = [k for k in between if k.weight is not None]
    scored.sort(key=lambda k: (not _asked(bare) <= {k.left_record, k.right_record}, -(k.weight or 0.0)))
    return scored[:BEST_LINKS]


def _worked_out_now(
    bare: PairExplained,
    left: Sequence[RecordRead],
    right: Sequence[RecordRead],
    rules: RulesRead,
    rows: Rows,
    reader: Reader,
    doubted: Sequence[answers.Link],
) -> tuple[ToldLink | None, bool]:
    """(the best that comparing now finds, whether the build would have compared any of these). Where two records were asked
    about, of these; else of those that hold a number that is `doubted`, if any do."""
    kind = left[0].kind
    if doubted and len(_asked(bare)) < len((left, right)):
        held = {record for k in doubted for record in (k.left_record, k.right_record)}
        left, right = ([r for r in records if r.record_id in held] for records in (left, right))
    sides = [
        [r for r in records if r.record_id == side.record_id] or _newest(records)
        for side, records in ((bare.left, left), (bare.right, right))
    ]
    pairs = list(product(*sides))
    compared = compared_now(
        rows, kind, [(a.record_id, b.record_id) for a, b in pairs], reader.tells_of_usable
    )
    found = [(two, pair) for two, pair in zip(compared, pairs, strict=True) if two is not None]
    if not found:
        return None, False
    best, (one, other) = max(found, key=lambda f: _telling(f[0]))
    return telling.told_now(best, one, other, rules), any(two.met for two, _ in found)


def _telling(two: TwoCompared) -> tuple[bool, float, int, float]:
    """What a build would compare stands by its score. Of others, those say most of which most could be compared: two that
    have nothing in common to compare would score best where all else speaks against."""
    compared = sum(agreement != MISSING for _, agreement, _ in two.compared)
    return two.met, two.weight if two.met else 0.0, compared, two.weight


def _newest(records: Sequence[RecordRead]) -> list[RecordRead]:
    """The newest record of each key, of so many keys."""
    newest: dict[str, RecordRead] = {}
    for record in sorted(records, key=lambda r: (r.origin.last_as_at, r.record_id), reverse=True):
        newest.setdefault(record.unit_id, record)
    return list(newest.values())[:COMPARED_NOW]


def _usable_record(rows: Rows, asked: str, reader: Reader) -> RecordRead | None:
    """The record of that id, where it is one. Raises SourcesWithheld."""
    record = rows.record(asked)
    if record is not None and record.origin.source not in reader.usable:
        raise _refused()
    return record and _keyed(record, reader)


def _keyed(record: RecordRead, reader: Reader) -> RecordRead:
    """Without its key, where that may not be told."""
    if reader.keys(record.origin.source):
        return record
    return replace(record, origin=replace(record.origin, source_key=""))


def _records(
    rows: Rows, entity: answers.Entity, reader: Reader
) -> tuple[Sequence[RecordRead], Sequence[RecordRead]]:
    """(every record of the entity, those that the reader may use). Raises SourcesWithheld where none is left."""
    everything = rows.records(entity.entity_id)
    mine = tuple(_keyed(r, reader) for r in everything if r.origin.source in reader.usable)
    household = entity.kind == kinds.HOUSEHOLD
    if (everything and not mine) or (
        household and not rows.household_sources(entity.entity_id) <= reader.usable
    ):
        raise _refused()
    return everything, mine


def _refused() -> SourcesWithheld:
    return SourcesWithheld(
        "Everything that is known of it rests on sources that you may not use.",
        where="the current release",
        fix="ask for an agreement that covers them",
    )


def _withheld(records: int, claims: int, links: int) -> Withheld:
    sentence = ""
    if records or claims or links:
        said = ", ".join(
            f"{n:,} {noun if n == 1 else noun + 's'}"
            for n, noun in ((records, "record"), (claims, "value"), (links, "link"))
            if n
        )
        verb = "is" if records + claims + links == 1 else "are"
        sentence = f"{said} {verb} left out: what they say rests on sources that you may not use."
    return Withheld(records=records, claims=claims, links=links, sentence=sentence)


def _silenced(resolution: answers.Resolution, whole: bool) -> answers.Resolution:
    return resolution if whole else replace(resolution, steps=_steps(resolution.steps, whole))


def _steps(steps: Sequence[answers.LifeStep], whole: bool) -> tuple[answers.LifeStep, ...]:
    """What happened, without the reasons where some of what they rest on is withheld."""
    return tuple(steps) if whole else tuple(replace(step, reason="", reviewer="") for step in steps)


def without_raw(entity: answers.Entity) -> answers.Entity:
    """Without the sources' own codes beside the standard's: only an explanation of claims needs those."""
    values = {name: value for name, value in entity.values.items() if not name.endswith("_raw")}
    return replace(entity, values=values)
