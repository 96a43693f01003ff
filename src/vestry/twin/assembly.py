"""Assembling the twin: from records that have an entity to claims, chosen values, homes and dealings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.addresses.measures import counted
from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.intake.loading import Received
from vestry.linkage.identity import identify
from vestry.model import kinds
from vestry.place import Place
from vestry.standardise.remembered import Remembered
from vestry.twin.choosing import trust_in
from vestry.twin.claims import claims
from vestry.twin.dealings import episodes, relationships
from vestry.twin.entities import entities
from vestry.twin.found_again import members_again
from vestry.twin.predecessor import Predecessor
from vestry.twin.register import Register, identities
from vestry.twin.residences import household_tables, living_together, residences
from vestry.twin.subjects import subjects
from vestry.twin.survivorship import chosen
from vestry.twin.tables import ENTITY_TABLES

WON: Final = ("entity_id", "kind", "group_name", "field", "value", "accuracy", "record_id", "current")
"""What is wanted of the claims that win."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The assembled tables. `counted` are the measures that the place counts from the twin itself.

    `claims` are as the release has them; `said` is `source, field, value, current, record_no, entity_no` of every
    one.
    """

    engine: Engine
    claims: ir.Table
    said: ir.Table
    assembled: Mapping[str, ir.Table]
    counted: ir.Table
    happenings: Mapping[str, pa.Table]
    before: Predecessor

    def entities(self) -> dict[str, ir.Table]:
        """Kind -> the table of its entities."""
        return {kind: self.assembled[name] for kind, name in ENTITY_TABLES.items()}

    def searched(self) -> dict[str, ir.Table]:
        """What people are found by besides their records: `subjects`, and their dealings."""
        return {name: self.assembled[name] for name in ("subjects", "episodes", "episode_entities")}

    def tables(self, release_id: str) -> dict[str, ir.Table]:
        """Every assembled table by its name in the release, the identity register included."""
        lives = identities(self.engine, self.happenings, self.before, release_id)
        return {**self.assembled, "claims": self.claims, "identities": lives}


def assemble(
    engine: Engine,
    place: Place,
    contracts: Sequence[Contract],
    received: Sequence[Received],
    records: ir.Table,
    placements: ir.Table,
    named: Register,
    before: Predecessor,
    remembered: Remembered,
    *,
    today: str,
) -> Twin:
    """Claims with their groups and reasons, chosen values, residences, households, relationships and episodes.

    `today` (ISO) is the newest as-at date of any extract: the day that the release describes.
    """
    organisations = {c.source: c.organisation for c in contracts}
    made = claims(engine, records, named.members)
    judged = chosen(engine, made, organisations, trust_in(place, contracts))
    won = engine.keep("claims_won", judged.winning().select(*WON))
    tables = {
        name: entities(engine, won, records, named.members, kind) for kind, name in ENTITY_TABLES.items()
    }
    tables["subjects"] = subjects(engine, tables, won, records, placements, named.members)
    tables["residences"] = residences(engine, contracts, records, named.members)
    at_home = engine.table("residence_records")
    living = living_together(engine, won, tables["people"], at_home)
    before = members_again(before, kinds.HOUSEHOLD, living["member"])
    ids, happened = identify(kinds.HOUSEHOLD, living, before.before(kinds.HOUSEHOLD))
    tables["households"], tables["household_members"] = household_tables(
        engine, living, ids, at_home, before.household_members, today
    )
    tables["relationships"] = relationships(engine, received, records, named.members)
    tables["episodes"], tables["episode_entities"] = episodes(
        engine, received, records, named.members, remembered
    )
    counted_here = _counted(engine, place, won, tables, placements, today)
    engine.forget(won, at_home)
    return Twin(
        engine=engine,
        claims=judged.all(),
        said=made.said.inner_join(made.speakers, "record_no").select(
            "source", "field", "value", "current", "record_no", "entity_no"
        ),
        assembled=tables,
        counted=counted_here,
        happenings={**named.happenings, kinds.HOUSEHOLD: happened},
        before=before,
    )


def _counted(
    engine: Engine,
    place: Place,
    won: ir.Table,
    tables: Mapping[str, ir.Table],
    placements: ir.Table,
    today: str,
) -> ir.Table:
    """Current entities by area and the chosen value of one field, each where its chosen address (or position) is."""
    where = won.filter(won.group_name.isin(["address", "position"]))
    home = where.group_by("entity_id", "kind").aggregate(record_id=where.record_id.argmin(where.group_name))
    empty = engine.table("area_measures_published").filter(ibis.literal(False))
    found = []
    for measure in place.measures:
        living = tables[ENTITY_TABLES[measure.count]].filter(ibis._.current)
        value = won.filter((won.field == measure.by) & (won.kind == measure.count)).select(
            "entity_id", "value"
        )
        of = home.filter(home.kind == measure.count).semi_join(living, "entity_id")
        of = of.inner_join(value, "entity_id")
        found.append(counted(of, placements, measure, today).select(*empty.columns))
    return engine.keep("measures_counted", ibis.union(empty, *found) if found else empty)
