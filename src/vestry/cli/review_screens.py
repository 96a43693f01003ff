"""What `vestry review` shows: the queue, two records beside each other, how review stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vestry.cli import printing
from vestry.linkage.decisions import CANNOT_TELL
from vestry.linkage.review.agreement import FEWEST
from vestry.linkage.review.queue import KEPT_APART, NOBODY_COULD_TELL, NUMBER_DOUBTED, UNSURE, Waiting
from vestry.sharing.review_words import as_they_are, evidence_beside, notes_on, why_it_waits

if TYPE_CHECKING:
    from vestry.linkage.decisions import Line
    from vestry.linkage.review.agreement import Agreement
    from vestry.linkage.review.samples import Sample
    from vestry.linkage.review.standing import Named, ReviewStanding, SampleStanding
    from vestry.sharing.review_answers import PairLook, QueuePage, Recorded
    from vestry.twin.reviewing import LookedAt


def print_queue(page: QueuePage) -> None:
    """The first lines of the queue, and how many there are of each sort."""
    if not page.total:
        printing.say(f"Nothing waits for review in release {page.release_id}.")
        return
    printing.say(
        f"{printing.count(page.total, 'pair')} in release {page.release_id}: "
        + ", ".join(f"{n:,} {_why(why)}" for why, n in page.by_why.items())
    )
    printing.table(
        ["worth", "record", "record", "kind", "why", "probability", "records", "protected services"],
        [
            [
                f"{w.worth:.1f}", w.left_record, w.right_record, w.kind, why_it_waits(w),
                "" if w.probability is None else f"{w.probability:.3f}", w.records or "", ", ".join(w.services),
            ]
            for w in page.waiting
        ],
    )  # fmt: skip
    first = page.waiting[0]
    printing.say(f"Next: vestry review next, or vestry review show {first.left_record} {first.right_record}")


def print_end(page: QueuePage, *, skipped: int) -> None:
    """That nothing is left for this reviewer, and why the queue may still hold something."""
    rest = page.total
    printing.say(
        "Nothing waits for you."
        if not rest
        else f"Nothing else waits for you; {printing.count(rest, 'pair')} in the queue"
        f"{f' ({skipped:,} seen or skipped just now)' if skipped else ''}: vestry review list"
    )
    printing.say("What was decided takes effect at the next build: vestry build")


def print_look(look: PairLook, waiting: Waiting | None = None) -> None:
    """Two records beside each other."""
    if waiting is not None:
        why = why_it_waits(waiting)
        hangs = f"; deals with: {', '.join(waiting.services)}" if waiting.services else ""
        printing.say(
            f"Why: {why}. Worth {waiting.worth:.1f}: {printing.count(waiting.records, 'record')}{hangs}."
        )
    compared = evidence_beside(look)
    rows = []
    for column, left in look.left.values.items():
        right = look.right.values[column]
        if left or right or column in look.left.elsewhere or column in look.right.elsewhere:
            said = compared.get(column, "")
            rows.append([_name(column), _cell(look.left, column), _cell(look.right, column), said])
    ends = [f"{s.side.source} {s.side.source_key}".rstrip() for s in (look.left, look.right)]
    printing.table(["", *ends, "" if look.blind else "how they compare"], rows)
    for name, side in zip(("left", "right"), (look.left, look.right), strict=True):
        notes = "".join(f"; {note}" for note in notes_on(side))
        printing.say(f"{name:<5}  record {side.record_id}, as at {side.as_at}{notes}")
    if look.blind:
        return
    printing.say(as_they_are(look))
    for line in look.said:
        printing.say(_said(line, line in look.changed, line in look.fallen))


def say_recorded(recorded: Recorded) -> None:
    """That a decision is on the disk."""
    before = f" (before: {recorded.before})" if recorded.before else ""
    then = (
        "Somebody else may be able to."
        if recorded.word == CANNOT_TELL
        else "It takes effect at the next build."
    )
    printing.say(f"Written down in {recorded.file}: {recorded.word}{before}. {then}")
    for name in recorded.still_in:
        printing.say(
            f"Your answer in the sample {name} still counts in what it measures; it is taken back with --sample {name}."
        )


def print_standing(standing: ReviewStanding) -> None:
    """Counts, then whatever a person should look at."""
    if not standing.lines:
        printing.say(f"Nobody has decided anything yet. {_waits(standing)}")
        for one in standing.samples:
            _print_sample_standing(one)
        return
    aside = f"; {standing.set_aside:,} same that others contradict" if standing.set_aside else ""
    printing.say(
        f"{printing.count(standing.lines, 'line')} of decisions: in force {standing.same:,} same, "
        f"{standing.different:,} different{aside}; {standing.cannot_tell:,} that nobody could tell. {_waits(standing)}"
    )
    printing.table(["reviewer", "lines"], list(standing.by_reviewer.items()))
    if standing.contradictions:
        printing.heading("Decisions that contradict each other; they are kept apart")
        for chain in standing.contradictions:
            printing.say(
                f"{_place(chain.apart)} says different; together these say same, and none of them counts:"
            )
            for named in chain.chain:
                printing.say(f"  {_place(named)}")
        printing.say("Decide one of the pairs again, or take one back: vestry review undo RECORD RECORD")
    if standing.disagreements:
        printing.heading("Reviewers of a sample disagree; these are kept apart until somebody decides them")
        for pair in standing.disagreements:
            printing.say("; ".join(f"{_place(named)} says {named.word}" for named in pair.said))
    if standing.changed:
        printing.heading("Decided before one of them changed; the decisions stand")
        for named in standing.changed:
            printing.say(f"{_place(named)}: {named.word}")
    if standing.gone:
        printing.say(f"Of {printing.count(standing.gone, 'decision')} the release has neither record.")
    if standing.half_gone:
        printing.say(
            f"Of {printing.count(standing.half_gone, 'decision')} the release has one record and not the other."
        )
    if standing.key_lost:
        printing.say(
            f"Of {printing.count(standing.unseen, 'decision')} nobody can tell what was seen: they do not say it, or "
            "by a key that decisions/key no longer holds. They stand for the keys of sources that they name."
        )
    for one in standing.samples:
        _print_sample_standing(one)


def print_sample(sample: Sample) -> None:
    """What was drawn."""
    printing.say(
        f"Drew {printing.count(len(sample.pairs), 'pair')} of release {sample.release} as {sample.name}."
    )
    printing.table(["stratum", "in the release", "drawn"], [[s.name, s.size, s.drawn] for s in sample.strata])
    printing.say(f"Each reviewer answers it with: vestry review double {sample.name}")


def _print_sample_standing(sample: SampleStanding) -> None:
    printing.heading(f"Sample {sample.name}: {printing.count(sample.pairs, 'pair')}")
    if not sample.answered:
        printing.say(f"Nobody has answered it yet. Next: vestry review double {sample.name}")
        return
    printing.table(["reviewer", "answered"], list(sample.answered.items()))
    for found in sample.agreements:
        printing.say(_agreement(found))


def _agreement(found: Agreement) -> str:
    both = f"{found.one} and {found.other}, {printing.count(found.pairs, 'pair')}: agree on {printing.percentage(found.agreed)}"
    if found.kappa is None:
        return f"{both}; kappa says nothing, as both have only ever said one word"
    if found.low is None or found.high is None:
        why = "too few pairs were answered by both" if found.pairs < FEWEST else "they always or never agree"
        return f"{both}, kappa {found.kappa:.2f} (no interval: {why})"
    return f"{both}, kappa {found.kappa:.2f} (95%: {found.low:.2f} to {found.high:.2f})"


def _waits(standing: ReviewStanding) -> str:
    return f"{printing.count(standing.waiting, 'pair')} in the queue of release {standing.release_id}."


def _place(named: Named) -> str:
    records = (
        f" ({named.left_record} {named.right_record})" if named.left_record and named.right_record else ""
    )
    return f"{named.where}{f', by {named.by}' if named.by else ''}{records}"


def _why(why: str) -> str:
    return {
        UNSURE: "unsure",
        KEPT_APART: "kept apart by a rule",
        NUMBER_DOUBTED: "with a number that is doubted",
        NOBODY_COULD_TELL: "nobody could tell",
    }.get(why, "decided before one of them changed")


def _name(column: str) -> str:
    return {
        "address_lines": "address",
        "nhs_number": "NHS number",
        "nino": "NI number",
        "upn": "pupil number",
    }.get(column, column.replace("_", " "))


def _cell(side: LookedAt, column: str) -> str:
    value = side.values[column].replace("\n", ", ")
    others = " / ".join(v.replace("\n", ", ") for v in side.elsewhere.get(column, ()))
    return f"{value or '-'} [also {others}]" if others else value or "-"


def _said(line: Line, changed: bool, fallen: bool) -> str:
    by = f" by {printing.safe(line.by)}" if line.by else ""
    reason = f": {printing.safe(line.reason)}" if line.reason else ""
    late = ". It was decided before one of them changed" if changed else ""
    falls = ". It does not count: other decisions contradict it (vestry review status)" if fallen else ""
    return f"{line.where}: {line.word}{by}{f' at {line.at[:16]}' if line.at else ''}{reason}{late}{falls}"
