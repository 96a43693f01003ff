"""Where Vestry loses: which true pairs it leaves apart and which wrong ones it joins, by the evidence there was.

    python -m benchmarks.linkage.losses SET --data DIR --places DIR

The places are those that `python -m benchmarks.linkage --keep DIR` left. The place is built once more, keeping every
pair that was scored at all (`review` at 0.000001, nothing else), so that a pair which is not there was brought together
by no blocking rule, or was thought all but impossible. No value of a record is printed, only how far values agree.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import duckdb
import pandas as pd
from benchmarks.linkage import vestry_side
from benchmarks.linkage.contest import places_of
from benchmarks.linkage.places import looked_at_from
from benchmarks.linkage.sets import FEBRL, SETS, frame
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

EVERY_PAIR = 0.000001
_EVIDENCE = """
    SELECT least(concat_ws('/', a.source, a.source_key, a.part), concat_ws('/', b.source, b.source_key, b.part)) AS one,
           greatest(concat_ws('/', a.source, a.source_key, a.part), concat_ws('/', b.source, b.source_key, b.part)) AS other,
           l.weight AS total, l.probability, e.field, e.agreement, e.weight AS bits
    FROM links l JOIN members a ON a.record_id = l.left_record JOIN members b ON b.record_id = l.right_record
    JOIN link_evidence e ON e.left_record = l.left_record AND e.right_record = l.right_record
    WHERE l.kind = 'person'
"""
Pair = tuple[str, str]


def pairs_of(records: pd.Series, groups: pd.Series) -> set[Pair]:
    """Every pair of records in one group, the first in order first."""
    found: set[Pair] = set()
    for _, held in records.groupby(groups):
        if len(held) > 1:
            found.update(combinations(sorted(held), 2))
    return found


def close(one: str | None, other: str | None) -> str:
    """How far two values agree, in a word."""
    if one is None or other is None:
        return "missing"
    if one == other:
        return "same"
    if DamerauLevenshtein.distance(one, other) <= 2 or JaroWinkler.similarity(one, other) >= 0.9:
        return "close"
    return "other"


def raw(one: pd.Series, other: pd.Series, shape: str) -> str:
    """How far two rows agree as they stand in the files."""
    columns = (
        ("given_name", "surname", "date_of_birth", "street_number", "address_1", "suburb", "postcode")
        if shape == FEBRL
        else ("first_name", "surname", "dob", "city", "email")
    )
    said = [f"{c} {close(one[c], other[c])}" for c in columns]
    given, family = columns[0], "surname"
    if (one[given] and one[given] == other[family]) or (one[family] and one[family] == other[given]):
        said.append("NAMES SWAPPED")
    return ", ".join(said)


def told(title: str, counted: Iterable[tuple[str, int]]) -> None:
    """Print a heading and lines."""
    print(f"\n{title}")
    for text, number in counted:
        print(f"{number:>7,}  {text}")


def main() -> None:
    """Say where one set is lost."""
    parser = argparse.ArgumentParser(description="Where Vestry loses on a set.")
    sets = {name: about for about in SETS for name in places_of(about)}
    parser.add_argument("set", choices=sets, help="a place that was kept")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--places", type=Path, required=True)
    parser.add_argument("--most", type=int, default=15, help="lines under each heading")
    asked = parser.parse_args()
    about = sets[asked.set]
    records = frame(about, asked.data).set_index("record", drop=False)
    place = asked.places / asked.set / "place"
    with looked_at_from(place, EVERY_PAIR):
        built = vestry_side.build(place)
    people = vestry_side.people(built.twin)
    people["record"] = people.source + "/" + people.source_key + "/" + people.part
    entity = records.record.map(people.set_index("record").entity_id)
    true, found = pairs_of(records.record, records.entity), pairs_of(records.record, entity)
    missed, wrong = true - found, found - true
    print(f"{about.title}: {len(true):,} true pairs, {len(missed):,} missed, {len(wrong):,} wrong")
    with duckdb.connect(str(built.twin), read_only=True) as twin:
        evidence = twin.execute(_EVIDENCE).df()
    by_pair = {
        pair: (
            held.total.iloc[0],
            held.probability.iloc[0],
            list(zip(held.field, held.agreement, held.bits, strict=True)),
        )
        for pair, held in evidence.groupby(["one", "other"])
    }
    never = [p for p in missed if p not in by_pair]
    low = [p for p in missed if p in by_pair]
    bands = Counter(min(int(by_pair[p][0] // 3) * 3, 99) for p in low)
    told("missed, by what was known", [("no blocking rule met it, or all but impossible", len(never)),
         *((f"scored {b} to {b + 3} bits", n) for b, n in sorted(bands.items()))])  # fmt: skip

    def pattern(pair: Pair) -> str:
        said = sorted(by_pair[pair][2], key=lambda e: e[0])
        return ", ".join(f"{field}: {agreement}" for field, agreement, _ in said if agreement != "missing")

    def weighed(pairs: list[Pair]) -> list[tuple[str, int]]:
        lines = Counter(pattern(p) for p in pairs)
        bits = (
            pd.Series([by_pair[p][0] for p in pairs], index=[pattern(p) for p in pairs])
            .groupby(level=0)
            .mean()
        )
        return [(f"{bits[text]:6.1f} bits  {text}", n) for text, n in lines.most_common(asked.most)]

    def fields(pairs: list[Pair]) -> list[tuple[str, int]]:
        lines: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for p in pairs:
            for field, agreement, bits in by_pair[p][2]:
                lines[f"{field}: {agreement}"] += 1
                total[f"{field}: {agreement}"] += bits or 0
        return [(f"{total[k] / n:6.1f} bits  {k}", n) for k, n in lines.most_common(25)]

    told("missed though scored: pattern, mean bits", weighed(low))
    told("missed though scored: each field", fields(low))
    told("right and scored, each field, for comparison", fields([p for p in true & found if p in by_pair]))
    rows = {p: (records.loc[p[0]], records.loc[p[1]]) for p in never}
    told("never met: how the files' own values agree",
         Counter(raw(*rows[p], about.shape) for p in never).most_common(asked.most))  # fmt: skip
    singles: Counter[str] = Counter()
    for p in never:
        singles.update(raw(*rows[p], about.shape).split(", "))
    told("never met: each column", singles.most_common(40))
    told("wrong and scored: pattern, mean bits", weighed([p for p in wrong if p in by_pair]))
    told(
        "wrong, not scored themselves (joined through others)",
        [("", len([p for p in wrong if p not in by_pair]))],
    )


if __name__ == "__main__":
    main()
