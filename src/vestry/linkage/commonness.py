"""How common values are: counted when a model is learnt, kept in it, and from then on the same for whoever is compared.

Were they counted anew each time, every new record would move the score of every pair a little, and people who have nothing to
do with it could be put together otherwise. A value that nobody had when they were counted is as rare as the rarest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from vestry.engines.engine import Engine
from vestry.linkage.design import Design
from vestry.linkage.model import VALUE_DIGEST, Commonness

UNSEEN: Final = 0.5
"""How many others are believed to share a value that only the pair itself has."""
RAREST: Final = 1e-5
"""No value counts as rarer than this."""
NOT_COUNTED: Final = Commonness(any_other=0.0)


def where_frequency_counts(design: Design) -> list[str]:
    """The columns of a profile in which agreeing on a frequent value counts for less."""
    return sorted({level.common for c in design.comparisons for level in c.levels if level.common})


def counted(engine: Engine, profiles: ir.Table, design: Design) -> dict[str, Commonness]:
    """By column, how likely another entity is to share a value: by the profiles that have it, the pair apart.

    The two that are compared say nothing of how common their value is; in a small place they would make every
    value look common. Values that are too rare to be told apart are not kept.
    """
    return {column: _counted(engine, profiles, column) for column in where_frequency_counts(design)}


def _counted(engine: Engine, profiles: ir.Table, column: str) -> Commonness:
    said = profiles.filter(profiles[column].notnull())
    held = said.group_by(column).aggregate(held=said.count())
    others = ibis.greatest(held.held - 2, 0) + UNSEEN
    every = engine.keep(
        f"common_{column}",
        held.select(column, share=others / said.count().as_scalar().cast("float64")),
    )
    least = engine.fetch(every.aggregate(least=every.share.min()))["least"][0].as_py() or 0.0
    common = every.filter(every.share > max(least, RAREST))
    told = engine.fetch(common.select(name=_name(common[column]), share="share"))
    engine.forget(every)
    return Commonness(
        any_other=least, shares=dict(zip(told["name"].to_pylist(), told["share"].to_pylist(), strict=True))
    )


def shares(
    engine: Engine, kind: str, profiles: ir.Table, design: Design, common: Mapping[str, Commonness]
) -> dict[str, ir.Table]:
    """By column: `<column>, tf_<column>` of every value that `profiles` have, as `common` has it."""
    found = {}
    for column in where_frequency_counts(design):
        told = common.get(column, NOT_COUNTED)
        known = ibis.memtable(
            {"name": list(told.shares), "share": list(told.shares.values())},
            schema=ibis.schema({"name": "string", "share": "float64"}),
        )
        values = profiles.filter(profiles[column].notnull()).select(column).distinct()
        values = values.mutate(name=_name(values[column])).left_join(known, "name")
        share = values.share.fill_null(told.any_other)
        found[column] = engine.keep(
            f"{kind}_common_{column}", values.select(column, **{f"tf_{column}": share})
        )
    return found


def _name(value: ir.StringValue) -> ir.StringValue:
    """As `model.value_digest`."""
    return value.hexdigest("sha256").left(VALUE_DIGEST)
