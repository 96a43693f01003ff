"""`vestry contract`: check every contract of a place, or draft the first one of a source from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, Force, PlaceFolder, examples, may_write, rooms_of
from vestry.errors import ContractInvalid, PlaceNotWritable
from vestry.place import open_place

CHECK_EXAMPLES: Final = examples("vestry contract check", "vestry contract check --place our-county")

DRAFT_EXAMPLES: Final = examples(
    "vestry contract draft accounts.csv --source borough-council-tax --organisation borough",
    "vestry contract draft accounts.csv --source borough-council-tax --organisation borough "
    "--to contracts/borough/borough-council-tax.yaml",
)

NO_CONTRACTS: Final = "No contracts yet. Next: vestry contract draft FILE --source NAME --organisation NAME"


def check(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Name every problem of every contract of the place, each with its file and line."""
    place = open_place(folder)
    contracts, problems = rooms_of(ctx).check_contracts(place.contracts, place.organisations)
    if problems:
        raise ContractInvalid(
            f"The contracts have {printing.count(len(problems), 'problem')}.",
            where=str(place.contracts),
            fix="mend each, then check again",
            problems=problems,
        )
    if not contracts:
        printing.say(NO_CONTRACTS)
        return
    rows = [
        [c.source, c.organisation, c.title, len(c.tables), "yes" if c.may_link else "no"]
        for c in contracts.values()
    ]
    printing.table(
        ["source", "organisation", "title", "tables", "may link"], sorted(rows, key=lambda r: str(r[0]))
    )
    printing.say(f"{printing.count(len(contracts), 'contract')}, no problems.")


def draft(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A file as its source sends it: CSV, XML, GeoJSON or Parquet, plain or gzip."
        ),
    ],
    source: Annotated[
        str,
        typer.Option(
            "--source",
            metavar="NAME",
            help="What to call the source: small letters, digits, hyphens.",
            show_default="the file's name",
        ),
    ] = "",
    organisation: Annotated[
        str,
        typer.Option(
            "--organisation", metavar="NAME", help="Who sends it, as place.toml names them; ? when unsaid."
        ),
    ] = "",
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="PATH",
            help="Write it there and not to the screen: contracts/ORGANISATION/SOURCE.yaml.",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write a first contract from a file: types, formats and mapping guessed, every doubt marked."""
    if to is not None:
        may_write(to, force=force, option="--to", make_folder=True)
    name = source or file.name.split(".")[0].lower().replace("_", "-").replace(" ", "-")
    text = rooms_of(ctx).draft_contract(file, source=name, organisation=organisation)
    if to is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PlaceNotWritable(
            "The contract cannot be written.", where=str(to), fix="name another file"
        ) from error
    printing.say(f"Wrote {to}. Next: settle each # doubt: in it, then: vestry contract check")
