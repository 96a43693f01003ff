"""Agreed identifiers: they decide without any scoring.

An NHS number, a National Insurance number and a unique pupil number decide where the birth dates are compatible (the
returns of children's services have no name to go by); a company number, an ODS code and a school's number
decide for organisations; a UPRN, or one normalised address with its postcode, for properties.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.model import kinds

DECIDING: Final = {
    kinds.PERSON: ("nhs_number", "nino", "upn"),
    kinds.ORGANISATION: ("company_number", "ods_code", "school_urn"),
    kinds.PROPERTY: ("uprn", "address"),
}

TOO_COMMON: Final = 50
"""A number that more units than this share is a placeholder, whatever its check digit says."""


def identifier_pairs(records: ir.Table, kind: str) -> ir.Table:
    """Pairs of records of one kind that an agreed identifier joins: `left_no, right_no, field`, left before right.

    `records` has `record_no` and `unit_no`, and for properties `address_key` and `uprn_agrees`. Each unit speaks
    through every content it has had.
    """
    of_kind = records
    if kind == kinds.PROPERTY:
        # A flat's UPRN beside a text that names no flat would lead every such text into that flat.
        agreeing = of_kind.uprn_agrees.fill_null(True)
        whole = of_kind.address_key + " " + of_kind.postcode
        of_kind = of_kind.mutate(address=ibis.ifelse(agreeing, whole, ibis.null("string")))
    found = [_pairs(of_kind, field, kind) for field in DECIDING[kind]]
    return reduce(lambda a, b: a.union(b), found)


def _pairs(of_kind: ir.Table, field: str, kind: str) -> ir.Table:
    said = of_kind.filter(of_kind[field].notnull()).select(
        "record_no", "unit_no", number=of_kind[field], birth_date=of_kind.birth_date
    )
    if kind == kinds.PROPERTY:
        return _to_the_first(said, field)
    sharers = said.group_by("number").aggregate(units=said.unit_no.nunique())
    agreed = sharers.filter((sharers.units > 1) & (sharers.units <= TOO_COMMON)).select("number")
    said = said.semi_join(agreed, "number")
    other = said.view()
    pairs = said.inner_join(
        other, [said.number == other.number, said.unit_no < other.unit_no], rname="{name}_other"
    )
    if kind == kinds.PERSON:
        pairs = pairs.filter(compatible(pairs.birth_date, pairs.birth_date_other))
    return pairs.select(
        left_no=ibis.least(pairs.record_no, pairs.record_no_other),
        right_no=ibis.greatest(pairs.record_no, pairs.record_no_other),
        field=ibis.literal(field),
    ).distinct()


def _to_the_first(said: ir.Table, field: str) -> ir.Table:
    """Every record to the first of its number: a block of flats under one address would make too many pairs."""
    first = said.group_by("number").aggregate(first=said.record_no.min())
    joined = said.inner_join(first, "number")
    joined = joined.filter(joined.record_no != joined.first)
    return joined.select(left_no="first", right_no="record_no", field=ibis.literal(field)).distinct()


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
