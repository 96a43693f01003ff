"""The values of one entity for one request: chosen again among what may be seen, each as precisely as it may (promise 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vestry.sharing.categories import FIELDS
from vestry.sharing.lowering import lowered
from vestry.sharing.precision import INDEX_ONLY, WHOLE, name_of
from vestry.sharing.sight import Sight, fields_of
from vestry.sharing.subjects import Subject
from vestry.twin.answers import Claim, FieldWithheld
from vestry.twin.choosing import Trust, chosen_again, values_of

Areas = Mapping[str, Mapping[str, str]]
"""Record -> geography -> the area that it is in, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimised:
    """What is left of an entity's values. `claims` are those that may be seen, as precisely as they may; `record_of` is field ->
    the record that says the value."""

    values: Mapping[str, str]
    precision: Mapping[str, str]
    claims: tuple[Claim, ...]
    left_out: int
    record_of: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """What choosing again needs of a release and a place: source -> organisation, and trust in each source."""

    organisations: Mapping[str, str]
    trust: Callable[[], Trust]


def minimised(
    sight: Sight,
    subject: Subject,
    claims: Sequence[Claim],
    choosing: Choosing,
    areas: Callable[[Sequence[str]], Areas],
    *,
    values_only: bool = False,
) -> Minimised:
    """The values of `subject` that the request may see, of `claims`, all that there are about it.

    Groups are chosen whole among the claims of sources that may be used; where none is left out, as the build chose. With
    `values_only` the claims themselves are not told, so that areas are read of the chosen ones alone.
    """
    kept = [c for c in claims if sight.level(subject, c.field, c.source) > INDEX_ONLY]
    if len(kept) != len(claims):
        kept = list(chosen_again(kept, choosing.organisations, choosing.trust()))
    whole = values_of(subject.kind, kept)
    source_of = {c.field: c.source for c in kept if c.chosen}
    levels = {name: sight.level(subject, name, source) for name, source in source_of.items()}
    told = [c for c in kept if c.chosen] if values_only else kept
    records = sorted({c.record_id for c in told if _is_area(sight, subject, c)})
    placed = areas(records) if records else {}
    record_of = {c.field: c.record_id for c in kept if c.chosen}
    values: dict[str, str] = {}
    precision: dict[str, str] = {}
    for column, value in whole.items():
        field = column.removesuffix("_accuracy")
        if column != field and levels.get(field, 0) < WHOLE:
            continue
        if levels[field] < WHOLE:
            said = lowered(
                field, value, levels[field], sight.opened.asking.on, placed.get(record_of[field], {})
            )
            values |= said
            precision |= dict.fromkeys(said, name_of(field, levels[field]))
        else:
            values[column] = value
    for claim in kept:
        if claim.chosen:
            sight.shown(subject, [claim.field], claim.source)
    return Minimised(
        values=values,
        precision=precision,
        claims=() if values_only else tuple(_lowered_claim(sight, subject, c, placed) for c in kept),
        left_out=len(claims) - len(kept),
        record_of=record_of,
    )


def _is_area(sight: Sight, subject: Subject, claim: Claim) -> bool:
    """Whether the area that the claim lies in is shown in its place."""
    return FIELDS.get(claim.field) == "address" and sight.level(subject, claim.field, claim.source) < WHOLE


def _lowered_claim(sight: Sight, subject: Subject, claim: Claim, placed: Areas) -> Claim:
    level = sight.level(subject, claim.field, claim.source)
    if level >= WHOLE:
        return claim
    said = lowered(claim.field, claim.value, level, sight.opened.asking.on, placed.get(claim.record_id, {}))
    return replace(claim, value=next(iter(said.values()), ""), source_value="", accuracy="")


def withheld_fields(sight: Sight, subject: Subject) -> tuple[FieldWithheld, ...]:
    """Every field of such a thing that may not be seen and was not, where saying so is allowed. Of those of which it is not,
    nothing is said, as of a field that nothing is known of."""
    found = []
    for field in fields_of(subject.kind):
        if field in sight.fields:
            continue
        why = sight.why_not(subject, field)
        sight.refuse(why)
        if why is not None and why.tellable:
            found.append(FieldWithheld(field=field, code=why.code, says=why.says, fix=why.fix))
    return tuple(found)
