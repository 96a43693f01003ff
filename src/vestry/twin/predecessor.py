"""What the build takes from the release before: its identity register, and no values of anyone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.linkage.identity import Before
from vestry.twin.tables import BY_NAME, ENTITY_TABLES

TWIN_FILE: Final = "twin.duckdb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The register of the release before; empty when there is none."""

    release_id: str | None
    identities: ir.Table
    household_members: ir.Table
    entity_of: dict[str, dict[str, str]]
    current: dict[str, set[str]]
    used: set[str]

    def before(self, kind: str) -> Before:
        """What identity needs to know of one kind."""
        return Before(
            entity_of=self.entity_of.get(kind, {}), current=self.current.get(kind, set()), used=self.used
        )


def predecessor(engine: Engine, releases: Path, release_id: str | None) -> Predecessor:
    """Read the register of `release_id`. The release is opened read-only and closed again."""
    if release_id is None:
        return Predecessor(
            release_id=None,
            identities=engine.bring("identities_before", _empty("identities")),
            household_members=engine.bring("household_members_before", _empty("household_members")),
            entity_of={}, current={}, used=set(),
        )  # fmt: skip
    with duckdb.connect(str(releases / release_id / TWIN_FILE), read_only=True) as twin:
        identities = twin.execute("SELECT * FROM identities").to_arrow_table()
        household_members = twin.execute("SELECT * FROM household_members").to_arrow_table()
        units = (
            twin.execute("SELECT DISTINCT kind, unit_id, entity_id FROM members").to_arrow_table().to_pydict()
        )
        current = {
            kind: {row[0] for row in twin.execute(f"SELECT entity_id FROM {table} WHERE current").fetchall()}
            for kind, table in ENTITY_TABLES.items()
        }
        current["household"] = {
            row[0] for row in twin.execute("SELECT entity_id FROM households WHERE current").fetchall()
        }
    entity_of: dict[str, dict[str, str]] = {}
    for kind, unit, entity in zip(units["kind"], units["unit_id"], units["entity_id"], strict=True):
        entity_of.setdefault(kind, {})[unit] = entity
    lived = household_members.to_pydict()
    entity_of["household"] = {
        person: household
        for person, household, ended in zip(
            lived["person_id"], lived["household_id"], lived["valid_to"], strict=True
        )
        if ended is None
    }
    return Predecessor(
        release_id=release_id,
        identities=engine.bring("identities_before", identities),
        household_members=engine.bring("household_members_before", household_members),
        entity_of=entity_of,
        current=current,
        used=set(identities.column("entity_id").to_pylist()),
    )


def _empty(name: str) -> pa.Table:
    return BY_NAME[name].schema.to_pyarrow().empty_table()
