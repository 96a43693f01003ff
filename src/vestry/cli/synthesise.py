"""`vestry synthesise`: a fictional place, its extracts and the truth about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import examples, rooms_of

EXAMPLES: Final = examples(
    "vestry synthesise practice", "vestry synthesise practice --residents 20000 --seed 7"
)

Residents = Annotated[
    int, typer.Option("--residents", min=100, max=150_000, help="How many people live there.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same place.")]

RESIDENTS: Final = 2_000
SEED: Final = 1
MONTHS: Final = 3


def synthesise(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    residents: Residents = RESIDENTS,
    seed: Seed = SEED,
    months: Annotated[
        int,
        typer.Option("--months", min=0, max=120, help="Months between the first extracts and the second."),
    ] = MONTHS,
) -> None:
    """Make a fictional place: nobody in it is real, and the truth about them is known."""
    rooms = rooms_of(ctx)
    rooms.synthesise(folder, residents=residents, seed=seed, months=months, progress=rooms.progress())
    printing.say(
        f"Made a fictional place in {folder}.",
        f"Its extracts are in {folder / 'incoming'}, in the order of {folder / 'incoming' / 'manifest.json'};"
        f" the truth is in {folder / 'truth'}.",
    )
