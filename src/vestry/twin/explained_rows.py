"""What explanations read of a release. Part of `twin.reader`, which alone may open one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from vestry.linkage import rule_names
from vestry.linkage.two_compared import Mover, TwoCompared
from vestry.linkage.two_records import Pairs
from vestry.twin import answers, shaping
from vestry.twin.explained import RecordRead, RulesRead
from vestry.twin.search import Rows, text

_RECORDS: Final = (
    "SELECT r.*, m.entity_id, m.unit_id FROM records r JOIN members m ON m.record_id = r.record_id "
)
_IN_ORDER: Final = " ORDER BY r.current DESC, r.source, r.source_key, r.part, r.last_as_at DESC, r.record_id"
_ANY_OF: Final = "(SELECT unnest(${}::VARCHAR[]))"


class Comparing(Protocol):
    """Compares records of one release, by pairs of their ids: `linkage.two_records`."""

    def compared(self, kind: str, pairs: Pairs, *, companions: bool) -> Sequence[TwoCompared | None]:
        """What each pair comes to, with what is known of those who live with the two, or without."""
        ...

    def told_by(self, kind: str, pairs: Pairs) -> Sequence[Sequence[Mover]]:
        """Who tells of each pair, having lived with both."""
        ...


class ExplainedRows:
    """One release, read for one explanation."""

    def __init__(self, rows: Rows, *, comparing: Comparing) -> None:
        self._rows = rows
        self._comparing = comparing

    def record(self, record_id: str) -> RecordRead | None:
        """The record of that id."""
        rows = self._rows.of(f"{_RECORDS} WHERE r.record_id = $1", [record_id])
        return _record(rows[0]) if rows else None

    def records(self, entity_id: str) -> tuple[RecordRead, ...]:
        """Those of an entity: current ones first, then by source and key."""
        return tuple(
            map(_record, self._rows.of(f"{_RECORDS} WHERE m.entity_id = $1{_IN_ORDER}", [entity_id]))
        )

    def links(self, left: Sequence[str], right: Sequence[str]) -> tuple[answers.Link, ...]:
        """Every link of one record of `left` and one of `right`, likeliest first, with its evidence."""
        if len(left) == len(right) == 1:
            # The one that sorts first is on the left, by which the rows are in order: most of them are passed over.
            return self._links("l.left_record = $1 AND l.right_record = $2", sorted((left[0], right[0])))
        one, other = _ANY_OF.format(1), _ANY_OF.format(2)
        ways = [f"l.left_record IN {one} AND l.right_record IN {other}"]
        if list(left) != list(right):
            ways.append(f"l.left_record IN {other} AND l.right_record IN {one}")
        return self._links(" OR ".join(f"({way})" for way in ways), [list(left), list(right)])

    def _links(self, where: str, parameters: list[Any]) -> tuple[answers.Link, ...]:
        evidence: dict[tuple[str, str], list[answers.Evidence]] = {}
        # A pair may be in `links` more than once: scored by the model, and decided by an identifier besides.
        for row in self._rows.of(
            "SELECT DISTINCT left_record, right_record, field, agreement, weight FROM link_evidence l "
            f"WHERE {where} ORDER BY left_record, right_record, weight DESC NULLS FIRST, field, agreement",
            parameters,
        ):
            evidence.setdefault((row["left_record"], row["right_record"]), []).append(
                answers.Evidence(field=row["field"], agreement=row["agreement"], weight=row["weight"])
            )
        found = [
            answers.Link(
                left_record=row["left_record"],
                right_record=row["right_record"],
                probability=float(row["probability"] or 0.0),
                weight=row.get("weight"),
                decided_by=text(row["decided_by"]),
                evidence=tuple(evidence.get((row["left_record"], row["right_record"]), ())),
                contested=bool(row.get("contested")),
                rest=row.get("rest"),
            )
            for row in self._rows.of(f"SELECT * FROM links l WHERE {where}", parameters)
        ]
        found.sort(
            key=lambda k: (-k.probability, -(k.weight or 0.0), k.left_record, k.right_record, k.decided_by)
        )
        return tuple(found)

    def rules(self) -> RulesRead:
        """What links went by; nothing of it in a release from before it was kept."""
        if not self._columns("linkage_rules"):
            return RulesRead()
        rows = self._rows.of("SELECT * FROM linkage_rules")
        single = {
            row["rule"]: row["value"]
            for row in rows
            if row["rule"] in (rule_names.LINK_FROM, rule_names.REVIEW_FROM)
        }
        priors = [row for row in rows if row["rule"] == rule_names.PRIOR]
        return RulesRead(
            link_from=single.get(rule_names.LINK_FROM),
            review_from=single.get(rule_names.REVIEW_FROM),
            registers=frozenset(
                (row["source"], row["table_name"], row.get("about") or "")
                for row in rows
                if row["rule"] == rule_names.HOLDS_EACH_ONCE
            ),
            unlinked=frozenset(row["source"] for row in rows if row["rule"] == rule_names.MAY_NOT_BE_LINKED),
            years_part=all(row["value"] for row in rows if row["rule"] == rule_names.YEARS),
            prior={row["about"]: float(row["value"]) for row in priors},
            models={row["about"]: row["model"] for row in priors},
        )

    def history(self, entity_id: str) -> tuple[answers.LifeStep, ...]:
        """What happened to an id, and to those that led to it; not that it was kept."""
        rows = self._rows.of(
            "SELECT * FROM identities WHERE (entity_id = $1 OR into_entity = $1) AND happened <> 'kept' "
            "ORDER BY at_release, happened, entity_id, into_entity",
            [entity_id],
        )
        return tuple(shaping.life_step(row) for row in rows)

    def organisations(self) -> dict[str, str]:
        """source -> the organisation that sends it."""
        rows = self._rows.of("SELECT DISTINCT source, organisation FROM ledger")
        return {row["source"]: row["organisation"] for row in rows}

    def sources(self) -> frozenset[str]:
        """Every source that there is a record of."""
        rows = self._rows.of("SELECT DISTINCT source FROM members")
        return frozenset(row["source"] for row in rows)

    def household_sources(self, household_id: str) -> frozenset[str]:
        """The sources that a household rests on: all that say anything of the people in it and of where they live."""
        rows = self._rows.of(
            "SELECT DISTINCT m.source FROM members m WHERE m.entity_id IN "
            "(SELECT person_id FROM household_members WHERE household_id = $1 "
            "UNION SELECT property_id FROM households WHERE entity_id = $1)",
            [household_id],
        )
        return frozenset(row["source"] for row in rows)

    def told_apart(self, left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
        """The releases that could tell a unit of `left` from one of `right` by records that are gone since, in order."""
        if not self._columns("told_apart"):
            return ()
        one, other = _ANY_OF.format(1), _ANY_OF.format(2)
        rows = self._rows.of(
            f"SELECT DISTINCT told_apart_in FROM told_apart WHERE left_unit IN {one} AND right_unit IN {other}"
            f" OR left_unit IN {other} AND right_unit IN {one} ORDER BY ALL",
            [list(left), list(right)],
        )
        return tuple(row["told_apart_in"] for row in rows)

    def compared(self, kind: str, pairs: Pairs, *, companions: bool = True) -> Sequence[TwoCompared | None]:
        """Each pair of records of `kind` (by their ids) compared now; None for one that cannot be."""
        return self._comparing.compared(kind, pairs, companions=companions)

    def told_by(self, kind: str, pairs: Pairs) -> Sequence[Sequence[Mover]]:
        """Who tells of each pair of records of `kind`, having lived with both."""
        return self._comparing.told_by(kind, pairs)

    def _columns(self, table: str) -> frozenset[str]:
        named = "SELECT column_name FROM duckdb_columns() WHERE table_name = $1"
        return frozenset(row["column_name"] for row in self._rows.of(named, [table]))


def _record(row: dict[str, Any]) -> RecordRead:
    return RecordRead(
        origin=shaping.origin(row),
        table_name=text(row.get("table_name")),
        kind=row["kind"],
        entity_id=text(row["entity_id"]),
        unit_id=text(row.get("unit_id")),
        values={name: text(value) for name, value in row.items() if value is not None},
    )
