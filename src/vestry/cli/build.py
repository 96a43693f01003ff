"""`vestry build`: the main job. Makes a release of everything received and publishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, PlaceFolder, examples, rooms_of
from vestry.place import open_place

EXAMPLES: Final = examples("vestry build", "vestry build --place our-county")


def build(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Build a release from every extract received, and publish it all at once."""
    place = open_place(folder)
    rooms = rooms_of(ctx)
    settings = rooms.settings
    manifest = rooms.build(
        place, clock=rooms.clock, progress=rooms.progress(), threads=settings.threads, memory=settings.memory
    )
    printing.say(f"Published release {manifest.release_id}.")
    print_counts(manifest.counts)
    print_steps(manifest.steps)
    printing.say("Next: vestry status")


def print_counts(counts: Mapping[str, int]) -> None:
    """How many rows, or current entities, of each name."""
    printing.table(["what", "count"], sorted(counts.items()))


def print_steps(steps: Sequence[Any]) -> None:
    """Each step and its seconds, as the manifest has them."""
    timed = [
        (s["name"], float(s["seconds"])) if isinstance(s, Mapping) else (s.name, float(s.seconds))
        for s in steps
    ]
    rows = [[name, f"{seconds:.1f} s"] for name, seconds in timed]
    rows.append(["all", f"{sum(seconds for _, seconds in timed):.1f} s"])
    printing.table(["step", "time"], rows)
