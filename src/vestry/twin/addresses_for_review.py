"""What a review reads of addresses that could not be found: each with the likeliest properties, and who writes it so.

Part of `twin.reader`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vestry.addresses.decided import APART
from vestry.errors import AddressNotReviewable, NotFound
from vestry.twin.search import Rows, text

OPEN: Final = ("review", "reviewer", "library", "none", "source")
"""The methods of addresses that somebody may decide: all but those that are the gazetteer's own."""

_WAITING: Final = """
    SELECT a.*, r.record_id, r.writers FROM address_matches a
    JOIN (
        SELECT r.address_lines, r.postcode, min(r.record_id) AS record_id,
               list(DISTINCT {'entity_id': m.entity_id, 'source': m.source}) AS writers
        FROM records r JOIN members m USING (record_id) WHERE r.address_lines IS NOT NULL GROUP BY ALL
    ) r ON r.address_lines = a.address_lines AND r.postcode IS NOT DISTINCT FROM a.postcode
    WHERE a.method IN (SELECT unnest($1::VARCHAR[]))
    ORDER BY a.records DESC, a.score DESC NULLS LAST, a.address_lines, a.postcode
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """A property that the address may be: its UPRN, its address, and the bits of evidence for the likeliest one."""

    uprn: str
    address: str
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressForReview:
    """An address as records write it, why it was not found, and what it may be, the likeliest first.

    `record_id` is of one of the `records` that write it so; `writers`, (entity, source) of all of them. `decided` is the UPRN
    that a reviewer gave it in this release, "" where they found none; None where nobody decided.
    """

    record_id: str
    address_lines: str
    postcode: str
    reason: str
    likely: tuple[Likely, ...]
    records: int
    writers: frozenset[tuple[str, str]] = frozenset()
    decided: str | None = None


class AddressesForReview:
    """Questions of a review of addresses to one release."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def waiting(self) -> list[AddressForReview]:
        """What waits for a person: first what most records write. Nothing in a release from before addresses were matched."""
        return self._of(["review"])

    def decided(self) -> list[AddressForReview]:
        """What people decided that holds in this release."""
        return self._of(["reviewer"])

    def written_by(self, record_id: str) -> AddressForReview:
        """The address of a record. Raises NotFound of no such record, and AddressNotReviewable of one that needs no decision."""
        rows = self._rows.of("SELECT address_lines, postcode FROM records WHERE record_id = $1", [record_id])
        if not rows:
            raise NotFound(
                "No record has that id.",
                where="the current release",
                fix="see what waits: vestry review addresses",
            )
        lines, postcode = rows[0]["address_lines"], rows[0]["postcode"]
        found = [
            one
            for one in self._of(OPEN, lines=text(lines))
            if one.postcode == text(postcode) and one.reason not in APART
        ]
        if not found:
            raise AddressNotReviewable(
                "Its address is the gazetteer's own, or names no property."
                if lines
                else "It has no address.",
                where="the current release",
                fix="see what waits: vestry review addresses",
            )
        return found[0]

    def is_known(self, uprn: str) -> bool:
        """Whether any record of the release is at that property. The gazetteer may know it all the same."""
        return bool(self._rows.of("SELECT 1 FROM properties WHERE uprn = $1 LIMIT 1", [uprn]))

    def _of(self, methods: Sequence[str], lines: str | None = None) -> list[AddressForReview]:
        if not self._rows.of("SELECT 1 FROM duckdb_tables() WHERE table_name = 'address_matches'"):
            return []
        asked = "" if lines is None else "AND a.address_lines = $2"
        sql = _WAITING.replace("ORDER BY", f"{asked} ORDER BY")
        rows = self._rows.of(sql, [list(methods), *(() if lines is None else (lines,))])
        return [_address(row) for row in rows]


def _address(row: Mapping[str, Any]) -> AddressForReview:
    likely = [
        Likely(
            uprn=row[f"{which}_uprn"],
            address=text(row.get(f"{which}_address")),
            score=row["score"] if which == "best" else None,
        )
        for which in ("best", "second")
        if row[f"{which}_uprn"]
    ]
    return AddressForReview(
        record_id=row["record_id"],
        address_lines=text(row["address_lines"]),
        postcode=text(row["postcode"]),
        reason=row["reason"],
        likely=tuple(likely),
        records=int(row["records"]),
        writers=frozenset((w["entity_id"], w["source"]) for w in row["writers"]),
        decided=text(row["uprn"]) if row["method"] == "reviewer" else None,
    )
