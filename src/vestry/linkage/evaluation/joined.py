"""How well the records of one kind were joined: as published, and with every identifier withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vestry.linkage.evaluation.counting import clustering
from vestry.linkage.evaluation.groups import Group, by_group
from vestry.linkage.evaluation.measures import Clustering
from vestry.linkage.evaluation.source_pairs import SourcePair, by_kind_pair, by_source_pair
from vestry.linkage.evaluation.streams import Reading
from vestry.linkage.evaluation.withheld import StandingRules, cluster_again


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """One way in which the records were joined, against the truth."""

    overall: Clustering
    by_kind_pair: tuple[SourcePair, ...]
    by_source_pair: tuple[SourcePair, ...]
    by_group: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of one kind: `records` both know; `absent` are in the truth but not in the twin.

    Absent ones (refused, or gone with their extract) can be joined by no one: they are counted here and are in no pair.
    `withheld` is None where there are no links to go by.
    """

    kind: str
    records: int
    absent: int
    published: Joined
    withheld: Joined | None


def measured(
    connection: Any,
    read: Reading,
    kind: str,
    counts: tuple[int, int],
    *,
    rules: StandingRules | None,
    source_kinds: Mapping[str, str],
    attributes: Sequence[str] = (),
) -> Records:
    """The records of `known_<kind>`, whose `counts` are (known to both, absent). Without `rules` nothing is withheld."""
    withheld = None
    if rules is not None and rules.link_from is not None:
        cluster_again(connection, read, kind, rules.link_from)
        connection.execute(
            f"CREATE VIEW known_again AS SELECT k.source, k.truth, a.twin FROM known_{kind} k "
            f"JOIN again_{kind} a USING (unit_no)"
        )
        withheld = _joined(connection, "known_again", source_kinds, attributes)
        connection.execute(f"DROP VIEW known_again; DROP TABLE again_{kind}")
    published = _joined(connection, f"known_{kind}", source_kinds, attributes)
    records, absent = counts
    return Records(kind=kind, records=records, absent=absent, published=published, withheld=withheld)


def _joined(
    connection: Any, known: str, source_kinds: Mapping[str, str], attributes: Sequence[str]
) -> Joined:
    pairs = by_source_pair(connection, known)
    return Joined(
        overall=clustering(connection, known),
        by_kind_pair=by_kind_pair(pairs, source_kinds),
        by_source_pair=pairs,
        by_group=by_group(connection, known, attributes),
    )
