"""`vestry synthesise`: a fictional county, its extracts and the truth about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import examples, rooms_of

EXAMPLES: Final = examples(
    "vestry synthesise practice",
    "vestry synthesise practice --residents 3000 --districts 1 --seed 7",
    "vestry synthesise hard --residents 100000 --dial 2 --months 12",
)

Residents = Annotated[
    int, typer.Option("--residents", min=100, max=1_500_000, help="How many people live there.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed makes the same county.")]
Months = Annotated[
    int, typer.Option("--months", min=0, max=120, help="Months between the first extracts and the last.")
]
Districts = Annotated[
    int,
    typer.Option("--districts", min=1, max=10, help="How many of the county's ten districts to make."),
]
Dial = Annotated[
    float,
    typer.Option(
        "--dial", min=0.1, max=4, help="How often records go wrong: 0.4 easy, 1 as in life, 2 hard."
    ),
]

RESIDENTS: Final = 20_000
SEED: Final = 1
MONTHS: Final = 3
DISTRICTS: Final = 10
DIAL: Final = 1.0


def synthesise(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    residents: Residents = RESIDENTS,
    seed: Seed = SEED,
    months: Months = MONTHS,
    districts: Districts = DISTRICTS,
    dial: Dial = DIAL,
) -> None:
    """Make a fictional county: nobody in it is real, and the truth about them is known.

    In the folder are contracts, extracts to receive, the truth, and the law it lives under: data sharing agreements, who signed
    them, and twenty users.
    """
    rooms = rooms_of(ctx)
    made = rooms.synthesise(
        folder,
        residents=residents,
        seed=seed,
        months=months,
        districts=districts,
        dial=dial,
        progress=rooms.progress(),
    )
    printing.say(
        f"Made a fictional county in {folder}: {made.residents:,} residents on the first day, "
        f"{made.rows:,} rows in {len(made.arrivals)} files.",
        f"Its extracts are in {folder / 'incoming'}, in the order of {folder / 'incoming' / 'manifest.json'};"
        f" the truth is in {folder / 'truth'}.",
        f"It lives under {made.agreements} agreements, in {folder / 'agreements'} (who signed: signatures.yaml), and has "
        f"{made.users} users, in {folder / 'people.yaml'}.",
    )
