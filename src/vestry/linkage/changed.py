"""What has changed since the release before: records, and the units that have to be compared again because of them.

Besides units whose records are new, gone or told otherwise, these are units that something about others concerns: a key shared
with one of these by contract, an identifier that has become a placeholder or is none any longer, a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from vestry.contracts.shared_keys import SourcePart
from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR
from vestry.linkage.before import BEFORE, unlinked_sources
from vestry.linkage.blocks import number_key_sql
from vestry.linkage.clusters import BY_REVIEWER
from vestry.linkage.comparable import numbered
from vestry.linkage.decisions import Decision
from vestry.linkage.identifiers import DECIDING, TOO_COMMON
from vestry.linkage.keys_on import keys_wanted
from vestry.linkage.link_rows import reviewed
from vestry.linkage.shared_keys import owner_table, with_key_owner

NOW: Final = "changed_now"
GONE: Final = "changed_before"
NAMES: Final = "names_now"
"""A view of all records by their names alone: `record_no, record_id, unit_id`. Whoever asks, asks for records that are linked."""
SAYS_WHICH: Final = ("source", "part", "source_key")
"""What a source knows a unit by: all records of one have the same."""


def find_changed(engine: Engine, records: ir.Table, comparable: ir.Table, unlinked: Collection[str]) -> None:
    """Keep what differs between `records` and the release before: `changed_now` (`record_no, record_id, unit_id, kind`, and
    `SAYS_WHICH`) and `changed_before` (the same, without numbers). A record that is told otherwise is in both.

    `comparable` are those that may be linked; `unlinked` the sources of the others. Fingerprints are kept as `fingerprints`; a
    release of before there were any is compared by ids.
    """
    engine.view(NAMES, records.select("record_no", "record_id", "unit_id"))
    apart = unlinked_sources(engine, unlinked)
    slim = engine.statement(comparable.select("record_no", "record_id", "unit_id", "kind", *SAYS_WHICH))
    columns = {row[0] for row in engine.connection().execute(f"DESCRIBE {BEFORE}.members").fetchall()}
    by, now = ("fingerprint", "fingerprints") if "fingerprint" in columns else ("record_id", NAMES)
    differ = engine.run(
        "fingerprints_differ",
        f"SELECT record_no, row_no FROM {now} FULL JOIN (SELECT rowid AS row_no, {by} FROM {BEFORE}.members)"
        f" USING ({by}) WHERE record_no IS NULL OR row_no IS NULL",
    )
    engine.run(NOW, f"SELECT r.* FROM ({slim}) r SEMI JOIN {differ} USING (record_no)")
    engine.run(
        GONE,
        f"SELECT record_id, unit_id, kind, {', '.join(SAYS_WHICH)} FROM (SELECT *, rowid AS row_no FROM {BEFORE}.members)"
        f" SEMI JOIN {differ} USING (row_no) ANTI JOIN {apart} USING (source)",
    )


def missing(engine: Engine) -> str:
    """Keep the records of the release before that are not there now (`record_id, unit_id, kind`), and return the table's name.
    After `find_changed`."""
    return engine.run(
        "records_missing",
        f"SELECT record_id, unit_id, kind FROM {GONE} ANTI JOIN (SELECT record_id FROM {NOW}) USING (record_id)",
    )


def units_again(
    engine: Engine,
    told: ir.Table,
    kind: str,
    decisions: Sequence[Decision],
    owners: Mapping[SourcePart, SourcePart],
) -> str:
    """Keep the units of `kind` that are compared again, and return the table's name. `told` is a view of all its records."""
    again = f"{kind}_again_units"
    engine.run(
        again,
        f"SELECT unit_id FROM {NOW} WHERE kind = '{kind}' UNION SELECT unit_id FROM {GONE} WHERE kind = '{kind}'",
    )
    decided = _decided_otherwise(engine, told, kind, decisions, again)
    if owners:
        _of_one_key(engine, told, kind, owners, again, decided=decided > 0)
    return again


def _add(engine: Engine, again: str, units: str) -> int:
    """Add the `unit_id` of a statement in SQL: how many there were to add."""
    new = f"SELECT unit_id FROM ({units}) EXCEPT SELECT unit_id FROM {again}"
    (added,) = engine.connection().execute(f"INSERT INTO {again} {new}").fetchone()
    return int(added)


def _decided_otherwise(
    engine: Engine, told: ir.Table, kind: str, decisions: Sequence[Decision], again: str
) -> int:
    """Add units of pairs of records that are decided now and were not, or the other way: how many there were to add."""
    connection = engine.connection()
    before = (
        "SELECT left_record, right_record, probability FROM before_links"
        f" WHERE decided_by = '{BY_REVIEWER}' AND kind = '{kind}'"
    )
    (were,) = connection.execute(f"SELECT count(*) FROM ({before})").fetchone()
    if not were and not decisions:
        return 0
    sides = sorted({unit for d in decisions for unit in d.pair})
    decided = engine.bring(f"{kind}_decided_units", pa.table({"unit_id": pa.array(sides, pa.string())}))
    _, units, _ = numbered(engine, told.semi_join(decided, "unit_id"), kind)
    rows = engine.keep(f"{kind}_decided_rows", reviewed(engine, decisions, units, kind))
    now = engine.run(
        f"{kind}_decided_now",
        f"WITH names AS (SELECT record_no, record_id FROM {told.get_name()})"
        f" SELECT l.record_id AS left_record, r.record_id AS right_record, probability"
        f" FROM {rows.get_name()} JOIN names l ON l.record_no = left_no JOIN names r ON r.record_no = right_no",
    )
    changed = f"(SELECT * FROM {now} EXCEPT {before}) UNION ALL ({before} EXCEPT SELECT * FROM {now})"
    ids = f"SELECT unnest([left_record, right_record]) AS record_id FROM ({changed})"
    both = f"SELECT record_id, unit_id FROM {told.get_name()}"
    return _add(
        engine,
        again,
        f"SELECT unit_id FROM (SELECT record_id, unit_id FROM before_members WHERE kind = '{kind}' UNION ALL {both})"
        f" SEMI JOIN ({ids}) USING (record_id)",
    )


