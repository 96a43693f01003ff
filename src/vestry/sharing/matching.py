"""Who one new record is, for somebody under agreements: by those records alone of which all that was compared may be seen.

A match tells that somebody is known, by what, and to whom. So a record speaks for its person only where the reader may
see every field in which it was compared, and what is shown of the person is minimised as any line of a list is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from vestry.sharing.sight import Sight
from vestry.sharing.view import View
from vestry.twin.matching import Matched

_HOME: Final = ("address_lines", "postcode")
_READ: Final[Mapping[str, Sequence[str]]] = {
    "full_name": ("family_name", "given_names"),
    "address_lines": _HOME,
    "postcode": _HOME,
    "uprn": _HOME,
}
"""Field of a record -> the fields that an agreement must share for it to be compared, where these are not the one of its name."""


def fields_compared(given: Collection[str]) -> tuple[str, ...]:
    """What must be seen of a record for one that gives these fields to be held against it. Whoever gives a family name learns of
    earlier ones, and whoever gives a birth date or a sex where there is none that there is none: all that tells people apart."""
    read = {field for name in given for field in _READ.get(name, (name,))}
    if "family_name" in read:
        read.add("previous_family_name")
    if "given_names" in read:
        read.add("known_as")
    return tuple(sorted(read))


class Heed:
    """What one request may rest on: `twin.matching.Heed`."""

    def __init__(self, sight: Sight, release: Any, given: Collection[str]) -> None:
        self._sight = sight
        self._release = release
        self._fields = fields_compared(given)

    def speaking(self, records: Mapping[str, Sequence[str]]) -> frozenset[str]:
        """Of the records of each entity, those that may speak for it."""
        subjects = self._sight.subjects(self._release.whom, list(records))
        source_of = self._release.whom.tied(sorted({r for each in records.values() for r in each}))
        found = set()
        for entity_id, subject in subjects.items():
            for record in records[entity_id]:
                source = source_of.get(record, "")
                if all(self._sight.sees_all_of(subject, f, source) for f in self._fields):
                    found.add(record)
                    self._sight.shown(subject, self._fields, source)
        return frozenset(found)

    def tells(self, entity_id: str, field: str) -> bool:
        """Whether it may be told what an entity has in `field`, whichever of its sources says so."""
        subjects = self._sight.subjects(self._release.whom, [entity_id])
        sources = {origin.source for origin in self._release.origins(entity_id)}
        return entity_id in subjects and all(
            self._sight.sees_all_of(subjects[entity_id], field, source) for source in sources
        )


def told(view: View, matched: Matched) -> Matched:
    """`matched` with each entity as a line of a list shows it. Of how many were compared nothing is said: it would tell of people
    who may not be."""
    lines = {
        line.entity_id: line for line in view.lines({one.entity_id: one.current for one in matched.found})
    }
    found = [
        replace(one, name=line.name, born=line.born, address=line.address, postcode=line.postcode)
        for one in matched.found
        if (line := lines.get(one.entity_id))
    ]
    return replace(matched, found=tuple(found), compared=0, left_out=0)
