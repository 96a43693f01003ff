"""What the answers to a sample tell of the release that it was drawn from: as a whole, by pair of sources, by group. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vestry.linkage.decisions import CANNOT_TELL, DIFFERENT, SAME, Line, Pair, words_on
from vestry.linkage.evaluation.estimates import Cell, Estimates, estimated
from vestry.linkage.review.frames import Frame, FrameStratum
from vestry.linkage.review.samples import Sample, SampledPair, answers

DISAGREED: Final = "disagreed"

FEW_ANSWERS: Final = 50
"""A group, or a pair of sources, with fewer answers is too small to say much about."""

TOO_FEW: Final = 10
"""With fewer than so many nothing is said at all: it would tell of single people, and of chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Of `drawn` pairs: what was answered, and what was not."""

    drawn: int
    same: int
    different: int
    cannot_tell: int
    disagreed: int

    @property
    def missing(self) -> int:
        """Pairs that nobody has answered."""
        return self.drawn - self.same - self.different - self.cannot_tell - self.disagreed


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumStanding:
    """One stratum: its pairs in the release, and how far it is answered."""

    name: str
    joined: bool
    size: int
    answered: Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One group, or one pair of kinds of source. `found` None: fewer than `TOO_FEW` of `answered` pairs."""

    attribute: str
    value: str
    answered: int
    found: Estimates | None

    @property
    def few(self) -> bool:
        """Whether it is too small to say much about."""
        return self.answered < FEW_ANSWERS


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """What a sample tells. `if_same` and `if_different`: were all those the one, or the other, that nobody could tell
    or on which reviewers disagreed. `rate`: the share of the pairs in no link that were counted.
    `by_group` None: the release is gone that says who is in which.
    """

    name: str
    release: str
    answered: Answered
    overall: Estimates
    if_same: Estimates
    if_different: Estimates
    rate: float
    strata: tuple[StratumStanding, ...]
    by_source_pair: tuple[Part, ...]
    by_group: tuple[Part, ...] | None


def final_words(lines: Sequence[Line], name: str) -> dict[Pair, str]:
    """Of each pair of a sample that was answered: `same`, `different`, `cannot tell` or `disagreed`.

    One reviewer's word stands beside another's who cannot tell. Where two differ, a decision that was taken afterwards
    outside the sample settles it.
    """
    standing = words_on(lines)
    found: dict[Pair, str] = {}
    for pair, said in answers(lines, name).items():
        words = {line.word for line in said.values()} - {CANNOT_TELL}
        after = [w.word for w in standing.get(pair, ()) if w.word in (SAME, DIFFERENT)]
        settled = len(after) == 1 and all(not w.sample for w in standing[pair])
        if said:
            found[pair] = (
                words.pop() if len(words) == 1
                else CANNOT_TELL if not words
                else after[0] if settled
                else DISAGREED
            )  # fmt: skip
    return found


def sample_report(
    sample: Sample,
    frame: Frame,
    lines: Sequence[Line],
    groups: Sequence[Mapping[str, Sequence[str]]] | None,
) -> SampleReport:
    """Everything that is known of a sample by now. `groups`: of each of its pairs, in order, attribute -> values."""
    words = final_words(lines, sample.name)
    said = [(pair, words.get(pair.pair, "")) for pair in sample.pairs]
    of_stratum: dict[str, list[str]] = defaultdict(list)
    for pair, word in said:
        of_stratum[pair.stratum].append(word)

    def whole(**as_if: str) -> Estimates:
        return estimated(
            _cell(s, s.size, [as_if.get(_KEY.get(w, ""), w) for w in of_stratum[s.name]])
            for s in frame.strata
        )

    return SampleReport(
        name=sample.name,
        release=sample.release,
        answered=_answered(word for _, word in said),
        overall=whole(),
        if_same=whole(untold=SAME),
        if_different=whole(untold=DIFFERENT),
        rate=min((s.rate for s in frame.strata), default=1.0),
        strata=tuple(
            StratumStanding(name=s.name, joined=s.joined, size=s.size, answered=_answered(of_stratum[s.name]))
            for s in frame.strata
        ),
        by_source_pair=_by_source_pair(frame, said),
        by_group=None if groups is None else _by_group(frame, said, groups),
    )


