"""Links that rest on third people: on whoever lives with the two that are linked.

Nothing is told of these but that there are such, and that only where the reader may be told of some by whom it is known (promise
6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from vestry.linkage.design import MOVED
from vestry.linkage.two_compared import Mover, TwoCompared
from vestry.linkage.two_records import Pairs
from vestry.twin.answers import Link

TellsOf = Callable[[str, str], bool]
"""An entity's id and a source -> whether it may be told of what that source has of them."""
Pair = tuple[str, str]


class Rows(Protocol):
    """`twin.explained_rows.ExplainedRows`."""

    def told_by(self, kind: str, pairs: Pairs) -> Sequence[Sequence[Mover]]: ...
    def compared(
        self, kind: str, pairs: Pairs, *, companions: bool = True
    ) -> Sequence[TwoCompared | None]: ...


def rests_on_others(link: Link) -> bool:
    """Whether part of its evidence is about people who are neither."""
    return any(e.agreement == MOVED for e in link.evidence)


def told_links(rows: Rows, kind: str, links: Sequence[Link], tells_of: TellsOf) -> list[Link]:
    """Those `links` between records of `kind` that rest on nobody else, or on some who may be told of."""
    hidden = untold(rows, kind, [_ends(k) for k in links if rests_on_others(k)], tells_of)
    return [k for k in links if _ends(k) not in hidden]


def _ends(link: Link) -> Pair:
    return link.left_record, link.right_record


def untold(rows: Rows, kind: str, pairs: Iterable[Pair], tells_of: TellsOf) -> frozenset[Pair]:
    """Of pairs of records of which movers tell, those of which none does who may be told of."""
    asked = sorted(set(pairs))
    if not asked:
        return frozenset()
    return frozenset(
        pair
        for pair, movers in zip(asked, rows.told_by(kind, asked), strict=True)
        if not any(
            any(tells_of(entity, source) for entity, source in mover.here)
            and any(tells_of(entity, source) for entity, source in mover.there)
            for mover in movers
        )
    )


def compared_now(rows: Rows, kind: str, pairs: Pairs, tells_of: TellsOf) -> Sequence[TwoCompared | None]:
    """Each pair of records compared now, without what rests on people of whom nothing may be told."""
    compared = rows.compared(kind, pairs)
    others = [pair for pair, two in zip(pairs, compared, strict=True) if two and two.rests_on_others]
    hidden = untold(rows, kind, others, tells_of)
    if not hidden:
        return compared
    without = rows.compared(kind, pairs, companions=False)
    return [b if pair in hidden else a for pair, a, b in zip(pairs, compared, without, strict=True)]
