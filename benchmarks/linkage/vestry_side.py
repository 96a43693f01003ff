"""Vestry on one place: receive, build, and read from the release who was put together, at one threshold and at others.

At the place's own threshold the clusters are the release's `members`. For the curve the same place is built once more,
with the same model, and keeps pairs that it would forget (`review` at `CURVE_REVIEW`, nothing else); its `links` are
put together at each threshold by `vestry.linkage.clusters` under the release's own rules, without those that it holds to
be contested, as `vestry evaluate` does where it withholds identifiers. At the place's own threshold both must agree, and
it is said where they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from benchmarks.linkage.curves import BITS, bits_of, probability
from benchmarks.linkage.places import looked_at_from
from benchmarks.linkage.programs import Run, vestry

from vestry.linkage.clusters import BY_IDENTIFIER, BY_REVIEWER, EDGES, Rules, RuleTables, clusters_of
from vestry.place import open_place
from vestry.twin.manifest import current_release, read_manifest

Told = Callable[[str], None]
CPU = "processor"
"""Seconds of processors that a whole process took, start and reading too: steadier than the clock on a shared machine."""
CURVE_REVIEW = 0.05
"""Pairs from so probable up are kept for the curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one side put together. `found` has a row for each record: `record` and its cluster at each of `BITS`
    (`at_<bits>`); from Vestry also `fixed`, at the place's own threshold, and `at_own`, what the curve has there.
    `stages` are seconds of a run, `beside` what is told and not counted, `peak` bytes."""

    found: pd.DataFrame
    stages: Mapping[str, float]
    peak: int
    beside: Mapping[str, float] = field(default_factory=dict)


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
    SELECT m.source, m.source_key, m.part, m.record_id, m.entity_id, m.unit_id, r.nhs_number,
           TRY_CAST(left(r.birth_date, 4) AS INTEGER) AS born
    FROM members m JOIN records r USING (record_id) WHERE m.kind = 'person'
    ORDER BY m.source, m.source_key, m.part, m.record_id
"""
_HELD = """
    SELECT m.unit_id, min(r.source || '/' || r.table_name), min(r.first_as_at), max(r.last_as_at)
    FROM records r JOIN members m USING (record_id)
    JOIN linkage_rules l ON l.rule = 'holds each once' AND l.source = r.source AND l.table_name = r.table_name
    AND l.about = r.part
    WHERE r.kind = 'person' GROUP BY m.unit_id
"""
_LINKS = """
    SELECT a.unit_id AS "left", b.unit_id AS "right", l.decided_by, l.probability, l.weight, l.rest
    FROM links l JOIN members a ON a.record_id = l.left_record JOIN members b ON b.record_id = l.right_record
    WHERE l.kind = 'person' AND NOT l.contested ORDER BY ALL
"""
_YEARS_PART = "SELECT count(*) FROM linkage_rules WHERE rule = 'years of birth' AND value > 0"


def people(twin: Path) -> pd.DataFrame:
    """Every person record of a release: `source, source_key, part, record_id, entity_id, unit_id, nhs_number, born`."""
    with duckdb.connect(str(twin), read_only=True) as connection:
        return connection.execute(_PEOPLE).df()


def curve(twin: Path, at_least: float) -> pd.DataFrame:
    """`unit_id`, and its cluster at each of `BITS` (`at_<bits>`) and at the place's own threshold (`at_own`)."""
    with duckdb.connect(str(twin), read_only=True) as connection:
        frame = connection.execute(_PEOPLE).df()
        held = connection.execute(_HELD).fetchall()
        links = connection.execute(_LINKS).fetch_arrow_table()
        years_part = connection.execute(_YEARS_PART).fetchone()[0]
    units = sorted(frame.unit_id.unique())
    number_of = {unit: number for number, unit in enumerate(units)}
    numbers = frame.dropna(subset="nhs_number").groupby("unit_id").nhs_number.agg(frozenset).to_dict()
    dated = frame.dropna(subset="born").astype({"born": int})
    born = dated.groupby("unit_id").born.agg(frozenset).to_dict() if years_part else {}
    rules = RuleTables.of(
        Rules(
            numbers=numbers,
            born=born,
            held={unit: (register, str(a), str(b)) for unit, register, a, b in held},
        ),
        number_of,
    )
    certain = pc.is_in(links["decided_by"], value_set=pa.array([BY_IDENTIFIER, BY_REVIEWER]))
    bits = pc.if_else(certain, float("inf"), links["weight"])
    sides = {
        side: pa.array([number_of[unit] for unit in links[side].to_pylist()]) for side in ("left", "right")
    }
    edges = pa.table({**sides, **{c: links[c] for c in EDGES.names[2:]}}).cast(EDGES)
    found: dict[str, Any] = {"unit_id": units}
    for name, at in [("own", bits_of(at_least)), *((str(b), float(b)) for b in BITS)]:
        found[f"at_{name}"] = clusters_of(len(units), edges.filter(pc.greater_equal(bits, at)), rules)
    return pd.DataFrame(found)


def lowest() -> float:
    """The lowest threshold of a curve, as a probability."""
    return max(CURVE_REVIEW, probability(min(BITS)))


def outcome(place: Path, received: float, told: Told) -> Outcome:
    """Build a place whose files are received, once as it stands and once for the curve."""
    built = build(place)
    released = people(built.twin)
    told("Vestry builds again for its curve")
    with looked_at_from(place, lowest()):
        again = build(place)
    clustered = curve(again.twin, link_threshold(place))
    found = released.merge(clustered, on="unit_id").rename(columns={"entity_id": "fixed"})
    found["record"] = found.source + "/" + found.source_key + "/" + found.part
    return Outcome(
        found=found.drop_duplicates("record"),
        stages=built.steps,
        peak=built.run.peak,
        beside={"receive": received, CPU: built.run.cpu},
    )
