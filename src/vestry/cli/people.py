"""`vestry people`: the users of a place, what they may do for whom, and how they come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, day, examples, rooms_of
from vestry.cli.serve import PORT
from vestry.place import Place, open_place
from vestry.sharing.askers import people_of

if TYPE_CHECKING:
    from vestry.sharing.accounts_desk import Held, PeopleDesk

IMPORT_EXAMPLES: Final = examples("vestry people import", "vestry people import --replace")
LIST_EXAMPLES: Final = examples("vestry people list", "vestry people list --organisation police --json")
ADD_EXAMPLES: Final = examples(
    'vestry people add amara-okafor --name "Amara Okafor"',
    'vestry people add amara-okafor --name "Amara Okafor" --openid amara.okafor@borough.gov.uk',
)
GIVE_EXAMPLES: Final = examples(
    'vestry people give amara-okafor borough social-worker --title "Social worker, adults"'
)
TAKE_EXAMPLES: Final = examples(
    "vestry people take amara-okafor borough social-worker", "vestry people take amara-okafor borough"
)
TRAIN_EXAMPLES: Final = examples("vestry people train amara-okafor safeguarding --until 2027-03-31")
OPENID_EXAMPLES: Final = examples(
    "vestry people openid amara-okafor amara.okafor@borough.gov.uk", "vestry people openid amara-okafor"
)
SUSPEND_EXAMPLES: Final = examples("vestry people suspend amara-okafor")
RESTORE_EXAMPLES: Final = examples("vestry people restore amara-okafor")
INVITE_EXAMPLES: Final = examples("vestry people invite amara-okafor")
FORGET_EXAMPLES: Final = examples("vestry people forget amara-okafor")

UserId = Annotated[str, typer.Argument(metavar="USER", help="Their lasting id.")]
Organisation = Annotated[str, typer.Argument(metavar="ORGANISATION", help="An organisation of place.toml.")]


def import_people(
    ctx: typer.Context,
    replace: Annotated[
        bool, typer.Option("--replace", help="Have those who are there already as the file has them.")
    ] = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Add the users of people.yaml who have no account yet. Nobody can come in by it: invite them, or name them to OpenID."""
    place, desk = _desk(ctx, folder)
    users = people_of(place, rooms_of(ctx).read_contracts(place))
    if not users:
        printing.say("There is nobody in people.yaml.")
        return
    done = desk.import_people(users.values(), replace=replace)
    printing.say(
        f"Added {printing.count(len(done.added), 'account')}, replaced {len(done.replaced)}, "
        f"of {printing.count(len(users), 'user')} in {place.people.name}."
    )
    if done.differ:
        printing.say(
            f"Left as they are, which is not as the file has them: {', '.join(done.differ)}.",
            "To have them as the file does: vestry people import --replace",
        )


def list_people(
    ctx: typer.Context,
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="NAME", help="Only who works for this one.")
    ] = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """List every account: for whom they work, in which roles, trained until when, and how they come in."""
    held = [
        one
        for one in _desk(ctx, folder)[1].people()
        if not organisation or any(post.organisation == organisation for post in one.user.posts)
    ]
    if as_json:
        printing.say_json([_told(one) for one in held])
        return
    if not held:
        printing.say("No accounts yet: vestry people import, or vestry people add")
        return
    printing.table(
        ["user", "name", "for", "roles", "trained until", "comes in by"],
        [
            [
                one.user.user,
                one.user.name,
                "\n".join(post.organisation for post in one.user.posts),
                "\n".join(", ".join(sorted(post.roles)) for post in one.user.posts),
                ", ".join(f"{course} {until}" for course, until in sorted(one.user.training.items())),
                _way_in(one),
            ]
            for one in held
        ],
    )


def _way_in(held: Held) -> str:
    if held.suspended_at is not None:
        return "suspended"
    if held.user.is_system:
        return "see: vestry systems list"
    ways = [printing.count(held.passkeys, "passkey")] if held.passkeys else []
    return " and ".join([*ways, *(["OpenID Connect"] if held.openid else [])]) or "nothing yet"


