"""`vestry agreement`: check the data sharing agreements of a place, see what each would show to whom, and pass one on."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import agreement_tables, printing
from vestry.cli.options import HERE, Force, PlaceFolder, day, examples, may_write, rooms_of, write_out
from vestry.place import Place, open_place
from vestry.sharing.agreements.describing import Described
from vestry.sharing.agreements.lifecycle import day_of

if TYPE_CHECKING:
    from vestry.cli.rooms import Rooms
    from vestry.sharing.agreements.desk import AgreementDesk

CHECK_EXAMPLES: Final = examples("vestry agreement check", "vestry agreement check --place our-county")
SIMULATE_EXAMPLES: Final = examples("vestry agreement simulate council-tax-recovery")
COMPARE_EXAMPLES: Final = examples(
    "vestry agreement compare --age 81",
    "vestry agreement compare --user general-practitioner --user police-analyst --known-to adult-social-care",
    "vestry agreement compare --purpose safeguarding --age 9 --marked restricted",
)
ODRL_EXAMPLES: Final = examples("vestry agreement odrl council-tax-recovery --to council-tax-recovery.json")
NONE_YET: Final = "No agreements yet. Write one as agreements/NAME.yaml; docs/reference/agreement-notation.md has the words."

Name = Annotated[str, typer.Argument(metavar="NAME", help="The agreement's lasting name.")]


def check(ctx: typer.Context, folder: PlaceFolder = HERE) -> None:
    """Name every problem of the place's agreements, of their signatures and of its users; run the examples.

    With none, say where each agreement stands today: in force, or for whom it waits.
    """
    place = open_place(folder)
    checked = desk_of(ctx, place).checked(today(ctx))
    if not checked.standing:
        printing.say(NONE_YET)
        return
    agreement_tables.print_standing(checked.standing)
    agreements = printing.count(len(checked.standing), "agreement")
    printing.say(f"{agreements}, no problems; every example comes out as it says.")
    if checked.by_register:
        printing.say(
            "As the register of this place has them: decisions go by it, and not by signatures.yaml."
        )
    for name in checked.differ:
        printing.say(
            f"agreements/ has other words of {name}: vestry agreement draft FILE makes them its next version."
        )
    if checked.users:
        printing.say(f"{printing.count(checked.users, 'user')} in {place.people.name}, no problems.")
    if not checked.areas_known and any(s.agreement.about.areas for s in checked.standing):
        printing.say("Codes of areas are checked once there is a release that has areas.")


def simulate(ctx: typer.Context, name: Name, folder: PlaceFolder = HERE) -> None:
    """Say what would be seen under an agreement, by whom, if everybody signed it as it is."""
    desk = desk_of(ctx, open_place(folder))
    tried = desk.simulated(name, today(ctx))
    standing, agreement = tried.standing, tried.standing.agreement
    printing.say(
        f"{agreement.title} ({agreement.label}), {standing.stands}.",
        f"For {agreement.purpose}: {agreement.basis.gateway}.",
        f"About {tried.about}.",
        f"By {', '.join(sorted(agreement.how))}, from {agreement.starts} to {agreement.ends}; review: {standing.review}; "
        f"kept {agreement.retention_days:,} days at most.",
    )
    agreement_tables.print_seen(tried.seen, desk.sources_told)
    agreement_tables.print_examples(agreement)
    printing.say("")
    if tried.idle:
        agreement_tables.print_idle(tried.idle, desk.sources_told)
    printing.say(
        "What an organisation sent itself, it sees whole whatever an agreement says.",
        "Everybody else sees nothing by it. Nobody sees a sealed identity, their own record or their family's.",
    )


def compare(
    ctx: typer.Context,
    users: Annotated[
        list[str] | None,
        typer.Option("--user", metavar="ID", help="A user of people.yaml; all of them, where none is named."),
    ] = None,
    purpose: Annotated[
        str,
        typer.Option(
            "--purpose", metavar="CODE", help="For this one; else for each that is agreed for them."
        ),
    ] = "",
    age: Annotated[int, typer.Option("--age", min=0, max=150, help="How old the resident is.")] = 40,
    known_to: Annotated[
        list[str] | None,
        typer.Option(
            "--known-to", metavar="SOURCE", help="A source that lists them; all, where none is named."
        ),
    ] = None,
    areas: Annotated[
        list[str] | None,
        typer.Option(
            "--area", metavar="CODE", help="An area they are in; all that are agreed on, where none is named."
        ),
    ] = None,
    marked: Annotated[
        list[str] | None,
        typer.Option(
            "--marked", metavar="MARK", help="What holds of them besides: consented, deceased, restricted."
        ),
    ] = None,
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="The day of the look.", show_default="today")
    ] = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Set side by side what users would see of one resident whom you describe, by the agreements as they stand."""
    desk = desk_of(ctx, open_place(folder))
    described = Described(
        age=age,
        areas=frozenset(areas or ()),
        known_to=frozenset(known_to or ()),
        marked=frozenset(marked or ()),
    )
    looks = desk.compared(
        described, day(on, "--on") if on else today(ctx), users=users or (), purpose=purpose
    )
    if not looks:
        printing.say("No agreement names anybody of people.yaml.")
        return
    agreement_tables.print_compared(looks, desk.sources_told)
    printing.say(
        "Whole, where nothing else is said. What their own organisation sent itself they see besides, whole, but not by notice",
        "or as statistics. No agreement names the users who are not there. A passkey was just shown, and of an emergency",
        "somebody else was told.",
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
    text = json.dumps(desk_of(ctx, open_place(folder)).odrl(name), indent=2, ensure_ascii=False)
    write_out(text, to)


def desk_of(ctx: typer.Context, place: Place) -> AgreementDesk:
    rooms = rooms_of(ctx)
    contracts = rooms.read_contracts(place)
    return rooms.agreements(place, contracts, partial(areas_of, rooms, place), rooms.law(place).register)


def today(ctx: typer.Context) -> date:
    return day_of(rooms_of(ctx).clock.now())


def areas_of(rooms: Rooms, place: Place) -> frozenset[str]:
    """The codes of the areas of the current release; none where there is no release yet."""
    gateway = rooms.gateway(place)
    try:
        if not any(release.is_current for release in gateway.releases()):
            return frozenset()
        stream = gateway.export("areas", purpose=None)
        return frozenset(code for batch in stream.batches for code in batch.column("area_code").to_pylist())
    finally:
        gateway.close()
