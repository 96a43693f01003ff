"""Goes on from the release before with the kinds that can: what has changed is compared again, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.before import Before
from vestry.linkage.changed import GONE, NOW, again_before, numbers_again, units_again
from vestry.linkage.comparable import columns_read
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.known import Known
from vestry.linkage.known_on import known_as_before
from vestry.linkage.linking import lowest
from vestry.linkage.model import read_model
from vestry.linkage.properties_on import PropertiesAgain, open_properties
from vestry.linkage.relinking import OneKind, Regrouped, regrouped, reopen
from vestry.linkage.scored_on import ScoredAgain, open_scored
from vestry.linkage.splink_sql import recall
from vestry.standardise.remembered import Remembered

MOST: Final = 0.2
"""Where more than this share of a kind's records are new, gone or told otherwise (which counts twice), it is linked anew: that is
quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WentOn:
    """What came of the kinds that went on (`of_kinds`): their links and clusters, the `evidence` of new rows as `linking.Linked`
    has it, and by kind what one new record will be matched by."""

    of_kinds: Sequence[str]
    regrouped: Regrouped
    evidence: Sequence[ir.Table]
    known: Mapping[str, Known]


def go_on(
    engine: Engine,
    ons: Sequence[OneKind],
    before: Before,
    told: ir.Table,
    remembered: Remembered,
    beside: ir.Table,
) -> WentOn | None:
    """What linking all records of the kinds anew would give, of those kinds for which it can be found so; None: of none.

    `told` is a view of what linking reads of all records; `beside` as `profiles.addresses_beside` has it.
    """
    again = {on.kind: _again(engine, on) for on in _able(engine, ons, before, told)}
    changed = [on for on in ons if on.kind in again and engine.count(engine.table(again[on.kind]))]
    opened = _opened(engine, changed, again, before, told, remembered, beside)
    went = [on for on in ons if on.kind in again and (on not in changed or on.kind in opened)]
    if not went:
        return None
    of_kinds = [on.kind for on in went]
    near = reopen(engine, of_kinds, [one.reopened for one in opened.values()], told)
    found = {kind: one.told(engine, near[kind], remembered) for kind, one in opened.items()}
    known = {
        on.kind: _as_before(engine, on, before) for on in went if on.kind in DESIGNS and on not in changed
    }
    return WentOn(
        of_kinds=of_kinds,
        regrouped=regrouped(engine, of_kinds, {kind: one.grouped for kind, one in found.items()}),
        evidence=[piece for one in found.values() for piece in one.evidence],
        known=known | {kind: one.known for kind, one in found.items() if one.known is not None},
    )


def _able(engine: Engine, ons: Sequence[OneKind], before: Before, told: ir.Table) -> list[OneKind]:
    """The kinds of which little enough has changed, and of which the release before kept what scoring goes on from."""
    connection = engine.connection()
    counted = "SELECT kind, count(*) FROM ({}) GROUP BY kind"
    changed = " UNION ALL ".join(f"SELECT kind FROM {table}" for table in (NOW, GONE))
    moved = dict(connection.execute(counted.format(changed)).fetchall())
    every = dict(connection.execute(counted.format(f"SELECT kind FROM {told.get_name()}")).fetchall())
    return [
        on
        for on in ons
        if moved.get(on.kind, 0) <= MOST * every.get(on.kind, 0)
        and (on.new_keys is None or on.kind in before.profiled)
    ]


def _again(engine: Engine, on: OneKind) -> str:
    owners = on.owners if on.kind in DESIGNS else {}
    return units_again(engine, on.told, on.kind, on.decisions, owners)


def _as_before(engine: Engine, on: OneKind, before: Before) -> Known:
    """All of the release before: nothing of the kind has changed."""
    model = read_model(on.model, DESIGNS[on.kind])
    return known_as_before(engine, on.records, on.kind, before.profiled[on.kind], model)


def _opened(
    engine: Engine,
    ons: Sequence[OneKind],
    again: Mapping[str, str],
    before: Before,
    told: ir.Table,
    remembered: Remembered,
    beside: ir.Table,
) -> dict[str, ScoredAgain | PropertiesAgain]:
    """What is worked out again of the kinds that have changed; without those for which it cannot be found."""
    scored = [on for on in ons if on.kind in DESIGNS]
    for on in scored:
        recall(json.loads(before.profiled[on.kind].recipe)["composed"])
    some = _records_again(engine, told, scored, again) if scored else told
    opened: dict[str, ScoredAgain | PropertiesAgain | None] = {}
    for on in ons:
        if on in scored:
            opened[on.kind] = open_scored(
                engine, on, again[on.kind], some, before.profiled[on.kind], remembered, beside,
                at_least=lowest(on.thresholds, rekeyed=on.rekeyed),
            )  # fmt: skip
        else:
            opened[on.kind] = open_properties(engine, on, again[on.kind], remembered)
    return {kind: one for kind, one in opened.items() if one is not None}


def _records_again(
    engine: Engine, told: ir.Table, scored: Sequence[OneKind], again: Mapping[str, str]
) -> ir.Table:
    """The records of all units that are compared again; once it is known which these are."""
    columns = dict.fromkeys(column for on in scored for column in columns_read(on.kind))
    units = " UNION ALL ".join(f"SELECT unit_id FROM {again[on.kind]}" for on in scored)
    read = f"SELECT {', '.join(columns)} FROM {told.get_name()} SEMI JOIN ({units}) USING (unit_id)"
    some = engine.run("records_again", read)
    if sum(numbers_again(engine, on.told, on.kind, again[on.kind], some) for on in scored):
        engine.run(some, read)
    for on in scored:
        again_before(engine, on.kind, again[on.kind], some)
    return engine.table(some)
