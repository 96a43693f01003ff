"""`vestry serve`: the office of a place, for browsers and partners' systems, on this machine."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, PlaceFolder, examples, rooms_of
from vestry.place import open_place

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
    """Serve the place's office until it is ended (Ctrl-C): signing in, passkeys, and tokens for partners' systems.

    Only this machine can reach it. For others, have a proxy here that ends TLS, and say the address in place.toml.
    """
    place = open_place(folder)

    def ready(address: str) -> None:
        printing.say(f"{place.name} is served at {address}/")
        if place.fictional:
            printing.say(
                f"Nobody in it lives: anybody may look round. The password is in {place.keys / 'demo'}"
            )
        sys.stdout.flush()

    rooms_of(ctx).serve(place, port=port, ready=ready)
