"""Records: one thing that one row describes, in standard form, with the extracts it was seen in.

A record is one content of one key: when a source changes what it holds under a key, that is a new record
and the old one ends, so that its claims stay as history. `record_id` is made from the content, never from the
row's place in a file: row order changes nothing. Where rows tell of a thing that has a key of its own (`keyed_by`),
each row's word on it is a record of its own, which ends with that row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.ids import DIGEST_LENGTH, SEPARATOR
from vestry.intake.describing import ENDED_ON, HEAD, INPUT_FIELDS, POSTAL, described, described_schema
from vestry.intake.loading import Received
from vestry.model.fields import record_columns
from vestry.quality.scorecard import fields_given
from vestry.standardise.contents import in_one_text
from vestry.standardise.remembered import Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardised:
    """`records`: what every row describes, in standard and lasting form; `given`: how many rows of the newest extracts
    give each field (`quality.scorecard.fields_given`).
    """

    records: ir.Table
    given: ir.Table


def standardise(engine: Engine, received: Sequence[Received], remembered: Remembered) -> Standardised:
    """Describe, standardise and version every row of `received`.

    `records` has `record_id, source, table_name, source_key, row_key, part, kind, extract_id, row_number,
    first_as_at, last_as_at, listed, listed_until, current`, every column of `model.fields.record_columns()` and the postal
    address; and `record_no`, a number for each in the order of `record_id`, which lasts as long as the build and is quicker to
    join by.
    """
    with engine.workbench() as bench:
        raw = _described(engine, received)
        standard = engine.keep("standard", _standard(raw, remembered))
        engine.done_with(raw, still=[standard])
        endings = engine.gather("endings", _ENDINGS, [e for r in received for e in _endings(r)])
        newest = [(r.contract.source, r.table.name, r.latest_as_at) for r in received]
        given = engine.keep("fields_given", fields_given(standard, newest, _STANDARDISED))
        heads = engine.keep("record_heads", _heads(standard))
        versions = engine.keep("record_versions", _versions(engine, heads, endings, received))
        engine.forget(heads)
        whole = versions.inner_join(
            standard.select(
                *(c for c in HEAD if c not in HEADS), *content_columns(), row_no=standard.rowid()
            ),
            "row_no",
        )
        records = engine.keep("records_unplaced", whole.select(
            "record_id", "record_no", *(c for c in HEAD if c != "as_at"), "first_as_at", "last_as_at",
            "listed", "listed_until", "current", ENDED_ON, *content_columns(),
        ))  # fmt: skip
        bench.leave(records, given)
    return Standardised(records=records, given=given)


_STANDARDISED = {name: f"raw_{name}" for name, field in INPUT_FIELDS.items() if not field.input_only}
_WORKED_OUT = {f"raw_{name}" for name in (*INPUT_FIELDS, ENDED_ON)} - set(_STANDARDISED.values())

HEADS = ("source", "table_name", "row_key", "extract_id", "as_at", "row_number")
"""What tells the versions of a record from each other: few columns, of many rows."""


MANY = 4_000_000
"""More rows than this are read where they lie, twice, and not brought into memory, where others need the room."""


def _described(engine: Engine, received: Sequence[Received]) -> ir.Table:
    """What all rows describe: as it was kept when they were judged, or found now."""
    schema = described_schema()
    kept = [path for r in received for path in r.described or ()]
    afresh = [
        part for r in received if r.described is None for part in described(r.contract, r.table, r.rows)
    ]
    if not kept:
        return engine.gather("described", schema, afresh)
    held = engine.parquet(kept)
    if engine.count(held) <= MANY:
        return engine.gather("described", schema, [held, *afresh])
    whole = held.select(
        **{n: held[n].cast(t) if n in held.columns else ibis.null(t) for n, t in schema.items()}
    )
    return whole.union(engine.gather("described", schema, afresh)) if afresh else whole


_ENDINGS = ibis.schema({"source": "string", "table_name": "string", "row_key": "string", "as_at": "string"})


def _endings(received: Received) -> list[ir.Table]:
    if received.table.deleted_when is None:
        return []
    column, text = received.table.deleted_when
    rows = received.rows
    return [
        rows.filter(rows[column] == text).select(
            source=ibis.literal(received.contract.source),
            table_name=ibis.literal(received.table.name),
            row_key=rows.source_key,
            as_at=rows.as_at.cast("string"),
        )
    ]


def _standard(raw: ir.Table, remembered: Remembered) -> ir.Table:
    wanted: dict[str, tuple[str, list[str]]] = {}
    for name, field in INPUT_FIELDS.items():
        if field.rule == "date":
            wanted[f"raw_{name}"] = ("date", [name, f"{name}_accuracy"])
        elif name == "full_name":
            wanted["raw_full_name"] = ("full_name", ["whole_title", "whole_family_name", "whole_given_names"])
        elif field.rule:
            wanted[f"raw_{name}"] = (field.rule, [name])
    wanted[f"raw_{ENDED_ON}"] = ("date", [ENDED_ON, f"{ENDED_ON}_accuracy"])
    table = remembered.standard_forms(raw, wanted)
    table = table.mutate(
        title=ibis.coalesce(table.title, table.whole_title),
        family_name=ibis.coalesce(table.family_name, table.whole_family_name),
        given_names=ibis.coalesce(table.given_names, table.whole_given_names),
    ).drop("whole_title", "whole_family_name", "whole_given_names")
    coded = {n for n, f in INPUT_FIELDS.items() if f.coded}
    return table.mutate(
        **{name: table[f"code_{name}"] for name in coded},
        **{f"{name}_raw": table[f"raw_{name}"] for name in coded},
        **{raw: _whether(table[raw]) for raw in _STANDARDISED.values()},
    ).drop(*(f"code_{name}" for name in coded), *(c for c in raw.columns if c in _WORKED_OUT))


def _whether(text: ir.StringValue) -> ir.BooleanValue:
    """True where there is a text, empty where there is none: all that is wanted of it once it has a standard form."""
    return text.notnull().nullif(False)


def content_columns() -> list[str]:
    """The columns that make one record's content: every model column and the postal address."""
    return [*record_columns(), f"{POSTAL}address_lines", f"{POSTAL}postcode"]


