"""Why a pair turned: told by its scores, or by a rule where these do not tell it."""

from __future__ import annotations

import pytest

from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL
from vestry.twin.entity_changes import RULED, RULED_BEFORE, Score, why_by_rule
from vestry.twin.turning_points import JOINS, JOINS_NO_LONGER, SAID_TO_BE_TWO


def score(probability: float, by: str = BY_MODEL, *, contested: bool = False) -> Score:
    return Score(probability=probability, weight=None, decided_by=by, contested=contested)


@pytest.mark.parametrize(
    ("how", "before", "after", "why"),
    [
        (JOINS_NO_LONGER, score(0.6924), score(0.7845), RULED),
        (JOINS_NO_LONGER, score(1.0, BY_IDENTIFIER), score(1.0, BY_IDENTIFIER), RULED),
        (JOINS_NO_LONGER, score(0.69), score(0.59), ""),
        (JOINS_NO_LONGER, score(0.69), score(0.78, contested=True), ""),
        (JOINS_NO_LONGER, score(0.69), None, ""),
        (JOINS, score(0.78), score(0.69), RULED_BEFORE),
        (JOINS, score(0.5), score(0.69), ""),
        (JOINS, None, score(0.69), ""),
        (SAID_TO_BE_TWO, score(0.78), score(0.0), ""),
    ],
)
def test_a_rule_is_named_where_the_scores_do_not_tell_it(
    how: str, before: Score | None, after: Score | None, why: str
) -> None:
    assert why_by_rule(how, before, after, link_from=0.6) == why
