"""The reviewers' desk: what waits, a look at two records, a decision. Through the gateway, like every other read.

A look shows what two records can be told to be one by, and no more. A decision is entered in the audit log before its
line is written (`linkage.review.recording`), and takes effect at the next build.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, Protocol, TypeVar

from vestry.clock import Clock
from vestry.errors import PairNotReviewable, SampleInvalid
from vestry.linkage.decisions import (
    DIFFERENT,
    SAME,
    WITHDRAWN,
    Decision,
    DecisionFiles,
    Line,
    Side,
    Word,
    in_force,
    read_decision_files,
    words_on,
)
from vestry.linkage.review.allotting import allotted
from vestry.linkage.review.contents import CONTENT, ContentKey, make_key, read_key
from vestry.linkage.review.contradictions import contradictions, fallen
from vestry.linkage.review.queue import CHANGED, Waiting, queue
from vestry.linkage.review.recording import held, record
from vestry.linkage.review.samples import (
    Sample,
    SampledPair,
    Stratum,
    answered_in,
    answers,
    may_be_told,
    read_sample,
    write_sample,
)
from vestry.linkage.review.standing import ReviewStanding, Seen, review_standing
from vestry.place import Place
from vestry.sharing.request import Request
from vestry.sharing.review_answers import PairLook, QueuePage, Recorded, SamplePosition
from vestry.sharing.words_told import line_without_keys, refuse_long, without_key
from vestry.twin.answers import Link
from vestry.twin.reviewing import LookedAt, UnitNow

Answer = TypeVar("Answer")
Action = Literal["review-queue", "review-look", "review-decide", "review-status", "review-sample"]

PURPOSE: Final = "matching-review"
"""Why somebody reviews, unless they say that they practise."""


class Release(Protocol):
    """What the desk asks of an open release."""

    release_id: str
    reviewing: Any
    """`twin.reviewing.Reviewing`, or as much of it as somebody may see (`reviewing_within`)."""

    def link(self, left: str, right: str) -> Link | None:
        """The link between two records, with its evidence."""
        ...


class Asked(Protocol):
    """`Gateway._answer`: decide, enter, read (the current release, unless told another), enter what came of it."""

    def __call__(
        self,
        request: Request,
        read: Callable[[Any], Answer],
        *,
        count: Callable[[Answer], int],
        seen: Callable[[Answer], Sequence[str]] = ...,
        release_id: str | None = None,
    ) -> Answer:
        """What `read` found."""
        ...


class ReviewDesk:
    """Everything that one reviewer does in one place."""

    def __init__(self, *, place: Place, reviewer: str, clock: Clock, ask: Asked) -> None:
        self._place = place
        self._clock = clock
        self._ask = ask
        self.reviewer = reviewer

    def queue(self, *, purpose: str | None, limit: int | None = None) -> QueuePage:
        """What waits, the most worth first; no values. Raises as `Gateway.find`, and DecisionsInvalid."""
        files = read_decision_files(self._place.decisions)

        def read(release: Release) -> QueuePage:
            found = self._waiting(release, files)
            by_why: dict[str, int] = {}
            for waiting in found:
                by_why[waiting.why] = by_why.get(waiting.why, 0) + 1
            return QueuePage(
                release_id=release.release_id, total=len(found), by_why=by_why, waiting=tuple(found[:limit])
            )

        request = self._request("review-queue", purpose, table="links")
        return self._ask(
            request, read, count=lambda page: page.total, seen=lambda page: _entities(page.waiting)
        )

    def look(self, left: str, right: str, *, purpose: str | None, blind: bool = False) -> PairLook:
        """Two records beside each other. Raises as `Gateway.show`, PairNotReviewable and DecisionsInvalid."""
        lines = read_decision_files(self._place.decisions).lines
        without = fallen(in_force(lines))

        def read(release: Release) -> PairLook:
            (one, one_now), (other, other_now) = self._reviewable(release, left, right)
            pair = _pair(one, other)
            hidden = frozenset(looked.side.unit for looked in (one, other) if not looked.keyed)
            left_seen, right_seen = (replace(x, side=without_key(x.side, hidden)) for x in (one, other))
            if blind:
                return PairLook(
                    release_id=release.release_id,
                    left=_blinded(left_seen),
                    right=_blinded(right_seen),
                    blind=True,
                )
            said = [line for line in words_on(lines).get(pair, ()) if may_be_told(line, lines)]
            told = {line.where: line_without_keys(line, hidden) for line in said}
            contents, key = (
                {one.side.unit: one_now, other.side.unit: other_now},
                read_key(self._place.decisions),
            )
            return PairLook(
                release_id=release.release_id,
                left=left_seen,
                right=right_seen,
                blind=False,
                link=release.link(left, right),
                said=tuple(told.values()),
                changed=tuple(told[line.where] for line in said if _has_changed(line, contents, key)),
                fallen=tuple(told[line.where] for line in said if line.word == SAME and pair in without),
            )

        request = self._request("review-look", purpose, entities=(left, right))
        return self._ask(
            request,
            read,
            count=lambda _: 2,
            seen=lambda found: sorted({found.left.entity_id, found.right.entity_id} - {""}),
        )

    def decide(
        self,
        left: str,
        right: str,
        word: Word,
        *,
        reason: str = "",
        sample: str = "",
        purpose: str | None,
    ) -> Recorded:
        """Write down one word on two records' units. It is on the disk when this returns.

        Raises as `look`, NotFound for a sample that is not there or does not hold the pair, and PlaceNotWritable.
        """
        refuse_long(reason, PairNotReviewable)
        drawn = read_sample(self._place.decisions, sample) if sample else None

        def read(release: Release) -> tuple[str, tuple[LookedAt, Any], tuple[LookedAt, Any], bool]:
            one, other = self._reviewable(release, left, right)
            link = release.link(left, right)
            if drawn is not None and _pair(one[0], other[0]) not in {p.pair for p in drawn.pairs}:
                raise PairNotReviewable(
                    "The sample does not hold that pair.",
                    where=f"sample {drawn.name}",
                    fix=f"answer it with: vestry review double {drawn.name}",
                )
            return release.release_id, one, other, link is not None and link.decided_by == "reviewer"

        request = self._request(
            "review-decide", purpose, table="decisions", criteria=(word,), entities=(left, right)
        )
        release_id, (one, one_now), (other, other_now), carried = self._ask(
            request, read, count=lambda _: 1, seen=lambda f: sorted({f[1][0].entity_id, f[2][0].entity_id})
        )
        folder = self._place.decisions
        with held(folder):
            files, at = (
                read_decision_files(folder),
                self._clock.now().isoformat(timespec="microseconds"),
            )
            before = _before(files.lines, _pair(one, other), sample, self.reviewer)
            if word == WITHDRAWN and not before and not carried:
                raise PairNotReviewable(
                    "There is no decision on these two to take back.",
                    where="decisions",
                    fix="see what was decided: vestry review status",
                )
            key = make_key(folder)
            sides = {
                name: {
                    "source": looked.side.source, "source_key": looked.side.source_key, "part": looked.side.part,
                    "kind": looked.side.kind, "seen": key.hashed(looked.side.kind, now),
                }
                for name, looked, now in (("left", one, one_now), ("right", other, other_now))
            }  # fmt: skip
            said = {
                "decision": word, **sides, "by": self.reviewer, "reason": reason, "release": release_id,
                "at": at, **({"sample": sample} if sample else {}),
            }  # fmt: skip
            taken_back = word == WITHDRAWN and not sample
            still_in = answered_in(files.lines, _pair(one, other), self.reviewer) if taken_back else ()
            file = record(folder, said, files.file_for(at))
            return Recorded(word=word, file=f"decisions/{file}", before=before, still_in=still_in)

    def standing(self, *, purpose: str | None) -> ReviewStanding:
        """What was decided by whom, what contradicts, what has changed since, how far reviewers agree, what waits.

        Raises as `queue`.
        """
        files = read_decision_files(self._place.decisions)

        def read(release: Release) -> ReviewStanding:
            units = self._units(release, files)
            standing = review_standing(
                files.lines,
                {unit: Seen(entity_id=u.entity_id, record_id=u.record_id) for unit, u in units.items()},
                changed={d.line.where for d in self._changed(in_force(files.lines), units) if d.line},
                key=read_key(self._place.decisions),
                folder=self._place.decisions,
            )
            return replace(
                standing, release_id=release.release_id, waiting=len(self._waiting(release, files))
            )

        return self._ask(
            self._request("review-status", purpose, table="links"), read, count=lambda s: s.waiting
        )

    def progress(self) -> ReviewStanding:
        """What was decided by whom, and how far reviewers of samples agree: by files alone, so nothing of anybody, and not what
        waits. Raises DecisionsInvalid."""
        folder = self._place.decisions
        return review_standing(
            read_decision_files(folder).lines, {}, changed=set(), key=read_key(folder), folder=folder
        )

    def contradicting(self) -> list[tuple[str, tuple[str, ...]]]:
        """(where two are different, where a chain says that they are one) of every contradiction: files and lines alone."""
        found = contradictions(in_force(read_decision_files(self._place.decisions).lines))
        return [
            (c.apart.line.where if c.apart.line else "", tuple(d.line.where for d in c.chain if d.line))
            for c in found
        ]

    def draw(self, name: str, *, pairs: int, seed: int, purpose: str | None) -> Sample:
        """Draw a stratified sample of pairs and keep it. The same release, seed and number give the same pairs.

        Raises as `queue`, and SampleInvalid.
        """

        def read(release: Release) -> Sample:
            sizes = release.reviewing.strata()
            wanted = allotted(sizes, pairs)
            if not wanted:
                raise SampleInvalid(
                    "There are no pairs to draw from.",
                    where=f"release {release.release_id}",
                    fix="vestry build",
                )
            rows = release.reviewing.drawn(seed, wanted)
            return Sample(
                name=name, release=release.release_id, seed=seed, by=self.reviewer,
                at=self._clock.now().isoformat(timespec="seconds"),
                strata=tuple(Stratum(name=n, size=sizes[n], drawn=wanted[n]) for n in sorted(sizes)),
                pairs=tuple(
                    SampledPair(**{**row, "left": Side(**row["left"]), "right": Side(**row["right"])}) for row in rows
                ),
            )  # fmt: skip

        request = self._request("review-sample", purpose, table="links")
        sample = self._ask(request, read, count=lambda s: len(s.pairs))
        with held(self._place.decisions):
            write_sample(self._place.decisions, sample)
        return sample

    def position(self, name: str, *, without: Collection[tuple[str, str]] = ()) -> SamplePosition:
        """Where this reviewer stands in a sample; the next pair is none of `without`. What others answered is not
        looked at. Raises NotFound."""
        sample = read_sample(self._place.decisions, name)
        said = answers(read_decision_files(self._place.decisions).lines, name)
        open_ = [p for p in sample.pairs if self.reviewer not in said.get(p.pair, {})]
        return SamplePosition(
            name=name,
            pair=next((p for p in open_ if p.pair not in without), None),
            answered=len(sample.pairs) - len(open_),
            of=len(sample.pairs),
        )

    def _request(self, action: Action, purpose: str | None, **said: Any) -> Request:
        return Request(action=action, purpose=purpose, **said)

    def _reviewable(
        self, release: Release, left: str, right: str
    ) -> tuple[tuple[LookedAt, Mapping[str, Any]], tuple[LookedAt, Mapping[str, Any]]]:
        one, other = release.reviewing.looked_at(left), release.reviewing.looked_at(right)
        sides = one[0].side, other[0].side
        unlinked = release.reviewing.unlinked()
        fault = (
            "Both are contents of one key of one source, which is one by its own word."
            if sides[0].unit == sides[1].unit
            else "They are of different kinds."
            if sides[0].kind != sides[1].kind
            else "Properties are told apart by their addresses: see vestry review addresses."
            if sides[0].kind not in CONTENT
            else "The contract of one of their sources says that its records may not be linked."
            if any(side.source in unlinked for side in sides)
            else ""
        )
        if fault:
            raise PairNotReviewable(
                fault, where=f"release {release.release_id}", fix="see what waits: vestry review list"
            )
        return one, other

    def _waiting(self, release: Release, files: DecisionFiles) -> list[Waiting]:
        units = self._units(release, files)
        decisions = in_force(files.lines)
        decided = {
            frozenset(units[u].entity_id for u in d.pair)
            for d in decisions
            if all(u in units for u in d.pair)
        }
        untold = {
            frozenset(units[u].entity_id for u in pair): {w.by or "somebody" for w in words}
            for pair, words in words_on(files.lines).items()
            if words and not {w.word for w in words} & {SAME, DIFFERENT} and all(u in units for u in pair)
        }
        changed = [
            Waiting(
                left_record=units[d.left_unit].record_id, right_record=units[d.right_unit].record_id,
                left_entity=units[d.left_unit].entity_id, right_entity=units[d.right_unit].entity_id,
                kind=units[d.left_unit].kind, why=CHANGED, probability=None, numbers_differ=False, worth=0.0,
                records=0, where=d.line.where,
            )
            for d in self._changed(decisions, units)
            if d.line and all(u in units for u in d.pair)
        ]  # fmt: skip
        return queue(release.reviewing.candidates(), decided=decided, undecidable=untold, changed=changed)

    def _units(self, release: Release, files: DecisionFiles) -> dict[str, UnitNow]:
        named = sorted({unit for line in files.lines for unit in line.pair})
        return release.reviewing.units(named) if named else {}

    def _changed(self, decisions: Sequence[Decision], units: Mapping[str, UnitNow]) -> list[Decision]:
        """The decisions of which one side says something else now than when it was looked at."""
        key, contents = (
            read_key(self._place.decisions),
            {unit: found.content for unit, found in units.items()},
        )
        return [d for d in decisions if d.line is not None and _has_changed(d.line, contents, key)]


def _entities(waiting: Sequence[Waiting]) -> list[str]:
    return sorted({e for w in waiting for e in (w.left_entity, w.right_entity)})


def _pair(one: LookedAt, other: LookedAt) -> tuple[str, str]:
    left, right = sorted((one.side.unit, other.side.unit))
    return left, right


def _blinded(looked: LookedAt) -> LookedAt:
    """Without what tells whether the machine has joined it."""
    return replace(looked, entity_id="", elsewhere={}, records=0, sources=0)


def _before(lines: Sequence[Line], pair: tuple[str, str], sample: str, reviewer: str) -> str:
    """What stood before: of a sample only the reviewer's own answer; otherwise `same`, `different` or another word."""
    if sample:
        own = answers(lines, sample).get(pair, {}).get(reviewer)
        return own.word if own else ""
    standing = [d for d in in_force(lines) if d.pair == pair]
    if standing:
        return SAME if standing[0].same else DIFFERENT
    words = words_on(lines).get(pair, [])
    return words[-1].word if words else ""


def _has_changed(line: Line, contents: Mapping[str, Mapping[str, Any]], key: ContentKey | None) -> bool:
    return key is not None and any(
        key.made(side.seen)
        and side.unit in contents
        and key.hashed(side.kind, contents[side.unit]) != side.seen
        for side in (line.left, line.right)
    )
