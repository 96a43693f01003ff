"""`vestry show`: what is known of one entity, for a purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import (
    HERE,
    AsJson,
    AsUser,
    EmergencyReason,
    ForOrganisation,
    PlaceFolder,
    PurposeCode,
    TellUser,
    Urgent,
    asking,
    examples,
)
from vestry.twin.answers import Entity, Related, Resolution, Shown

EXAMPLES: Final = examples(
    "vestry show ENTITY --purpose direct-care",
    "vestry show ENTITY --purpose housing --json",
    "vestry show ENTITY --purpose council-tax --as USER",
    'vestry show ENTITY --purpose emergency --as USER --emergency "a child is missing" --tell OTHER-USER',
)

EntityArgument = Annotated[str, typer.Argument(metavar="ENTITY", help="An entity id, from vestry find.")]


def show(
    ctx: typer.Context,
    entity: EntityArgument,
    purpose: PurposeCode = None,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    emergency: EmergencyReason = "",
    tell: TellUser = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Show the chosen values of an entity, the sources that know of it, and what it is tied to."""
    urgent = Urgent(purpose=purpose, reason=emergency, tell=tell)
    with asking(ctx, folder, user, organisation, urgent) as gateway:
        shown = gateway.show(entity, purpose=purpose)
    if as_json:
        printing.say_json(shown)
        return
    print_resolution(shown.resolution)
    if shown.entity is None:
        return
    state = "" if shown.entity.current else ", no longer current: history only"
    printing.heading(f"{shown.entity.kind} {shown.entity.entity_id}{state}")
    _print_values(shown.entity)
    _print_origins(shown)
    _print_related(shown.entity.entity_id, shown.related)
    _print_withheld(shown)
    as_user = f" --as {user}" if user else ""
    printing.say(
        f"Release {shown.release_id}. Where each value came from:"
        f" vestry explain {shown.entity.entity_id} --purpose {purpose}{as_user}"
    )


def print_resolution(resolution: Resolution) -> None:
    """What became of the id that was asked for, where anything did."""
    if resolution.now and resolution.now != (resolution.asked,):
        parted = any(s.happened == "split" and s.entity_id == resolution.asked for s in resolution.steps)
        became = "was split into" if parted or len(resolution.now) > 1 else "was merged into"
        printing.say(f"{resolution.asked} {became} {', '.join(resolution.now)}.")
    elif not resolution.now:
        printing.say(f"{resolution.asked} is retired, and nothing stands in its place.")
    if resolution.others:
        printing.say(f"Split away from it: {', '.join(resolution.others)}.")
    for step in resolution.steps:
        if step.happened not in ("created", "kept"):
            into = f" into {step.into_entity}" if step.into_entity else ""
            printing.say(f"  {step.at_release}: {step.entity_id} {step.happened}{into} ({step.why})")


def _print_values(entity: Entity) -> None:
    """The values, and how precise those are that are less than whole."""
    rows = [
        [name, value, entity.precision.get(name, "") if entity.precision.get(name) != name else ""]
        for name, value in entity.values.items()
    ]
    if rows:
        printing.table(
            ["field", "value", "shown as"] if entity.precision else ["field", "value"],
            [row if entity.precision else row[:2] for row in rows],
        )
    else:
        printing.say("No value of it may be seen for this purpose.")


def _print_withheld(shown: Shown) -> None:
    """Who else knows of it, and what may not be seen; nothing for whoever sees everything."""
    if shown.known_to:
        printing.heading("Known to others besides, who may say more")
        printing.table(
            ["organisation", "source", "since", "ask"],
            [[k.organisation, k.source, k.since, k.desk] for k in shown.known_to],
        )
    if shown.withheld:
        printing.heading("Withheld, whether or not there is anything")
        by_reason: dict[str, list[str]] = {}
        for one in shown.withheld:
            by_reason.setdefault(one.says, []).append(one.field)
        printing.table(["fields", "why"], [[", ".join(fields), why] for why, fields in by_reason.items()])
    if shown.agreements:
        printing.say(f"Seen under: {', '.join(shown.agreements)}.")


def _print_origins(shown: Shown) -> None:
    if not shown.origins:
        return
    printing.heading(f"Known to {printing.count(len({o.source for o in shown.origins}), 'source')}")
    printing.table(
        ["source", "key", "part", "first seen", "last seen", ""],
        [
            [o.source, o.source_key, o.part, o.first_as_at, o.last_as_at, "" if o.current else "ended"]
            for o in shown.origins
        ],
    )


def _print_related(entity_id: str, related: Related) -> None:
    for title, rows in (
        ("Homes", related.residences),
        ("Households", related.households),
        ("Relationships", related.relationships),
        ("Dealings with services", related.episodes),
    ):
        if rows:
            printing.heading(title)
            _print_rows(entity_id, rows)


def _print_rows(entity_id: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Each different row once, without the records behind it and what is the same entity throughout."""
    names = [n for n in rows[0] if n != "record_id" and any(row[n] not in ("", entity_id) for row in rows)]
    different = list(dict.fromkeys(tuple(row[name] for name in names) for row in rows))
    printing.table(
        [name.replace("_", " ") for name in names],
        [["itself" if cell == entity_id else cell for cell in row] for row in different],
    )
