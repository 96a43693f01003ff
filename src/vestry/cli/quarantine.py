"""`vestry quarantine`: which rows were kept out, and by which rule. What they hold goes to a file only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import (
    HERE,
    AsJson,
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

EXAMPLES: Final = examples(
    "vestry quarantine",
    "vestry quarantine gp-register",
    "vestry quarantine gp-register --rule nhs-number-check-digit",
    "vestry quarantine gp-register --rows refused.csv --purpose data-quality",
)

_SHOWN: Final = 12
"""Row numbers on one line before the rest are only counted."""


def quarantine(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Only rows of that source; every source when unsaid.")
    ] = "",
    rule: Annotated[str, typer.Option("--rule", help="Only rows that this rule kept out.")] = "",
    rows: Annotated[
        Path | None,
        typer.Option(
            "--rows", metavar="FILE", help="Write the rows to a file as they were sent; takes a --purpose."
        ),
    ] = None,
    purpose: PurposeCode = None,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    force: Force = False,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """List the rows in quarantine: extract, row numbers, rule and column; or write them to a file."""
    rooms = rooms_of(ctx)
    if rows is not None:
        endings = rooms.endings()
        if rows.suffix.lower() not in endings:
            raise typer.BadParameter(f"end its name in one of {', '.join(endings)}", param_hint="--rows")
        may_write(rows, force=force, option="--rows")
    with asking(ctx, folder, user, organisation) as gateway:
        if rows is not None:
            stream = gateway.quarantined_rows(source=source, rule=rule, purpose=purpose)
            rooms.write_table(stream, rows)
            printing.say(f"Wrote {printing.count(stream.count, 'row')} to {rows}, as the source sent them.")
            return
        groups = gateway.quarantine(source=source, rule=rule)
    if as_json:
        printing.say_json(groups)
        return
    if not groups:
        printing.say(
            "No row is in quarantine."
            if not (source or rule)
            else "No row is in quarantine for that. Every source and rule: vestry quarantine"
        )
        return
    printing.table(
        ["source", "extract", "table", "rule", "column", "rows", "row numbers"],
        [
            [
                g.source,
                g.extract_id.removeprefix(f"{g.source}/"),
                g.table_name,
                g.rule,
                g.column_name,
                len(g.rows),
                _numbers(g.rows),
            ]
            for g in groups
        ],
    )
    printing.say(
        "Row numbers count from 1 and leave out the heading. To see the rows themselves:"
        " vestry quarantine --rows FILE --purpose data-quality"
    )


def _numbers(rows: Sequence[int]) -> str:
    return printing.some_of([str(n) for n in rows], _SHOWN)
