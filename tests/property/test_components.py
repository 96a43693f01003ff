"""What hangs together does so by igraph's word too, however the pairs come."""

from __future__ import annotations

import igraph
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vestry.linkage.components import components

UNITS = 30


@given(
    pairs=st.lists(st.tuples(st.integers(0, UNITS - 1), st.integers(0, UNITS - 1)), max_size=60),
    units=st.integers(UNITS, UNITS + 5),
)
def test_each_unit_is_named_by_the_smallest_of_its_component(
    pairs: list[tuple[int, int]], units: int
) -> None:
    left, right = (np.array([p[side] for p in pairs], np.int64) for side in (0, 1))
    found = components(left, right, units).tolist()
    for together in igraph.Graph(n=units, edges=pairs).connected_components():
        assert {found[unit] for unit in together} == {min(together)}


def test_a_long_chain_in_any_order() -> None:
    order = np.random.default_rng(3).permutation(5_000)
    assert not components(order[:-1], order[1:], 5_000).any()
