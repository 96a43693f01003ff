"""Properties where linkage goes on from the release before: those that have changed, and whom they lead or are led by.

A number leads every record that has it to the first of them. So where a number's first record is the one it was, only records
that have changed themselves have other rows now; where it is another, all that have the number do.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.changed import GONE, NAMES
from vestry.linkage.evidence import exact_evidence
from vestry.linkage.identifiers import identifier_pairs
from vestry.linkage.link_rows import PAIR, identified_pairs
from vestry.linkage.linking import ADDRESSED
from vestry.linkage.relinking import Near, OneKind, Reopened, Told, grouped_again, rows_again
from vestry.standardise.remembered import Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertiesAgain:
    """Properties that are worked out again, as they are `reopened`."""

    reopened: Reopened

    def told(self, engine: Engine, near: Near, remembered: Remembered) -> Told:
        """What there is now of those `near`."""
        wanted = {"text_key": ("address_key", ["address_key"])}
        kind = self.reopened.on.kind
        asked = near.records.semi_join(engine.table(self.reopened.near), "unit_id").select(*ADDRESSED)
        texts = engine.keep(f"{kind}_texts_near", asked.mutate(text_key=asked.address_lines))
        keyed = remembered.standard_forms(texts, wanted).drop("text_key")
        identified = engine.keep(f"{kind}_identified", identifier_pairs(keyed, kind))
        rows = rows_again(engine, self.reopened, identified_pairs(identified, None), near)
        return Told(
            grouped=grouped_again(engine, self.reopened.on, near, rows),
            evidence=[exact_evidence(identified.semi_join(rows, PAIR))],
        )


def open_properties(engine: Engine, on: OneKind, again: str, remembered: Remembered) -> PropertiesAgain:
    """Find what is worked out again, where the units in the table `again` have changed."""
    kind = on.kind
    numbers, gone = _numbers(engine, on, remembered)
    own = engine.run(
        f"{kind}_own", f"SELECT record_no, record_id, unit_id FROM {NAMES} SEMI JOIN {again} USING (unit_id)"
    )
    led = engine.run(
        f"{kind}_led_otherwise",
        f"WITH touched AS (SELECT number, min(record_no) AS record_no FROM {numbers} SEMI JOIN"
        f" (SELECT number FROM {numbers} SEMI JOIN {own} USING (record_no)) USING (number) GROUP BY number)"
        f" SELECT number FROM touched SEMI JOIN {own} USING (record_no) UNION FROM {gone}",
    )
    redo = engine.run(
        f"{kind}_redo",
        f"FROM {own} UNION FROM {NAMES}"
        f" SEMI JOIN (SELECT record_no FROM {numbers} SEMI JOIN {led} USING (number)) USING (record_no)",
    )
    lost = engine.run(
        f"{kind}_lost", "SELECT NULL::VARCHAR AS left_record, NULL::VARCHAR AS right_record WHERE false"
    )
    near = engine.run(
        f"{kind}_near",
        f"WITH met AS (SELECT number, record_no FROM {numbers} SEMI JOIN"
        f" (SELECT number FROM {numbers} SEMI JOIN {redo} USING (record_no)) USING (number)),"
        " first AS (SELECT number, min(record_no) AS record_no FROM met GROUP BY number),"
        f" leaders AS (SELECT number FROM first SEMI JOIN {redo} USING (record_no))"
        f" SELECT unit_id FROM {redo} UNION SELECT unit_id FROM {NAMES} SEMI JOIN"
        " (SELECT record_no FROM first UNION ALL SELECT record_no FROM met SEMI JOIN leaders USING (number)) USING (record_no)",
    )
    opened = Reopened(on=on, again=again, redo=redo, lost=lost, near=near)
    return PropertiesAgain(reopened=opened)


def _numbers(engine: Engine, on: OneKind, remembered: Remembered) -> tuple[str, str]:
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
        return engine.run(name, f"SELECT * FROM (SELECT {said} FROM ({statement})) WHERE number IS NOT NULL")

    went = engine.compute(
        f"{kind}_gone_texts",
        f"SELECT {', '.join(columns)} FROM before_records SEMI JOIN {GONE} USING (record_id) WHERE kind = '{kind}'",
    )
    numbers = hashed(f"{kind}_numbers", on.told.select("record_no", *columns), "record_no")
    return numbers, hashed(f"{kind}_numbers_gone", went)
