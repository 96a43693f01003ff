"""Vestry and plain Splink, side by side: F1, precision, recall, seconds, memory, and curves.

    python -m benchmarks.linkage --data DIR [--only NAME ...] [--to DIR] [--json]

`--to` writes result.json, the table, and a curve for each set as SVG. README.md beside this says what is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.linkage import counties, sets
from benchmarks.linkage.chart import chart
from benchmarks.linkage.contest import SIDES, Contest, Run, contest_of_county, contest_of_set
from benchmarks.linkage.tables import as_json, markdown, table


def main() -> None:
    """Run what is asked for, and say how it went."""
    asked = _parser().parse_args()
    names = [*(s.name for s in sets.SETS), *(c.name for c in counties.counties(asked.residents))]
    wanted = asked.only or names
    if unknown := [name for name in wanted if name not in names]:
        sys.exit(f"No set is called {', '.join(unknown)}.\n  fix:   --only with some of: {' '.join(names)}")
    run = Run(
        data=asked.data, counties=asked.counties, keep=asked.keep, side=asked.side,
        told=lambda line: print(line, file=sys.stderr, flush=True),
    )  # fmt: skip
    chosen = [s for s in sets.SETS if s.name in wanted]
    sets.assert_there(chosen, asked.data)
    contests: list[Contest] = []
    for about in chosen:
        contests += contest_of_set(about, run)
    for county in counties.counties(asked.residents):
        if county.name in wanted:
            contests += contest_of_county(county, run)
    if asked.to:
        _write(contests, asked.to)
    print(json.dumps(as_json(contests), indent=1) if asked.json else table(contests))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.linkage", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data/linkage"), help="folder of the published sets"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="NAME",
        help="sets: febrl1 to febrl4, fake20000, county-0.4, county-1, county-2",
    )
    parser.add_argument("--side", choices=SIDES, help="only one of the two")
    parser.add_argument("--residents", type=int, default=counties.RESIDENTS, help="of each county")
    parser.add_argument(
        "--counties", type=Path, default=Path("build/bench/linkage"), help="where counties are made, and kept"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep Vestry's places there, for losses.py")
    parser.add_argument("--to", type=Path, metavar="DIR", help="write the result, tables and curves there")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser


def _write(contests: list[Contest], to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    (to / "result.json").write_text(json.dumps(as_json(contests), indent=1) + "\n", encoding="utf-8")
    (to / "result.md").write_text(markdown(contests), encoding="utf-8")
    for contest in contests:
        (to / f"{contest.name}-{contest.identifiers}.svg").write_text(chart(contest), encoding="utf-8")


if __name__ == "__main__":
    main()
