"""Links in words: who is linked, by what, how strong each piece of evidence is, and what it comes to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vestry.linkage import wording
from vestry.linkage.design import HOME
from vestry.linkage.two_compared import TwoCompared
from vestry.linkage.wording import Statement
from vestry.twin.answers import Evidence, Link
from vestry.twin.explained import Join, RecordRead, RulesRead, ToldLink, WeakestJoin
from vestry.twin.paths import REVIEWER, SAME_KEY, Joined

SCORED: Final = ("model", "repeat")
ROUNDING: Final = 0.05
"""Bits by which a total may differ from its rounded pieces."""


def told(
    link: Link, records: Mapping[str, RecordRead], rules: RulesRead, *, worked_out_now: bool = False
) -> ToldLink:
    """One link in words. Both its records are in `records`."""
    left, right = records[link.left_record], records[link.right_record]
    evidence = wording.statements(left.kind, ((e.field, e.agreement, e.weight) for e in link.evidence))
    prior = rules.prior.get(left.kind)
    by_model = link.weight is not None
    asked = by_model and link.decided_by in SCORED and rules.link_from is not None
    return ToldLink(
        left_record=link.left_record,
        right_record=link.right_record,
        left_key=left.key,
        right_key=right.key,
        decided_by=link.decided_by,
        probability=link.probability,
        weight=link.weight,
        prior=prior if by_model else None,
        evidence=evidence,
        sentence=_headline(link, left, right, evidence),
        before=wording.prior_sentence(left.kind, prior) if by_model and prior is not None else "",
        closing=_closing(link, left.kind, evidence, prior),
        threshold=wording.threshold_sentence(link.weight or 0.0, rules.link_from or 0.0) if asked else "",
        worked_out_now=worked_out_now,
    )


def told_now(compared: TwoCompared, left: RecordRead, right: RecordRead, rules: RulesRead) -> ToldLink:
    """A comparison that was worked out just now, in words."""
    link = Link(
        left_record=left.record_id,
        right_record=right.record_id,
        probability=compared.probability,
        weight=compared.weight,
        decided_by="model",
        evidence=tuple(Evidence(field=f, agreement=a, weight=w) for f, a, w in compared.compared),
    )
    return told(link, {r.record_id: r for r in (left, right)}, rules, worked_out_now=True)


def joins(found: Sequence[Joined], records: Mapping[str, RecordRead], rules: RulesRead) -> tuple[Join, ...]:
    """The steps in which records came together, in words."""
    return tuple(
        Join(number=n, link=told(one.link, records, rules), together=len(one.left | one.right))
        for n, one in enumerate(found, start=1)
    )


def weakest(found: Sequence[Joined], links: Sequence[Link]) -> WeakestJoin | None:
    """The join that holds least: the last, for they come strongest first. `links` are all that join."""
    if not found:
        return None
    last = found[-1]
    sides = (last.left, last.right)
    others = [
        k
        for k in links
        if k is not last.link
        and any(k.left_record in one and k.right_record in other for one, other in (sides, sides[::-1]))
    ]
    left, right = len(last.left), len(last.right)
    apart = f"If it were wrong, the records would fall in two: {left} and {right}"
    which = f"The weakest join is number {len(found)}." if len(found) > 1 else "All rests on this one join."
    but = (
        f", were it not for {_links(len(others))} that also leads across, no stronger than it."
        if len(others) == 1
        else f", were it not for {_links(len(others))} that also lead across, none stronger than it."
    )
    return WeakestJoin(
        number=len(found),
        left_records=left,
        right_records=right,
        others=len(others),
        sentence=f"{which} {apart}{but if others else '.'}",
    )


def _links(number: int) -> str:
    return "another link" if number == 1 else f"{number:,} other links"


def _headline(link: Link, left: RecordRead, right: RecordRead, evidence: Sequence[Statement]) -> str:
    both = f"{left.key} and {right.key}"
    if link.decided_by == REVIEWER:
        return f"A reviewer said of {both} that they are {'one' if link.probability > 0 else 'two'}."
    if link.decided_by == SAME_KEY:
        kept = "an address" if left.kind == "property" else "one key of one source"
        return f"{both} are what {kept} held, one after the other."
    if deciding := [s.field for s in evidence if s.strength == wording.DECIDES]:
        return f"{both} hold the same {_listed([wording.field_words(f) for f in deciding])}."
    if link.decided_by == "repeat":
        return f"{both} are alike in everything that is compared."
    agree = [wording.agreed_words(s) for s in evidence if (s.bits or 0.0) >= 1 and s.strength != wording.NONE]
    differ = [s.field for s in evidence if (s.bits or 0.0) <= -1 and s.field != HOME]
    apart = _listed([wording.field_words(f) for f in differ]) if differ else ""
    if agree and differ:
        return f"{both} agree, wholly or in part, in {_listed(agree)}; they do not agree in {apart}."
    if agree:
        return f"{both} agree, wholly or in part, in {_listed(agree)}."
    return f"{both} do not agree in {apart}." if differ else f"{both} were compared."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _closing(link: Link, kind: str, evidence: Sequence[Statement], prior: float | None) -> tuple[str, ...]:
    if link.decided_by == SAME_KEY:
        return ()
    decides: tuple[str, ...] = ()
    if link.decided_by == REVIEWER:
        decides = ("A reviewer's word stands above every number and score.",)
    elif link.number_doubted:
        decides = ("That would decide, but all else speaks against it: it is doubted.",)
    elif link.decided_by not in SCORED:
        decides = ("That decides, whatever else is compared.",)
    if link.weight is None:
        return decides
    said = list(decides)
    compared = sum(s.bits or 0.0 for s in evidence)
    if prior is not None:
        said.append(wording.total_sentence(compared))
        if link.weight - prior - compared > ROUNDING:
            said.append(wording.REGISTER_RENUMBERED)
    return (*said, wording.chance_sentence(kind, link.weight))
