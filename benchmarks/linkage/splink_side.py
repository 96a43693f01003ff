"""Plain Splink on one set, in a process of its own: train, score, cluster; says how long each took.

    python -m benchmarks.linkage.splink_side SET --data DIR --recipe NAME --to FILE.parquet [--withhold]
    python -m benchmarks.linkage.splink_side county --data PLACE_FOLDER --to FILE.parquet [--withhold]

The county is read and trained by `benchmarks/plain_splink.py`, which is the rival there.

Writes one row for each record: `record`, `entity`, and its cluster at each threshold (`at_<bits>`), where clusters are
connected components as Splink makes them. Prints one line of JSON with the seconds of each stage.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flat_records
import numpy as np
import pandas as pd
import plain_splink
from benchmarks.linkage.curves import BITS, probability
from benchmarks.linkage.sets import COUNTY, SETS, frame
from benchmarks.linkage.splink_settings import MAX_PAIRS, RECIPES, SEED, Recipe, comparison_of, rule_of
from splink import DuckDBAPI, Linker, SettingsCreator

logging.getLogger("splink").setLevel(logging.ERROR)
USUAL = 0.95
"""A threshold like those the pages cluster at; the clustering whose time counts."""


def trained(records: pd.DataFrame, recipe: Recipe) -> Linker:
    """A linker set up and trained as the recipe says."""
    settings = SettingsCreator(
        link_type=recipe.link_type,
        unique_id_column_name="record",
        comparisons=[comparison_of(written) for written in recipe.comparisons.values()],
        blocking_rules_to_generate_predictions=[rule_of(rule) for rule in recipe.blocking],
    )
    tables: Any = records
    if recipe.link_type == "link_only":
        tables = [held.drop(columns="source") for _, held in records.groupby("source", sort=True)]
    linker = Linker(tables, settings, db_api=DuckDBAPI(), set_up_basic_logging=False)
    linker.training.estimate_probability_two_random_records_match(
        [rule_of(rule) for rule in recipe.sure], recall=recipe.recall
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=MAX_PAIRS, seed=SEED)
    for rule in recipe.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule_of(rule), estimate_without_term_frequencies=recipe.without_term_frequencies
        )
    return linker


def components(records: pd.Series[Any], pairs: pd.DataFrame) -> pd.DataFrame:
    """The cluster of each record at each of `BITS`: connected components, pairs taken strongest first."""
    number_of = pd.Series(range(len(records)), index=records)
    pairs = pairs.sort_values("match_weight", ascending=False)
    left, right = (number_of[pairs[side]].tolist() for side in ("record_l", "record_r"))
    weight = pairs.match_weight.tolist()
    root = list(range(len(records)))

    def top(at: int) -> int:
        while root[at] != at:
            root[at] = at = root[root[at]]
        return at

    found = {}
    done = 0
    for bits in sorted(BITS, reverse=True):
        while done < len(weight) and weight[done] >= bits:
            one, other = sorted((top(left[done]), top(right[done])))
            root[other] = one
            done += 1
        found[f"at_{bits}"] = np.array([top(at) for at in range(len(root))], np.int64)
    return pd.DataFrame(found)


def of_set(
    name: str, data: Path, recipe_name: str, withhold: bool
) -> tuple[pd.DataFrame, Callable[[], Linker]]:
    """The records of a set with their truth, and what trains a linker on them."""
    about = next(s for s in SETS if s.name == name)
    recipe = RECIPES[name][recipe_name]
    if withhold and about.identifier:
        recipe = recipe.without(about.identifier)
    records = frame(about, data)
    compared = records.drop(columns=["entity", about.key])
    return records[["record", "entity"]], lambda: trained(compared, recipe)


def of_county(place: Path, withhold: bool) -> tuple[pd.DataFrame, Callable[[], Linker]]:
    """The same of a fictional county's first extracts."""
    records = flat_records.records(place, None)
    records["record"] = records.source + "/" + records.source_key + "/" + records.part
    compared = records.assign(unique_id=records.record)
    return records[["record", "entity"]], lambda: plain_splink.trained(compared, withhold)


def main() -> None:
    """Run one recipe on one set."""
    parser = argparse.ArgumentParser(description="Plain Splink on one set of records.")
    parser.add_argument("set", choices=[*(s.name for s in SETS), COUNTY])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--recipe", default="")
    parser.add_argument("--withhold", action="store_true", help="without the person's own number")
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args()
    if asked.set == COUNTY:
        truth, train = of_county(asked.data, asked.withhold)
    else:
        truth, train = of_set(asked.set, asked.data, asked.recipe, asked.withhold)
    began = time.perf_counter()
    linker = train()
    taught = time.perf_counter()
    scored = linker.inference.predict(threshold_match_probability=probability(min(BITS)))
    predicted = time.perf_counter()
    usual = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, USUAL)
    clustered = time.perf_counter()
    key = "unique_id" if asked.set == COUNTY else "record"
    pairs = scored.as_pandas_dataframe().rename(columns={f"{key}_l": "record_l", f"{key}_r": "record_r"})
    found = pd.concat(
        [truth, components(truth.record, pairs[["record_l", "record_r", "match_weight"]])], axis=1
    )
    found.to_parquet(asked.to)
    said = {
        "seconds": {"train": taught - began, "score": predicted - taught, "cluster": clustered - predicted},
        "pairs": len(pairs),
        "clusters_at_usual": int(usual.as_pandas_dataframe().cluster_id.nunique()),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
