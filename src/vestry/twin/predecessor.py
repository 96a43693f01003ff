"""What the build takes from the release before: its identity register and links, and where its file is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.errors import ReleaseMissing
from vestry.linkage.identity import BELONGING, WITHOUT_RECORDS, Before
from vestry.linkage.with_gone import LastRelease
from vestry.model import kinds
from vestry.twin.tables import BY_NAME, ENTITY_TABLES

TWIN_FILE: Final = "twin.duckdb"


BELONGING_OF: Final = {
    kind: f"SELECT DISTINCT unit_id AS member, entity_id FROM members WHERE kind = '{kind}'"
    for kind in ENTITY_TABLES
} | {
    kinds.HOUSEHOLD: "SELECT person_id AS member, household_id AS entity_id FROM household_members WHERE valid_to IS NULL"
}
"""SQL for a release: by kind, `identity.BELONGING`."""

ENDED: Final = pa.schema([(name, pa.string()) for name in ("entity_id", "kind", "at_release")])
HOW_ENDED: Final = """
    SELECT entity_id, kind, max(at_release) AS at_release FROM identities
    WHERE entity_id IN (SELECT entity_id FROM identities WHERE reason = ?)
    GROUP BY entity_id, kind HAVING arg_max(reason, at_release) = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The register of the release before; empty when there is none. `folder` is where that release is kept; `ended` (`entity_id,
    kind, at_release`) the ids that had no record left, with the release that told so, unless something became of them since."""

    release_id: str | None
    folder: Path | None = None
    identities: ir.Table
    household_members: ir.Table
    by_kind: Mapping[str, Before] = field(default_factory=dict)
    ended: pa.Table = field(default_factory=ENDED.empty_table)

    def before(self, kind: str) -> Before:
        """What identity needs to know of one kind."""
        return self.by_kind.get(kind, Before())


def last_release(
    releases: Path, release_id: str | None, gone: Iterable[str], *, gazetteer_gone: bool = False
) -> LastRelease | None:
    """What linkage is told of the release before, whose extracts are `gone` so far; None where there is none."""
    if release_id is None:
        return None
    file = releases / release_id / TWIN_FILE
    return LastRelease(release_id=release_id, file=file, gone=frozenset(gone), gazetteer_gone=gazetteer_gone)


def predecessor(engine: Engine, releases: Path, release_id: str | None) -> Predecessor:
    """Read the register of `release_id`. The release is opened read-only and closed again.

    Raises ReleaseMissing when it cannot be: without it every id would be a new one.
    """
    if release_id is None:
        return Predecessor(
            release_id=None,
            identities=engine.bring("identities_before", _empty("identities")),
            household_members=engine.bring("household_members_before", _empty("household_members")),
        )
    with _opened(releases / release_id / TWIN_FILE) as twin:
        identities = _table(twin, "SELECT * FROM identities")
        household_members = _table(twin, "SELECT * FROM household_members")
        ended = _table(twin, HOW_ENDED, WITHOUT_RECORDS, WITHOUT_RECORDS)
        used = _table(twin, "SELECT entity_id, min(at_release) AS born FROM identities GROUP BY entity_id")
        by_kind = {
            kind: Before(
                entity_of=_table(twin, BELONGING_OF[kind]),
                current=_table(twin, f"SELECT entity_id FROM {name} WHERE current")["entity_id"],
                used=used,
            )
            for kind, name in ENTITY_TABLES.items()
        }
        by_kind[kinds.HOUSEHOLD] = Before(
            entity_of=_table(twin, BELONGING_OF[kinds.HOUSEHOLD]),
            current=_table(twin, "SELECT entity_id FROM households WHERE current")["entity_id"],
            used=used,
        )
    return Predecessor(
        release_id=release_id,
        folder=releases / release_id,
        identities=engine.bring("identities_before", _as_now(identities, "identities")),
        household_members=engine.bring("household_members_before", household_members),
        by_kind=by_kind,
        ended=ended,
    )


def members_then(folder: Path, kind: str, ids: pa.ChunkedArray, members: pa.ChunkedArray) -> pa.Table:
    """Of `members`, those that were of one of `ids` in the release kept in `folder`, as `identity.BELONGING`; none where it
    cannot be read."""
    these = f"SELECT * FROM ({BELONGING_OF[kind]}) SEMI JOIN asked_ids USING (entity_id) SEMI JOIN asked USING (member)"
    try:
        with duckdb.connect(str(folder / TWIN_FILE), read_only=True) as twin:
            twin.register("asked_ids", pa.table({"entity_id": ids}))
            twin.register("asked", pa.table({"member": members}))
            return _table(twin, these).cast(BELONGING)
    except duckdb.Error:
        return BELONGING.empty_table()


def _opened(file: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(file), read_only=True)
    except duckdb.Error as error:
        raise ReleaseMissing(
            "The current release cannot be opened: its file is gone or damaged, or belongs to another account.",
            where=str(file),
            fix="put it back from a backup, or name an earlier release in releases/current; then build again",
        ) from error


LINKS_WITHIN: Final = """
    SELECT l.*, one.unit_id AS left_unit, other.unit_id AS right_unit, one.entity_id
    FROM links l
    JOIN members one ON one.record_id = l.left_record AND one.kind = l.kind
    JOIN members other ON other.record_id = l.right_record AND other.kind = l.kind
    WHERE one.entity_id = other.entity_id AND one.entity_id IN (SELECT unnest(?))
"""
LINKS_OF: Final = """
    SELECT l.* FROM links l
    SEMI JOIN (SELECT unnest(?) AS left_record, unnest(?) AS right_record) USING (left_record, right_record)
"""
EVIDENCE_OF: Final = """
    SELECT e.left_record, e.right_record, e.field, e.agreement, e.weight
    FROM link_evidence e
    SEMI JOIN (SELECT unnest(?) AS left_record, unnest(?) AS right_record) USING (left_record, right_record)
"""
Pair = tuple[str, str]


def links_within(before: Predecessor, entities: Sequence[str]) -> list[dict[str, Any]]:
    """The links that the release before had between two records of one of `entities`, with the units of both."""
    return _asked(before, LINKS_WITHIN, list(entities)) if entities else []


def links_of(before: Predecessor, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """What the release before said of these pairs of records, where it had a link between them."""
    return _asked(before, LINKS_OF, *_columns(pairs)) if pairs else []


def evidence_of(before: Predecessor, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """What the release before had compared between these pairs of records."""
    return _asked(before, EVIDENCE_OF, *_columns(pairs)) if pairs else []


def _columns(pairs: Sequence[Pair]) -> tuple[list[str], list[str]]:
    return [left for left, _ in pairs], [right for _, right in pairs]


def _asked(before: Predecessor, statement: str, *parameters: Any) -> list[dict[str, Any]]:
    if before.folder is None:
        return []
    with duckdb.connect(str(before.folder / TWIN_FILE), read_only=True) as twin:
        found: list[dict[str, Any]] = _table(twin, statement, *parameters).to_pylist()
    return found


def _as_now(table: pa.Table, name: str) -> pa.Table:
    """A table of an earlier release with the columns that it has today; those that it lacked are empty."""
    shape = BY_NAME[name].schema.to_pyarrow()
    columns = [table[f.name] if f.name in table.column_names else pa.nulls(len(table), f.type) for f in shape]
    return pa.table(columns, schema=shape)


def _table(twin: duckdb.DuckDBPyConnection, statement: str, *parameters: Any) -> pa.Table:
    return twin.execute(statement, parameters).to_arrow_table()


def _empty(name: str) -> pa.Table:
    return BY_NAME[name].schema.to_pyarrow().empty_table()
