"""Learning a linkage model of each kind: by linking everything as if there were none, for linking is what teaches.

How often two records of one entity agree is learnt from what is compared, and how often a list has somebody twice from what that
puts together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.decisions import Decision
from vestry.linkage.linking_all import link_all
from vestry.place import Place
from vestry.standardise.remembered import Remembered


def train_all(
    engine: Engine,
    records: ir.Table,
    contracts: Mapping[str, Contract],
    place: Place,
    decisions: Sequence[Decision],
    remembered: Remembered,
    *,
    models: Path,
) -> list[str]:
    """Learn a model of each kind from what `link_all` compares, and save them in the empty folder `models`.

    Returns the kinds: those of which there are at least two to compare.
    """
    with engine.workbench():
        link_all(engine, records, contracts, place, decisions, remembered, models=models)
    return [kind for kind in DESIGNS if (models / f"{kind}.json").exists()]
