"""What a sample tells, as tables on a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from vestry.cli import printing

if TYPE_CHECKING:
    from vestry.linkage.evaluation.estimates import Estimate, Estimates
    from vestry.linkage.evaluation.sampled import Part, SampleReport
    from vestry.linkage.review.samples import Sample

SHOWN: Final = 15
"""Pairs of sources that are shown unless all are asked for."""

_SHARES: Final = ("precision", "", "recall", "", "F1", "")

OUTSIDE: Final = (
    "Recall is an upper bound: two records of one person that are in no link, and share neither a birth date, a name, a",
    "home nor a telephone number or email as Vestry looks for them, are in no stratum.",
)
NO_ORIGIN: Final = "No column of the twin says where a name comes from, so that is not among the groups."


def print_drawn(sample: Sample, purpose: str | None) -> None:
    """Where its pairs come from, and what to type next, for the same `purpose`."""
    printing.say(
        f"Drew {printing.count(len(sample.pairs), 'pair')} of release {sample.release} as {sample.name}."
    )
    printing.table(["stratum", "in the release", "drawn"], [[s.name, s.size, s.drawn] for s in sample.strata])
    if sample.frame is not None and (rate := min((s.rate for s in sample.frame.strata), default=1.0)) < 1:
        _say_rate(rate)
    printing.say(
        *OUTSIDE,
        f"Each reviewer answers it with: vestry review double {sample.name}",
        f"What the answers tell: vestry evaluate --sample {sample.name} --purpose {purpose}",
    )


def print_report(found: SampleReport, current: str | None, *, everything: bool = False) -> None:
    """How far it is answered, what that tells, and of whom; `current` is the release that is published now."""
    answered = found.answered
    printing.heading(f"Sample {found.name} of release {found.release}")
    printing.say(
        f"{answered.same + answered.different:,} of {printing.count(answered.drawn, 'pair')} are answered; of "
        f"{answered.cannot_tell:,} nobody could tell, on {answered.disagreed:,} reviewers disagree, "
        f"{answered.missing:,} are missing."
    )
    if answered.same + answered.different == 0:
        printing.say(
            f"Nothing can be told yet. Answer it with: vestry review double {found.name}",
        )
        return
    if current != found.release:
        printing.say(f"The release that is published now is another: {current}. This is not measured on it.")
    rows: list[Sequence[Any]] = [["as answered", *_shares(found.overall)]]
    if answered.cannot_tell + answered.disagreed:
        rows.append(["if what is in doubt were the same", *_shares(found.if_same)])
        rows.append(["if it were different", *_shares(found.if_different)])
    printing.heading("People: pairs of records, each share with its 95% interval")
    printing.table(["", *_SHARES], rows)
    overall = found.overall
    printing.say(
        f"Joined: {round(overall.joined):,} pairs. Truly one of them: {_number(overall.right)}. "
        f"One, and not joined: {_number(overall.missed)}.",
        *OUTSIDE,
    )
    if found.rate < 1:
        _say_rate(found.rate)
    _print_strata(found)
    _print_parts(
        found.by_source_pair, "By pair of kinds of source", ["source", "and source"], everything, SHOWN
    )
    if found.by_group is None:
        printing.heading("By group")
        printing.say("The release is gone that says who is in which group.")
    else:
        _print_parts(found.by_group, "By group", ["group", ""], True, None)
        printing.say(NO_ORIGIN)


def _print_strata(found: SampleReport) -> None:
    printing.heading("Strata")
    printing.table(
        ["stratum", "in the release", "drawn", "same", "different", "in doubt", "missing"],
        [
            [s.name, s.size, a.drawn, a.same, a.different, a.cannot_tell + a.disagreed, a.missing]
            for s in found.strata
            for a in (s.answered,)
        ],
    )
    if silent := [s for s in found.strata if not s.answered.same + s.answered.different and s.size]:
        pairs = sum(s.size for s in silent)
        printing.say(
            f"Of {len(silent)} {'stratum' if len(silent) == 1 else 'strata'} ({pairs:,} pairs) nothing is answered: they are "
            "taken to be as the others are, joined or apart, and the intervals allow for any share."
        )


def _print_parts(
    parts: Sequence[Part], title: str, columns: list[str], everything: bool, limit: int | None
) -> None:
    printing.heading(title)
    told = [p for p in parts if p.found is not None]
    shown = told if everything else sorted(told, key=lambda p: -p.answered)[:limit]
    printing.table(
        [*columns, "answers", *_SHARES, ""],
        [
            [p.attribute, p.value, p.answered, *_shares(p.found), "few" if p.few else ""]
            for p in shown
            if p.found is not None
        ],
    )
    if len(shown) < len(told):
        printing.say(
            f"The {len(shown)} with the most answers of {len(told)}; --all or --json shows the others."
        )
    if silent := len(parts) - len(told):
        printing.say(f"{silent} with fewer than 10 answers {'is' if silent == 1 else 'are'} left out.")


def _say_rate(rate: float) -> None:
    printing.say(
        f"Pairs in no link were counted for {printing.percentage(rate)} of the records, drawn at random, and raised to all; "
        "the intervals allow for it."
    )


def _shares(found: Estimates) -> list[str]:
    return [cell for e in (found.precision, found.recall, found.f1) for cell in _share(e)]


def _share(found: Estimate | None) -> tuple[str, str]:
    """Three digits that never round up to 1, and the interval."""
    if found is None:
        return "-", ""
    value = min(found.value, 0.999) if found.value < 1 else 1.0
    return f"{value:.3f}", f"{found.low:.3f}-{found.high:.3f}"


def _number(found: Estimate | None) -> str:
    if found is None:
        return "cannot be told yet"
    return f"{round(found.value):,} ({round(found.low):,}-{round(found.high):,})"
