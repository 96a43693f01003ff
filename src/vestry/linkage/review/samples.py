"""Samples of pairs that several reviewers answer, none seeing another's answer: `decisions/samples/NAME.json`.

A sample is stratified: pairs in which the model was equally sure, joined or not, are drawn from together. `size` and
`drawn` of each stratum are kept, so that shares in the sample can be weighed up to shares in the release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from vestry.errors import NotFound, SampleInvalid
from vestry.linkage.decisions import Line, Side
from vestry.linkage.review.agreement import Agreement, agreement
from vestry.linkage.review.frames import Frame, read_frame
from vestry.linkage.review.recording import write_whole

SAMPLES: Final = "samples"

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
    """A drawn sample, in the order in which it is put to everybody.

    `frame` is there when it was drawn to measure the release: then what was not linked at all is drawn from as well.
    """

    name: str
    release: str
    seed: int
    by: str
    at: str
    strata: tuple[Stratum, ...]
    pairs: tuple[SampledPair, ...]
    frame: Frame | None = None


def new_sample(folder: Path, name: str) -> Path:
    """Where a new sample is kept. `folder` is the place's decisions. Raises SampleInvalid where its name is taken or is none."""
    path = _path(folder, name)
    if path.exists():
        raise SampleInvalid(
            "There is a sample of that name already.", where=str(path), fix="give it another name"
        )
    return path


def write_sample(folder: Path, sample: Sample) -> Path:
    """Keep a new sample. Raises as `new_sample`."""
    path = new_sample(folder, sample.name)
    write_whole(path, json.dumps(asdict(sample), ensure_ascii=False, indent=1) + "\n")
    return path


def read_sample(folder: Path, name: str, *, draw: str = "vestry review sample --pairs 100") -> Sample:
    """The sample of that name; `draw` is the command that draws one. Raises NotFound, and SampleInvalid where its file is
    damaged."""
    path = _path(folder, name)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return _sample(said)
    except FileNotFoundError:
        names = sample_names(folder)
        fix = f"choose from: {', '.join(names)}" if names else f"draw one: {draw}"
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


def answered_in(lines: Sequence[Line], pair: tuple[str, str], reviewer: str) -> tuple[str, ...]:
    """The samples in which that reviewer's answer on a pair stands."""
    names = sorted({line.sample for line in lines if line.sample and line.pair == pair})
    return tuple(name for name in names if reviewer in answers(lines, name).get(pair, {}))


def may_be_told(line: Line, lines: Sequence[Line]) -> bool:
    """An answer to a sample is told only once two reviewers have given theirs."""
    return not line.sample or len(answers(lines, line.sample).get(line.pair, {})) > 1


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


def check_name(name: str, where: str = "the name of the sample") -> None:
    """Raises SampleInvalid, naming `where` it was given, for what cannot be the name of a sample."""
    if not _NAME.fullmatch(name):
        raise SampleInvalid(
            "That cannot be the name of a sample.",
            where=where,
            fix="use small letters, digits and hyphens, as in autumn-2026",
        )


def _path(folder: Path, name: str) -> Path:
    check_name(name)
    return folder / SAMPLES / f"{name}.json"


def _sample(said: Mapping[str, Any]) -> Sample:
    pairs = tuple(
        SampledPair(**{**p, "left": Side(**p["left"]), "right": Side(**p["right"])}) for p in said["pairs"]
    )
    strata = tuple(Stratum(**s) for s in said["strata"])
    frame = read_frame(said["frame"]) if said.get("frame") else None
    return Sample(**{**said, "strata": strata, "pairs": pairs, "frame": frame})
