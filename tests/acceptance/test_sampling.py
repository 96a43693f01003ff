"""A sample that measures a release, answered from the truth: the figures are those of the truth."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from gateway_by_hand import entries, open_gateway
from vestry.clock import SystemClock
from vestry.linkage.decisions import Line
from vestry.linkage.evaluation.sampled import SampleReport, sample_report
from vestry.linkage.review.allotting import allotted
from vestry.linkage.review.frames import Frame, strata_of
from vestry.linkage.review.recording import record
from vestry.linkage.review.samples import Sample, SampledPair, read_sample
from vestry.place import Place
from vestry.sharing.own_machine import Operator

EVERY = 100_000
DRAWS = 200
WHY = "matching-review"
VALUES = ("white", "female", "male", "WHITE", "FEMALE")


@pytest.fixture(scope="module")
def place(small: Any, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A copy of the small place, for the files of its decisions."""
    return small.copied(tmp_path_factory.mktemp("sampling") / "place")


@pytest.fixture(scope="module")
def desk(place: Place) -> Iterator[Any]:
    clock = SystemClock()
    gateway = open_gateway(place, clock=clock, operator=Operator(account="t", on_this_machine=True))
    yield gateway.samples(clock)
    gateway.close()


@pytest.fixture(scope="module")
def truth(place: Place) -> dict[tuple[str, str, str], str]:
    with (place.folder / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        return {(r["source"], r["source_key"], r["part"]): r["entity"] for r in csv.DictReader(file)}


def answer(pair: SampledPair, truth: dict[Any, str], sample: str) -> Line:
    """What a reviewer who is never wrong would say. A record that is of nobody is of nobody else either."""
    one, other = (truth.get((s.source, s.source_key, s.part)) for s in (pair.left, pair.right))
    left, right = sorted((pair.left, pair.right), key=lambda s: s.unit)
    word = "same" if one is not None and one == other else "different"
    return Line(word=word, left=left, right=right, where="", by="sure", sample=sample)  # type: ignore[arg-type]


def write_answers(place: Place, lines: Sequence[Line]) -> None:
    for line in lines:
        said = {
            "decision": line.word, "left": asdict(line.left), "right": asdict(line.right), "by": line.by,
            "at": "2026-11-20T12:00:00", "sample": line.sample,
        }  # fmt: skip
        record(place.decisions, said, "2026-11-20.jsonl")


@pytest.fixture(scope="module")
def everything(place: Place, desk: Any, truth: dict[Any, str]) -> tuple[Sample, SampleReport, list[Any]]:
    """All the pairs of the frame in one sample, what they tell, and the groups of each."""
    sample = desk.draw("everything", pairs=EVERY, seed=1, purpose=WHY)
    taken: list[Any] = []
    ask = desk._ask

    def asked(request: Any, read: Any, **said: Any) -> Any:
        found = ask(request, read, **said)
        taken.append(found)
        return found

    desk._ask = asked
    try:
        desk.told("everything", purpose=WHY)
    finally:
        desk._ask = ask
    lines = [answer(p, truth, sample.name) for p in sample.pairs]
    assert sample.frame is not None
    return sample, sample_report(sample, sample.frame, lines, taken[0]), taken[0]


def test_all_pairs_answered_give_the_truth_itself(
    small: Any, looking: Any, truth: dict[Any, str], everything: Any
) -> None:
    """Precision by plain counting over every pair that the release joined, and every missed pair that shares a key."""
    sample, found, _ = everything
    rows = looking.rows_of(
        small.place, small.manifests[-1].release_id,
        "SELECT DISTINCT source::VARCHAR, source_key, part, entity_id FROM members WHERE kind = 'person'",
    )  # fmt: skip
    twin, both = Counter(r[3] for r in rows), Counter((r[3], truth.get(r[:3], r[:3])) for r in rows)
    joined, right = (sum(n * (n - 1) // 2 for n in c.values()) for c in (twin, both))
    overall = found.overall
    assert (overall.joined, overall.right.value) == (joined, right)
    assert overall.precision.low == overall.precision.value == overall.precision.high == right / joined
    missed = sum(n * (n - 1) // 2 for n in Counter(truth.get(r[:3], r[:3]) for r in rows).values()) - right
    assert 0.5 * missed < overall.missed.value <= missed, (
        "most of what was missed shares a key or is in links"
    )
    assert len(sample.pairs) == sum(s.size for s in sample.strata) == len({p.pair for p in sample.pairs})


def test_the_intervals_hold_the_truth_about_95_times_in_100(truth: dict[Any, str], everything: Any) -> None:
    """Many samples of the one place, strata and groups and all; the truth is that of the whole frame."""
    whole, told, groups = everything
    frame, of_stratum, groups_at = redrawn(whole, groups, pairs=150)
    wanted, rng = allotted({s.name: s.size for s in frame.strata}, 150), random.Random(3)
    parts = {(p.attribute, p.value): p.found for p in (*told.by_source_pair, *told.by_group)}
    held, many = Counter[str](), Counter[str]()
    for _ in range(DRAWS):
        drawn = [i for s in frame.strata for i in rng.sample(of_stratum[s.name], wanted[s.name])]
        at = {i: name for name, of_it in of_stratum.items() for i in of_it}
        pairs = tuple(replace(whole.pairs[i], stratum=at[i]) for i in drawn)
        sample = replace(whole, name="s", pairs=pairs, frame=frame)
        found = sample_report(
            sample, frame, [answer(p, truth, "s") for p in pairs], [groups_at[i] for i in drawn]
        )
        for name in ("precision", "recall", "f1"):
            pairs_of = [("whole", found.overall, told.overall)]
            pairs_of += [
                ("few" if p.few else "parts", p.found, parts[p.attribute, p.value])
                for p in (*found.by_source_pair, *(found.by_group or ())) if p.found
            ]  # fmt: skip
            for what, one, other in pairs_of:
                estimate, true = getattr(one, name), getattr(other, name)
                if estimate and true:
                    many[f"{what} {name}"] += 1
                    held[f"{what} {name}"] += estimate.low - 1e-9 <= true.value <= estimate.high + 1e-9
    assert set(many) == {
        f"{what} {name}" for what in ("whole", "parts", "few") for name in ("precision", "recall", "f1")
    }
    for name, of_it in many.items():
        assert held[name] / of_it >= 0.91, (name, held[name] / of_it)


def redrawn(whole: Sample, groups: list[Any], pairs: int) -> tuple[Frame, dict[str, list[int]], list[Any]]:
    """The frame as a sample of so many pairs would have it, and which of all pairs are in each stratum."""
    assert whole.frame is not None
    frame = whole.frame
    strata = strata_of([c for s in frame.strata for c in s.cells], pairs, {})
    stratum_of = {(c.joined, c.band, c.kinds): s.name for s in strata for c in s.cells}
    band_of = {s.name: s.cells[0].band for s in frame.strata}
    of_stratum: dict[str, list[int]] = defaultdict(list)
    for at, pair in enumerate(whole.pairs):
        one, other = sorted(frame.kinds[s.source] for s in (pair.left, pair.right))
        of_stratum[stratum_of[pair.joined, band_of[pair.stratum], (one, other)]].append(at)
    group = type(frame.strata[0].groups[0])
    counted = {
        name: Counter((a, v) for i in of_it for a, values in groups[i].items() for v in values)
        for name, of_it in of_stratum.items()
    }
    made = tuple(
        replace(s, groups=tuple(group(attribute=a, value=v, size=n) for (a, v), n in counted[s.name].items()))
        for s in strata
    )  # fmt: skip
    assert all(len(of_stratum[s.name]) == s.size for s in made)
    return Frame(kinds=frame.kinds, strata=made), of_stratum, groups


def test_sizes_of_groups_are_those_of_the_pairs(everything: Any) -> None:
    sample, _, groups = everything
    for stratum in sample.frame.strata:
        of_it = [g for p, g in zip(sample.pairs, groups, strict=True) if p.stratum == stratum.name]
        counted = Counter((a, v) for g in of_it for a, values in g.items() for v in values)
        assert counted == {(g.attribute, g.value): g.size for g in stratum.groups}


def test_the_whole_way_on_the_command_line(place: Place, truth: dict[Any, str], forks: Any) -> None:
    at = ("--purpose", WHY, "--place", place.folder)
    drawn = forks.run("evaluate", "--sample", "spring", "--pairs", "150", "--seed", "4", *at)
    assert (drawn.code, drawn.err) == (0, "")
    assert "Drew 150 pairs" in drawn.out and "upper bound" in drawn.out
    again = forks.run("evaluate", "--sample", "spring", "--pairs", "150", *at)
    assert again.code == 2 and "sample-invalid" in again.err

    sample = read_sample(place.decisions, "spring")
    empty = forks.run("evaluate", "--sample", "spring", *at)
    assert empty.code == 0 and "Nothing can be told yet" in empty.out
    first = sample.pairs[0]
    shown = forks.run("review", "double", "spring", "--place", place.folder)
    assert shown.code == 0 and f"{first.left_record} {first.right_record} same|different" in shown.out
    assert f"vestry review decide --place {place.folder} " in shown.out
    lines = [answer(p, truth, "spring") for p in sample.pairs]
    word = lines[0].word
    said = forks.run(
        "review", "decide", first.left_record, first.right_record, word, "--sample", "spring", "--place", place.folder
    )  # fmt: skip
    assert said.code == 0
    write_answers(place, lines[1:-3])

    told = forks.run("evaluate", "--sample", "spring", "--json", *at)
    found = json.loads(told.out)
    assert (told.code, found["answered"]["drawn"], found["answered"]["missing"]) == (0, 150, 3)
    for name in ("precision", "recall", "f1"):
        assert 0 < found["overall"][name]["low"] < found["overall"][name]["high"] <= 1
    printed = forks.run("evaluate", "--sample", "spring", *at)
    assert (printed.code, printed.err) == (0, "")
    for said in ("147 of 150 pairs are answered", "By group", "few", "where a name comes from", "3"):
        assert said in printed.out
    assert not any(r in printed.out for p in sample.pairs for r in (p.left_record, p.left.source_key))


def test_only_counts_leave_and_every_read_is_entered(place: Place, desk: Any, everything: Any) -> None:
    kept = json.loads((place.decisions / "samples" / "everything.json").read_text())
    assert set(kept["pairs"][0]) == {"left_record", "right_record", "left", "right", "stratum", "joined"}
    assert (Path(place.decisions / "samples" / "everything.json").stat().st_mode & 0o077) == 0
    ours = [e for e in entries(place) if e["action"] == "review-sample"]
    assert {e["table"] for e in ours} == {"records", "people"}
    assert [e["stage"] for e in ours[:2]] == ["asked", "answered"]


def test_the_same_seed_draws_the_same_pairs(desk: Any) -> None:
    one, same, other = (
        desk.draw(f"seed-{name}", pairs=80, seed=seed, purpose=WHY)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one.pairs == same.pairs != other.pairs
    assert one.frame == same.frame


def test_where_pairs_in_no_link_are_counted_in_part_the_counts_are_raised(
    desk: Any, everything: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On average they come to what they are; nothing else changes, and the sample says that it was so."""

    def counted(frame: Frame, linked: bool) -> int:
        return sum(c.size for s in frame.strata for c in s.cells if c.band.startswith("no link") != linked)

    whole = everything[0].frame
    units = len({s.unit for p in everything[0].pairs for s in (p.left, p.right)})
    monkeypatch.setattr("vestry.twin.sampling.LOOKED_FROM", units // 2)
    parts = [desk.draw(f"part-{seed}", pairs=60, seed=seed, purpose=WHY).frame for seed in range(8)]
    assert {counted(f, linked=True) for f in parts} == {counted(whole, linked=True)}
    of_it = [counted(f, linked=False) for f in parts]
    assert len(set(of_it)) > 1
    assert sum(of_it) / len(of_it) == pytest.approx(counted(whole, linked=False), rel=0.25)
    assert all(0 < s.rate < 0.6 for f in parts for s in f.strata if "no link" in s.name)
    assert all(s.rate == 1 for f in parts for s in f.strata if "no link" not in s.name)
