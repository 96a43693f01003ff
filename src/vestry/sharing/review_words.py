"""How a look at two records is put into words, on the command line and on the office's pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from vestry.linkage.design import MISSING
from vestry.linkage.review.queue import (
    CHANGED,
    KEPT_APART,
    NOBODY_COULD_TELL,
    NUMBER_DOUBTED,
    UNSURE,
    Waiting,
)
from vestry.linkage.wording import (
    AGAINST,
    FAIRLY_STRONG,
    NONE,
    SOME,
    STRONG,
    STRONGLY_AGAINST,
    VERY_STRONG,
    strength_of,
)

if TYPE_CHECKING:
    from vestry.sharing.review_answers import PairLook
    from vestry.twin.answers import Evidence
    from vestry.twin.reviewing import LookedAt

EVIDENCE_OF: Final[Mapping[str, str]] = {"address": "address_lines", "inspection": "rating"}
"""Evidence on several columns together -> the column that it is shown beside."""

STRENGTHS: Final = {
    VERY_STRONG: "speaks very strongly for it",
    STRONG: "speaks strongly for it",
    FAIRLY_STRONG: "speaks fairly strongly for it",
    SOME: "speaks for it",
    NONE: "speaks for neither",
    AGAINST: "speaks against it",
    STRONGLY_AGAINST: "speaks strongly against it",
}
"""Strength of evidence, as an explanation has it (`linkage.wording.SCALE`) -> how it speaks for or against."""

WHY: Final = {
    UNSURE: "the model is not sure",
    KEPT_APART: "they scored as one, and a rule keeps them apart",
    NUMBER_DOUBTED: "they hold one number, and all else speaks against it",
    NOBODY_COULD_TELL: "a reviewer could not tell",
    CHANGED: "decided before one of them changed",
}
_DECIDERS: Final = {"identifier": "a number that both hold", "reviewer": "a reviewer's word"}


def evidence_in_words(evidence: Evidence) -> str:
    """How one thing compares, and how strongly that speaks for or against their being one."""
    if evidence.weight is None:
        return f"{evidence.agreement}: decides"
    if evidence.agreement == MISSING:
        return evidence.agreement
    return f"{evidence.agreement}: {STRENGTHS[strength_of(evidence.weight)]}"


def evidence_beside(look: PairLook) -> dict[str, str]:
    """Column of a look -> how the two compare in it, in words."""
    compared = look.link.evidence if look.link else ()
    return {EVIDENCE_OF.get(e.field, e.field): evidence_in_words(e) for e in compared}


def why_it_waits(waiting: Waiting) -> str:
    """Why a pair is in the queue."""
    if waiting.why == KEPT_APART and waiting.numbers_differ:
        return "they scored as one, and have two NHS numbers"
    return WHY[waiting.why] + (f" ({waiting.where})" if waiting.where else "")


def notes_on(side: LookedAt) -> tuple[str, ...]:
    """What is to be known of one record besides its values."""
    notes = []
    if not side.newest:
        notes.append("its source says something else now")
    elif not side.current:
        notes.append("no longer listed")
    if side.records:
        records = "1 record" if side.records == 1 else f"{side.records:,} records"
        sources = "1 source" if side.sources == 1 else f"{side.sources:,} sources"
        notes.append(f"{records} of {sources}")
    return tuple(notes)


def as_they_are(look: PairLook) -> str:
    """Whether the release has them as one or two, and by what."""
    return f"Now they are {'one' if look.are_one else 'two'}{_by(look)}."


def _by(look: PairLook) -> str:
    if look.link is None:
        return "; they were never compared closely"
    if look.link.decided_by in ("model", "repeat"):
        return f"; the model gives {look.link.probability:.3f} that they are one"
    return f", by {_DECIDERS.get(look.link.decided_by, look.link.decided_by)}"
