"""What joins records: the strongest way from one to another through the links between them, and what holds least. Pure."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import log
from typing import Final

from vestry.twin.answers import Link, Origin

SAME_KEY: Final = "same-key"
"""`decided_by` of a link that no one scored: both records are contents of one key of one source."""


REVIEWER: Final = "reviewer"
_STANDING: Final = {REVIEWER: 0, "identifier": 1}
"""In the order of `linkage.clusters`: a person's word before a number, a number before a score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A link that joined two groups of records: both of them, as they were before it."""

    link: Link
    left: frozenset[str]
    right: frozenset[str]


def same_key_links(origins: Sequence[Origin], unit_of: Mapping[str, str] | None = None) -> tuple[Link, ...]:
    """A sure link between each two records that follow one another under one source's key and part.

    `unit_of` (record -> unit) says better what is one key: of a property, it is the address.
    """
    found = []
    latest: dict[object, Origin] = {}
    for origin in sorted(origins, key=lambda o: (o.last_as_at, o.record_id)):
        key = (unit_of or {}).get(origin.record_id) or (origin.source, origin.source_key, origin.part)
        if key in latest:
            found.append(
                Link(
                    left_record=latest[key].record_id,
                    right_record=origin.record_id,
                    probability=1.0,
                    weight=None,
                    decided_by=SAME_KEY,
                    evidence=(),
                )
            )
        latest[key] = origin
    return tuple(found)


def strongest_path(links: Sequence[Link], start: str, end: str) -> tuple[Link, ...]:
    """The links from `start` to `end` whose probabilities have the greatest product; () when there is no way.

    Dijkstra's algorithm on -log(probability); of equally strong ways, the one first by record id.
    """
    neighbours: dict[str, list[tuple[str, Link]]] = defaultdict(list)
    for link in sorted(links, key=_strongest_first):
        neighbours[link.left_record].append((link.right_record, link))
        neighbours[link.right_record].append((link.left_record, link))
    queue: list[tuple[float, str, int, tuple[Link, ...]]] = [(0.0, start, 0, ())]
    pushed = count(1)
    reached: set[str] = set()
    while queue:
        cost, record, _, path = heapq.heappop(queue)
        if record in reached:
            continue
        if record == end:
            return path
        reached.add(record)
        for other, link in neighbours[record]:
            if other not in reached and link.probability > 0:
                heapq.heappush(queue, (cost - log(link.probability), other, next(pushed), (*path, link)))
    return ()


def _strongest_first(link: Link) -> tuple[int, float, float, str, str]:
    return (
        _STANDING.get(link.decided_by, 2), -(link.weight or 0.0), -link.probability, link.left_record, link.right_record,
    )  # fmt: skip


def joining(links: Sequence[Link], link_from: float | None) -> tuple[Link, ...]:
    """Those that join: all but a reviewer's "different", scores below the threshold, where it is known, and what is contested."""
    return tuple(
        k
        for k in links
        if k.probability > 0
        and not k.contested
        and (k.decided_by in _STANDING or k.probability >= (link_from or 0.0))
    )


def joined(records: Sequence[str], links: Sequence[Link], unit_of: Mapping[str, str]) -> tuple[Joined, ...]:
    """How the records came together: the fewest, strongest links, each with what it joined, strongest first.

    Records of one unit are together from the beginning. Links to other records are left out.
    """
    group_of: dict[str, frozenset[str]] = {}
    for record in records:
        unit = unit_of.get(record, record)
        group_of[record] = frozenset(r for r in records if unit_of.get(r, r) == unit)
    found = []
    for link in sorted(links, key=_strongest_first):
        left, right = group_of.get(link.left_record), group_of.get(link.right_record)
        if left is None or right is None or left == right:
            continue
        found.append(Joined(link=link, left=left, right=right))
        together = left | right
        for record in together:
            group_of[record] = together
    return tuple(found)


def pieces(records: Sequence[str], joins: Sequence[Joined], unit_of: Mapping[str, str]) -> int:
    """In how many groups the records are once everything in `joins` has joined."""
    return len({unit_of.get(r, r) for r in records}) - len(joins)
