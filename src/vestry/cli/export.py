"""`vestry export`: a whole table as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import (
    HERE,
    AsUser,
    Force,
    ForOrganisation,
    PlaceFolder,
    PurposeCode,
    asking,
    examples,
    may_write,
    rooms_of,
)
from vestry.sharing.spreadsheet import SHEET_ROWS

EXAMPLES: Final = examples(
    "vestry export area_measures --to measures.csv",
    "vestry export people --to people.parquet --purpose planning",
    "vestry export crossref --to crossref.xlsx --purpose matching-review",
)


def export(
    ctx: typer.Context,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table of the release, or crossref.")],
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help="Its ending says the format: .parquet, .csv, .xlsx.")
    ],
    purpose: PurposeCode = None,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    force: Force = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Write a table to a file that only you can read. `crossref` gives source key to entity."""
    rooms = rooms_of(ctx)
    endings = rooms.endings()
    if to.suffix.lower() not in endings:
        raise typer.BadParameter(f"end the file's name in one of {', '.join(endings)}", param_hint="--to")
    may_write(to, force=force, option="--to")
    with asking(ctx, folder, user, organisation) as gateway:
        stream = gateway.export(table, purpose=purpose)
        if to.suffix.lower() == ".xlsx" and stream.count >= SHEET_ROWS:
            raise typer.BadParameter("too many rows for a worksheet; use .csv or .parquet", param_hint="--to")
        rooms.write_table(stream, to)
    printing.say(f"Wrote {printing.count(stream.count, 'row')} of {table} to {to}.")
