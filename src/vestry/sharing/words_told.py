"""Which words of reviewers may be told to others, and which of them do not count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vestry.errors import DecisionsInvalid
from vestry.linkage.decisions import Line, Pair, in_force, read_decision_files, words_on
from vestry.linkage.review.contradictions import fallen
from vestry.linkage.review.samples import answers


def may_be_told(line: Line, lines: Sequence[Line]) -> bool:
    """An answer to a sample is told only once two reviewers have given theirs."""
    return not line.sample or len(answers(lines, line.sample).get(line.pair, {})) > 1


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
