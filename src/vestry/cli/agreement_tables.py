"""The tables of `vestry agreement`: where each stands, what it would show to whom, and users side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from vestry.cli import printing

if TYPE_CHECKING:
    from vestry.sharing.agreements.agreement import Agreement
    from vestry.sharing.agreements.comparing import Look
    from vestry.sharing.agreements.desk import Standing
    from vestry.sharing.agreements.simulating import Seen

Told = Callable[[Iterable[str]], str]
"""Names in words."""

OWN: Final = "own records"
"""What a look rests on where an organisation sees what it sent itself."""
FEW: Final = 4
"""So many organisations are named; of more, it is said how many."""


def print_standing(standing: Iterable[Standing]) -> None:
    """Every agreement: where it stands, for what, between whom, until when."""
    printing.table(
        ["agreement", "version", "purpose", "stands", "parties", "to", "review", "examples"],
        [
            [
                s.agreement.agreement_id, s.agreement.version, s.agreement.purpose, s.stands,
                _few(p.organisation for p in s.agreement.parties), s.agreement.ends.isoformat(), s.review,
                len(s.agreement.examples),
            ]
            for s in standing
        ],
    )  # fmt: skip


def standing_row(standing: Standing) -> dict[str, object]:
    """The same of one, for another program."""
    agreement = standing.agreement
    return {
        "agreement": agreement.agreement_id,
        "version": agreement.version,
        "title": agreement.title,
        "purpose": agreement.purpose,
        "stands": standing.stands,
        "parties": [party.organisation for party in agreement.parties],
        "starts": agreement.starts.isoformat(),
        "ends": agreement.ends.isoformat(),
        "review": agreement.review.isoformat(),
    }


def print_seen(seen: Sequence[Seen], sources: Told) -> None:
    """What would be seen, once for all who would see the same."""
    for whoever, what in _alike(seen):
        printing.heading(_who(whoever))
        printing.table(
            ["sees", "how precisely", "from"],
            [[_what(one), _precisely(one), sources(one.sources)] for one in what],
        )


def print_examples(agreement: Agreement) -> None:
    """Each example and what must come of it."""
    printing.heading("Examples, each of which comes out so")
    printing.table(
        ["example", "who asks", "of", "field", "from", "expects"],
        [
            [e.says, f"{e.organisation}, {e.role}", _of(e.age, e.marked), e.field, e.source, e.expect]
            for e in agreement.examples
        ],
    )


def print_compared(looks: Sequence[Look], sources: Told) -> None:
    """Users side by side: for each purpose what agreements show them, from where, or why nothing."""
    rows: list[list[str]] = []
    for look in looks:
        first = [f"{look.user} ({look.organisation})", look.purpose, look.how]
        for agreements, these in _by_agreement(look.seen):
            whence = sources({s for one in these for s in one.sources})
            rows.append([*first, ", ".join(_briefly(these)), whence, agreements])
            first = ["", "", ""]
        if look.why is not None:
            rows.append([*first, "nothing", "", look.why.says])
    printing.table(["user", "for", "by", "sees", "from", "because of"], rows)


def print_idle(idle: Mapping[str, Sequence[str]], sources: Told) -> None:
    """What an agreement shares of sources that hold none of it."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for source, what in idle.items():
        alike.setdefault(tuple(what), []).append(source)
    told = "; ".join(f"{', '.join(what)} of {sources(whence)}" for what, whence in alike.items())
    printing.say(f"Shared in words only, since the source holds none of it: {told}.")


def _by_agreement(seen: Iterable[Seen]) -> Iterable[tuple[str, list[Seen]]]:
    """What is seen by agreements, apart; what is seen of own records alone is left out."""
    found: dict[str, list[Seen]] = {}
    for one in seen:
        if agreements := [name for name in one.rests_on if name != OWN]:
            found.setdefault(", ".join(agreements), []).append(one)
    return found.items()


def _briefly(seen: Sequence[Seen]) -> Iterable[str]:
    """Each category once, with its precision unless that is whole; where sources show different parts of it, so much is said."""
    alike: dict[tuple[str, str], list[Seen]] = {}
    for one in seen:
        alike.setdefault((one.category, _precisely(one)), []).append(one)
    for (category, precisely), these in alike.items():
        whole = [one.whole_category for one in these]
        fields = dict.fromkeys(field for one in these for field in one.fields)
        what = category if any(whole) else ", ".join(fields)
        notes = ([] if precisely == "whole" else [precisely]) + (
            ["of some sources less"] if any(whole) and not all(whole) else []
        )
        yield f"{what} ({'; '.join(notes)})" if notes else what


def _alike(seen: Sequence[Seen]) -> Iterable[tuple[list[Seen], list[Seen]]]:
    """(one of each who, what they all see)."""
    mine: dict[tuple[str, str, str], list[Seen]] = {}
    for one in seen:
        mine.setdefault((one.organisation, one.role, one.training), []).append(one)
    groups: dict[tuple[tuple[object, ...], ...], list[list[Seen]]] = {}
    for these in mine.values():
        what = tuple((o.category, o.fields, o.precision, o.sources, o.desks) for o in these)
        groups.setdefault(what, []).append(these)
    return [([these[0] for these in group], group[0]) for group in groups.values()]


def _who(whoever: Sequence[Seen]) -> str:
    roles: dict[tuple[str, str], list[str]] = {}
    for one in whoever:
        roles.setdefault((one.organisation, one.training), []).append(one.role)
    organisations: dict[tuple[str, str], list[str]] = {}
    for (organisation, training), these in roles.items():
        organisations.setdefault((", ".join(these), training), []).append(organisation)
    return "\n".join(
        f"{these} of {_few(of)}" + (f", trained in {training}" if training else "")
        for (these, training), of in organisations.items()
    )


def _what(one: Seen) -> str:
    return one.category if one.whole_category else ", ".join(one.fields)


def _precisely(one: Seen) -> str:
    return f"{one.precision}: call {' or '.join(one.desks)}" if one.desks else one.precision


def _of(age: int | None, marked: Iterable[str]) -> str:
    said = "no known age" if age is None else f"{age} years"
    return ", ".join([said, *sorted(marked)])


def _few(names: Iterable[str]) -> str:
    listed = list(names)
    if len(listed) <= FEW + 2:
        return ", ".join(listed)
    return printing.some_of(listed, FEW)
