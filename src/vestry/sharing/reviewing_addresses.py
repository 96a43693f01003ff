"""The desk for addresses that could not be found: what waits, a word on one. Through the gateway, like every other read.

A word is entered in the audit log before its line is written, names the address by a keyed hash (`addresses.decided`), and takes
effect at the next build.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from vestry.addresses.decided import FOLDER, IS, NOWHERE, WITHDRAWN, AddressWord, read_addresses_decided
from vestry.clock import Clock
from vestry.errors import AddressNotReviewable
from vestry.linkage.review.contents import make_key, read_key
from vestry.linkage.review.recording import held, record
from vestry.place import Place
from vestry.sharing.request import Request
from vestry.sharing.reviewing import Asked
from vestry.sharing.words_told import refuse_long
from vestry.twin.addresses_for_review import AddressForReview

_A_UPRN: Final = re.compile(r"[0-9]{1,12}")
"""GeoPlace: a number of up to twelve digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressesPage:
    """The first of `total` addresses that wait. `decided` are those of which a word stands that the release does not know yet:
    they are not among those that wait."""

    release_id: str
    total: int
    decided: int
    waiting: tuple[AddressForReview, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRecorded:
    """A word that is on the disk, in `file`; the word that stood `before` ("" for none); how many `records` write the address
    so. `known`: some record of the release is at that UPRN, so the gazetteer knew it."""

    word: AddressWord
    uprn: str
    file: str
    before: str
    records: int
    known: bool


class Release(Protocol):
    """What the desk asks of an open release."""

    release_id: str
    addresses: Any
    """`twin.addresses_for_review.AddressesForReview`, or as much of it as somebody may see."""


class AddressDesk:
    """Everything that one reviewer does with addresses in one place."""

    def __init__(self, *, place: Place, reviewer: str, clock: Clock, ask: Asked) -> None:
        self._place = place
        self._clock = clock
        self._ask = ask
        self.reviewer = reviewer

    def waiting(self, *, purpose: str | None, limit: int | None = None) -> AddressesPage:
        """What waits, first what most records write. Raises as `Gateway.find`, and DecisionsInvalid."""
        key = read_key(self._place.decisions)
        words = read_addresses_decided(self._place.decisions / FOLDER, None).standing()

        def read(release: Release) -> AddressesPage:
            found = release.addresses.waiting()
            open_ = [
                a
                for a in found
                if key is None or key.hashed_address(a.address_lines, a.postcode) not in words
            ]
            return AddressesPage(
                release_id=release.release_id,
                total=len(open_),
                decided=len(found) - len(open_),
                waiting=tuple(open_[:limit]),
            )

        request = Request(action="review-queue", purpose=purpose, table="address_matches")
        return self._ask(request, read, count=lambda page: page.total, seen=lambda page: _of(page.waiting))

    def decide(
        self, record_id: str, word: AddressWord, *, uprn: str = "", reason: str = "", purpose: str | None
    ) -> AddressRecorded:
        """Write down what the address of a record is: on the disk when this returns. It holds for all that write it so.

        Raises as `waiting`, NotFound, AddressNotReviewable and PlaceNotWritable.
        """
        refuse_long(reason, AddressNotReviewable)
        if word == IS and not _A_UPRN.fullmatch(uprn):
            raise AddressNotReviewable(
                "That is no UPRN.", where="--uprn", fix="give up to twelve digits, or say --none"
            )
        uprn = uprn.lstrip("0") if word == IS else ""

        def read(release: Release) -> tuple[str, AddressForReview, bool]:
            found = release.addresses.written_by(record_id)
            return release.release_id, found, word == IS and release.addresses.is_known(uprn)

        request = Request(
            action="review-decide",
            purpose=purpose,
            table="address_matches",
            criteria=(word,),
            entities=(record_id,),
        )
        release_id, address, known = self._ask(request, read, count=lambda _: 1, seen=lambda f: _of([f[1]]))
        folder = self._place.decisions
        with held(folder):
            key = make_key(folder)
            seen = key.hashed_address(address.address_lines, address.postcode)
            every = read_addresses_decided(folder / FOLDER, None)
            stood, at = every.standing().get(seen), self._clock.now().isoformat(timespec="microseconds")
            if word == WITHDRAWN and stood is None:
                raise AddressNotReviewable(
                    "There is no decision on that address to take back.",
                    where="decisions",
                    fix="see what waits: vestry review addresses",
                )
            said = {
                "decision": word, "seen": seen, **({"uprn": uprn} if uprn else {}), "by": self.reviewer, "reason": reason,
                "release": release_id, "at": at,
            }  # fmt: skip
            with held(folder / FOLDER):  # which makes the folder, too
                file = record(folder / FOLDER, said, every.file_for(at))
        before = "" if stood is None else stood.uprn if stood.word == IS else NOWHERE
        return AddressRecorded(
            word=word, uprn=uprn, file=f"decisions/{FOLDER}/{file}", before=before, records=address.records, known=known
        )  # fmt: skip


def _of(addresses: Sequence[AddressForReview]) -> list[str]:
    return sorted({entity_id for a in addresses for entity_id, _ in a.writers})
