"""One row for each pair of records that something speaks for: whoever has the last word on it, and what the model says beside.

Profiles that only one unit holds stand for that unit. A profile that a few units hold is written out unit by
unit; one that many hold is joined round its first unit, and only if its two copies scored as one entity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vestry.engines.engine import Engine
from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, BY_REPEAT, BY_REVIEWER, STRENGTH
from vestry.linkage.decisions import Decision
from vestry.linkage.rekeying import with_successions

WRITTEN_OUT: Final = 6
"""Up to so many units of one profile, every pair of units is written out."""

PAIR: Final = ["left_no", "right_no"]
"""Two records by their numbers, the one that sorts first on the left."""
SAID: Final = ("probability", "weight", "rest", "decided_by")
"""What a row says of them."""
UNITS: Final = ["left_unit", "right_unit"]
"""The units of these, by their numbers."""
ROW: Final = ibis.schema(
    dict.fromkeys((*PAIR, *UNITS), "int64")
    | {"probability": "float64", "weight": "float64", "rest": "float64", "decided_by": "string"}
)


def link_rows(
    pairs: ir.Table,
    by_hand: ir.Table,
    registers: ir.Table,
    unit_of: ir.Table,
    *,
    review_from: float,
    new_keys: ir.Table | None,
    prior_bits: float,
) -> ir.Table:
    """As `ROW`, one for each of `pairs` (`PAIR` and what is `SAID`) from the review threshold up that no register rules out, and
    for each that was decided `by_hand` (as `reviewed` has it). `new_keys` and `prior_bits` are as `with_successions` wants them;
    None where no register was given new keys.
    """
    pairs = pairs.inner_join(unit_of.rename(left_unit="unit_no", left_no="record_no"), "left_no")
    pairs = pairs.inner_join(unit_of.rename(right_unit="unit_no", right_no="record_no"), "right_no")
    pairs = pairs.filter(pairs.left_unit != pairs.right_unit)
    if new_keys is not None:
        pairs = with_successions(pairs, registers, new_keys, prior_bits=prior_bits)
    pairs = _possible(pairs, registers)
    pairs = pairs.filter(pairs.probability >= review_from).select(*ROW.names).cast(ROW)
    return _one_row_each(pairs.union(by_hand))


def identified_pairs(identified: ir.Table, rest: ir.Table | None) -> ir.Table:
    """`PAIR` and what is `SAID` of pairs that an identifier joins; `rest` as `rest.rest_of` has it, None where nobody asks."""
    pairs = identified.select(*PAIR).distinct()
    unasked = pairs.mutate(rest=ibis.null("float64"))
    pairs = unasked if rest is None else pairs.left_join(rest, PAIR).select(*PAIR, "rest")
    return pairs.mutate(
        probability=ibis.literal(1.0), weight=ibis.null("float64"), decided_by=ibis.literal(BY_IDENTIFIER)
    ).select(*PAIR, *SAID)


def written_out(pairs: ir.Table, holders: ir.Table) -> ir.Table:
    """Pairs of profiles as pairs of records, as the module's head says: with `left_profile, right_profile` and what they have."""
    one_each = holders.group_by("profile_no", "unit_no").aggregate(record_no=holders.record_no.max())
    one_each = one_each.drop("unit_no")
    within = ibis.window(group_by="profile_no")
    one_each = one_each.mutate(
        units=one_each.count().over(within), first=one_each.record_no == one_each.record_no.min().over(within)
    )
    few = one_each.filter((one_each.units <= WRITTEN_OUT) | one_each.first)
    left = few.rename(left_profile="profile_no", left_no="record_no").drop("first", "units")
    right = one_each.rename(right_profile="profile_no", right_no="record_no")
    repeats = pairs.filter(pairs.left_profile == pairs.right_profile)
    others = pairs.filter(pairs.left_profile != pairs.right_profile)
    alike = repeats.inner_join(left, "left_profile").inner_join(right, "right_profile")
    alike = alike.filter(alike.left_no < alike.right_no).mutate(decided_by=ibis.literal(BY_REPEAT))
    apart = others.inner_join(left, "left_profile").inner_join(right, "right_profile")
    apart = apart.filter((apart.units <= WRITTEN_OUT) | apart.first).mutate(decided_by=ibis.literal(BY_MODEL))
    both = alike.union(apart.select(*alike.columns))
    return both.select(
        "left_profile", "right_profile",
        left_no=ibis.least(both.left_no, both.right_no), right_no=ibis.greatest(both.left_no, both.right_no),
        probability="probability", weight="weight", rest=ibis.null("float64"), decided_by="decided_by",
    )  # fmt: skip


