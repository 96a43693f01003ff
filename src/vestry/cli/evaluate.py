"""`vestry evaluate`: how well records were joined, homes put together and addresses found, against a known truth."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.evaluation_tables import print_evaluation, told
from vestry.cli.options import HERE, AsJson, PlaceFolder, PurposeCode, examples, opened, rooms_of

SECTIONS: Final = ("people", "businesses", "households", "addresses")

EXAMPLES: Final = examples(
    "vestry evaluate --truth truth --purpose matching-review",
    "vestry evaluate --truth truth --only people --only businesses --all --purpose matching-review",
    "vestry evaluate --truth pairs.csv --json --purpose matching-review",
)


def evaluate(
    ctx: typer.Context,
    truth: Annotated[
        Path,
        typer.Option(
            "--truth",
            metavar="PATH",
            help="What is truly so: a folder as synthesise writes it, or one file, CSV or Parquet, with source, "
            "source_key, part, entity.",
        ),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="SECTION",
            help=f"Only this section ({', '.join(SECTIONS)}); may be given again.",
            show_default="all of them",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every pair of sources, not only the worst by kind.")
    ] = False,
    purpose: PurposeCode = None,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Measure a release against a known truth: people, businesses, households and addresses, with and without
    identifiers, by pair of sources and by group of people."""
    if any(s not in SECTIONS for s in only or ()):
        raise typer.BadParameter(
            f"there is no such section; choose from {', '.join(SECTIONS)}", param_hint="--only"
        )
    rooms = rooms_of(ctx)
    with opened(ctx, folder) as (_, gateway):
        release_id = next((r.release_id for r in gateway.releases() if r.is_current), None)
        found = rooms.evaluate(
            partial(gateway.evaluated, release_id=release_id, purpose=purpose),
            truth,
            only=only or SECTIONS,
            memory=rooms.settings.memory,
        )
    if as_json:
        printing.say_json({"release_id": release_id, **told(found)})
    else:
        print_evaluation(found, everything=everything)
