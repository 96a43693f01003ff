"""The frame of a sample: every pair is in one stratum, and small cells are put together."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from vestry.linkage.review.frames import Frame, FrameCell, GroupSize, read_frame, strata_of


def cell(band: str, left: str, right: str, size: int, *, joined: bool = True) -> FrameCell:
    return FrameCell(joined=joined, band=band, left_kind=left, right_kind=right, size=size)


CELLS = [
    cell("0.999 to 1", "gp", "tax", 9_000),
    cell("0.999 to 1", "gp", "gp", 5),
    cell("0.999 to 1", "gp", "roll", 8_000),
    cell("0.999 to 1", "roll", "tax", 30),
    cell("below 0.8", "gp", "tax", 40, joined=False),
    cell("below 0.8", "gp", "roll", 60, joined=False),
    cell("identifier", "gp", "nhs", 300),
]


@pytest.mark.parametrize("pairs", [1, 10, 60, 400, 100_000])
def test_every_cell_is_in_one_stratum(pairs: int) -> None:
    found = strata_of(CELLS, pairs, {})
    held = [c for s in found for c in s.cells]
    assert sorted(held, key=repr) == sorted(CELLS, key=repr)
    assert len({s.name for s in found}) == len(found)
    assert all(c.joined == s.joined for s in found for c in s.cells)


def test_pairs_of_sources_are_strata_where_enough_would_be_drawn() -> None:
    names = {s.name: s.size for s in strata_of(CELLS, 100, {})}
    assert names == {
        "joined, 0.999 to 1: gp and tax": 9_000, "joined, 0.999 to 1: gp and roll": 8_000,
        "joined, 0.999 to 1: other sources": 35, "joined, identifier": 300, "apart, below 0.8": 100,
    }  # fmt: skip
    assert {s.name for s in strata_of(CELLS, 9, {})} == {
        "joined, 0.999 to 1", "joined, identifier", "apart, below 0.8",
    }  # fmt: skip


def test_a_frame_is_read_as_it_was_written() -> None:
    strata = strata_of(CELLS, 100, {"below 0.8": 0.25})
    assert {s.rate for s in strata} == {0.25, 1.0}
    group = GroupSize(attribute="sex", value="female", size=7)
    frame = Frame(kinds={"gp-1": "gp"}, strata=tuple(replace(s, groups=(group,)) for s in strata))
    assert read_frame(json.loads(json.dumps(asdict(frame)))) == frame
