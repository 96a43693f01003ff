"""`vestry match`: what it prints of whom it found."""

from __future__ import annotations

import pytest

from vestry.cli.match import print_matched
from vestry.twin.matching import Matched, MatchedEntity, Outcome


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (("a",), "Said by 1 record: a.\n"),
        (("a", "b", "c"), "Said by 3 records: a, b, c.\n"),
        (("a", "b", "c", "d"), "Said by 4 records: a, b, c and 1 more.\n"),
    ],
)
def test_who_says_so(capsys: pytest.CaptureFixture[str], records: tuple[str, ...], said: str) -> None:
    one = MatchedEntity(
        entity_id="p-1", kind="person", name="", born="", address="", postcode="", current=True, probability=1.0,
        weight=None, decided_by="identifier", evidence=(), records=records,
    )  # fmt: skip
    found = Matched(
        release_id="rel-2", outcome=Outcome.MATCH, why="", found=(one,), more=0, compared=1, left_out=0
    )
    print_matched(found, "housing", "")
    assert said in capsys.readouterr().out
