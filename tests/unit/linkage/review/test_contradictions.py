"""Where decisions contradict, the two ends are apart, whatever the order; what leads elsewhere stands."""

from __future__ import annotations

from random import Random

import igraph
from hypothesis import given, settings
from hypothesis import strategies as st

from vestry.linkage.decisions import Decision
from vestry.linkage.review.contradictions import contradictions, settled

UNITS = "abcdefg"


def said(*words: str) -> list[Decision]:
    """`a=b` for same, `a/b` for different."""
    return [Decision(left_unit=min(w[0], w[2]), right_unit=max(w[0], w[2]), same=w[1] == "=") for w in words]


def told(decisions: list[Decision]) -> set[str]:
    return {f"{d.left_unit}{'=' if d.same else '/'}{d.right_unit}" for d in decisions}


def test_no_contradiction_changes_nothing() -> None:
    decisions = said("a=b", "b=c", "d/e", "a/d")
    assert contradictions(decisions) == [] and settled(decisions) == decisions


def test_every_same_of_the_chain_falls() -> None:
    decisions = said("a=b", "b=c", "a/c")
    (found,) = contradictions(decisions)
    assert told([found.apart]) == {"a/c"} and told(list(found.chain)) == {"a=b", "b=c"}
    assert told(settled(decisions)) == {"a/c"}


def test_what_leads_elsewhere_stands() -> None:
    decisions = said("a=b", "b=c", "a/c", "b=d", "c=e", "f=g")
    assert told(settled(decisions)) == {"a/c", "b=d", "c=e", "f=g"}


def test_every_way_between_the_ends_falls() -> None:
    decisions = said("a=b", "b=d", "a=c", "c=d", "d=e", "a/d")
    assert told(settled(decisions)) == {"d=e", "a/d"}


def test_one_pair_said_both_is_apart() -> None:
    """Two decisions can come to one pair when they are carried to new keys."""
    assert told(settled(said("a=b", "a/b"))) == {"a/b"}


decisions_of_any_kind = st.lists(
    st.tuples(st.lists(st.sampled_from(UNITS), min_size=2, max_size=2, unique=True), st.booleans()),
    max_size=14,
).map(lambda found: [Decision(left_unit=min(p), right_unit=max(p), same=same) for p, same in found])


@settings(max_examples=400, deadline=None)
@given(decisions=decisions_of_any_kind, rng=st.randoms(use_true_random=False))
def test_what_stands_never_joins_two_that_are_different(decisions: list[Decision], rng: Random) -> None:
    standing = settled(decisions)
    number = {unit: at for at, unit in enumerate(UNITS)}
    graph = igraph.Graph(
        n=len(UNITS), edges=[(number[d.left_unit], number[d.right_unit]) for d in standing if d.same]
    )
    group = graph.connected_components().membership
    assert all(group[number[d.left_unit]] != group[number[d.right_unit]] for d in decisions if not d.same)
    assert [d for d in standing if not d.same] == [d for d in decisions if not d.same], "no different falls"
    shuffled = list(decisions)
    rng.shuffle(shuffled)
    assert told(settled(shuffled)) == told(standing)
