"""`vestry marks`: what sets single people apart, whatever their records say, set and taken back."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, examples, opened, rooms_of
from vestry.place import open_place
from vestry.sharing.subjects import MARKERS

LIST_EXAMPLES: Final = examples("vestry marks list", "vestry marks list --entity P3f2a9c0de1b24567")
SET_EXAMPLES: Final = examples(
    'vestry marks set P3f2a9c0de1b24567 restricted --because "asked for by the safeguarding lead"',
    'vestry marks set P3f2a9c0de1b24567 objects --of public-health-statistics --because "wrote on 3 May"',
)
TAKE_BACK_EXAMPLES: Final = examples("vestry marks take-back P3f2a9c0de1b24567 restricted")

Entity = Annotated[str, typer.Argument(metavar="ENTITY", help="An entity id, from vestry find.")]
Mark = Annotated[
    str, typer.Argument(metavar="MARK", help=f"One of: {', '.join(m for m in MARKERS if m != 'deceased')}.")
]
Of = Annotated[
    str,
    typer.Option(
        "--of",
        metavar="NAME",
        help="For staff the organisation, objects the purpose, consented the agreement.",
    ),
]


def list_marks(
    ctx: typer.Context,
    entity: Annotated[
        str, typer.Option("--entity", metavar="ENTITY", help="Only theirs, those taken back too.")
    ] = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Who is set apart: restricted, protected, sealed, opted out, staff, objecting or consenting; since when and why."""
    held = rooms_of(ctx).marks(open_place(folder)).listed(entity)
    if as_json:
        printing.say_json(
            [
                {
                    "entity": one.entity_id, "mark": one.marker, "of": one.of, "because": one.because, "by": one.by,
                    "at": one.at.isoformat(), "ended_by": one.ended_by,
                    "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                }
                for one in held
            ]
        )  # fmt: skip
        return
    if not held:
        printing.say("Nobody is marked so far." if not entity else "They were never marked.")
        return
    printing.table(
        ["entity", "mark", "of", "since", "by", "because", "until"],
        [
            [
                one.entity_id, one.marker, one.of, one.at.date().isoformat(), one.by, one.because,
                f"{one.ended_at.date().isoformat()}, {one.ended_by}" if one.ended_at else "",
            ]
            for one in held
        ],
    )  # fmt: skip


def set_mark(
    ctx: typer.Context,
    entity: Entity,
    mark: Mark,
    because: Annotated[
        str,
        typer.Option(
            "--because", metavar="TEXT", help="Why: whoever reviews it reads this.", show_default=False
        ),
    ],
    of: Of = "",
    folder: PlaceFolder = HERE,
) -> None:
    """Set somebody apart from now on, until it is taken back. It goes with them when records are joined or parted."""
    if not because.strip():
        raise typer.BadParameter("say why", param_hint="--because")
    now = _now(ctx, entity, folder)
    rooms = rooms_of(ctx)
    desk = rooms.marks(open_place(folder))
    new = [one for one in now if desk.mark(one, mark, of=of, because=because, by=rooms.actor.user)]
    words = MARKERS[mark]
    for one in now:
        printing.say(
            f"{one} {'is marked' if one in new else 'was marked already'}: {words}{f' ({of})' if of else ''}."
        )


def take_back(
    ctx: typer.Context, entity: Entity, mark: Mark, of: Of = "", folder: PlaceFolder = HERE
) -> None:
    """Take a mark away. That it was there, and until when, is kept."""
    rooms = rooms_of(ctx)
    rooms.marks(open_place(folder)).take_back(entity, mark, of=of, by=rooms.actor.user)
    printing.say(f"{entity} is no longer marked {mark}{f' ({of})' if of else ''}.")


def _now(ctx: typer.Context, entity: str, folder: PlaceFolder) -> tuple[str, ...]:
    """What an id stands for in the current release, so that nobody is marked who is nobody. Raises NotFound, ReleaseMissing."""
    with opened(ctx, folder) as (_, gateway):
        return gateway.stands_for(entity)
