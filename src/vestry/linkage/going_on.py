"""Goes on with one kind from the release before: people and organisations by what is scored, properties by what is one number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.before import Before, Profiled
from vestry.linkage.changed import GONE, NOW, keep_names, named, numbers_again, units_again
from vestry.linkage.comparable import numbered
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.evidence import exact_evidence
from vestry.linkage.identifiers import DECIDING, identifier_pairs
from vestry.linkage.known import Known
from vestry.linkage.known_on import known_as_before, known_on
from vestry.linkage.link_rows import PAIR, identified_pairs, written_out
from vestry.linkage.model import read_model
from vestry.linkage.profiles import profiles
from vestry.linkage.relinking import Near, OneKind, Reopened, rows_again
from vestry.linkage.rescoring import Rescored, profiles_of, rescored
from vestry.linkage.rest import rest_of, weighs_rest
from vestry.linkage.scoring import PROFILES
from vestry.linkage.shared_keys import with_key_owner
from vestry.linkage.splink_sql import recall
from vestry.model import kinds
from vestry.standardise.remembered import Remembered

MOST: Final = 0.2
"""Where more than this share of a kind's records are new, gone or told otherwise (which counts twice), it is linked anew: that is
quicker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WentOn:
    """Of one kind: what was `reopened` (None: nothing had changed), the `evidence` of its new rows as `linking.Linked` has it,
    and what one new record will be matched by."""

    reopened: Reopened | None = None
    evidence: Sequence[ir.Table] = ()
    known: Known | None = None


def go_on(
    engine: Engine,
    on: OneKind,
    before: Before,
    remembered: Remembered,
    beside: ir.Table,
    *,
    at_least: float,
) -> WentOn | None:
    """What linking all records of the kind anew would give; None where that has to be done.

    `beside` as `profiles.addresses_beside` has it; pairs are scored from `at_least` on.
    """
    changed = " UNION ALL ".join(f"SELECT kind FROM {table}" for table in (NOW, GONE))
    counted = f"SELECT count(*) FROM ({changed}) WHERE kind = $1"
    (count,) = engine.connection().execute(counted, [on.kind]).fetchone()
    if count > MOST * engine.count(on.told) or (on.new_keys is not None and on.kind not in before.profiled):
        return None
    owners = on.owners if on.kind in DESIGNS else {}
    again = units_again(engine, on.told, on.kind, on.decisions, owners)
    if not engine.count(engine.table(again)):
        return _as_before(engine, on, before)
    keep_names(engine, on.told, on.kind)
    if on.kind == kinds.PROPERTY:
        return _properties(engine, on, again, remembered)
    return _scored(engine, on, before.profiled[on.kind], again, remembered, beside, at_least)


def _as_before(engine: Engine, on: OneKind, before: Before) -> WentOn:
    """All of the release before: nothing of the kind has changed."""
    had = before.profiled.get(on.kind)
    if had is None:
        return WentOn()
    model = read_model(on.model, DESIGNS[on.kind])
    return WentOn(known=known_as_before(engine, on.records, on.kind, had, model))


def _scored(
    engine: Engine,
    on: OneKind,
    before: Profiled,
    again: str,
    remembered: Remembered,
    beside: ir.Table,
    at_least: float,
) -> WentOn | None:
    kind = on.kind
    recall(json.loads(before.recipe)["composed"])
    numbers_again(engine, on.told, kind, again)
    some = engine.compute(
        f"{kind}_again", f"SELECT * FROM {on.told.get_name()} SEMI JOIN {again} USING (unit_id)"
    )
    records, _, _ = numbered(engine, some, kind)
    compared, holders = profiles(engine, records, kind, remembered, beside)
    found = rescored(
        engine, kind, again, compared, holders, before, on.model,
        at_least=at_least, decisions=on.decisions,
    )  # fmt: skip
    if found is None:
        return None
    near = Near.of(engine, on, _near(engine, on, found))
    held = engine.table(found.holders).inner_join(near.unit_of, "record_no")
    identified = engine.keep(f"{kind}_identified", identifier_pairs(near.records, kind, on.owners))
    written = engine.keep(f"{kind}_written_out", written_out(found.scores.pairs, held))
    pairs = identified_pairs(identified, _rest(engine, on, identified, found, before))
    pairs = pairs.union(written.select(*pairs.columns))
    rows = rows_again(engine, on, pairs, near, found.redo, found.lost)
    new = engine.table(rows)
    compared_anew = written.semi_join(new, PAIR).select(*PAIR, *PROFILES)
    evidence = [
        exact_evidence(identified.semi_join(new, PAIR)),
        found.scores.evidence(engine, compared_anew, f"{kind}_compared"),
    ]
    return WentOn(
        reopened=Reopened(on=on, again=again, redo=found.redo, lost=found.lost, rows=rows),
        evidence=evidence,
        known=known_on(engine, on.records, kind, before, read_model(on.model, DESIGNS[kind])),
    )


def _rest(
    engine: Engine, on: OneKind, identified: ir.Table, found: Rescored, before: Profiled
) -> ir.Table | None:
    """As `rest.rest_of`, of those of `identified` whose rows are replaced."""
    kind = on.kind
    if not weighs_rest(kind, on.model):
        return None
    lost = f"(SELECT unnest([left_record, right_record]) AS record_id FROM {found.lost})"
    replaced = (
        f"SELECT record_no FROM {found.redo} UNION ALL"
        f" SELECT record_no FROM {named(kind)} SEMI JOIN {lost} USING (record_id)"
    )
    asked = engine.compute(
        f"{kind}_identified_again",
        f"SELECT * FROM {identified.get_name()} WHERE left_no IN ({replaced}) OR right_no IN ({replaced})",
    )
    records = f"SELECT unnest([left_no, right_no]) AS record_no FROM {asked.get_name()}"
    profiles_asked, holders = profiles_of(engine, kind, records, before)
    return rest_of(engine, kind, asked, holders, profiles_asked, on.model)