def reviewed(engine: Engine, decided: Sequence[Decision], units: ir.Table, kind: str) -> ir.Table:
    """As `ROW`, one for each decision: of the newest records of its two units. `units` has `unit_id, unit_no, record_no`."""
    said = pa.table(
        {
            "one": pa.array([d.left_unit for d in decided], pa.string()),
            "other": pa.array([d.right_unit for d in decided], pa.string()),
            "probability": pa.array([1.0 if d.same else 0.0 for d in decided], pa.float64()),
        }
    )
    table = engine.bring(f"{kind}_decided", said)
    newest = units.select("unit_id", "unit_no", "record_no")
    joined = table.inner_join(newest.rename(one="unit_id", one_unit="unit_no", one_no="record_no"), "one")
    joined = joined.inner_join(
        newest.rename(other="unit_id", other_unit="unit_no", other_no="record_no"), "other"
    )
    in_order = joined.one_no < joined.other_no
    return joined.select(
        left_no=ibis.least(joined.one_no, joined.other_no),
        right_no=ibis.greatest(joined.one_no, joined.other_no),
        left_unit=ibis.ifelse(in_order, joined.one_unit, joined.other_unit),
        right_unit=ibis.ifelse(in_order, joined.other_unit, joined.one_unit),
        probability="probability", weight=ibis.null("float64"), rest=ibis.null("float64"),
        decided_by=ibis.literal(BY_REVIEWER),
    ).cast(ROW)  # fmt: skip


def profiles_apart(by_hand: ir.Table, holders: ir.Table) -> ir.Table:
    """`one, other`: the profiles of units that a reviewer told apart. `by_hand` as `reviewed` has it; `holders` with units."""
    apart = by_hand.filter(by_hand.probability == 0.0).select("left_unit", "right_unit")
    left = holders.select(left_unit="unit_no", one="profile_no")
    right = holders.select(right_unit="unit_no", other="profile_no")
    return apart.inner_join(left, "left_unit").inner_join(right, "right_unit").select("one", "other")


def _possible(pairs: ir.Table, registers: ir.Table) -> ir.Table:
    """Without pairs that a register holding each thing once lists side by side: they are two by its own word."""
    left = registers.rename(
        left_unit="unit_no", s1="source", t1="table_name", f1="first_as_at", l1="last_as_at"
    )
    right = registers.rename(
        right_unit="unit_no", s2="source", t2="table_name", f2="first_as_at", l2="last_as_at"
    )
    both = pairs.left_join(left, "left_unit").drop("left_unit_right")
    both = both.left_join(right, "right_unit").drop("right_unit_right")
    side_by_side = (both.s1 == both.s2) & (both.t1 == both.t2) & (both.f1 <= both.l2) & (both.f2 <= both.l1)
    return both.filter(~side_by_side.fill_null(False) | (both.decided_by == BY_IDENTIFIER)).select(
        *pairs.columns
    )


def _one_row_each(pairs: ir.Table) -> ir.Table:
    """One row for each pair: whoever has the last word decides it, and the model's evidence is kept beside."""
    ranked = pairs.mutate(standing=pairs.decided_by.cases(*STRENGTH.items(), else_=len(STRENGTH)))
    found = ranked.group_by(*PAIR, *UNITS).aggregate(
        probability=ranked.probability.argmin(ranked.standing),
        weight=ranked.weight.max(),
        rest=ranked.rest.max(),
        decided_by=ranked.decided_by.argmin(ranked.standing),
    )
    return found.select(*ROW.names)
