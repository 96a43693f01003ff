"""Whom records told apart that are gone since: they stay two, until something new speaks for their being one.

Where an extract is destroyed, or a person is sealed, what told two entities apart may be gone with it: the number that one of
them had, a rival beside whom a pair was not likely enough, so many of one name that the name brought nobody together. So where
records of the release before are gone, two units that were of two entities there join only if a record between them says what
its unit did not say before, or a reviewer joins them. Which pairs these are is kept with the links (`told_apart_in`): they join
nothing in later releases either, until something new is said of one of the two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vestry.engines.engine import Engine
from vestry.linkage.clusters import BY_REVIEWER
from vestry.linkage.comparable import contents_read
from vestry.linkage.components import Flags, Numbers
from vestry.linkage.link_rows import UNITS

REMEMBERED: Final = "told_apart_remembered"
"""Units that the release before remembers as told apart: `one, other` (the one that sorts first on the left), `told_apart_in`."""
TOLD_APART_IN: Final = "told_apart_in"
PARTED: Final = pa.schema([*((side, pa.int64()) for side in UNITS), (TOLD_APART_IN, pa.string())])
"""Units by their numbers, the lower one on the left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRelease:
    """The release before, in `file`; `extracts` are those that are kept today."""

    release_id: str
    file: Path
    extracts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldApart:
    """That there is something to heed: records that the release before had are `gone`, or it remembers pairs that were told
    apart by such (`REMEMBERED`)."""

    release_id: str
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StayingApart:
    """Pairs of units between which nothing new speaks, in order: those that are `remembered`, and the others, that were of two
    entities; in the words of `PARTED`, which say what is kept of each."""

    pairs: pa.Table
    remembered: Flags
    units: int

    def of_edges(self, edges: pa.Table) -> tuple[Numbers, Flags]:
        """(the place of each edge in `pairs`, -1: not among them; whether it is of one that is remembered)."""
        keys = self._keys(*(self.pairs[side].to_numpy() for side in UNITS))
        asked = self._keys(*(edges[side].to_numpy() for side in ("left", "right")))
        if not len(keys):
            return np.full(len(asked), -1), np.zeros(len(asked), np.bool_)
        near = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        at = np.where(keys[near] == asked, near, -1)
        return at, (at >= 0) & self.remembered[at]

    def _keys(self, one: Numbers, other: Numbers) -> Numbers:
        found: Numbers = np.minimum(one, other) * self.units + np.maximum(one, other)
        return found


def told_apart(
    engine: Engine, last: LastRelease, records: ir.Table, unlinked: Collection[str], *, gone: str | None
) -> ToldApart | None:
    """What there is to heed of the release before, which is attached; None: nothing. `records` are all of today, of which those
    of `unlinked` sources are not linked.

    `gone` is SQL of the records that it had and that are no more (`record_id, unit_id`), where somebody has found them already.
    """
    try:
        _remember(engine)
    except duckdb.Error:  # a release from before this was kept
        engine.bring(
            REMEMBERED, pa.table({c: pa.array([], pa.string()) for c in ("one", "other", TOLD_APART_IN)})
        )
    found = _gone(engine, last, records, unlinked, gone)
    remembered = engine.count(engine.table(REMEMBERED)) > 0
    return ToldApart(release_id=last.release_id, gone=found) if found or remembered else None


def _remember(engine: Engine) -> None:
    engine.run(
        REMEMBERED,
        f"SELECT least(l.unit_id, r.unit_id) AS one, greatest(l.unit_id, r.unit_id) AS other, max({TOLD_APART_IN}) AS"
        f" {TOLD_APART_IN} FROM (SELECT left_record, right_record, {TOLD_APART_IN} FROM before_links"
        f" WHERE {TOLD_APART_IN} IS NOT NULL) JOIN before_members l ON l.record_id = left_record"
        " JOIN before_members r ON r.record_id = right_record GROUP BY one, other",
    )


