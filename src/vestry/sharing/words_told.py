"""What of reviewers' words may be told to others, which of them do not count, and how long they may be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from vestry.errors import DecisionsInvalid, VestryError
from vestry.linkage.decisions import Line, Pair, Side, in_force, read_decision_files, words_on
from vestry.linkage.review.contradictions import fallen
from vestry.linkage.review.samples import may_be_told

LONGEST_REASON: Final = 1_000
"""Letters of why something was decided."""


def refuse_long(reason: str, error: type[VestryError]) -> None:
    """Raises `error` where a `reason` is longer than anybody would read."""
    if len(reason) > LONGEST_REASON:
        raise error(
            f"The reason is longer than {LONGEST_REASON:,} letters.",
            where="reason",
            fix="say why in a sentence or two, without anybody's details",
        )


def fallen_in(decisions: Path) -> frozenset[Pair]:
    """Pairs of units that a reviewer said are one, by the files in the folder `decisions`, which does not count: other decisions
    contradict it. None where the files cannot be read: whoever builds or reviews is told so."""
    try:
        lines = read_decision_files(decisions).lines
    except DecisionsInvalid:
        return frozenset()
    said = words_on(lines)
    return frozenset(
        pair for pair in fallen(in_force(lines)) if any(may_be_told(word, lines) for word in said[pair])
    )


def without_key(side: Side, hidden: Collection[str]) -> Side:
    """A unit as it may be told: without its key, where it is one of those that are `hidden`."""
    return replace(side, source_key="", seen="") if side.unit in hidden else side


def line_without_keys(line: Line, hidden: Collection[str]) -> Line:
    """The same of both units of a word."""
    return replace(line, left=without_key(line.left, hidden), right=without_key(line.right, hidden))
