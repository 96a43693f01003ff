"""What answers to a sample are taken for, and what they tell of parts of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vestry.linkage.decisions import Line, Side, Word
from vestry.linkage.evaluation.sampled import SampleReport, final_words, sample_report
from vestry.linkage.review.frames import Frame, FrameCell, FrameStratum, GroupSize
from vestry.linkage.review.samples import Sample, SampledPair, Stratum


def side(source: str, key: str) -> Side:
    return Side(source=source, source_key=key, part="person", kind="person")


def pair(number: int, stratum: str = "joined, x", *, joined: bool = True, other: str = "tax") -> SampledPair:
    left, right = side("gp", f"g{number}"), side(other, f"t{number}")
    return SampledPair(
        left_record=f"l{number}", right_record=f"r{number}", left=left, right=right, stratum=stratum, joined=joined
    )  # fmt: skip


def line(of: SampledPair, word: Word, by: str = "ann", sample: str = "autumn") -> Line:
    left, right = sorted((of.left, of.right), key=lambda s: s.unit)
    return Line(word=word, left=left, right=right, where="", by=by, sample=sample)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ([("same", "ann", "autumn")], "same"),
        ([("same", "ann", "autumn"), ("same", "bo", "autumn")], "same"),
        ([("same", "ann", "autumn"), ("cannot tell", "bo", "autumn")], "same"),
        ([("cannot tell", "ann", "autumn")], "cannot tell"),
        ([("same", "ann", "autumn"), ("different", "bo", "autumn")], "disagreed"),
        ([("same", "ann", "autumn"), ("different", "bo", "autumn"), ("different", "cy", "")], "different"),
        ([("different", "cy", ""), ("same", "ann", "autumn"), ("different", "bo", "autumn")], "disagreed"),
        ([("same", "ann", "autumn"), ("withdrawn", "ann", "autumn")], None),
        ([("same", "ann", "winter")], None),
        ([("same", "ann", "")], None),
        ([("different", "ann", "autumn"), ("same", "ann", "autumn")], "same"),
    ],
)
def test_what_a_pair_is_taken_for(said: list[tuple[Word, str, str]], word: str | None) -> None:
    one = pair(1)
    found = final_words([line(one, w, by, sample) for w, by, sample in said], "autumn")
    assert found.get(one.pair) == word


def cells(stratum: str, joined: bool, **sizes: int) -> tuple[FrameCell, ...]:
    return tuple(
        FrameCell(joined=joined, band=stratum, left_kind="gp", right_kind=other, size=size)
        for other, size in sizes.items()
    )


JOINED, APART = "joined, x", "apart, x"
FRAME = Frame(
    kinds={"gp": "gp", "tax": "tax", "roll": "roll"},
    strata=(
        FrameStratum(
            name=JOINED, joined=True, rate=1.0, cells=cells("x", True, tax=800, roll=200),
            groups=tuple(GroupSize(attribute="sex", value=v, size=n) for v, n in (("female", 600), ("male", 400))),
        ),
        FrameStratum(
            name=APART, joined=False, rate=1.0, cells=cells("x", False, tax=100),
            groups=(GroupSize(attribute="sex", value="female", size=100),),
        ),
    ),
)  # fmt: skip


def reported(words: dict[int, Word], groups: bool = True) -> SampleReport:
    """40 joined pairs, the last 12 of them with the roll and of men; 20 pairs apart."""
    pairs = [pair(n, other="roll" if n >= 28 else "tax") for n in range(40)]
    pairs += [pair(n, APART, joined=False) for n in range(40, 60)]
    sample = Sample(
        name="autumn", release="r", seed=1, by="ann", at="t", pairs=tuple(pairs), frame=FRAME,
        strata=(Stratum(name=JOINED, size=1000, drawn=40), Stratum(name=APART, size=100, drawn=20)),
    )  # fmt: skip
    lines = [line(p, words[n]) for n, p in enumerate(pairs) if n in words]
    of_pair = [{"sex": ("male",) if 28 <= n < 40 else ("female",)} for n in range(60)]
    return sample_report(sample, FRAME, lines, of_pair if groups else None)


ALL_RIGHT: dict[int, Word] = {n: "same" if n < 40 else "different" for n in range(60)}


def test_what_cannot_be_told_is_left_aside_and_bounds_the_rest() -> None:
    found = reported(ALL_RIGHT | dict.fromkeys((0, 1, 2, 3, 40, 41), "cannot tell"))
    a = found.answered
    assert (a.drawn, a.same, a.different, a.cannot_tell, a.missing) == (60, 36, 18, 6, 0)
    values = [
        (e.precision.value, e.recall.value)
        for e in (found.overall, found.if_same, found.if_different)
        if e.precision and e.recall
    ]
    assert values == [
        (1.0, 1.0), (1.0, pytest.approx(1000 / 1010)), (pytest.approx(0.9), 1.0),
    ]  # fmt: skip


def test_missing_answers_are_counted_by_stratum() -> None:
    found = reported({n: w for n, w in ALL_RIGHT.items() if n % 2})
    assert [(s.name, s.answered.missing) for s in found.strata] == [(JOINED, 20), (APART, 10)]
    whole = reported(ALL_RIGHT)
    assert found.overall.precision and whole.overall.precision
    assert found.overall.precision.low < whole.overall.precision.low


def test_a_part_is_weighed_up_to_its_own_number_of_pairs() -> None:
    """All that is wrong is with the roll, and of men: 200 pairs, of which half are wrong."""
    found = reported(ALL_RIGHT | dict.fromkeys(range(28, 34), "different"))
    parts = {(p.attribute, p.value): p for p in (*found.by_source_pair, *(found.by_group or ()))}
    assert set(parts) == {("gp", "roll"), ("gp", "tax"), ("sex", "female"), ("sex", "male")}
    for name, precision, joined in (
        (("gp", "roll"), 0.5, 200), (("gp", "tax"), 1.0, 800), (("sex", "male"), 0.5, 400), (("sex", "female"), 1.0, 600),
    ):  # fmt: skip
        of_it = parts[name].found
        assert of_it is not None and of_it.precision is not None
        assert (of_it.precision.value, of_it.joined) == (pytest.approx(precision), joined)
    assert parts["gp", "roll"].few and parts["gp", "roll"].answered == 12
    assert not replace(parts["gp", "roll"], answered=50).few


def test_of_very_few_nothing_is_said() -> None:
    found = reported({n: w for n, w in ALL_RIGHT.items() if not 33 <= n < 40})
    parts = {(p.attribute, p.value): p for p in (*found.by_source_pair, *(found.by_group or ()))}
    assert parts["sex", "male"].answered == 5 and parts["sex", "male"].found is None
    assert parts["sex", "female"].found is not None


def test_without_the_release_there_are_no_groups() -> None:
    assert reported(ALL_RIGHT, groups=False).by_group is None
