"""Evidence of linkage: what was compared between two records, and how far it agreed.

Of each pair there are many rows, and all alike in the pair. So until it is written there is one row for each pair, with
lists of what was compared; and it is put in order so, which is as good as sorting many times as many rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ibis
import ibis.expr.types as ir

WORDS: Final = {"field": "string", "agreement": "string", "weight": "float64"}
"""What is said of one thing compared: what, how well it agreed in words, and evidence in bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One thing that was compared, for each row of a table of pairs; `told` where only some rows tell of it."""

    field: ir.StringValue
    agreement: ir.StringValue
    weight: ir.FloatingValue
    told: ir.BooleanValue | None = None


def folded(pairs: ir.Table, ids: Sequence[str], compared: Sequence[Compared]) -> ir.Table:
    """`ids` of `pairs`, and a list for each of `WORDS`: one place in it for each thing compared, those that every pair tells of
    first."""
    lists = {}
    for word, kind in WORDS.items():
        said = [(getattr(one, word).cast(kind), one.told) for one in compared]
        found = ibis.array([value for value, told in said if told is None])
        for value, told in said:
            if told is not None:
                found = ibis.ifelse(told, found.concat(ibis.array([value])), found)
        lists[word] = found
    return pairs.select(*ids, **lists)


def exact_evidence(identified: ir.Table) -> ir.Table:
    """The evidence, `folded`, of pairs that an identifier joins: `left_no, right_no`, and its `field`."""
    by_number = Compared(field=identified.field, agreement=ibis.literal("exact"), weight=ibis.null("float64"))
    return folded(identified, ["left_no", "right_no"], [by_number])


def unfolded(pairs: ir.Table) -> ir.Table:
    """A row for each thing compared of each pair, in the order of `left_record, right_record`."""
    ordered = pairs.order_by("left_record", "right_record")
    return ordered.select("left_record", "right_record", **{word: ordered[word].unnest() for word in WORDS})
