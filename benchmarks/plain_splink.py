"""What a competent Splink user gets from the fictional place: the bar that Vestry's own linkage has to clear.

    python benchmarks/plain_splink.py PLACE_FOLDER [--withhold] [--as-at DATE] [--json]

Reads the files in `incoming/` directly (`flat_records`), trains one model and prints the best F1 over thresholds,
for pairs of records in one cluster (connected components) by `truth/people.csv`. `--withhold` leaves out NHS and
National Insurance numbers and unique pupil numbers. Its own time is that of training, scoring and clustering once,
without reading the files and without looking for the best threshold. `--json` prints one line for a program.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from flat_records import records
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (
    0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999,
)  # fmt: skip


def settings(withhold: bool) -> SettingsCreator:
    """Names, birth date, postcode, address and telephone compared; identifiers too unless withheld."""
    comparisons: list[Any] = [
        cl.NameComparison("given").configure(term_frequency_adjustments=True),
        cl.NameComparison("family").configure(term_frequency_adjustments=True),
        cl.CustomComparison(
            output_column_name="middle",
            comparison_levels=[
                cll.NullLevel("middle"),
                cll.ExactMatchLevel("middle"),
                cll.CustomLevel("substr(middle_l, 1, 1) = substr(middle_r, 1, 1)", "same initial"),
                cll.ElseLevel(),
            ],
        ),
        cl.DateOfBirthComparison("birth", input_is_string=True),
        cl.CustomComparison(
            output_column_name="home",
            comparison_levels=[
                cll.And(cll.NullLevel("address"), cll.NullLevel("postcode")),
                cll.And(cll.ExactMatchLevel("address"), cll.ExactMatchLevel("postcode")),
                cll.And(cll.JaroWinklerLevel("address", 0.9), cll.ExactMatchLevel("postcode")),
                cll.ExactMatchLevel("address"),
                cll.ExactMatchLevel("postcode"),
                cll.ElseLevel(),
            ],
        ),
        cl.ExactMatch("phone"),
    ]
    blocking = [
        block_on("family", "given"),
        block_on("postcode", "family"),
        block_on("postcode", "given"),
        block_on("birth"),
        block_on("phone"),
        block_on("email"),
        block_on("substr(family, 1, 4)", "substr(given, 1, 3)"),
        block_on("address"),
    ]
    if not withhold:
        comparisons += [cl.ExactMatch("nhs_number"), cl.ExactMatch("nino"), cl.ExactMatch("upn")]
        blocking += [block_on("nhs_number"), block_on("nino"), block_on("upn")]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocking,
        additional_columns_to_retain=["entity"],
    )


def trained(frame: pd.DataFrame, withhold: bool) -> Linker:
    """A linker trained as the library's tutorial does: u by sampling, m by expectation-maximisation."""
    linker = Linker(frame, settings(withhold), db_api=DuckDBAPI(), set_up_basic_logging=False)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("family", "given", "postcode"), block_on("given", "birth")], recall=0.75
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("family", "given"), block_on("birth"), block_on("address", "given")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def pairs_within(sizes: Counter[Any]) -> int:
    """How many pairs groups of these sizes hold."""
    return sum(n * (n - 1) // 2 for n in sizes.values())


def f1_of(clusters: pd.DataFrame) -> tuple[float, float, float]:
    """Pairwise precision, recall and F1 of a clustering with its true entities."""
    found = pairs_within(Counter(clusters.cluster_id))
    true = pairs_within(Counter(clusters.entity))
    both = pairs_within(Counter(zip(clusters.cluster_id, clusters.entity, strict=True)))
    precision, recall = both / max(1, found), both / max(1, true)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The best clustering by F1, how many records and true people there were, and seconds by stage."""

    f1: float
    precision: float
    recall: float
    threshold: float
    records: int
    people: int
    seconds: dict[str, float]


def measured(frame: pd.DataFrame, withhold: bool, told: Callable[[str], None]) -> Figures:
    """Train, score and cluster at each threshold; the last of the clusterings is the one whose time counts."""
    began = time.perf_counter()
    linker = trained(frame, withhold)
    taught = time.perf_counter()
    scored = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    predicted = time.perf_counter()
    best: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    once = 0.0
    for threshold in THRESHOLDS:
        at = time.perf_counter()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            scored, threshold
        ).as_pandas_dataframe()
        once = time.perf_counter() - at
        precision, recall, f1 = f1_of(clusters)
        told(f"threshold {threshold:<7} precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}")
        best = max(best, (f1, precision, recall, threshold))
    return Figures(
        f1=best[0], precision=best[1], recall=best[2], threshold=best[3],
        records=len(frame), people=int(frame.entity.nunique()),
        seconds={"train": taught - began, "score": predicted - taught, "cluster": once},
    )  # fmt: skip


def main() -> None:
    """Train, score, cluster at each threshold, print the best."""
    parser = argparse.ArgumentParser(description="Plain Splink on a fictional place.")
    parser.add_argument("place", type=Path)
    parser.add_argument(
        "--withhold", action="store_true", help="leave out NHS, National Insurance and pupil numbers"
    )
    parser.add_argument("--as-at", help="which date under incoming/ (default: the first)")
    parser.add_argument("--json", action="store_true", help="print one line, for a program")
    asked = parser.parse_args()
    frame = records(asked.place, asked.as_at)
    found = measured(frame, asked.withhold, (lambda line: None) if asked.json else print)
    if asked.json:
        print(json.dumps(asdict(found)))
        return
    used = "withheld" if asked.withhold else "used"
    print(f"{found.records:,} records of {found.people:,} people, identifiers {used}")
    print(
        f"best F1 {found.f1:.4f} at {found.threshold} (precision {found.precision:.4f}, recall {found.recall:.4f}); "
        f"{sum(found.seconds.values()):.1f} s"
    )


if __name__ == "__main__":
    main()