def _heads(standard: ir.Table) -> ir.Table:
    """`row_no, record_id` and `HEADS` of everything described.

    The number is that of the row in the kept table: one that was given while it is made would be given by one thread, in order.
    """
    said = in_one_text(standard, ("source", "table_name", "source_key", "part", "kind", *content_columns()))
    own_row = standard.row_key == standard.source_key
    said = said + ibis.ifelse(own_row, "", ibis.literal(SEPARATOR) + standard.row_key)
    named = said.hexdigest("sha256").left(DIGEST_LENGTH)
    return standard.select(*HEADS, ENDED_ON, row_no=standard.rowid(), record_id=named)


def _versions(engine: Engine, heads: ir.Table, endings: ir.Table, received: Sequence[Received]) -> ir.Table:
    """The newest row of each record, with `record_no, first_as_at, last_as_at, current`.

    Most records were sent once: only of the others is the newest row looked for.
    """
    sent = heads.group_by("record_id").aggregate(
        first_as_at=heads.as_at.min(), last_as_at=heads.as_at.max(),
        times=heads.count(), row_no=heads.row_no.min(),
    )  # fmt: skip
    sent = engine.keep("record_ids", sent)
    often = sent.filter(sent.times > 1).drop("row_no").inner_join(_newest(heads, sent), "record_id")
    each = sent.filter(sent.times == 1).union(often.select(*sent.columns)).drop("times")
    each = each.mutate(record_no=ibis.row_number().over(order_by="record_id")).drop("record_id")
    return _marked_current(heads.drop("as_at").inner_join(each, "row_no"), endings, received)


def _newest(heads: ir.Table, sent: ir.Table) -> ir.Table:
    """`record_id, row_no` of the newest row of each record that was sent several times."""
    several = heads.semi_join(sent.filter(sent.times > 1), "record_id")
    latest_first = ibis.window(
        group_by="record_id",
        order_by=[several.as_at.desc(), several.ended_on, several.extract_id.desc(), several.row_number],
    )
    ranked = several.select("record_id", "row_no", newest=ibis.row_number().over(latest_first) == 0)
    return ranked.filter(ranked.newest).drop("newest")


def _marked_current(versions: ir.Table, endings: ir.Table, received: Sequence[Received]) -> ir.Table:
    """A full extract says all there is; of a source that sends changes, the newest word on a key holds.

    A record whose dealing was closed by then is history too, although its source still lists it. What a source lists still is
    listed until its newest extract, whether that repeats it or not.
    """
    sent = ibis.memtable(
        [
            {
                "source": r.contract.source,
                "table_name": r.table.name,
                "latest": r.latest_as_at,
                "full": r.contract.extract == "full",
            }
            for r in received
        ],
        schema=ibis.schema(
            {"source": "string", "table_name": "string", "latest": "string", "full": "boolean"}
        ),
    )
    key = ["source", "table_name", "row_key"]  # a row tells of all its parts, or of none
    told = versions.inner_join(sent, ["source", "table_name"])
    whole, changes = told.filter(told.full), told.filter(~told.full)
    whole = whole.mutate(listed=whole.last_as_at == whole.latest)
    changes = changes.mutate(newest_of_key=changes.last_as_at.max().over(ibis.window(group_by=key)))
    ended = endings.group_by(key).aggregate(ended_at=endings.as_at.max())
    changes = changes.left_join(ended, key)
    changes = changes.mutate(
        listed=(changes.last_as_at == changes.newest_of_key)
        & (changes.ended_at.isnull() | (changes.ended_at < changes.last_as_at))
    )
    marked = whole.union(changes.select(*whole.columns))
    open_still = marked.ended_on.isnull() | (marked.ended_on > marked.last_as_at)
    until = ibis.ifelse(marked.listed, marked.latest, marked.last_as_at)
    return marked.mutate(listed_until=until, current=marked.listed & open_still).drop("latest", "full")
