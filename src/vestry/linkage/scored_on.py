"""People and organisations where linkage goes on from the release before: whoever has changed is scored again."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.before import Profiled
from vestry.linkage.changed import NAMES, SAYS_WHICH, units_of_keys
from vestry.linkage.comparable import numbered
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.evidence import exact_evidence
from vestry.linkage.identifiers import DECIDING, identifier_pairs
from vestry.linkage.known_on import known_on
from vestry.linkage.link_rows import PAIR, identified_pairs, written_out
from vestry.linkage.model import read_model
from vestry.linkage.profiles import profiles
from vestry.linkage.relinking import Near, OneKind, Reopened, Told, grouped_again, rows_again
from vestry.linkage.rescoring import Rescored, profiles_of, rescored
from vestry.linkage.rest import rest_of, weighs_rest
from vestry.linkage.scoring import PROFILES
from vestry.standardise.remembered import Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredAgain:
    """Those of one kind that are worked out again, as they are `reopened`: the profiles of the release `before`, and what was
    `found` when they were scored."""

    reopened: Reopened
    before: Profiled
    found: Rescored

    def told(self, engine: Engine, near: Near, _: Remembered) -> Told:
        """What there is now of those `near`."""
        on, kind, found = self.reopened.on, self.reopened.on.kind, self.found
        held = engine.table(found.holders).inner_join(near.unit_of, "record_no")
        identified = engine.keep(f"{kind}_identified", identifier_pairs(near.records, kind, on.owners))
        written = engine.keep(f"{kind}_written_out", written_out(found.scores.pairs, held))
        pairs = identified_pairs(identified, _rest(engine, on, identified, found, self.before))
        rows = rows_again(engine, self.reopened, pairs.union(written.select(*pairs.columns)), near)
        compared_anew = written.semi_join(rows, PAIR).select(*PAIR, *PROFILES)
        return Told(
            grouped=grouped_again(engine, on, near, rows),
            evidence=[
                exact_evidence(identified.semi_join(rows, PAIR)),
                found.scores.evidence(engine, compared_anew, f"{kind}_compared"),
            ],
            known=known_on(engine, on.records, kind, self.before, read_model(on.model, DESIGNS[kind])),
        )


def open_scored(
    engine: Engine,
    on: OneKind,
    again: str,
    records: ir.Table,
    before: Profiled,
    remembered: Remembered,
    beside: ir.Table,
    *,
    at_least: float,
) -> ScoredAgain | None:
    """Score again the units in the table `again`, of which `records` are; None where that cannot be done (`rescored`).

    `beside` as `profiles.addresses_beside` has it; pairs are scored from `at_least` on.
    """
    kind = on.kind
    numbers, _, _ = numbered(engine, records, kind)
    compared, holders = profiles(engine, numbers, kind, remembered, beside)
    found = rescored(
        engine, kind, records.get_name(), compared, holders, before, on.model,
        at_least=at_least, decisions=on.decisions,
    )  # fmt: skip
    if found is None:
        return None
    near = engine.run(f"{kind}_near", _near(engine, on, found))
    opened = Reopened(on=on, again=again, redo=found.redo, lost=found.lost, near=near)
    return ScoredAgain(reopened=opened, before=before, found=found)


def _rest(
    engine: Engine, on: OneKind, identified: ir.Table, found: Rescored, before: Profiled
) -> ir.Table | None:
    """As `rest.rest_of`, of those of `identified` whose rows are replaced."""
    kind = on.kind
    if not weighs_rest(kind, on.model):
        return None
    replaced = _replaced(found)
    asked = engine.compute(
        f"{kind}_identified_again",
        f"SELECT * FROM {identified.get_name()} WHERE left_no IN ({replaced}) OR right_no IN ({replaced})",
    )
    records = f"SELECT unnest([left_no, right_no]) AS record_no FROM {asked.get_name()}"
    profiles_asked, holders = profiles_of(engine, kind, records, before)
    return rest_of(engine, kind, asked, holders, profiles_asked, on.model)


def _replaced(found: Rescored) -> str:
    """SQL of the records some of whose rows are replaced: `record_no`."""
    lost = f"SELECT unnest([left_record, right_record]) AS record_id FROM {found.lost}"
    return (
        f"SELECT record_no FROM {found.redo} UNION ALL"
        f" SELECT record_no FROM {NAMES} SEMI JOIN ({lost}) USING (record_id)"
    )


def _near(engine: Engine, on: OneKind, found: Rescored) -> str:
    """SQL of the units that are scored, or share an identifier or key with a record whose rows are replaced."""
    kind = on.kind
    slim = on.told.get_name()
    columns = ", ".join(("unit_id", *SAYS_WHICH, *DECIDING[kind]))
    own = engine.run(
        f"{kind}_redone", f"SELECT {columns} FROM {slim} SEMI JOIN ({_replaced(found)}) USING (record_no)"
    )
    sharing = " OR ".join(
        f"{field} IN (SELECT {field} FROM {own} WHERE {field} IS NOT NULL)" for field in DECIDING[kind]
    )
    parts = [f"SELECT unit_id FROM {found.holders}", f"SELECT unit_id FROM {own}"]
    parts.append(f"SELECT unit_id FROM {slim} WHERE {sharing}")
    if on.owners:
        parts.append(units_of_keys(engine, on.told, on.owners, f"SELECT {', '.join(SAYS_WHICH)} FROM {own}"))
    return " UNION ".join(parts)
