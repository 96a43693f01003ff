"""What a review reads of a release: pairs that it keeps apart, the two sides of one, decided units as they are now.

Part of `twin.reader`. A look has the columns of `LOOKED` and no others: what two records can be told to be one by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vestry.errors import NotFound
from vestry.linkage.decisions import Side
from vestry.linkage.review.contents import CONTENT
from vestry.linkage.review.queue import Candidate, Stake
from vestry.linkage.rule_names import LINK_FROM, MAY_NOT_BE_LINKED
from vestry.model import kinds
from vestry.twin.search import Rows, among, text

LOOKED: Final[Mapping[str, tuple[str, ...]]] = {
    kinds.PERSON: (
        "given_names", "family_name", "known_as", "previous_family_name", "birth_date", "sex", "address_lines",
        "postcode", "phone", "email", "nhs_number", "nino", "upn", "other_number",
    ),
    kinds.ORGANISATION: (
        "organisation_name", "organisation_type", "address_lines", "postcode", "phone", "email", "company_number",
        "ods_code", "school_urn", "rating", "rated_on",
    ),
}  # fmt: skip
"""What a reviewer is shown of a record, by kind, in the order in which a person would read it."""

ELSEWHERE: Final = 3
"""So many other values of one column are shown at most, the newest first."""

_REVIEWED: Final = tuple(CONTENT)
_NEWEST: Final = "row_number() OVER (PARTITION BY m.unit_id ORDER BY r.last_as_at || r.record_id DESC) = 1"

_APART: Final = """
    WITH apart AS (
        SELECT k.*, l.entity_id AS left_entity, r.entity_id AS right_entity
        FROM (FROM links UNION ALL BY NAME SELECT NULL::BOOLEAN AS contested WHERE false) k
        JOIN members l ON l.record_id = k.left_record JOIN members r ON r.record_id = k.right_record
        WHERE k.kind IN (SELECT unnest($1::VARCHAR[])) AND l.entity_id <> r.entity_id
    ), pairs AS (
        SELECT least(left_entity, right_entity) AS one, greatest(left_entity, right_entity) AS other,
               unnest(arg_max({'left_record': left_record, 'right_record': right_record, 'kind': kind,
                               'left_entity': left_entity, 'right_entity': right_entity},
                              (probability, coalesce(weight, 0.0), left_record, right_record))),
               max(probability) AS probability,
               bool_or(probability >= $2 AND NOT (decided_by = 'identifier' AND coalesce(contested, false))) AS joins,
               bool_or(decided_by = 'identifier' AND coalesce(contested, false)) AS doubted
        FROM apart GROUP BY one, other HAVING NOT bool_or(decided_by = 'reviewer')
    ), named AS (SELECT one AS entity_id FROM pairs UNION SELECT other FROM pairs
    ), held AS (
        SELECT m.entity_id, count(*) AS records, count(DISTINCT m.source) AS sources
        FROM members m SEMI JOIN named n ON n.entity_id = m.entity_id GROUP BY m.entity_id
    ), numbers AS (
        SELECT m.entity_id, list(DISTINCT r.nhs_number) AS numbers
        FROM members m SEMI JOIN named n ON n.entity_id = m.entity_id JOIN records r ON r.record_id = m.record_id
        WHERE r.nhs_number IS NOT NULL GROUP BY m.entity_id
    ), served AS (
        SELECT x.entity_id, list(DISTINCT [e.service, CASE WHEN e.current THEN 'open' ELSE '' END]) AS services
        FROM episode_entities x SEMI JOIN named n ON n.entity_id = x.entity_id
        JOIN episodes e ON e.episode_id = x.episode_id WHERE e.service <> '' GROUP BY x.entity_id
    )
    SELECT p.*, coalesce(NOT list_has_any(ln.numbers, rn.numbers), false) AS numbers_differ,
           lh.records AS left_records, lh.sources AS left_sources, ls.services AS left_services,
           rh.records AS right_records, rh.sources AS right_sources, rs.services AS right_services
    FROM pairs p JOIN held lh ON lh.entity_id = p.left_entity JOIN held rh ON rh.entity_id = p.right_entity
    LEFT JOIN numbers ln ON ln.entity_id = p.left_entity LEFT JOIN numbers rn ON rn.entity_id = p.right_entity
    LEFT JOIN served ls ON ls.entity_id = p.left_entity LEFT JOIN served rs ON rs.entity_id = p.right_entity
    ORDER BY p.left_record, p.right_record
