"""What the records themselves say against joining: numbers, years of birth, registers, rivals. As tables for `clusters`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vestry.engines.engine import Engine
from vestry.linkage.bridges import BRIDGE_BITS, weak_bridges
from vestry.linkage.clusters import (
    BORN,
    BY_MODEL,
    BY_REPEAT,
    HELD,
    NUMBERS,
    RuleTables,
    clusters_of,
)
from vestry.linkage.components import Flags, Numbers
from vestry.linkage.identifiers import ONE_EACH, YEARS_APART
from vestry.linkage.rivals import SURE_BITS, Floats, Listed, listed_twice, weighed_again

LIST: Final = ["source", "table_name", "part"]
ENDED: Final = "/ended"
"""After the name of a list: those who are in it no longer."""


def contested(edges: pa.Table, rules: RuleTables, units: int, listed: Listed, link_from: float) -> Flags:
    """Which of `edges` join nothing by themselves: scored, and years of birth or rivals speak against them, or nothing but they
    holds two tight groups together.

    Of so many `units`, which are `listed` so.
    """
    scored, left, right, bits = _columns(edges)
    against: Flags = scored & _born_apart(left, right, rules.born, units)
    doubtful = scored & ~against & (bits < SURE_BITS)
    if doubtful.any():
        core = sure_groups(edges, rules, units)
        again = weighed_again(left[doubtful], right[doubtful], bits[doubtful], core, listed)
        against[doubtful] = 1 / (1 + np.exp2(-again)) < link_from
    standing = np.flatnonzero(~against)
    weak = scored[standing] & (bits[standing] < BRIDGE_BITS)
    against[standing] = weak_bridges(left[standing], right[standing], weak, units)
    return against


def sure_groups(edges: pa.Table, rules: RuleTables, units: int) -> Numbers:
    """What is put together when nothing doubtful counts: of each of so many `units`, the first of its group."""
    scored, left, right, bits = _columns(edges)
    doubtful = scored & (_born_apart(left, right, rules.born, units) | (bits < SURE_BITS))
    return clusters_of(units, edges.filter(pa.array(~doubtful)), rules)


def _columns(edges: pa.Table) -> tuple[Flags, Numbers, Numbers, Floats]:
    """(whether it was scored, left, right, bits) of each edge."""
    scored = pc.is_in(edges["decided_by"], value_set=pa.array([BY_MODEL, BY_REPEAT])).to_numpy()
    left, right = (edges[side].to_numpy() for side in ("left", "right"))
    return scored, left, right, edges["weight"].fill_null(0.0).to_numpy(zero_copy_only=False)


def _born_apart(left: Numbers, right: Numbers, born: pa.Table, units: int) -> Flags:
    """Whether every year of birth that one has said is too far from every one of the other."""
    first, last = np.full(units, np.inf), np.full(units, -np.inf)
    unit, year = (born[column].to_numpy() for column in BORN.names)
    np.minimum.at(first, unit, year)
    np.maximum.at(last, unit, year)
    apart = np.maximum(first[left] - last[right], first[right] - last[left])
    far: Flags = np.greater(apart, YEARS_APART, where=np.isfinite(apart), out=np.zeros(len(apart), np.bool_))
    return far


def lists_of(engine: Engine, records: ir.Table) -> pa.DictionaryArray:
    """The list that each unit is in, in the order of their numbers: its source, table and part; of several, the first.

    Who is listed no longer is in a list apart: a register that was given new keys lists everybody once before and once after.
    """
    name = records.source + "/" + records.table_name + "/" + records.part
    lists = records.mutate(list_of=name + ibis.ifelse(records.listed, "", ENDED))
    lists = lists.group_by("unit_no").aggregate(list_of=lists.list_of.min()).order_by("unit_no")
    return engine.fetch(lists)["list_of"].combine_chunks().dictionary_encode()


def learnt_twice(lists: pa.DictionaryArray, core: Numbers) -> dict[str, float]:
    """Of each list, how many times as often two units of one `core` group are both in it as any two are."""
    names = lists.dictionary.to_pylist()
    found = listed_twice(core, _numbers_in(lists), len(names))
    return dict(zip(names, found.tolist(), strict=True))


def listed(lists: pa.DictionaryArray, twice: Mapping[str, float]) -> Listed:
    """The same, with what the model knows of each; in a list that it does not know, to be twice is nothing unusual."""
    names = lists.dictionary.to_pylist()
    known = [twice.get(name, twice.get(name.removesuffix(ENDED), 1.0)) for name in names]
    return Listed(list_no=_numbers_in(lists), twice=np.array(known, np.float64))


def _numbers_in(lists: pa.DictionaryArray) -> Numbers:
    found: Numbers = lists.indices.to_numpy().astype(np.int64)
    return found


def registers_of(
    records: ir.Table, once_only: Collection[tuple[str, str, str]], unit: str = "unit_no"
) -> ir.Table:
    """The units of registers that hold each thing once, and since and until when; one that several tables list, in the first.

    `once_only` are (source, table, part); `unit` is the column that tells units apart.
    """
    once = ibis.memtable(
        [dict(zip(LIST, one, strict=True)) for one in sorted(once_only)],
        schema=ibis.schema(dict.fromkeys(LIST, "string")),
    )
    held = records.semi_join(once, LIST)
    return held.group_by(unit).aggregate(
        source=held.source.min(),
        table_name=held.table_name.min(),
        first_as_at=held.first_as_at.min(),
        last_as_at=held.listed_until.max(),
    )


def held(engine: Engine, registers: ir.Table) -> pa.Table:
    """The units of registers that hold each thing once, as `clusters.HELD`."""
    named = registers.mutate(register=registers.source + "/" + registers.table_name)
    return engine.fetch(named.select(*HELD.names)).cast(HELD)


def numbers(engine: Engine, records: ir.Table, kind: str) -> pa.Table:
    """The numbers of which one entity has only one, as `clusters.NUMBERS`."""
    column = ONE_EACH.get(kind)
    if column is None:
        return NUMBERS.empty_table()
    said = records.filter(records[column].notnull())
    return engine.fetch(said.select("unit_no", number=said[column]).distinct()).cast(NUMBERS)


def born(engine: Engine, records: ir.Table, years_apart: int | None) -> pa.Table:
    """The years of birth that are said of each unit, as `clusters.BORN`; of none where they keep nobody apart."""
    if years_apart is None:
        return BORN.empty_table()
    said = records.filter(records.birth_date.notnull())
    years = said.birth_date.left(4).cast("int64")
    return engine.fetch(said.select("unit_no", year=years).distinct()).cast(BORN)
