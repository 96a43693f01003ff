"""`vestry build`: the main job. Makes a release of everything received and publishes it."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, PlaceFolder, examples, opened, rooms_of
from vestry.cli.suggestions import for_place

if TYPE_CHECKING:
    from vestry.twin.manifest import Manifest

EXAMPLES: Final = examples("vestry build", "vestry build --place our-county", "vestry build --again")


def build(
    ctx: typer.Context,
    again: Annotated[
        bool, typer.Option("--again", help="Build though nothing has changed, and link everything anew.")
    ] = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Build a release of the twin from every extract received, and publish it all at once.

    Killed at any moment, the old release stays and nothing needs cleaning up.
    """
    rooms = rooms_of(ctx)
    settings = rooms.settings
    with opened(ctx, folder) as (place, gateway):
        before = {r.release_id for r in gateway.releases() if r.is_current}
        manifest = rooms.build(
            place,
            clock=rooms.clock,
            progress=rooms.progress(),
            threads=settings.threads,
            memory=settings.memory,
            again=again,
        )
        contradicting = gateway.reviews(rooms.clock).contradicting()
        counts = {r.release_id: r.counts for r in gateway.releases()}.get(manifest.release_id, {})
        sources = rooms.read_contracts(place)
    warn_of_contradictions(contradicting)
    warn_of_trust(place.trust, sources)
    if manifest.release_id not in before:
        warn_of_gone(manifest)
    if manifest.release_id in before:
        printing.say(
            f"Nothing has changed since release {manifest.release_id}; it stays. (--again builds it all.)"
        )
        return
    printing.say(f"Published release {manifest.release_id}.")
    printing.table(["table", "rows"], [[name, rows] for name, rows in sorted(counts.items()) if rows])
    print_steps(manifest.steps)
    printing.say("Next: vestry status")


def warn_of_contradictions(contradicting: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Say which decisions contradict each other, by file and line, on standard error."""
    for apart, chain in contradicting:
        lines = (
            "Review decisions contradict each other, so these are kept apart.",
            f"  where: different by {apart}; same by {'; '.join(chain)}",
            "  fix:   see whom they are about with vestry review status, and decide one of them again",
        )
        print(for_place("\n".join(lines)), file=sys.stderr)


def warn_of_trust(trusted: Iterable[str], sources: Collection[str]) -> None:
    """Say which sources place.toml says how far to trust that have no contract, on standard error: nothing comes of it."""
    for source in sorted(set(trusted) - set(sources)):
        near = get_close_matches(source, sources, n=1)
        meant = f"write [trust.{near[0]}], if that was meant, or take it out" if near else "take it out"
        lines = (
            f"place.toml says how far to trust `{source}`, which no contract describes: nothing comes of it.",
            f"  where: place.toml, trust.{source}",
            f"  fix:   {meant}; which sources there are: vestry contract check",
        )
        print(for_place("\n".join(lines)), file=sys.stderr)


def warn_of_gone(manifest: Manifest) -> None:
    """Say which extracts the release before was made of, and this one is not, on standard error."""
    if not manifest.gone:
        return
    lines = (
        f"This release is without {printing.count(len(manifest.gone), 'extract')} that"
        f" {manifest.predecessor} was made of. Whoever only they told of has ended.",
        f"  where: {printing.some_of(manifest.gone)}",
        "  fix:   if they were not destroyed on purpose, put them, or the contracts of their sources, back and build again: all"
        " go on by the ids that they had",
    )
    print("\n".join(lines), file=sys.stderr)


def print_steps(steps: Sequence[Mapping[str, Any]]) -> None:
    """Each step and its seconds, as the manifest has them, and what there is to say of one."""
    rows = [
        [str(step["name"]), f"{float(step['seconds']):.1f} s", str(step.get("remark", ""))] for step in steps
    ]
    rows.append(["all", f"{sum(float(step['seconds']) for step in steps):.1f} s", ""])
    remarks = any(remark for *_, remark in rows)
    printing.table(
        ["step", "time", ""] if remarks else ["step", "time"], rows if remarks else [r[:2] for r in rows]
    )
