"""Vestry on one place: receive, build, and read from the release who was put together, at one threshold and at others.

At the place's own threshold the clusters are the release's `members`. For the curve the same place is built once more,
with the same model, and keeps pairs that it would forget (`review` at `CURVE_REVIEW`, nothing else); its `links` are
put together at each threshold by `vestry.linkage.clusters` under the release's own rules, as `vestry evaluate` does
where it withholds identifiers. At the place's own threshold both must agree, and it is said where they do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.linkage.curves import BITS, bits_of, probability
from benchmarks.linkage.programs import Run, vestry
from vestry.linkage.clusters import BY_IDENTIFIER, BY_REVIEWER, Edge, Rules, clusters
from vestry.place import open_place
from vestry.twin.manifest import current_release, read_manifest

CURVE_REVIEW = 0.05
"""Pairs from so probable up are kept for the curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A release: the process that made it, and its seconds by step."""

    run: Run
    steps: Mapping[str, float]
    twin: Path


def build(place: Path) -> Built:
    """Build a place, as its command line does."""
    ran = vestry("build", "--again", "--place", place)
    here = open_place(place)
    release = here.releases / str(current_release(here.releases))
    steps = {str(s["name"]): float(str(s["seconds"])) for s in read_manifest(release).steps}
    return Built(run=ran, steps=steps, twin=release / "twin.duckdb")


def link_threshold(place: Path) -> float:
    """The probability from which this place joins pairs."""
    return open_place(place).thresholds.link


_PEOPLE = """
    SELECT m.source, m.source_key, m.part, m.record_id, m.entity_id, m.unit_id, r.nhs_number
    FROM members m JOIN records r USING (record_id) WHERE m.kind = 'person'
    ORDER BY m.source, m.source_key, m.part, m.record_id
"""
_HELD = """
    SELECT m.unit_id, min(r.source || '/' || r.table_name), min(r.first_as_at), max(r.last_as_at)
    FROM records r JOIN members m USING (record_id)
    JOIN linkage_rules l ON l.rule = 'holds each once' AND l.source = r.source AND l.table_name = r.table_name
    WHERE r.kind = 'person' GROUP BY m.unit_id
"""
_LINKS = """
    SELECT a.unit_id, b.unit_id, l.decided_by, l.probability, l.weight
    FROM links l JOIN members a ON a.record_id = l.left_record JOIN members b ON b.record_id = l.right_record
    WHERE l.kind = 'person' ORDER BY ALL
"""


def people(twin: Path) -> pd.DataFrame:
    """Every person record of a release: `source, source_key, part, record_id, entity_id, unit_id, nhs_number`."""
    with duckdb.connect(str(twin), read_only=True) as connection:
        return connection.execute(_PEOPLE).df()


def curve(twin: Path, at_least: float) -> pd.DataFrame:
    """`unit_id`, and its cluster at each of `BITS` (`at_<bits>`) and at the place's own threshold (`at_own`)."""
    with duckdb.connect(str(twin), read_only=True) as connection:
        frame = connection.execute(_PEOPLE).df()
        held = connection.execute(_HELD).fetchall()
        links = connection.execute(_LINKS).fetchall()
    units = sorted(frame.unit_id.unique())
    numbers = frame.dropna(subset="nhs_number").groupby("unit_id").nhs_number.agg(frozenset).to_dict()
    rules: Rules[str] = Rules(numbers=numbers, held={unit: (register, str(a), str(b)) for unit, register, a, b in held})
    edges = [
        (
            float("inf") if by in (BY_IDENTIFIER, BY_REVIEWER) else bits_of(min(chance, 1 - 1e-7)) if weight is None
            else weight,
            Edge(left=left, right=right, decided_by=by, probability=chance, weight=weight or 0.0),
        )
        for left, right, by, chance, weight in links
    ]  # fmt: skip
    found = {"unit_id": units}
    for name, bits in [("own", bits_of(at_least)), *((str(b), float(b)) for b in BITS)]:
        joining = [edge for weight, edge in edges if weight >= bits]
        grouped = clusters(units, joining, rules)
        found[f"at_{name}"] = [grouped[unit] for unit in units]
    return pd.DataFrame(found)


def lowest() -> float:
    """The lowest threshold of a curve, as a probability."""
    return max(CURVE_REVIEW, probability(min(BITS)))