"""

_FRAME: Final = """
    SELECT k.left_record, k.right_record, l.entity_id = r.entity_id AS joined,
           {band} || CASE WHEN l.entity_id = r.entity_id THEN ', joined' ELSE ', apart' END AS stratum
    FROM links k JOIN members l ON l.record_id = k.left_record JOIN members r ON r.record_id = k.right_record
    WHERE k.kind IN (SELECT unnest($1::VARCHAR[])) AND k.decided_by <> 'reviewer' AND l.unit_id <> r.unit_id
    QUALIFY row_number() OVER (PARTITION BY least(l.unit_id, r.unit_id), greatest(l.unit_id, r.unit_id)
                               ORDER BY k.probability DESC, k.left_record, k.right_record) = 1
"""
_BAND: Final = """
    CASE WHEN k.decided_by = 'identifier' THEN 'identifier' WHEN k.probability >= 0.999 THEN '0.999 to 1'
         WHEN k.probability >= 0.99 THEN '0.99 to 0.999' WHEN k.probability >= 0.95 THEN '0.95 to 0.99'
         WHEN k.probability >= 0.8 THEN '0.8 to 0.95' ELSE 'below 0.8' END
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """One record of a look: `values` as it has them; `elsewhere`, other values that its entity's records have.

    `side` names its unit, and `keyed` says whether whoever looks may be told its key; `newest` is false where its source says
    something else of that unit now. `records` and `sources` count what its entity has.
    """

    record_id: str
    side: Side
    entity_id: str
    as_at: str
    current: bool
    newest: bool
    values: Mapping[str, str]
    elsewhere: Mapping[str, tuple[str, ...]]
    records: int
    sources: int
    keyed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNow:
    """A decided unit in this release: its entity, its newest record, and the columns of that one's content."""

    entity_id: str
    record_id: str
    kind: str
    content: Mapping[str, Any]