def _gone(
    engine: Engine, last: LastRelease, records: ir.Table, unlinked: Collection[str], gone: str | None
) -> bool:
    """Whether records are gone: not because a contract has them read otherwise, which gives the same unit another record of the
    same extract."""
    now = engine.view("records_now", records.select("record_id", "unit_id")).get_name()
    apart = engine.bring("sources_apart", pa.table({"source": pa.array(sorted(unlinked), pa.string())}))
    every = (
        f"SELECT record_id, unit_id FROM before_members ANTI JOIN {apart.get_name()} USING (source)"
        f" ANTI JOIN {now} USING (record_id)"
    )
    missing = engine.table(engine.run("records_gone", gone or every))
    if not engine.count(missing):
        return False
    kept = engine.bring(
        "extracts_kept", pa.table({"extract_id": pa.array(sorted(last.extracts), pa.string())})
    )
    told = engine.compute(
        "records_destroyed",
        f"SELECT record_id FROM records_gone ANTI JOIN {now} USING (unit_id) UNION ALL"
        f" SELECT record_id FROM before_records SEMI JOIN records_gone USING (record_id)"
        f" ANTI JOIN {kept.get_name()} USING (extract_id)",
    )
    return engine.count(told) > 0


def staying_apart(
    engine: Engine, kind: str, told: ir.Table, units: ir.Table, joining: ir.Table, apart: ToldApart
) -> StayingApart:
    """Of one kind: `told` are records with what linking reads of them, `units` (`unit_id, unit_no`) those that can be grouped,
    and `joining` rows that join (`link_rows.ROW`)."""
    named = f"({engine.statement(units.select('unit_id', 'unit_no'))})"
    rows = f"({engine.statement(joining.select('left_no', 'right_no', *UNITS, 'decided_by'))})"
    before = "SELECT DISTINCT unit_id, entity_id FROM before_members" + (
        f" WHERE kind = '{kind}'" if apart.gone else " WHERE false"
    )
    engine.run(
        f"{kind}_units_before",
        f"SELECT unit_no, unit_id, entity_id FROM {named} u LEFT JOIN ({before}) b USING (unit_id)",
    )
    engine.run(
        f"{kind}_perhaps_apart",
        f"SELECT left_no, right_no, least(left_unit, right_unit) AS left_unit, greatest(left_unit, right_unit) AS right_unit,"
        f" decided_by, k.{TOLD_APART_IN} FROM {rows} JOIN {kind}_units_before l ON l.unit_no = left_unit"
        f" JOIN {kind}_units_before r ON r.unit_no = right_unit LEFT JOIN {REMEMBERED} k"
        " ON k.one = least(l.unit_id, r.unit_id) AND k.other = greatest(l.unit_id, r.unit_id)"
        f" WHERE k.{TOLD_APART_IN} IS NOT NULL OR l.entity_id <> r.entity_id",
    )
    fresh = _fresh(engine, kind, told)
    pairs = engine.connection().execute(
        f"SELECT left_unit, right_unit, max({TOLD_APART_IN}) AS {TOLD_APART_IN} FROM {kind}_perhaps_apart"
        f" GROUP BY left_unit, right_unit HAVING NOT bool_or(decided_by = '{BY_REVIEWER}'"
        f" OR left_no IN (FROM {fresh}) OR right_no IN (FROM {fresh})) ORDER BY left_unit, right_unit"
    )
    found = pairs.to_arrow_table().cast(PARTED)
    remembered = pc.is_valid(found[TOLD_APART_IN]).to_numpy(zero_copy_only=False)
    filled = pc.fill_null(found[TOLD_APART_IN], apart.release_id)
    found = found.set_column(found.schema.get_field_index(TOLD_APART_IN), TOLD_APART_IN, filled)
    return StayingApart(pairs=found, remembered=remembered, units=engine.count(units))


def _fresh(engine: Engine, kind: str, told: ir.Table) -> str:
    """Keep which of the records between them say what no record of their unit said in the release before: `record_no`."""
    content = ", ".join(contents_read(kind))
    every = f"({engine.statement(told)})"
    said = engine.run(
        f"{kind}_said_between",
        f"SELECT record_no, record_id, unit_id, hash({content}) AS said FROM {every} SEMI JOIN"
        f" (SELECT unit_id FROM {every} SEMI JOIN (SELECT unnest([left_no, right_no]) AS record_no FROM {kind}_perhaps_apart)"
        " USING (record_no)) USING (unit_id)",
    )
    return engine.run(
        f"{kind}_fresh_between",
        f"SELECT record_no FROM {said} ANTI JOIN before_members USING (record_id)"
        f" ANTI JOIN (SELECT unit_id, said FROM {said} SEMI JOIN before_members USING (record_id)) USING (unit_id, said)",
    )
