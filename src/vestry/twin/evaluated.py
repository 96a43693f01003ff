"""What an evaluation reads of a release: which entity each key has, what joined it, who lives together.

A record is the number of its row in `members`, a unit the least of its records': so a county's links are a few bytes
each. No names, dates of birth or identifiers of people are among the columns; a property's UPRN is.
"""

from __future__ import annotations

from typing import Final

from vestry.linkage.rule_names import HOLDS_EACH_ONCE

SOURCES: Final = "sources"
RULES: Final = "rules"
KEYS: Final = "keys"
UNIT_IDS: Final = "unit ids"
REPEATS: Final = "repeats"
HELD: Final = "held"
LINKS: Final = "links"
HOUSEHOLDS: Final = "households"
ADDRESSES: Final = "addresses"

TABLE_OF: Final = {
    SOURCES: "ledger",
    RULES: "linkage_rules",
    KEYS: "members",
    UNIT_IDS: "members",
    REPEATS: "members",
    HELD: "records",
    LINKS: "links",
    HOUSEHOLDS: "household_members",
    ADDRESSES: "records",
}
"""What is read -> the table of the release that it mostly comes from, for the audit log."""

SLICED: Final = 1_000_000
"""Rows of a table that are joined or put together at a time: a county at once would not fit beside a release."""

_SQL: Final = {
    SOURCES: "SELECT source, min(organisation) AS organisation, max(as_at) AS as_at FROM ledger "
    "FULL JOIN (SELECT DISTINCT source FROM members) USING (source) WHERE $1 = $1 GROUP BY source ORDER BY source",
    RULES: "SELECT rule, source, table_name, value FROM linkage_rules WHERE $1 = $1 ORDER BY ALL",
    KEYS: "SELECT source, source_key, part, min(entity_id) AS entity_id, min(rowid)::INTEGER AS unit_no "
    "FROM members WHERE kind = $1 AND hash(source_key) % {slices} = {slice} GROUP BY source, source_key, part",
    UNIT_IDS: "SELECT rowid::INTEGER AS unit_no, unit_id FROM members WHERE kind = $1",
    REPEATS: """
        WITH firsts AS (
            SELECT unit_id, min(rowid)::INTEGER AS unit_no FROM members
            WHERE kind = $1 AND hash(unit_id) % {slices} = {slice} GROUP BY unit_id HAVING count(*) > 1
        )
        SELECT m.rowid::INTEGER AS record_no, f.unit_no FROM members m JOIN firsts f ON f.unit_id = m.unit_id
        WHERE m.rowid <> f.unit_no
    """,
    HELD: f"""
        SELECT m.rowid::INTEGER AS record_no, r.source || '/' || r.table_name AS register, r.first_as_at,
               coalesce(r.listed_until, r.last_as_at) AS last_as_at
        FROM (FROM records UNION ALL BY NAME SELECT NULL::VARCHAR AS listed_until WHERE false) r
        JOIN members m ON m.record_id = r.record_id
        WHERE r.kind = $1 AND hash(r.record_id) % {{slices}} = {{slice}} AND EXISTS (
            FROM (FROM linkage_rules UNION ALL BY NAME SELECT NULL::VARCHAR AS about WHERE false) k
            WHERE k.rule = '{HOLDS_EACH_ONCE}' AND k.source = r.source AND k.table_name = r.table_name
            AND coalesce(k.about, r.part) = r.part)
    """,
    LINKS: """
        SELECT l.rowid::INTEGER AS left_no, r.rowid::INTEGER AS right_no, k.probability, k.weight, k.decided_by,
               {contested} AS contested
        FROM links k JOIN members l ON l.record_id = k.left_record JOIN members r ON r.record_id = k.right_record
        WHERE k.kind = $1 AND hash(k.left_record) % {slices} = {slice}
    """,
    HOUSEHOLDS: "SELECT household_id, person_id FROM household_members WHERE valid_to IS NULL AND $1 = $1",
    ADDRESSES: """
        SELECT r.source, r.source_key, r.part, min(m.rowid)::INTEGER AS unit_no,
               unnest(arg_max({{'last_as_at': r.last_as_at, 'uprn': r.uprn, 'uprn_by': {uprn_by},
                                'entity_id': m.entity_id}}, (r.current, r.last_as_at, r.record_id)))
        FROM records r JOIN members m ON m.record_id = r.record_id
        WHERE r.kind = $1 AND hash(r.source_key) % {slices} = {slice} GROUP BY r.source, r.source_key, r.part
    """,
}

NOTHING: Final = (
    "SELECT NULL::VARCHAR AS rule, NULL::VARCHAR AS source, NULL::VARCHAR AS table_name, "
    "NULL::DOUBLE AS value WHERE $1 <> $1"
)
"""What a release without `linkage_rules` has instead."""


def queries(name: str, rows: int, columns: frozenset[str]) -> list[str]:
    """The SQL of one of the names above, slice by slice; its one parameter is a kind. KeyError for any other name.

    `rows` and `columns` are those of the table behind it: none at all where the release was built before there was
    one; `uprn_by`, how a UPRN was found, and `contested` came after the first releases.
    """
    if not columns:
        return [NOTHING]
    sql = _SQL[name]
    if "{slices}" not in sql:
        return [sql]
    by = "r.uprn_by" if "uprn_by" in columns else "NULL::VARCHAR"
    against = "coalesce(k.contested, false)" if "contested" in columns else "false"
    slices = 1 + rows // SLICED
    return [sql.format(slices=slices, slice=at, uprn_by=by, contested=against) for at in range(slices)]
