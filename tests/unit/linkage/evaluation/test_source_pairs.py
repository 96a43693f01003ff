"""Kinds of source, and pairs added up by them."""

from __future__ import annotations

from vestry.linkage.evaluation.measures import Score
from vestry.linkage.evaluation.source_pairs import SourcePair, by_kind_pair, kinds_of_source

ORGANISATIONS = {
    "north-council-tax": "north", "south-council-tax": "south", "south-vale-council-tax": "south-vale",
    "north-housing": "north", "gp": "nhs", "nhs-trust": "nhs", "police": "",
}  # fmt: skip


def test_a_kind_is_what_follows_the_organisation_where_several_have_it() -> None:
    assert kinds_of_source(ORGANISATIONS) == {
        "north-council-tax": "council-tax",
        "south-council-tax": "council-tax",
        "south-vale-council-tax": "council-tax",
        "north-housing": "north-housing",
        "gp": "gp",
        "nhs-trust": "nhs-trust",
        "police": "police",
    }


def test_pairs_are_added_up_whichever_way_round() -> None:
    def pair(left: str, right: str, *counts: int) -> SourcePair:
        return SourcePair(
            left=left, right=right, score=Score(right=counts[0], wrong=counts[1], missed=counts[2])
        )

    kinds = kinds_of_source(ORGANISATIONS)
    found = by_kind_pair(
        (
            pair("gp", "north-council-tax", 1, 2, 3),
            pair("gp", "south-council-tax", 10, 20, 30),
            pair("north-council-tax", "south-council-tax", 5, 0, 0),
            pair("north-council-tax", "north-council-tax", 0, 7, 0),
            pair("north-council-tax", "police", 1, 1, 1),
        ),
        kinds,
    )
    assert {(p.left, p.right): (p.score.right, p.score.wrong, p.score.missed) for p in found} == {
        ("council-tax", "gp"): (11, 22, 33),
        ("council-tax", "council-tax"): (5, 7, 0),
        ("council-tax", "police"): (1, 1, 1),
    }