def _of_one_key(
    engine: Engine,
    told: ir.Table,
    kind: str,
    owners: Mapping[SourcePart, SourcePart],
    again: str,
    *,
    decided: bool,
) -> None:
    """Add units that have a key in common with one that is compared again, where a contract says that the key is one. Some of
    these are compared again because of what was `decided`, though none of their records has changed.
    """
    which = ", ".join(SAYS_WHICH)
    keys = " UNION ALL ".join(f"SELECT {which} FROM {table} WHERE kind = '{kind}'" for table in (NOW, GONE))
    if decided:
        keys += f" UNION ALL SELECT {which} FROM {told.get_name()} SEMI JOIN {again} USING (unit_id)"
    _add(engine, again, units_of_keys(engine, told, owners, keys))


def units_of_keys(engine: Engine, told: ir.Table, owners: Mapping[SourcePart, SourcePart], keys: str) -> str:
    """SQL of the units (`unit_id`) that have a key of one of those that `keys` gives (SQL of `SAYS_WHICH`), where a contract
    says that the key is one (`owners`)."""
    keyed = engine.statement(with_key_owner(told.select(*SAYS_WHICH, "unit_id"), owners, others=False))
    owned = engine.statement(owner_table(owners))
    key = "key_source, key_part, source_key"
    return (
        f"SELECT unit_id FROM ({keyed}) SEMI JOIN (SELECT DISTINCT {key} FROM ({keys}) JOIN ({owned}) USING (source, part))"
        f" USING ({key})"
    )


def numbers_again(engine: Engine, told: ir.Table, kind: str, again: str, some: str) -> int:
    """Keep the identifiers of units that are compared again, now and before, in `<kind>_numbers_again`: `field, number, key`.
    `some` is a table of their records.

    Where one of them was a placeholder and is none any longer, or the other way, whoever has it is compared again as well: how
    many units were added for this.
    """
    slim, fields = told.get_name(), DECIDING[kind]
    each, said = f"unnest({list(fields)}) AS field", f"unnest([{', '.join(fields)}]) AS number"
    # Who has not changed has the numbers that it had.
    held = f"SELECT numbers FROM before_match_holders SEMI JOIN {gone_sql(kind)} USING (record_id)"
    keys = " ".join(f"WHEN '{field}' THEN {number_key_sql(kind, field, 'number')}" for field in fields)
    numbers = engine.run(
        f"{kind}_numbers_again",
        f"SELECT field, number, CAST(CASE field {keys} END AS BIGINT) AS key FROM"
        f" (SELECT DISTINCT field, number FROM (SELECT {each}, {said} FROM {some} SEMI JOIN {again} USING (unit_id)"
        f" UNION ALL SELECT {each}, unnest(string_split(numbers, '{SEPARATOR}')) FROM ({held})) WHERE number <> '')",
    )
    one_of_them = " OR ".join(
        f"{field} IN (SELECT number FROM {numbers} WHERE field = '{field}')" for field in fields
    )
    sharers = engine.run(
        f"{kind}_number_sharers",
        f"SELECT field, number, record_id, unit_id FROM (SELECT {each}, {said}, record_id, unit_id FROM {slim}"
        f" WHERE {one_of_them}) SEMI JOIN {numbers} USING (field, number)",
    )
    known = keys_wanted(engine, f"{kind}_number_keys_known", numbers)
    was_known = f"SELECT DISTINCT key, true AS known FROM {known}"
    crossing = (
        f"SELECT s.field, s.number FROM {sharers} s JOIN {numbers} n USING (field, number)"
        f" LEFT JOIN ({was_known}) w ON w.key = n.key"
        f" LEFT JOIN (SELECT unit_id, true AS again FROM {again}) a ON a.unit_id = s.unit_id"
        " GROUP BY s.field, s.number, w.known HAVING count(*) FILTER (a.again IS NULL) > 0"
        f" AND (count(DISTINCT s.unit_id) <= {TOO_COMMON}) <> coalesce(w.known, false)"
    )
    return _add(engine, again, f"SELECT unit_id FROM {sharers} SEMI JOIN ({crossing}) USING (field, number)")


def again_before(engine: Engine, kind: str, again: str, some: str) -> None:
    """Keep the records that the release before had of units that are compared `again`, as `<kind>_again_before` (`record_id`).
    `some` is a table of those that they have now."""
    engine.run(
        f"{kind}_again_before",
        f"SELECT record_id FROM {gone_sql(kind)} UNION ALL SELECT record_id FROM {some} SEMI JOIN {again} USING (unit_id)"
        f" ANTI JOIN {NOW} USING (record_no)",
    )


def gone_sql(kind: str) -> str:
    """SQL, in brackets, of the records of a kind that the release before had and that are gone or told otherwise."""
    return f"(SELECT record_id FROM {GONE} WHERE kind = '{kind}')"
