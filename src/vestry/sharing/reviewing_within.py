"""A release as a reviewer under agreements may see it: pairs of which all that a look shows may be seen, and no others.

A look sets two records beside each other and tells what else is said of their entities. So two may be reviewed by whoever may see
every field of a look from every source that has a record of either. All others are as records that never were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from vestry.errors import AddressNotReviewable, NotFound
from vestry.linkage.review.queue import Candidate, Stake
from vestry.sharing.precision import WHOLE
from vestry.sharing.sight import Sight
from vestry.sharing.third_people import rests_on_others
from vestry.twin.addresses_for_review import AddressForReview
from vestry.twin.answers import Link
from vestry.twin.reviewing import LOOKED, LookedAt, UnitNow

REVIEWER: Final = "matching-reviewer"
"""The role that decides pairs, whatever else an agreement opens."""

REVIEW_PURPOSE: Final = "matching-review"


class ReviewedWithin:
    """`twin.reviewing.Reviewing`, of what `sight` may see."""

    def __init__(self, release: Any, sight: Sight) -> None:
        self._release = release
        self._sight = sight

    def candidates(self) -> list[Candidate]:
        """Those pairs that wait whose two entities may be looked at. Which services somebody deals with is told, and counts, only
        where it may be seen too."""
        found = self._release.reviewing.candidates()
        may = self._may({e for c in found for e in c.entities})
        found = [c for c in found if may >= c.entities]
        served = self._may({e for c in found for e in c.entities}, _SERVED)
        return [
            replace(
                c,
                left=_told(c.left, services=c.left_entity in served),
                right=_told(c.right, services=c.right_entity in served),
            )
            for c in found
        ]

    def looked_at(self, record_id: str) -> tuple[LookedAt, Mapping[str, Any]]:
        """One record. Raises NotFound of one that may not be seen, in the words in which it is raised of none."""
        looked, content = self._release.reviewing.looked_at(record_id)
        if not self._may({looked.entity_id}):
            raise NotFound(
                "No record has that id.",
                where="the current release",
                fix="see what waits: vestry review list",
            )
        subject = self._sight.subjects(self._release.whom, [looked.entity_id])[looked.entity_id]
        for source in self._release.whom.sources_of([looked.entity_id])[looked.entity_id]:
            self._sight.shown(subject, LOOKED.get(subject.kind, ()), source)
        keyed = self._sight.sees_key(subject, looked.side.source)
        return replace(looked, keyed=keyed), content

    def units(self, unit_ids: Sequence[str]) -> dict[str, UnitNow]:
        """Of these units those that may be seen."""
        found = self._release.reviewing.units(unit_ids)
        may = self._may({unit.entity_id for unit in found.values()})
        return {unit_id: unit for unit_id, unit in found.items() if unit.entity_id in may}

    def unlinked(self) -> frozenset[str]:
        """Sources whose records may not be linked."""
        sources: frozenset[str] = self._release.reviewing.unlinked()
        return sources

    def _may(
        self, entity_ids: Collection[str], fields: Mapping[str, Sequence[str]] = LOOKED
    ) -> frozenset[str]:
        """Those of whom all `fields` of their kind may be seen, of every source that has a record of them."""
        sources = self._release.whom.sources_of(entity_ids)
        return frozenset(
            entity_id
            for entity_id, subject in self._sight.subjects(self._release.whom, list(entity_ids)).items()
            if sources.get(entity_id)
            and all(
                self._sight.sees_all_of(subject, field, source)
                for source in sources[entity_id]
                for field in fields.get(subject.kind, ())
            )
        )


_SERVED: Final = dict.fromkeys(LOOKED, ("dealing.service",))


def _told(stake: Stake, *, services: bool) -> Stake:
    return stake if services else replace(stake, services=frozenset())


class AddressesWithin:
    """`twin.addresses_for_review.AddressesForReview`, of what `sight` may see: addresses that may be seen whole of everybody
    whose record writes them, from its source."""

    def __init__(self, release: Any, sight: Sight) -> None:
        self._release = release
        self._sight = sight

    def waiting(self) -> list[AddressForReview]:
        """Those that wait."""
        return self._may(self._release.addresses.waiting())

    def written_by(self, record_id: str) -> AddressForReview:
        """The address of a record. Raises NotFound of one that may not be seen or needs no decision, in the words in which it is
        raised of none."""
        nobody = NotFound(
            "No record has that id.",
            where="the current release",
            fix="see what waits: vestry review addresses",
        )
        try:
            found = self._may([self._release.addresses.written_by(record_id)])
        except AddressNotReviewable:
            # That the gazetteer has somebody's address, or that they have none, is not to be told of whoever may not be seen.
            raise nobody from None
        if not found:
            raise nobody
        return found[0]

    def is_known(self, uprn: str) -> bool:
        """Never told: that somebody is at a property might be what may not be seen."""
        return False

    def _may(self, addresses: Sequence[AddressForReview]) -> list[AddressForReview]:
        ids = sorted({entity_id for a in addresses for entity_id, _ in a.writers})
        subjects = self._sight.subjects(self._release.whom, ids)
        seen = [
            a
            for a in addresses
            if a.writers
            and all(
                entity_id in subjects
                and all(self._sight.level(subjects[entity_id], f, source) >= WHOLE for f in _ADDRESS)
                for entity_id, source in a.writers
            )
        ]
        for address in seen:
            for entity_id, source in address.writers:
                self._sight.shown(subjects[entity_id], _ADDRESS, source)
        return seen


_ADDRESS: Final = ("address_lines", "postcode", "uprn")


class ReleaseWithin:
    """What the reviewers' desk asks of an open release (`sharing.reviewing.Release`)."""

    def __init__(self, release: Any, sight: Sight) -> None:
        self._release = release
        self.release_id: str = release.release_id
        self.reviewing = ReviewedWithin(release, sight)
        self.addresses = AddressesWithin(release, sight)

    def link(self, left: str, right: str) -> Link | None:
        """The link between two records that were looked at, without what rests on people who live with them."""
        found: Link | None = self._release.link(left, right)
        return None if found is not None and rests_on_others(found) else found
