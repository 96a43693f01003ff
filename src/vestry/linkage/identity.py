"""Lasting identities: which entity id of the release before each cluster goes on with, and what became of the rest.

An id goes to the cluster that holds most of its members; ties go to the older id, and to what sorts first, so nothing depends
on order. An id is never used for anything else again, and a lost one always resolves: `into_entity` says where to.
An id that had no record left goes on where its records come back, unless they are found to be of one that never ended.

Nearly every cluster goes on with its one id, so those are told in whole columns; only ids that are torn or meet are
looked at one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from vestry.ids import digest

CREATED: Final = "created"
KEPT: Final = "kept"
MERGED: Final = "merged"
SPLIT: Final = "split"
RETIRED: Final = "retired"
RESTORED: Final = "restored"

WITHOUT_RECORDS: Final = "no record of it is left"
"""Why an id was retired of which even history is gone: its extracts were destroyed, or it was sealed."""

LETTER: Final = {"person": "P", "organisation": "O", "property": "R", "household": "H"}
"""First letter of an entity id, so that a person can tell what one names (R: a property, rateable or not)."""

USED: Final = pa.schema([(name, pa.string()) for name in ("entity_id", "born")])
"""Ids, and the release that each is first told of in."""
BELONGING: Final = pa.schema([("member", pa.string()), ("entity_id", pa.string())])
HAPPENINGS: Final = pa.schema(
    [(name, pa.string()) for name in ("entity_id", "happened", "into_entity", "reason")]
)
"""What happened to an entity id at this release, with the reason in plain words."""


def _no_ids() -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([], pa.string())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the predecessor says of one kind: `entity_of` its members (`BELONGING`), the ids that were `current`, and
    every id ever `used` (`USED`). `ended`: whose members those were (`BELONGING`) that it no longer had, of ids that had no
    record left.
    """

    entity_of: pa.Table = field(default_factory=BELONGING.empty_table)
    ended: pa.Table = field(default_factory=BELONGING.empty_table)
    current: pa.ChunkedArray = field(default_factory=_no_ids)
    used: pa.Table = field(default_factory=USED.empty_table)


def identify(kind: str, members: pa.Table, before: Before) -> tuple[pa.Table, pa.Table]:
    """(`cluster, entity_id`, one row each; `HAPPENINGS` of every id, old and new).

    `members` has `member, cluster, current`: every one now held, and whether its source still has it.
    """
    shared, returned = (_shared(members, of) for of in (before.entity_of, before.ended))
    assigned = _assigned(shared, before.used)
    apart = returned.join(assigned.select(["cluster"]), "cluster", join_type="left anti")
    found_again = _assigned(apart, before.used)
    assigned = pa.concat_tables([assigned, found_again])
    held = members.group_by("cluster").aggregate([("current", "any"), ("member", "count")])
    held = held.select(["cluster", "current_any", "member_count"]).rename_columns(
        ["cluster", "lives", "members"]
    )
    going_on = held.join(assigned, "cluster", join_type="left outer").sort_by("cluster")
    old = going_on.filter(going_on["entity_id"].is_valid())
    new = going_on.filter(going_on["entity_id"].is_null())
    named = pa.chunked_array(
        [pa.array(_new_ids(kind, new["cluster"], before.used["entity_id"]), pa.string())]
    )
    new = new.set_column(new.schema.get_field_index("entity_id"), "entity_id", named)
    entity_of = pa.concat_tables([t.select(["cluster", "entity_id"]) for t in (old, new)])
    happened = [
        _went_on(old, before.current, found_again["entity_id"]), _created(new),
        _without_records(shared, before.entity_of),
        _lost_and_split(pa.concat_tables([shared, returned]), entity_of),
    ]  # fmt: skip
    return entity_of, pa.concat_tables(happened)


def _shared(members: pa.Table, entity_of: pa.Table) -> pa.Table:
    """`cluster, entity_id, members`: how many each cluster has of each old id, in no order."""
    met = members.select(["member", "cluster"]).join(entity_of, "member", join_type="inner")
    counted = met.group_by(["cluster", "entity_id"]).aggregate([("member", "count")])
    return counted.select(["cluster", "entity_id", "member_count"]).rename_columns(
        ["cluster", "entity_id", "members"]
    )


def _assigned(shared: pa.Table, used: pa.Table) -> pa.Table:
    """Each cluster to at most one old id and each id to at most one cluster, most members in common first, then the oldest."""
    plain = pc.and_(*(_once(shared[side]) for side in ("cluster", "entity_id")))
    rest = shared.filter(pc.invert(plain))
    rest = rest.join(
        used.filter(pc.is_in(used["entity_id"], value_set=rest["entity_id"].combine_chunks())), "entity_id"
    )
    rest = rest.sort_by(
        [("members", "descending"), *((c, "ascending") for c in ("born", "entity_id", "cluster"))]
    )
    taken: set[str] = set()
    found: dict[str, str] = {}
    for cluster, entity in _rows(rest, "cluster", "entity_id"):
        if cluster not in found and entity not in taken:
            found[cluster] = entity
            taken.add(entity)
    settled = pa.table(
        {
            "cluster": pa.array(list(found), pa.string()),
            "entity_id": pa.array(list(found.values()), pa.string()),
        }
    )
    return pa.concat_tables([shared.filter(plain).select(["cluster", "entity_id"]), settled])


