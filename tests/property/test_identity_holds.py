"""Clusters and ids, of places that nobody thought of: no rule broken, no order that matters, no id lost or reused."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from identities_by_hand import before as made_before
from identities_by_hand import identified
from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, BY_REPEAT, BY_REVIEWER, Edge, Rules, clusters
from vestry.linkage.decisions import Decision, decided_apart
from vestry.linkage.identity import WITHOUT_RECORDS, Before

UNITS = "abcdefgh"
units = st.sampled_from(UNITS)
pairs = st.lists(units, min_size=2, max_size=2, unique=True)


@st.composite
def edges(draw: st.DrawFn, *, by: tuple[str, ...] = (BY_MODEL, BY_REPEAT, BY_IDENTIFIER)) -> Edge:
    left, right = draw(pairs)
    weight = draw(st.sampled_from([1.0, 2.0, 2.0, 7.5]))
    return Edge(left=left, right=right, decided_by=draw(st.sampled_from(by)), probability=0.99, weight=weight)


days = st.sampled_from(["2026-01", "2026-02", "2026-03"])
spans = st.tuples(st.sampled_from(["food", "rates"]), days, days).map(lambda s: (s[0], *sorted(s[1:])))
said_apart = st.lists(pairs, max_size=2).map(
    lambda found: decided_apart([Decision(left_unit=a, right_unit=b, same=False) for a, b in found])
)
rules = st.builds(
    Rules,
    numbers=st.dictionaries(units, st.frozensets(st.sampled_from("12"), min_size=1, max_size=1), max_size=5),
    held=st.dictionaries(units, spans, max_size=5),
    apart=said_apart,
)


@settings(max_examples=500, deadline=None)
@given(found=st.lists(edges(), max_size=14), rule=rules)
def test_no_cluster_breaks_a_rule(found: list[Edge], rule: Rules) -> None:
    """Unless a reviewer says so, and none does here."""
    of = clusters(list(UNITS), found, rule)
    assert set(of) == set(UNITS)
    for left, right in combinations(UNITS, 2):
        if of[left] != of[right]:
            continue
        assert (left, right) not in rule.apart
        one, other = rule.held.get(left), rule.held.get(right)
        if one and other and one[0] == other[0]:
            assert one[1] > other[2] or other[1] > one[2], "a register listed both on one day"
        numbers = [rule.numbers.get(u, frozenset()) for u in (left, right)]
        assert not (all(numbers) and numbers[0].isdisjoint(numbers[1]))


@settings(max_examples=300, deadline=None)
@given(
    found=st.lists(edges(by=(BY_MODEL, BY_IDENTIFIER, BY_REVIEWER)), max_size=14),
    rule=rules,
    rng=st.randoms(use_true_random=False),
)
def test_the_order_of_edges_and_units_changes_nothing(found: list[Edge], rule: Rules, rng: Random) -> None:
    expected = clusters(list(UNITS), [_settled(e) for e in found], rule)
    other, names = list(found), list(UNITS)
    rng.shuffle(other)
    rng.shuffle(names)
    assert clusters(names, [_settled(e) for e in other], rule) == expected
    assert clusters(names, other, rule) == clusters(list(UNITS), found, rule)


def _settled(edge: Edge) -> Edge:
    return replace(edge, left=min(edge.left, edge.right), right=max(edge.left, edge.right))


@settings(max_examples=200, deadline=None)
@given(found=st.lists(edges(), max_size=10))
def test_without_rules_clusters_are_what_is_joined(found: list[Edge]) -> None:
    of = clusters(list(UNITS), found, Rules())
    assert all(of[e.left] == of[e.right] for e in found)
    assert len(set(of.values())) >= len(UNITS) - len(found)
    assert all(of[name] == name and name == min(u for u in UNITS if of[u] == name) for name in of.values())


clusterings = st.dictionaries(st.sampled_from(UNITS), st.sampled_from("1234"), min_size=1)


def named_by_smallest(clustering: dict[str, str]) -> dict[str, str]:
    smallest: dict[str, str] = {}
    for unit in sorted(clustering):
        smallest.setdefault(clustering[unit], unit)
    return {unit: smallest[group] for unit, group in clustering.items()}


@settings(max_examples=400, deadline=None)
@given(history=st.lists(st.tuples(clusterings, st.sets(st.sampled_from(UNITS))), min_size=2, max_size=6))
def test_ids_last_through_any_history(history: list[tuple[dict[str, str], set[str]]]) -> None:
    """Units come, go and are joined otherwise each time; after it all, every id there ever was can be followed."""
    before, lived = Before(), set[str]()
    born: dict[str, int] = {}
    named_at: list[dict[str, str]] = []
    leads: dict[str, set[str]] = {}
    ended: set[str] = set()
    last_had: dict[str, dict[str, str]] = {}
    for at, (clustering, current) in enumerate(history):
        cluster_of = named_by_smallest(clustering)
        entity_of, happenings = identified("person", cluster_of, current, before)
        again, _ = identified("person", dict(reversed(cluster_of.items())), current, before)
        assert again == entity_of, "the order of members must not matter"
        assert len(set(entity_of.values())) == len(entity_of), "two clusters must not share an id"
        for h in happenings:
            if h.happened == "created":
                assert h.entity_id not in born, "an id was used again"
                born[h.entity_id] = at
            if h.into_entity is not None:
                assert h.into_entity in set(entity_of.values()), "an id leads to one that is not there"
                leads.setdefault(h.entity_id, set()).add(h.into_entity)
            assert (h.reason == WITHOUT_RECORDS) == (
                h.happened == "retired" and h.entity_id not in entity_of.values()
            )
            if h.happened == "retired":
                ended.add(h.entity_id)
            elif h.happened == "restored":
                ended.discard(h.entity_id)
        told = {h.entity_id for h in happenings}
        for entity in lived:
            assert entity in told, "nothing was said of an id that was current"
        member_entity = {m: entity_of[c] for m, c in cluster_of.items()}
        for entity, had in last_had.items():
            if {m for m, c in cluster_of.items() if c == cluster_of.get(min(had))} == set(had):
                assert {member_entity[m] for m in had} == {entity}, "who comes back as they were goes on"
        named_at.append(member_entity)
        lived = {entity_of[c] for m, c in cluster_of.items() if m in current}
        for entity in {*entity_of.values(), *leads}:
            last_had.pop(entity, None)
        for h in happenings:
            if h.reason == WITHOUT_RECORDS:
                last_had[h.entity_id] = {m: e for m, e in named_at[-2].items() if e == h.entity_id}
        gone = {m: e for had in last_had.values() for m, e in had.items() if m not in member_entity}
        before = made_before(member_entity, current=lived, used=set(born), ended=gone)
    now = set(named_at[-1].values())
    for entity in born:
        reached: set[str] = set()
        waiting = [entity]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += leads.get(one, ())
        assert reached & now or any(r in ended for r in reached), "an id leads nowhere"
    for earlier, later in pairwise(named_at):
        for entity in set(earlier.values()) - set(later.values()):
            kept = {later[m] for m, e in earlier.items() if e == entity and m in later}
            assert kept <= leads.get(entity, set()), (
                "an id that was lost must lead to everyone who has its members"
            )


@settings(max_examples=300, deadline=None)
@given(found=st.lists(edges(), max_size=14), gone=units)
def test_taking_a_unit_away_joins_nobody(found: list[Edge], gone: str) -> None:
    """Where no rule keeps anybody apart. Where one does, what it kept apart may join once it has nothing to say."""
    before = clusters(list(UNITS), found, Rules())
    rest = [u for u in UNITS if u != gone]
    after = clusters(rest, [e for e in found if gone not in (e.left, e.right)], Rules())
    assert all(before[a] == before[b] for a, b in combinations(rest, 2) if after[a] == after[b])
