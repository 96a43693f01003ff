"""`vestry serve`: the office of a place, for browsers and partners' systems, on this machine."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, PlaceFolder, examples, rooms_of
from vestry.place import Place, open_place
from vestry.sharing.askers import people_of

EXAMPLES: Final = examples("vestry serve", "vestry serve --port 8001 --place build/demo")

PORT: Final = 8000


def serve(
    ctx: typer.Context,
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="NUMBER", min=0, max=65535, help="The port on 127.0.0.1; 0: any that is free."
        ),
    ] = PORT,
    folder: PlaceFolder = HERE,
) -> None:
    """Serve the place's office until it is ended (Ctrl-C): its pages for staff, and tokens for partners' systems.

    Only this machine can reach it. For others, have a proxy here that ends TLS, and say the address in place.toml.
    """
    place = open_place(folder)

    def ready(address: str) -> None:
        printing.say(f"{place.name} is served at {address}/")
        if place.fictional:
            _say_whom_one_can_be(ctx, place)
        printing.say("To end it: Ctrl-C")
        sys.stdout.flush()

    rooms_of(ctx).serve(place, port=port, ready=ready)


def _say_whom_one_can_be(ctx: typer.Context, place: Place) -> None:
    """Who there is in a fictional place, and the one password for all of them."""
    users = people_of(place, rooms_of(ctx).read_contracts(place)).values()
    printing.say("Nobody in it lives: anybody may look round, as any of these.")
    printing.table(
        ["user", "name", "work"],
        [[u.user, u.name, " and ".join(post.title or post.organisation for post in u.posts)] for u in users],
    )
    printing.say(f"The password of all of them: {(place.keys / 'demo').read_text(encoding='utf-8').strip()}")
