"""Somebody described in a few words, as a decision sees them: for examples, and for trying what would be seen of whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from vestry.sharing.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A resident: `age` in whole years (None: not known), `areas` codes, `known_to` sources, `marked` as in `MARKERS`."""

    age: int | None = 40
    areas: frozenset[str] = frozenset()
    known_to: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()


def subject_of(
    described: Described, *, on: date, organisation: str, purpose: str, agreements: Iterable[str]
) -> Subject:
    """Whoever is described, on the day `on`, as they stand to whoever asks for `organisation` and `purpose`.

    "staff" is of that organisation, "objects" to that purpose, "consented" to all of `agreements`.
    """
    marked = described.marked
    born = None
    if described.age is not None:
        # The day before the birthday: as old as can be, and not a year more.
        before = on - timedelta(days=1)
        day = before.replace(year=before.year - described.age, day=min(before.day, 28))
        born = (day, day)
    return Subject(
        entity_id="described",
        areas=described.areas,
        born=born,
        known_to=described.known_to,
        deceased="deceased" in marked,
        restricted="restricted" in marked,
        protected_address="protected-address" in marked,
        sealed="sealed" in marked,
        opted_out="opted-out" in marked,
        staff_of=frozenset({organisation}) if "staff" in marked else frozenset(),
        objects_to=frozenset({purpose}) if "objects" in marked else frozenset(),
        consents_to=frozenset(agreements) if "consented" in marked else frozenset(),
    )
