"""`vestry receive`: take in the extracts of one source."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, PlaceFolder, day, examples, rooms_of
from vestry.contracts.contract import Contract
from vestry.errors import SourceUnknown
from vestry.place import open_place

if TYPE_CHECKING:
    from vestry.intake.receive import Receipt

EXAMPLES: Final = examples(
    "vestry receive borough-council-tax accounts.csv --as-at 2026-11-01",
    "vestry receive gp-register part1.csv.gz part2.csv.gz --as-at 2026-11-01",
    "vestry receive borough-housing tenancies.csv --as-at 2026-11-01 --accept",
)


def receive(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The source: the id of its contract.")],
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="What it sent, plain or gzip; several when it comes in parts."
        ),
    ],
    as_at: Annotated[
        str, typer.Option("--as-at", metavar="DATE", help="The day the extract speaks of: YYYY-MM-DD.")
    ],
    accept: Annotated[
        bool, typer.Option("--accept", help="Take it though it shrank, swelled, or was received before.")
    ] = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Take in an extract: kept as received, every row loaded, quarantined or counted as a repeat."""
    place = open_place(folder)
    rooms = rooms_of(ctx)
    on = day(as_at)
    contract = contract_of(dict(rooms.read_contracts(place)), source)
    receipts = rooms.receive(
        place, contract, files, as_at=on, clock=rooms.clock, accept=accept, progress=rooms.progress()
    )
    print_receipts(receipts)
    if any(not receipt.already_received for receipt in receipts):
        printing.say("Next: vestry build")


def contract_of(contracts: dict[str, Contract], source: str) -> Contract:
    """The contract of `source`. Raises SourceUnknown, with the nearest names."""
    if source in contracts:
        return contracts[source]
    nearest = get_close_matches(source, contracts, n=3)
    if nearest:
        fix = f"did you mean {' or '.join(nearest)}?"
    elif contracts:
        fix = f"choose from: {', '.join(sorted(contracts))}"
    else:
        fix = "draft its contract first: vestry contract draft FILE"
    raise SourceUnknown("No contract describes that source.", where="SOURCE", fix=fix)


def print_receipts(receipts: Sequence[Receipt]) -> None:
    """What became of every row, as the ledger has it, and which rules kept rows out."""
    for receipt in receipts:
        if receipt.already_received:
            printing.say(f"{receipt.extract.extract_id} is here already: the very file, with that date.")
    lines = [line for receipt in receipts for line in receipt.ledger]
    if lines:
        printing.table(
            ["extract", "table", "received", "loaded", "repeated", "quarantined"],
            [[n.extract_id, n.table_name, n.received, n.loaded, n.repeated, n.quarantined] for n in lines],
        )
    broken = [rule for receipt in receipts for rule in receipt.broken]
    if broken:
        printing.say("Kept out:")
        printing.table(
            ["table", "rule", "column", "rows", "first row"],
            [[b.table, b.rule, b.column, b.rows, b.first_row] for b in broken],
        )
