"""Samples: how many from where, kept whole, and what was answered."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from vestry.errors import NotFound, SampleInvalid
from vestry.linkage.decisions import Line, Side
from vestry.linkage.review.allotting import allotted
from vestry.linkage.review.samples import (
    Sample,
    SampledPair,
    Stratum,
    agreements,
    answers,
    read_sample,
    sample_names,
    write_sample,
)

LEFT, RIGHT = (Side(source="tax", source_key=k, part="person", kind="person") for k in "12")


def sample(name: str = "autumn") -> Sample:
    pair = SampledPair(left_record="a", right_record="b", left=LEFT, right=RIGHT, stratum="x", joined=True)
    return Sample(
        name=name, release="r", seed=1, by="ann", at="t", strata=(Stratum(name="x", size=9, drawn=1),), pairs=(pair,)
    )  # fmt: skip


@pytest.mark.parametrize("pairs", [1, 2, 3, 10, 30, 200, 5_000])
def test_never_more_than_asked_or_than_there_are(pairs: int) -> None:
    sizes = {"a": 100_000, "b": 900, "c": 3, "d": 1}
    found = allotted(sizes, pairs)
    assert sum(found.values()) == min(pairs, sum(sizes.values()))
    assert all(0 <= found[name] <= size for name, size in sizes.items())
    if pairs >= 30:
        assert found["c"] == 3 and found["d"] == 1 and found["b"] >= 4


def test_large_strata_give_more_but_not_in_proportion() -> None:
    found = allotted({"large": 90_000, "small": 900}, 110)
    assert 4 < found["small"] < found["large"] < 108


def test_nothing_to_draw_from() -> None:
    assert allotted({}, 10) == {}


def test_a_sample_is_read_as_it_was_written_and_never_replaced(tmp_path: Path) -> None:
    path = write_sample(tmp_path, sample())
    assert read_sample(tmp_path, "autumn") == sample()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sample_names(tmp_path) == ["autumn"]
    with pytest.raises(SampleInvalid):
        write_sample(tmp_path, sample())


@pytest.mark.parametrize("name", ["", "../x", "A", "a b", ".a", "a" * 61])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(SampleInvalid):
        read_sample(tmp_path, name)


def test_a_missing_and_a_damaged_sample(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_sample(tmp_path, "autumn")
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "autumn.json").write_text('{"name": "autumn"')
    with pytest.raises(SampleInvalid):
        read_sample(tmp_path, "autumn")


def said(word: str, by: str, sample: str = "autumn") -> Line:
    return Line(word=word, left=LEFT, right=RIGHT, where="", by=by, sample=sample)  # type: ignore[arg-type]


def test_the_last_answer_of_each_reviewer_counts() -> None:
    lines = [
        said("same", "ann"),
        said("different", "ben"),
        said("different", "ann"),
        said("same", "ben", "spring"),
    ]
    (found,) = answers(lines, "autumn").values()
    assert {by: line.word for by, line in found.items()} == {"ann": "different", "ben": "different"}
    (told,) = agreements(lines, "autumn")
    assert (told.one, told.other, told.agreed) == ("ann", "ben", 1.0)
    assert agreements([*lines, said("withdrawn", "ben")], "autumn") == []
