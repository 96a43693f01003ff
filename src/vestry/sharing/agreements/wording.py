"""Agreements in words for a screen: whose records, from which sources, where they stand. Long lists of the like are put short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from vestry.sharing.agreements.agreement import About
from vestry.sharing.agreements.filing import Filing
from vestry.sharing.agreements.lifecycle import Filed
from vestry.sharing.subjects import SourceFacts

FEW: Final = 3
"""So many of the like are named each; of more, it is said how many."""


def sources_told(names: Iterable[str], sources: Mapping[str, SourceFacts]) -> str:
    """Sources by name; those of many organisations that end alike as "housing of 10 organisations"."""
    alike: dict[str, list[str]] = {}
    for name in sorted(names):
        owner = sources[name].organisation if name in sources else ""
        alike.setdefault(name.removeprefix(f"{owner}-") if owner else name, []).append(name)
    said = [
        f"{ending} of {len(these)} organisations" if len(these) > FEW else ", ".join(these)
        for ending, these in alike.items()
    ]
    return ", ".join(said)


def organisations_told(names: Iterable[str]) -> str:
    """Organisations in their order, of more than a few the first ones and how many there are besides."""
    listed = list(names)
    if len(listed) <= FEW * 2:
        return ", ".join(listed)
    return f"{', '.join(listed[:FEW])} and {len(listed) - FEW} more"


def told_of(about: About, sources: Mapping[str, SourceFacts] | None = None) -> str:
    """Whose records, in words."""
    ages = f"{about.age_from} and over" if about.age_to is None else f"{about.age_from} to {about.age_to}"
    said = [f"people of {ages}{', and of no known age' if about.age_unknown else ''}"]
    if about.areas:
        said.append(f"in {', '.join(sorted(about.areas))}")
    if about.known_to:
        known = sources_told(about.known_to, sources or {})
        said.append(f"whom {' or '.join(known.split(', '))} lists now")
    for flag, words in (
        ("deceased", "the dead"),
        ("restricted", "restricted records"),
        ("staff", "own staff"),
    ):
        said.append(f"{words} {'too' if getattr(about, flag) else 'left out'}")
    return "; ".join(said)


def stands(filed: Filed, filing: Filing | None, on: date) -> str:
    """Where an agreement stands on a day, since when and why it is stopped, and for whom it waits."""
    state = filed.state(on)
    stop = {"suspended": filing.suspended, "ended": filing.ended}.get(state) if filing else None
    if stop:
        return f"{state} since {stop.day}: {stop.because}"
    if state != "proposed":
        return state
    edited = [o for o in filed.unsigned if o in filed.signatures]
    missing = [o for o in filed.unsigned if o not in filed.signatures]
    told = [f"not signed by {organisations_told(missing)}"] if missing else []
    if edited:
        told.append(f"edited since signed by {organisations_told(edited)}")
    return f"proposed: {'; '.join(told)}" if told else "proposed: nobody is named to sign"


def reviewed(filed: Filed, on: date) -> str:
    """The day of the next review, and whether it has gone by while the agreement runs."""
    day = filed.agreement.review
    late = day < on and filed.state(on) != "ended"
    return f"{day.isoformat()} overdue" if late else day.isoformat()
