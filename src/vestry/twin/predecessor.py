"""What the build takes from the release before: its identity register, and no values of anyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.linkage.identity import Before
from vestry.model import kinds
from vestry.twin.tables import BY_NAME, ENTITY_TABLES

TWIN_FILE: Final = "twin.duckdb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The register of the release before; empty when there is none."""

    release_id: str | None
    identities: ir.Table
    household_members: ir.Table
    by_kind: Mapping[str, Before] = field(default_factory=dict)

    def before(self, kind: str) -> Before:
        """What identity needs to know of one kind."""
        return self.by_kind.get(kind, Before())


def predecessor(engine: Engine, releases: Path, release_id: str | None) -> Predecessor:
    """Read the register of `release_id`. The release is opened read-only and closed again."""
    if release_id is None:
        return Predecessor(
            release_id=None,
            identities=engine.bring("identities_before", _empty("identities")),
            household_members=engine.bring("household_members_before", _empty("household_members")),
        )
    with duckdb.connect(str(releases / release_id / TWIN_FILE), read_only=True) as twin:
        identities = _table(twin, "SELECT * FROM identities")
        household_members = _table(twin, "SELECT * FROM household_members")
        used = _table(twin, "SELECT DISTINCT entity_id FROM identities")["entity_id"]
        by_kind = {
            kind: Before(
                entity_of=_table(
                    twin, "SELECT DISTINCT unit_id AS member, entity_id FROM members WHERE kind = ?", kind
                ),
                current=_table(twin, f"SELECT entity_id FROM {name} WHERE current")["entity_id"],
                used=used,
            )
            for kind, name in ENTITY_TABLES.items()
        }
        by_kind[kinds.HOUSEHOLD] = Before(
            entity_of=_table(
                twin,
                "SELECT person_id AS member, household_id AS entity_id FROM household_members WHERE valid_to IS NULL",
            ),
            current=_table(twin, "SELECT entity_id FROM households WHERE current")["entity_id"],
            used=used,
        )
    return Predecessor(
        release_id=release_id,
        identities=engine.bring("identities_before", identities),
        household_members=engine.bring("household_members_before", household_members),
        by_kind=by_kind,
    )


def _table(twin: duckdb.DuckDBPyConnection, statement: str, *parameters: Any) -> pa.Table:
    return twin.execute(statement, parameters).to_arrow_table()


def _empty(name: str) -> pa.Table:
    return BY_NAME[name].schema.to_pyarrow().empty_table()