def _once(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Of each text, whether it is there but once."""
    counted = pc.value_counts(texts)
    several = counted.filter(pc.greater(counted.field("counts"), 1)).field("values")
    return pc.invert(pc.is_in(texts, value_set=several))


def _new_ids(kind: str, clusters: pa.ChunkedArray, used: pa.ChunkedArray) -> list[str]:
    """An id for each cluster, made from its name; with other salt where that was used before."""
    names = clusters.to_pylist()
    found = [_id(kind, name) for name in names]
    # Which of many that were used is one of few new ones: the other way round, all that were used would be hashed.
    again = set(used.filter(pc.is_in(used, value_set=pa.array(found, pa.string()))).to_pylist())
    if not again and len(set(found)) == len(found):
        return found
    taken = set(used.to_pylist())
    for at, name in enumerate(names):
        salt = 0
        while (candidate := _id(kind, name, salt)) in taken:
            salt += 1
        taken.add(candidate)
        found[at] = candidate
    return found


def _id(kind: str, cluster: str, salt: int = 0) -> str:
    return f"{LETTER[kind]}{digest(kind, cluster, str(salt))[:15]}"


def _went_on(old: pa.Table, current: pa.ChunkedArray, found_again: pa.ChunkedArray) -> pa.Table:
    """Of ids that go on. One that was retired before, and still is, has nothing new in its life, unless it had no record left."""
    lived, returned = (
        pc.is_in(old["entity_id"], value_set=ids.combine_chunks()) for ids in (current, found_again)
    )
    lives = old["lives"]
    counted = pc.binary_join_element_wise("goes on with ", old["members"].cast(pa.string()), " member(s)", "")
    goes_on = old.append_column("reason", counted).filter(pc.and_(lives, lived))
    return pa.concat_tables(
        [
            _happened(goes_on["entity_id"], KEPT, goes_on["reason"]),
            _happened(
                old.filter(pc.and_(lives, pc.invert(lived)))["entity_id"],
                RESTORED,
                "a source lists a record of it now",
            ),
            _gone(old.filter(pc.and_(pc.invert(lives), lived))),
            _happened(
                old.filter(pc.and_(pc.invert(lives), returned))["entity_id"],
                RETIRED,
                "its records are held again, and no source lists it",
            ),
        ]
    )


def _created(new: pa.Table) -> pa.Table:
    created = _happened(new["entity_id"], CREATED, "first seen")
    return pa.concat_tables([created, _gone(new.filter(pc.invert(new["lives"])))])


def _gone(ended: pa.Table) -> pa.Table:
    return _happened(ended["entity_id"], RETIRED, "no source lists it any longer")


def _without_records(shared: pa.Table, entity_of: pa.Table) -> pa.Table:
    known = pc.unique(entity_of["entity_id"])
    left = pc.is_in(known, value_set=shared["entity_id"].combine_chunks())
    return _happened(known.filter(pc.invert(left)), RETIRED, WITHOUT_RECORDS)


def _lost_and_split(shared: pa.Table, entity_of: pa.Table) -> pa.Table:
    """Of ids whose members, or some of them, are in a cluster that goes by another id."""
    now = shared.join(entity_of.rename_columns(["cluster", "successor"]), "cluster", join_type="inner")
    elsewhere = now.filter(pc.not_equal(now["entity_id"], now["successor"]))
    elsewhere = elsewhere.sort_by(
        [("entity_id", "ascending"), ("members", "descending"), ("cluster", "ascending")]
    )
    successors: dict[str, list[str]] = defaultdict(list)
    for entity, successor in _rows(elsewhere, "entity_id", "successor"):
        successors[entity].append(successor)
    holders = set(entity_of["entity_id"].to_pylist()) if successors else set()
    return pa.Table.from_pylist(list(_told(successors, holders)), schema=HAPPENINGS)


def _told(successors: Mapping[str, list[str]], holders: set[str]) -> Iterator[dict[str, str]]:
    for entity, found in successors.items():
        merged = entity not in holders and len(found) == 1
        reason = (
            "its records were found to be of that one"
            if merged
            else "some of its records were found to be of that one"
        )
        for successor in found:
            yield {
                "entity_id": entity,
                "happened": MERGED if merged else SPLIT,
                "into_entity": successor,
                "reason": reason,
            }


def _happened(entities: pa.Array | pa.ChunkedArray, happened: str, reason: str | pa.ChunkedArray) -> pa.Table:
    count = len(entities)
    columns: list[Any] = [entities, pa.repeat(happened, count), pa.nulls(count, pa.string())]
    columns.append(pa.repeat(reason, count) if isinstance(reason, str) else reason)
    return pa.table(columns, schema=HAPPENINGS)


def _rows(table: pa.Table, *columns: str) -> Iterator[tuple[str, ...]]:
    return zip(*(table[c].to_pylist() for c in columns), strict=True)
