"""What came out, as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.linkage.contest import Contest, Entry
from benchmarks.linkage.curves import probability


def table(contests: Sequence[Contest]) -> str:
    """One line for each side of each contest."""
    head = (
        f"{'set':<14}{'identifiers':<16}{'side':<24}{'best F1':>9}{'prec.':>8}{'recall':>8}{'at bits':>8}{'B3 F1':>8}"
        f"{'fixed F1':>10}{'prec.':>8}{'recall':>8}{'B3 F1':>8}{'seconds':>9}{'MiB':>7}"
    )
    return "\n".join([head, *(_line(c, e) for c in contests for e in c.entries)])


def _line(contest: Contest, entry: Entry) -> str:
    bits, top = entry.best
    side = f"{entry.side} {entry.recipe}".strip()
    line = (
        f"{contest.title:<14}{contest.identifiers:<16}{side:<24}{top.f1:>9.4f}{top.precision:>8.4f}{top.recall:>8.4f}"
        f"{bits:>8}{top.b3_f1:>8.4f}"
    )
    if entry.fixed:
        fixed = entry.fixed
        line += f"{fixed.f1:>10.4f}{fixed.precision:>8.4f}{fixed.recall:>8.4f}{fixed.b3_f1:>8.4f}"
    else:
        line += f"{'':>34}"
    return line + f"{entry.seconds:>9.1f}{entry.peak / 2**20:>7.0f}" + (f"  {entry.note}" if entry.note else "")


def as_json(contests: Sequence[Contest]) -> list[dict[str, Any]]:
    """Everything, with the curves and Splink's settings."""
    return [
        {
            "set": c.name, "title": c.title, "identifiers": c.identifiers, "records": c.records, "people": c.people,
            "entries": [_entry(e) for e in c.entries],
        }
        for c in contests
    ]  # fmt: skip


def _entry(entry: Entry) -> dict[str, Any]:
    bits, top = entry.best
    return {
        "side": entry.side, "recipe": entry.recipe or None, "settings": entry.settings,
        "best": {"bits": bits, "probability": probability(bits), **asdict(top)},
        "fixed": asdict(entry.fixed) if entry.fixed else None,
        "seconds": entry.seconds, "stages": dict(entry.stages), "peak_bytes": entry.peak,
        "curve": [{"bits": b, **asdict(m)} for b, m in sorted(entry.curve.items())], "note": entry.note or None,
    }  # fmt: skip