def _told(held: Held) -> dict[str, Any]:
    user = held.user
    return {
        "user": user.user,
        "name": user.name,
        "system": user.is_system,
        "works_for": [
            {"organisation": p.organisation, "as": p.title, "roles": sorted(p.roles)} for p in user.posts
        ],
        "training": {course: until.isoformat() for course, until in sorted(user.training.items())},
        "family_records": len(user.family),
        "openid": held.openid,
        "passkeys": held.passkeys,
        "suspended_at": held.suspended_at,
    }


def add(
    ctx: typer.Context,
    user: UserId,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What they are called on screen.")],
    openid: Annotated[
        str, typer.Option("--openid", metavar="VALUE", help="What the OpenID Connect provider calls them.")
    ] = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Add somebody, who may do nothing yet: give them roles next."""
    _desk(ctx, folder)[1].add(user, name, openid=openid)
    printing.say(f"Added {user}. Next: vestry people give {user} ORGANISATION ROLE")


def give(
    ctx: typer.Context,
    user: UserId,
    organisation: Organisation,
    roles: Annotated[list[str], typer.Argument(metavar="ROLE", help="One or more roles.")],
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="What they are there, in their own words.")
    ] = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Give somebody roles at an organisation, beside those that they have. It holds from their next click on."""
    _desk(ctx, folder)[1].give(user, organisation, roles, title=title)
    printing.say(f"{user} is {', '.join(roles)} for {organisation}.")


def take(
    ctx: typer.Context,
    user: UserId,
    organisation: Organisation,
    roles: Annotated[
        list[str] | None, typer.Argument(metavar="ROLE", help="Which; all of them, where none is named.")
    ] = None,
    folder: PlaceFolder = HERE,
) -> None:
    """Take roles from somebody at an organisation. It holds from their next click on."""
    _desk(ctx, folder)[1].take(user, organisation, roles or ())
    printing.say(f"{user} is no longer {', '.join(roles) if roles else 'anything'} for {organisation}.")


def train(
    ctx: typer.Context,
    user: UserId,
    course: Annotated[str, typer.Argument(metavar="COURSE", help="The course, as agreements name it.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day on which it counts.")],
    folder: PlaceFolder = HERE,
) -> None:
    """Enter that somebody took a course, and until when it counts."""
    last = day(until, "--until")
    _desk(ctx, folder)[1].train(user, course, last)
    printing.say(f"{course} counts for {user} until {last}.")


def openid(
    ctx: typer.Context,
    user: UserId,
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="The claim's value; nothing takes it away.")
    ] = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Say what the OpenID Connect provider calls somebody, or have them bound to it anew. Their sessions end."""
    _desk(ctx, folder)[1].name_at_provider(user, value)
    printing.say(f"{user} comes in by OpenID Connect as named." if value else f"{user} no longer does.")


def suspend(ctx: typer.Context, user: UserId, folder: PlaceFolder = HERE) -> None:
    """Let somebody in no more. Their sessions, or a system's tokens, are over at once."""
    _desk(ctx, folder)[1].suspend(user)
    printing.say(f"{user} is suspended.")


def restore(ctx: typer.Context, user: UserId, folder: PlaceFolder = HERE) -> None:
    """Let somebody in again who was suspended."""
    _desk(ctx, folder)[1].restore(user)
    printing.say(f"{user} may come in again.")


def invite(ctx: typer.Context, user: UserId, folder: PlaceFolder = HERE) -> None:
    """Make a link with which somebody enrols a passkey: once, within a day. Whoever has it can, so hand it to them."""
    place, desk = _desk(ctx, folder)
    invited = desk.invite(user)
    address = place.sign_in.address or f"http://localhost:{PORT}"
    printing.say(f"{address}{invited.path}")
    typer.echo(
        f"For {user}, once, until {invited.until:%Y-%m-%d %H:%M} UTC. It is not shown again.", err=True
    )


def forget(ctx: typer.Context, user: UserId, folder: PlaceFolder = HERE) -> None:
    """Take away every passkey of somebody, as when a telephone is lost. Their sessions end; invite them anew."""
    gone = _desk(ctx, folder)[1].forget_passkeys(user)
    printing.say(f"Took away {printing.count(gone, 'passkey')} of {user}.")


def _desk(ctx: typer.Context, folder: Path) -> tuple[Place, PeopleDesk]:
    place = open_place(folder)
    return place, rooms_of(ctx).people(place)