_KEY: Final = {CANNOT_TELL: "untold", DISAGREED: "untold"}


def _answered(words: Iterable[str]) -> Answered:
    counted = Counter(words)
    return Answered(
        drawn=counted.total(), same=counted[SAME], different=counted[DIFFERENT],
        cannot_tell=counted[CANNOT_TELL], disagreed=counted[DISAGREED],
    )  # fmt: skip


def _by_source_pair(frame: Frame, said: Sequence[tuple[SampledPair, str]]) -> tuple[Part, ...]:
    def kinds(pair: SampledPair) -> tuple[str, str]:
        one, other = sorted(frame.kinds.get(s.source, s.source) for s in (pair.left, pair.right))
        return one, other

    sizes: Sizes = defaultdict(Counter)
    for stratum in frame.strata:
        for cell in stratum.cells:
            sizes[cell.kinds][stratum.name] += cell.size
    return _parts(frame, sizes, [(pair.stratum, [kinds(pair)], word) for pair, word in said])


def _by_group(
    frame: Frame, said: Sequence[tuple[SampledPair, str]], groups: Sequence[Mapping[str, Sequence[str]]]
) -> tuple[Part, ...]:
    sizes: Sizes = defaultdict(Counter)
    for stratum in frame.strata:
        for group in stratum.groups:
            sizes[group.attribute, group.value][stratum.name] += group.size
    met = [
        (pair.stratum, [(attribute, v) for attribute, values in of_pair.items() for v in values], word)
        for (pair, word), of_pair in zip(said, groups, strict=True)
    ]
    return _parts(frame, sizes, met)


Sizes = dict[tuple[str, str], Counter[str]]
"""Name of a part -> stratum -> pairs."""


def _parts(
    frame: Frame, sizes: Sizes, met: Sequence[tuple[str, Sequence[tuple[str, str]], str]]
) -> tuple[Part, ...]:
    """Every part of `sizes`. `met` is of each sampled pair: stratum, parts, word.

    Post-stratified: what was answered of the part's own pairs of a stratum is weighed up to their number in it (Holt
    and Smith 1979, Journal of the Royal Statistical Society A 142, 33-46). Where none was, the stratum's others stand in.
    """
    own: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    every: dict[str, list[str]] = defaultdict(list)
    for stratum, parts, word in met:
        every[stratum].append(word)
        for part in parts:
            own[part][stratum].append(word)
    found = []
    for part in sorted(sizes, key=lambda k: (k[0], _in_order(k[1]))):
        answered = sum(w in (SAME, DIFFERENT) for words in own[part].values() for w in words)
        cells = []
        for at in frame.strata if answered >= TOO_FEW else ():
            cell = _cell(at, sizes[part][at.name], own[part][at.name])
            if not cell.answered:
                cell = _cell(at, sizes[part][at.name], every[at.name], borrowed=True)
            cells.append(cell)
        found.append(
            Part(
                attribute=part[0], value=part[1], answered=answered,
                found=estimated(cells) if answered >= TOO_FEW else None,
            )
        )  # fmt: skip
    return tuple(found)


def _cell(stratum: FrameStratum, size: int, words: Sequence[str], *, borrowed: bool = False) -> Cell:
    return Cell(
        joined=stratum.joined, size=size, same=words.count(SAME), different=words.count(DIFFERENT),
        rate=stratum.rate, borrowed=borrowed,
    )  # fmt: skip


def _in_order(value: str) -> tuple[float, str]:
    """Bands by their first number, words by letter."""
    first = value.split("-", maxsplit=1)[0].rstrip("+")
    return float(first) if first.isdecimal() else 1_000.0, value
