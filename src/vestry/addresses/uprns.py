"""The UPRN of each record: the source's own where the gazetteer knows it, else the one that its text leads to.

Every UPRN says how it was come by, and where source and text disagree both are kept: that is measured, and
nothing is overridden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.addresses.decided import APART, NOWHERE, AddressesDecided
from vestry.addresses.fitting import ELSEWHERE
from vestry.addresses.gazetteer import gazetteer_parts
from vestry.addresses.matching import Finder, text_id
from vestry.engines.engine import Engine
from vestry.intake.loading import Received
from vestry.place import Thresholds
from vestry.standardise.remembered import Remembered

BY_SOURCE: Final = "source"
BY_EXACT: Final = "exact"
BY_LIBRARY: Final = "library"
BY_REVIEWER: Final = "reviewer"
FOR_REVIEW: Final = "review"
NOT_FOUND: Final = "none"

SOURCES_SAY: Final = "every source that writes it gives a UPRN that the gazetteer knows"
SOURCES_DIFFER: Final = "the sources that write it give different UPRNs, each known to the gazetteer"
LIKELY: Final = "the likeliest by far, and its numbers and flat agree"
TWO_ALIKE: Final = "two properties are nearly as likely"
WEAK: Final = "likeness is too weak to decide"
UNLIKE: Final = "nothing in the gazetteer is like it"
A_REVIEWER_SAID: Final = "a reviewer knows that it is this property"
A_REVIEWER_FOUND_NONE: Final = "a reviewer found that it is no property of the gazetteer"

SUCCEEDED: Final = "the source's UPRN was replaced by this one"
DISAGREES: Final = "its address leads to another UPRN than the source gives"
FLAT_UNNAMED: Final = "the source's UPRN is a flat, and its address names none"
REPLACED: Final = "found by its address: the gazetteer does not know the UPRN that the source gives"
UNKNOWN: Final = "the gazetteer does not know this UPRN"
WAITS: Final = "its address waits for review"

_FLAT: Final = (
    r"\b(FLAT|FLT|APARTMENT|APT|UNIT|ROOM|STUDIO|MAISONETTE|ANNEXE?|BEDSIT|BASEMENT|FLOOR)\b|^[0-9]+[A-Z]\b"
)

MATCHES = ibis.schema(
    dict.fromkeys(("address_lines", "postcode", "uprn", "method", "reason"), "string")
    | {"score": "float64", "lead": "float64"}
    | dict.fromkeys(("best_uprn", "second_uprn", "best_address", "second_address"), "string")
    | {"is_flat": "boolean", "records": "int64", "longitude": "float64", "latitude": "float64"}
)
_WRITTEN: Final = {"best_uprn": "best_address", "second_uprn": "second_address"}
"""A UPRN that the address may be -> the column that says how the gazetteer writes it."""
_FROM_GAZETTEER: Final = (*_WRITTEN.values(), "longitude", "latitude")
"""Columns of `MATCHES` that are no part of what is decided."""
MADE: Final = {"uprn_given": "string", "uprn_by": "string", "uprn_why": "string", "uprn_agrees": "boolean"}
"""Columns of `records` that this step adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """`records` with their UPRNs and the columns of `MADE`; `matches`, one row for each text and postcode;
    `quality` as measurements."""

    records: ir.Table
    matches: ir.Table
    quality: ir.Table


def find_uprns(
    engine: Engine,
    records: ir.Table,
    received: Sequence[Received],
    remembered: Remembered,
    *,
    thresholds: Thresholds,
    memory: Path | None,
    decided: AddressesDecided | None = None,
) -> Addressed:
    """Find the UPRN of every record that has an address; what people `decided` stands before what the library thinks. Without
    a gazetteer nothing is changed."""
    if not gazetteer_parts(received):
        bare = records.mutate(
            uprn_given=records.uprn, uprn_by=ibis.ifelse(records.uprn.notnull(), BY_SOURCE, ibis.null("string")),
            uprn_why=ibis.null("string"), uprn_agrees=ibis.null("boolean"),
        )  # fmt: skip
        nothing = engine.keep("uprn_quality", _measured(bare.limit(0)))
        return Addressed(records=bare, matches=ibis.memtable([], schema=MATCHES), quality=nothing)
    with engine.workbench() as bench:
        finder = Finder(engine, received, remembered, memory)
        properties = finder.properties()
        given = engine.keep("records_given", _given(records, properties))
        texts = engine.keep("address_texts", _texts(given))
        found = _decided(texts, finder.outcomes(texts), properties, thresholds)
        found = engine.keep("address_found", found)
        if decided is not None and decided.lines:
            found = engine.keep("address_decided", _by_people(engine, found, properties, decided))
        matches = engine.keep("address_matches", _with_addresses(found, finder))
        # Only the narrow columns are kept: the next step writes the wide table of records again anyway.
        filled = _filled(records, engine.keep("record_uprns", _uprns(given, matches)))
        quality = engine.keep("uprn_quality", _measured(filled))
        bench.leave(filled, matches, quality)
    return Addressed(records=filled, matches=matches.select(*MATCHES.names), quality=quality)


