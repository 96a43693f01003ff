"""What the reviewers' desk answers with: plain values, without a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vestry.linkage.decisions import Line, Word
from vestry.linkage.review.queue import Waiting
from vestry.linkage.review.samples import SampledPair
from vestry.twin.answers import Link
from vestry.twin.reviewing import LookedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """The first of `total` pairs that wait; `by_why` counts all of them."""

    release_id: str
    total: int
    by_why: Mapping[str, int]
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLook:
    """Two records beside each other. `link` has the evidence; it and the entities are kept back in a blind look.

    `said` are the decisions on this pair of units that stand (not the answers to a sample that others still answer);
    `changed`, those of them that were taken before one of the two changed; `fallen`, those that do not count, for other decisions
    contradict them.
    """

    release_id: str
    left: LookedAt
    right: LookedAt
    blind: bool
    link: Link | None = None
    said: tuple[Line, ...] = ()
    changed: tuple[Line, ...] = ()
    fallen: tuple[Line, ...] = ()

    @property
    def are_one(self) -> bool:
        """Whether the release has them as one entity."""
        return self.left.entity_id == self.right.entity_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A decision that is on the disk: which file, and what it replaced ("" for nothing).

    `still_in`: samples that count the reviewer's own answer on the pair still, though they took back what they had decided.
    """

    word: Word
    file: str
    before: str
    still_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePosition:
    """Where a reviewer stands in a sample: the next pair (None when all are answered), and how many are done."""

    name: str
    pair: SampledPair | None
    answered: int
    of: int
