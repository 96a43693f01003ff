"""Samples of pairs that several reviewers answer, none seeing another's answer: `decisions/samples/NAME.json`.

A sample is stratified: pairs in which the model was equally sure, joined or not, are drawn from together. `size` and
`drawn` of each stratum are kept, so that shares in the sample can be weighed up to shares in the release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Final

from vestry.errors import NotFound, SampleInvalid
from vestry.linkage.decisions import Line, Side
from vestry.linkage.review.agreement import Agreement, agreement
from vestry.linkage.review.recording import write_whole

SAMPLES: Final = "samples"
LEAST: Final = 4
"""Pairs that are drawn from every stratum, if it has them: with one, nobody could tell how much they vary."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Pairs drawn from together: `size` of them in the release, `drawn` in the sample. `name` is band and joined."""

    name: str
    size: int
    drawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledPair:
    """One pair of a sample: two records, the units they are contents of, and whether the release joined them."""

    left_record: str
    right_record: str
    left: Side
    right: Side
    stratum: str
    joined: bool

    @property
    def pair(self) -> tuple[str, str]:
        """The units, in order."""
        one, other = sorted((self.left.unit, self.right.unit))
        return one, other


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A drawn sample, in the order in which it is put to everybody."""

    name: str
    release: str
    seed: int
    by: str
    at: str
    strata: tuple[Stratum, ...]
    pairs: tuple[SampledPair, ...]


def allotted(sizes: Mapping[str, int], pairs: int) -> dict[str, int]:
    """How many of `pairs` to draw from each stratum: in proportion to the root of its size, and at least `LEAST` if they
    reach so far.

    Between equal shares, which are best for comparing strata, and shares by size, which are best for the whole
    (power allocation with an exponent of a half: Bankier 1988, The American Statistician 42, 174-177).
    """
    least = max(1, min(LEAST, pairs // max(len(sizes), 1)))
    largest = sorted(sizes, key=lambda n: (-sizes[n], n))[:pairs]
    found = {name: min(sizes[name], least) if name in largest else 0 for name in sorted(sizes)}
    while (left := pairs - sum(found.values())) > 0:
        room = {n: sqrt(sizes[n]) for n in sorted(sizes) if found[n] < sizes[n]}
        if not room:
            break
        whole = sum(room.values())
        for name in sorted(room, key=lambda n: (-room[n], n)):
            more = min(max(1, int(left * room[name] / whole)), sizes[name] - found[name])
            found[name] += min(more, pairs - sum(found.values()))
    return found


def write_sample(folder: Path, sample: Sample) -> Path:
    """Keep a new sample. `folder` is the place's decisions. Raises SampleInvalid where its name is taken or is none."""
    path = _path(folder, sample.name)
    if path.exists():
        raise SampleInvalid(
            "There is a sample of that name already.", where=str(path), fix="give another with --name"
        )
    write_whole(path, json.dumps(asdict(sample), ensure_ascii=False, indent=1) + "\n")
    return path


def read_sample(folder: Path, name: str) -> Sample:
    """The sample of that name. Raises NotFound, and SampleInvalid where its file is damaged."""
    path = _path(folder, name)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return _sample(said)
    except FileNotFoundError:
        names = sample_names(folder)
        fix = f"choose from: {', '.join(names)}" if names else "draw one: vestry review sample --pairs 100"
        raise NotFound("There is no sample of that name.", where=str(path.parent), fix=fix) from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise SampleInvalid(
            "The sample cannot be read.", where=str(path), fix="restore it from a backup, or draw another"
        ) from error


def sample_names(folder: Path) -> list[str]:
    """Every sample that there is, by name."""
    return sorted(p.stem for p in (folder / SAMPLES).glob("[!.]*.json"))


def answers(lines: Sequence[Line], name: str) -> dict[tuple[str, str], dict[str, Line]]:
    """What each reviewer last said of each pair of a sample: pair -> reviewer -> line. What was taken back is not there."""
    found: dict[tuple[str, str], dict[str, Line]] = {}
    for line in lines:
        if line.sample == name:
            of_pair = found.setdefault(line.pair, {})
            of_pair.pop(line.by, None)
            if line.word != "withdrawn":
                of_pair[line.by] = line
    return found


def agreements(lines: Sequence[Line], name: str) -> list[Agreement]:
    """The agreement of every two reviewers who answered some pair of a sample both, in the order of their names."""
    said = answers(lines, name)
    reviewers = sorted({by for words in said.values() for by in words})
    found = []
    for at, one in enumerate(reviewers):
        for other in reviewers[at + 1 :]:
            both = [(w[one].word, w[other].word) for w in said.values() if one in w and other in w]
            if (told := agreement(one, other, both)) is not None:
                found.append(told)
    return found


def _path(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise SampleInvalid(
            "That cannot be the name of a sample.",
            where="--name",
            fix="use small letters, digits and hyphens, as in autumn-2026",
        )
    return folder / SAMPLES / f"{name}.json"


def _sample(said: Mapping[str, Any]) -> Sample:
    pairs = tuple(
        SampledPair(**{**p, "left": Side(**p["left"]), "right": Side(**p["right"])}) for p in said["pairs"]
    )
    strata = tuple(Stratum(**s) for s in said["strata"])
    return Sample(**{**said, "strata": strata, "pairs": pairs})
