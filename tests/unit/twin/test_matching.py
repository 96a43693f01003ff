"""What the likeliest entities come to: one is sure, several are for a person to look at, none is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vestry.place import Thresholds
from vestry.twin.matching import MatchedEntity, Outcome, decided

LIKELY = MatchedEntity(
    entity_id="p-1", kind="person", name="", born="", address="", postcode="", current=True, probability=0.99,
    weight=9.0, decided_by="model", evidence=(), records=("r-1",),
)  # fmt: skip
NUMBER = replace(LIKELY, probability=1.0, weight=None, decided_by="identifier")
UNSURE = replace(LIKELY, probability=0.7)
APART = replace(LIKELY, apart="it has another NHS number")


@pytest.mark.parametrize(
    ("found", "outcome", "why"),
    [
        ([], Outcome.NONE, "No record is as likely as 0.5"),
        ([LIKELY], Outcome.MATCH, "at least 0.95"),
        ([LIKELY, UNSURE], Outcome.MATCH, "at least 0.95"),
        ([LIKELY, LIKELY], Outcome.POSSIBLE, "2 are as likely as 0.95"),
        ([UNSURE], Outcome.POSSIBLE, "between 0.5 and 0.95"),
        ([NUMBER, LIKELY], Outcome.MATCH, "identifier"),
        ([NUMBER, NUMBER], Outcome.POSSIBLE, "2 hold the identifiers"),
        ([APART], Outcome.POSSIBLE, "another NHS number"),
        ([LIKELY, APART], Outcome.MATCH, "at least 0.95"),
    ],
)
def test_outcomes(found: list[MatchedEntity], outcome: Outcome, why: str) -> None:
    said, sentence = decided(found, Thresholds(), "person")
    assert said is outcome
    assert why in sentence