class Reviewing:
    """Questions of a review to one release."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def candidates(self) -> list[Candidate]:
        """Every two entities that are kept apart although their records scored for review or higher, or hold one number.

        Without those that a reviewer's word joins or keeps apart in this release.
        """
        rows = self._rows.of(_APART, [list(_REVIEWED), self._link_from()])
        return [
            Candidate(
                **{n: row[n] for n in ("left_record", "right_record", "left_entity", "right_entity", "kind")},
                probability=float(row["probability"]),
                joins=row["joins"],
                doubted=row["doubted"],
                numbers_differ=row["numbers_differ"],
                left=_stake(row, "left"),
                right=_stake(row, "right"),
            )
            for row in rows
        ]

    def looked_at(self, record_id: str) -> tuple[LookedAt, Mapping[str, Any]]:
        """One record, and the columns of its unit's newest content. Raises NotFound."""
        # Three statements, each by an index: of a join, that of the larger table is not used.
        asked = self._rows.of("SELECT entity_id FROM members WHERE record_id = $1", [record_id])
        beside = self._rows.of(
            "SELECT record_id, entity_id, unit_id FROM members WHERE entity_id = $1",
            [row["entity_id"] for row in asked[:1]] or [""],
        )
        member = {row["record_id"]: row for row in beside}
        which, parameters = among("record_id", sorted(member))
        rows = [
            {**row, **member[row["record_id"]]}
            for row in self._rows.of(f"SELECT * FROM records WHERE {which}", parameters)
        ]
        rows.sort(key=lambda r: r["record_id"])
        rows.sort(key=lambda r: (bool(r["current"]), text(r["last_as_at"])), reverse=True)
        newest_of: dict[str, str] = {}
        for each in sorted(rows, key=lambda r: text(r["last_as_at"]) + r["record_id"]):
            newest_of[each["unit_id"]] = each["record_id"]
        row = next((r for r in rows if r["record_id"] == record_id), None)
        if row is None:
            raise NotFound(
                "No record has that id.",
                where="the current release",
                fix="see what waits: vestry review list",
            )
        newest = next(r for r in rows if r["record_id"] == newest_of[row["unit_id"]])
        shown = LOOKED.get(row["kind"], ())
        values = {c: text(row.get(c)) for c in shown}
        said = {c: dict.fromkeys(text(r.get(c)) for r in rows) for c in shown}
        others = {c: [v for v in texts if v and v != values[c]] for c, texts in said.items()}
        looked = LookedAt(
            record_id=record_id,
            side=Side(**{n: row[n] for n in ("source", "source_key", "part", "kind")}),
            entity_id=row["entity_id"],
            as_at=text(row["last_as_at"]),
            current=row["current"] is not False,
            newest=newest is row,
            values=values,
            elsewhere={c: tuple(texts[:ELSEWHERE]) for c, texts in others.items() if texts},
            records=len(rows),
            sources=len({r["source"] for r in rows}),
        )
        return looked, {c: newest.get(c) for c in CONTENT.get(row["kind"], ())}

    def units(self, unit_ids: Sequence[str]) -> dict[str, UnitNow]:
        """Of these units those that the release has, as they are now."""
        rows = self._rows.of(
            "SELECT r.*, m.entity_id, m.unit_id FROM members m JOIN records r ON r.record_id = m.record_id "
            f"WHERE m.unit_id IN (SELECT unnest($1::VARCHAR[])) QUALIFY {_NEWEST}",
            [list(unit_ids)],
        )
        return {
            row["unit_id"]: UnitNow(
                entity_id=row["entity_id"],
                record_id=row["record_id"],
                kind=row["kind"],
                content={c: row.get(c) for c in CONTENT.get(row["kind"], ())},
            )
            for row in rows
        }

    def unlinked(self) -> frozenset[str]:
        """Sources whose records may not be linked."""
        return frozenset(row["source"] for row in self._rules() if row["rule"] == MAY_NOT_BE_LINKED)

    def strata(self) -> dict[str, int]:
        """How many pairs of units each stratum has: as sure as each other (by their likeliest records), joined or apart."""
        frame = _FRAME.format(band=_BAND)
        rows = self._rows.of(
            f"SELECT stratum, count(*) AS size FROM ({frame}) GROUP BY stratum ORDER BY stratum",
            [list(_REVIEWED)],
        )
        return {row["stratum"]: int(row["size"]) for row in rows}

    def drawn(self, seed: int, sizes: Mapping[str, int]) -> list[dict[str, Any]]:
        """So many pairs of each stratum, in an order that only `seed` decides: record ids, stratum, joined, both sides."""
        sides = ", ".join(
            f"{{'source': {m}.source, 'source_key': {m}.source_key, 'part': {m}.part, 'kind': {m}.kind}} AS {side}"
            for m, side in (("ml", "left"), ("mr", "right"))
        )
        return self._rows.of(
            f"""WITH ordered AS (
                SELECT *, sha256($2 || left_record || ' ' || right_record) AS drawn_by FROM ({_FRAME.format(band=_BAND)})
            ), first AS (
                SELECT * FROM ordered JOIN (SELECT unnest($3::VARCHAR[]) AS stratum, unnest($4::BIGINT[]) AS wanted)
                USING (stratum) QUALIFY row_number() OVER (PARTITION BY stratum ORDER BY drawn_by) <= wanted
            )
            SELECT f.left_record, f.right_record, f.stratum, f.joined, {sides} FROM first f
            JOIN members ml ON ml.record_id = f.left_record JOIN members mr ON mr.record_id = f.right_record
            ORDER BY sha256('order' || f.drawn_by)""",
            [list(_REVIEWED), f"{seed} ", list(sizes), list(sizes.values())],
        )

    def _link_from(self) -> float:
        said = [row["value"] for row in self._rules() if row["rule"] == LINK_FROM]
        return float(said[0]) if said else 1.0

    def _rules(self) -> list[dict[str, Any]]:
        if not self._rows.of("SELECT 1 FROM duckdb_tables() WHERE table_name = 'linkage_rules'"):
            return []  # the release was built before there was one
        return self._rows.of("SELECT rule, source, value FROM linkage_rules ORDER BY ALL")


def _stake(row: Mapping[str, Any], side: str) -> Stake:
    return Stake(
        records=int(row[f"{side}_records"]),
        sources=int(row[f"{side}_sources"]),
        services=frozenset((s, open_ == "open") for s, open_ in row[f"{side}_services"] or ()),
    )
