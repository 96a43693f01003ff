"""Claims: what each record says about each field of an entity, one row each; history is kept beside the present.

They are by far the most rows of a release. So until it is written they stay narrow: values by the number of their
record, what the choosing needs by group, and all that a record says alike of each of its values once for the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.ids import SEPARATOR
from vestry.model import kinds
from vestry.model.fields import (
    ADDRESS_FIELDS,
    OF_A_KIND,
    ORGANISATION_FIELDS,
    PERSON_FIELDS,
    Field,
    group_of_kind,
)
from vestry.model.identifiers import KIND_ENDS
from vestry.twin.tables import ENTITY_TABLES

POSTAL_GROUP = "postal_address"

FOUND_BY = {
    "exact": "found by the text of the address",
    "library": "likeliest by the text of the address",
    "reviewer": "known to a reviewer by the text of the address",
}
"""How a record came by a UPRN that its source did not give -> what its claim says of itself."""

STATEMENT: Final = ["record_no", "group_no", "item"]
"""Names one statement: what one record says of one group of fields, in one breath."""

_MADE = ibis.schema(
    {"record_no": "int64", "group_no": "int64", "item": "int64"}
    | dict.fromkeys(("field", "value", "accuracy", "source_value"), "string")
)
_STATEMENTS = ibis.schema(
    {"record_no": "int64", "group_no": "int64", "item": "int64", "fields": "int64"}
    | dict.fromkeys(("group_name", "group_value", "accuracy"), "string")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """`said`: every claim, of which nothing is chosen yet; `speakers`: who says it; `statements`: what there is to choose from.

    `said` has `STATEMENT, field, value, accuracy, source_value`. `speakers` has for each record `record_no, record_id,
    entity_no, entity_id, kind, source, valid_from, valid_to, as_at, current`; `valid_to` is empty while the source still
    says so, and `entity_no` is in the order of `entity_id`. `groups` are the names of the groups by their numbers.
    `statements` has one row for each group of fields that a record states: `STATEMENT`, `subject` (one number for
    each entity and group), `group_name, group_value` (all of it as one text), `fields` (how many it gives),
    `accuracy, valid_from, as_at, current, source`. `record_no` is in the order of `record_id`.
    """

    said: ir.Table
    speakers: ir.Table
    statements: ir.Table
    groups: Mapping[int, str]


def claims(engine: Engine, records: ir.Table, members: ir.Table) -> Claims:
    """Every value of every record as a claim about the record's entity.

    `records` has `record_no`, a number of its own for each, beside the columns of the release.
    """
    speakers = engine.keep("speakers", _speakers(records, members))
    groups = list(_groups(_value_kinds(engine, records)))
    values = [
        _of_field(g.told_of(records), g, column, field) for g in groups for column, field in g.fields.items()
    ]
    made = engine.gather("claims_made", _MADE, values)
    stated = engine.gather("statements_made", _STATEMENTS, (_of_group(records, g) for g in groups))
    statements = stated.inner_join(speakers.drop("record_id", "entity_id", "valid_to"), "record_no")
    statements = statements.mutate(subject=statements.entity_no * len(groups) + statements.group_no)
    statements = engine.keep("statements", statements.drop("entity_no", "kind"))
    engine.forget(stated)
    return Claims(
        said=made, speakers=speakers, statements=statements, groups={g.number: g.name for g in groups}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Fields of one kind that are chosen together: column of `records` -> field. `begins`: how their values do, where values of
    each kind are chosen for themselves."""

    number: int
    kind: str
    name: str
    fields: dict[str, Field]
    begins: str = ""

    def told_of(self, records: ir.Table) -> ir.Table:
        """The records that may have such fields."""
        of_kind = records.filter(records.kind == self.kind)
        if not self.begins:
            return of_kind
        (column,) = self.fields
        return of_kind.filter(of_kind[column].startswith(self.begins))


def _value_kinds(engine: Engine, records: ir.Table) -> dict[tuple[str, str], list[str]]:
    """(kind, field) -> the kinds of its values that there are, in order."""
    found = {}
    for kind, column in OF_A_KIND & {(kind, column) for kind in ENTITY_TABLES for column in records.columns}:
        said = records.filter((records.kind == kind) & records[column].notnull())
        each = said.select(of=said[column].split(KIND_ENDS)[0]).distinct()
        found[kind, column] = sorted(engine.fetch(each)["of"].to_pylist())
    return found


