"""Samples that measure a release without a truth: drawn, and told once people have answered. Through the gateway.

A sample is kept with its frame, which has counts alone. Who is in which group is read of the release when it is told,
of the sampled pairs and no others, and leaves it only as counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from vestry.clock import Clock
from vestry.errors import ReleaseMissing, SampleInvalid
from vestry.linkage.decisions import Side, read_decision_files
from vestry.linkage.evaluation.sampled import SampleReport, sample_report
from vestry.linkage.evaluation.source_pairs import kinds_of_source
from vestry.linkage.review.allotting import allotted
from vestry.linkage.review.frames import Frame, strata_of
from vestry.linkage.review.recording import held
from vestry.linkage.review.samples import (
    Sample,
    SampledPair,
    Stratum,
    new_sample,
    read_sample,
    write_sample,
)
from vestry.place import Place
from vestry.sharing.request import Request
from vestry.sharing.reviewing import Asked
from vestry.twin.reviewing import Reviewing
from vestry.twin.sampling import GROUPS, Sampling

DRAW: Final = "--pairs 400 --purpose matching-review"
"""What draws a sample that measures, after its name."""


class Release(Protocol):
    """What is asked of an open release."""

    release_id: str
    reviewing: Reviewing
    sampling: Sampling


class SampleDesk:
    """Draws samples that measure a release, and says what the answers to one tell."""

    def __init__(self, *, place: Place, by: str, clock: Clock, ask: Asked) -> None:
        self._place = place
        self._by = by
        self._clock = clock
        self._ask = ask

    def draw(self, name: str, *, pairs: int, seed: int, purpose: str | None) -> Sample:
        """Draw a sample and keep it. The same release, seed and number give the same pairs.

        Raises as `Gateway.show`, and SampleInvalid where the name is taken or there is nothing to draw from.
        """
        folder = self._place.decisions
        new_sample(folder, name)

        def read(release: Release) -> Sample:
            sampling = release.sampling
            try:
                of_source = kinds_of_source(sampling.organisations())
                cells, rates = sampling.count(of_source, seed, release.reviewing.unlinked())
                strata = strata_of(cells, pairs, rates)
                wanted = allotted({s.name: s.size for s in strata}, pairs)
                if not wanted:
                    raise SampleInvalid(
                        "There are no pairs of people's records to draw from.",
                        where=f"release {release.release_id}",
                        fix="vestry build",
                    )
                rows = sampling.draw(strata, wanted, seed)
                groups = sampling.group_sizes(strata)
            finally:
                sampling.close()
            drawn = tuple(
                SampledPair(**{**row, "left": Side(**row["left"]), "right": Side(**row["right"])})
                for row in rows
            )
            return Sample(
                name=name, release=release.release_id, seed=seed, by=self._by,
                at=self._clock.now().isoformat(timespec="seconds"),
                strata=tuple(
                    Stratum(name=s.name, size=s.size, drawn=sum(p.stratum == s.name for p in drawn)) for s in strata
                ),
                pairs=drawn,
                frame=Frame(
                    kinds=of_source, strata=tuple(replace(s, groups=tuple(groups[s.name])) for s in strata)
                ),
            )  # fmt: skip

        request = Request(action="review-sample", purpose=purpose, table="records", criteria=GROUPS)
        sample = self._ask(request, read, count=lambda s: len(s.pairs))
        with held(folder):
            write_sample(folder, sample)
        return sample

    def told(self, name: str, *, purpose: str | None) -> SampleReport:
        """What the answers to a sample tell of the release that it was drawn from.

        Raises as `Gateway.show`, NotFound, DecisionsInvalid, and SampleInvalid where it was not drawn to measure.
        """
        sample = read_sample(self._place.decisions, name, draw=f"vestry evaluate --sample {name} {DRAW}")
        if sample.frame is None:
            raise SampleInvalid(
                "That sample was drawn for reviewers to be compared: of pairs that were never linked it has none.",
                where=f"sample {name}",
                fix=f"draw another: vestry evaluate --sample NAME {DRAW}",
            )
        lines = read_decision_files(self._place.decisions).lines
        pairs = [(p.left_record, p.right_record) for p in sample.pairs]

        def read(release: Release) -> Sequence[Mapping[str, Sequence[str]]]:
            try:
                return release.sampling.groups_of(pairs)
            finally:
                release.sampling.close()

        request = Request(action="review-sample", purpose=purpose, table="people", criteria=GROUPS)
        try:
            groups = self._ask(request, read, count=len, release_id=sample.release)
        except ReleaseMissing:
            groups = None
        return sample_report(sample, sample.frame, lines, groups)
