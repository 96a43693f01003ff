"""Promise 4: a row that is taken away, or that changes, never makes one person of two others.

Everyone here is near to somebody: twins, a father and a son of one name, a couple, two of one name and street.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

HOME = {"ADDRESS": "1 High Street", "POSTCODE": "AB1 2AD"}
TAX = [
    {"ID": "1", "FAMILY": "Smith", "GIVEN": "Jane", "BORN": "1980-01-02", **HOME},
    {"ID": "2", "FAMILY": "Smith", "GIVEN": "June", "BORN": "1980-01-02", **HOME},
    {"ID": "3", "FAMILY": "Smith", "GIVEN": "John", "BORN": "1951-03-04", **HOME},
    {"ID": "4", "FAMILY": "Patel", "GIVEN": "Asha", "BORN": "1990-05-06", "ADDRESS": "3 Mill Lane", "POSTCODE": "AB1 2AF"},
    {"ID": "5", "FAMILY": "Haddad", "GIVEN": "Omar", "BORN": "1965-07-08", "ADDRESS": "4 Mill Lane", "POSTCODE": "AB1 2AF"},
]  # fmt: skip
GP = [
    {"ID": "A", "NHS": "9434765919", **{k: v for k, v in TAX[0].items() if k != "ID"}},
    {"ID": "B", "NHS": "9434765870", **{k: v for k, v in TAX[1].items() if k != "ID"}},
    {"ID": "C", "FAMILY": "Smith", "GIVEN": "John", "BORN": "1978-03-04", **HOME},
    {"ID": "D", "FAMILY": "Patel", "GIVEN": "Asha", "BORN": "1962-11-12", "ADDRESS": "9 Mill Lane", "POSTCODE": "AB1 2AF"},
    {"ID": "E", "FAMILY": "Haddad", "GIVEN": "Omar", "BORN": "1965-07-08", "ADDRESS": "77 Hill", "POSTCODE": "AB7 7AB"},
]  # fmt: skip
MOVED = {"ADDRESS": "12 Far Away", "POSTCODE": "AB9 9ZZ"}


def test_nobody_else_is_merged(make_tiny: Callable[..., Any], tmp_path: Any, looking: Any) -> None:
    tiny = make_tiny(tmp_path / "place", tax={}, gp={})
    tiny.send("tax", "2026-01-01", *TAX)
    tiny.send("gp", "2026-01-01", *GP)
    before = tiny.people(tiny.build().release_id)
    assert before["tax", "1"] == before["gp", "A"], "some are one"
    apart = [pair for pair in combinations(sorted(before), 2) if before[pair[0]] != before[pair[1]]]
    assert len(apart) > 30, "and most are not"
    months = iter(f"2026-{month:02d}-01" for month in range(2, 13))

    def joins_nobody(source: str, *rows: Any) -> None:
        tiny.send(source, next(months), *rows)
        release = tiny.build().release_id
        after = tiny.people(release)
        assert after.keys() == before.keys(), "what is gone is not forgotten"
        assert [pair for pair in apart if after[pair[0]] == after[pair[1]]] == []
        merged = "SELECT * FROM identities WHERE happened = 'merged' AND kind != 'household'"
        assert looking.rows_of(tiny.place, release, merged) == [], "whoever moves home changes households"

    for gone in ("A", "C"):
        joins_nobody("gp", *(row for row in GP if row["ID"] != gone))
    joins_nobody("tax", *(row for row in TAX if row["ID"] != "1"))
    joins_nobody("tax", *(row | MOVED if row["ID"] == "2" else row for row in TAX))
    joins_nobody("gp", *({**row, "NHS": ""} for row in GP))
