"""`vestry work`: do what was asked for in the office."""

from __future__ import annotations

from typing import Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, PlaceFolder, examples, rooms_of
from vestry.place import open_place

EXAMPLES: Final = examples("vestry work", "vestry work --place our-county")


def work(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Take in and build what was asked for in the office, until nothing waits. `vestry serve` starts this by itself."""
    done = rooms_of(ctx).work(open_place(folder))
    printing.say(f"Did {printing.count(done, 'thing')} that waited." if done else "Nothing waits.")
