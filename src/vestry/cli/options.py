"""Options that several commands share, and how a command finds its place and its rooms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.rooms import Rooms
from vestry.cli.suggestions import named
from vestry.errors import AsAtInvalid, PlaceNotWritable
from vestry.place import Place, open_place
from vestry.sharing.grants import EMERGENCY

if TYPE_CHECKING:
    from vestry.sharing.by_agreement import ByAgreement
    from vestry.sharing.gateway import Gateway

PlaceFolder = Annotated[
    Path,
    typer.Option(
        "--place",
        metavar="DIR",
        help="The place's folder.",
        show_default="the current folder",
        callback=named,
    ),
]

PurposeCode = Annotated[
    str | None,
    typer.Option(
        "--purpose",
        metavar="CODE",
        help="Why you look; needed wherever people are shown. List: vestry purposes.",
    ),
]

AsUser = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="USER",
        help="Look as this user of people.yaml, under the agreements as they stand; else as the operator of this machine.",
    ),
]

ForOrganisation = Annotated[
    str, typer.Option("--for", metavar="ORGANISATION", help="For which of their organisations the user asks.")
]

EmergencyReason = Annotated[
    str,
    typer.Option(
        "--emergency",
        metavar="REASON",
        help="Why life is in danger; with --purpose emergency, --as and --tell.",
    ),
]

TellUser = Annotated[
    str,
    typer.Option(
        "--tell",
        metavar="USER",
        help="Who else is told of the emergency before anything is shown; reviewed in three days.",
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="JSON for another program, instead of tables.")]

Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there already.")]

HERE: Final = Path()


def rooms_of(ctx: typer.Context) -> Rooms:
    """The rooms that `wiring` gave."""
    rooms = ctx.obj
    assert isinstance(rooms, Rooms)
    return rooms


@contextmanager
def opened(ctx: typer.Context, folder: Path) -> Iterator[tuple[Place, Gateway]]:
    """The place in `folder` and the gateway to its twin, for as long as the command runs."""
    place = open_place(folder)
    gateway = rooms_of(ctx).gateway(place)
    try:
        yield place, gateway
    finally:
        gateway.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """What was typed of an emergency: the purpose of the look, the reason, and who else is told."""

    purpose: str | None = None
    reason: str = ""
    tell: str = ""

    def check(self, user: str) -> None:
        """Complain of a reason or a second person where there is no emergency, or nobody to have one."""
        if not (self.reason or self.tell):
            return
        if self.purpose != EMERGENCY or not user:
            raise typer.BadParameter(f"say --purpose {EMERGENCY} and --as USER too", param_hint="--emergency")
        if not (self.reason.strip() and self.tell):
            raise typer.BadParameter(
                "an emergency needs both a reason and somebody else who is told: --tell USER",
                param_hint="--emergency",
            )


@contextmanager
def asking(
    ctx: typer.Context, folder: Path, user: str, organisation: str, urgent: Urgent | None = None
) -> Iterator[Gateway | ByAgreement]:
    """The gateway for whoever asks: this machine's operator, or a user under agreements. Raises UserUnknown, PeopleInvalid.

    For an emergency the second person is told first. Raises ChangeRefused where that is whoever asks.
    """
    if organisation and not user:
        raise typer.BadParameter("say who asks for it: --as USER", param_hint="--for")
    urgent = urgent or Urgent()
    urgent.check(user)
    rooms = rooms_of(ctx)
    with opened(ctx, folder) as (place, gateway):
        if not user:
            yield gateway
            return
        places_law = rooms.law(place)
        found = places_law.user(user)
        asker = places_law.asker(found, organisation)
        emergency = None
        if urgent.reason:
            told = places_law.user(urgent.tell).user
            emergency = rooms.emergencies(place).begin(asker, reason=urgent.reason, told=told)
        yield gateway.on_behalf_of(asker, places_law.law, rooms.clock, emergency=emergency)


def examples(*lines: Sequence[str] | str) -> str:
    """Examples as the foot of a command's help page; the reference page prints the same."""
    return "\n\n".join(("Examples:", *(str(line) for line in lines)))


def day(text: str, option: str = "--as-at") -> date:
    """A day as typed, YYYY-MM-DD. Raises AsAtInvalid, which names the option."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise AsAtInvalid(
        f"The {option.removeprefix('--')} date is not a date.", where=option, fix="write it as 2026-11-01"
    )


_WAYS_OF_BIRTH: Final = (
    re.compile(r"(?P<y>\d{4})(-(?P<m>\d{2})(-(?P<d>\d{2}))?)?", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})", re.ASCII),
)


def birth_date(text: str) -> str:
    """A birth date as typed, whole or in part, in ISO form ("1990", "1990-05", "1990-05-31")."""
    for way in _WAYS_OF_BIRTH:
        match = way.fullmatch(text.strip())
        if match is None:
            continue
        pieces = match.groupdict()
        year, month, in_month = pieces["y"], pieces["m"], pieces["d"]
        try:
            date(int(year), int(month or 1), int(in_month or 1))
        except ValueError:
            break
        return "-".join(p for p in (year, month and month.zfill(2), in_month and in_month.zfill(2)) if p)
    raise typer.BadParameter("not a date; write 1990-05-31, 31/05/1990, 1990-05 or 1990", param_hint="--born")


def write_out(text: str, to: Path | None) -> None:
    """Print `text`, or write it to the file `to`, which `may_write` allowed. Raises PlaceNotWritable."""
    if to is None:
        typer.echo(text, nl=not text.endswith("\n"))
        return
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise PlaceNotWritable(
            "The file cannot be written.", where=str(to), fix="name another file"
        ) from error
    printing.say(f"Wrote {to}.")


def may_write(path: Path, *, force: bool, option: str, make_folder: bool = False) -> None:
    """Refuse, as a mistake in the command, a file that is there already or whose folder is not.

    With `make_folder` the folder may be missing: whoever writes makes it.
    """
    if path.is_dir() or not (path.parent.is_dir() or (make_folder and not path.parent.exists())):
        raise typer.BadParameter("give a file in a folder that exists", param_hint=option)
    if path.exists() and not force:
        raise typer.BadParameter("the file is there already; add --force to replace it", param_hint=option)
