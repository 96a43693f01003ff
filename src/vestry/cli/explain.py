"""`vestry explain`: where each chosen value came from, and why records are one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Final

import typer

from vestry.cli import printing
from vestry.cli.options import HERE, AsJson, PlaceFolder, PurposeCode, examples, opened
from vestry.cli.show import print_resolution
from vestry.twin.answers import Claim, Explained, Link, Origin, PairExplained
from vestry.twin.paths import SAME_KEY, spanning_links

EXAMPLES: Final = examples(
    "vestry explain ENTITY --purpose data-quality",
    "vestry explain RECORD RECORD --purpose matching-review",
)

_DECIDED: Final = {
    "identifier": "an identifier that both hold",
    "model": "the linkage model",
    "reviewer": "a reviewer",
    "repeat": "they are alike in everything compared",
    SAME_KEY: "the source's own key: one holds what the other held before",
}


def explain(
    ctx: typer.Context,
    entity: Annotated[
        str, typer.Argument(metavar="ENTITY", help="An entity id, from vestry find; or a record id.")
    ],
    other: Annotated[
        str | None,
        typer.Argument(metavar="RECORD", help="Give two record ids instead: why they are one, or are not."),
    ] = None,
    purpose: PurposeCode = None,
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Explain an entity: source, extract and row of each value, why it won, what lost, what joined it."""
    with opened(ctx, folder) as (_, gateway):
        if other is None:
            told = gateway.explain(entity, purpose=purpose)
        else:
            pair = gateway.explain_pair(entity, other, purpose=purpose)
    if as_json:
        printing.say_json(told if other is None else pair)
    elif other is None:
        _print_entity(told)
    else:
        _print_pair(pair)


def _print_entity(told: Explained) -> None:
    print_resolution(told.resolution)
    if told.entity is None:
        return
    printing.heading(f"{told.entity.kind} {told.entity.entity_id}, release {told.release_id}")
    _print_claims(told.claims)
    names = _names(told.origins)
    holding = spanning_links(told.links)
    printing.heading("Its records")
    printing.table(
        ["", "record", "source", "key", "part", "extract", "row", "joined"],
        [
            [
                names[o.record_id],
                o.record_id,
                o.source,
                o.source_key,
                o.part,
                o.extract_id,
                o.row_number,
                _joined_by(o.record_id, holding),
            ]
            for o in told.origins
        ],
    )
    printing.heading("What joins them")
    if not holding:
        printing.say(
            "One record; nothing to join." if len(told.origins) < 2 else "No link between them was kept."
        )
    for link in holding:
        _print_link(link, names)


def _print_claims(claims: Sequence[Claim]) -> None:
    printing.heading("Where each value came from")
    if not claims:
        printing.say("No claims: everything about it comes from other entities.")
        return
    rows = []
    for _, group in groupby(claims, key=lambda c: (c.group_name, c.item, c.field)):
        for claim in group:
            rows.append(
                [
                    claim.field,
                    "chosen" if claim.chosen else "",
                    claim.value,
                    claim.source_value if claim.source_value != claim.value else "",
                    claim.source,
                    claim.extract_id.removeprefix(f"{claim.source}/"),
                    claim.row_number,
                    claim.reason,
                ]
            )
    printing.table(["field", "", "value", "as received", "source", "extract", "row", "why"], rows)


def _print_pair(told: PairExplained) -> None:
    names = {told.left.record_id: _place_of(told.left), told.right.record_id: _place_of(told.right)}
    for origin in (told.left, told.right):
        printing.say(
            f"{origin.record_id}: {names[origin.record_id]}, {origin.extract_id} row {origin.row_number}"
        )
    if not told.are_one:
        printing.say(f"They are two: {told.left_entity} and {told.right_entity}.")
        if told.direct is None:
            printing.say("They were never compared closely, or scored below what a reviewer would look at.")
        else:
            _print_link(told.direct, names)
        return
    printing.say(f"They are one: {told.left_entity}.")
    if not told.path:
        printing.say("No link between them was kept.")
    elif len(told.path) > 1:
        printing.say(f"Nothing joins them directly; {len(told.path)} links lead from one to the other:")
    for link in told.path:
        _print_link(link, names)


def _print_link(link: Link, names: dict[str, str]) -> None:
    left, right = (names.get(r, r) for r in (link.left_record, link.right_record))
    odds = f", probability {link.probability:.4f}" if link.decided_by == "model" else ""
    printing.say(f"{left} and {right}: {_DECIDED.get(link.decided_by, link.decided_by)}{odds}")
    if link.evidence:
        printing.table(
            ["field", "agreement", "weight"],
            [
                [e.field, e.agreement, "decides" if e.weight is None else f"{e.weight:+.1f}"]
                for e in link.evidence
            ],
        )


def _joined_by(record: str, holding: Sequence[Link]) -> str:
    """By what the record was joined to the rest; the strongest link first decides the word."""
    return next((k.decided_by for k in holding if record in (k.left_record, k.right_record)), "")


def _place_of(origin: Origin) -> str:
    part = f" ({origin.part})" if origin.part else ""
    return f"{origin.source} {origin.source_key}{part}"


def _names(origins: Sequence[Origin]) -> dict[str, str]:
    return {origin.record_id: f"r{n}" for n, origin in enumerate(origins, start=1)}
