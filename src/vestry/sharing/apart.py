"""Why two entities are kept apart: each rule that stands between them, in plain words. Pure.

The rules are those of `linkage.clusters`, held against what the release has of both; never a value is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from vestry.linkage import wording
from vestry.linkage.clusters import born_apart
from vestry.linkage.decisions import Pair
from vestry.linkage.doubted import AGAINST_BITS
from vestry.linkage.identifiers import DECIDING, ONE_EACH, YEARS_APART
from vestry.model import kinds
from vestry.twin.answers import Link
from vestry.twin.explained import KeptApart, RecordRead, RulesRead
from vestry.twin.paths import REVIEWER

MOST_REGISTERS: Final = 5
"""So many registers that list both are named."""


def kept_apart(
    left: Sequence[RecordRead],
    right: Sequence[RecordRead],
    links: Sequence[Link],
    rules: RulesRead,
    told_apart_in: Sequence[str] = (),
) -> tuple[KeptApart, ...]:
    """The rules that keep the records of `left` and of `right` apart, the highest first. `links` are those between them;
    `told_apart_in` the releases that could still tell them apart by records that are gone since."""
    if left[0].kind != right[0].kind:
        one, other = (wording.ONE.get(side[0].kind, side[0].kind) for side in (left, right))
        return (
            KeptApart(
                rule="kind",
                sentence=f"One is of the kind {one}, the other of the kind {other}: these are never compared.",
            ),
        )
    return (*_rules(left, right, links, rules), *map(_told_apart, told_apart_in))


def contradicted(
    left: Sequence[RecordRead], right: Sequence[RecordRead], fallen: Collection[Pair]
) -> Iterator[KeptApart]:
    """What reviewers said that would join two of their records, and does not count: pairs of units that have `fallen`."""
    keys = [{r.unit_id: r.key for r in side} for side in (left, right)]
    for pair in sorted(fallen):
        for one, other in (pair, pair[::-1]):
            if one in keys[0] and other in keys[1]:
                yield KeptApart(
                    rule="contradicted",
                    sentence=f"A reviewer said that {keys[0][one]} and {keys[1][other]} are one. That does not count: together"
                    " with other decisions it contradicts one that says that two are different.",
                )


def by_score(enough: bool, *, ruled: bool, contested: bool) -> KeptApart:
    """What the best score between the two comes to: `enough` to join them by itself or not; `ruled`: a rule stands above it;
    `contested`: it is not sure enough beside its rivals."""
    if not enough:
        rule, said = (
            "not enough",
            "The best link between them is not enough to join them. It is kept for a person to look at.",
        )
    elif ruled:
        rule, said = "rule before score", "By score alone they would be joined; a rule stands above it."
    elif contested:
        rule, said = (
            "rivals",
            (
                "By score alone they would be joined. But that score is not very sure, and what stands beside it speaks against"
                " it: a source that hardly ever lists anybody twice lists both, or lists another beside one of them who fits as"
                " well; or this one pair alone would hold two groups together whose other records did not agree."
            ),
        )
    else:
        rule = "rule in its turn"
        said = "By score alone they would be joined. In its turn, that would have broken a rule."
    return KeptApart(rule=rule, sentence=said)


def never_kept(kind: str, met: bool | None, *, unlinked: bool) -> KeptApart:
    """Why no link between the two was kept. `met`: whether a rule brings them together; None where that is not known."""
    if unlinked:
        rule, said = "never compared", "They were never compared: of one of them nothing may be."
    elif kind == kinds.PROPERTY:
        rule, said = "no link", "Properties are told by number and address alone, and these do not agree."
    elif met is None:
        rule, said = (
            "no link",
            (
                "No link between them was kept: they were never compared, or scored less than a person is asked to look at."
                " Which, cannot be worked out: the place no longer has the model that the release was made with."
            ),
        )
    elif met:
        rule, said = (
            "too weak",
            (
                "The build compared them and kept no link: what it found is less than a person is asked to look at."
            ),
        )
    else:
        rule, said = (
            "never compared",
            (
                "The build never compared them: they are alike in none of the ways by which records are brought together."
            ),
        )
    return KeptApart(rule=rule, sentence=said)


def _rules(
    left: Sequence[RecordRead], right: Sequence[RecordRead], links: Sequence[Link], rules: RulesRead
) -> Iterator[KeptApart]:
    kind = left[0].kind
    one = wording.ONE.get(kind, kind)
    by_id = {r.record_id: r for r in (*left, *right)}
    for link in links:
        if link.decided_by == REVIEWER and link.probability == 0:
            first, second = (by_id[r].key for r in (link.left_record, link.right_record))
            yield KeptApart(
                rule="reviewer",
                sentence=f"A reviewer said that {first} and {second} are two. That stands above all.",
            )
    for side in (left, right):
        sources = {r.origin.source for r in side}
        if sources <= rules.unlinked:
            yield KeptApart(
                rule="may not be linked",
                sentence=f"{_listed(sorted(sources))} may not be linked: its contract says so, and every key of it stands alone.",
            )
    number = ONE_EACH.get(kind, "")
    numbers = [{r.values[number] for r in side if r.values.get(number)} for side in (left, right)]
    if all(numbers) and numbers[0].isdisjoint(numbers[1]):
        yield KeptApart(
            rule="two numbers",
            sentence=f"Each holds a valid {wording.field_words(number)}, and these are different: one {one} has only one.",
        )
    if kind == kinds.PERSON and rules.years_part and _born_apart(left, right):
        yield KeptApart(
            rule="years of birth",
            sentence=f"Their birth dates are more than {YEARS_APART} years apart: those are two people, whatever else agrees.",
        )
    for at, (source, table) in enumerate(_listing_both(left, right, rules)):
        if at < MOST_REGISTERS:
            yield KeptApart(
                rule="side by side",
                sentence=f"{source} ({table}) holds each {one} once, and lists both of them side by side on one day.",
            )
    doubted = [k for k in links if k.number_doubted]
    for field in DECIDING.get(kind, ()):
        if of_it := [k for k in doubted if any(e.field == field for e in k.evidence)]:
            yield _doubted(kind, field, max(k.rest or 0.0 for k in of_it))
        elif _shared(left, right, field):
            birth = " their birth dates cannot be of one person, or" if kind == kinds.PERSON else ""
            yield KeptApart(
                rule="number does not decide",
                sentence=f"Both hold the same {wording.field_words(field)}, which did not decide:{birth} another rule keeps"
                " them apart, or so many hold it that it is taken for a placeholder.",
            )


def _told_apart(release: str) -> KeptApart:
    return KeptApart(
        rule="told apart before",
        sentence=f"In {release} they were two by records that are gone since. They stay two until a number that decides is said"
        " of both, or a reviewer says that they are one.",
    )


def _doubted(kind: str, field: str, rest: float) -> KeptApart:
    """A number that joins nothing, and what else is said of those who hold it, in bits for their being one."""
    number, several, one = (
        wording.field_words(field),
        wording.SEVERAL.get(kind, kind),
        wording.ONE.get(kind, kind),
    )
    against = (
        f"all else that is known of them makes it {wording.about(wording.times(-rest))} times as likely that they are two"
        f" {several} as that they are one"
        if rest <= -AGAINST_BITS
        else f"all else that is known of them hardly speaks for one {one}, and each of the two fits another record far better"
    )
    return KeptApart(
        rule="number doubted",
        sentence=f"Both hold the same {number}. But {against}. So it is likely to have been written down for the wrong one: it"
        " joins nothing, and waits for a reviewer.",
    )


def _born_apart(left: Sequence[RecordRead], right: Sequence[RecordRead]) -> bool:
    """Whether their years of birth cannot be of one person."""
    one, other = (
        {int(r.values["birth_date"][:4]) for r in side if r.values.get("birth_date")}
        for side in (left, right)
    )
    return bool(one and other) and born_apart(one, other)


def _shared(left: Sequence[RecordRead], right: Sequence[RecordRead], field: str) -> bool:
    said = [{r.values[field] for r in side if r.values.get(field)} for side in (left, right)]
    return not said[0].isdisjoint(said[1])


def _listing_both(
    left: Sequence[RecordRead], right: Sequence[RecordRead], rules: RulesRead
) -> list[tuple[str, str]]:
    """The registers that hold each thing once and list a unit of both sides at the same time."""
    spans = [_spans(side, rules) for side in (left, right)]
    return sorted(
        register
        for register in spans[0].keys() & spans[1].keys()
        if any(
            first <= other_last and other_first <= last
            for first, last in spans[0][register].values()
            for other_first, other_last in spans[1][register].values()
        )
    )


def _spans(
    records: Sequence[RecordRead], rules: RulesRead
) -> Mapping[tuple[str, str], Mapping[str, tuple[str, str]]]:
    """Register -> unit -> (the first day it was listed, the last)."""
    found: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for record in records:
        register = (record.origin.source, record.table_name)
        if {(*register, ""), (*register, record.origin.part)} & rules.registers:
            units = found.setdefault(register, {})
            began, until = record.origin.first_as_at, record.origin.listed_until or record.origin.last_as_at
            first, last = units.get(record.unit_id, (began, until))
            units[record.unit_id] = (min(first, began), max(last, until))
    return found


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
