"""Learning a linkage model of each kind from all that linking would compare, without linking it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import ibis.expr.types as ir

from vestry.contracts.contract import Contract
from vestry.engines.engine import Engine
from vestry.linkage.blocks import block_keys
from vestry.linkage.comparable import comparable_of, numbered
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.profiles import addresses_beside, profiles
from vestry.linkage.scoring import train
from vestry.standardise.remembered import Remembered


def train_all(
    engine: Engine, records: ir.Table, contracts: Mapping[str, Contract], models: Path, remembered: Remembered
) -> list[str]:
    """Learn a model of each kind from what `link_all` would compare, and save them in the folder `models`.

    Returns the kinds: those of which there are at least two to compare.
    """
    _, comparable = comparable_of(records, contracts)
    found = []
    for kind in DESIGNS:
        with engine.workbench():
            of_kind, _, _ = numbered(engine, comparable, kind)
            beside = addresses_beside(engine, comparable, kind)
            compared, _ = profiles(engine, of_kind, kind, remembered, beside)
            blocks = block_keys(engine, kind, compared, DESIGNS[kind].blocking)
            if train(engine, compared, kind, models / f"{kind}.json", blocks=blocks):
                found.append(kind)
    return found
