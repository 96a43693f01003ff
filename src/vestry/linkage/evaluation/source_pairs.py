"""Which pairs of sources are joined well and which are not, by source and by kind of source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vestry.linkage.evaluation.counting import score
from vestry.linkage.evaluation.measures import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePair:
    """Pairs with one record in `left` and one in `right`, whichever way round; both may be the same."""

    left: str
    right: str
    score: Score


def kinds_of_source(organisations: Mapping[str, str]) -> dict[str, str]:
    """Source -> the kind of source it is, of source -> organisation.

    What follows the organisation's name, where several organisations have one so called: `brackmere-council-tax`
    is `council-tax` beside `eldershire-council-tax`. Any other source is a kind of its own.
    """
    ending = {
        source: source.removeprefix(f"{organisation}-")
        for source, organisation in organisations.items()
        if source.startswith(f"{organisation}-")
    }
    sharers: dict[str, set[str]] = defaultdict(set)
    for source, suffix in ending.items():
        sharers[suffix].add(organisations[source])
    return {
        source: suffix if (suffix := ending.get(source, "")) and len(sharers[suffix]) > 1 else source
        for source in organisations
    }


def by_source_pair(connection: Any, known: str) -> tuple[SourcePair, ...]:
    """Every unordered pair of sources that shares a pair, joined or true; `known` has `twin, truth, source`.

    Of an entity with a records of one source and b of another, a times b pairs lie across them.
    """

    def across(group: str) -> str:
        return f"""
            SELECT l.source AS left_source, r.source AS right_source,
                   sum(CASE WHEN l.source = r.source THEN l.n * (l.n - 1) // 2 ELSE l.n * r.n END) AS pairs
            FROM sized l JOIN sized r USING ({group}) WHERE l.source <= r.source GROUP BY ALL
            """

    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for at, group in enumerate(("twin, truth", "twin", "truth")):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE sized AS SELECT {group}, source, count(*) AS n FROM {known} GROUP BY ALL"
        )
        for left, right, pairs in connection.execute(across(group)).fetchall():
            counts[left, right][at] = int(pairs)
    connection.execute("DROP TABLE sized")
    return tuple(
        SourcePair(left=left, right=right, score=score(*found))
        for (left, right), found in sorted(counts.items())
        if any(found)
    )


def by_kind_pair(pairs: tuple[SourcePair, ...], kinds: Mapping[str, str]) -> tuple[SourcePair, ...]:
    """The same, added up over sources of one kind."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for pair in pairs:
        left, right = sorted((kinds.get(pair.left, pair.left), kinds.get(pair.right, pair.right)))
        for at, many in enumerate((pair.score.right, pair.score.wrong, pair.score.missed)):
            found[left, right][at] += many
    return tuple(
        SourcePair(left=left, right=right, score=Score(right=r, wrong=w, missed=m))
        for (left, right), (r, w, m) in sorted(found.items())
    )
