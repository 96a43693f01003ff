"""Chooses again among the claims of one entity that a reader may use, exactly as the build chose among all (promise 6).

`survivorship` chooses for every entity at once, in tables; here it is one entity, in plain values, while somebody waits.
A test holds both together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key

from vestry.contracts.contract import Contract
from vestry.ids import SEPARATOR
from vestry.model import kinds
from vestry.model.fields import OF_KINDS, groups_of, whole_group
from vestry.place import Place
from vestry.twin.answers import Claim
from vestry.twin.survivorship import AGREES, ANOTHER, CHANGING, EXACTNESS, ORDINARY_TRUST, REASONS
from vestry.twin.tables import entity_columns

Trust = Mapping[str, Mapping[str, int]]
"""source -> group -> 1 (least) to 9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """What one record says of one group of fields, in one breath."""

    value: str
    claims: tuple[Claim, ...]
    trust: int

    @property
    def current(self) -> bool:
        return not self.claims[0].valid_to

    @property
    def exactness(self) -> int:
        return max(EXACTNESS.get(c.accuracy, 0) for c in self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """One value of a group, and everything that speaks for it."""

    value: str
    current: bool
    trust: int
    exactness: int
    first_said: str
    voices: int
    news: str
    completeness: int
    changing: bool


def trust_in(place: Place, contracts: Sequence[Contract]) -> dict[str, dict[str, int]]:
    """Trust in each source by group: a contract's word, over which the place's own stands."""
    group_of = {
        field: group
        for kind in kinds.RECORD_KINDS
        for group, fields in groups_of(kind).items()
        for field in fields
    }
    found: dict[str, dict[str, int]] = {}
    for contract in contracts:
        said = {**contract.trust, **place.trust.get(contract.source, {})}
        if said:
            found[contract.source] = {group_of.get(name, name): value for name, value in said.items()}
    return found


def chosen_again(
    claims: Iterable[Claim], organisations: Mapping[str, str], trust: Trust
) -> tuple[Claim, ...]:
    """The same claims with `chosen` and `reason` as if there were no others, in the order they came in.

    `organisations` is source -> organisation.
    """
    given = list(claims)
    groups: dict[str, dict[tuple[str, str], list[Claim]]] = {}
    for claim in given:
        groups.setdefault(claim.group_name, {}).setdefault((claim.record_id, claim.item), []).append(claim)
    verdicts: dict[tuple[str, str, str], tuple[bool, str]] = {}
    for group, said in groups.items():
        made = {key: _statement(group, each, trust) for key, each in said.items()}
        winner, why = _winner(group, list(made.values()), organisations)
        standing = [key for key, one in made.items() if one.value == winner]
        first = _first_speaker({key: made[key] for key in standing})
        for key in made:
            reason = why if key == first else AGREES if key in standing else f"{ANOTHER}{why}"
            verdicts[group, *key] = (key == first, reason)
    return tuple(_judged(claim, *verdicts[claim.group_name, claim.record_id, claim.item]) for claim in given)


def values_of(kind: str, claims: Iterable[Claim]) -> dict[str, str]:
    """The chosen values of an entity, as its row in the release would have them; empty ones left out."""
    found: dict[str, str] = {}
    for claim in claims:
        if claim.chosen:
            before = found.get(claim.field, "")
            several = claim.field in OF_KINDS and before
            found[claim.field] = (
                " ".join(sorted([*before.split(), claim.value])) if several else max(before, claim.value)
            )
            if claim.accuracy:
                accuracy = f"{claim.field}_accuracy"
                found[accuracy] = max(found.get(accuracy, ""), claim.accuracy)
    return {column: found[column] for column in entity_columns(kind) if found.get(column)}


def _judged(claim: Claim, chosen: bool, reason: str) -> Claim:
    if claim.field == "uprn" and claim.accuracy:
        reason = f"{reason}; {claim.accuracy}"
    return replace(claim, chosen=chosen, reason=reason)


def _statement(group: str, claims: Sequence[Claim], trust: Trust) -> _Statement:
    ordered = tuple(sorted(claims, key=lambda c: c.field))
    whole = "".join(f"{c.field}={c.value}{SEPARATOR}" for c in ordered)
    trusted = trust.get(ordered[0].source, {})
    return _Statement(value=whole, claims=ordered, trust=trusted.get(whole_group(group), ORDINARY_TRUST))


def _winner(
    group: str, statements: Sequence[_Statement], organisations: Mapping[str, str]
) -> tuple[str, str]:
    by_value: dict[str, list[_Statement]] = {}
    for one in statements:
        by_value.setdefault(one.value, []).append(one)
    if len(by_value) == 1:
        return next(iter(by_value)), REASONS["only"]
    values = [_weighed(group, value, said, organisations) for value, said in by_value.items()]
    values.sort(key=cmp_to_key(lambda a, b: -1 if _stands(a, b) else 1))
    return values[0].value, REASONS[_why(values[0], values[1])]


def _weighed(group: str, value: str, said: Sequence[_Statement], organisations: Mapping[str, str]) -> _Value:
    living = [s for s in said if s.current]
    last_said = max(s.claims[0].as_at for s in said)
    first_said = max((s.claims[0].valid_from for s in living), default="") or last_said
    changing = group in CHANGING
    return _Value(
        value=value,
        current=bool(living),
        trust=max((s.trust for s in living), default=0),
        exactness=max(s.exactness for s in said),
        first_said=first_said if changing else "",
        voices=len({organisations.get(s.claims[0].source, s.claims[0].source) for s in living}),
        news=first_said if changing else last_said,
        completeness=max(len(s.claims) for s in said),
        changing=changing,
    )


def _stands(one: _Value, other: _Value) -> bool:
    """Whether `one` comes before `other`: the first difference decides, and last what sorts first."""
    return (_rank(one), other.value) > (_rank(other), one.value)


def _rank(value: _Value) -> tuple[object, ...]:
    return (
        value.current, value.trust, value.exactness, value.first_said, value.voices, value.news, value.completeness,
    )  # fmt: skip


def _why(first: _Value, second: _Value) -> str:
    steps = (
        ("current", first.current > second.current),
        ("trust", first.trust > second.trust),
        ("exactness", first.exactness > second.exactness),
        ("news", first.changing and first.first_said > second.first_said),
        ("voices", first.voices > second.voices),
        ("news", first.news > second.news),
        ("completeness", first.completeness > second.completeness),
    )
    return next((why for why, is_so in steps if is_so), "first")


def _first_speaker(said: Mapping[tuple[str, str], _Statement]) -> tuple[str, str]:
    """Of those who say what won, the one that it is taken from."""
    best = max((s.current, s.trust, s.claims[0].as_at) for s in said.values())
    equal = [key for key, s in said.items() if (s.current, s.trust, s.claims[0].as_at) == best]
    return min(equal, key=lambda key: (key[0], int(key[1] or 0)))
