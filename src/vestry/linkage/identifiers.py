"""Agreed identifiers: they decide without any scoring.

An NHS number, a National Insurance number and a unique pupil number decide where the birth dates are compatible (the
returns of children's services have no name to go by); a company number, an ODS code and a school's number
decide for organisations; a UPRN, or one normalised address with its postcode, for properties. A key decides as a number does
where a contract says that it is another source's (`same_key_as`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.shared_keys import SourcePart
from vestry.ids import SEPARATOR
from vestry.linkage.shared_keys import with_key_owner
from vestry.model import kinds

DECIDING: Final = {
    kinds.PERSON: ("nhs_number", "nino", "upn"),
    kinds.ORGANISATION: ("company_number", "ods_code", "school_urn"),
    kinds.PROPERTY: ("uprn", "address"),
}

SHARED_KEY: Final = "shared key"
"""Field of the evidence where two sources have one key."""

ONE_EACH: Final = {kinds.PERSON: "nhs_number", kinds.PROPERTY: "uprn"}
"""The number of which one thing of a kind has one: two different valid ones are two things."""

YEARS_APART: Final = 10
"""Birth dates further apart than this are two people's, whatever agrees: a father and son of one name and home. Not where dates
are so often wrong that the rule would part one person from themselves (`scoring.years_apart`)."""

TOO_COMMON: Final = 50
"""A number that more units than this share is a placeholder, whatever its check digit says."""


def identifier_pairs(
    records: ir.Table, kind: str, key_owners: Mapping[SourcePart, SourcePart] | None = None
) -> ir.Table:
    """Pairs of records of one kind that an agreed identifier joins: `left_no, right_no, field`, left before right.

    `records` has `record_no` and `unit_no`, and for properties `address_key` and `uprn_agrees`; for `key_owners` (as
    `contracts.shared_keys` gives them) also `source`, `part` and `source_key`. Each unit speaks through every content
    it has had.
    """
    of_kind = records
    if kind == kinds.PROPERTY:
        # A flat's UPRN beside a text that names no flat would lead every such text into that flat.
        agreeing = of_kind.uprn_agrees.fill_null(True)
        whole = of_kind.address_key + " " + of_kind.postcode
        of_kind = of_kind.mutate(address=ibis.ifelse(agreeing, whole, ibis.null("string")))
    said = ibis.union(*(_said(of_kind, field) for field in DECIDING[kind]))
    if kind == kinds.PROPERTY:
        return _to_the_first(said)
    pairs = _sharing(said)
    if kind == kinds.PERSON:
        pairs = pairs.filter(compatible(pairs.birth_date, pairs.birth_date_other))
    found = _ordered(pairs)
    return found.union(_of_one_key(records, key_owners)) if key_owners else found


def _said(of_kind: ir.Table, field: str) -> ir.Table:
    """Who says what in one field."""
    given = of_kind.filter(of_kind[field].notnull())
    return given.select("record_no", "unit_no", "birth_date", field=ibis.literal(field), number=given[field])


def _sharing(said: ir.Table) -> ir.Table:
    """Every two rows of `said` (`record_no, unit_no, birth_date, field, number`) that are of two units with one number."""
    sharers = said.group_by("field", "number").aggregate(units=said.unit_no.nunique())
    agreed = sharers.filter((sharers.units > 1) & (sharers.units <= TOO_COMMON))
    said = said.semi_join(agreed, ["field", "number"])
    other = said.view()
    same = [said.field == other.field, said.number == other.number, said.unit_no < other.unit_no]
    return said.inner_join(other, same, rname="{name}_other")


def _ordered(pairs: ir.Table) -> ir.Table:
    return pairs.select(
        left_no=ibis.least(pairs.record_no, pairs.record_no_other),
        right_no=ibis.greatest(pairs.record_no, pairs.record_no_other),
        field="field",
    ).distinct()


def _of_one_key(records: ir.Table, key_owners: Mapping[SourcePart, SourcePart]) -> ir.Table:
    """Pairs of units with one key, by contract. A unit speaks through one record for each birth date that it has had.

    Many rows of a return give no birth date beside the key, and what its other rows say of it counts. Where two units
    of a key have birth dates that cannot be one, the number was given to two people: whoever has it and no birth date
    could be either.
    """
    keyed = with_key_owner(records, key_owners, others=False)
    said = keyed.group_by(
        "unit_no",
        "birth_date",
        field=ibis.literal(SHARED_KEY),
        number=keyed.key_source + SEPARATOR + keyed.key_part + SEPARATOR + keyed.source_key,
    ).aggregate(record_no=keyed.record_no.min())
    dated = said.birth_date.max().over(group_by="unit_no")
    said = said.mutate(dated=dated).filter(lambda t: t.birth_date.notnull() | t.dated.isnull())
    pairs = _sharing(said.drop("dated"))
    pairs = pairs.mutate(
        one=compatible(pairs.birth_date, pairs.birth_date_other),
        undated=pairs.birth_date.isnull() | pairs.birth_date_other.isnull(),
    )
    units = pairs.group_by("number", "unit_no", "unit_no_other").aggregate(one=pairs.one.any())
    given_twice = units.filter(~units.one).select("number").distinct()
    sure = pairs.filter(pairs.one & ~pairs.undated)
    unsure = pairs.filter(pairs.undated).anti_join(given_twice, "number")
    return _ordered(sure.union(unsure))


def _to_the_first(said: ir.Table) -> ir.Table:
    """Every record to the first of its number: a block of flats under one address would make too many pairs."""
    first = said.group_by("field", "number").aggregate(first=said.record_no.min())
    joined = said.inner_join(first, ["field", "number"])
    joined = joined.filter(joined.record_no != joined.first)
    return joined.select(left_no="first", right_no="record_no", field="field").distinct()


def compatible(left: ir.StringValue, right: ir.StringValue) -> ir.BooleanValue:
    """Whether two birth dates (ISO, perhaps partial) could be one: unknown, one more precise than the other,
    day and month swapped, or two of year, month and day the same."""
    same = [left.substr(at, size) == right.substr(at, size) for at, size in ((0, 4), (5, 2), (8, 2))]
    two = (same[0] & same[1]) | (same[0] & same[2]) | (same[1] & same[2])
    swapped = same[0] & (left.substr(5, 2) == right.substr(8, 2)) & (left.substr(8, 2) == right.substr(5, 2))
    prefix = left.startswith(right) | right.startswith(left)
    return left.isnull() | right.isnull() | prefix | two | swapped


def may_be_one(left: str, right: str) -> bool:
    """`compatible`, of two texts; "" where a birth date is not known."""
    if not left or not right or left.startswith(right) or right.startswith(left):
        return True
    same = [left[at : at + size] == right[at : at + size] for at, size in ((0, 4), (5, 2), (8, 2))]
    swapped = same[0] and left[5:7] == right[8:10] and left[8:10] == right[5:7]
    return sum(same) >= 2 or swapped
