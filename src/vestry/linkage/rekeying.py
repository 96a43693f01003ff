"""Re-keying: when a register changes supplier, most of its keys end at once and as many new ones begin.

Then a key that ended and one that began in the same register are likely before anything is compared: each of
them went on under some new key. That belief is worth a few bits, which are added to the weight of such a pair.
In an ordinary month, when few keys end, nothing is added: whoever ended has most likely gone.
"""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

SHARE_ENDED: Final = 0.5
"""From this share of a register's keys ending in one extract, the register is taken to be re-keyed."""

GOES_ON: Final = 0.95
"""Then, the chance that a thing that was listed before is listed still."""

SUCCESSIONS: Final = ibis.schema(
    dict.fromkeys(("source", "table_name", "ended_at", "began_at"), "string") | {"bits_each": "float64"}
)


def successions(units: ir.Table) -> ir.Table:
    """The registers that were re-keyed, as `SUCCESSIONS`.

    `units` has `source, table_name, first_as_at, last_as_at` for the units of registers that hold each thing once.
    `bits_each` is log2 of the odds, before comparing, that a given ended unit is a given begun one.
    """
    dates = (
        units.select("source", "table_name", at=units.first_as_at)
        .union(units.select("source", "table_name", at=units.last_as_at))
        .distinct()
    )
    order = ibis.window(group_by=["source", "table_name"], order_by="at")
    steps = dates.mutate(following=dates.at.lead().over(order)).filter(ibis._.following.notnull())
    register = ["source", "table_name"]
    held = units.inner_join(steps, register)
    step = [*register, "at", "following"]
    counted = held.group_by(step).aggregate(
        listed=((held.first_as_at <= held.at) & (held.last_as_at >= held.at)).sum(),
        ended=(held.last_as_at == held.at).sum(),
        began=(held.first_as_at == held.following).sum(),
    )
    rekeyed = counted.filter(
        (counted.ended >= counted.listed * SHARE_ENDED) & (counted.began >= counted.listed * SHARE_ENDED)
    )
    chance = ibis.least(GOES_ON / rekeyed.began.cast("float64"), 0.999)
    return rekeyed.select(
        *register, ended_at="at", began_at="following", bits_each=(chance / (1 - chance)).log2()
    )


def with_successions(pairs: ir.Table, units: ir.Table, step: ir.Table, *, prior_bits: float) -> ir.Table:
    """`pairs` with the bits of a re-keyed register added to `weight`, and `probability` worked out again.

    `pairs` has `left_unit, right_unit` (numbers of units), `probability, weight, decided_by`; `step` is as `successions` has
    it; `prior_bits` is log2 of the model's odds that two random records match, which the register's own odds replace.
    """
    left = units.select(
        left_unit="unit_no",
        source="source",
        table_name="table_name",
        left_first="first_as_at",
        left_last="last_as_at",
    )
    right = units.select(
        right_unit="unit_no", right_source="source", right_table="table_name",
        right_first="first_as_at", right_last="last_as_at",
    )  # fmt: skip
    both = pairs.left_join(left, "left_unit").drop("left_unit_right")
    both = both.left_join(right, "right_unit").drop("right_unit_right")
    both = both.mutate(
        ended=ibis.least(both.left_last, both.right_last),
        began=ibis.greatest(both.left_first, both.right_first),
    )
    joined = both.left_join(
        step,
        [
            both.source == step.source, both.table_name == step.table_name, both.ended == step.ended_at,
            both.began == step.began_at, both.source == both.right_source, both.table_name == both.right_table,
        ],
    )  # fmt: skip
    extra = ibis.greatest(joined.bits_each - prior_bits, 0.0).fill_null(0.0)
    weight = joined.weight + extra
    odds = ibis.literal(2.0) ** ibis.least(weight, 60.0)
    scored = joined.decided_by.isin(["model", "repeat"]) & (extra > 0)
    return joined.mutate(
        weight=ibis.ifelse(scored, weight.round(4), joined.weight),
        probability=ibis.ifelse(scored, (odds / (1 + odds)).round(6), joined.probability),
    ).select(*pairs.columns)