def _groups(value_kinds: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[_Group]:
    found: dict[tuple[str, str], dict[str, Field]] = {}
    for kind in ENTITY_TABLES:
        own = {kinds.PERSON: PERSON_FIELDS, kinds.ORGANISATION: ORGANISATION_FIELDS, kinds.PROPERTY: {}}[kind]
        for name, field in (*own.items(), *ADDRESS_FIELDS.items()):
            if not field.input_only:
                found.setdefault((kind, field.group), {})[name] = field
        if kind != kinds.PROPERTY:
            postal = {f"postal_{name}": ADDRESS_FIELDS[name] for name in ("address_lines", "postcode")}
            found[kind, POSTAL_GROUP] = postal
    parts = [
        (kind, group_of_kind(name, of) if of else name, fields, f"{of}{KIND_ENDS}" if of else "")
        for (kind, name), fields in found.items()
        for of in value_kinds.get((kind, next(iter(fields))), ("",))
    ]
    for number, (kind, name, fields, begins) in enumerate(parts):
        yield _Group(number=number, kind=kind, name=name, fields=fields, begins=begins)


def _speakers(records: ir.Table, members: ir.Table) -> ir.Table:
    entities = members.select("entity_id").distinct()
    entities = entities.mutate(entity_no=ibis.row_number().over(order_by="entity_id"))
    nothing = ibis.null("string")
    told = records.select(
        "record_no", "record_id", "kind", "source", "current",
        valid_from=ibis.ifelse(records.ended_on < records.first_as_at, nothing, records.first_as_at),
        valid_to=ibis.ifelse(records.current, nothing, records.ended_on.fill_null(records.last_as_at)),
        as_at=records.last_as_at,
    )  # fmt: skip
    told = told.inner_join(members.select("record_id", "entity_id"), "record_id")
    return told.inner_join(entities, "entity_id")


def _of_field(of_kind: ir.Table, group: _Group, column: str, field: Field) -> ir.Table:
    said = of_kind.filter(of_kind[column].notnull())
    columns: dict[str, ir.Value] = {
        "record_no": said.record_no,
        "group_no": ibis.literal(group.number, "int64"),
    }
    columns |= {"field": ibis.literal(column), "value": said[column]}
    if (accuracy := _accuracy(said, column)) is not None:
        columns["accuracy"] = accuracy
    if field.coded:
        columns["source_value"] = said[f"{column}_raw"]
    elif column == "uprn":  # what the source itself wrote, where that was replaced
        columns["source_value"] = said.uprn_given.nullif(said.uprn)
    return _each(said.select(**columns), "value") if field.repeats else said.select(item=_FIRST, **columns)


_FIRST = ibis.literal(1, "int64")


def _each(said: ir.Table, column: str) -> ir.Table:
    """Several values in one text, a row each, with `item` counting them from 1."""
    each = said.mutate(**{column: said[column].split(" ")}).unnest(column, offset="position")
    return each.mutate(item=each.position + 1).drop("position")


def _of_group(records: ir.Table, group: _Group) -> ir.Table:
    """The statements of one group: its fields as one text, in the order of their names."""
    told = group.told_of(records)
    said = told.filter(ibis.or_(*(told[column].notnull() for column in group.fields)))
    columns: dict[str, ir.Value] = {
        "record_no": said.record_no, "group_no": ibis.literal(group.number, "int64"),
        "group_name": ibis.literal(group.name),
        "fields": reduce(lambda a, b: a + b, (said[column].notnull().cast("int64") for column in group.fields)),
    }  # fmt: skip
    accuracies = [a for column in group.fields if (a := _accuracy(said, column)) is not None]
    if accuracies:
        columns["accuracy"] = accuracies[0]
    if any(field.repeats for field in group.fields.values()):
        (column,) = group.fields
        each = _each(said.select(group_value=said[column], **columns), "group_value")
        return each.mutate(group_value=ibis.literal(f"{column}=") + each.group_value)
    texts = [ibis.literal(f"{c}=") + said[c] + ibis.literal(SEPARATOR) for c in sorted(group.fields)]
    whole = reduce(lambda a, b: a + b, (text.fill_null("") for text in texts))
    return said.select(item=_FIRST, group_value=whole, **columns)


def _accuracy(said: ir.Table, column: str) -> ir.StringValue | None:
    """How exact a date is; how a UPRN was found that no source gave."""
    if column in ("birth_date", "death_date"):
        return said[f"{column}_accuracy"]
    if column == "uprn":
        found = said.uprn_by.isin(list(FOUND_BY))
        return ibis.ifelse(found, said.uprn_by.cases(*FOUND_BY.items(), else_=""), ibis.null("string"))
    return None
