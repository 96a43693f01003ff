"""Counts how far two groupings of the same records agree, from the sizes of groups: no pair is ever made.

A group of n records holds n(n-1)/2 pairs. Where `cells` are the groups that share both an entity of the twin and
a true one, pairs within cells are right, pairs within entities of the twin are joined, and pairs within true
entities are true. B-cubed comes from the same sizes.
"""

from __future__ import annotations

from math import fsum
from typing import Any, Final

from vestry.linkage.evaluation.measures import BCubed, Clustering, Entities, Score

PAIRS: Final = "n * (n - 1) // 2"


def clustering(connection: Any, known: str) -> Clustering:
    """The measures of table `known`, one row for each record: `twin` and `truth` say where it is."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE cells AS
        WITH c AS (SELECT twin, truth, count(*) AS n FROM {known} GROUP BY twin, truth)
        SELECT n, sum(n) OVER (PARTITION BY twin)::BIGINT AS in_twin, sum(n) OVER (PARTITION BY truth)::BIGINT AS in_true,
               row_number() OVER (PARTITION BY twin) = 1 AS first_of_twin,
               row_number() OVER (PARTITION BY truth) = 1 AS first_of_true
        FROM c
        """
    )
    found = Clustering(pairs=_pairs(connection), bcubed=_bcubed(connection), entities=_entities(connection))
    connection.execute("DROP TABLE cells")
    return found


def _pairs(connection: Any) -> Score:
    right, joined, true = connection.execute(
        f"""
        SELECT coalesce(sum({PAIRS}), 0),
               coalesce(sum(in_twin * (in_twin - 1) // 2) FILTER (first_of_twin), 0),
               coalesce(sum(in_true * (in_true - 1) // 2) FILTER (first_of_true), 0)
        FROM cells
        """
    ).fetchone()
    return score(right, joined, true)


def score(right: Any, joined: Any, true: Any) -> Score:
    """A score of pairs right, pairs joined and pairs that are true."""
    return Score(right=int(right), wrong=int(joined) - int(right), missed=int(true) - int(right))


def _bcubed(connection: Any) -> BCubed:
    """Summed by sizes, in order, so that the same records give the same digits."""

    def averaged(size: str) -> float | None:
        rows = connection.execute(
            f"SELECT n, {size}, count(*) AS many FROM cells GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        records = sum(n * many for n, _, many in rows)
        return fsum(many * n * n / of for n, of, many in rows) / records if records else None

    return BCubed(precision=averaged("in_twin"), recall=averaged("in_true"))


def _entities(connection: Any) -> Entities:
    row = connection.execute(
        """
        SELECT count(*) FILTER (first_of_twin), count(*) FILTER (first_of_true),
               count(*) FILTER (n = in_twin AND n = in_true),
               coalesce(sum(n) FILTER (n = in_twin AND n = in_true), 0),
               count(*) FILTER (first_of_twin AND n < in_twin),
               coalesce(sum(in_twin) FILTER (first_of_twin AND n < in_twin), 0),
               count(*) FILTER (first_of_true AND n < in_true),
               coalesce(sum(in_true) FILTER (first_of_true AND n < in_true), 0)
        FROM cells
        """
    ).fetchone()
    names = Entities.__dataclass_fields__
    return Entities(**{name: int(value) for name, value in zip(names, row, strict=True)})
