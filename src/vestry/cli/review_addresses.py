"""`vestry review addresses` and `vestry review address`: addresses that could not be found, put to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.addresses.decided import IS, NOWHERE, WITHDRAWN, AddressWord
from vestry.cli import printing
from vestry.cli.options import (
    HERE,
    AsJson,
    AsUser,
    ForOrganisation,
    PlaceFolder,
    asking,
    examples,
    rooms_of,
)
from vestry.cli.review import WHY, Purpose, Reason

if TYPE_CHECKING:
    from vestry.sharing.reviewing_addresses import AddressDesk, AddressesPage, AddressRecorded
    from vestry.twin.addresses_for_review import AddressForReview

LIST_EXAMPLES: Final = examples("vestry review addresses", "vestry review addresses --limit 100 --json")
DECIDE_EXAMPLES: Final = examples(
    "vestry review address RECORD --uprn 100080123456",
    'vestry review address RECORD --none --reason "demolished in 2019"',
    "vestry review address RECORD --undo",
)


@contextmanager
def _desk(ctx: typer.Context, folder: Path, user: str, organisation: str) -> Iterator[AddressDesk]:
    with asking(ctx, folder, user, organisation) as gateway:
        yield gateway.address_reviews(rooms_of(ctx).clock)


def list_addresses(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Addresses to show.")] = 20,
    purpose: Purpose = WHY,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """List addresses that lead to no property for certain, first what most records write: why, and what each may be."""
    with _desk(ctx, folder, user, organisation) as desk:
        page = desk.waiting(purpose=purpose, limit=limit)
    if as_json:
        printing.say_json(page)
    else:
        _print(page)


def decide_address(
    ctx: typer.Context,
    record: Annotated[
        str, typer.Argument(metavar="RECORD", help="A record that writes it, from vestry review addresses.")
    ],
    uprn: Annotated[
        str,
        typer.Option("--uprn", metavar="UPRN", help="It is this property.", show_default="one of three"),
    ] = "",
    none: Annotated[bool, typer.Option("--none", help="It is no property of the gazetteer.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what was decided.")] = False,
    reason: Reason = "",
    purpose: Purpose = WHY,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Say which property an address is. It holds for every record that writes the address so, from the next build on."""
    given: dict[AddressWord, bool] = {IS: bool(uprn), NOWHERE: none, WITHDRAWN: undo}
    said = [word for word, is_said in given.items() if is_said]
    if len(said) != 1:
        raise typer.BadParameter("say one of the three", param_hint="--uprn, --none or --undo")
    with _desk(ctx, folder, user, organisation) as desk:
        recorded = desk.decide(record, said[0], uprn=uprn, reason=reason, purpose=purpose)
    if as_json:
        printing.say_json(recorded)
    else:
        _say_recorded(recorded)


def _print(page: AddressesPage) -> None:
    decided = f" {page.decided:,} more are decided: vestry build." if page.decided else ""
    if not page.total:
        printing.say(f"No address waits for review in release {page.release_id}.{decided}")
        return
    waits = "waits" if page.total == 1 else "wait"
    number = "1 address" if page.total == 1 else f"{page.total:,} addresses"
    printing.say(f"{number} {waits} in release {page.release_id}.{decided}")
    for address in page.waiting:
        printing.say("")
        printing.say(f"{_written(address)}  ({printing.count(address.records, 'record')})")
        printing.say(f"  why      {address.reason}")
        for likely in address.likely:
            bits = f", {likely.score:.1f} bits" if likely.score is not None else ""
            written = f": {likely.address}" if likely.address else ""  # a release from before they were kept
            printing.say(f"  may be   {likely.uprn}{bits}{written}")
        printing.say(f"  decide   vestry review address {address.record_id} --uprn UPRN, or --none")
    if page.total > len(page.waiting):
        printing.say("", f"{page.total - len(page.waiting):,} more: --limit {page.total}")


def _written(address: AddressForReview) -> str:
    lines = address.address_lines.replace("\n", ", ")
    return f"{lines}, {address.postcode}" if address.postcode else lines


def _say_recorded(recorded: AddressRecorded) -> None:
    of = printing.count(recorded.records, "record")
    said = {
        IS: f"It is the property {recorded.uprn}, for the {of} that write it so.",
        NOWHERE: f"It is no property of the gazetteer, for the {of} that write it so.",
        WITHDRAWN: "Taken back: it is open again.",
    }[recorded.word]
    printing.say(f"{said} In force from the next build; kept in {recorded.file}.")
    if recorded.before and recorded.word != WITHDRAWN:
        stood = "no property" if recorded.before == NOWHERE else recorded.before
        printing.say(f"Before, it was decided to be {stood}.")
    if recorded.word == IS and not recorded.known:
        printing.say(
            "You were not told of any record there: it counts if the gazetteer knows that UPRN, and waits until it does."
        )