def _near(engine: Engine, on: OneKind, found: Rescored) -> str:
    """SQL of the units that are scored, or share an identifier or key with a record whose rows are replaced."""
    kind = on.kind
    slim = on.told.get_name()
    lost = f"(SELECT unnest([left_record, right_record]) AS record_id FROM {found.lost})"
    own = engine.compute(
        f"{kind}_redone",
        f"SELECT unit_id, {', '.join(DECIDING[kind])} FROM {slim} SEMI JOIN (SELECT record_no FROM {found.redo}"
        f" UNION SELECT record_no FROM {named(kind)} SEMI JOIN {lost} USING (record_id)) USING (record_no)",
    ).get_name()
    sharing = " OR ".join(
        f"{field} IN (SELECT {field} FROM {own} WHERE {field} IS NOT NULL)" for field in DECIDING[kind]
    )
    parts = [f"SELECT unit_id FROM {found.holders}", f"SELECT unit_id FROM {own}"]
    parts.append(f"SELECT unit_id FROM {slim} WHERE {sharing}")
    if on.owners:
        key = "key_source, key_part, source_key"
        keyed = engine.statement(
            with_key_owner(on.told.select("source", "part", "source_key", "unit_id"), on.owners, others=False)
        )
        parts.append(
            f"SELECT unit_id FROM ({keyed}) SEMI JOIN (SELECT {key} FROM ({keyed}) SEMI JOIN {own} USING (unit_id))"
            f" USING ({key})"
        )
    return " UNION ".join(parts)


def _properties(engine: Engine, on: OneKind, again: str, remembered: Remembered) -> WentOn:
    kind = on.kind
    numbers, gone = _numbers_of_properties(engine, on, remembered)
    redo = engine.compute(
        f"{kind}_redo",
        f"WITH own AS (SELECT record_no FROM {named(kind)} SEMI JOIN {again} USING (unit_id)),"
        f" theirs AS (SELECT number FROM {numbers} SEMI JOIN own USING (record_no) UNION SELECT number FROM {gone})"
        f" SELECT record_no, record_id, unit_id FROM {named(kind)} SEMI JOIN (SELECT record_no FROM own UNION"
        f" SELECT record_no FROM {numbers} SEMI JOIN theirs USING (number)) USING (record_no)",
    ).get_name()
    lost = engine.compute(
        f"{kind}_lost", "SELECT NULL::VARCHAR AS left_record, NULL::VARCHAR AS right_record WHERE false"
    ).get_name()
    near = Near.of(
        engine,
        on,
        f"SELECT unit_id FROM {redo} UNION SELECT unit_id FROM {named(kind)} SEMI JOIN (SELECT record_no FROM {numbers} SEMI JOIN"
        f" (SELECT number FROM {numbers} SEMI JOIN {redo} USING (record_no)) USING (number)) USING (record_no)",
    )
    wanted = {"text_key": ("address_key", ["address_key"])}
    texts = engine.keep(f"{kind}_texts_near", near.records.mutate(text_key=near.records.address_lines))
    keyed = remembered.standard_forms(texts, wanted).drop("text_key")
    identified = engine.keep(f"{kind}_identified", identifier_pairs(keyed, kind))
    rows = rows_again(engine, on, identified_pairs(identified, None), near, redo, lost)
    return WentOn(
        reopened=Reopened(on=on, again=again, redo=redo, lost=lost, rows=rows),
        evidence=[exact_evidence(identified.semi_join(engine.table(rows), PAIR))],
    )


def _numbers_of_properties(engine: Engine, on: OneKind, remembered: Remembered) -> tuple[str, str]:
    """(`record_no, number` of all records; `number` of those of the release before that are gone or told otherwise), kept.

    A number is a hash of what `identifiers.identifier_pairs` joins by: that two are one by chance only works more out again.
    """
    kind = on.kind
    columns = ["uprn", "uprn_agrees", "address_lines", "postcode"]

    def hashed(name: str, texts: ir.Table, *ids: str) -> str:
        keyed = remembered.standard_forms(texts, {"address_lines": ("address_key", ["address_key"])})
        both = (
            "CASE WHEN uprn IS NOT NULL THEN hash('uprn', uprn) END",
            "CASE WHEN coalesce(uprn_agrees, true) AND address_key IS NOT NULL AND postcode IS NOT NULL"
            " THEN hash('address', address_key, postcode) END",
        )
        said = ", ".join((*ids, f"unnest([{', '.join(both)}]) AS number"))
        statement = engine.statement(keyed)
        return str(
            engine.compute(
                name, f"SELECT * FROM (SELECT {said} FROM ({statement})) WHERE number IS NOT NULL"
            ).get_name()
        )

    went = engine.compute(
        f"{kind}_gone_texts",
        f"SELECT {', '.join(columns)} FROM before_records SEMI JOIN {GONE} USING (record_id) WHERE kind = '{kind}'",
    )
    numbers = hashed(f"{kind}_numbers", on.told.select("record_no", *columns), "record_no")
    return numbers, hashed(f"{kind}_numbers_gone", went)
