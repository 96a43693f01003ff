"""What sets single people apart, beside what their records say: restricted, protected, opted out, objecting, consenting, staff.

Somebody of the place says so of an entity, and it holds until it is taken back. It goes with the entity: what keeps things
from others follows it through merges and splits; a yes that somebody gave follows no split, since it is not known whose it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

MARKERS_OF: Final = {"staff": "organisation", "objects": "purpose", "consented": "agreement"}
"""Marker -> what it is about, for those that are about something: see `subjects.MARKERS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One marker (of `subjects.MARKERS`) on one entity. `of` is the organisation, purpose or agreement that it is about."""

    entity_id: str
    marker: str
    of: str = ""


class Markers(Protocol):
    """Every marker that holds now."""

    def on(self, entity_ids: Collection[str]) -> Sequence[Marked]:
        """Those on any of these entities."""
        ...

    def all(self) -> Sequence[Marked]:
        """Those on anybody."""
        ...


@dataclass(frozen=True, slots=True)
class MarkersGiven:
    """Markers that are at hand."""

    marked: tuple[Marked, ...] = ()

    def on(self, entity_ids: Collection[str]) -> Sequence[Marked]:
        """Those on any of these entities."""
        wanted = frozenset(entity_ids)
        return [one for one in self.marked if one.entity_id in wanted]

    def all(self) -> Sequence[Marked]:
        """Those on anybody."""
        return self.marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """All that is marked of one entity as it is now, as `subjects.Subject` has it."""

    restricted: bool = False
    protected_address: bool = False
    sealed: bool = False
    opted_out: bool = False
    staff_of: frozenset[str] = frozenset()
    objects_to: frozenset[str] = frozenset()
    consents_to: frozenset[str] = frozenset()


def marks(marked: Iterable[Marked], followed_split: Mapping[str, bool]) -> Marks:
    """What `marked` comes to for one entity. `followed_split`: the id that was marked -> whether a split lies between them."""
    held = {
        (one.marker, one.of)
        for one in marked
        if one.marker != "consented" or not followed_split[one.entity_id]
    }
    about = {kind: frozenset(of for marker, of in held if marker == kind) for kind in MARKERS_OF}
    plain = {marker for marker, _ in held}
    return Marks(
        restricted="restricted" in plain,
        protected_address="protected-address" in plain,
        sealed="sealed" in plain,
        opted_out="opted-out" in plain,
        staff_of=about["staff"],
        objects_to=about["objects"],
        consents_to=about["consented"],
    )
