"""The pages of review: how it stands, and two records beside each other with what differs marked and the evidence in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from vestry.linkage.decisions import Line
from vestry.linkage.review.queue import Waiting
from vestry.linkage.review.standing import SampleStanding
from vestry.office.pages.below import in_language
from vestry.office.pages.translating import _, gettext_lazy
from vestry.office.pages.words import day, field_name, value_said
from vestry.office.reviewing.marking import Piece, marked
from vestry.sharing.review_answers import PairLook
from vestry.sharing.review_words import as_they_are, evidence_beside, notes_on, why_it_waits
from vestry.twin.reviewing import LookedAt

WORD: Final[Mapping[str, Any]] = {
    "same": gettext_lazy("same"),
    "different": gettext_lazy("different"),
    "cannot tell": gettext_lazy("cannot tell"),
    "withdrawn": gettext_lazy("withdrawn"),
}
"""What a reviewer decided, as it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """How review stands: what waits and why, what was decided, the samples."""

    template: ClassVar[str] = "reviewing/front.html"
    waiting: int
    by_why: tuple[tuple[str, int], ...]
    mine: int
    decided: int
    same: int
    set_aside: int
    different: int
    cannot_tell: int
    addresses: int
    samples: tuple[SampleStanding, ...]
    contradictions: int
    me: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that both records may say. `compares` is the evidence in words."""

    label: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    left_also: tuple[str, ...]
    right_also: tuple[str, ...]
    differs: bool
    compares: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideSaid:
    """One of the two records: where it is from, and what is to be known of it."""

    record_id: str
    source: str
    key: str
    as_at: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPage:
    """Two records. `sample` is the sample that they are answered for, "" for none; `done` of `of` are answered of it."""

    template: ClassVar[str] = "reviewing/pair.html"
    left: SideSaid
    right: SideSaid
    rows: tuple[Row, ...]
    why: str
    services: tuple[str, ...]
    now: str
    said: tuple[str, ...]
    blind: bool
    sample: str = ""
    done: int = 0
    of: int = 0
    decided: int = 0
    last: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DonePage:
    """Nothing waits any more for this reviewer, in the queue or in a sample; of that, `passed` pairs they may not see."""

    template: ClassVar[str] = "reviewing/done.html"
    rest: int
    sample: str = ""
    passed: int = 0
    last: tuple[str, str, str] | None = None


def pair_page(look: PairLook, waiting: Waiting | None, **how: object) -> PairPage:
    """The page of a look. Of a blind one, nothing tells what the machine makes of it."""
    compared = {} if look.blind else evidence_beside(look)
    rows = []
    for column, value in look.left.values.items():
        other = look.right.values[column]
        also = look.left.elsewhere.get(column, ()), look.right.elsewhere.get(column, ())
        if value or other or any(also):
            mine, theirs = marked(value_said(column, value), value_said(column, other))
            rows.append(
                Row(
                    label=field_name(column), left=mine, right=theirs,
                    left_also=tuple(value_said(column, v) for v in also[0]),
                    right_also=tuple(value_said(column, v) for v in also[1]),
                    differs=bool(value and other and value != other), compares=in_language(compared.get(column, "")),
                )
            )  # fmt: skip
    return PairPage(
        left=_side(look.left, look.blind), right=_side(look.right, look.blind), rows=tuple(rows),
        why=in_language(why_it_waits(waiting)) if waiting else "",
        services=tuple(map(in_language, waiting.services)) if waiting else (),
        now="" if look.blind else in_language(as_they_are(look)),
        said=tuple(_said(line, line in look.fallen) for line in look.said),
        blind=look.blind, **how,  # type: ignore[arg-type]
    )  # fmt: skip


def _said(line: Line, fallen: bool) -> str:
    """A word that was said of the two before, and that it does not count where it has `fallen`."""
    if fallen:
        return _("%(said)s. It does not count: other decisions contradict it") % {"said": _word_said(line)}
    return _word_said(line)


def _word_said(line: Line) -> str:
    words = {"word": WORD.get(line.word, line.word), "by": line.by, "day": day(line.at) if line.at else ""}
    if line.by:
        return (_("%(word)s, by %(by)s on %(day)s") if line.at else _("%(word)s, by %(by)s")) % words
    return (_("%(word)s on %(day)s") if line.at else "%(word)s") % words


def _side(side: LookedAt, blind: bool) -> SideSaid:
    return SideSaid(
        record_id=side.record_id,
        source=side.side.source,
        key=side.side.source_key,
        as_at=day(side.as_at),
        notes=() if blind else tuple(map(in_language, notes_on(side))),
    )
