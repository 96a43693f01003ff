"""`vestry agreement`: check the data sharing agreements of a place, see what each would show to whom, and pass one on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, Force, PlaceFolder, examples, may_write, rooms_of
from vestry.errors import AgreementInvalid, PlaceNotWritable
from vestry.place import open_place

if TYPE_CHECKING:
    from vestry.sharing.agreements.folder import Agreements

CHECK_EXAMPLES: Final = examples("vestry agreement check", "vestry agreement check --place our-county")
SIMULATE_EXAMPLES: Final = examples("vestry agreement simulate council-tax-recovery")
ODRL_EXAMPLES: Final = examples("vestry agreement odrl council-tax-recovery --to council-tax-recovery.json")
NONE_YET: Final = "No agreements yet. Write one as agreements/NAME.yaml; docs/reference/agreement-notation.md has the words."

Name = Annotated[str, typer.Argument(metavar="NAME", help="The agreement's lasting name.")]


def check(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Name every problem of every agreement of the place, and run the examples that each carries."""
    read = _read(ctx, folder)
    if read.problems:
        raise AgreementInvalid(
            f"The agreements have {printing.count(len(read.problems), 'problem')}.",
            where=str(folder / "agreements"),
            fix="mend each, then check again",
            problems=read.problems,
        )
    if not read.found:
        printing.say(NONE_YET)
        return
    printing.table(
        ["agreement", "version", "purpose", "parties", "from", "to", "examples"],
        [
            [
                a.agreement_id, a.version, a.purpose, ", ".join(p.organisation for p in a.parties),
                a.starts.isoformat(), a.ends.isoformat(), len(a.examples),
            ]
            for a in read.found.values()
        ],
    )  # fmt: skip
    printing.say(
        f"{printing.count(len(read.found), 'agreement')}, no problems; every example comes out as it says."
    )


def simulate(ctx: typer.Context, name: Name, folder: PlaceFolder = HERE) -> None:
    """Say what would be seen under an agreement, by whom, if everybody signed it as it is."""
    rooms, read = rooms_of(ctx), _read(ctx, folder)
    agreement = read.named(name)
    printing.say(
        f"{agreement.title} ({agreement.label}), for {agreement.purpose}: {agreement.basis.gateway}."
    )
    printing.say(f"About {rooms.told_of(agreement.about)}.")
    printing.say(
        f"By {', '.join(sorted(agreement.how))}, from {agreement.starts} to {agreement.ends}; "
        f"kept {agreement.retention_days:,} days at most."
    )
    printing.table(
        ["organisation", "role", "training", "sees", "how precisely", "from"],
        [
            [
                seen.organisation, seen.role, seen.training or "none",
                seen.category if seen.whole_category else ", ".join(seen.fields),
                seen.precision, ", ".join(seen.sources),
            ]
            for seen in rooms.simulated(agreement, read.sources)
        ],
    )  # fmt: skip
    printing.say("What an organisation sent itself, it sees whole whatever an agreement says.")
    printing.say(
        "Everybody else sees nothing by it. Nobody sees a sealed identity, their own record or their family's."
    )


def odrl(
    ctx: typer.Context,
    name: Name,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="PATH", help="Write it there and not to the screen.")
    ] = None,
    force: Force = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Write an agreement as ODRL 2.2 (JSON-LD), for catalogues and other organisations' tools."""
    if to is not None:
        may_write(to, force=force, option="--to", make_folder=True)
    text = json.dumps(rooms_of(ctx).odrl(_read(ctx, folder).named(name)), indent=2, ensure_ascii=False)
    if to is None:
        typer.echo(text)
        return
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise PlaceNotWritable(
            "The file cannot be written.", where=str(to), fix="name another file"
        ) from error
    printing.say(f"Wrote {to}.")


def _read(ctx: typer.Context, folder: Path) -> Agreements:
    rooms, place = rooms_of(ctx), open_place(folder)
    return rooms.read_agreements(place, rooms.read_contracts(place))
