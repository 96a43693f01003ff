"""What came out, as a table for people, as Markdown for a page, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.linkage.contest import Contest, Entry
from benchmarks.linkage.curves import probability
from benchmarks.linkage.vestry_side import CPU

HEADINGS = (
    "set", "identifiers", "side", "best F1", "precision", "recall", "from", "B3 F1",
    "own F1", "precision", "recall", "B3 F1", "seconds", "linking", "CPU s", "MiB",
)  # fmt: skip
LINK = "link"
"""The step of a build that does what plain Splink does."""


def _row(contest: Contest, entry: Entry) -> tuple[str, ...]:
    bits, top = entry.best
    fixed = entry.fixed
    own = [f"{v:.4f}" for v in (fixed.f1, fixed.precision, fixed.recall, fixed.b3_f1)] if fixed else [""] * 4
    return (
        contest.title, contest.identifiers, f"{entry.side}{f', {entry.recipe}' if entry.recipe else ''}",
        f"{top.f1:.4f}", f"{top.precision:.4f}", f"{top.recall:.4f}", f"{probability(bits):.4g}", f"{top.b3_f1:.4f}",
        *own, f"{entry.seconds:.1f}", f"{entry.stages.get(LINK, entry.seconds):.1f}",
        f"{entry.beside[CPU]:.1f}", f"{entry.peak / 2**20:,.0f}",
    )  # fmt: skip


def table(contests: Sequence[Contest]) -> str:
    """A line for each side of each contest, in columns; what else there is to say below."""
    rows = [HEADINGS, *(_row(c, e) for c in contests for e in c.entries)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            text.ljust(width) if at < 3 else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join([*lines, *_beside(contests)])


def _beside(contests: Sequence[Contest]) -> list[str]:
    said = []
    for contest in contests:
        where = contest.heading
        if contest.only_vestry or contest.only_splink:
            said.append(
                f"{where}: measured on {contest.records:,} records; left aside, because the other side has them not: "
                f"{contest.only_vestry:,} of Vestry's, {contest.only_splink:,} of plain Splink's"
            )
        said += [f"{where}: {entry.note}" for entry in contest.entries if entry.note]
    return ["", *said] if said else []


def markdown(contests: Sequence[Contest]) -> str:
    """The same for a page."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * 3}{'---:|' * (len(HEADINGS) - 3)}"]
    lines += [f"| {' | '.join(_row(c, e))} |" for c in contests for e in c.entries]
    return "\n".join([*lines, *_beside(contests)]) + "\n"


def as_json(contests: Sequence[Contest]) -> list[dict[str, Any]]:
    """Everything, with the curves and Splink's settings."""
    return [
        {
            "set": c.name, "title": c.title, "identifiers": c.identifiers, "records": c.records, "people": c.people,
            "only_vestry": c.only_vestry, "only_splink": c.only_splink, "entries": [_entry(e) for e in c.entries],
        }
        for c in contests
    ]  # fmt: skip


def _entry(entry: Entry) -> dict[str, Any]:
    bits, top = entry.best
    return {
        "side": entry.side, "recipe": entry.recipe or None, "settings": entry.settings,
        "best": {"bits": bits, "probability": probability(bits), **asdict(top)},
        "own_threshold": asdict(entry.fixed) if entry.fixed else None,
        "seconds": entry.seconds, "stages": dict(entry.stages), "beside": dict(entry.beside), "peak_bytes": entry.peak,
        "curve": [{"bits": b, **asdict(m)} for b, m in sorted(entry.curve.items())], "note": entry.note or None,
    }  # fmt: skip
