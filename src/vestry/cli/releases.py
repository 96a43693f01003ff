"""`vestry releases`: which releases are kept."""

from __future__ import annotations

from typing import Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, examples, opened

EXAMPLES: Final = examples("vestry releases list", "vestry releases list --json")


def list_releases(ctx: typer.Context, folder: PlaceFolder = HERE, as_json: AsJson = False) -> None:
    """List the releases kept, newest first, with what each holds."""
    with opened(ctx, folder) as (_, gateway):
        releases = gateway.releases()
    if as_json:
        printing.say_json(releases)
    elif not releases:
        printing.say("Nothing published yet. Next: vestry build")
    else:
        shown = ("people", "organisations", "properties", "households", "records")
        rows = [
            [
                r.release_id,
                "current" if r.is_current else "",
                r.built_at,
                r.inputs,
                *(r.counts.get(name, 0) for name in shown),
            ]
            for r in releases
        ]
        printing.table(["release", "", "built", "extracts", *shown], rows)
