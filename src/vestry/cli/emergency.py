"""`vestry emergency`: looks that were made for an emergency, and what a review made of each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, examples, rooms_of
from vestry.place import open_place

if TYPE_CHECKING:
    from vestry.sharing.people_apart import Finding, Looked

LIST_EXAMPLES: Final = examples("vestry emergency list", "vestry emergency list --told duty-manager")
LOOKS_EXAMPLES: Final = examples("vestry emergency looks 3", "vestry emergency looks 3 --json")
REVIEW_EXAMPLES: Final = examples(
    "vestry emergency review 3 --found justified --as duty-manager",
    'vestry emergency review 3 --found not-justified --because "nobody was missing" --as duty-manager',
)


class Found(StrEnum):
    """What a review can come to."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not-justified"


def list_emergencies(
    ctx: typer.Context,
    told: Annotated[
        str, typer.Option("--told", metavar="USER", help="Only those of which this user was told.")
    ] = "",
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="Those that were reviewed instead, and what was found.")
    ] = False,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """The looks for an emergency that wait for review, the oldest first: who, why, and who was told at once."""
    desk = rooms_of(ctx).emergencies(open_place(folder))
    if reviewed:
        _list_reviewed([one for one in desk.reviewed() if told in ("", one.told)], as_json=as_json)
        return
    waiting = desk.waiting(told=told)
    if as_json:
        printing.say_json(
            [
                {
                    "number": one.number, "user": one.user, "organisation": one.organisation, "reason": one.reason,
                    "told": one.told, "at": one.at.isoformat(), "review_by": one.review_by.isoformat(),
                    "overdue": one.overdue, "until": one.until.isoformat() if one.until else "",
                }
                for one in waiting
            ]
        )  # fmt: skip
        return
    if not waiting:
        printing.say("No look for an emergency waits for review.")
        return
    printing.table(
        ["number", "user", "for", "at", "because", "told", "review by"],
        [
            [
                str(one.number), one.user, one.organisation, f"{one.at:%Y-%m-%d %H:%M}", one.reason, one.told,
                f"{one.review_by:%Y-%m-%d %H:%M}{' overdue' if one.overdue else ''}",
            ]
            for one in waiting
        ],
    )  # fmt: skip


def _list_reviewed(looks: Sequence[Looked], *, as_json: bool) -> None:
    if as_json:
        printing.say_json(
            [
                {
                    "number": one.number, "user": one.user, "organisation": one.organisation, "reason": one.reason,
                    "told": one.told, "at": one.at.isoformat(), "until": one.until.isoformat() if one.until else "",
                    "reviewed_by": one.reviewed_by, "found": one.found, "because": one.words,
                }
                for one in looks
            ]
        )  # fmt: skip
    elif looks:
        printing.table(
            ["number", "user", "for", "at", "because", "found", "by", "in words"],
            [
                [
                    str(one.number), one.user, one.organisation, f"{one.at:%Y-%m-%d %H:%M}", one.reason, one.found,
                    one.reviewed_by, one.words,
                ]
                for one in looks
            ],
        )  # fmt: skip
    else:
        printing.say("No look for an emergency was reviewed.")


def looks(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Which one, from vestry emergency list.")],
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """What was looked at in an emergency, by the audit log: when, what was done, and the ids of whom. Entered in the log too."""
    found = rooms_of(ctx).audit(open_place(folder)).in_emergency(number)
    if as_json:
        printing.say_json(found)
    elif found:
        printing.table(
            ["at", "did", "by", "whom", "outcome"],
            [
                [one.at[:16].replace("T", " "), one.action, ", ".join(one.criteria), ", ".join(one.entities), one.outcome]
                for one in found
            ],
        )  # fmt: skip
    else:
        printing.say("Nothing was looked at in an emergency of that number.")


def review(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Which look, from vestry emergency list.")],
    found: Annotated[
        Found,
        typer.Option(
            "--found", help="Whether life was in danger, as far as could be known.", show_default=False
        ),
    ],
    user: Annotated[
        str,
        typer.Option(
            "--as", metavar="USER", help="The user of people.yaml who reviews it.", show_default=False
        ),
    ],
    because: Annotated[
        str, typer.Option("--because", metavar="WORDS", help="What makes you think so. Kept with the look.")
    ] = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Enter what the review of a look for an emergency found. Nobody reviews a look of their own."""
    place, rooms = open_place(folder), rooms_of(ctx)
    by = rooms.law(place).user(user)
    result: Finding = "justified" if found is Found.JUSTIFIED else "not-justified"
    rooms.emergencies(place).review(number, by=by.user, found=result, words=because)
    printing.say(f"Look {number} for an emergency: {found.value.replace('-', ' ')}, by {by.user}.")
