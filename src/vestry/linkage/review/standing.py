"""How review stands: what was decided, by whom, what contradicts, what has changed, how far reviewers agree. Pure.

Decisions are named by file and line, and by record ids where the release still has the records: never by values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vestry.linkage.decisions import DIFFERENT, SAME, Decision, Line, Pair, in_force, words_on
from vestry.linkage.review.agreement import Agreement
from vestry.linkage.review.contents import ContentKey
from vestry.linkage.review.contradictions import contradictions, settled
from vestry.linkage.review.samples import agreements, answers, may_be_told, read_sample, sample_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where a decided unit is in the release: its entity and its newest record."""

    entity_id: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A decision by its place: file and line, and the records of its two units ("" where the release has none)."""

    word: str
    where: str
    by: str
    at: str
    left_record: str
    right_record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement(Named):
    """A pair of a sample of which reviewers `said` different things; the word that stands is "different"."""

    said: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Decisions that contradict: `apart` says two, and every one of `chain` falls because together they say one."""

    apart: Named
    chain: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStanding:
    """How far a sample is: pairs, how many each reviewer has answered, and how far every two agree."""

    name: str
    pairs: int
    answered: Mapping[str, int]
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStanding:
    """Counts and names of decisions; `waiting` is how long the queue is.

    `same` and `different` are in force; `set_aside`, every "same" that others contradict. `by_reviewer` counts lines. `gone`:
    decisions of which neither side is in the release; `half_gone`, those of which one is not. `unseen`: decisions in force that
    do not say what was seen (older lines), or say it by a key that was lost.
    """

    lines: int
    same: int
    different: int
    set_aside: int
    cannot_tell: int
    by_reviewer: Mapping[str, int]
    contradictions: tuple[Chain, ...]
    disagreements: tuple[Disagreement, ...]
    changed: tuple[Named, ...]
    gone: int
    half_gone: int
    unseen: int
    key_lost: bool
    samples: tuple[SampleStanding, ...]
    release_id: str = ""
    waiting: int = 0


def review_standing(
    lines: Sequence[Line],
    seen: Mapping[str, Seen],
    *,
    changed: Collection[str],
    key: ContentKey | None,
    folder: Path,
) -> ReviewStanding:
    """The standing of all decisions. `seen` has the decided units of the release; `changed`, where decisions are whose
    records say something else now; `folder` holds the samples. Raises SampleInvalid.
    """
    decisions = in_force(lines)
    holding = settled(decisions)
    words = words_on(lines)
    told = [d for d in decisions if d.line is not None]
    untold = [w for w in words.values() if w and not {x.word for x in w} & {SAME, DIFFERENT}]
    unseen = [d for d in told if not _comparable(d, key)]
    return ReviewStanding(
        lines=len(lines),
        same=sum(d.same for d in holding),
        different=sum(not d.same for d in holding),
        set_aside=len(decisions) - len(holding),
        cannot_tell=len(untold),
        by_reviewer=dict(sorted(Counter(line.by or "(not said)" for line in lines).items())),
        contradictions=tuple(
            Chain(apart=_named(c.apart, seen), chain=tuple(_named(d, seen) for d in c.chain))
            for c in contradictions(decisions)
        ),
        disagreements=tuple(_disagreements(told, words, lines, seen)),
        changed=tuple(_named(d, seen) for d in told if d.line and d.line.where in changed),
        gone=sum(all(unit not in seen for unit in d.pair) for d in decisions),
        half_gone=sum(sum(unit in seen for unit in d.pair) == 1 for d in decisions),
        unseen=len(unseen),
        key_lost=any(d.line and (d.line.left.seen or d.line.right.seen) for d in unseen),
        samples=tuple(_sample(lines, folder, name) for name in sample_names(folder)),
    )


def _comparable(decision: Decision, key: ContentKey | None) -> bool:
    line = decision.line
    return key is not None and line is not None and all(key.made(s.seen) for s in (line.left, line.right))


def _named(decision: Decision, seen: Mapping[str, Seen]) -> Named:
    word = SAME if decision.same else DIFFERENT
    return Named(**_where(decision.pair, decision.line, seen), word=word)


def _disagreements(
    decisions: Sequence[Decision],
    words: Mapping[Pair, Sequence[Line]],
    lines: Sequence[Line],
    seen: Mapping[str, Seen],
) -> Iterator[Disagreement]:
    """Those pairs on which words stand that differ; none that another reviewer of a sample might still be asked for."""
    for decision in decisions:
        told = [w for w in words[decision.pair] if may_be_told(w, lines)]
        if {SAME, DIFFERENT} <= {w.word for w in told}:
            said = tuple(Named(**_where(w.pair, w, seen), word=w.word) for w in told)
            yield Disagreement(**_where(decision.pair, decision.line, seen), word=DIFFERENT, said=said)


def _where(pair: Pair, line: Line | None, seen: Mapping[str, Seen]) -> dict[str, str]:
    left, right = (seen[u].record_id if u in seen else "" for u in pair)
    told = {name: getattr(line, name) if line else "" for name in ("where", "by", "at")}
    return {**told, "left_record": left, "right_record": right}


def _sample(lines: Sequence[Line], folder: Path, name: str) -> SampleStanding:
    answered = Counter(by for said in answers(lines, name).values() for by in said)
    return SampleStanding(
        name=name,
        pairs=len(read_sample(folder, name).pairs),
        answered=dict(sorted(answered.items())),
        agreements=tuple(agreements(lines, name)),
    )
