"""Whose key each record has, where a contract says that it is another source's (`same_key_as`)."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from vestry.contracts.shared_keys import SourcePart

_SCHEMA = ibis.schema(dict.fromkeys(("source", "part", "key_source", "key_part"), "string"))


def owner_table(key_owners: Mapping[SourcePart, SourcePart]) -> ir.Table:
    """`source, part, key_source, key_part` of every part whose key is another's, and of every owner: its own."""
    owned = {**{owner: owner for owner in key_owners.values()}, **key_owners}
    rows = [(*part, *owner) for part, owner in sorted(owned.items())]
    return ibis.memtable([dict(zip(_SCHEMA.names, row, strict=True)) for row in rows], schema=_SCHEMA)


def with_key_owner(
    records: ir.Table, key_owners: Mapping[SourcePart, SourcePart], *, others: bool
) -> ir.Table:
    """`records` with `key_source, key_part`: the part whose key theirs is.

    `others`: also those that share keys with no other source, whose keys are their own; else they are left out.
    """
    if not others:
        return records.inner_join(owner_table(key_owners), ["source", "part"])
    if not key_owners:
        return records.mutate(key_source=records.source, key_part=records.part)
    joined = records.left_join(owner_table(key_owners), ["source", "part"])
    joined = joined.drop("source_right", "part_right")
    return joined.mutate(
        key_source=joined.key_source.fill_null(joined.source), key_part=joined.key_part.fill_null(joined.part)
    )
