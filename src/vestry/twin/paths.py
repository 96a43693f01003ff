"""What joins records: the strongest way from one to another through the links between them. Pure."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from math import log
from typing import Final

from vestry.twin.answers import Link, Origin

SAME_KEY: Final = "same-key"
"""`decided_by` of a link that no one scored: both records are contents of one key of one source."""


def same_key_links(origins: Sequence[Origin]) -> tuple[Link, ...]:
    """A sure link between each two records that follow one another under one source's key and part."""
    found = []
    latest: dict[tuple[str, str, str], Origin] = {}
    for origin in sorted(origins, key=lambda o: (o.last_as_at, o.record_id)):
        key = (origin.source, origin.source_key, origin.part)
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
    for link in links:
        neighbours[link.left_record].append((link.right_record, link))
        neighbours[link.right_record].append((link.left_record, link))
    queue: list[tuple[float, str, tuple[Link, ...]]] = [(0.0, start, ())]
    reached: set[str] = set()
    while queue:
        cost, record, path = heapq.heappop(queue)
        if record in reached:
            continue
        if record == end:
            return path
        reached.add(record)
        for other, link in neighbours[record]:
            if other not in reached and link.probability > 0:
                heapq.heappush(queue, (cost - log(link.probability), other, (*path, link)))
    return ()


def _strongest_first(link: Link) -> tuple[float, int, float, str, str]:
    """Of equally likely links, one that somebody or something decided stands before one that was scored."""
    scored = link.decided_by in ("model", "repeat")
    return (-link.probability, int(scored), -(link.weight or 0.0), link.left_record, link.right_record)


def spanning_links(links: Sequence[Link]) -> tuple[Link, ...]:
    """The fewest, strongest links that join the same records, strongest first."""
    group: dict[str, str] = {}

    def root(record: str) -> str:
        while group.setdefault(record, record) != record:
            record = group[record]
        return record

    kept = []
    for link in sorted(links, key=_strongest_first):
        left, right = root(link.left_record), root(link.right_record)
        if left != right:
            group[left] = right
            kept.append(link)
    return tuple(kept)