def _given(records: ir.Table, properties: ir.Table) -> ir.Table:
    """Each record's text, and the UPRN of its source as it stands now, where the gazetteer knows it."""
    said = records.select(
        "record_id", "address_lines", "postcode", uprn_given="uprn", text_id=text_id(records)
    )
    known = properties.select(
        uprn_given="uprn", settled=properties.goes_on_as.fill_null(properties.uprn), settled_flat="is_flat"
    )
    return said.left_join(known, "uprn_given").drop("uprn_given_right")


def _texts(given: ir.Table) -> ir.Table:
    said = given.filter(given.address_lines.notnull())
    return said.group_by("text_id").aggregate(
        address_lines=said.address_lines.min(),
        postcode=said.postcode.min(),
        needed=said.settled.isnull().any(),
        lowest=said.settled.min(),
        highest=said.settled.max(),
        records=said.count(),
    )


def _decided(texts: ir.Table, outcomes: ir.Table, properties: ir.Table, thresholds: Thresholds) -> ir.Table:
    """What is made of each text: the columns of `MATCHES`, its `text_id`, and whether it names a flat."""
    table = texts.left_join(outcomes, "text_id").drop("text_id_right")
    now = properties.select(exact_uprn="uprn", now=properties.goes_on_as.fill_null(properties.uprn))
    table = table.left_join(now, "exact_uprn").drop("exact_uprn_right")
    agreed = table.lowest == table.highest
    asked = table.needed & table.best_uprn.notnull()
    clear = table.lead.isnull() | (table.lead >= thresholds.address_lead)
    sure = asked & (table.score >= thresholds.address_link) & table.objection.isnull()
    likely = asked & (table.score >= thresholds.address_review)
    likely &= ~table.objection.isin(ELSEWHERE).fill_null(False)
    method = ibis.cases(
        (table.apart.notnull(), NOT_FOUND), (table.now.notnull(), BY_EXACT), (~table.needed, BY_SOURCE),
        (sure & clear, BY_LIBRARY), (likely, FOR_REVIEW), else_=NOT_FOUND,
    )  # fmt: skip
    table = table.mutate(method=method)
    by = table.method
    uprn = ibis.cases(
        (by == BY_EXACT, table.now),
        ((by == BY_SOURCE) & agreed, table.lowest),
        (by == BY_LIBRARY, table.best_uprn),
        else_=ibis.null("string"),
    )
    reason = ibis.cases(
        (table.apart.notnull(), table.apart), (by == BY_EXACT, table.exact_why),
        (by == BY_SOURCE, ibis.ifelse(agreed, SOURCES_SAY, SOURCES_DIFFER)), (by == BY_LIBRARY, LIKELY),
        ((by == FOR_REVIEW) & table.objection.notnull(), table.objection),
        ((by == FOR_REVIEW) & sure, TWO_ALIKE), (by == FOR_REVIEW, WEAK), else_=UNLIKE,
    )  # fmt: skip
    weighed = by.isin([BY_LIBRARY, FOR_REVIEW])
    table = table.mutate(
        uprn=uprn,
        reason=reason,
        **{
            c: ibis.ifelse(weighed, table[c], ibis.null(table[c].type()))
            for c in ("score", "lead", "best_uprn", "second_uprn")
        },
    )
    flats = properties.select("uprn", flat="is_flat")
    table = table.left_join(flats, "uprn").drop("uprn_right")
    table = table.mutate(names_flat=table.address_lines.re_search(_FLAT))
    table = table.mutate(is_flat=table.flat.fill_null(table.names_flat))
    return table.select("text_id", "names_flat", *(n for n in MATCHES.names if n not in _FROM_GAZETTEER))


def _with_addresses(found: ir.Table, finder: Finder) -> ir.Table:
    """`found` with the addresses of the properties that it may be, for whoever has to decide, and where the one is that it is."""
    likely = ibis.union(*(found.select(uprn=column).drop_null("uprn") for column in _WRITTEN), distinct=True)
    written = finder.written(likely)
    for uprn, address in _WRITTEN.items():
        each = written.select(**{uprn: "uprn", address: "address"})
        found = found.left_join(each, uprn).drop(f"{uprn}_right")
    stands = finder.properties().select("uprn", "longitude", "latitude")
    return found.left_join(stands, "uprn").drop("uprn_right")


