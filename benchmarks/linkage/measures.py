"""Pairwise and B-cubed precision, recall and F1 of one grouping of records against the true one.

What they mean: docs/explanation/how-linkage-is-measured.md. In columns, because a curve asks for many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


def f1(precision: float, recall: float) -> float:
    """The harmonic mean of two shares; 0 when both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Pairs (`right`, `wrong`, `missed`) with their shares, and B-cubed shares, 0 to 1."""

    precision: float
    recall: float
    f1: float
    b3_precision: float
    b3_recall: float
    b3_f1: float
    right: int
    wrong: int
    missed: int


def _pairs(sizes: Codes) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def codes(names: Any) -> Codes:
    """A number for each distinct name."""
    _, numbers = np.unique(np.asarray(names, dtype=str), return_inverse=True)
    return numbers.astype(np.int64)


def measured(clusters: Codes, entities: Codes) -> Measured:
    """Of records in one order, both sides by number. Precision is 1 where nothing was joined."""
    by_cluster, by_entity = np.bincount(clusters), np.bincount(entities)
    cells, both = np.unique(clusters * (entities.max() + 1) + entities, return_counts=True)
    cluster, entity = cells // (entities.max() + 1), cells % (entities.max() + 1)
    right, found, true = _pairs(both), _pairs(by_cluster), _pairs(by_entity)
    precision, recall = right / found if found else 1.0, right / true if true else 1.0
    b3_precision = float((both * both / by_cluster[cluster]).sum() / len(clusters))
    b3_recall = float((both * both / by_entity[entity]).sum() / len(clusters))
    return Measured(
        precision=precision, recall=recall, f1=f1(precision, recall),
        b3_precision=b3_precision, b3_recall=b3_recall, b3_f1=f1(b3_precision, b3_recall),
        right=right, wrong=found - right, missed=true - right,
    )  # fmt: skip
