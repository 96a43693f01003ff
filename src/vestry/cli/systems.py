"""`vestry systems`: what partners' systems prove themselves with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, examples, rooms_of
from vestry.cli.serve import PORT
from vestry.errors import FileUnreadable
from vestry.place import open_place

LIST_EXAMPLES: Final = examples("vestry systems list")
CONNECT_EXAMPLES: Final = examples(
    'vestry systems connect practice-system --for brackton-surgery --name "Practice record system" --key practice.pem',
    'vestry systems connect practice-system --for brackton-surgery --name "Practice record system"',
    "vestry systems connect practice-system --key next-year.pem",
)
REVOKE_EXAMPLES: Final = examples("vestry systems revoke practice-system-3f2a9c0d")

_LONGEST: Final = 100_000


def list_systems(ctx: typer.Context, as_json: AsJson = False, folder: PlaceFolder = HERE) -> None:
    """List every proof of every system: whose it is, since when, and whether it still counts."""
    held = rooms_of(ctx).systems(open_place(folder)).systems()
    if as_json:
        printing.say_json(held)
        return
    if not held:
        printing.say("No systems yet: vestry systems connect --help")
        return
    printing.table(
        ["system", "for", "client id", "proof", "since", "counts"],
        [
            [
                one.user,
                one.organisation,
                one.client_id,
                one.proof,
                one.added_at.date(),
                "revoked" if one.revoked_at else "suspended" if one.suspended else "yes",
            ]
            for one in held
        ],
    )


def connect(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(metavar="SYSTEM", help="The system's lasting id.")],
    organisation: Annotated[
        str, typer.Option("--for", metavar="ORGANISATION", help="Whose it is; needed for a new one.")
    ] = "",
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What it is called; needed for a new one.")
    ] = "",
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="PATH", help="Its public key (PEM or JWK); without, it gets a secret."),
    ] = None,
    folder: PlaceFolder = HERE,
) -> None:
    """Give a partner's system access: by its public key, which is better, or by a secret, which is shown once.

    Connect it again to change either without a gap, and revoke the old one after.
    """
    place = open_place(folder)
    content = _read(key) if key else b""
    made = rooms_of(ctx).systems(place).connect(user, organisation=organisation, name=name, key=content)
    address = place.sign_in.address or f"http://localhost:{PORT}"
    printing.say(f"token address: {address}/oauth/token", f"client id:     {made.client_id}")
    if made.secret:
        printing.say(f"client secret: {made.secret}")
        typer.echo("The secret is not shown again, and kept here as a hash only.", err=True)


def revoke(
    ctx: typer.Context,
    client_id: Annotated[str, typer.Argument(metavar="CLIENT-ID", help="As vestry systems list has it.")],
    folder: PlaceFolder = HERE,
) -> None:
    """Let a proof count no more, nor any token that was given for it: at once, without starting anything anew."""
    rooms_of(ctx).systems(open_place(folder)).revoke(client_id)
    printing.say(f"Revoked {client_id}.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST)
    except OSError as error:
        raise FileUnreadable(
            "The key cannot be read.", where=str(path), fix="give a file that this account may read"
        ) from error
