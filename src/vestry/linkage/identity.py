"""Lasting identities: which entity id of the release before each cluster goes on with, and what became of the rest.

An id goes to the cluster that holds most of its members; ties go to the id that sorts first, so nothing depends
on order. An id is never used for anything else again, and a lost one always resolves: `into_entity` says where to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vestry.ids import EntityId, digest

CREATED: Final = "created"
KEPT: Final = "kept"
MERGED: Final = "merged"
SPLIT: Final = "split"
RETIRED: Final = "retired"
RESTORED: Final = "restored"

LETTER: Final = {"person": "P", "organisation": "O", "property": "R", "household": "H"}
"""First letter of an entity id, so that a person can tell what one names (R: a property, rateable or not)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the predecessor says of one kind: `entity_of` its members, the ids that were `current`, every id ever `used`."""

    entity_of: Mapping[str, str]
    current: Collection[str]
    used: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened to an entity id at this release, with the reason in plain words."""

    entity_id: str
    happened: str
    into_entity: str | None
    reason: str


def identify(
    kind: str, cluster_of: Mapping[str, str], current: Collection[str], before: Before
) -> tuple[dict[str, EntityId], list[Happening]]:
    """Cluster -> entity id, and what happened to every id, old and new.

    `cluster_of` maps every member now held to its cluster; `current` are the members that their source still has.
    """
    shared = _overlap(cluster_of, before.entity_of)
    entity_of = _assigned(shared)
    used = set(before.used)
    members: dict[str, list[str]] = defaultdict(list)
    for member, cluster in cluster_of.items():
        members[cluster].append(member)
    happenings: list[Happening] = []
    for cluster in sorted(members):
        lives = any(m in current for m in members[cluster])
        if cluster in entity_of:
            entity = entity_of[cluster]
            happenings += _went_on(entity, lives, entity in before.current, len(members[cluster]))
            continue
        entity_of[cluster] = _new_id(kind, cluster, used)
        happenings.append(
            Happening(entity_id=entity_of[cluster], happened=CREATED, into_entity=None, reason="first seen")
        )
        if not lives:
            happenings.append(_gone(entity_of[cluster]))
    happenings += _lost_and_split(shared, entity_of, before)
    return entity_of, happenings


def _overlap(cluster_of: Mapping[str, str], entity_of: Mapping[str, str]) -> dict[tuple[str, str], int]:
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for member, cluster in cluster_of.items():
        entity = entity_of.get(member)
        if entity is not None:
            shared[cluster, entity] += 1
    return dict(shared)


def _assigned(shared: Mapping[tuple[str, str], int]) -> dict[str, EntityId]:
    """Each cluster to at most one old id and each id to at most one cluster, most members in common first."""
    taken: set[str] = set()
    found: dict[str, EntityId] = {}
    for (cluster, entity), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        if cluster not in found and entity not in taken:
            found[cluster] = EntityId(entity)
            taken.add(entity)
    return found


def _went_on(entity: str, lives: bool, lived: bool, members: int) -> list[Happening]:
    if lives and not lived:
        return [
            Happening(entity_id=entity, happened=RESTORED, into_entity=None, reason="a source lists it again")
        ]
    if lived and not lives:
        return [_gone(entity)]
    if not lives:
        return []  # retired before, and still so: its life has nothing new
    return [
        Happening(
            entity_id=entity, happened=KEPT, into_entity=None, reason=f"goes on with {members} member(s)"
        )
    ]


def _gone(entity: str) -> Happening:
    return Happening(
        entity_id=entity, happened=RETIRED, into_entity=None, reason="no source lists it any longer"
    )


def _new_id(kind: str, cluster: str, used: set[str]) -> EntityId:
    salt = 0
    while True:
        candidate = f"{LETTER[kind]}{digest(kind, cluster, str(salt))[:15]}"
        if candidate not in used:
            used.add(candidate)
            return EntityId(candidate)
        salt += 1


def _lost_and_split(
    shared: Mapping[tuple[str, str], int], entity_of: Mapping[str, EntityId], before: Before
) -> Iterable[Happening]:
    clusters_of: dict[str, list[str]] = defaultdict(list)
    for cluster, entity in shared:
        clusters_of[entity].append(cluster)
    holders = set(entity_of.values())
    for entity in sorted(set(before.entity_of.values())):
        found = sorted(clusters_of.get(entity, ()), key=lambda c: (-shared[c, entity], c))
        if not found:
            yield Happening(
                entity_id=entity, happened=RETIRED, into_entity=None, reason="no record of it is left"
            )
            continue
        elsewhere: Sequence[str] = [entity_of[c] for c in found if entity_of[c] != entity]
        if entity not in holders and len(elsewhere) == 1:
            yield Happening(
                entity_id=entity,
                happened=MERGED,
                into_entity=elsewhere[0],
                reason="its records were found to be of that one",
            )
            continue
        for successor in elsewhere:
            yield Happening(
                entity_id=entity,
                happened=SPLIT,
                into_entity=successor,
                reason="some of its records were found to be of that one",
            )
