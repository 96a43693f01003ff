"""Profiles: what linkage compares. Records alike in everything compared are one profile, scored once.

A *unit* is one key of one source (all the contents it has had); a cluster is a set of units. A profile's units
may still be several people: two copies of it are scored against each other to find out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.ids import DIGEST_LENGTH, SEPARATOR
from vestry.linkage.worked_out import worked_out
from vestry.model import kinds
from vestry.standardise.contents import in_one_text
from vestry.standardise.remembered import Remembered

COMPARED: Final[Mapping[str, tuple[str, ...]]] = {
    kinds.PERSON: (
        "family_name", "given_names", "previous_family_name", "known_as", "birth_date", "sex",
        "postcode", "address_lines", "uprn", "phone", "email", "nhs_number", "nino",
        "beside_postcode", "beside_lines", "beside_uprn", "other_number",
    ),
    kinds.ORGANISATION: (
        "organisation_name", "organisation_type", "postcode", "address_lines", "phone", "email", "rating", "rated_on",
    ),
}  # fmt: skip
"""Columns of `records` that make a profile. Keys of sources are not among them: they say nothing of who."""

KEYS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    kinds.PERSON: {
        "family_sound": ("family_sound", "family_name"),
        "given_key": ("given_key", "given_names"),
        "given_sound": ("family_sound", "given_names"),
        "known_key": ("given_key", "known_as"),
        "address_key": ("address_key", "address_lines"),
        "beside_key": ("address_key", "beside_lines"),
        "building_number": ("building_number", "address_key"),
    },
    kinds.ORGANISATION: {
        "organisation_core": ("organisation_core", "organisation_name"),
        "address_key": ("address_key", "address_lines"),
        "building_number": ("building_number", "address_key"),
    },
}
"""Column made for comparing: (standardising rule, column it is made from, which may be made for comparing itself)."""


def with_units(engine: Engine, records: ir.Table, contracts: Iterable[Contract]) -> ir.Table:
    """`records` with `unit_id`: one lasting text for its source, key, part and kind.

    A property has no key of its own in a register of something else: its unit is its address, except in sources
    whose contract says that their records may not be linked, where every unit stands alone. Of the UPRN only the
    source's own word counts here: a new gazetteer must not make every property another one.
    """
    unlinked = sorted(c.source for c in contracts if not c.may_link)
    mark = ibis.literal(SEPARATOR)
    key = mark.join([records.source, records.source_key, records.part, records.kind])
    where = mark.join(
        [records.kind, *(records[c].fill_null("") for c in ("uprn_given", "address_lines", "postcode"))]
    )
    by_address = records.kind == kinds.PROPERTY
    if unlinked:
        by_address &= records.source.notin(unlinked)
    named = ibis.ifelse(by_address, where, key).hexdigest("sha256").left(DIGEST_LENGTH)
    return engine.keep("records", records.mutate(unit_id=named))


def profiles(
    engine: Engine, records: ir.Table, kind: str, remembered: Remembered, beside: ir.Table | None
) -> tuple[ir.Table, ir.Table]:
    """(`profiles`, `holders`) of the records of one kind.

    `profiles` has `profile_no` (in the order of `profile_id`, a digest of what is compared: the same from build to build), the
    compared columns, the keys made for comparing, and `repeated` (several units hold it). `holders` has `profile_no, unit_no,
    record_no`, one row for each content of each unit. `records` has `unit_no`, a number for each unit;
    `beside` is as `addresses_beside` has it.
    """
    columns = COMPARED[kind]
    if beside is not None and kind == kinds.PERSON:
        records = records.left_join(beside, "record_no").drop("record_no_right")
    said = in_one_text(records, columns).hexdigest("sha256")
    signed = records.select("record_no", "unit_no", *columns, profile_id=said.left(DIGEST_LENGTH))
    signed = engine.keep(f"{kind}_signed", signed)
    first = signed.group_by("profile_id").aggregate(
        first_no=signed.record_no.min(), repeated=signed.unit_no.min() != signed.unit_no.max()
    )
    first = first.mutate(profile_no=ibis.row_number().over(order_by="profile_id"))
    first = engine.keep(f"{kind}_first", first)
    distinct = signed.drop("unit_no", "profile_id").inner_join(first, signed.record_no == first.first_no)
    distinct = engine.keep(f"{kind}_distinct", distinct.drop("record_no", "first_no"))
    holders = signed.inner_join(first.select("profile_id", "profile_no"), "profile_id")
    holders = engine.keep(f"{kind}_holders", holders.select("profile_no", "unit_no", "record_no"))
    engine.forget(signed, first)
    at_once = {key: made for key, made in KEYS[kind].items() if made[1] in columns}
    then = {key: made for key, made in KEYS[kind].items() if key not in at_once}
    keyed = engine.keep(f"{kind}_keyed", _with_keys(distinct, at_once, remembered))
    found = engine.keep(f"{kind}_profiles", worked_out(_with_keys(keyed, then, remembered), kind))
    engine.forget(distinct, keyed)
    return found, holders


def addresses_beside(engine: Engine, records: ir.Table) -> ir.Table:
    """`record_no, beside_postcode, beside_lines, beside_uprn`: for people without an address, that of another thing on their row.

    A parent who is named in a pupil's row most likely lives there. `records` are of all kinds.
    """
    columns = ("postcode", "address_lines", "uprn")
    people = records.filter(records.kind == kinds.PERSON)
    row = ["extract_id", "row_number"]
    lacking = people.filter(ibis.and_(*(people[c].isnull() for c in columns)))
    lacking = engine.keep("people_lacking", lacking.select("record_no", *row))
    others = records.filter(records.address_lines.notnull()).semi_join(lacking, row)
    first = others.group_by(row).aggregate(
        **{f"beside_{c.removeprefix('address_')}": others[c].argmin(others.record_no) for c in columns}
    )
    return engine.keep("people_beside", lacking.inner_join(first, row).drop(*row))


def _with_keys(table: ir.Table, keys: Mapping[str, tuple[str, str]], remembered: Remembered) -> ir.Table:
    texts = table.mutate(**{f"text_{key}": table[column] for key, (_, column) in keys.items()})
    wanted = {f"text_{key}": (rule, [key]) for key, (rule, _) in keys.items()}
    return remembered.standard_forms(texts, wanted).drop(*wanted)
