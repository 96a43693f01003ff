"""From the columns of one table to the things that its rows describe, still in the source's own words.

A contract's `vestry.describes` names the parts of a row, its `vestry.field`s say which columns belong to which.
Here each part becomes a row of its own with one text column for each field of the model, named `raw_<field>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Column, Contract, Part, Table, Target
from vestry.model import kinds
from vestry.model.fields import ADDRESS_FIELDS, MARK, ORGANISATION_FIELDS, PERSON_FIELDS, Field
from vestry.model.identifiers import KIND_ENDS

POSTAL = "postal_"
"""Prefix of the fields of the address where post is sent, on the record that it is sent to."""

POSTAL_FIELDS = ("address_lines", "postcode")

HEAD = ("source", "table_name", "source_key", "row_key", "part", "kind", "extract_id", "as_at", "row_number")
"""`source_key` is the key of the thing that the part is, `row_key` that of the row which tells of it."""

ENDED_ON = "ended_on"

INPUT_FIELDS: dict[str, Field] = {
    **PERSON_FIELDS,
    **ORGANISATION_FIELDS,
    **ADDRESS_FIELDS,
    **{f"{POSTAL}{name}": ADDRESS_FIELDS[name] for name in POSTAL_FIELDS},
}


def described(contract: Contract, table: Table, rows: ir.Table) -> list[ir.Table]:
    """One expression for each person, organisation and property part of `table`, of the rows that say something is so:
    those that only say a key has ended describe nothing.

    `rows` has `extract_id, as_at, row_number, source_key` and the contract's columns as text. Each result has
    the columns of `HEAD`, `raw_<field>` for the fields of the model that the part gives, `code_<field>` for coded
    ones, and, if the part is in a dealing that can be closed, `raw_ended_on`, the day on which it was.
    """
    living = _living(table, rows)
    return [_part(contract, table, part, living) for part in table.parts if part.kind in kinds.RECORD_KINDS]


def described_schema() -> ibis.Schema:
    """Every column that a result of `described` may have."""
    columns = {name: "int64" if name == "row_number" else "string" for name in HEAD}
    columns |= {f"raw_{n}": "string" for n in (*INPUT_FIELDS, ENDED_ON)}
    return ibis.schema(columns | {f"code_{n}": "string" for n, f in INPUT_FIELDS.items() if f.coded})


def _living(table: Table, rows: ir.Table) -> ir.Table:
    if table.deleted_when is None:
        return rows
    column, text = table.deleted_when
    said = rows[column]
    return rows.filter(said.isnull() | (said != text))


def raw_values(table: Table, part: Part, rows: ir.Table) -> dict[str, ir.StringValue]:
    """Field -> text as received, for one part of a row: pieces of one field put together in order."""
    sent: dict[str, list[tuple[str, Column, Target]]] = {}
    for column in table.columns:
        for target in column.targets:
            if target.part == part.name:
                sent.setdefault(target.field, []).append((target.index or "", column, target))
    return {field: _together(field, pieces, rows) for field, pieces in sent.items()}


def indexed_values(table: Table, part: Part, rows: ir.Table) -> dict[tuple[str, str | None], ir.StringValue]:
    """(field, index) -> text, each column by itself, code lists applied: for the kinds that describe the place."""
    found: dict[tuple[str, str | None], ir.StringValue] = {}
    for column in table.columns:
        for target in column.targets:
            if target.part == part.name:
                text = _piece(rows[column.name], target)
                known = {k: v for k, v in column.codes.items() if v}
                found[target.field, target.index] = text.substitute(known, else_=text) if known else text
    return found


def standard_codes(table: Table, part: Part, rows: ir.Table) -> dict[str, ir.StringValue]:
    """Field -> the standard's code, for the part's fields whose column has a code list (others as sent)."""
    return {field: text for (field, _), text in indexed_values(table, part, rows).items()}


def _together(field: str, pieces: Sequence[tuple[str, Column, Target]], rows: ir.Table) -> ir.StringValue:
    texts = []
    known = INPUT_FIELDS.get(field)
    for _, column, target in sorted(pieces, key=lambda p: (len(p[0]), p[0])):
        text = _piece(rows[column.name], target)
        if known is not None and known.rule == "date":
            text = ibis.literal(MARK.join((*column.formats, ""))) + text
        elif known is not None and known.of_a_kind:
            text = ibis.literal(f"{target.index}{KIND_ENDS}") + text
        texts.append(text)
    if len(texts) == 1:
        return texts[0]
    mark = " " if known is None else MARK if known.repeats else ", " if known.indexed else " "
    return reduce(lambda left, right: _joined(left, right, mark), texts)


def _joined(left: ir.StringValue, right: ir.StringValue, mark: str) -> ir.StringValue:
    return ibis.coalesce(left + mark + right, left, right)


def _piece(text: ir.StringValue, target: Target) -> ir.StringValue:
    if target.after:
        at = text.find(target.after)
        text = ibis.ifelse(at >= 0, text.substr(at + len(target.after)), text)
    if target.before:
        at = text.find(target.before)
        text = ibis.ifelse(at >= 0, text.substr(0, at), text)
    if target.after or target.before:
        text = text.strip().nullif("")
    return text


def _part(contract: Contract, table: Table, part: Part, rows: ir.Table) -> ir.Table:
    own = raw_values(table, part, rows)
    coded = standard_codes(table, part, rows)
    present = rows[part.present_when].notnull() if part.present_when else _any_given(own)
    key = rows.source_key
    if part.keyed_by:
        key = rows[part.keyed_by]
        present = present & key.notnull() if part.present_when else key.notnull()
    home = part.attributes.get("lives_at") or part.attributes.get("based_at")
    if home:
        own |= {k: v for k, v in raw_values(table, table.part(home), rows).items() if k not in own}
    if part.attributes.get("post_to"):
        sent_to = raw_values(table, table.part(part.attributes["post_to"]), rows)
        own |= {f"{POSTAL}{name}": sent_to[name] for name in POSTAL_FIELDS if name in sent_to}
    columns: dict[str, ir.Value] = {
        "source": ibis.literal(contract.source),
        "table_name": ibis.literal(table.name),
        "source_key": key,
        "row_key": rows.source_key,
        "part": ibis.literal(part.name),
        "kind": ibis.literal(part.kind),
        "extract_id": rows.extract_id,
        "as_at": rows.as_at.cast("string"),
        "row_number": rows.row_number,
    }
    columns |= {f"raw_{name}": own[name] for name in INPUT_FIELDS if name in own}
    if (closed := _closed(table, part, rows)) is not None:
        columns[f"raw_{ENDED_ON}"] = closed
    columns |= {
        f"code_{name}": text for name, text in coded.items() if name in own and INPUT_FIELDS[name].coded
    }
    return rows.filter(present).select(**columns)


def _closed(table: Table, part: Part, rows: ir.Table) -> ir.StringValue | None:
    """The day on which the dealing that a part is in was closed: what its row says of it is history from then on."""
    for episode in table.parts:
        if episode.kind == kinds.EPISODE and part.name in episode.attributes.get("about", ()):
            for column in table.columns:
                if any(t.part == episode.name and t.field == "closed_on" for t in column.targets):
                    return ibis.literal(MARK.join((*column.formats, ""))) + rows[column.name]
    return None


def _any_given(values: dict[str, ir.StringValue]) -> ir.BooleanValue:
    if not values:
        return ibis.literal(False)
    return reduce(lambda left, right: left | right, (v.notnull() for v in values.values()))
