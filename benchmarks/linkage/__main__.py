"""Vestry and plain Splink, side by side: F1, precision, recall, seconds, memory, and curves.

    python -m benchmarks.linkage --data DIR [--only SET ...] [--to DIR] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.linkage.contest import Contest, run_set
from benchmarks.linkage.sets import SETS
from benchmarks.linkage.tables import as_json, table


def main() -> None:
    """Run the sets asked for and say how they went."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"), help="folder of the sets")
    parser.add_argument("--only", nargs="+", metavar="SET", help="of: " + " ".join(s.name for s in SETS))
    parser.add_argument("--side", choices=["vestry", "splink"], help="only one of the two")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the places there, to look into")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    asked = parser.parse_args()
    contests: list[Contest] = []
    for about in SETS:
        if asked.only and about.name not in asked.only:
            continue
        contests += run_set(
            about, asked.data, keep=asked.keep, side=asked.side, told=lambda line: print(line, file=sys.stderr, flush=True)
        )
    print(json.dumps(as_json(contests), indent=1) if asked.json else table(contests))


if __name__ == "__main__":
    main()
