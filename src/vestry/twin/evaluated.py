"""What an evaluation reads of a release: which entity each key has, what joined it, who lives together.

Numbers stand for units (the row of `members` where a unit comes first), so that a county's links are a few bytes
each. No names, dates of birth or identifiers of people are among the columns; a property's UPRN is.
"""

from __future__ import annotations

from typing import Final

SOURCES: Final = "sources"
RULES: Final = "rules"
KEYS: Final = "keys"
UNITS: Final = "units"
LINKS: Final = "links"
HOUSEHOLDS: Final = "households"
ADDRESSES: Final = "addresses"

TABLE_OF: Final = {
    SOURCES: "ledger",
    RULES: "linkage_rules",
    KEYS: "members",
    UNITS: "members",
    LINKS: "links",
    HOUSEHOLDS: "household_members",
    ADDRESSES: "records",
}
"""What is read -> the table of the release that it mostly comes from, for the audit file."""

_SQL: Final = {
    SOURCES: "SELECT source, min(organisation) AS organisation, max(as_at) AS as_at FROM ledger WHERE $1 = $1 "
    "GROUP BY source ORDER BY source",
    RULES: "SELECT rule, source, table_name, value FROM linkage_rules WHERE $1 = $1 ORDER BY ALL",
    KEYS: "SELECT source, source_key, part, min(entity_id) AS entity_id, min(rowid)::INTEGER AS unit_no "
    "FROM members WHERE kind = $1 GROUP BY source, source_key, part",
    UNITS: """
        SELECT min(m.rowid)::INTEGER AS unit_no, min(m.unit_id) AS unit_id, r.source,
               min(r.table_name) AS table_name, min(r.first_as_at) AS first_as_at, max(r.last_as_at) AS last_as_at
        FROM members m JOIN records r ON r.record_id = m.record_id
        WHERE m.kind = $1 GROUP BY r.source, r.source_key, r.part
    """,
    LINKS: """
        WITH numbered AS (
            SELECT record_id, min(rowid) OVER (PARTITION BY source, source_key, part)::INTEGER AS unit_no
            FROM members WHERE kind = $1
        )
        SELECT l.unit_no AS left_no, r.unit_no AS right_no, k.probability, k.weight, k.decided_by
        FROM links k JOIN numbered l ON l.record_id = k.left_record JOIN numbered r ON r.record_id = k.right_record
        WHERE k.kind = $1
    """,
    HOUSEHOLDS: "SELECT household_id, person_id FROM household_members WHERE valid_to IS NULL AND $1 = $1",
    ADDRESSES: """
        SELECT r.source, r.source_key, r.part, min(m.rowid)::INTEGER AS unit_no, max(r.last_as_at) AS last_as_at,
               unnest(arg_max({{'uprn': r.uprn, 'uprn_by': {uprn_by}, 'entity_id': m.entity_id}},
                              (r.current, r.last_as_at, r.record_id)))
        FROM records r JOIN members m ON m.record_id = r.record_id
        WHERE r.kind = $1 GROUP BY r.source, r.source_key, r.part
    """,
}

NOTHING: Final = (
    "SELECT NULL::VARCHAR AS rule, NULL::VARCHAR AS source, NULL::VARCHAR AS table_name, "
    "NULL::DOUBLE AS value WHERE $1 <> $1"
)
"""What a release without `linkage_rules` has instead."""


def query(name: str, columns_of_records: frozenset[str]) -> str:
    """The SQL of one of the names above; its one parameter is a kind. KeyError for any other name.

    `columns_of_records` as the release has them: `uprn_by`, how a UPRN was found, came after the first releases.
    """
    if name == ADDRESSES:
        by = "r.uprn_by" if "uprn_by" in columns_of_records else "NULL::VARCHAR"
        return _SQL[name].format(uprn_by=by)
    return _SQL[name]
