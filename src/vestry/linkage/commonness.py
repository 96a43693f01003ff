"""How common values are: counted when a model is learnt, kept in it, and from then on the same for whoever is compared.

Were they counted anew each time, every new record would move the score of every pair a little, and people who have nothing to
do with it could be put together otherwise. A value that nobody had when they were counted is as rare as the rarest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

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


def with_shares(
    engine: Engine,
    kind: str,
    profiles: str,
    columns: Sequence[str],
    design: Design,
    common: Mapping[str, Commonness],
) -> str:
    """SQL of `columns` of the table `profiles`, and for each column where frequency counts `tf_<column>`: how common its value
    is, as `common` has it. What that is read from is kept.

    Each distinct value is looked up once: by its digest, which takes longer than the join.
    """
    said = where_frequency_counts(design)
    told = engine.bring(f"{kind}_shares_told", shares_known(common)).get_name()
    values = ", ".join(
        f"of_{column} AS (SELECT {column}, coalesce(share, {common.get(column, NOT_COUNTED).any_other!r}) AS tf FROM"
        f" (SELECT DISTINCT {column} FROM {profiles} WHERE {column} IS NOT NULL) LEFT JOIN"
        f" (SELECT value, share FROM {told} WHERE column_name = '{column}')"
        f" ON value = left(sha256({column}), {VALUE_DIGEST}))"
        for column in said
    )
    found = [f"p.{column}" for column in columns] + [f"of_{column}.tf AS tf_{column}" for column in said]
    joins = " ".join(f"LEFT JOIN of_{column} ON of_{column}.{column} = p.{column}" for column in said)
    return f"{f'WITH {values} ' if said else ''}SELECT {', '.join(found)} FROM {profiles} p {joins}"


def shares_known(common: Mapping[str, Commonness]) -> pa.Table:
    """`column_name, value, share` of the values that are common."""
    columns = sorted(common)
    counts = [len(common[column].shares) for column in columns]
    return pa.table(
        {
            "column_name": pa.array(np.repeat(columns, counts) if columns else [], pa.string()),
            "value": pa.array((name for c in columns for name in common[c].shares), pa.string()),
            "share": pa.array((share for c in columns for share in common[c].shares.values()), pa.float64()),
        }
    )


def _name(value: ir.StringValue) -> ir.StringValue:
    """As `model.value_digest`."""
    return value.hexdigest("sha256").left(VALUE_DIGEST)
