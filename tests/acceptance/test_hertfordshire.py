"""The real Hertfordshire, when its published files are at hand: what the issue of the first release asks to see.

`make test` tries two districts; `make test-deep` the whole county.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "hertfordshire"
FILES = Path(os.environ.get("VESTRY_DATA", ROOT.parent / "shared" / "data")) / "hertfordshire"

pytestmark = pytest.mark.skipif(
    not FILES.is_dir(), reason="the published files of Hertfordshire are not here"
)


def run(*arguments: str) -> str:
    """Run one of the example's scripts as a person would, and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=3000, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def twin(place: Path, release: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(place / "releases" / release / "twin.duckdb"), read_only=True)


def counts(printed: str, district: str) -> tuple[int, int, int]:
    """(in both, kept, joined wrongly) of a district in the trial's table."""
    found = re.search(rf"^{district}\s+(\d+)\s+(\d+)\s+[\d.]+\s+(\d+)", printed, re.MULTILINE)
    assert found, printed[-3000:]
    return int(found[1]), int(found[2]), int(found[3])


@pytest.fixture(scope="module")
def rekeyed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The trial of new keys over two districts."""
    work = tmp_path_factory.mktemp("rekey")
    return run(
        str(EXAMPLE / "rekey.py"),
        "--data",
        str(FILES),
        "--work",
        str(work),
        "--districts",
        "stevenage,three-rivers",
    )


def test_rekeyed_establishments_keep_their_ids(rekeyed: str) -> None:
    both, kept, wrong = counts(rekeyed, "all")
    assert both == 513 + 494
    assert kept >= 0.985 * both
    assert wrong <= 0.003 * both


@pytest.mark.deep
def test_the_whole_county_rekeyed(tmp_path: Path) -> None:
    printed = run(str(EXAMPLE / "rekey.py"), "--data", str(FILES), "--work", str(tmp_path))
    both, kept, wrong = counts(printed, "all")
    assert both == 8371
    assert kept >= 0.99 * both
    assert wrong <= 0.003 * both


@pytest.mark.deep
def test_both_releases(tmp_path: Path) -> None:
    place = tmp_path / "place"
    run(str(EXAMPLE / "make.py"), "--data", str(FILES), "--place", str(place))
    first, second = sorted(p.name for p in (place / "releases").iterdir() if p.is_dir())
    con = twin(place, second)
    registers = con.execute(
        "SELECT count(*), sum(received) FROM ledger WHERE source LIKE '%-food'"
    ).fetchone()
    assert registers == (20, 8582 + 8720)
    assert con.execute(
        "SELECT count(*) FROM ledger WHERE received <> loaded + repeated + quarantined"
    ).fetchone() == (0,)
    with_postcode, placed = con.execute(
        "SELECT count(*), count(placed_by) FROM records WHERE kind = 'organisation' AND postcode IS NOT NULL"
    ).fetchone()  # type: ignore[misc]
    assert placed >= 0.995 * with_postcode
    unexplained = con.execute(
        "SELECT count(*) FROM records WHERE kind = 'organisation' AND postcode IS NULL AND placed_why IS NULL"
    ).fetchone()
    assert unexplained == (0,)
    crimes = con.execute(
        "SELECT geography, round(sum(value)) FROM area_measures WHERE source = 'police-street' GROUP BY 1"
    ).fetchall()
    assert {total for _, total in crimes} == {24270}
    stayed = con.execute(
        "ATTACH '" + str(place / "releases" / first / "twin.duckdb") + "' AS before (READ_ONLY);"
        "SELECT count(*), count(*) FILTER (a.entity_id = b.entity_id) FROM before.members a"
        " JOIN members b USING (source, source_key, part)"
        " WHERE a.kind = 'organisation' AND a.source LIKE '%-food'"
    ).fetchone()
    assert stayed is not None
    assert stayed[1] >= 0.998 * stayed[0]
