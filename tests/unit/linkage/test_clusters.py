"""Clusters and the rules that keep units apart, by hand."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, BY_REVIEWER, GIANT, Edge, Rules, clusters


def edge(left: str, right: str, weight: float = 5.0, decided_by: str = BY_MODEL) -> Edge:
    return Edge(left=left, right=right, decided_by=decided_by, probability=0.99, weight=weight)


def groups(units: str, *edges: Edge, **rules: object) -> set[str]:
    """Each cluster as the text of its units, in order."""
    found = clusters(list(units), list(edges), Rules(**rules))  # type: ignore[arg-type]
    assert list(found) and set(found) == set(units)
    named: dict[str, str] = {}
    for unit in sorted(units):
        named[found[unit]] = named.get(found[unit], "") + unit
    assert all(name == text[0] for name, text in named.items()), "a cluster is named by its smallest unit"
    return set(named.values())


def numbers(**of: str) -> dict[str, frozenset[str]]:
    return {unit: frozenset(said.split()) for unit, said in of.items()}


def both(*pairs: str) -> frozenset[tuple[str, str]]:
    return frozenset({(p[0], p[1]) for p in pairs} | {(p[1], p[0]) for p in pairs})


def test_joined_units_are_one_and_others_stand_alone() -> None:
    assert groups("abcd", edge("a", "b"), edge("b", "c")) == {"abc", "d"}


def test_an_edge_to_nowhere_is_an_error() -> None:
    with pytest.raises(KeyError):
        clusters(["a"], [edge("a", "z")], Rules())


def test_different_numbers_stay_apart() -> None:
    assert groups("ab", edge("a", "b"), numbers=numbers(a="1", b="2")) == {"a", "b"}
    assert groups("ab", edge("a", "b"), numbers=numbers(a="1", b="1")) == {"ab"}
    assert groups("ab", edge("a", "b"), numbers=numbers(a="1")) == {"ab"}


def test_different_numbers_stay_apart_through_one_that_has_none() -> None:
    """`b` goes to the one that it is more like."""
    rules = numbers(a="1", c="2")
    assert groups("abc", edge("a", "b", 9), edge("b", "c", 4), numbers=rules) == {"ab", "c"}
    assert groups("abc", edge("a", "b", 4), edge("b", "c", 9), numbers=rules) == {"a", "bc"}


def test_only_a_reviewer_joins_two_numbers() -> None:
    rules = numbers(a="1", b="2")
    assert groups("ab", edge("a", "b", 99, BY_IDENTIFIER), numbers=rules) == {"a", "b"}
    assert groups("ab", edge("a", "b", 0, BY_REVIEWER), numbers=rules) == {"ab"}


def test_one_who_has_had_two_numbers_may_share_either() -> None:
    assert groups("abc", edge("a", "b"), edge("b", "c"), numbers=numbers(a="1", b="1 2", c="2")) == {"abc"}


def test_a_reviewers_different_stands_over_any_score_and_any_way_round() -> None:
    assert groups("ab", edge("a", "b", 99), apart=both("ab")) == {"a", "b"}
    assert groups("abc", edge("a", "b", 99), edge("b", "c", 9), apart=both("ac")) == {"ab", "c"}
    assert groups("abc", edge("a", "b", 99, BY_IDENTIFIER), edge("b", "c", 9), apart=both("ac")) == {
        "ab",
        "c",
    }


def test_a_reviewer_stands_before_an_identifier_and_an_identifier_before_a_score() -> None:
    rules = numbers(a="1", c="2")
    assert groups("abc", edge("a", "b", 1, BY_IDENTIFIER), edge("b", "c", 99), numbers=rules) == {"ab", "c"}
    assert groups(
        "abc", edge("a", "b", 1, BY_REVIEWER), edge("b", "c", 99, BY_IDENTIFIER), numbers=rules
    ) == {"ab", "c"}  # fmt: skip


def test_a_register_lists_each_once_on_a_day() -> None:
    same_day = {"a": ("food", "2026-01", "2026-03"), "b": ("food", "2026-02", "2026-04")}
    assert groups("ab", edge("a", "b"), held=same_day) == {"a", "b"}
    assert groups("ab", edge("a", "b", 0, BY_REVIEWER), held=same_day) == {"ab"}
    one_after_another = {"a": ("food", "2026-01", "2026-02"), "b": ("food", "2026-03", "2026-04")}
    assert groups("ab", edge("a", "b"), held=one_after_another) == {"ab"}
    two_registers = {"a": ("food", "2026-01", "2026-03"), "b": ("rates", "2026-01", "2026-03")}
    assert groups("ab", edge("a", "b"), held=two_registers) == {"ab"}


def test_the_whole_cluster_counts_and_not_the_pair_alone() -> None:
    held = {"a": ("food", "2026-01", "2026-03"), "d": ("food", "2026-01", "2026-03")}
    assert groups("abcd", edge("a", "b", 9), edge("b", "c", 8), edge("c", "d", 7), held=held) == {"abc", "d"}


def test_a_weak_pair_goes_before_it_breaks_a_strong_one() -> None:
    held = {"a": ("food", "2026-01", "2026-03"), "c": ("food", "2026-01", "2026-03")}
    assert groups("abc", edge("a", "b", 2), edge("b", "c", 8), held=held) == {"a", "bc"}


@pytest.mark.parametrize(
    ("decided_by", "most"), [(BY_MODEL, GIANT), (BY_IDENTIFIER, GIANT + 40), (BY_REVIEWER, GIANT + 40)]
)
def test_no_score_makes_a_giant(decided_by: str, most: int) -> None:
    """A chain of more units than one entity has: cut where it is weakest, unless numbers or a person made it."""
    names = [f"u{n:03}" for n in range(GIANT + 40)]
    chain = [
        edge(a, b, 3 if n == 60 else 9, decided_by) for n, (a, b) in enumerate(itertools.pairwise(names))
    ]
    found = clusters(names, chain, Rules())
    sizes = Counter(found.values())
    assert max(sizes.values()) <= most
    if decided_by == BY_MODEL:
        assert sizes == {names[0]: 61, names[61]: GIANT + 40 - 61}


def test_the_largest_that_is_no_giant_stays_whole() -> None:
    names = [f"u{n:03}" for n in range(GIANT)]
    chain = [edge(a, b) for a, b in itertools.pairwise(names)]
    assert set(clusters(names, chain, Rules()).values()) == {names[0]}


def test_a_father_and_son_of_one_name_stay_two() -> None:
    def born(a: int, b: int) -> dict[str, frozenset[int]]:
        return {"a": frozenset({a}), "b": frozenset({b})}

    assert groups("ab", edge("a", "b"), born=born(1952, 1979)) == {"a", "b"}
    assert groups("ab", edge("a", "b"), born=born(1952, 1962)) == {"ab"}, "ten years may be one person's"
    assert groups("ab", edge("a", "b"), born={"a": frozenset({1952, 1975}), "b": frozenset({1979})}) == {"ab"}