def _by_people(engine: Engine, found: ir.Table, properties: ir.Table, decided: AddressesDecided) -> ir.Table:
    """`found`, with what people decided in place of what was made of an address that is not the gazetteer's own.

    A property that the gazetteer no longer knows cannot be meant: such a word waits until it does.
    """
    open_ = found.filter((found.method != BY_EXACT) & found.reason.notin(APART)).select(
        "text_id", "address_lines", "postcode"
    )
    words = decided.of(engine.fetch(open_).to_pylist())
    rows = [{"text_id": text_id, "word": w.word, "said": w.uprn or None} for text_id, w in words.items()]
    if not rows:
        return found
    shape = pa.schema([(name, pa.string()) for name in ("text_id", "word", "said")])
    said = engine.bring("addresses_decided", pa.Table.from_pylist(rows, schema=shape))
    known = properties.select(
        said="uprn", now=properties.goes_on_as.fill_null(properties.uprn), flat="is_flat"
    )
    said = said.left_join(known, "said").drop("said_right")
    table = found.left_join(said, "text_id").drop("text_id_right")
    holds = (table.word == NOWHERE) | table.now.notnull()
    holds = holds.fill_null(False)
    table = table.mutate(
        uprn=ibis.ifelse(holds, table.now, table.uprn),
        method=ibis.ifelse(holds, BY_REVIEWER, table.method),
        reason=ibis.cases(
            (holds & table.now.notnull(), A_REVIEWER_SAID), (holds, A_REVIEWER_FOUND_NONE), else_=table.reason
        ),
        is_flat=ibis.ifelse(holds, table.flat.fill_null(table.names_flat), table.is_flat),
    )
    return table.select(*found.columns)


def _filled(records: ir.Table, uprns: ir.Table) -> ir.Table:
    joined = records.drop("uprn").inner_join(uprns, "record_id")
    return joined.select(*records.columns, *MADE)


def _uprns(given: ir.Table, matches: ir.Table) -> ir.Table:
    """`record_id, uprn` and the columns of `MADE` for every record."""
    found = matches.select(
        "text_id", "method", "reason", "names_flat",
        found=ibis.ifelse(matches.method.isin([BY_EXACT, BY_LIBRARY, BY_REVIEWER]), matches.uprn, ibis.null("string")),
    )  # fmt: skip
    table = given.left_join(found, "text_id").drop("text_id_right")
    known, silent = table.settled.notnull(), table.uprn_given.isnull()
    table = table.mutate(
        uprn=ibis.coalesce(table.settled, table.found, table.uprn_given),
        uprn_by=ibis.cases(
            (known, BY_SOURCE), (table.found.notnull(), table.method), (~silent, BY_SOURCE), else_=ibis.null("string")
        ),
        uprn_agrees=ibis.cases(
            (known & table.found.notnull(), table.found == table.settled),
            (known & table.settled_flat & ~table.names_flat.fill_null(True), False),
            else_=ibis.null("boolean"),
        ),
    )  # fmt: skip
    why = ibis.cases(
        (known & (table.found != table.settled).fill_null(False), DISAGREES),
        (known & ~table.uprn_agrees.fill_null(True), FLAT_UNNAMED),
        (known & (table.settled != table.uprn_given), SUCCEEDED),
        (known, ibis.null("string")),
        (~silent & table.found.notnull(), REPLACED),
        (~silent, UNKNOWN),
        (table.method == FOR_REVIEW, WAITS),
        else_=table.reason,
    )
    return table.mutate(uprn_why=why).select("record_id", "uprn", *MADE)


def _measured(records: ir.Table) -> ir.Table:
    """How well addresses find their UPRNs, by source and table, as rows of `quality`; of what is said now."""
    now = records.filter(records.current & records.address_lines.notnull())
    grouped = now.group_by("source", "table_name").aggregate(
        written=now.count(),
        found=now.uprn_by.notnull().sum(),
        given=now.uprn_given.notnull().sum(),
        unknown=now.uprn_why.isin([REPLACED, UNKNOWN]).sum(),
        compared=now.uprn_agrees.notnull().sum(),
        agreeing=now.uprn_agrees.fill_null(False).cast("int64").sum(),
    )
    rows = [
        ("completeness", "its address has a UPRN", grouped.found, grouped.written),
        (
            "validity",
            "the gazetteer knows its UPRN",
            grouped.given - grouped.unknown.fill_null(0),
            grouped.given,
        ),
        ("accuracy", "its address leads to its UPRN", grouped.agreeing, grouped.compared),
    ]
    found = ibis.union(
        *(
            grouped.select(
                "source", "table_name", field=ibis.literal("uprn"), dimension=ibis.literal(dimension),
                rule=ibis.literal(rule), passed=passed.cast("int64"), total=total.cast("int64"),
            )
            for dimension, rule, passed, total in rows
        )
    )  # fmt: skip
    return found.filter(found.total > 0)
