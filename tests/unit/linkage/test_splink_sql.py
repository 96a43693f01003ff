"""What Splink composes is composed once, and not at all by whoever was told of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vestry.linkage import splink_sql
from vestry.linkage.comparisons import DESIGNS
from vestry.linkage.splink_sql import recall, splink_settings, told_of, weights_sql
from vestry.model import kinds

SETTINGS = splink_settings(DESIGNS[kinds.ORGANISATION])


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Nothing is known at first; whatever is composed."""
    compose, seen = splink_sql._compose, []

    def watched(settings: object) -> str:
        seen.append(settings)
        return compose(settings)

    monkeypatch.setattr(splink_sql, "_composed", {})
    monkeypatch.setattr(splink_sql, "_compose", watched)
    yield seen


def test_of_other_tables_it_is_the_same_statement(times: list[object]) -> None:
    one, other = weights_sql(SETTINGS, "people", "pairs"), weights_sql(SETTINGS, "others", "some")
    assert one != other == one.replace("people", "others").replace("FROM pairs", "FROM some")
    assert "FROM pairs" in one and "vestry_" not in one
    assert len(times) == 1


def test_other_settings_are_another(times: list[object]) -> None:
    rarer = {**SETTINGS, "probability_two_random_records_match": 1e-9}
    assert weights_sql(SETTINGS, "people", "pairs") != weights_sql(rarer, "people", "pairs")
    assert len(times) == 2


def test_whoever_was_told_composes_nothing(times: list[object]) -> None:
    told, said = told_of([SETTINGS]), weights_sql(SETTINGS, "people", "pairs")
    splink_sql._composed.clear()
    recall(told)
    assert weights_sql(SETTINGS, "people", "pairs") == said
    assert len(times) == 1
