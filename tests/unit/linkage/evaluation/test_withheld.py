"""Clusters without identifiers: by hand, and against `linkage.clusters` given everything at once."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vestry.linkage.clusters import BY_IDENTIFIER, BY_MODEL, BY_REPEAT, BY_REVIEWER, Edge, Rules, clusters
from vestry.linkage.evaluation import withheld
from vestry.linkage.evaluation.streams import workspace

Link = tuple[int, int, float, float | None, str]
OLD, NEW = "2026-06-01", "2026-11-01"


def again(twin: Any, units: int) -> list[set[int]]:
    """The clusters of units 0, 1, 2 ..., from 0.95."""
    with workspace() as connection:
        connection.execute(
            f"CREATE TABLE known_person AS SELECT range::INTEGER AS unit_no FROM range({units})"
        )
        withheld.cluster_again(connection, twin, "person", 0.95)
        found: dict[int, set[int]] = {}
        for unit, cluster in connection.execute("SELECT unit_no, twin FROM again_person").fetchall():
            found.setdefault(cluster, set()).add(unit)
        left = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        assert left == {"known_person", "again_person"}
    return sorted(found.values(), key=min)


def linked(making: Any, units: int, links: list[Link], **said: Any) -> list[set[int]]:
    twin = making.twin([("s", str(n), "x") for n in range(units)])
    twin.rows["links", "person"] = links
    for name, rows in said.items():
        twin.rows[name, "person"] = rows
    return again(twin, units)


def bits(probability: float) -> float:
    return round(math.log2(probability / (1 - probability)), 4)


def test_a_model_joins_from_the_threshold(making: Any) -> None:
    links: list[Link] = [
        (0, 1, 0.95, 4.2, BY_MODEL),
        (1, 2, 0.94, 4.0, BY_MODEL),
        (3, 4, 0.99, 6.6, BY_REPEAT),
    ]
    assert linked(making, 5, links) == [{0, 1}, {2}, {3, 4}]


def test_a_contested_pair_joins_nothing(making: Any) -> None:
    links: list[Any] = [(0, 2, 0.99, 6.6, BY_MODEL, True), (1, 2, 0.999, 10.0, BY_MODEL, False)]
    assert linked(making, 3, links) == [{0}, {1, 2}]


def test_an_identifier_joins_only_what_the_model_would(making: Any) -> None:
    """Its probability in `links` is 1: what the model said is told by the weight, or nothing was scored."""
    links: list[Link] = [
        (0, 1, 1.0, None, BY_IDENTIFIER), (2, 3, 1.0, bits(0.96), BY_IDENTIFIER), (4, 5, 1.0, bits(0.9499), BY_IDENTIFIER),
        (6, 7, 1.0, bits(0.9501), BY_IDENTIFIER), (8, 9, 1.0, -3.0, BY_IDENTIFIER),
    ]  # fmt: skip
    assert linked(making, 10, links) == [{0}, {1}, {2, 3}, {4}, {5}, {6, 7}, {8}, {9}]


def test_a_reviewer_stands(making: Any) -> None:
    links: list[Link] = [
        (0, 1, 1.0, None, BY_REVIEWER), (2, 3, 0.99, 6.6, BY_MODEL), (3, 4, 0.99, 6.7, BY_MODEL), (2, 4, 0.0, 9.9, BY_REVIEWER),
    ]  # fmt: skip
    assert linked(making, 5, links) == [{0, 1}, {2}, {3, 4}]


def test_a_register_keeps_apart_what_it_lists_side_by_side(making: Any) -> None:
    links: list[Link] = [(0, 2, 0.99, 6.6, BY_MODEL), (1, 2, 0.999, 10.0, BY_MODEL)]
    side_by_side = [(0, "s/t", OLD, NEW), (1, "s/t", NEW, NEW)]
    one_after_another = [(0, "s/t", OLD, OLD), (1, "s/t", NEW, NEW)]
    of_two_registers = [(0, "s/t", OLD, NEW), (1, "s/u", NEW, NEW)]
    assert linked(making, 3, links, held=side_by_side) == [{0}, {1, 2}]
    assert linked(making, 3, links, held=one_after_another) == [{0, 1, 2}]
    assert linked(making, 3, links, held=of_two_registers) == [{0, 1, 2}]


def test_what_a_key_held_before_is_the_same_unit(making: Any) -> None:
    """Records 4 and 5 are earlier contents of units 0 and 1, and each speaks for its unit."""
    twin = making.twin([("s", str(n), "x") for n in range(4)])
    twin.rows["repeats", "person"] = [(4, 0), (5, 1)]
    twin.rows["unit ids", "person"] += [(4, "u0"), (5, "u1")]
    twin.rows["links", "person"] = [(2, 4, 0.99, 6.6, BY_MODEL), (2, 5, 0.999, 10.0, BY_MODEL)]
    assert again(twin, 4) == [{0, 1, 2}, {3}]
    twin.rows["held", "person"] = [(0, "s/t", NEW, NEW), (4, "s/t", OLD, OLD), (5, "s/t", OLD, OLD)]
    assert again(twin, 4) == [{0}, {1, 2}, {3}]


UNITS = 9
PAIRS = st.tuples(st.integers(0, UNITS - 1), st.integers(0, UNITS - 1)).filter(lambda p: p[0] < p[1])
LINKS = st.lists(
    st.tuples(PAIRS, st.sampled_from([0.9, 0.96, 0.99, 0.999]), st.sampled_from([BY_MODEL, BY_IDENTIFIER, BY_REPEAT])),
    max_size=14, unique_by=lambda link: link[0],
)  # fmt: skip
SPANS = st.sampled_from([(OLD, OLD), (OLD, NEW), (NEW, NEW)])
HELD = st.dictionaries(
    st.integers(0, UNITS - 1), st.tuples(st.sampled_from(["s/t", "s/u"]), SPANS), max_size=UNITS
)


@given(LINKS, HELD, st.sets(PAIRS, max_size=2), st.sets(PAIRS, max_size=2))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize("at_a_time", [50_000, 2])
def test_as_linkage_itself_would(
    making: Any, monkeypatch: pytest.MonkeyPatch, at_a_time: int, links: Any, held: Any, same: Any, apart: Any
) -> None:
    """In whatever heaps the doubtful ones are taken."""
    monkeypatch.setattr(withheld, "AT_A_TIME", at_a_time)
    same = same - apart
    machine = [link for link in links if link[0] not in same | apart]
    rows: list[Link] = [
        (left, right, 1.0 if by == BY_IDENTIFIER else p, bits(p), by) for (left, right), p, by in machine
    ]
    rows += [(left, right, 1.0, None, BY_REVIEWER) for left, right in same]
    rows += [(left, right, 0.0, None, BY_REVIEWER) for left, right in apart]
    spans = [(unit, register, *span) for unit, (register, span) in held.items()]
    found = linked(making, UNITS, rows, held=spans)

    edges = [
        Edge(left=f"u{left}", right=f"u{right}", decided_by=BY_MODEL, probability=p, weight=bits(p))
        for (left, right), p, _ in machine
        if p >= 0.95
    ]
    edges += [Edge(left=f"u{left}", right=f"u{right}", decided_by=BY_REVIEWER) for left, right in same]
    rules = Rules(
        held={f"u{unit}": (register, *span) for unit, (register, span) in held.items()},
        apart=frozenset((f"u{a}", f"u{b}") for pair in apart for a, b in (pair, pair[::-1])),
    )
    expected: dict[str, set[int]] = {}
    for unit, name in clusters([f"u{n}" for n in range(UNITS)], edges, rules).items():
        expected.setdefault(name, set()).add(int(unit[1:]))
    assert found == sorted(expected.values(), key=min)
