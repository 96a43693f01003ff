"""`vestry show`: what is known of one entity, for a purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, PurposeCode, examples, opened
from vestry.twin.answers import Related, Resolution, Shown

EXAMPLES: Final = examples(
    "vestry show ENTITY --purpose direct-care", "vestry show ENTITY --purpose housing --json"
)

EntityArgument = Annotated[str, typer.Argument(metavar="ENTITY", help="An entity id, from vestry find.")]


def show(
    ctx: typer.Context,
    entity: EntityArgument,
    purpose: PurposeCode = None,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Show the chosen values of an entity, the sources that know of it, and what it is tied to."""
    with opened(ctx, folder) as (_, gateway):
        shown = gateway.show(entity, purpose=purpose)
    if as_json:
        printing.say_json(shown)
        return
    print_resolution(shown.resolution)
    if shown.entity is None:
        return
    state = "" if shown.entity.current else ", no longer current: history only"
    printing.heading(f"{shown.entity.kind} {shown.entity.entity_id}{state}")
    printing.table(["field", "value"], list(shown.entity.values.items()))
    _print_origins(shown)
    _print_related(shown.entity.entity_id, shown.related)
    printing.say(
        f"Release {shown.release_id}. Where each value came from:"
        f" vestry explain {shown.entity.entity_id} --purpose {purpose}"
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
            printing.say(f"  {step.at_release}: {step.entity_id} {step.happened}{into} ({step.reason})")


def _print_origins(shown: Shown) -> None:
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
