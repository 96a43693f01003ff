"""`vestry explain`: how records came to be one, why two are not, and where each chosen value came from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
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
from vestry.cli.show import print_resolution
from vestry.linkage.comparisons import MISSING
from vestry.linkage.wording import field_words
from vestry.twin.answers import Claim, LifeStep
from vestry.twin.explained import Explained, PairExplained, Side, ToldLink, Withheld

EXAMPLES: Final = examples(
    "vestry explain ENTITY --purpose data-quality",
    "vestry explain ENTITY ENTITY --purpose matching-review",
    "vestry explain RECORD RECORD --purpose subject-access --json",
)

_SHORT: Final = 12
"""Letters of a model's hash that tell it from others."""


def explain(
    ctx: typer.Context,
    asked: Annotated[
        str, typer.Argument(metavar="ID", help="An entity, from vestry find; or a record of one.")
    ],
    other: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Another entity or record: why the two are one, or are not."),
    ] = None,
    purpose: PurposeCode = None,
    user: AsUser = "",
    organisation: ForOrganisation = "",
    emergency: EmergencyReason = "",
    tell: TellUser = "",
    as_json: AsJson = False,
    folder: PlaceFolder = HERE,
) -> None:
    """Explain one: how its records came to be one, and where each value came from. Or two: why they are one, or not."""
    urgent = Urgent(purpose=purpose, reason=emergency, tell=tell)
    with asking(ctx, folder, user, organisation, urgent) as gateway:
        told: Explained | PairExplained = (
            gateway.explain(asked, purpose=purpose)
            if other is None
            else gateway.explain_pair(asked, other, purpose=purpose)
        )
    if as_json:
        printing.say_json(told)
    elif isinstance(told, Explained):
        _print_entity(told)
    else:
        _print_pair(told, purpose)


def _print_entity(told: Explained) -> None:
    print_resolution(told.resolution)
    if told.entity is None:
        return
    if told.asked_record:
        printing.say(f"{told.asked_record} is a record of {told.entity.entity_id}.")
    printing.heading(f"{told.entity.kind} {told.entity.entity_id}, release {told.release_id}")
    _print_withheld(told.withheld)
    printing.heading("How its records came to be one")
    _print_joins(told)
    if told.history or not told.withheld.sentence:
        _print_history(told.history)
    _print_claims(told.claims)
    _print_records(told)


def _print_joins(told: Explained) -> None:
    keys = len({(o.source, o.source_key, o.part) for o in told.origins})
    if not told.origins:
        printing.say("It is made of other entities, and has no records of its own.")
        return
    if not told.joins:
        one = "One record; nothing to join." if len(told.origins) == 1 else ""
        printing.say(one or f"{printing.count(len(told.origins), 'record')} that nothing had to join.")
    else:
        printing.say(
            f"{printing.count(len(told.origins), 'record')} of {printing.count(keys, 'key')} of"
            f" {printing.count(len({o.source for o in told.origins}), 'source')}, joined strongest first."
        )
    said: set[str] = set()
    for join in told.joins:
        printing.say("", f"{join.number}. {join.link.sentence} Together: {join.together} records.")
        _print_evidence(join.link, said)
    if told.pieces > 1:
        printing.say("", f"Nothing that you may use joins these into one: they are in {told.pieces} groups.")
    if told.weakest:
        printing.say("", told.weakest.sentence)


def _print_evidence(link: ToldLink, said: set[str], indent: str = "   ") -> None:
    """Each thing compared, in one line what is missing, and what it comes to. What was `said` already is not said again."""
    missing = [s.field for s in link.evidence if s.agreement == MISSING]
    compared = [s for s in link.evidence if s.agreement != MISSING]
    width = max((len(s.strength) for s in compared), default=0)
    if link.before and link.before not in said:
        printing.say(f"{indent}{link.before}")
        said.add(link.before)
    printing.say(*(f"{indent}{s.strength:<{width}}  {s.sentence}" for s in compared))
    if missing:
        words = ", ".join(field_words(name) for name in missing)
        printing.say(f"{indent}Missing in one or both, which says nothing: {words}.")
    printing.say(*(f"{indent}{sentence}" for sentence in link.closing))
    if link.threshold and link.threshold not in said:
        printing.say(f"{indent}{link.threshold}")
    said.add(link.threshold)


def _print_history(steps: Sequence[LifeStep]) -> None:
    printing.heading("What happened to its id")
    for step in steps:
        into = f" into {step.into_entity}" if step.into_entity else ""
        reason = f" ({step.why})" if step.why else ""
        printing.say(f"  {step.at_release}: {step.entity_id} {step.happened}{into}{reason}")
    if not steps:
        printing.say("Nothing since it was made.")


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


def _print_records(told: Explained) -> None:
    printing.heading("Its records")
    first: dict[str, int] = {}
    for join in told.joins:
        for record in (join.link.left_record, join.link.right_record):
            first.setdefault(record, join.number)
    printing.table(
        ["record", "source", "key", "part", "extract", "row", "join"],
        [
            [
                o.record_id,
                o.source,
                o.source_key,
                o.part,
                o.extract_id.removeprefix(f"{o.source}/"),
                o.row_number,
                first.get(o.record_id, ""),
            ]
            for o in told.origins
        ],
    )


def _print_pair(told: PairExplained, purpose: str | None) -> None:
    for side in (told.left, told.right):
        _print_side(side)
    _print_withheld(told.withheld)
    printing.say("", told.sentence)
    printing.say(*(f"- {one.sentence}" for one in told.apart))
    if len(told.path) > 1:
        printing.say(f"Nothing joins them directly; {len(told.path)} links lead from one to the other:")
    if told.are_one and not told.path and told.left.entity_id:
        printing.say(
            f"How its records came to be one: vestry explain {told.left.entity_id} --purpose {purpose}"
        )
    said: set[str] = set()
    for link in (*told.path, *told.links):
        now = "Worked out now, by the same model: " if link.worked_out_now else ""
        printing.say("", f"{now}{link.sentence}")
        _print_evidence(link, said)
    if told.model and (told.path or told.links):
        printing.say("", f"Release {told.release_id}, linkage model {told.model[:_SHORT]}.")


def _print_side(side: Side) -> None:
    if side.resolution:
        print_resolution(side.resolution)
    if side.record_id:
        printing.say(f"{side.record_id}: {side.key}, a record of {side.entity_id}")
    elif side.entity_id:
        printing.say(f"{side.entity_id}: {printing.count(side.records, 'record')}")


def _print_withheld(withheld: Withheld) -> None:
    if withheld.sentence:
        printing.say(withheld.sentence)
